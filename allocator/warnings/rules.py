"""Rules that can do nothing, and bands that the growth asked for contradicts."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from allocator.model.bases import product_weight
from allocator.plan.commitments import current_commitments
from allocator.plan.spec import AmountRange
from allocator.plan.tables import ALL_PRODUCTS, RULE_KINDS
from allocator.plan.warning import PlanWarning, warning
from allocator.warnings.facts import Facts
from allocator.warnings.reach import Reach
from solver_models.arrays import BoolArray, FloatArray

ROUNDING = 1e-9


def rules_can_bind(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of rules no side of which can ever be reached by any node that they name, or that name nobody."""
    for measure in facts.plan.spec.measures:
        for kind in RULE_KINDS if facts.total_in_unit(measure) else ():
            reach = facts.reach(measure, kind)
            if not len(reach.rule):
                continue
            applies, can_bind = _sides(facts, measure, kind, reach)
            sides = pd.DataFrame({"applies": applies, "binds": applies & can_bind}).groupby(reach.rule).any()
            for rule in sides.index[~sides["binds"].to_numpy(bool)].tolist():
                name = str(facts.plan.rules["rule_id"].iloc[rule])
                yield warning(
                    "rule-cannot-bind",
                    facts.plan.places.of("rules", rule),
                    "rule_id",
                    name,
                    kind="bounds" if sides["applies"][rule] else "nobody",
                    rule=name,
                    measure=measure,
                )


def _sides(facts: Facts, measure: str, kind: str, reach: Reach) -> tuple[BoolArray, BoolArray]:
    """Tell where a rule applies and where one of its sides could be reached, per entry of the reach."""
    frame, grid = facts.plan.rules, facts.labels.grid
    low, high = (frame[side].to_numpy(np.float64)[reach.rule] for side in ("min", "max"))
    basis = frame["basis"].to_numpy(object)[reach.rule]
    most = grid.street_factor[reach.node] * facts.most_of_products(measure)[reach.product]
    everywhere = np.ones(len(reach.rule), dtype=bool)
    if kind == "fairness":
        down = np.where(np.isnan(low), -high, low)
        return everywhere, (down > -1) | (high < _peers(reach))
    if kind == "mix":
        return everywhere, (low > 0) | (high < 1)
    least, top = _column_range(facts, kind, basis)
    if kind == "growth":
        base = facts.last_year(measure)[reach.node, reach.product]
        # who sold in earlier years only is judged by `average`, which is not looked at here
        applies = (base > 0) | (basis == "average")
        with np.errstate(invalid="ignore"):
            return applies, (low > -1) | ((1 + high) * base < most * (1 - ROUNDING)) | (basis == "average")
    if kind == "commitment":
        promised = _promised(facts, measure, reach)
        with np.errstate(invalid="ignore"):
            return promised > 0, (low > 0) | (high * promised < most * (1 - ROUNDING))
    with np.errstate(invalid="ignore"):
        return everywhere, (low > np.minimum(least, 0)) | (high < top * most * (1 - ROUNDING))


def _peers(reach: Reach) -> FloatArray:
    """Return for each entry how many nodes its rule names: a peer is at most that many times the mean."""
    count = np.bincount(reach.rule)[reach.rule].astype(np.float64)
    return np.maximum(count - 1.0, 1.0)


def _column_range(facts: Facts, kind: str, basis: np.ndarray) -> tuple[FloatArray, FloatArray]:
    """Least and largest factor that a link or an effort capacity multiplies amounts with; 1 elsewhere."""
    least, most = np.ones(len(basis)), np.ones(len(basis))
    for column in {str(name) for name in basis}:
        name = column or ("margin" if kind == "link" else "")
        if kind == "link" or name == "effort":
            factor = product_weight(facts.plan, facts.labels, name)
            least[basis == column], most[basis == column] = factor.min(initial=0.0), factor.max(initial=0.0)
    return least, most


def _promised(facts: Facts, measure: str, reach: Reach) -> FloatArray:
    """What each node committed to for the product of the rule, 0 where to nothing."""
    table = current_commitments(facts.plan, measure)
    node = facts.labels.codes_of_nodes(table["node_id"])
    product = facts.labels.codes_of_products(table["product_id"])
    amount = table["amount"].to_numpy(np.float64)
    size = len(facts.labels.product_id)
    exact = pd.Series(amount).groupby(node * size + product).sum()
    summed = pd.Series(amount).groupby(node).sum()
    found: FloatArray = exact.reindex(reach.node * size + reach.product).to_numpy(np.float64, copy=True)
    whole = np.isnan(found) & (reach.product == 0)
    found[whole] = summed.reindex(reach.node[whole]).to_numpy(np.float64)
    return np.nan_to_num(found)


