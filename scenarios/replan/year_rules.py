"""What became of the rules of the year: actuals to date + re-planned months, rule by rule, node by node."""

import numpy as np
import pandas as pd

from allocator.model.labels import Labels
from allocator.model.lines import lines_of
from allocator.model.outcomes import TIGHT, row_amounts, values_in_own_terms
from allocator.plan.plan import Plan
from scenarios.replan.replan import Replan, Year
from solver_models.arrays import BoolArray, FloatArray

HELD, MISSED = "held", "missed"
ACTUALS, OTHERS, FOR_STABILITY = "actuals", "others", "stability"
COLUMNS = (
    "measure",
    "rule_id",
    "kind",
    "node_id",
    "product_id",
    "min",
    "max",
    "basis",
    "tier",
    "owner",
    "base",
    "published",
    "value",
    "status",
    "short_by",
    "because",
)


def year_rules(found: Replan, measure: str) -> pd.DataFrame:
    """Return one row per rule and node: its value as published and now, whether it holds on the year.

    Returns
    -------
    The columns `COLUMNS`. published, value: in the rule's own terms; short_by: the amount by which the year
    misses the rule; because: `actuals` where no remainder of this company could meet the rule, `stability`
    where a soft rule comes after the stability of the targets, `others` where the rule gave way to totals or
    other rules, empty where it holds.
    """
    plan, labels, year = found.plan, found.labels, found.years[measure]
    unit = float(plan.spec.measures[measure].round_to)
    rules, now = year.remainder.year_rules, np.asarray(year.target * unit, np.float64)
    before = np.asarray(year.published.sum(axis=2) * unit, np.float64)
    lines = lines_of(rules)
    amount, low, high = row_amounts(plan, labels, lines, now)
    short = np.maximum(np.maximum(low - amount, amount - high), 0.0)
    size = np.maximum(np.abs(amount), unit)
    missed = is_missed(plan, labels, rules, year.unrounded, unit)
    can = _can_hold(plan, labels, rules, year, unit)
    was = values_in_own_terms(lines, row_amounts(plan, labels, lines, before)[0], before)
    return pd.DataFrame(
        {
            "measure": measure,
            "rule_id": rules["rule_id"].to_numpy(object),
            "kind": rules["kind"].to_numpy(object),
            "node_id": np.array(labels.node_id, object)[rules["node"].to_numpy(np.int64)],
            "product_id": np.array(labels.product_id, object)[rules["product"].to_numpy(np.int64)],
            "min": rules["min"].to_numpy(np.float64),
            "max": rules["max"].to_numpy(np.float64),
            "basis": rules["basis"].to_numpy(object),
            "tier": np.where(rules["tier"] == 0, "hard", rules["tier"].astype(str)),
            "owner": rules["owner"].to_numpy(object),
            "base": rules["base"].to_numpy(np.float64),
            "published": was,
            "value": values_in_own_terms(lines, amount, now),
            "status": np.where(missed, MISSED, HELD),
            "short_by": np.where(short > TIGHT * size, short, 0.0),
            "because": np.select(
                [~missed, ~can, year.remainder.order.is_late],
                ["", ACTUALS, FOR_STABILITY],
                OTHERS,
            ),
        },
        columns=list(COLUMNS),
    )


def is_missed(
    plan: Plan, labels: Labels, rules: pd.DataFrame, unrounded: FloatArray, unit: float
) -> BoolArray:
    """Tell which rules the unrounded year misses by more than a thousandth of a unit."""
    amount, low, high = row_amounts(plan, labels, lines_of(rules), unrounded)
    noise = np.maximum(unit / 1000, TIGHT * np.abs(amount))
    return np.asarray(np.maximum(low - amount, amount - high) > noise, bool)


def _can_hold(plan: Plan, labels: Labels, rules: pd.DataFrame, year: Year, unit: float) -> BoolArray:
    """Tell which rules some remainder could meet, were there no other rule.

    Amounts: nothing, or all that the company has left. Mix: all that the node has left in the product, or
    none. Fairness: all that the peers have left at the node, or none.
    """
    over = np.asarray(year.locked.units * unit, np.float64)
    now = np.asarray(year.target * unit, np.float64)
    kind = rules["kind"].to_numpy(object)
    node, product = rules["node"].to_numpy(np.int64), rules["product"].to_numpy(np.int64)
    lines = lines_of(rules)
    done, low, high = row_amounts(plan, labels, lines, over)
    _, low_now, high_now = row_amounts(plan, labels, lines, now)
    street = labels.grid.street_factor[node]
    rest = (now - over)[node, 0]
    room = np.where(kind == "mix", rest, year.remainder.total * unit * street)
    fair = kind == "fairness"
    if fair.any():
        peers = rules[fair].assign(rest=(now - over)[node[fair], product[fair]])
        room[fair] = peers.groupby(["rule", "group"])["rest"].transform("sum").to_numpy(np.float64)
    ratio = fair | (kind == "mix")
    least, most = np.where(ratio, low_now, low), np.where(ratio, high_now, high)
    weighted = (kind == "link") | (rules["basis"] == "effort").to_numpy(bool)
    return np.asarray(weighted | ((done <= most + unit / 1000) & (done + room >= least - unit / 1000)), bool)
