"""The result folder of a re-plan."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from allocator.plan.plan import Plan, month_text
from allocator.results.csv_text import write_csv
from allocator.results.folder import write_results
from allocator.results.tables import amounts
from allocator.results.whole_folder import FolderKind, whole_folder, write_mark
from scenarios.replan.page import replan_page
from scenarios.replan.replan import Replan, Request, Year, replan
from scenarios.replan.year_rules import MISSED, year_rules
from solver_models.arrays import IntArray
from solver_models.engines.base import Engine, EngineOptions

PLAN, REMAINING = "plan", "remaining"
FOLDER = FolderKind(
    mark="replan.json",
    written=(
        "replan.csv",
        "replan_monthly.csv",
        "replan_rules.csv",
        "replan_reps.csv",
        "replan.html",
        PLAN,
        REMAINING,
    ),
    fault="fault.folder.replan",
    code="not-a-replan-folder",
)


def write_replan(
    plan: Plan,
    request: Request,
    out: Path,
    engine: Engine,
    lang: str,
    options: EngineOptions | None = None,
    *,
    force: bool = False,
) -> dict[str, Any]:
    """Re-plan and write the folder; it appears whole or not at all.

    `plan/` is the plan of the remaining months, `remaining/` its ordinary result (so that
    `allocator verify OUT/remaining --plan OUT/plan` proves it), replan.csv and replan_monthly.csv
    the year put together, replan.json what changed.

    Parameters
    ----------
    force
        Write over files of an earlier re-plan that people changed.
    """
    with whole_folder(out, FOLDER, force=force) as fresh:
        found = replan(plan, request, fresh / PLAN, engine, options)
        write_results(found.remaining, fresh / REMAINING, lang)
        write_csv(fresh / "replan.csv", (_years_table(found, name) for name in found.years))
        write_csv(fresh / "replan_monthly.csv", (_months_table(found, name) for name in found.years))
        rules = [year_rules(found, name) for name in found.years]
        write_csv(fresh / "replan_rules.csv", rules)
        write_csv(fresh / "replan_reps.csv", (_reps_table(found, name) for name in found.years))
        all_rules = pd.concat(rules, ignore_index=True)
        words = replan_page(found, request, all_rules, lang)
        (fresh / "replan.html").write_text(words, encoding="utf-8", newline="\n")
        return write_mark(fresh, FOLDER, replan_document(found, request, all_rules))


def _years_table(found: Replan, measure: str) -> pd.DataFrame:
    """Every node and product: published year, actual to date, remaining before and now, year now, delta."""
    labels, year, done = found.labels, found.years[measure], found.done
    n_product = len(labels.product_id)
    unit = found.plan.spec.measures[measure].round_to
    columns = {
        "published": year.published.sum(axis=2),
        "published_to_date": year.published[:, :, :done].sum(axis=2),
        "actual_to_date": year.locked.units,
        "published_remaining": year.published_rest,
        "remaining": year.rest,
        "target": year.target,
        "delta": year.target - year.published.sum(axis=2),
        "change": year.change,
    }
    return pd.DataFrame(
        {
            "measure": measure,
            "node_id": np.repeat(np.array(labels.node_id, object), n_product),
            "level": np.repeat(np.array(labels.level, object), n_product),
            "product_id": np.tile(np.array(labels.product_id, object), len(labels.node_id)),
            **{name: amounts(units.ravel(), unit) for name, units in columns.items()},
            "because": found.causes[measure].ravel(),
            "moved": amounts(np.rint(found.moved(measure)).astype(np.int64).ravel(), unit),
            "street_factor": np.repeat(labels.grid.street_factor, n_product),
            "expected_remaining": year.remainder.expected(labels).ravel(),
        }
    )


def _months_table(found: Replan, measure: str) -> pd.DataFrame:
    """Every month of every row of replan.csv; months that are over hold the actuals."""
    labels, year = found.labels, found.years[measure]
    months = [month_text(month) for month in found.plan.month_numbers]
    n_node, n_product, n_month = year.months.shape
    unit = found.plan.spec.measures[measure].round_to
    over = ["actual" if k < found.done else "target" for k in range(n_month)]
    return pd.DataFrame(
        {
            "measure": measure,
            "node_id": np.repeat(np.array(labels.node_id, object), n_product * n_month),
            "product_id": np.tile(np.repeat(np.array(labels.product_id, object), n_month), n_node),
            "period": np.tile(np.array(months, object), n_node * n_product),
            "kind": np.tile(np.array(over, object), n_node * n_product),
            "target": amounts(year.months.ravel(), unit),
        }
    )


def _reps_table(found: Replan, measure: str) -> pd.DataFrame:
    """Productivity to date, remaining target before and now, and why, of every rep."""
    labels, year = found.labels, found.years[measure]
    unit, learned = found.plan.spec.measures[measure].round_to, year.remainder.productivity
    leaf = labels.grid.org.leaf
    rest = year.remainder.current.reshape(labels.grid.n_rep, -1).sum(axis=1)
    return pd.DataFrame(
        {
            "measure": measure,
            "node_id": np.array(labels.rep_id, object),
            "peer_group": found.plan.org["peer_group"].to_numpy(object)[labels.node_row[leaf]],
            "published_to_date": amounts(learned.published.astype(np.int64), unit),
            "actual_to_date": amounts(learned.actual.astype(np.int64), unit),
            "ratio": learned.ratio,
            "group_ratio": learned.group_ratio,
            "credibility": learned.credibility,
            "factor": learned.factor,
            "published_remaining": amounts(year.published_rest[leaf, 0], unit),
            "moved": amounts(np.rint(found.moved(measure)[leaf, 0]).astype(np.int64), unit),
            "expected_remaining": rest * learned.factor,
            "remaining": amounts(year.rest[leaf, 0], unit),
            "change": amounts(year.change[leaf, 0], unit),
            "because": found.causes[measure][leaf, 0],
        }
    )


def replan_document(found: Replan, request: Request, rules: pd.DataFrame) -> dict[str, Any]:
    """Return replan.json: totals, gap, what was forgiven, what moved, which rules do not hold."""
    return {
        "status": "replanned",
        "plan": found.plan.spec.plan,
        "input_hash": found.plan.input_hash,
        "overrides": list(found.plan.overrides),
        "as_of": request.as_of,
        "months_over": found.done,
        "keep_gap": float(request.policy.keep_gap),
        "stability": request.policy.stability,
        "stability_tier": request.policy.stability_tier,
        "productivity": "learn" if request.policy.learns else "keep",
        "hard_amounts_gave_way": found.gave_way,
        "actuals_left_out": found.left_out,
        "without_actuals": {name: list(reps) for name, reps in found.missing.items() if reps},
        "measures": {
            name: dict(_measure(found, name, year)) | {"rules": _missed(rules, name)}
            for name, year in found.years.items()
        },
    }


def _missed(rules: pd.DataFrame, measure: str) -> dict[str, Any]:
    """Count the rules of the year by node, and list those that do not hold."""
    own = rules[rules["measure"] == measure]
    missed = own[own["status"] == MISSED]
    shown = ["rule_id", "kind", "node_id", "product_id", "tier", "value", "short_by", "because"]
    rows = missed[shown].astype(object).where(missed[shown].notna(), None)
    return {"checked": len(own), "missed": len(missed), "not_held": rows.to_dict("records")}


def _measure(found: Replan, measure: str, year: Year) -> Iterator[tuple[str, Any]]:
    unit = found.plan.spec.measures[measure].round_to

    def amount(units: int) -> float | int:
        value = units * unit
        return int(value) if value == value.to_integral_value() else float(value)

    rest = year.remainder
    yield "published", amount(int(year.published[0, 0].sum()))
    yield "actual_to_date", amount(int(year.locked.units[0, 0]))
    yield "gap", amount(rest.gap)
    yield "forgiven", amount(rest.forgiven)
    yield "remaining_published", amount(int(year.published[0, 0, found.done :].sum()))
    yield "remaining", amount(rest.total)
    yield "target", amount(int(year.target[0, 0]))
    yield from _changes(year, found.labels.grid.org.leaf.astype(np.int64))


def _changes(year: Year, leaf: IntArray) -> Iterator[tuple[str, Any]]:
    """How much the reps' remaining targets changed against the published ones, moves included."""
    before, now = year.published_rest[leaf, 0], year.rest[leaf, 0]
    moved, had = np.abs(now - before), before > 0
    yield "reps", len(leaf)
    yield "reps_changed", float((moved > 0).mean())
    yield "reps_to_nothing", int((had & (now == 0)).sum())
    yield "reps_from_nothing", int((~had & (now > 0)).sum())
    yield "largest_change", float((moved[had] / before[had]).max()) if had.any() else None
    yield "churn", float(moved.sum() / before.sum()) if before.sum() > 0 else None
