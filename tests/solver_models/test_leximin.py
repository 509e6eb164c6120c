"""Leximin against published answers, water-filling and brute force."""

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array

from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.leximin import Polyhedron, leximin

HIGHS = choose_engine("highs")


def fairest(space, outcomes, offset):
    return leximin(space, csr_array(outcomes), np.asarray(offset, float), HIGHS, EngineOptions())


def excesses(claims, estate):
    """The bankruptcy game: minus the excess of every proper coalition."""
    n = len(claims)
    members = [m for size in range(1, n) for m in combinations(range(n), size)]
    rows = np.array([[-1.0 if i in m else 0.0 for i in range(n)] for m in members])
    worth = [max(0.0, estate - sum(c for i, c in enumerate(claims) if i not in m)) for m in members]
    space = Polyhedron(
        csr_array(np.ones((1, n))), np.array([estate]), np.array([estate]), np.zeros(n), np.full(n, np.inf)
    )
    return space, rows, worth


@pytest.mark.parametrize(
    ("estate", "expected"), [(100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])]
)
def test_the_talmud_divides_an_estate_by_the_nucleolus(estate, expected):
    assert fairest(*excesses((100, 200, 300), float(estate))).z == pytest.approx(expected, abs=1e-4)


def test_the_published_minimax_program_of_lindo():
    rows = np.array(
        [
            [1.0, 2, 4, 7, 0, 0],
            [2.5, 3.5, 0, 0, 5.2, 0],
            [0, 0.4, 0, 1.3, 0, 7.2],
            [0, 2.5, 3.5, 0, 5.2, 0],
            [3.5, 0, 0, 3.5, 0, 5.2],
        ]
    )
    low = np.array([16, 17.5, 12, 13.1, 18.2])
    space = Polyhedron(csr_array(rows), low, np.full(5, np.inf), np.zeros(6), np.full(6, np.inf))
    found = fairest(space, np.eye(6), np.zeros(6))
    expected = [1.5625, 1.5625, 0.305357, 1.463362, 1.5625, 1.463362]
    assert found.outcome == pytest.approx(expected, abs=1e-4)


def test_keshav_shares_a_link_by_water_filling():
    demand = np.array([2, 2.6, 4, 5])
    space = Polyhedron(csr_array(np.ones((1, 4))), np.array([-np.inf]), np.array([10.0]), np.zeros(4), demand)
    # the smallest share as large as possible: the largest of -x as small as possible
    assert fairest(space, -np.eye(4), np.zeros(4)).z == pytest.approx([2, 2.6, 2.7, 2.7], abs=1e-6)


def test_no_random_point_of_the_polyhedron_is_fairer():
    rng = np.random.default_rng(6)
    rows = rng.uniform(0.2, 2, (3, 5))
    space = Polyhedron(csr_array(rows), np.full(3, 4.0), np.full(3, np.inf), np.zeros(5), np.full(5, 3.0))
    found = fairest(space, np.eye(5), np.zeros(5))
    best = tuple(np.round(np.sort(found.outcome)[::-1], 7))
    for point in rng.uniform(0, 3, (3000, 5)):
        if (rows @ point >= 4).all():
            assert tuple(np.sort(point)[::-1]) >= best
