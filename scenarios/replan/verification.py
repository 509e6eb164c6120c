"""`verify` of a re-plan: the year recomputed from the files, beside the proof of the remaining months."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from allocator.verification import verify_results
from allocator.verification.company import numbers
from allocator.verification.hashing import fingerprint
from allocator.verification.plan_files import PlanFiles, UnreadablePlan, plan_source, read_plan_files
from allocator.verification.report import Check, VerificationReport, judge, list_faults, not_checked
from scenarios.replan.rule_proof import check_rules
from solver_models.arrays import FloatArray

MARK = "replan.json"
CELL = ["measure", "node_id", "product_id"]
YEAR = (
    "published",
    "published_to_date",
    "actual_to_date",
    "published_remaining",
    "remaining",
    "target",
    "delta",
    "change",
)
FILES = {
    "replan.csv": (*CELL, *YEAR),
    "replan_monthly.csv": (*CELL, "period", "kind", "target"),
    "replan_rules.csv": (*CELL, "rule_id", "kind", "min", "max", "base", "value", "status", "short_by"),
    "remaining/targets.csv": (*CELL, "target"),
    "remaining/targets_monthly.csv": (*CELL, "period", "target"),
}
NUMBERS = frozenset({*YEAR, "min", "max", "base", "value", "short_by"})
EXACT = 1e-9
"""Amounts of a year are sums of a few numbers; more than this share of them is no noise."""


@dataclass(frozen=True)
class _Files:
    """The files of a re-plan; `rest` is the plan of the remaining months."""

    tables: Mapping[str, pd.DataFrame]
    rest: PlanFiles
    document: Mapping[str, Any]

    @property
    def year(self) -> pd.DataFrame:
        """replan.csv by its key."""
        return self.tables["replan.csv"].set_index(CELL)


def is_replan(out: Path) -> bool:
    """Tell whether a folder is the result of a re-plan."""
    return (out / MARK).is_file()


def verify_replan(out: Path, plan: Path | None = None) -> VerificationReport:
    """Prove the remaining months against their plan, and recompute the year from the files alone.

    Parameters
    ----------
    plan
        The plan of the full year; with it, the rules of the year are compared with the plan's.

    Returns
    -------
    The checks of the remaining result, then those of the year. A damaged file never raises.
    """
    rest = verify_results(out / "remaining", out / "plan")
    files, check = _read(out)
    checks = [*rest.checks, check]
    return VerificationReport((*checks, *([] if files is None else _recomputed(files, plan))))


def _recomputed(files: _Files, plan: Path | None) -> list[Check]:
    """The checks of the year; what is damaged beyond comparing fails as one."""
    try:
        checks = [
            _years(files),
            _months(files),
            _sums(files),
            _remaining(files),
            _carried(files),
            *check_rules(files.tables["replan_rules.csv"], files.year, files.rest),
            _document(files),
        ]
    except (LookupError, ValueError, TypeError) as error:
        return not_checked(["replan_year"], "", f"the tables do not fit together ({error})")
    return checks if plan is None else [*checks, _of_this_plan(files, plan)]


def _read(out: Path) -> tuple[_Files | None, Check]:
    tables: dict[str, pd.DataFrame] = {}
    faults: list[str] = []
    try:
        rest = read_plan_files(plan_source(out / "plan"), ())
        document = json.loads((out / MARK).read_text(encoding="utf-8"))
        for name, columns in FILES.items():
            table = pd.read_csv(out / name, dtype=str, keep_default_na=False)
            numeric = [column for column in columns if column in NUMBERS]
            tables[name] = table.assign(**{column: numbers(table[column]) for column in numeric})
            faults += [f"{name} has no {column}" for column in columns if column not in table]
        if tables["replan.csv"].duplicated(CELL).any():
            faults.append("replan.csv holds a node and product twice")
    except (OSError, ValueError, KeyError, UnreadablePlan) as error:
        faults.append(f"{type(error).__name__}: {error}")
    check = list_faults(
        "replan_files", "", "the files of the re-plan are there and whole", len(FILES), faults
    )
    return (None if faults else _Files(tables, rest, document)), check


def _judged(check: str, promise: str, found: FloatArray, expected: FloatArray, names: pd.Index) -> Check:
    gap = np.abs(found - expected) / np.maximum(np.abs(expected), 1.0)

    def place(k: int) -> str:
        return f"{names[k]}: {found[k]:.12g} instead of {expected[k]:.12g}"

    return judge(check, "", promise, gap, EXACT, place)


def _years(files: _Files) -> Check:
    """Published and target, each the sum of its two parts, and their difference."""
    year = files.year
    pairs = [
        (year["target"], year["actual_to_date"] + year["remaining"]),
        (year["published"], year["published_to_date"] + year["published_remaining"]),
        (year["delta"], year["target"] - year["published"]),
        (year["change"], year["remaining"] - year["published_remaining"]),
    ]
    found, expected = (np.concatenate([pair[k].to_numpy(np.float64) for pair in pairs]) for k in (0, 1))
    promise = (
        "year = actual to date + remaining, published = its two parts, delta and change their differences"
    )
    names = pd.Index(list(year.index) * len(pairs))
    return _judged("replan_years", promise, found, expected, names)


def _months(files: _Files) -> Check:
    """Months sum to the year, those that are over to the actuals."""
    months, year = files.tables["replan_monthly.csv"], files.year
    over = months["kind"] == "actual"
    pairs = [
        (months.groupby(CELL)["target"].sum().reindex(year.index), year["target"]),
        (months[over].groupby(CELL)["target"].sum().reindex(year.index), year["actual_to_date"]),
    ]
    found, expected = (np.concatenate([pair[k].to_numpy(np.float64) for pair in pairs]) for k in (0, 1))
    promise = "months sum to the year, months that are over to the actuals"
    return _judged("replan_months", promise, found, expected, pd.Index(list(year.index) * 2))


def _sums(files: _Files) -> Check:
    """Actuals are plain sums on both trees."""
    year = files.year["actual_to_date"].unstack("product_id")
    org, products = files.rest.tables["org"], files.rest.tables["products"]
    above = products.set_index("product_id")["parent_id"].replace("", "*")
    parent = org[org["parent_id"] != ""].set_index("node_id")["parent_id"]
    below = year[year.index.get_level_values("node_id").isin(parent.index)].reset_index()
    below["node_id"] = below["node_id"].map(parent)
    by_node = below.groupby(["measure", "node_id"]).sum(numeric_only=True)
    by_product = year[above.index].T.groupby(above).sum().T
    found = [year.loc[by_node.index, by_node.columns], year[by_product.columns]]
    promise = "actuals to date are plain sums of the nodes below, and of the products"
    names = pd.Index([f"{key} {column}" for one in found for key in one.index for column in one.columns])
    return _judged(
        "replan_sums",
        promise,
        np.concatenate([one.to_numpy(np.float64).ravel() for one in found]),
        np.concatenate([one.to_numpy(np.float64).ravel() for one in (by_node, by_product)]),
        names,
    )


def _remaining(files: _Files) -> Check:
    """The months that remain are those of the result that was proved."""
    months = files.tables["replan_monthly.csv"]
    by_month = [*CELL, "period"]
    told = [files.year["remaining"], months[months["kind"] != "actual"].set_index(by_month)["target"]]
    proved = [
        files.tables["remaining/targets.csv"].set_index(CELL)["target"],
        files.tables["remaining/targets_monthly.csv"].set_index(by_month)["target"],
    ]
    found = np.concatenate([one.to_numpy(np.float64) for one in told])
    expected = np.concatenate(
        [one.reindex(own.index).to_numpy(np.float64) for one, own in zip(proved, told, strict=True)]
    )
    names = pd.Index([place for one in told for place in one.index])
    promise = "what remains, and its months, are what remaining/ says"
    return _judged("replan_remaining", promise, found, expected, names)


def _carried(files: _Files) -> Check:
    """Shares and ratios count just what is over."""
    carried, rules = files.rest.tables["carried"], files.rest.tables["rules"]
    table = carried.merge(rules[["rule_id", "kind", "measure", "product_id"]], on="rule_id", how="left")
    product = table["product_id"].replace("", "*")
    over = files.year["actual_to_date"]
    names = pd.MultiIndex.from_arrays([table["measure"], table["node_id"], product])
    whole = pd.MultiIndex.from_arrays([table["measure"], table["node_id"], ["*"] * len(table)])
    of_whole = np.where(table["kind"] == "mix", over.reindex(whole).to_numpy(np.float64), 0.0)
    found = np.concatenate([numbers(table["done"]), np.nan_to_num(numbers(table["done_whole"]))])
    expected = np.concatenate([over.reindex(names).to_numpy(np.float64), of_whole])
    promise = "mix and fairness rules count the actuals to date of their node"
    return _judged("replan_carried", promise, found, expected, pd.Index(list(names) * 2))


def _document(files: _Files) -> Check:
    """Totals of replan.json, and the rules it says do not hold."""
    measures = dict(files.document["measures"])
    org = files.rest.tables["org"]
    root = str(org["node_id"][org["parent_id"] == ""].iat[0])
    faults = [
        f"{measure}: {name}"
        for measure, said in measures.items()
        for name in _wrong_facts(files, said, measure, root)
    ]
    promise = "replan.json says what the tables say; the year is published - forgiven"
    return list_faults("replan_document", "", promise, len(measures), faults)


def _wrong_facts(files: _Files, said: Mapping[str, Any], measure: str, root: str) -> list[str]:
    """Name what replan.json says otherwise than the tables."""
    own = files.year[list(YEAR)].reindex([(measure, root, "*")]).iloc[0].astype(float)
    rules = files.tables["replan_rules.csv"]
    status = rules["status"][rules["measure"] == measure]
    facts = {
        "published": own["published"],
        "actual_to_date": own["actual_to_date"],
        "gap": own["published_to_date"] - own["actual_to_date"],
        "remaining": own["remaining"],
        "target": own["target"],
    }
    wrong = [name for name, value in facts.items() if not _is_same(float(said[name]), value)]
    if not _is_same(own["published"] - float(said["forgiven"]), own["target"]):
        wrong.append("published - forgiven")
    if (said["rules"]["checked"], said["rules"]["missed"]) != (len(status), int((status == "missed").sum())):
        wrong.append("rules")
    return wrong


def _is_same(found: float, expected: float) -> bool:
    return abs(found - expected) <= EXACT * max(1.0, abs(expected))


def _of_this_plan(files: _Files, plan: Path) -> Check:
    """The year was re-planned from this plan, and its shares and ratios are the plan's."""
    promise = "the plan is the one that was re-planned, and the rules of the year are its rules"
    overrides = [str(one) for one in files.document.get("overrides", [])]
    told = files.tables["replan_rules.csv"]
    try:
        source = plan_source(plan)
        found = fingerprint(source, overrides)
        if found != files.document.get("input_hash"):
            fault = f"the plan gives {found}, replan.json says {files.document.get('input_hash')}"
            return list_faults("replan_plan", "", promise, 1, [fault])
        rules = read_plan_files(source, overrides).tables["rules"].set_index("rule_id")
    except UnreadablePlan as error:
        return list_faults("replan_plan", "", promise, 1, [str(error)])
    own = told[told["rule_id"].isin(rules.index)]
    faults = [
        f"{rule_id} {side}"
        for side in ("min", "max")
        for rule_id, value in zip(own["rule_id"], own[side], strict=True)
        if not np.isclose(value, float(rules.loc[rule_id, side] or "nan"), rtol=1e-12, equal_nan=True)
    ]
    return list_faults("replan_plan", "", promise, 2 * len(own), faults)
