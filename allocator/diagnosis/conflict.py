"""The rules that cannot hold together: named from the trees, else from a checked proof of infeasibility."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import FloatArray, IntArray
from solver_models.engines.base import EngineError
from solver_models.infeasibility import (
    FarkasProof,
    TreeGap,
    farkas_proof,
    feasibility_program,
    smallest_conflict,
    tree_gap,
)
from solver_models.program import LinearProgram

TOTALS = ("total", "product_total")
NO_RULE = ("group", "cell")
MEMBER = ("name", "rule_id", "kind", "owner", "side")


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
    """

    members: pd.DataFrame
    least: float
    most: float
    minimal: list[str]
    at: tuple[int, int] | None


@dataclass(frozen=True)
class RowNames:
    """What each row of `feasibility_program` is called, side by side.

    Parameters
    ----------
    instance
        Shape (2, n_row): rule instance behind the lower and the upper bound, -1 = a total.
    name
        Shape (2, n_row): rule id, `total`, `product_total P` or `pin N P`.
    kind, rule_id, owner
        Shape (2, n_row).
    node, product
        Shape (n_row,).
    """

    instance: IntArray
    name: np.ndarray
    kind: np.ndarray
    rule_id: np.ndarray
    owner: np.ndarray
    node: IntArray
    product: IntArray


def find_conflict(labels: Labels, problem: MeasureProblem) -> Conflict:
    """Say which hard rules of a measure cannot hold together, and by how much.

    Bounds that contradict each other on the org or the product tree are found by interval
    propagation, without a solver; all else by a ray of the dual, checked here.

    Raises
    ------
    EngineError
        If no proof was found.
    """
    model = problem.model.scaled()
    program = feasibility_program(model)
    names = name_rows(labels, problem)
    gap = tree_gap(labels.grid, *_bounds(labels, problem, names))
    if gap is not None:
        members = _members_of_gap(names, problem, gap)
        least, most = gap.least, gap.most
    else:
        proof = farkas_proof(program)
        if proof is None:
            raise EngineError("the plan was called infeasible but no proof of it was found")
        members, least, most = _members_of_proof(names, proof, program, model.unit)
    found = list(dict.fromkeys(members["name"]))
    chosen = smallest_conflict(
        [np.flatnonzero((names.name == name).any(axis=0)) for name in found],
        lambda left_out: only_rules(
            program, names, {f for f, out in zip(found, left_out, strict=True) if not out}
        ),
        range(len(found)),
    )
    at = None if gap is None else (gap.node, gap.product)
    return Conflict(members, least, most, [found[g] for g in chosen], at)


def conflict_on_trees(labels: Labels, problem: MeasureProblem) -> Conflict | None:
    """Return the contradiction that the trees alone show, without a solver; None if they show none.

    Rules over shares and unrelated sets of cells can still stand in each other's way: only a solve tells.
    """
    names = name_rows(labels, problem)
    gap = tree_gap(labels.grid, *_bounds(labels, problem, names))
    if gap is None:
        return None
    members = _members_of_gap(names, problem, gap)
    named = list(dict.fromkeys(members["name"]))
    return Conflict(members, gap.least, gap.most, named, (gap.node, gap.product))


def name_rows(labels: Labels, problem: MeasureProblem) -> RowNames:
    """Name the rows of `feasibility_program`: the model's rows, then the cells."""
    grid, table = labels.grid, problem.instances
    ledger = problem.ledger.iloc[problem.model.rows.source]
    of_rows = ledger["instance"].to_numpy(np.int64)
    instance = np.hstack([np.vstack([of_rows, of_rows]), problem.bound_by[:, problem.cell]])
    kind = np.concatenate([ledger["kind"].to_numpy(object), np.full(len(problem.cell), "cell", object)])
    node = np.concatenate(
        [ledger["node"].to_numpy(np.int64), grid.org.leaf.astype(np.int64)[grid.cell_rep[problem.cell]]]
    )
    product = np.concatenate(
        [
            ledger["product"].to_numpy(np.int64),
            grid.products.leaf.astype(np.int64)[grid.cell_product[problem.cell]],
        ]
    )
    own = np.array(
        [_name(str(k), labels, int(v), int(q)) for k, v, q in zip(kind, node, product, strict=True)]
    )
    of_table = np.array(
        [
            _name("pin", labels, v, q) if k == "pin" else rule_id
            for k, rule_id, v, q in zip(
                table["kind"].tolist(),
                table["rule_id"].tolist(),
                table["node"].tolist(),
                table["product"].tolist(),
                strict=True,
            )
        ],
        object,
    )
    nobody = np.full(len(kind), "", object)
    found = {
        "name": _by_side(own.astype(object), of_table, instance),
        "kind": _by_side(kind, table["kind"].to_numpy(object), instance),
        "rule_id": _by_side(kind, table["rule_id"].to_numpy(object), instance),
        "owner": _by_side(nobody, table["owner"].to_numpy(object), instance),
    }
    return RowNames(instance=instance, node=node, product=product, **found)


def _by_side(default: np.ndarray, of_instance: np.ndarray, instance: IntArray) -> np.ndarray:
    values = np.vstack([default, default])
    known = instance >= 0
    values[known] = of_instance[instance[known]]
    return values


def _name(kind: str, labels: Labels, node: int, product: int) -> str:
    if kind == "product_total":
        return f"product_total {labels.product_id[product]}"
    return f"pin {labels.node_id[node]} {labels.product_id[product]}" if kind == "pin" else kind


