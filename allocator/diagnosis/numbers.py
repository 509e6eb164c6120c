"""The numbers of a plan that a repair may change, and what each of them moves in the hard rows."""

from dataclasses import dataclass

import numpy as np

from allocator.diagnosis.row_names import TOTALS, RowNames
from allocator.model.labels import Labels
from allocator.model.lines import Lines
from allocator.model.outcomes import row_amounts
from allocator.model.problem import MeasureProblem
from allocator.model.room import cell_position
from allocator.plan.plan import Plan
from allocator.plan.spec import AmountRange
from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.least_changes import Promises, Reach

RATE_STEP = 1e-4
DIGITS = 7
"""Significant digits of bounds that are neither amounts nor rates: hours, implied amounts."""
NOWHERE = -2
"""Group of a rule that a tighter one hides wherever it applies."""
RATES = ("growth", "mix", "fairness")
"""Kinds whose numbers count in points: a change by 0.05 is one of 5 %."""
MIN, MAX, AMOUNT = "min", "max", "amount"


@dataclass(frozen=True)
class Number:
    """One number of the plan: min or max of a rule, the amount of a pin or of a total.

    Parameters
    ----------
    kind
        A rule's kind, `pin`, `total` or `product_total`.
    group
        Its name among `RowNames.names`.
    side
        min, max or amount.
    path
        What `--set` calls it.
    old
        As it stands in the plan.
    """

    kind: str
    group: int
    side: str
    path: str
    old: float
    owner: str


@dataclass(frozen=True)
class Numbers:
    """All numbers, how far they may go, and the promises that hang on them.

    Parameters
    ----------
    listed
        The numbers.
    reach
        Their size, step and room.
    promises
        Everything that is promised, hard rows first, then each rule on a single cell; on the scale of
        `feasibility_program`.
    instance
        Shape (n_promise,): rule instance, -1 = a total or nobody's.
    """

    listed: tuple[Number, ...]
    reach: Reach
    promises: Promises
    instance: IntArray


def numbers_of(plan: Plan, labels: Labels, measure: str, problem: MeasureProblem, names: RowNames) -> Numbers:
    """Gather the numbers behind the hard rows and cell bounds of a measure."""
    lines, model, n_row = problem.lines, problem.model, len(problem.model.rows)
    scale = float(model.weight.mean()) if model.n_cell else 1.0
    unit = float(plan.spec.measures[measure].round_to)
    on_cell, cell_row = _rules_on_cells(labels, problem)
    group_of_instance = np.full(len(lines), NOWHERE, np.int64)
    group_of_instance[names.instance[names.instance >= 0]] = names.group[names.instance >= 0]
    instance = np.concatenate([names.instance[0, :n_row], on_cell])
    row = np.concatenate([np.arange(n_row), n_row + cell_row])
    lower = np.concatenate([model.rows.lower, lines.lower[on_cell]])
    upper = np.concatenate([model.rows.upper, lines.upper[on_cell]])
    slope = _slopes(plan, labels, problem, instance)
    book = _Book(unit)
    number = np.full((2, len(row)), -1, np.int64)
    anchor = _anchors_of(labels, problem)
    _enter_totals(book, plan, labels, measure, names, number, (lower, upper), anchor)
    _enter_rules(book, measure, labels, lines, group_of_instance, instance, number, anchor)
    is_fair = (instance >= 0) & lines.shape.of_kind("fairness")[instance]
    sign = np.ones((2, len(row)))
    sign[0, is_fair & (number[0] == number[1])] = -1.0  # the max of a band is its floor as well: 1 - max
    number[~np.isfinite([lower, upper])] = -1  # a band has a row for each side
    promises = Promises(row, lower / scale, upper / scale, number, sign * slope / scale)
    return Numbers(tuple(book.numbers), book.reach(), promises, instance)


