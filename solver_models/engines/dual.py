"""The dual of a linear program, for solvers that return a point but no prices."""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack

from solver_models.arrays import FloatArray
from solver_models.program import LinearProgram
from solver_models.solution import Solution


def dual_program(program: LinearProgram) -> LinearProgram:
    """Write the dual as a minimisation.

    Primal: min c'x, rl <= Ax <= ru, l <= x <= u. Dual: min ru'q - rl'p + u's - l'r subject to
    A'(p - q) + r - s = c and p, q, r, s >= 0; a variable of an infinite bound is fixed at 0.

    Returns
    -------
    Program with columns (p, q, r, s) and one equality per primal column.
    """
    a_t = csr_array(program.matrix.T)
    identity = eye_array(program.n_column, format="csr")
    bounds = (-program.row_lower, program.row_upper, -program.lower, program.upper)
    is_finite = np.concatenate([np.isfinite(bound) for bound in bounds])
    cost: FloatArray = np.concatenate(bounds)
    return LinearProgram(
        cost=np.where(is_finite, cost, 0.0),
        matrix=csr_array(hstack([a_t, -a_t, identity, -identity])),
        row_lower=program.cost,
        row_upper=program.cost,
        lower=np.zeros(len(cost)),
        upper=np.where(is_finite, np.inf, 0.0),
    )


def primal_from_dual(program: LinearProgram, primal: Solution, dual: Solution) -> Solution:
    """Return the primal answer with the prices p - q read from the dual's point."""
    m = program.n_row
    price = dual.x[:m] - dual.x[m : 2 * m]
    return replace(primal, row_price=price, reduced_cost=program.cost - program.matrix.T @ price)