def only_rules(program: LinearProgram, names: RowNames, chosen: set[str]) -> LinearProgram:
    """Return the program in which only the rules (totals, pins) of these names bind."""
    kept = np.isin(names.name, [*chosen, *NO_RULE])
    lower = np.where(kept[0], program.row_lower, -np.inf)
    upper = np.where(kept[1], program.row_upper, np.inf)
    return LinearProgram(program.cost, program.matrix, lower, upper, program.lower, program.upper)


def _members_of_proof(
    names: RowNames, proof: FarkasProof, program: LinearProgram, unit: float
) -> tuple[pd.DataFrame, float, float]:
    """One line per rule and side; the company total (else the strongest row) counts with weight 1."""
    used = np.flatnonzero(proof.multiplier)
    y = proof.multiplier[used]
    side = (y < 0).astype(np.int64)
    total = np.flatnonzero(names.kind[0, used] == "total")
    y = y / (abs(y[total[0]]) if len(total) else 1.0)
    bound = np.where(side == 0, program.row_lower[used], program.row_upper[used]) * unit
    table = pd.DataFrame(
        {
            **{column: getattr(names, column)[side, used] for column in MEMBER[:-1]},
            "side": np.where(side == 0, "lower", "upper"),
            "instance": names.instance[side, used],
            "node": names.node[used],
            "product": names.product[used],
            "bound": bound,
            "amount": np.abs(y) * bound,
        }
    )
    low = table["side"] == "lower"
    least, most = float(table.loc[low, "amount"].sum()), float(table.loc[~low, "amount"].sum())
    return _gathered(table[~table["kind"].isin(NO_RULE)]), least, most


def _members_of_gap(names: RowNames, problem: MeasureProblem, gap: TreeGap) -> pd.DataFrame:
    """One line per rule and side of the bounds that the interval propagation met."""
    low, high = _tightest(problem, names)
    pages = []
    for side, sources, held in (("lower", gap.lower, low), ("upper", gap.upper, high)):
        for node, product, weight in sources:
            entry = held.get((node, product))
            if entry is None:
                continue  # nobody's rule: a seat that is closed for the whole plan, a product nobody sells
            row, instance, bound = entry
            at = 0 if side == "lower" else 1
            fields = {column: getattr(names, column)[at, row] for column in MEMBER[:-1]}
            place = {"side": side, "instance": instance, "node": node, "product": product}
            pages.append({**fields, **place, "bound": bound, "amount": weight * bound})
    columns = [*MEMBER, "instance", "node", "product", "bound", "amount"]
    return _gathered(pd.DataFrame(pages, columns=columns))


def _gathered(table: pd.DataFrame) -> pd.DataFrame:
    """Gather rows by rule and side."""
    pages = [
        {
            **dict(zip(MEMBER, key, strict=True)),
            "nodes": part["node"].tolist(),
            "products": part["product"].tolist(),
            "instances": part["instance"].tolist(),
            "bound": float(part["bound"].sum()),
            "amount": float(part["amount"].sum()),
        }
        for key, part in table.groupby(list(MEMBER), sort=False)
    ]
    return pd.DataFrame(pages, columns=[*MEMBER, "nodes", "products", "instances", "bound", "amount"])


def _tightest(
    problem: MeasureProblem, names: RowNames
) -> tuple[dict[tuple[int, int], tuple[int, int, float]], dict[tuple[int, int], tuple[int, int, float]]]:
    """(node, product) -> (row, instance, amount) of the tightest lower and upper bound on X_v(p)."""
    program = feasibility_program(problem.model)
    table = problem.instances
    effort = ((table["kind"] == "capacity") & (table["basis"] == "effort")).to_numpy(bool)
    low: dict[tuple[int, int], tuple[int, int, float]] = {}
    high: dict[tuple[int, int], tuple[int, int, float]] = {}
    amount_kinds = ("range", "growth", "capacity", "commitment", "pin", *TOTALS)
    is_amount = np.isin(names.kind, amount_kinds)
    known = names.instance >= 0
    is_amount[known] &= ~effort[names.instance[known]] if len(effort) else True
    for side, bounds, found, better in (
        (0, program.row_lower, low, 1.0),
        (1, program.row_upper, high, -1.0),
    ):
        for row in np.flatnonzero(is_amount[side] & np.isfinite(bounds)).tolist():
            key = (int(names.node[row]), int(names.product[row]))
            held = found.get(key)
            if held is None or better * bounds[row] > better * held[2]:
                found[key] = (row, int(names.instance[side, row]), float(bounds[row]))
    return low, high


def _bounds(labels: Labels, problem: MeasureProblem, names: RowNames) -> tuple[FloatArray, FloatArray]:
    """Lower and upper bounds of every node and product from hard amount rules, pins, totals and cells."""
    grid = labels.grid
    shape = (len(grid.org), len(grid.products))
    lower, upper = np.zeros(shape), np.full(shape, np.inf)
    cells = np.ix_(grid.org.leaf, grid.products.leaf)
    lower[cells] = problem.lower.reshape(grid.n_rep, -1)
    upper[cells] = problem.upper.reshape(grid.n_rep, -1)
    low, high = _tightest(problem, names)
    for key, (_, _, amount) in low.items():
        lower[key] = max(lower[key], amount)
    for key, (_, _, amount) in high.items():
        upper[key] = min(upper[key], amount)
    return lower, upper
