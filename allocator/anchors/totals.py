"""Company and product totals in whole units, from plan.yaml and last year's history."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from math import fsum

import numpy as np

from allocator.anchors.anchors import Totals
from allocator.anchors.observed import Observed
from allocator.errors import Fault, InputFaults
from allocator.model.labels import Labels
from allocator.plan.plan import Plan
from allocator.plan.spec import AmountRange, Growth
from allocator.texts import worded
from allocator.wording import Wording
from solver_models.apportionment import largest_remainder
from solver_models.arrays import IntArray
from solver_models.hierarchy import Hierarchy

PLAN_FILE = "plan.yaml"


def resolve_totals(plan: Plan, labels: Labels, measure: str, observed: Observed) -> Totals:
    """Turn amounts, growth rates and ranges into whole multiples of `round_to`.

    Growth: (1 + g) x the history of the same months one year before, rounded half to even.
    Where totals given by growth have to add up to a fixed total above them, they are rounded
    together by largest remainder. Ranges are drawn inwards to whole units.

    Raises
    ------
    InputFaults
        If a growth has no positive history, or the totals cannot hold together.
    """
    spec = plan.spec.measures[measure]
    wanted = {
        labels.product_code[name]: said for name, said in plan.spec.product_totals.get(measure, {}).items()
    }
    exact = {
        code: _exact(
            said,
            spec.round_to,
            _last_year(labels, observed, code) if isinstance(said, Growth) else 0.0,
            _path(labels, measure, code),
        )
        for code, said in {**wanted, 0: spec.total}.items()
        if not isinstance(said, AmountRange)
    }
    is_growth = {code for code, said in {**wanted, 0: spec.total}.items() if isinstance(said, Growth)}
    fixed = _whole_totals(labels, measure, exact, is_growth)
    company = fixed.pop(0)
    size = len(labels.product_id)
    lower, upper = np.zeros(size, np.int64), np.full(size, company, np.int64)
    lower[0] = company
    for code, said in wanted.items():
        if isinstance(said, AmountRange):
            lower[code], upper[code] = _range_units(said, spec.round_to, company)
        else:
            lower[code] = upper[code] = fixed[code]
    is_stated = np.zeros(size, bool)
    is_stated[list(wanted)] = True
    _check_room(labels, measure, lower, upper)
    return Totals(company, lower, upper, is_stated)


def _exact(said: Decimal | Growth, unit: Decimal, last_year: float, path: str) -> Fraction:
    """Return an amount or a growth in units of `round_to`, exactly."""
    if not isinstance(said, Growth):
        return Fraction(said) / Fraction(unit)
    if last_year <= 0:
        raise _fault(
            path,
            f"growth {said.growth:g}",
            "growth-without-history",
            worded("fault.run.growth", amount=f"{last_year:g}"),
            worded("fault.run.growth.hint"),
        )
    return (1 + Fraction(str(said.growth))) * Fraction(str(last_year)) / Fraction(unit)


def _last_year(labels: Labels, observed: Observed, code: int) -> float:
    """Sum the history of a product in the same months one year before; exact whatever the order of rows."""
    first = observed.start - 12
    leaf = observed.cell % labels.grid.n_product
    below = labels.grid.products.leaf_start[code] <= leaf
    below &= leaf < labels.grid.products.leaf_end[code]
    below &= (observed.month >= first) & (observed.month < first + observed.n_month)
    return fsum(observed.amount[below].tolist())


def _range_units(said: AmountRange, unit: Decimal, company: int) -> tuple[int, int]:
    """Draw a range inwards to whole units."""
    low = 0 if said.min is None else int((said.min / unit).to_integral_value(ROUND_CEILING))
    high = company if said.max is None else int((said.max / unit).to_integral_value(ROUND_FLOOR))
    return low, min(high, company)


def _whole_totals(
    labels: Labels, measure: str, exact: dict[int, Fraction], is_growth: set[int]
) -> dict[int, int]:
    """Round the stated totals from the company down the product tree."""
    products = labels.grid.products
    fixed = {0: round(exact[0])}
    for code in sorted(exact):
        if code not in fixed:
            fixed[code] = round(exact[code])
        parts = _covering_parts(products, code, set(exact))
        grown = [part for part in parts if part in is_growth]
        if not parts:
            continue
        rest = fixed[code] - sum(round(exact[part]) for part in parts if part not in is_growth)
        try:
            shares = largest_remainder([exact[part] for part in grown], rest)
        except ValueError:
            raise _fault(
                _path(labels, measure, code),
                str(fixed[code]),
                "totals-do-not-match",
                worded(
                    "fault.run.parts",
                    product=labels.product_id[code],
                    total=f"{float(sum(exact[part] for part in parts)):g}",
                    own=fixed[code],
                ),
                worded("fault.run.parts.hint"),
            ) from None
        fixed.update({part: int(share) for part, share in zip(grown, shares, strict=True)})
    return fixed


def _covering_parts(products: Hierarchy, top: int, stated: set[int]) -> list[int]:
    """Uppermost stated totals below `top`, if together they cover all of it; else nothing."""
    parts: list[int] = []
    position, end = top + 1, int(products.subtree_end[top])
    while position < end:
        if position in stated:
            parts.append(position)
            position = int(products.subtree_end[position])
        elif products.is_leaf[position]:
            return []
        else:
            position += 1
    return parts


def _check_room(labels: Labels, measure: str, lower: IntArray, upper: IntArray) -> None:
    """Refuse totals that leave no room for each other (interval propagation is exact on a tree)."""
    products = labels.grid.products
    below_low, below_high = np.zeros(len(products), object), np.zeros(len(products), object)
    faults: list[Fault] = []
    for code in range(len(products) - 1, -1, -1):
        low, high = int(lower[code]), int(upper[code])
        if not products.is_leaf[code]:
            low, high = max(low, below_low[code]), min(high, below_high[code])
        if low > high:
            faults.extend(
                _fault(
                    _path(labels, measure, code),
                    f"{lower[code]}..{upper[code]}",
                    "totals-do-not-match",
                    worded("fault.run.no_room", product=labels.product_id[code], low=low, high=high),
                    worded("fault.run.no_room.hint"),
                ).faults
            )
            low = high = int(lower[code])
        if code:
            below_low[products.parent[code]] += low
            below_high[products.parent[code]] += high
    if faults:
        raise InputFaults(faults[::-1])


def _path(labels: Labels, measure: str, code: int) -> str:
    """Place of a total inside plan.yaml."""
    return f"measures.{measure}.total" if code == 0 else f"product_totals.{measure}.{labels.product_id[code]}"


def _fault(path: str, value: str, code: str, message: Wording, hint: Wording) -> InputFaults:
    return InputFaults([Fault(PLAN_FILE, 0, path, value, code, message, hint)])
