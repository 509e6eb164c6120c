"""The rules that cannot hold together: named from the trees, else from a checked proof of infeasibility."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.diagnosis.row_names import NO_RULE, TOTALS, RowNames, name_rows
from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import FloatArray, IntArray
from solver_models.conflicts import smallest_conflict
from solver_models.engines.base import EngineError
from solver_models.infeasibility import FarkasProof, farkas_proof, feasibility_program, verdict
from solver_models.program import LinearProgram
from solver_models.solve import without_wishes
from solver_models.tree_gap import TreeGap, tree_gap

MEMBER = ("name", "rule_id", "kind", "owner", "side")
AMOUNTS = ("range", "growth", "capacity", "commitment", "pin", *TOTALS)


@dataclass(frozen=True)
class Conflict:
    """Members of the aggregated contradiction and the amounts on both sides.

    Parameters
    ----------
    members
        One row per rule (pin, total) and side: name, rule_id, kind, owner, side (lower / upper), nodes,
        products (positions, one per row used), instances (-1 = a total), bound (sum of the bounds as
        given), amount (their part of the contradiction: weighted, >= 0).
    least, most
        What the lower sides ask for together, what the upper sides allow together.
    minimal
        Names that cannot hold together although any of them left out would.
    at
        (node, product) where the trees alone show the contradiction, else None.
    rows
        Positions of the rows of `feasibility_program` that make the contradiction.
    """

    members: pd.DataFrame
    least: float
    most: float
    minimal: list[str]
    at: tuple[int, int] | None
    rows: IntArray


def find_conflict(labels: Labels, problem: MeasureProblem, names: RowNames | None = None) -> Conflict:
    """Say which hard rules of a measure cannot hold together, and by how much.

    Bounds that contradict each other on the org or the product tree are found by interval
    propagation, without a solver; all else by a ray of the dual, checked here.

    Parameters
    ----------
    names
        What `name_rows` returns, where it is known.

    Raises
    ------
    EngineError
        If no proof was found.
    """
    names = name_rows(labels, problem) if names is None else names
    model = without_wishes(problem.model).scaled()
    program = feasibility_program(model)
    found = _found_on_trees(labels, problem, names)
    if found is None:
        try:
            proof = farkas_proof(program, verdict(model).weight)
        except EngineError:
            proof = farkas_proof(program)
        if proof is None:
            raise EngineError("the plan was called infeasible but no proof of it was found")
        found = _found_by(names, proof, program, model.unit)
    used = np.zeros(program.n_row, bool)
    used[found.rows] = True
    chosen = smallest_conflict(program, names.group, used, names.groups_of(found.minimal))
    minimal = [names.names[group] for group in chosen]
    return Conflict(found.members, found.least, found.most, minimal, found.at, found.rows)


def conflict_on_trees(labels: Labels, problem: MeasureProblem) -> Conflict | None:
    """Return the contradiction that the trees alone show, without a solver; None if they show none.

    Rules over shares and unrelated sets of cells can still stand in each other's way: only a solve tells.
    """
    return _found_on_trees(labels, problem, name_rows(labels, problem))


def only_rules(program: LinearProgram, names: RowNames, chosen: set[str]) -> LinearProgram:
    """Return the program in which only the rules (totals, pins) of these names bind."""
    kept = np.isin(names.name, [*chosen, *NO_RULE])
    lower = np.where(kept[0], program.row_lower, -np.inf)
    upper = np.where(kept[1], program.row_upper, np.inf)
    return LinearProgram(program.cost, program.matrix, lower, upper, program.lower, program.upper)


def _found_on_trees(labels: Labels, problem: MeasureProblem, names: RowNames) -> Conflict | None:
    """Return the bounds that the interval propagation met; `minimal` names all of them."""
    low, high = (_Tightest.of(labels, problem, names, side) for side in (0, 1))
    gap = tree_gap(labels.grid, low.bound, high.bound)
    return None if gap is None else _found_at(names, gap, low, high)


@dataclass(frozen=True)
class _Tightest:
    """The tightest bound on X_v(p) of one side, shape (n_node, n_product_node), and its row (-1 = nobody's)."""

    bound: FloatArray
    row: IntArray

    @staticmethod
    def of(labels: Labels, problem: MeasureProblem, names: RowNames, side: int) -> "_Tightest":
        """Gather hard amount rules, pins, totals and cells, those of closed seats as well."""
        grid = labels.grid
        shape = (len(grid.org), len(grid.products))
        bound = np.full(shape, np.inf) if side else np.zeros(shape)
        row = np.full(shape, -1, np.int64)
        of_cell = problem.upper if side else problem.lower
        bound[np.ix_(grid.org.leaf, grid.products.leaf)] = of_cell.reshape(grid.n_rep, -1)
        which, amount = _amount_rows(problem, names, side)
        order = np.argsort(-amount if side else amount, kind="stable")  # the tightest is written last
        which, amount = which[order], amount[order]
        place = names.node[which], names.product[which]
        is_tight = amount <= bound[place] if side else amount >= bound[place]
        which, amount = which[is_tight], amount[is_tight]
        place = names.node[which], names.product[which]
        bound[place], row[place] = amount, which
        return _Tightest(bound, row)


def _amount_rows(problem: MeasureProblem, names: RowNames, side: int) -> tuple[IntArray, FloatArray]:
    """Rows with a finite bound on an amount on one side, and the bounds."""
    program = feasibility_program(problem.model)
    bound = program.row_upper if side else program.row_lower
    lines = problem.lines
    is_hours = lines.shape.of_kind("capacity") & lines.shape.is_effort
    instance = names.instance[side]
    is_amount = np.isin(names.kind[side], AMOUNTS)
    if len(is_hours):
        is_amount &= ~((instance >= 0) & is_hours[instance])
    which = np.flatnonzero(is_amount & np.isfinite(bound))
    return which, bound[which]


def _found_at(names: RowNames, gap: TreeGap, low: _Tightest, high: _Tightest) -> Conflict:
    """One line per rule and side of the bounds that the interval propagation met."""
    pages, rows = [], []
    for side, sources, tightest in ((0, gap.lower, low), (1, gap.upper, high)):
        for node, product, weight in sources:
            row = int(tightest.row[node, product])
            if row < 0:
                continue  # nobody's rule: a seat that is closed for the whole plan, a product nobody sells
            bound = float(tightest.bound[node, product])
            rows.append(row)
            pages.append((row, side, bound, weight * bound))
    members = _members(names, *(np.array(column) for column in zip(*pages, strict=True)))
    minimal = list(dict.fromkeys(members["name"]))
    return Conflict(
        members, gap.least, gap.most, minimal, (gap.node, gap.product), np.unique(np.array(rows, np.int64))
    )


def _found_by(names: RowNames, proof: FarkasProof, program: LinearProgram, unit: float) -> Conflict:
    """One line per rule and side; the company total (else the strongest row) counts with weight 1."""
    used = np.flatnonzero(proof.multiplier)
    y = proof.multiplier[used]
    side = (y < 0).astype(np.int64)
    total = np.flatnonzero(names.kind[0, used] == "total")
    y = y / (abs(y[total[0]]) if len(total) else 1.0)
    bound = np.where(side == 0, program.row_lower[used], program.row_upper[used]) * unit
    amount = np.abs(y) * bound
    is_rule = ~np.isin(names.kind[side, used], NO_RULE)
    members = _members(names, used[is_rule], side[is_rule], bound[is_rule], amount[is_rule])
    minimal = list(dict.fromkeys(members["name"]))
    least, most = float(amount[side == 0].sum()), float(amount[side == 1].sum())
    return Conflict(members, least, most, minimal, None, used)


def _members(
    names: RowNames, row: IntArray, side: IntArray, bound: FloatArray, amount: FloatArray
) -> pd.DataFrame:
    """Gather rows by rule and side."""
    gathered: dict[tuple[int, int], list[int]] = {}
    for at, key in enumerate(zip(names.group[side, row].tolist(), side.tolist(), strict=True)):
        gathered.setdefault(key, []).append(at)
    pages = []
    for places in gathered.values():
        at, of = places[0], row[places]
        fields = {column: getattr(names, column)[side[at], row[at]] for column in MEMBER[:-1]}
        pages.append(
            {
                **fields,
                "side": "upper" if side[at] else "lower",
                "nodes": names.node[of].tolist(),
                "products": names.product[of].tolist(),
                "instances": names.instance[side[places], of].tolist(),
                "bound": float(bound[places].sum()),
                "amount": float(amount[places].sum()),
            }
        )
    return pd.DataFrame(pages, columns=[*MEMBER, "nodes", "products", "instances", "bound", "amount"])