def bands_allow_growth(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of bands for a whole level that the growth asked for lies outside of."""
    for sales in facts.comparable():
        if not facts.total_in_unit(sales.measure):
            continue
        yield from _growth_bands(facts, sales.measure)
        yield from _amount_bands(facts, sales.measure)


def _growth_bands(facts: Facts, measure: str) -> Iterator[PlanWarning]:
    """Growth rules of all nodes of a level against the growth of the level's total of the same product."""
    frame, labels = facts.plan.rules, facts.labels
    chosen = (frame["measure"] == measure) & (frame["kind"] == "growth") & (frame["node_id"] == "")
    chosen &= (frame["level"] != "") & frame["basis"].isin(["", "last_year"])
    last = facts.last_year(measure)[0]
    level = np.array(labels.level, object)
    for rule in np.flatnonzero(chosen.to_numpy(bool)).tolist():
        row = frame.iloc[rule]
        q = labels.product_code[row["product_id"] or ALL_PRODUCTS]
        asked = _asked(facts, measure, q)
        if asked is None or last[q] <= 0:
            continue
        street = float(np.median(labels.grid.street_factor[level == row["level"]]))
        growth = street * asked / last[q] - 1
        over, under = growth > row["max"] + ROUNDING, growth < row["min"] - ROUNDING
        if over or under:
            side = "max" if over else "min"
            yield warning(
                "band-contradicts-growth",
                facts.plan.places.of("rules", rule),
                side,
                f"{row[side]:g}",
                kind=f"growth_{side}",
                rule=row["rule_id"],
                measure=measure,
                level=row["level"],
                bound=f"{row[side]:+.1%}",
                growth=f"{growth:+.1%}",
            )


def _asked(facts: Facts, measure: str, q: int) -> float | None:
    """Return the total of a product as it is fixed by plan.yaml; None where the plan leaves it open."""
    if q == 0:
        return facts.total(measure)
    stated = facts.plan.spec.product_totals.get(measure, {}).get(facts.labels.product_id[q])
    if stated is None or isinstance(stated, AmountRange):
        return None
    return float(facts.most_of_products(measure)[q])


def _amount_bands(facts: Facts, measure: str) -> Iterator[PlanWarning]:
    """Ranges and capacities of all nodes of a level that add up to less, or more, than the level's total."""
    labels, frame = facts.labels, facts.plan.rules
    reach = facts.reach(measure, "range", "capacity")
    counts = (reach.product == 0) & frame["basis"].isin(["", "amount"]).to_numpy(bool)[reach.rule]
    level = np.array(labels.level, object)
    total = facts.total(measure)
    at_work = labels.grid.org.roll_up(facts.at_work.astype(np.int64)) > 0
    for side, start, reduce, sign in (
        ("max", np.inf, np.minimum, 1.0),
        ("min", 0.0, np.maximum, -1.0),
    ):
        bound = np.full(len(labels.node_id), start)
        value = frame[side].to_numpy(np.float64)[reach.rule]
        given = counts & np.isfinite(value)
        reduce.at(bound, reach.node[given], value[given])
        for name in dict.fromkeys(level[reach.node[given]].tolist()):
            nodes = (level == name) & at_work
            parts = float((bound[nodes] / labels.grid.street_factor[nodes]).sum())
            if (
                not np.isfinite(parts)
                or sign * (total - parts) <= ROUNDING * total
                or not _covers(facts, nodes)
            ):
                continue
            rule = int(reach.rule[given & (level[reach.node] == name)][0])
            yield warning(
                "band-contradicts-growth",
                facts.plan.places.of("rules", rule),
                side,
                f"{frame[side].iloc[rule]:.15g}",
                kind=f"amount_{side}",
                rule=str(frame["rule_id"].iloc[rule]),
                measure=measure,
                level=name,
                bound=f"{parts:,.15g}",
                growth=f"{total:,.15g}",
            )


def _covers(facts: Facts, nodes: BoolArray) -> bool:
    """Tell whether every rep at work stands at or below one of the nodes."""
    org = facts.labels.grid.org
    covered = np.zeros(len(org.leaf) + 1)
    np.add.at(covered, org.leaf_start[nodes], 1)
    np.add.at(covered, org.leaf_end[nodes], -1)
    return bool((np.cumsum(covered)[:-1] > 0)[facts.at_work].all())
