"""Every kind of row, alone, as LP text compared with a checked-in file."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import solver_models.terms.kinds as kinds
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy
from solver_models.lp_text import lp_text
from solver_models.program import Block, LinearProgram
from solver_models.terms.rows import RowCollector

GOLDEN = Path(__file__).parent.parent / "golden" / "lp"


def grid() -> Grid:
    """Company, 2 regions of 2 reps (reps over-assigned by 25 %), 2 lines: {A1, A2}, {B1}."""
    org = Hierarchy(np.array([-1, 0, 1, 1, 0, 4, 4], np.int32))
    products = Hierarchy(np.array([-1, 0, 1, 1, 0, 4], np.int32))
    return Grid(org, products, np.where(org.depth == 2, 0.25, 0.0))


def ints(*values: int) -> np.ndarray:
    """An int64 array."""
    return np.array(values, np.int64)


def floats(*values: float) -> np.ndarray:
    """A float64 array."""
    return np.array(values, np.float64)


INF = np.inf


def amounts(kind: str) -> Callable[[RowCollector], None]:
    """Region 1 over all products at least 10, rep 5 with line A between 2 and 8, company B1 at most 30."""

    def add(rows: RowCollector) -> None:
        kinds.add_amounts(
            rows,
            kind,
            ints(1, 5, 0),
            ints(0, 1, 5),
            floats(10, 2, -INF),
            floats(INF, 8, 30),
            ints(0, 0, 0),
            floats(10, 8, 30),
        )

    return add


def weighted(kind: str) -> Callable[[RowCollector], None]:
    """Effort or implied measure of a rep and of the company's line A."""

    def add(rows: RowCollector) -> None:
        kinds.add_weighted(
            rows,
            kind,
            ints(2, 0),
            ints(0, 1),
            np.array([[0.5, 1.0, 2.0], [0.5, 1.0, 2.0]]),
            floats(-INF, 7),
            floats(40, INF),
            ints(0, 0),
            floats(40, 7),
        )

    return add


def mix(rows: RowCollector) -> None:
    """At least 30 % of line A in region 1, at most 60 % of B1 at rep 6."""
    kinds.add_mix(
        rows, ints(1, 6), ints(1, 5), floats(0.3, 0.6), np.array([True, False]), ints(0, 0), floats(1, 1)
    )


def fairness(rows: RowCollector) -> None:
    """Reps 2, 3 and reps 5, 6 as two peer groups, each within 10 % of the group's ratio."""
    node = ints(2, 3, 5, 6, 2, 3, 5, 6)
    kinds.add_fairness(
        rows,
        node,
        ints(*[0] * 8),
        floats(10, 30, 20, 20, 10, 30, 20, 20),
        ints(0, 0, 1, 1, 0, 0, 1, 1),
        floats(*[0.9] * 4, *[1.1] * 4),
        np.array([True] * 4 + [False] * 4),
        ints(*[0] * 8),
        floats(*[1] * 8),
    )


def product_totals(rows: RowCollector) -> None:
    """Line A fixed at 60, B1 between 20 and 30."""
    kinds.add_product_totals(rows, ints(1, 5), floats(60, 20), floats(60, 30))


CASES: dict[str, Callable[[RowCollector], None]] = {
    "total": lambda rows: kinds.add_total(rows, 100.0),
    "product_total": product_totals,
    "range": amounts("range"),
    "growth": amounts("growth"),
    "capacity": amounts("capacity"),
    "capacity_effort": weighted("capacity"),
    "commitment": amounts("commitment"),
    "pin": amounts("pin"),
    "link": weighted("link"),
    "mix": mix,
    "fairness": fairness,
}
TERM_OF_CASE = {
    "add_total": {"total"},
    "add_product_totals": {"product_total"},
    "add_amounts": {"range", "growth", "capacity", "commitment", "pin"},
    "add_weighted": {"capacity_effort", "link"},
    "add_mix": {"mix"},
    "add_fairness": {"fairness"},
}


def program_of(rows: RowCollector) -> LinearProgram:
    """The collected rows with a dummy objective; blocks keep their kinds."""
    joined = rows.joined()
    n_cell, blocks, start = rows.grid.n_cell, [], 0
    for block in rows.blocks:
        blocks.append(Block(block.kind, start, start + len(block)))
        start += len(block)
    free = np.full(rows.n_group, INF)
    return LinearProgram(
        np.ones(n_cell + rows.n_group),
        joined.matrix,
        joined.lower,
        joined.upper,
        np.concatenate([np.zeros(n_cell), -free]),
        np.concatenate([np.full(n_cell, INF), free]),
        tuple(blocks),
        (Block("cell", 0, n_cell), Block("group", n_cell, n_cell + rows.n_group)),
    )


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_term_alone_writes_its_golden_program(case: str) -> None:
    rows = RowCollector(grid())
    CASES[case](rows)
    text = lp_text(program_of(rows))
    path = GOLDEN / f"{case}.lp"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_term_has_a_golden_file() -> None:
    terms = {name for name in vars(kinds) if name.startswith("add_")}
    assert terms == set(TERM_OF_CASE)
    assert set(CASES) == set().union(*TERM_OF_CASE.values())
    assert {path.stem for path in GOLDEN.glob("*.lp")} == set(CASES)
