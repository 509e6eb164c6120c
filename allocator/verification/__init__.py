"""An auditor of its own: recomputes every promise of a result from the files alone.

Nothing here imports the pipeline, a solver or scipy; docs/contract.md is the only definition.
"""

from allocator.verification.report import Check, VerificationReport
from allocator.verification.verify import verify_results

__all__ = ["Check", "VerificationReport", "verify_results"]
