"""Run one nasty plan by several engines and say everything that is wrong with the answers."""

import tempfile
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.anchors.anchors import Anchors
from allocator.anchors.build import build_anchors
from allocator.errors import EngineFailure, InfeasiblePlan, InputFaults
from allocator.model.labels import Labels, label_plan
from allocator.phases import Phases
from allocator.pipeline import allocate, round_measure, solve_measure
from allocator.plan.plan import Plan
from allocator.results.folder import write_results
from allocator.verification import verify_results
from solver_models.engines.base import Engine, EngineError, EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.model import BalanceModel
from solver_models.solve import SolvedModel
from solver_models.warm import WarmState, solve_from, solve_warm
from tests.exact.answer import ExactAnswer, answer
from tests.exact.problem import Given, Problem, problem_of
from tests.nasty_plans import NastyPlan, nasty_plan

AGREED = 1e-9
"""Largest difference between unrounded targets and between tiers, relative."""
TIE = Fraction(1, 10**11)
"""Where a tier is decided by less than this share of a price, the plan leaves it a tie."""
WHAT_IF = "whatif"
"""Instead of an engine: the fast one, begun from the answer of the plan without its first rule."""
MOST_EXACT = 300
"""Cells up to which a plan is solved in exact arithmetic, too."""


@dataclass(frozen=True)
class Failure:
    """What went wrong: a kind that many plans may share, and the words of this one."""

    kind: str
    text: str


@dataclass(frozen=True)
class Answer:
    """What an engine made of a plan: an allocation, or the measure that is impossible, or a failure."""

    engine: str
    allocation: Allocation | None
    impossible: str
    failures: tuple[Failure, ...]

    @property
    def verdict(self) -> str:
        """Feasible, or which measure is impossible, or that it failed."""
        if self.allocation is not None:
            return "feasible"
        return f"impossible: {self.impossible}" if self.impossible else "failed"


@dataclass(frozen=True)
class Trial:
    """A plan, the answers to it, and all that is wrong with them."""

    verdict: str
    failures: tuple[Failure, ...]
    answers: tuple[Answer, ...] = ()
    is_exact: bool = False

    @property
    def misses_a_tier(self) -> bool:
        """Tell whether the first engine had to let soft rules give way."""
        allocation = self.answers[0].allocation if self.answers else None
        tiers = [tier for one in allocation.measures for tier in one.evidence["tiers"]] if allocation else []
        return any(tier["largest_violation"] > 0 for tier in tiers)


def try_seed(seed: int, engines: Sequence[str], *, with_files: bool = False) -> Trial:
    """Try the plan of a seed."""
    return try_plan(nasty_plan(seed), engines, with_files=with_files)


def try_plan(nasty: NastyPlan, engines: Sequence[str], *, with_files: bool = False) -> Trial:
    """Allocate by every engine and compare: verdicts, targets, tiers, rounding, months; with files, hashes.

    Parameters
    ----------
    with_files
        Write plan and results, compare the result hashes and run `verify` on each.
    """
    try:
        plan = nasty.read()
    except InputFaults as refused:
        return Trial("refused", () if refused.faults else (Failure("refused without a reason", ""),))
    answers = tuple(
        answer_of(plan, engine, _nearby(nasty) if engine == WHAT_IF else None) for engine in engines
    )
    failures = [failure for answer in answers for failure in answer.failures]
    first = answers[0]
    for other in answers[1:]:
        if "failed" in (first.verdict, other.verdict):
            continue
        pair = f"{first.engine} and {other.engine}"
        if first.verdict != other.verdict:
            failures.append(Failure("verdicts differ", f"{pair}: {first.verdict}, {other.verdict}"))
        elif first.allocation is not None and other.allocation is not None:
            for one, two in zip(first.allocation.measures, other.allocation.measures, strict=True):
                failures += [Failure(kind, f"{pair}: {text}") for kind, text in differences(one, two)]
    is_exact = label_plan(plan).grid.n_cell <= MOST_EXACT
    if is_exact:
        failures += against_exact(plan, answers)
    if with_files:
        failures += _failures_of_files(nasty, answers)
    return Trial(first.verdict, tuple(failures), answers, is_exact)


def _nearby(nasty: NastyPlan) -> Plan:
    """The plan without its first rule, or with all of them where another rule refers to that one."""
    try:
        return nasty.without("rules", 0).read()
    except InputFaults:
        return nasty.read()


