"""Company and product totals: whole units, known products, and sums that can hold together."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from allocator.plan.base_year import missing_months, sold_in
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector, NearMatches
from allocator.plan.plan import month_text
from allocator.plan.spec import AmountRange, Growth
from allocator.plan.tables import ALL_PRODUCTS
from allocator.plan.units import is_multiple, neighbours, plain
from allocator.plan.yaml_source import Path
from allocator.texts import worded
from solver_models.rounding.units import MOST_UNITS

INCOMPLETE = "incomplete-base-year"
"""Code of the fault, and of the warning that it is where no total grows from that year."""


@dataclass(frozen=True)
class Bounds:
    """What a total may be: least and most."""

    least: Fraction
    most: Fraction

    @property
    def is_fixed(self) -> bool:
        """Tell whether there is no choice."""
        return self.least == self.most


def check_totals(draft: Draft, faults: FaultCollector, *, products_are_tree: bool) -> None:
    """Check the totals of every measure, the product totals and the levels of over-assignment."""
    spec = draft.settings.spec
    _check_product_names(draft, faults)
    for measure in spec.measures:
        if not draft.settings.is_sure("measures", measure):
            continue
        before = len(faults)
        _check_multiples(draft, measure, faults)
        _check_growth(draft, measure, faults, products_are_tree=products_are_tree)
        if len(faults) == before and products_are_tree and draft.settings.is_sure("product_totals", measure):
            _check_sums(draft, measure, faults)


def check_over_assignment(draft: Draft, faults: FaultCollector) -> None:
    """Every level of over_assignment exists below the root."""
    levels = list(dict.fromkeys(draft.texts("org", "level").tolist()))
    roots = np.flatnonzero(draft.texts("org", "parent_id") == "")
    top = draft.texts("org", "level")[roots[0]] if len(roots) else None
    hint = NearMatches(levels, worded("fault.known_levels", names=", ".join(name for name in levels if name)))
    for level in draft.settings.spec.over_assignment:
        if level not in levels:
            draft.settings.add_fault(
                faults,
                ("over_assignment", level),
                level,
                code="unknown-level",
                message=worded("fault.unknown", what=worded("fault.what.level"), name=level),
                hint=hint(level),
            )
        elif level == top:
            draft.settings.add_fault(
                faults,
                ("over_assignment", level),
                level,
                code="root-level",
                message=worded("fault.plan_total.root_level", level=level),
                hint=worded("fault.plan_total.root_level.hint"),
            )


def check_size(draft: Draft, faults: FaultCollector, *, org_is_tree: bool) -> None:
    """The company's total, over-assigned down to the reps, is not more units than can be told apart."""
    sheet = draft.sheets["history"]
    for measure, spec in draft.settings.spec.measures.items():
        is_grown = isinstance(spec.total, Growth)
        knows_total = not is_grown or (draft.knows_months and sheet.is_complete and not sheet.missing)
        if not (knows_total and draft.settings.is_sure("measures", measure)):
            continue
        units = company_bounds(draft, measure).most / Fraction(spec.round_to)
        street = units * Fraction(_largest_street_factor(draft)) if org_is_tree else units
        if street <= MOST_UNITS:
            continue
        where = "" if units > MOST_UNITS else "_street"
        draft.settings.add_fault(
            faults,
            ("measures", measure, "round_to"),
            spec.round_to,
            code="too-small",
            message=worded(
                f"fault.plan_total.too_small{where}",
                round_to=plain(spec.round_to),
                units=f"{float(street if where else units):.4g}",
            ),
            hint=worded(f"fault.plan_total.too_small{where}.hint"),
        )


def _largest_street_factor(draft: Draft) -> float:
    """Largest product of (1 + h) on the way from the company to a rep."""
    factor, above = 1.0 + draft.over_assignment, draft.org.parent.copy()
    while draft.over_assignment.any() and (above >= 0).any():
        factor *= np.where(above >= 0, 1.0 + draft.over_assignment[above], 1.0)
        above = np.where(above >= 0, draft.org.parent[above], -1)
    return float(factor.max(initial=1.0))


def company_bounds(draft: Draft, measure: str) -> Bounds:
    """Return what the company total is (a growth total may be off by its rounding)."""
    total = draft.settings.spec.measures[measure].total
    if isinstance(total, Decimal):
        return Bounds(Fraction(total), Fraction(total))
    unit = Fraction(draft.settings.spec.measures[measure].round_to)
    return _grown(float(draft.history_last_year(measure).sum()), total, unit)