def _rules_on_cells(labels: Labels, problem: MeasureProblem) -> tuple[IntArray, IntArray]:
    """Hard amount rules and pins that name one cell of the model, and the position of that cell."""
    grid, lines, shape = labels.grid, problem.lines, problem.lines.shape
    is_amount = lines.is_whole | shape.of_kind("growth", "commitment")
    is_cell = grid.org.is_leaf[shape.node] & grid.products.is_leaf[shape.product]
    instance = np.flatnonzero(is_amount & is_cell & (shape.tier == 0))
    position = np.full(grid.n_cell, -1, np.int64)
    position[problem.cell] = np.arange(len(problem.cell))
    place = position[cell_position(grid, shape.node[instance], shape.product[instance])]
    return instance[place >= 0], place[place >= 0]


def _anchors_of(labels: Labels, problem: MeasureProblem) -> FloatArray:
    """Anchors of all nodes and products, shape (n_node, n_product_node)."""
    cells = np.zeros(labels.grid.n_cell)
    cells[problem.cell] = problem.model.anchor
    return labels.grid.roll_up(cells)


def _slopes(plan: Plan, labels: Labels, problem: MeasureProblem, instance: IntArray) -> FloatArray:
    """What one unit of a number moves the amounts of its row: shares and bands as at the anchors."""
    lines, shape = problem.lines, problem.lines.shape
    anchor = _anchors_of(labels, problem)
    _, low, high = row_amounts(plan, labels, lines, anchor)
    with np.errstate(divide="ignore", invalid="ignore"):
        peers = np.where(np.isfinite(high), high / lines.upper, low / lines.lower)
    own = anchor[shape.node, 0]
    own = np.where(own > 0, own, max(float(problem.model.anchor.mean()), 1.0))
    by_instance = np.select(
        [shape.of_kind("growth", "commitment"), shape.of_kind("fairness"), shape.of_kind("mix")],
        [lines.base, np.where(np.isfinite(peers) & (peers > 0), peers, own), own],
        1.0,
    )
    slope = np.ones(len(instance))
    slope[instance >= 0] = by_instance[instance[instance >= 0]]
    return slope


class _Book:
    """Numbers as they are found."""

    def __init__(self, unit: float) -> None:
        self.unit = unit
        self.numbers: list[Number] = []
        self._reach: list[tuple[float, float, float, float]] = []

    def enter(self, number: Number, *, size: float, step: float, down: float, up: float) -> int:
        """Add a number and return its position."""
        self.numbers.append(number)
        self._reach.append((size, step, max(down, 0.0), max(up, 0.0)))
        return len(self.numbers) - 1

    def reach(self) -> Reach:
        """All reaches."""
        size, step, down, up = np.array(self._reach, np.float64).reshape(-1, 4).T
        return Reach(size, step, down, up)