def answer_of(plan: Plan, engine: str, before: Plan | None = None) -> Answer:
    """Allocate; whatever is raised or warned becomes a failure.

    Parameters
    ----------
    before
        The plan whose answer a what-if begins from.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        allocation, impossible, failures = _allocated(plan, engine, before or plan)
    warned = {f"{engine}: {one.category.__name__}: {one.message}" for one in caught}
    return Answer(
        engine, allocation, impossible, (*failures, *(Failure("warning", text) for text in sorted(warned)))
    )


def _allocated(plan: Plan, engine: str, before: Plan) -> tuple[Allocation | None, str, tuple[Failure, ...]]:
    try:
        if engine == WHAT_IF:
            return _allocated_from(before, plan), "", ()
        return allocate(plan, choose_engine(engine)), "", ()
    except InputFaults as late:
        return None, "", (Failure("refused only by the run", f"{engine}: {late}"),)
    except InfeasiblePlan as impossible:
        diagnosis = impossible.diagnosis
        is_told = bool(diagnosis["conflict"]) and diagnosis["short_by"] > 0
        missing = () if is_told else (Failure("impossible without a reason", engine),)
        return None, str(diagnosis["measure"]), missing
    except Exception as error:  # a campaign collects what it was not written for
        return None, "", (Failure(f"raised {type(error).__name__}", f"{engine}: {error}"),)


def _allocated_from(before: Plan, plan: Plan) -> Allocation:
    """Allocate as a what-if does: begun from the answer of a plan nearby, afresh where that has none."""
    engine, labels = choose_engine("fast"), label_plan(plan)
    results = []
    for measure in plan.spec.measures:
        states: list[WarmState] = []

        def keeping(
            model: BalanceModel, engine: Engine, options: EngineOptions, states: list[WarmState] = states
        ) -> SolvedModel:
            states.append(solve_warm(model, engine, options))
            return states[0].solved

        def from_before(
            model: BalanceModel, engine: Engine, options: EngineOptions, states: list[WarmState] = states
        ) -> SolvedModel:
            return (
                solve_from(model, states[0], engine, options) if states else keeping(model, engine, options)
            )

        with suppress(InfeasiblePlan, EngineFailure, EngineError):
            solve_measure(before, labels, measure, engine, EngineOptions(), Phases(), solver=keeping)
        solved = solve_measure(plan, labels, measure, engine, EngineOptions(), Phases(), solver=from_before)
        results.append(round_measure(plan, labels, measure, solved, Phases()))
    return Allocation(plan, labels, tuple(results), WHAT_IF, {})


def differences(one: MeasureAllocation, two: MeasureAllocation) -> list[tuple[str, str]]:
    """What two engines disagree about: kind and words."""
    found = []
    size = scale_of(one)
    away = np.abs(one.unrounded - two.unrounded) / np.maximum(size, np.abs(two.unrounded))
    if away.max() > AGREED:
        found.append(("engines: targets differ", f"{one.measure} by {away.max():.2g} relative"))
    for name in ("target_units", "month_units"):
        n = int((getattr(one, name) != getattr(two, name)).sum())
        if n:
            found.append((f"engines: {name} differ", f"{one.measure}: {n} numbers"))
    for tier, other in zip(one.evidence["tiers"], two.evidence["tiers"], strict=True):
        for key in ("largest_violation", "sum_of_violations"):
            if abs(tier[key] - other[key]) > AGREED * max(1.0, abs(other[key])):
                text = f"{one.measure} tier {tier['tier']} {key}: {tier[key]}, {other[key]}"
                found.append(("engines: tiers differ", text))
    return found


def against_exact(plan: Plan, answers: Sequence[Answer]) -> list[Failure]:
    """Compare verdicts, targets and tiers with exact arithmetic, measure by measure."""
    labels = label_plan(plan)
    failures: list[Failure] = []
    for k, measure in enumerate(plan.spec.measures):
        try:
            anchors = build_anchors(plan, labels, measure)
        except InputFaults:  # told already by the engines, which cannot begin either
            break
        problem = problem_of(plan, measure, given(plan, labels, measure, anchors))
        done = [one for one in answers if one.allocation is not None]
        found = answer(problem, _near(labels, problem, done[0].allocation.measures[k]) if done else None)
        for one in answers:
            is_impossible = one.impossible == measure
            if one.verdict != "failed" and is_impossible != (found is None):
                if (
                    one.allocation is not None
                    and _worst_miss(labels, problem, one.allocation.measures[k]) <= AGREED
                ):
                    continue
                text = f"{one.engine}: {one.verdict}, but {measure} is {'im' * (found is None)}possible"
                failures.append(Failure("exact: verdicts differ", text))
            if found is not None and one.allocation is not None:
                result = one.allocation.measures[k]
                failures += [
                    Failure(kind, f"{one.engine}, {measure}: {text}")
                    for kind, text in _from_exact(labels, problem, found, result)
                ]
        if found is None:
            break
    return failures


def given(plan: Plan, labels: Labels, measure: str, anchors: Anchors) -> Given:
    """What the exact problem takes as known."""
    unit, totals = Fraction(plan.spec.measures[measure].round_to), anchors.totals
    cells = [(rep, product) for rep in labels.rep_id for product in labels.leaf_product_id]
    stated = {
        product: (int(totals.product_lower[q]) * unit, int(totals.product_upper[q]) * unit)
        for q, product in enumerate(labels.product_id)
        if totals.is_stated[q] or q == 0
    }
    return Given(dict(zip(cells, anchors.anchor.tolist(), strict=True)), stated)


def _worst_miss(labels: Labels, problem: Problem, result: MeasureAllocation) -> float:
    """Largest miss of a hard row, relative to its largest term."""
    x = [Fraction(value) for value in _near(labels, problem, result)]
    worst = 0.0
    for row in problem.hard:
        terms = [value * x[cell] for cell, value in row.row.items()]
        bounds = [bound for bound in (row.lower, row.upper) if bound is not None]
        size = max([abs(float(one)) for one in (*terms, *bounds)], default=0.0)
        total = sum(terms, Fraction(0))
        low = Fraction(0) if row.lower is None else row.lower - total
        high = Fraction(0) if row.upper is None else total - row.upper
        worst = max(worst, float(max(low, high)) / max(size, 1e-300))
    return worst


def _near(labels: Labels, problem: Problem, result: MeasureAllocation) -> list[float]:
    cells = [(rep, product) for rep in labels.rep_id for product in labels.leaf_product_id]
    value = dict(zip(cells, result.unrounded.tolist(), strict=True))
    return [value[cell] for cell in problem.cells]


def _from_exact(
    labels: Labels, problem: Problem, found: ExactAnswer, result: MeasureAllocation
) -> list[tuple[str, str]]:
    found_wrong = []
    size = scale_of(result)
    near = _near(labels, problem, result)
    away = _away(found, near, size)
    if away > AGREED:
        tied = answer(problem, near, TIE)
        if tied is None or _away(tied, near, size) > AGREED:
            found_wrong.append(("exact: targets differ", f"by {away:.2g} relative"))
    elsewhere = float(np.abs(result.unrounded).sum() - np.abs(near).sum())
    if elsewhere > AGREED * size:
        found_wrong.append(("exact: cells open that should not", f"{elsewhere:.3g} in all"))
    told = {tier["tier"]: tier for tier in result.evidence["tiers"]}
    for tier in found.tiers:
        for key, value in (("largest_violation", tier.largest), ("sum_of_violations", tier.total)):
            stated = told[tier.tier][key] if tier.tier in told else 0.0
            if abs(stated - float(value)) > AGREED * max(1.0, float(value)):
                text = f"tier {tier.tier} {key}: {stated} instead of {float(value)}"
                found_wrong.append(("exact: tiers differ", text))
    return found_wrong


def _away(found: ExactAnswer, near: Sequence[float], size: float) -> float:
    """Largest distance of the cells, relative to their value or the mean anchor."""
    pairs = zip(found.x, near, strict=True)
    return max((abs(float(x - Fraction(value))) / max(size, float(x)) for x, value in pairs), default=0.0)


def scale_of(result: MeasureAllocation) -> float:
    """The mean anchor: what differences between targets are measured by."""
    anchor = result.anchors.anchor
    return float(anchor[anchor > 0].mean()) if (anchor > 0).any() else 1.0


def _failures_of_files(nasty: NastyPlan, answers: Sequence[Answer]) -> list[Failure]:
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        plan = nasty.write(Path(folder) / "plan")
        hashes: Mapping[str, str] = {}
        for answer in answers:
            if answer.allocation is None:
                continue
            out = Path(folder) / f"out-{len(hashes)}"
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                written = write_results(answer.allocation, out, "en", with_workbook=False)
                report = verify_results(out, plan)
            failures += [
                Failure("warning", f"{answer.engine}, files: {one.category.__name__}: {one.message}")
                for one in caught
            ]
            refused = [check for check in report.checks if not check.passed]
            failures += [Failure("verify refuses", f"{answer.engine}: {one.message}") for one in refused]
            hashes = {**hashes, answer.engine: written["result_hash"]}
        if len(set(hashes.values())) > 1:
            failures.append(Failure("engines: result hashes differ", ", ".join(hashes)))
    return failures
