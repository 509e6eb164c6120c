"""Pins: known places, whole units, and numbers that can hold beside each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from allocator.plan.checks.cells import (
    check_filled,
    check_measures,
    check_nodes,
    check_not_negative,
    check_product_ids,
    check_unique,
)
from allocator.plan.checks.totals import Bounds, company_bounds, product_bounds
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector
from allocator.plan.units import is_multiple, neighbours, plain
from allocator.texts import worded

Place = tuple[int, int]


def check_pins(draft: Draft, faults: FaultCollector, *, org_is_tree: bool, products_are_tree: bool) -> None:
    """Check pins.csv."""
    check_filled(draft, "pins", "node_id", faults, worded("fault.pins.node.hint"))
    check_filled(draft, "pins", "measure", faults, worded("fault.name_the_measure"))
    check_filled(draft, "pins", "amount", faults, worded("fault.pins.amount.hint"))
    check_nodes(draft, "pins", faults)
    check_product_ids(draft, "pins", faults, all_products=True)
    check_measures(draft, "pins", faults)
    check_not_negative(draft, "pins", "amount", faults, worded("fault.a_target"))
    check_unique(draft, "pins", faults, optional=("product_id",), hint=worded("fault.keep_one"))
    _check_multiples(draft, faults)
    if not (org_is_tree and products_are_tree and draft.knows_months):
        return
    _check_leavers(draft, faults)
    for measure in draft.settings.spec.measures:
        if draft.settings.is_sure("measures", measure) and draft.settings.is_sure("product_totals"):
            _check_sums(draft, measure, faults)


def _check_multiples(draft: Draft, faults: FaultCollector) -> None:
    """Every pin is a whole multiple of its measure's round_to."""
    sheet = draft.sheets["pins"]
    amount = draft.amounts("pins")
    measures = draft.texts("pins", "measure")
    for name, spec in draft.settings.spec.measures.items():
        if not draft.settings.is_sure("measures", name):
            continue
        for k in np.flatnonzero((measures == name) & np.isfinite(amount)).tolist():
            exact = Decimal(sheet.text_at("amount", k))
            if not is_multiple(exact, spec.round_to):
                below, above = neighbours(exact, spec.round_to)
                message = worded("fault.no_multiple", amount=plain(exact), round_to=plain(spec.round_to))
                hint = worded("fault.no_multiple.hint", below=plain(below), above=plain(above))
                faults.rows(sheet, "amount", [(k, message)], code="not-a-multiple", hint=hint)


def _check_leavers(draft: Draft, faults: FaultCollector) -> None:
    """Nobody who is away for the whole plan is pinned to a target."""
    node = draft.nodes("pins")
    is_away = (node >= 0) & (draft.has_left[node] if len(draft.has_left) else False)
    faults.cells(
        draft.sheets["pins"],
        "node_id",
        is_away & (draft.amounts("pins") > 0),
        code="pin-without-rep",
        message=lambda value: worded("fault.pins.away", node=value),
        hint=worded("fault.pins.away.hint"),
    )


@dataclass(frozen=True)
class _Fixed:
    """What is fixed for one measure: amounts by org row and product row (-1 = all products)."""

    amount: dict[Place, Fraction]
    pin: dict[Place, int]

    def row_of(self, places: Iterable[Place]) -> int | None:
        """Return the last pin among the places."""
        return max((self.pin[place] for place in places if place in self.pin), default=None)


def _check_sums(draft: Draft, measure: str, faults: FaultCollector) -> None:
    """A fixed number and the fixed numbers below it can hold at once."""
    root = int(np.flatnonzero(draft.org.parent < 0)[0])
    fixed = _fixed(draft, measure, root)
    if not fixed.pin:
        return
    _check_against_totals(draft, measure, root, fixed, faults)
    told: set[int] = set()
    for place, parts, factor in _families(draft, fixed):
        row = _conflict(place, parts, factor, fixed)
        if row is None or row in told:
            continue
        told.add(row)
        _tell(draft, place, parts, factor, fixed, row, faults)


