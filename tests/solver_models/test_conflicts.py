"""The deletion filter: which rules remain, and in how many solves."""

import numpy as np
from scipy.sparse import csr_array, eye_array, vstack

from solver_models.conflicts import smallest_conflict
from solver_models.engines.row_session import RowSession
from solver_models.program import LinearProgram

N = 200
FLOOR, CAP, EACH = 0, 1, 2


def floor_under_caps() -> tuple[LinearProgram, np.ndarray]:
    """Sum >= 100 and sum <= 80 contradict each other; 200 ceilings of 1 leave room for 200."""
    matrix = csr_array(vstack([np.ones((2, N)), eye_array(N)]))
    lower = np.concatenate([[100.0, -np.inf], np.full(N, -np.inf)])
    upper = np.concatenate([[np.inf, 80.0], np.ones(N)])
    program = LinearProgram(np.zeros(N), matrix, lower, upper, np.zeros(N), np.full(N, np.inf))
    group = np.concatenate([[FLOOR, CAP], np.full(N, EACH)])
    return program, np.array([group, group])


def test_a_rule_of_many_rows_joins_at_once_where_one_of_them_is_missed(monkeypatch):
    solves = []
    solve = RowSession.solve
    monkeypatch.setattr(RowSession, "solve", lambda session: solves.append(1) or solve(session))
    program, group = floor_under_caps()
    used = np.arange(program.n_row) < 2
    assert smallest_conflict(program, group, used, [FLOOR, CAP, EACH]) == [FLOOR, CAP]
    assert len(solves) <= 8  # a vertex puts 100 into one cell, then into the next one: 100 solves row by row
