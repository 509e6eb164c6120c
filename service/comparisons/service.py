"""What can be done with comparisons."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from allocator.texts import worded
from scenarios.comparison.comparison import compare_folders
from scenarios.comparison.folder import write_comparison
from scenarios.scenario import BASE
from service.audit.repository import record
from service.auth.principal import Principal
from service.blobs.repository import contents_of, keep
from service.comparisons import repository
from service.db.models import Comparison, Run
from service.ids import new_id
from service.plans.service import find_plan
from service.plans.store import write_files
from service.problems.problem import FieldError, Problem
from service.runs.outcome import WITH_RESULT
from service.runs.repository import artifact_hashes
from service.runs.service import find_run

NEEDED = (
    "targets.csv",
    "explanation.csv",
    "rules.csv",
    "certificate.json",
    "fairness.json",
    "attainment.json",
    "names.json",
)
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Side:
    """A run as a comparison needs it; `name` is what people call it."""

    name: str
    files: Files


def sides_of(session: Session, principal: Principal, run_ids: Sequence[str]) -> dict[str, Side]:
    """Return name and files of every run, by its id.

    Raises
    ------
    Problem
        `not-found` for an unknown run, `invalid` where runs belong to several plans or have no result.
    """
    runs = [find_run(session, principal, run_id) for run_id in run_ids]
    errors = [
        FieldError(f"/run_ids/{k}", worded("fault.runs.no_result", status=run.status))
        for k, run in enumerate(runs)
        if run.status not in WITH_RESULT
    ]
    errors += [
        FieldError(f"/run_ids/{k}", worded("fault.runs.other_plan"))
        for k, run in enumerate(runs)
        if run.plan_id != runs[0].plan_id
    ]
    if errors:
        raise Problem("invalid", errors=errors, count=len(errors))
    names = _names(runs)
    return {run.run_id: Side(names[run.run_id], _files(session, run)) for run in runs}


def compared(sides: Mapping[str, Side], base: str, published: str | None, lang: str) -> dict[str, bytes]:
    """Compare results with the base; the files of the comparison by name. No database is touched."""
    with tempfile.TemporaryDirectory(prefix="compare-") as place:
        folders = {
            run_id: Path(place) / str(k) / ("published" if run_id == published else "result")
            for k, run_id in enumerate(sides)
        }
        for run_id, side in sides.items():
            folders[run_id].mkdir(parents=True)
            write_files(folders[run_id], side.files)
        chosen = [run_id for run_id in sides if run_id != published or run_id == base]
        comparison = compare_folders(
            [folders[run_id] for run_id in chosen],
            [sides[run_id].name for run_id in chosen],
            folders[base],
            None if published is None else folders[published],
        )
        out = Path(place) / "comparison"
        write_comparison(comparison, out, lang)
        return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def keep_comparison(
    session: Session,
    principal: Principal,
    plan_id: str,
    run_ids: Sequence[str],
    files: Files,
    now: datetime,
) -> Comparison:
    """Keep a comparison."""
    made = Comparison(
        comparison_id=new_id("cmp", now),
        plan_id=plan_id,
        base_run_id=run_ids[0],
        run_ids=json.dumps(list(run_ids)),
        files=json.dumps({name: keep(session, content) for name, content in files.items()}),
        created_by=principal.account_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    told = {"plan_id": plan_id, "run_ids": list(run_ids)}
    record(
        session, now, principal.account_id, "comparison.create", made.comparison_id, before=None, after=told
    )
    return made


def find_comparison(session: Session, principal: Principal, comparison_id: str) -> Comparison:
    """Return a comparison, or `not-found` for what is foreign and what is not there alike."""
    found = repository.get_comparison(session, comparison_id)
    if found is None:
        raise Problem("not-found")
    find_plan(session, principal, found.plan_id)
    return found


def file_of(session: Session, comparison: Comparison, name: str) -> bytes:
    """Return one file of a comparison."""
    hashes = json.loads(comparison.files)
    if name not in hashes:
        raise Problem("not-found")
    return contents_of(session, [hashes[name]])[hashes[name]]


def _names(runs: Sequence[Run]) -> dict[str, str]:
    """Call a run by its scenario; where two have the same, by the end of its id, too."""
    called = {run.run_id: next((one["name"] for one in json.loads(run.chain)[-1:]), BASE) for run in runs}
    return {
        run_id: name if list(called.values()).count(name) == 1 else f"{name} {run_id[-6:]}"
        for run_id, name in called.items()
    }


def _files(session: Session, run: Run) -> Files:
    hashes = {name: sha for name, sha in artifact_hashes(session, run.run_id).items() if name in NEEDED}
    contents = contents_of(session, hashes.values())
    return {name: contents[sha] for name, sha in hashes.items()}
