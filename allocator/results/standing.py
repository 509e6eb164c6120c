"""A run that ended without targets, beside the result of the run before it."""

from pathlib import Path
from typing import Any

from allocator.plan.plan import Plan
from allocator.results.folder import DIAGNOSIS, RESULT, write_json
from allocator.results.whole_folder import read_mark
from allocator.texts import worded
from allocator.wording import Wording

HASH_SHOWN = 12


def write_diagnosis(plan: Plan, diagnosis: dict[str, Any], out: Path) -> dict[str, Any]:
    """Write `diagnosis.json`; an earlier result in the folder stays as it is.

    Returns
    -------
    The document: the diagnosis, of which plan it is (`plan`, `input_hash`, `overrides`), and of which run the
    targets beside it are (`standing`: plan, input_hash, result_hash, text; None where there are none).
    """
    standing = read_mark(out / RESULT.mark)
    document = {
        **diagnosis,
        "plan": plan.spec.plan,
        "input_hash": plan.input_hash,
        "overrides": list(plan.overrides),
        "standing": _standing(standing) if standing else None,
    }
    out.mkdir(parents=True, exist_ok=True)
    fresh = out / f".{DIAGNOSIS}.part"
    write_json(fresh, document)
    fresh.replace(out / DIAGNOSIS)
    return document


def _standing(certificate: dict[str, Any]) -> dict[str, Any]:
    said = {key: certificate.get(key) for key in ("plan", "input_hash", "result_hash")}
    words = worded("result.standing", plan=said["plan"], inputs=_short(said["input_hash"]))
    return {**said, "text": {"en": str(words), "zh": words.chinese}}


def later_run(out: Path) -> Wording | None:
    """Say that the last run into a folder ended without targets, and of which run its targets are.

    None where the last run left the targets that are there.
    """
    certificate = read_mark(out / RESULT.mark)
    if not certificate or not (out / DIAGNOSIS).exists():
        return None
    diagnosis = read_mark(out / DIAGNOSIS)
    return worded(
        "result.later_run",
        folder=out,
        plan=diagnosis.get("plan", "?"),
        inputs=_short(diagnosis.get("input_hash")),
        standing_plan=certificate.get("plan"),
        standing_inputs=_short(certificate.get("input_hash")),
    )


def _short(digest: object) -> str:
    """Return the beginning of a hash as people compare it; `?` where none is written."""
    return str(digest or "?")[:HASH_SHOWN]
