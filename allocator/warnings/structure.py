"""Levels that the org skips, margins out of range, margins that totals imply, currencies that differ."""

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from allocator.plan.warning import PlanWarning, warning
from allocator.warnings.facts import Facts
from solver_models.arrays import FloatArray

USUAL_PARENT = 0.8
"""A level has a usual level above it if this share of its nodes has it."""
LEAST_MARGIN, MOST_MARGIN = 0.0, 1.0
PROFIT = re.compile(r"profit|margin|contribution|毛利|利润", re.IGNORECASE)
CURRENCY = re.compile(r"[A-Z]{3}")
CURRENCIES = frozenset(
    [
        "AED",
        "ARS",
        "AUD",
        "BRL",
        "CAD",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "JPY",
        "KRW",
        "MXN",
        "MYR",
        "NOK",
        "NZD",
        "PEN",
        "PHP",
        "PLN",
        "RMB",
        "RON",
        "RUB",
        "SAR",
        "SEK",
        "SGD",
        "THB",
        "TRY",
        "TWD",
        "UAH",
        "USD",
        "VND",
        "ZAR",
    ]
)
SAME = {"RMB": "CNY"}
COLUMN_CURRENCY = re.compile(r"(?:^|[_\s(（-])([A-Za-z]{3})[)）]?$")


def levels_in_order(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of nodes that hang under a higher level than nearly all nodes of their level do."""
    labels, org = facts.labels, facts.labels.grid.org
    level = np.array(labels.level, object)
    parent_level = np.where(org.parent >= 0, level[org.parent], "")
    depth = {name: int(np.median(org.depth[level == name])) for name in set(labels.level)}
    for name in dict.fromkeys(labels.level):
        nodes = np.flatnonzero((level == name) & (org.parent >= 0))
        if not len(nodes):
            continue
        usual, count = Counter(parent_level[nodes].tolist()).most_common(1)[0]
        if count < USUAL_PARENT * len(nodes):
            continue
        for node in nodes[parent_level[nodes] != usual].tolist():
            # a parent that stands no higher than the usual one skips nothing
            if depth[parent_level[node]] >= depth[usual]:
                continue
            yield warning(
                "level-skipped",
                facts.org_place(node),
                "parent_id",
                labels.node_id[int(org.parent[node])],
                node_id=labels.node_id[node],
                node=labels.node_id[node],
                level=name,
                usual=usual,
                found=parent_level[node],
            )


def margins_plausible(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of margins below 0 or of 1 and more, and of margins that totals imply but no product has."""
    row = facts.labels.product_row[facts.labels.grid.products.leaf]
    margin = facts.plan.products["margin"].to_numpy(np.float64)[row]
    known = np.isfinite(margin)
    out = known & ((margin < LEAST_MARGIN) | (margin >= MOST_MARGIN))
    for k in np.flatnonzero(out).tolist():
        product = facts.labels.leaf_product_id[k]
        yield warning(
            "margin-out-of-range",
            facts.plan.places.of("products", int(row[k])),
            "margin",
            f"{margin[k]:g}",
            kind="high" if margin[k] >= MOST_MARGIN else "negative",
            product=product,
            margin=f"{margin[k]:g}",
            meant=f"{margin[k] / 100:g}",
        )
    if known.any() and not out.any():
        yield from _implied_by_links(facts, margin[known])
        yield from _implied_by_totals(facts, margin[known])


def _implied_by_links(facts: Facts, margin: FloatArray) -> Iterator[PlanWarning]:
    """Links of the whole company: bound / total against the margins that products have."""
    frame, root = facts.plan.rules, facts.labels.node_id[0]
    is_link = (frame["kind"] == "link") & (frame["node_id"] == root)
    is_link &= frame["basis"].isin(["", "margin"]) & frame["product_id"].isin(["", "*"])
    for rule in np.flatnonzero(is_link.to_numpy(bool)).tolist():
        measure = str(frame["measure"].iloc[rule])
        total = facts.total(measure) if facts.total_in_unit(measure) else 0.0
        for side, beyond in (("min", margin.max()), ("max", margin.min())):
            bound = float(frame[side].iloc[rule])
            sign = 1 if side == "min" else -1
            if total > 0 and np.isfinite(bound) and sign * (bound / total - beyond) > 1e-9:
                place = facts.plan.places.of("rules", rule)
                names = {"rule": str(frame["rule_id"].iloc[rule])}
                yield _implied(place, side, bound, bound / total, margin, "link", **names)


def _implied_by_totals(facts: Facts, margin: FloatArray) -> Iterator[PlanWarning]:
    """A measure that is a profit by its name, over a measure of the same unit that is not."""
    measures = facts.plan.spec.measures
    sold = [name for name, one in measures.items() if one.kind == "outcome" and not PROFIT.search(name)]
    for name, one in measures.items():
        whole = [other for other in sold if measures[other].unit == one.unit]
        if not PROFIT.search(name) or len(whole) != 1 or facts.total(whole[0]) <= 0:
            continue
        share = facts.total(name) / facts.total(whole[0])
        if not margin.min() - 1e-9 <= share <= margin.max() + 1e-9:
            path = ("measures", name, "total")
            place = facts.plan.places.setting(path)
            yield _implied(
                place, ".".join(path), facts.total(name), share, margin, "totals", profit=name, sales=whole[0]
            )


def _implied(
    place: tuple[str, int],
    column: str,
    value: float,
    share: float,
    margin: FloatArray,
    kind: str,
    **names: str,
) -> PlanWarning:
    return warning(
        "implied-margin",
        place,
        column,
        f"{value:.15g}",
        kind=kind,
        share=f"{share:.1%}",
        least=f"{margin.min():.1%}",
        most=f"{margin.max():.1%}",
        **names,
    )


def currencies_agree(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of measures in another currency than the plan's, and of columns named after one."""
    plan = facts.plan
    own = plan.spec.currency.strip().upper()
    if not CURRENCY.fullmatch(own):
        return
    for name, one in plan.spec.measures.items():
        unit = one.unit.strip()
        if unit in CURRENCIES and SAME.get(unit, unit) != SAME.get(own, own):
            path = ("measures", name, "unit")
            yield warning(
                "currency-differs",
                plan.places.setting(path),
                ".".join(path),
                unit,
                kind="measure",
                what=name,
                unit=unit,
                currency=own,
            )
    for column in map(str, plan.products.columns):
        found = COLUMN_CURRENCY.search(column)
        unit = found[1].upper() if found else ""
        if unit in CURRENCIES and SAME.get(unit, unit) != SAME.get(own, own):
            file, _ = plan.places.of("products")
            yield warning(
                "currency-differs",
                (file, 1),
                column,
                column,
                kind="column",
                what=column,
                unit=unit,
                currency=own,
            )
