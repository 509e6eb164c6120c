"""Writing a result folder: all of it or nothing."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from allocator.allocation import Allocation
from allocator.attainment.noise import Replayed
from allocator.attainment.report import attainment_document
from allocator.explanation.table import explanation_tables
from allocator.fairness.report import fairness_document
from allocator.phases import Phases
from allocator.plan.plan import Plan
from allocator.plan.warning import PlanWarning
from allocator.report.part import Extras
from allocator.report.report import write_report
from allocator.results.beside import beside
from allocator.results.certificate import certificate
from allocator.results.columns_of_text import decimals
from allocator.results.csv_text import csv_writer
from allocator.results.hashing import TABLE_FILES, result_hash
from allocator.results.json_text import json_text
from allocator.results.parquet import parquet_writer
from allocator.results.sentences import rule_sentences
from allocator.results.tables import cells_table, monthly_tables, rules_table, targets_table
from allocator.results.whole_folder import FolderKind, file_hashes, whole_folder
from allocator.warnings.registry import plan_warnings, result_warnings, warnings_document

JUDGED_BESIDE = 30_000
"""From this many cells on the tables take longer than the workbook: judging joins it on the second core."""
NAMES = "names.json"
DIAGNOSIS = "diagnosis.json"
WARNINGS = "warnings.json"
RESULT = FolderKind(
    mark="certificate.json",
    written=(
        *TABLE_FILES,
        NAMES,
        WARNINGS,
        "fairness.json",
        "attainment.json",
        "matrix.xlsx",
        "report.html",
    ),
    fault="fault.result.in_the_way",
    code="not-a-result-folder",
    other_marks=(DIAGNOSIS,),
    obsolete=(DIAGNOSIS,),
)
Form = Literal["csv", "parquet", "both"]


def write_results(
    allocation: Allocation,
    out: Path,
    lang: str,
    *,
    with_workbook: bool = True,
    phases: Phases | None = None,
    extras: Extras | None = None,
    form: Form = "csv",
    replayed: Mapping[str, Replayed] | None = None,
    force: bool = False,
    warned: Sequence[PlanWarning] | None = None,
) -> dict[str, Any]:
    """Write all result files; the folder appears complete or not at all.

    Parameters
    ----------
    extras
        What the report shows beside the allocation, such as `backtest`.
    form
        Whether the tables are written as csv, as Parquet, or as both with the same content.
    replayed
        By measure what the replays of the past say about luck, where it is known already.
    force
        Write over files of an earlier result that people changed.
    warned
        What `plan_warnings` finds in the plan, where it is known already.

    Returns
    -------
    `result_hash`, `files` and `warnings`.
    """
    phases = phases or Phases()
    known = plan_warnings(allocation.plan, allocation.labels) if warned is None else warned

    judges_beside = allocation.labels.grid.n_cell > JUDGED_BESIDE

    def write_beside(folder: Path, late_hash: Callable[[], str]) -> None:
        judged = _judge(allocation, folder, lang, replayed, known) if judges_beside else None
        if with_workbook:
            # the workbook writer is loaded only where a workbook is written
            workbook = import_module("allocator.results.matrix.workbook")
            workbook.write_matrix(allocation, folder / "matrix.xlsx", lang, late_hash)
        if judged is not None:
            _write_report(allocation, folder, lang, judged, late_hash(), extras)

    with whole_folder(out, RESULT, force=force) as folder:
        with beside(lambda late_hash: write_beside(folder, late_hash)) as helper:
            with phases.phase("write tables"):
                _write_tables(allocation, folder, lang, form)
                digest = result_hash(folder)
                helper.tell(digest)
            if not judges_beside:
                with phases.phase("judge"):
                    judged = _judge(allocation, folder, lang, replayed, known)
                with phases.phase("write report"):
                    _write_report(allocation, folder, lang, judged, digest, extras)
            with phases.phase("write beside"):
                helper.wait()
        write_json(folder / NAMES, names_document(allocation.plan))
        hashes = file_hashes(folder, RESULT.written)
        write_json(folder / RESULT.mark, certificate(allocation, digest, hashes))
        return {
            "result_hash": digest,
            "files": sorted(path.name for path in folder.iterdir()),
            "warnings": [one.as_dict(lang) for one in read_warnings(folder)],
        }


def _judge(
    allocation: Allocation,
    folder: Path,
    lang: str,
    replayed: Mapping[str, Replayed] | None,
    known: Sequence[PlanWarning],
) -> dict[str, Any]:
    """Write fairness.json, attainment.json and warnings.json; return what the report shows of them."""
    judged: dict[str, Any] = {
        "fairness": fairness_document(allocation, lang),
        "attainment": attainment_document(allocation, lang, replayed),
    }
    for name, document in judged.items():
        write_json(folder / f"{name}.json", document)
    warned = result_warnings(allocation, judged["attainment"], known)
    write_json(folder / WARNINGS, warnings_document(allocation.plan, warned, lang))
    return {**judged, "warnings": warned}


def read_warnings(out: Path) -> tuple[PlanWarning, ...]:
    """Return the warnings that a result folder keeps, in the language that it was written in."""
    document = json.loads((out / WARNINGS).read_text(encoding="utf-8"))
    return tuple(PlanWarning(**one) for one in document["warnings"])


def _write_report(
    allocation: Allocation,
    folder: Path,
    lang: str,
    judged: dict[str, Any],
    digest: str,
    extras: Extras | None,
) -> None:
    """Write the page that shows the targets and what was judged of them."""
    shown = {**(extras or {}), **judged, "result_hash": digest}
    write_report(allocation, folder / "report.html", lang, shown)


def names_document(plan: Plan) -> dict[str, dict[str, str]]:
    """Return names.json: the names of nodes and products by id."""
    return {
        key: dict(zip(table[column].tolist(), table["name"].tolist(), strict=True))
        for key, table, column in (
            ("nodes", plan.org, "node_id"),
            ("products", plan.products, "product_id"),
        )
    }


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a JSON document, keys in their own order, one final newline."""
    path.write_text(json_text(document) + "\n", encoding="utf-8")


def _write_tables(allocation: Allocation, folder: Path, lang: str, form: Form) -> None:
    """Write every table in the forms asked for; long tables are made and written block by block."""
    results = allocation.measures
    measures = allocation.plan.spec.measures
    places = max(decimals(measures[result.measure].round_to) for result in results)
    tables: dict[str, Iterable[pd.DataFrame]] = {
        "cells": (cells_table(allocation, result) for result in results),
        "targets": (targets_table(allocation, result) for result in results),
        "targets_monthly": (table for result in results for table in monthly_tables(allocation, result)),
        "rules": (
            rules_table(allocation, result, rule_sentences(allocation, result, lang)) for result in results
        ),
        "prices": (result.prices for result in results),
        "explanation": (
            table
            for result in results
            for table in explanation_tables(allocation, result, result.waterfall, lang)
        ),
    }
    for name, parts in tables.items():
        with ExitStack() as stack:
            writers = []
            if form in ("csv", "both"):
                writers.append(stack.enter_context(csv_writer(folder / f"{name}.csv")))
            if form in ("parquet", "both"):
                writers.append(stack.enter_context(parquet_writer(folder / f"{name}.parquet", places)))
            for part in parts:
                for write in writers:
                    write(part)
