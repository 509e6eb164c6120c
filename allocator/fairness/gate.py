"""The gate: what keeps a written result from being released."""

import json
from pathlib import Path
from typing import Any

GATE_FAILED = 5
"""Exit code of `allocator run --gate` when a test fails."""


def gate_failures(out: Path) -> list[str]:
    """Return one sentence per failed test of the documents in a result folder."""
    return [
        sentence
        for name in ("fairness", "attainment")
        for sentence in document_failures(json.loads((out / f"{name}.json").read_text(encoding="utf-8")))
    ]


def document_failures(document: dict[str, Any]) -> list[str]:
    """Return one sentence per failed test or limit of such a document, measure by measure."""
    return [
        f"{measure}: {failure['sentence']}"
        for measure, judged in document["measures"].items()
        for failure in judged["failures"]
    ]
