"""Writing a result folder: all of it or nothing."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from allocator.allocation import Allocation
from allocator.attainment.report import attainment_document
from allocator.errors import Fault, InputFaults
from allocator.explanation.table import explanation_tables
from allocator.fairness.report import fairness_document
from allocator.phases import Phases
from allocator.report.part import Extras
from allocator.report.report import write_report
from allocator.results.certificate import certificate
from allocator.results.csv_text import write_csv
from allocator.results.hashing import RESULT_TABLES, result_hash
from allocator.results.matrix.workbook import write_matrix
from allocator.results.sentences import rule_sentences
from allocator.results.tables import cells_table, monthly_tables, rules_table, targets_table

MARKS = ("certificate.json", "diagnosis.json")
RESULT_FILES = (*RESULT_TABLES, *MARKS, "fairness.json", "attainment.json", "matrix.xlsx", "report.html")


def check_target(out: Path) -> None:
    """Refuse to write over anything but an earlier result.

    Raises
    ------
    InputFaults
        If `out` is a file, or a folder that holds something and is no result folder.
    """
    if not out.exists():
        return
    if out.is_dir() and (not any(out.iterdir()) or any((out / mark).exists() for mark in MARKS)):
        return
    raise InputFaults(
        [
            Fault(
                str(out),
                0,
                "",
                "",
                "not-a-result-folder",
                "there is something here that is not a result of `allocator run`",
                "name another folder for --out, or empty this one",
            )
        ]
    )


def write_results(
    allocation: Allocation,
    out: Path,
    lang: str,
    *,
    with_workbook: bool = True,
    phases: Phases | None = None,
    extras: Extras | None = None,
) -> dict[str, Any]:
    """Write all result files; the folder appears complete or not at all.

    Parameters
    ----------
    extras
        What the report shows beside the allocation, such as `backtest`.

    Returns
    -------
    `result_hash` and `files`.
    """
    phases = phases or Phases()

    def fill(folder: Path) -> dict[str, Any]:
        with phases.phase("write tables"):
            _write_tables(allocation, folder, lang)
        digest = result_hash(folder)
        with phases.phase("judge"):
            judged = {
                "fairness": fairness_document(allocation, lang),
                "attainment": attainment_document(allocation, lang),
            }
            for name, document in judged.items():
                write_json(folder / f"{name}.json", document)
        if with_workbook:
            with phases.phase("write workbook"):
                write_matrix(allocation, folder / "matrix.xlsx", lang, result_hash=digest)
        with phases.phase("write report"):
            shown = {**(extras or {}), **judged, "result_hash": digest}
            write_report(allocation, folder / "report.html", lang, shown)
        write_json(folder / "certificate.json", certificate(allocation, digest))
        return {"result_hash": digest, "files": sorted(path.name for path in folder.iterdir())}

    return _swap_in(out, fill)


def write_diagnosis(diagnosis: dict[str, Any], out: Path) -> None:
    """Write `diagnosis.json` alone; targets of an earlier run do not survive beside it."""

    def fill(folder: Path) -> dict[str, Any]:
        write_json(folder / "diagnosis.json", diagnosis)
        return {}

    _swap_in(out, fill)


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a JSON document, keys in their own order, one final newline."""
    words = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(words + "\n", encoding="utf-8")


def _write_tables(allocation: Allocation, folder: Path, lang: str) -> None:
    results = allocation.measures
    write_csv(folder / "cells.csv", (cells_table(allocation, result) for result in results))
    write_csv(folder / "targets.csv", (targets_table(allocation, result) for result in results))
    write_csv(
        folder / "targets_monthly.csv",
        (table for result in results for table in monthly_tables(allocation, result)),
    )
    write_csv(
        folder / "rules.csv",
        (rules_table(allocation, result, rule_sentences(allocation, result, lang)) for result in results),
    )
    write_csv(folder / "prices.csv", (result.prices for result in results))
    write_csv(
        folder / "explanation.csv",
        (
            table
            for result in results
            for table in explanation_tables(allocation, result, result.waterfall, lang)
        ),
    )


def _swap_in(out: Path, fill: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """Fill a new folder beside `out`, then put it in place; the old one stays until the new one is whole."""
    check_target(out)
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        answer = fill(fresh)
        fresh.chmod(0o755)
        _replace(out, fresh)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return answer


def _replace(out: Path, fresh: Path) -> None:
    """Put `fresh` in the place of `out`; what people laid beside an earlier result moves along."""
    if not out.exists():
        fresh.rename(out)
        return
    old = out.parent / f"{fresh.name}.old"
    out.rename(old)
    try:
        fresh.rename(out)
    except BaseException:
        old.rename(out)
        raise
    for entry in sorted(old.iterdir()):
        if entry.name not in RESULT_FILES:
            entry.rename(out / entry.name)
    shutil.rmtree(old, ignore_errors=True)
