"""The rules that cannot hold together, from a checked proof of infeasibility."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import BoolArray, FloatArray, IntArray
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


@dataclass(frozen=True)
class Conflict:
    """Members of the aggregated contradiction and the amounts on both sides.

    Parameters
    ----------
    members
        rule_id, kind, owner, side (lower / upper), nodes (positions), amount (weighted bounds).
    least, most
        What the lower sides ask for together, what the upper sides allow together.
    minimal
        Rule ids (or `total`, `product_total`, `pin`) that cannot hold together although any of
        them left out would.
    tree_node
        Id of the node where the org alone shows the contradiction, else None.
    """

    members: pd.DataFrame
    least: float
    most: float
    minimal: list[str]
    tree_node: str | None


@dataclass(frozen=True)
class RowNames:
    """What each row of `feasibility_program` is called, side by side.

    Parameters
    ----------
    instance
        Shape (2, n_row): rule instance behind the lower and the upper bound, -1 = a total.
    kind, rule_id, owner
        Shape (2, n_row).
    node
        Shape (n_row,).
    """

    instance: IntArray
    kind: np.ndarray
    rule_id: np.ndarray
    owner: np.ndarray
    node: IntArray


def find_conflict(labels: Labels, problem: MeasureProblem) -> Conflict:
    """Prove the infeasibility of a measure's hard rules and say which rules make it.

    Raises
    ------
    EngineError
        If no proof was found.
    """
    program = feasibility_program(problem.model)
    proof = farkas_proof(program)
    if proof is None:
        raise EngineError("the plan was called infeasible but no proof of it was found")
    names = name_rows(labels, problem)
    members = _members(names, proof, program)
    rule_ids = list(dict.fromkeys(members["rule_id"]))
    chosen = smallest_conflict(
        [np.flatnonzero((names.rule_id == rule_id).any(axis=0)) for rule_id in rule_ids],
        lambda left_out: without_rules(
            program, names, {r for r, out in zip(rule_ids, left_out, strict=True) if out}
        ),
        range(len(rule_ids)),
    )
    gap = _tree_gap(labels, problem)
    low, high = members["side"] == "lower", members["side"] == "upper"
    return Conflict(
        members,
        float(members["amount"][low].sum()),
        float(-members["amount"][high].sum() + proof.most),
        [rule_ids[g] for g in chosen],
        labels.node_id[gap.node] if gap is not None else None,
    )


def name_rows(labels: Labels, problem: MeasureProblem) -> RowNames:
    """Name the rows of `feasibility_program`: the model's rows, then the cells."""
    ledger = problem.ledger.iloc[problem.model.rows.source]
    of_rows = ledger["instance"].to_numpy(np.int64)
    instance = np.hstack([np.vstack([of_rows, of_rows]), problem.bound_by[:, problem.cell]])
    kind = np.concatenate([ledger["kind"].to_numpy(object), np.full(len(problem.cell), "cell", object)])
    rep_node = labels.grid.org.leaf.astype(np.int64)[labels.grid.cell_rep[problem.cell]]
    known = instance >= 0
    found = {}
    for column, default in (("kind", kind), ("rule_id", kind), ("owner", np.full(len(kind), "", object))):
        values = np.vstack([default, default])
        values[known] = problem.instances[column].to_numpy(object)[instance[known]]
        found[column] = values
    node = np.concatenate([ledger["node"].to_numpy(np.int64), rep_node])
    return RowNames(instance, found["kind"], found["rule_id"], found["owner"], node)


def without_rules(program: LinearProgram, names: RowNames, rule_ids: set[str]) -> LinearProgram:
    """Return the program with both sides of some rules opened."""
    lower, upper = program.row_lower.copy(), program.row_upper.copy()
    lower[np.isin(names.rule_id[0], list(rule_ids))] = -np.inf
    upper[np.isin(names.rule_id[1], list(rule_ids))] = np.inf
    return LinearProgram(program.cost, program.matrix, lower, upper, program.lower, program.upper)


def _members(names: RowNames, proof: FarkasProof, program: LinearProgram) -> pd.DataFrame:
    """One line per rule and side with its nodes and its part of the contradiction."""
    used = np.flatnonzero(proof.multiplier)
    y = proof.multiplier[used]
    side = (y < 0).astype(np.int64)
    table = pd.DataFrame(
        {
            "rule_id": names.rule_id[side, used],
            "kind": names.kind[side, used],
            "owner": names.owner[side, used],
            "side": np.where(side == 0, "lower", "upper"),
            "node": names.node[used],
            "amount": y * np.where(side == 0, program.row_lower[used], program.row_upper[used]),
        }
    )
    table = table[~table["kind"].isin(["group", "cell"])]
    keys = ["rule_id", "kind", "owner", "side"]
    pages = [
        {
            **dict(zip(keys, key, strict=True)),
            "nodes": sorted(set(part["node"])),
            "amount": float(part["amount"].sum()),
        }
        for key, part in table.groupby(keys, sort=False)
    ]
    return pd.DataFrame(pages, columns=[*keys, "nodes", "amount"])


def _tree_gap(labels: Labels, problem: MeasureProblem) -> TreeGap | None:
    """Look for the contradiction on the org alone: hard amounts over all products."""
    grid, table = labels.grid, problem.instances
    lower: FloatArray = np.zeros(len(grid.org))
    upper: FloatArray = np.full(len(grid.org), np.inf)
    lower[grid.org.leaf] = problem.lower.reshape(grid.n_rep, -1).sum(axis=1)
    upper[grid.org.leaf] = problem.upper.reshape(grid.n_rep, -1).sum(axis=1)
    whole: BoolArray = ((table["tier"] == 0) & table["is_whole"] & (table["product"] == 0)).to_numpy(bool)
    node = table["node"].to_numpy(np.int64)[whole]
    np.maximum.at(lower, node, table["lower"].to_numpy(np.float64)[whole])
    np.minimum.at(upper, node, table["upper"].to_numpy(np.float64)[whole])
    total = problem.model.rows.lower[0]
    lower[0], upper[0] = max(lower[0], total), min(upper[0], total)
    return tree_gap(grid, lower, upper)
