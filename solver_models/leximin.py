"""The fairest point of a polyhedron: the sequence of linear programs that fixes what prices prove tight."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack

from solver_models.arrays import BoolArray, FloatArray, IntArray
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.failures import raise_unless_optimal
from solver_models.program import ProgramBuilder
from solver_models.solution import Solution

PRICED = 1e-7
"""Share of the weight 1 that an outcome must carry to count as tight."""


@dataclass(frozen=True)
class Polyhedron:
    """row_lower <= matrix @ z <= row_upper, lower <= z <= upper.

    Parameters
    ----------
    matrix
        Shape (m, n).
    row_lower, row_upper, lower, upper
        Shapes (m,), (m,), (n,), (n,); may be infinite.
    """

    matrix: csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True)
class Leximin:
    """The lexicographically smallest sorted outcomes.

    Parameters
    ----------
    z
        Shape (n,): a point that has them.
    outcome
        Shape (k,).
    programs
        Number of linear programs solved.
    """

    z: FloatArray
    outcome: FloatArray
    programs: int


def leximin(
    space: Polyhedron, outcomes: csr_array, offset: FloatArray, engine: Engine, options: EngineOptions
) -> Leximin:
    """Make the largest outcome as small as possible, then the second largest, and so on.

    Outcome_k = (outcomes @ z)_k + offset_k. Each program minimises t over the outcomes that are still open;
    an outcome with a positive price is at t in every optimum and is fixed there. The prices sum to 1, so
    every program fixes at least one.

    Parameters
    ----------
    outcomes
        Shape (k, n).
    offset
        Shape (k,).

    Raises
    ------
    ModelInfeasible, EngineStopped, EngineError
        As the engine ends.
    """
    k = len(offset)
    ceiling = np.full(k, np.inf)
    is_open = np.ones(k, bool)
    z, programs = np.zeros(len(space.lower)), 0
    while is_open.any():
        answer, price = _least_largest(space, outcomes, offset, ceiling, is_open, engine, options)
        programs += 1
        z, level = answer.x[:-1], float(answer.x[-1])
        open_now = np.flatnonzero(is_open)
        weight = -price[open_now]
        tight = open_now[weight > PRICED]
        if not len(tight):
            raise EngineError("no outcome of a leximin program has a price")
        ceiling[tight] = level
        is_open[tight] = False
    return Leximin(z, np.asarray(outcomes @ z + offset), programs)


def _least_largest(
    space: Polyhedron,
    outcomes: csr_array,
    offset: FloatArray,
    ceiling: FloatArray,
    is_open: BoolArray,
    engine: Engine,
    options: EngineOptions,
) -> tuple[Solution, FloatArray]:
    """min t subject to outcome <= t where open and <= its ceiling where fixed; the prices of these rows."""
    builder = ProgramBuilder()
    builder.add_columns("z", space.lower, space.upper)
    builder.add_columns("t", np.array([-np.inf]), np.array([np.inf]), 1.0)
    rows = space.matrix
    builder.add_rows(
        "space", _ints(rows.indptr), _ints(rows.indices), rows.data, space.row_lower, space.row_upper
    )
    marks = csr_array(-is_open.astype(np.float64)[:, None])
    extended = csr_array(hstack([outcomes, marks]))
    first = builder.add_rows(
        "outcomes",
        _ints(extended.indptr),
        _ints(extended.indices),
        extended.data,
        np.full(len(offset), -np.inf),
        np.where(is_open, 0.0, ceiling) - offset,
    )
    answer = raise_unless_optimal(engine.solve(builder.finish(), options), engine.name)
    return answer, answer.row_price[first:]


def _ints(values: np.ndarray) -> IntArray:
    return values.astype(np.int64)
