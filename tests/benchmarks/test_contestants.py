"""Every contestant that the product's own environment holds solves the same problem as we do.

linopy and cvxpy live in the benchmark's environment; there the contest itself compares every answer.
"""

from importlib import import_module

import numpy as np
import pytest

from benchmarks.answer_check import check_answer
from benchmarks.peers.own import named_engine
from benchmarks.peers.routes import (
    OURS,
    OURS_PASSES,
    ROUTES,
    TEXTBOOK_LP,
    TEXTBOOK_QP,
    Contestant,
    EngineAbsent,
    PeerFailure,
    Route,
    route_named,
)
from benchmarks.pieces import textbook_pieces
from benchmarks.task import FloatArray, Task
from tests.benchmarks.tasks import impossible, tiny_task

HERE = ("benchmarks.peers.own", "benchmarks.peers.pulp_models", "benchmarks.peers.highspy_models")
# The fast engine takes part as soon as a version has it; HiPO has an environment of its own.
ELSEWHERE = ("hipo", "hipo-ours")
CONTESTANTS = [route for route in ROUTES if route.module in HERE and route.name not in ELSEWHERE]


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    return tiny_task(tmp_path_factory.mktemp("tiny") / "plan")


def contestant_of(route: Route) -> Contestant:
    found: Contestant = import_module(route.module).contestant(route.formulation, route.solver)
    return found


def answer_of(route: Route, task: Task) -> FloatArray:
    contestant = contestant_of(route)
    model = contestant.build(task)
    return contestant.extract(task, model, contestant.solve(task, model))


@pytest.fixture(scope="module")
def ours(task: Task) -> FloatArray:
    return answer_of(route_named("highs"), task)


def cost_in_pieces(task: Task, x: FloatArray) -> float:
    """Cost of a point when every cell fills its pieces in order."""
    pieces = textbook_pieces(task)
    before = np.cumsum(np.column_stack([np.zeros(task.n_cell), pieces.width[:, :-1]]), axis=1)
    filled = np.clip((x - pieces.start)[:, None] - before, 0.0, pieces.width)
    return float(np.sum(filled * pieces.slope))


def of(formulation: str) -> list[Route]:
    return [route for route in CONTESTANTS if route.formulation == formulation]


def test_the_tiny_task_is_tight_and_holds_every_kind_of_row(task: Task, ours: FloatArray) -> None:
    assert {"total", "product_total", "growth", "capacity", "fairness", "group", "pin", "link"} <= set(
        task.kinds
    )
    off = np.abs(ours - task.anchor) / task.weight
    assert np.sum(off > 0.01) > task.n_cell / 10


@pytest.mark.parametrize("route", of(OURS_PASSES) + of(OURS), ids=lambda route: route.name)
def test_our_passes_through_any_library_give_our_answer(route: Route, task: Task, ours: FloatArray) -> None:
    check = check_answer(task, answer_of(route, task), ours)
    assert check.largest <= 1e-9
    assert check.violation <= 1e-9


@pytest.mark.parametrize("route", of(TEXTBOOK_QP), ids=lambda route: route.name)
def test_the_quadratic_textbook_model_is_our_problem(route: Route, task: Task, ours: FloatArray) -> None:
    check = check_answer(task, answer_of(route, task), ours)
    assert check.largest <= 1e-3
    assert abs(check.gap) <= 1e-5
    assert check.violation <= 1e-6


@pytest.mark.parametrize("route", of(TEXTBOOK_LP), ids=lambda route: route.name)
def test_the_textbook_model_in_pieces_has_the_least_cost_in_pieces_and_keeps_the_rows(
    route: Route, task: Task, ours: FloatArray
) -> None:
    x = answer_of(route, task)
    check = check_answer(task, x, ours)
    assert check.violation <= 1e-6
    assert check.gap >= -1e-6
    least = cost_in_pieces(task, answer_of(route_named("highspy"), task))
    assert cost_in_pieces(task, x) == pytest.approx(least, abs=1e-6)
    assert least <= cost_in_pieces(task, ours) + 1e-6


@pytest.mark.parametrize("route", CONTESTANTS, ids=lambda route: route.name)
def test_an_impossible_plan_is_never_an_answer(route: Route, task: Task) -> None:
    none = impossible(task)
    contestant = contestant_of(route)
    with pytest.raises(PeerFailure):
        contestant.solve(none, contestant.build(none))


def test_a_solver_that_this_build_of_highs_lacks_is_absent_and_not_replaced(task: Task) -> None:
    contestant = import_module("benchmarks.peers.highspy_models").contestant(TEXTBOOK_QP, "no-such-solver")
    with pytest.raises(EngineAbsent, match="no-such-solver"):
        contestant.build(task)


def test_an_engine_that_this_version_lacks_is_absent() -> None:
    with pytest.raises(EngineAbsent, match="no-such-engine"):
        named_engine("no-such-engine")


def test_contestants_have_names_of_their_own_and_an_unknown_one_is_refused() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES)
    with pytest.raises(KeyError, match="pulp-cbc"):
        route_named("nobody")
