"""How a run can end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.blobs.repository import Packed

ENDED = ("succeeded", "stopped", "infeasible", "at_fault", "failed", "cancelled")
WITH_RESULT = ("succeeded", "stopped")


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Parameters
    ----------
    status
        One of `ENDED`.
    reason
        In words, unless it succeeded.
    files
        What it left behind, by name.
    kpis
        Key figures by measure, JSON types.
    """

    status: str
    reason: str = ""
    files: Mapping[str, bytes | Packed] | None = None
    kpis: Mapping[str, Any] | None = None
    result_hash: str = ""