def product_bounds(draft: Draft, measure: str) -> dict[int, Bounds]:
    """Return what is stated about each product row."""
    stated = draft.settings.spec.product_totals.get(measure, {})
    unit = Fraction(draft.settings.spec.measures[measure].round_to)
    company = company_bounds(draft, measure)
    bounds = {}
    for product, total in stated.items():
        row = draft.products.index.get(product)
        if row is None:
            continue
        if isinstance(total, Decimal):
            bounds[row] = Bounds(Fraction(total), Fraction(total))
        elif isinstance(total, Growth):
            history = draft.history_last_year(measure)[draft.products.is_below(row)]
            bounds[row] = _grown(float(history.sum()), total, unit)
        else:
            bounds[row] = _ranged(total, company)
    return bounds


def _ranged(total: AmountRange, company: Bounds) -> Bounds:
    least = Fraction(0) if total.min is None else Fraction(total.min)
    return Bounds(least, max(company.most, least) if total.max is None else Fraction(total.max))


def _grown(history: float, total: Growth, unit: Fraction) -> Bounds:
    """Return the whole units next to (1 + growth) x history; the other totals decide between them."""
    amount = Fraction(history) * (1 + Fraction(str(total.growth)))
    return Bounds(amount // unit * unit, -(-amount // unit) * unit)


def _check_product_names(draft: Draft, faults: FaultCollector) -> None:
    """product_totals names known measures and products."""
    spec = draft.settings.spec
    measure_hint = NearMatches(
        spec.measures, worded("fault.plan_total.measures", names=", ".join(spec.measures))
    )
    product_hint = NearMatches(draft.products.index, worded("fault.add_or_correct", file="products.csv"))
    for measure, totals in spec.product_totals.items():
        if measure not in spec.measures and draft.settings.is_named("measures"):
            draft.settings.add_fault(
                faults,
                ("product_totals", measure),
                measure,
                code="unknown-measure",
                message=worded("fault.unknown", what=worded("fault.what.measure"), name=measure),
                hint=measure_hint(measure),
            )
        if not draft.sheets["products"].vouches_for("product_id"):
            continue
        for product in totals:
            if product not in draft.products.index:
                is_all = product == ALL_PRODUCTS
                draft.settings.add_fault(
                    faults,
                    ("product_totals", measure, product),
                    product,
                    code="unknown-product",
                    message=worded("fault.unknown", what=worded("fault.what.product"), name=product),
                    hint=worded("fault.plan_total.star", measure=measure)
                    if is_all
                    else product_hint(product),
                )


def _check_multiples(draft: Draft, measure: str, faults: FaultCollector) -> None:
    """Amounts in plan.yaml are whole multiples of round_to."""
    spec = draft.settings.spec
    unit = spec.measures[measure].round_to
    total = spec.measures[measure].total
    amounts: list[tuple[Path, Decimal]] = []
    if isinstance(total, Decimal):
        amounts.append((("measures", measure, "total"), total))
    for product, stated in spec.product_totals.get(measure, {}).items():
        path: Path = ("product_totals", measure, product)
        if isinstance(stated, Decimal):
            amounts.append((path, stated))
        elif isinstance(stated, AmountRange):
            sides = (("min", stated.min), ("max", stated.max))
            amounts += [((*path, side), amount) for side, amount in sides if amount is not None]
    for path, amount in amounts:
        if not is_multiple(amount, unit):
            below, above = neighbours(amount, unit)
            draft.settings.add_fault(
                faults,
                path,
                plain(amount),
                code="not-a-multiple",
                message=worded("fault.no_multiple", amount=plain(amount), round_to=plain(unit)),
                hint=worded("fault.plan_total.no_multiple.hint", below=plain(below), above=plain(above)),
            )


def _check_growth(draft: Draft, measure: str, faults: FaultCollector, *, products_are_tree: bool) -> None:
    """Totals that are given as growth have a positive history to grow from."""
    if not _uses_growth(draft, measure):
        return
    sheet = draft.sheets["history"]
    if not (draft.knows_months and products_are_tree and sheet.is_complete and not sheet.missing):
        return
    by_product = draft.history_last_year(measure)
    wanted: list[tuple[Path, float]] = []
    if isinstance(draft.settings.spec.measures[measure].total, Growth):
        wanted.append((("measures", measure, "total", "growth"), float(by_product.sum())))
    for product, stated in draft.settings.spec.product_totals.get(measure, {}).items():
        row = draft.products.index.get(product)
        if isinstance(stated, Growth) and row is not None:
            amount = float(by_product[draft.products.is_below(row)].sum())
            wanted.append((("product_totals", measure, product, "growth"), amount))
    missing = _missing_months(draft, measure) if wanted else []
    for path, amount in wanted:
        if amount > 0 and missing:
            months = ", ".join(month_text(month) for month in missing)
            draft.settings.add_fault(
                faults,
                path,
                months,
                code=INCOMPLETE,
                message=worded("fault.plan_total.incomplete", measure=measure, months=months),
                hint=worded("fault.plan_total.incomplete.hint"),
            )
        if amount <= 0:
            draft.settings.add_fault(
                faults,
                path,
                draft.settings.spec.measures[measure].total if len(path) < 4 else "",
                code="no-history",
                message=worded("fault.plan_total.no_history", amount=plain(amount)),
                hint=worded("fault.plan_total.no_history.hint"),
            )


def _missing_months(draft: Draft, measure: str) -> list[int]:
    """Return the months that are missing in the year that totals grow from, unless that is accepted."""
    if INCOMPLETE in draft.settings.spec.accepted_warnings:
        return []
    node, frame = draft.nodes("history"), draft.frames["history"]
    amount = np.where(draft.is_measure("history", measure), np.nan_to_num(draft.amounts("history")), 0.0)
    start = draft.months.start
    sold = sold_in(node, frame["period"].to_numpy(np.int64), amount, len(draft.org.parent), start)
    return missing_months(sold, start, draft.settings.spec.months)


def _check_sums(draft: Draft, measure: str, faults: FaultCollector) -> None:
    """Products can add up to their line, and lines to the company."""
    stated = product_bounds(draft, measure)
    if not stated or not (draft.knows_months or not _uses_growth(draft, measure)):
        return
    company = company_bounds(draft, measure)
    possible: dict[int, Bounds] = {}
    order = np.argsort(-draft.products.first, kind="stable").tolist()
    children: dict[int, list[int]] = {}
    for row in order:
        children.setdefault(int(draft.products.parent[row]), []).append(row)
    ids = draft.texts("products", "product_id")
    for row in order:
        own = stated.get(row, Bounds(Fraction(0), company.most))
        below = children.get(row)
        if below:
            parts = _sum([possible[child] for child in below])
            path = ("product_totals", measure, str(ids[row]))
            if row in stated and not _overlap(own, parts):
                _tell_sum(draft, path, f"`{ids[row]}`", own, parts, faults)
            elif row not in stated:
                own = parts
            else:
                own = Bounds(max(own.least, parts.least), min(own.most, parts.most))
        possible[row] = own
    parts = _sum([possible[row] for row in children.get(-1, [])])
    if not _overlap(company, parts):
        _tell_sum(draft, ("product_totals", measure), worded("fault.the_company"), company, parts, faults)


def _uses_growth(draft: Draft, measure: str) -> bool:
    spec = draft.settings.spec
    totals = [spec.measures[measure].total, *spec.product_totals.get(measure, {}).values()]
    return any(isinstance(total, Growth) for total in totals)


def _sum(parts: list[Bounds]) -> Bounds:
    return Bounds(
        sum((part.least for part in parts), Fraction(0)), sum((part.most for part in parts), Fraction(0))
    )


def _overlap(one: Bounds, other: Bounds) -> bool:
    return max(one.least, other.least) <= min(one.most, other.most)


def _tell_sum(
    draft: Draft, path: Path, what: str, whole: Bounds, parts: Bounds, faults: FaultCollector
) -> None:
    """Say what the parts add up to and what they should."""
    measure = path[1]
    if parts.is_fixed:
        key, sum_of_parts, limit = "add_up_to", parts.least, whole.least
    elif parts.least > whole.most:
        key, sum_of_parts, limit = "need_at_least", parts.least, whole.most
    else:
        key, sum_of_parts, limit = "reach_at_most", parts.most, whole.least
    draft.settings.add_fault(
        faults,
        path,
        plain(whole.least),
        code="totals-do-not-add-up",
        message=worded(f"fault.plan_total.{key}", what=what, parts=plain(sum_of_parts), whole=plain(limit)),
        hint=worded("fault.plan_total.sum.hint", what=what, measure=measure),
    )
