"""The gate: what keeps a written result from being released."""

import json
from pathlib import Path

from allocator.attainment.report import attainment_failures
from allocator.fairness.report import fairness_failures

GATE_FAILED = 5
"""Exit code of `allocator run --gate` when a test fails."""


def gate_failures(out: Path) -> list[str]:
    """Return one sentence per failed test of the documents in a result folder."""
    documents = {
        name: json.loads((out / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("fairness", "attainment")
    }
    return fairness_failures(documents["fairness"]) + attainment_failures(documents["attainment"])