def _fixed(draft: Draft, measure: str, root: int) -> _Fixed:
    """Collect pins and, at the root, totals that are amounts."""
    node, product, amount = draft.nodes("pins"), draft.product_rows("pins"), draft.amounts("pins")
    usable = draft.is_measure("pins", measure) & (node >= 0) & (product >= -1) & (amount >= 0)
    pin = {(int(node[k]), int(product[k])): int(k) for k in np.flatnonzero(usable)[::-1]}
    exact = {place: Fraction(draft.sheets["pins"].text_at("amount", k)) for place, k in pin.items()}
    totals = {
        (root, -1): company_bounds(draft, measure),
        **{(root, row): bounds for row, bounds in product_bounds(draft, measure).items()},
    }
    at_root = {place: bounds.least for place, bounds in totals.items() if bounds.is_fixed}
    return _Fixed({**at_root, **exact}, pin)


def _check_against_totals(
    draft: Draft, measure: str, root: int, fixed: _Fixed, faults: FaultCollector
) -> None:
    """Pins at the root agree with the totals of plan.yaml."""
    totals: dict[int, Bounds] = {-1: company_bounds(draft, measure), **product_bounds(draft, measure)}
    for product, bounds in totals.items():
        row = fixed.pin.get((root, product))
        if row is None or bounds.least <= fixed.amount[root, product] <= bounds.most:
            continue
        least, most = plain(bounds.least), plain(bounds.most)
        allowed = least if bounds.is_fixed else worded("fault.from_to", least=least, most=most)
        faults.rows(
            draft.sheets["pins"],
            "amount",
            [(row, worded("fault.pins.against_total", allowed=allowed))],
            code="pin-against-total",
            hint=worded("fault.pins.against_total.hint"),
        )


def _families(draft: Draft, fixed: _Fixed) -> Iterator[tuple[Place, list[Place], list[Fraction]]]:
    """Yield each fixed place with its parts: along the org (divided by 1 + h), then along the products."""
    org_children = _children(draft.org.parent)
    product_children = _children(draft.products.parent)
    over = draft.over_assignment
    for node, product in sorted(fixed.amount):
        below = org_children.get(node, [])
        if below:
            yield (
                (node, product),
                [(child, product) for child in below],
                [1 / (1 + Fraction(str(float(over[child])))) for child in below],
            )
        lines = product_children.get(product, [])
        if lines:
            yield (node, product), [(node, line) for line in lines], [Fraction(1)] * len(lines)


def _children(parent: np.ndarray) -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for row, above in enumerate(parent.tolist()):
        children.setdefault(above, []).append(row)
    return children


def _conflict(place: Place, parts: list[Place], factor: list[Fraction], fixed: _Fixed) -> int | None:
    """Return the pin to blame where the fixed parts exceed the whole, or all of them miss it."""
    given = [k for k, part in enumerate(parts) if part in fixed.amount]
    if not given:
        return None
    total = sum((fixed.amount[parts[k]] * factor[k] for k in given), Fraction(0))
    whole = fixed.amount[place]
    if total > whole or (len(given) == len(parts) and total != whole):
        return fixed.row_of([place, *parts])
    return None


def _tell(
    draft: Draft,
    place: Place,
    parts: list[Place],
    factor: list[Fraction],
    fixed: _Fixed,
    row: int,
    faults: FaultCollector,
) -> None:
    ids, products = draft.texts("org", "node_id"), draft.texts("products", "product_id")
    given = [k for k, part in enumerate(parts) if part in fixed.amount]
    total = sum((fixed.amount[parts[k]] * factor[k] for k in given), Fraction(0))
    product = "" if place[1] < 0 else worded("fault.pins.of", product=products[place[1]])
    along = "nodes" if parts[0][0] != place[0] else "products"
    message = worded(
        f"fault.pins.sum_of_{along}",
        node=ids[place[0]],
        product=product,
        whole=plain(fixed.amount[place]),
        total=plain(total),
        ledger=worded("fault.pins.after_hedge") if any(share != 1 for share in factor) else "",
    )
    faults.rows(
        draft.sheets["pins"],
        "amount",
        [(row, message)],
        code="pins-do-not-add-up",
        hint=worded("fault.pins.sum.hint"),
    )
