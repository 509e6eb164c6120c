"""The result folder of a sweep: tables, drawings, one page; written anew from the stored outcomes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from allocator.plan.plan import Plan
from allocator.report.markup import element
from allocator.results.csv_text import write_csv
from allocator.results.whole_folder import FolderKind, whole_folder, write_mark
from scenarios.acceptance import Verdict
from scenarios.curves.breakpoints import breakpoints
from scenarios.curves.chances import chance_lines
from scenarios.curves.findings import Findings
from scenarios.curves.limits import limits_table
from scenarios.curves.page import curve_charts, drawn_in_curves, sweep_page
from scenarios.curves.pareto import pareto_table
from scenarios.curves.tables import acceptance_table, amounts_table, draws_table, runs_table
from scenarios.files.sweep_file import SweepFile
from scenarios.kpis import CHANCES
from scenarios.runs.outcome import Outcome
from scenarios.runs.store import RUNS

CURVES = "curves"
FOLDER = FolderKind(
    mark="sweep.json",
    written=(
        "runs.csv",
        "nodes.csv",
        "products.csv",
        "breakpoints.csv",
        "limits.csv",
        "pareto.csv",
        "draws.csv",
        "acceptance.csv",
        "sweep.html",
        CURVES,
    ),
    fault="fault.folder.sweep",
    code="not-a-sweep-folder",
    other_marks=(RUNS,),
)


def write_sweep(
    plan: Plan, sweep: SweepFile, findings: Findings, out: Path, lang: str, *, force: bool = False
) -> dict[str, Any]:
    """Write every table and drawing, then sweep.json, all of it or nothing; return what it says.

    The same findings give the same bytes. The stored runs stay.

    Parameters
    ----------
    force
        Write over files of an earlier sweep that people changed.
    """
    outcomes = findings.outcomes
    tables = {
        "runs": runs_table(outcomes),
        "nodes": amounts_table(outcomes, "nodes"),
        "products": amounts_table(outcomes, "products"),
        "breakpoints": breakpoints(findings.breakpoints.brackets),
        "limits": limits_table(findings.limits),
        "pareto": pareto_table(outcomes),
        "draws": draws_table(outcomes),
        "acceptance": acceptance_table(outcomes, lang),
    }
    with whole_folder(out, FOLDER, force=force) as fresh:
        for name, table in tables.items():
            write_csv(fresh / f"{name}.csv", [table])
        for measure, axis, kpi, chart in curve_charts(plan, sweep, findings, lang):
            (fresh / CURVES).mkdir(exist_ok=True)
            file = "-".join(_file_part(part) for part in (measure, axis, kpi))
            drawing = str(chart).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
            if kpi in CHANCES:
                said = "\n".join(chance_lines(drawn_in_curves(outcomes, axis), lang, measure))
                drawing = drawing.replace("</svg>", f"{element('desc', said)}</svg>")
            (fresh / CURVES / f"{file}.svg").write_text(drawing + "\n", encoding="utf-8", newline="\n")
        page = sweep_page(plan, sweep, findings, lang)
        (fresh / "sweep.html").write_text(page, encoding="utf-8", newline="\n")
        return write_mark(fresh, FOLDER, sweep_document(plan, sweep, findings, lang))


def sweep_document(plan: Plan, sweep: SweepFile, findings: Findings, lang: str) -> dict[str, Any]:
    """Return sweep.json: every run with its figures and verdicts, the breakpoints and the limits."""
    outcomes, between = findings.outcomes, findings.breakpoints
    counts: dict[str, int] = {}
    for one in outcomes:
        counts[one.figures["status"]] = counts.get(one.figures["status"], 0) + 1
    return {
        "plan": plan.spec.plan,
        "input_hash": plan.input_hash,
        "name": sweep.name,
        "counts": counts,
        "accepted": all(one.is_accepted for one in judged(outcomes)) if sweep.acceptance else None,
        "chance_basis": chance_lines(outcomes, lang),
        "runs": [_run(one, lang) for one in outcomes],
        "breakpoints": {
            "runs_between": between.runs,
            "most_runs_between": between.most,
            "is_capped": between.is_capped,
            "found": _records(breakpoints(between.brackets)),
        },
        "limits": {"left_out": findings.limits.left_out, "found": _records(limits_table(findings.limits))},
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain JSON types, null where there is nothing."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def judged(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the runs that acceptance speaks of: all but the plan itself, unless there is nothing else."""
    others = [one for one in outcomes if one.run.chain]
    return others or list(outcomes)


def _run(one: Outcome, lang: str) -> dict[str, Any]:
    return {
        "name": one.run.name,
        "scenario": one.run.scenario,
        "kind": one.run.kind,
        "point": dict(one.run.point),
        "key": one.key,
        "changes": [change.sentence(lang) for scenario in one.run.chain for change in scenario.changes],
        "status": one.figures["status"],
        "reason": one.figures["reason"],
        "accepted": one.is_accepted if one.verdicts else None,
        "verdicts": [_verdict(verdict, lang) for verdict in one.verdicts],
        "measures": {
            name: {key: found[key] for key in ("kpis", "chance_basis", "binding", "relaxed")}
            for name, found in one.figures["measures"].items()
        },
    }


def _verdict(verdict: Verdict, lang: str) -> dict[str, Any]:
    return {
        "rule": verdict.rule.text,
        "measure": verdict.measure,
        "value": verdict.value,
        "limit": verdict.limit,
        "passed": verdict.passed,
        "text": verdict.sentence(lang),
    }


def _file_part(name: str) -> str:
    """Return a name as part of a file name."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)