def _enter_totals(
    book: _Book,
    plan: Plan,
    labels: Labels,
    measure: str,
    names: RowNames,
    number: IntArray,
    bounds: tuple[FloatArray, FloatArray],
    anchor: FloatArray,
) -> None:
    """The company's total, product totals and the ends of their ranges.

    An end that is not stated follows the company and is no promise.
    """
    lower, upper = bounds
    stated = plan.spec.product_totals.get(measure, {})
    round_to = plan.spec.measures[measure].round_to
    kinds = names.kind[0, : len(lower)]
    for row in np.flatnonzero(np.isin(kinds, TOTALS)).tolist():
        product, kind, group = int(names.product[row]), str(kinds[row]), int(names.group[0, row])
        least = max(float(anchor[0, product]), book.unit)

        def enter(side: str, path: str, old: float, *, down: float, up: float) -> int:
            one = Number(kind, group, side, path, old, "")  # noqa: B023
            return book.enter(one, size=old or least, step=book.unit, down=down, up=up)  # noqa: B023

        if kind == "total":
            total = float(lower[row])
            number[:, row] = enter(AMOUNT, f"measures.{measure}.total", total, down=total, up=np.inf)
            continue
        path, said = (
            f"product_totals.{measure}.{labels.product_id[product]}",
            stated[labels.product_id[product]],
        )
        if not isinstance(said, AmountRange):
            total = float(lower[row])
            number[:, row] = enter(AMOUNT, path, total, down=total, up=np.inf)
            continue
        lower[row] = -np.inf if said.min is None else lower[row]
        upper[row] = np.inf if said.max is None else float(said.max // round_to * round_to)
        if said.min is not None:
            number[0, row] = enter(MIN, f"{path}.min", float(said.min), down=float(said.min), up=0.0)
        if said.max is not None:
            number[1, row] = enter(MAX, f"{path}.max", float(said.max), down=0.0, up=np.inf)


def _enter_rules(
    book: _Book,
    measure: str,
    labels: Labels,
    lines: Lines,
    group: IntArray,
    instance: IntArray,
    number: IntArray,
    anchor: FloatArray,
) -> None:
    """Min and max of every rule, the amount of every pin: one number however many nodes it reaches."""
    shape = lines.shape
    known: dict[tuple[int, str], int] = {}
    own_anchor = anchor[shape.node, shape.product]
    for at in np.flatnonzero(instance >= 0).tolist():
        k = int(instance[at])
        is_pin = shape.kind[k] == "pin"
        for side, bound in ((0, lines.lower[k]), (1, lines.upper[k])):
            if not np.isfinite(bound):
                continue
            name = AMOUNT if is_pin else MIN if side == 0 and not np.isnan(lines.min[k]) else MAX
            key = (-1 - k if is_pin else int(shape.rule[k]), name)
            if key not in known:
                known[key] = _enter_rule(book, measure, labels, lines, k, name, int(group[k]), own_anchor)
            number[side, at] = known[key]


def _enter_rule(
    book: _Book,
    measure: str,
    labels: Labels,
    lines: Lines,
    k: int,
    side: str,
    group: int,
    anchor: FloatArray,
) -> int:
    """One number of a rule or pin, seen at its instance k."""
    shape, kind = lines.shape, str(lines.shape.kind[k])
    old = float(lines.max[k] if side == MAX else lines.min[k])
    path = f"rules.{shape.rule_id[k]}.{side}"
    if side == AMOUNT:
        path = f"pins.{measure}.{labels.node_id[shape.node[k]]}.{labels.product_id[shape.product[k]]}.amount"
    one = Number(kind, group, side, path, old, str(shape.owner[k]))
    own = anchor[shape.rule == shape.rule[k]] if old == 0 and side != AMOUNT else anchor[k : k + 1]
    size = 1.0 if kind in RATES else abs(old) or max(float(own.max(initial=0.0)), book.unit)
    is_free = kind == "link" or (kind == "fairness" and side == MAX)
    floor = -1.0 if kind in ("growth", "fairness") else 0.0
    return book.enter(
        one,
        size=size,
        step=max(step_of(kind, bool(shape.is_effort[k]), size, book.unit), _rate_step(lines, k, book.unit)),
        down=0.0 if side == MAX else np.inf if is_free else old - floor,
        up=0.0 if side == MIN else 1.0 - old if kind == "mix" else np.inf,
    )


def step_of(kind: str, is_effort: bool, size: float, unit: float) -> float:
    """The smallest change that is written: a whole unit, a ten-thousandth, or the size's seventh digit."""
    if kind in (*RATES, "commitment"):
        return RATE_STEP
    if kind == "link" or is_effort:
        return float(10.0 ** min(np.floor(np.log10(max(size, 1e-12))) - DIGITS + 1, -4))
    return unit


def _rate_step(lines: Lines, k: int, unit: float) -> float:
    """What a rate must change before the amount of its row moves by a unit."""
    is_rate = lines.shape.kind[k] in ("growth", "commitment")
    return unit / float(lines.base[k]) if is_rate else 0.0


def is_allowed(numbers: Numbers, may: BoolArray) -> Reach:
    """Return the reach with numbers held that may not change; `may` has shape (2, n_number): down, up."""
    reach = numbers.reach
    return Reach(reach.size, reach.step, np.where(may[0], reach.down, 0.0), np.where(may[1], reach.up, 0.0))
