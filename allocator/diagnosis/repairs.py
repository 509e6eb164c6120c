"""Cheapest ways out of an impossible plan, each proved by solving the plan it leads to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocator.diagnosis.changes import PlanChange
from allocator.diagnosis.conflict import Conflict
from allocator.diagnosis.numbers import AMOUNT, MAX, MIN, Numbers, is_allowed, numbers_of
from allocator.diagnosis.proving import Trials, Tried
from allocator.diagnosis.row_names import TOTALS, RowNames
from allocator.diagnosis.written import written_changes
from allocator.model.labels import Labels
from allocator.model.outcomes import row_amounts
from allocator.model.problem import MeasureProblem
from allocator.plan.plan import Plan
from allocator.texts import text
from solver_models.arrays import BoolArray, FloatArray
from solver_models.engines.base import EngineError
from solver_models.failures import EngineStopped
from solver_models.infeasibility import feasibility_program, verdict
from solver_models.least_changes import Reach, at_full_reach, least_changes
from solver_models.solve import without_wishes

MOST_REPAIRS = 6
FEWEST_REPAIRS = 2
MOST_ALONE = 6
"""Members of the conflict that are tried alone."""
MOST_ROUNDS = 8
HEAVY = 1e-5
"""Rows that weigh less in a proof, relative to the heaviest, may well be noise."""
LAST = "all"
"""The way that is tried only where no others help: whatever may change."""
SHOWN_CHANGES = 4
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Way:
    """Which numbers may change: a name for the sentence, and shape (2, n_number): downwards, upwards."""

    name: str
    may: BoolArray


@dataclass(frozen=True)
class Repairs:
    """Ways out.

    Parameters
    ----------
    proved
        Each as it stands in `diagnosis.json`, the cheapest first.
    unproved
        Number of ways out that were found but could be proved neither possible nor impossible.
    """

    proved: list[dict[str, Any]]
    unproved: int


def find_repairs(
    plan: Plan,
    labels: Labels,
    measure: str,
    problem: MeasureProblem,
    conflict: Conflict,
    names: RowNames,
    trials: Trials,
) -> Repairs:
    """Return repairs, smallest largest relative change first, each proved on the plan it leads to.

    Ways tried: the totals alone; all maxima; all minima; totals downwards and minima; rules and pins on
    both sides; members of the conflict alone; where these give fewer than two, everything at once. A way to
    change the same numbers as another way is not told twice. The rows of the conflict come first; as long as
    the plan with the least changes is proved impossible, the rows of that proof join. If there still are
    fewer than two, rules of the conflict become wishes (tier 1). What an engine cannot prove is left out and
    counted.
    """
    search = _Search(plan, labels, measure, problem, conflict, names, trials)
    found: list[tuple[float, int, dict[str, Any]]] = []
    for way in _ways(search.numbers, names, conflict):
        if way.name == LAST and len(found) >= FEWEST_REPAIRS:
            break
        repair = search.repair(way)
        if repair is not None:
            changes, tried, level = repair
            amounts = _amounts(plan, labels, problem, search.numbers, changes, tried)
            found.append((level, len(changes), _described(way.name, changes, amounts)))
    found.sort(key=lambda one: one[:2])
    proved = [repair for *_, repair in found[:MOST_REPAIRS]]
    if len(proved) < FEWEST_REPAIRS:
        proved += search.softened(conflict)[: FEWEST_REPAIRS - len(proved)]
    return Repairs(proved, len(search.unproved))


def _ways(numbers: Numbers, names: RowNames, conflict: Conflict) -> Iterator[Way]:
    """List what may give way, broad ways first."""
    listed = numbers.listed
    is_total = np.array([one.kind in TOTALS for one in listed], bool)
    is_pin = np.array([one.kind == "pin" for one in listed], bool)
    is_max = ~is_total & np.array([one.side == MAX for one in listed], bool)
    is_min = ~is_total & np.array([one.side == MIN for one in listed], bool)
    nothing = np.zeros(len(listed), bool)
    yield Way("totals", np.array([is_total, is_total]))
    yield Way("maxima", np.array([nothing, is_max]))
    yield Way("minima", np.array([is_min, nothing]))
    yield Way("totals_and_minima", np.array([is_total | is_min, nothing]))
    yield Way("rules", np.array([is_min | is_pin, is_max | is_pin]))
    group = np.array([one.group for one in listed])
    for own in names.groups_of(conflict.minimal[:MOST_ALONE]):
        yield Way("one_rule", np.array([group == own, group == own]))
    yield Way(LAST, np.array([~nothing, ~nothing]))


class _Search:
    """The rows looked at so far, and the plans tried so far."""

    def __init__(
        self,
        plan: Plan,
        labels: Labels,
        measure: str,
        problem: MeasureProblem,
        conflict: Conflict,
        names: RowNames,
        trials: Trials,
    ) -> None:
        """Begin with the rows of the conflict, the totals and the sums of the peer groups."""
        self.plan, self.labels, self.measure, self.problem = plan, labels, measure, problem
        self.numbers = numbers_of(plan, labels, measure, problem, names)
        self.trials = trials
        self.model = without_wishes(problem.model).scaled()
        self.program = feasibility_program(self.model)
        self.rows: BoolArray = np.isin(names.kind[0], (*TOTALS, "group"))
        self.rows[conflict.rows] = True
        self.unproved: set[tuple[str, ...]] = set()
        self._given: set[tuple[str, ...]] = set()

    def repair(self, way: Way) -> tuple[list[PlanChange], Tried, float] | None:
        """Find the least changes of a way; None where nothing is found that was not given before."""
        reach = is_allowed(self.numbers, way.may)
        for _ in range(MOST_ROUNDS):
            chosen = np.flatnonzero(self.rows[self.numbers.promises.row])
            try:
                point = least_changes(self.program, self.numbers.promises.at(chosen), reach)
            except EngineError:
                return None
            if point is None:
                return None
            changes, level = written_changes(
                self.plan, self.labels, self.measure, self.problem, self.numbers, way.may, chosen, point
            )
            paths = tuple(change.path for change in changes)
            if not changes or paths in self._given:
                return None
            tried = self.trials.with_changes(changes)
            if tried.is_proved:
                self._given.add(paths)
                return changes, tried, level
            if not tried.is_read or not self._widened(tried, reach):
                if not tried.is_refuted:
                    self.unproved.add(tuple(change.override for change in changes))
                return None
        return None

    def _widened(self, tried: Tried, reach: Reach) -> bool:
        """Look at the rows of a proof as well, the heaviest; False where that leads nowhere.

        They are at most as many as were looked at before. Where there are more, or all that weighs was looked
        at, it is asked first whether anything within reach helps.
        """
        if tried.problem is None or not tried.weight.any():
            return False
        weight = np.where(self.rows, 0.0, self._in_own_rows(tried.problem, tried.weight))
        order = np.argsort(-weight, kind="stable")[: np.count_nonzero(weight)]
        heavy, most = int(np.sum(weight > HEAVY)), int(self.rows.sum())
        if not len(order) or (not 0 < heavy <= most and self._is_hopeless(reach)):
            return False
        self.rows[order[: min(heavy or most, most)]] = True
        return True

    def _is_hopeless(self, reach: Reach) -> bool:
        """True if the hard rows cannot hold together however far the numbers go."""
        program, n_row = at_full_reach(self.program, self.numbers.promises, reach), len(self.model.rows)
        lower, upper = program.row_lower, program.row_upper
        model = replace(
            self.model,
            lower=np.maximum(lower[n_row:], 0.0),
            upper=upper[n_row:],
            rows=replace(self.model.rows, lower=lower[:n_row], upper=upper[:n_row]),
        )
        try:
            return bool(verdict(model).weight.any())
        except (EngineError, EngineStopped):
            return False

    def _in_own_rows(self, problem: MeasureProblem, weight: FloatArray) -> FloatArray:
        """Weights of another plan's rows at the rows of this one: by line of the ledger, and by cell."""
        ours, theirs = self.problem, problem
        n_ours, n_theirs = len(ours.model.rows), len(theirs.model.rows)
        found = np.zeros(n_ours + len(ours.cell))
        by_source = np.zeros(max(len(ours.ledger), len(theirs.ledger)))
        by_source[theirs.model.rows.source] = weight[:n_theirs]
        found[:n_ours] = by_source[ours.model.rows.source]
        by_cell = np.zeros(len(ours.lower))
        by_cell[theirs.cell] = weight[n_theirs:]
        found[n_ours:] = by_cell[ours.cell]
        return found

    def softened(self, conflict: Conflict) -> list[dict[str, Any]]:
        """Repairs that turn hard rules of the conflict into wishes of the first tier: one, else all."""
        owners = dict(zip(self.plan.rules["rule_id"], self.plan.rules["owner"], strict=True))
        rule_ids = [name for name in conflict.minimal if name in owners]
        tried = [[rule_id] for rule_id in rule_ids[:MOST_ALONE]] + ([rule_ids] if len(rule_ids) > 1 else [])
        found = []
        for chosen in tried:
            changes = [PlanChange(f"rules.{r}.tier", "hard", "1", str(owners[r])) for r in chosen]
            outcome = self.trials.with_changes(changes)
            if outcome.is_proved:
                found.append(_described("soften", changes, 0.0))
            elif not outcome.is_refuted:
                self.unproved.add(tuple(change.override for change in changes))
        return found


def _amounts(
    plan: Plan,
    labels: Labels,
    problem: MeasureProblem,
    numbers: Numbers,
    changes: Sequence[PlanChange],
    tried: Tried,
) -> float:
    """How much moves, in the measure's unit: totals and pins by what they change, rules by what goes beyond.

    A rule counts with the sum, over its nodes, of what the proved targets go beyond its bounds of today.
    """
    assert tried.amounts is not None
    amount, low, high = row_amounts(plan, labels, problem.lines, tried.amounts)
    by_path = {one.path: (at, one) for at, one in enumerate(numbers.listed)}
    total = 0.0
    for change in changes:
        at, one = by_path[change.path]
        if one.side == AMOUNT or one.kind in TOTALS:
            total += abs(float(change.new) - one.old)
            continue
        for side, missed in ((0, low - amount), (1, amount - high)):
            own = numbers.instance[numbers.promises.number[side] == at]
            total += float(np.maximum(missed[np.unique(own)], 0.0).sum())
    return round(total, 6)


def _described(way: str, changes: Sequence[PlanChange], amount: float) -> dict[str, Any]:
    """Return the repair as plain JSON types with its sentences."""
    owners = sorted({change.owner for change in changes if change.owner})
    shown = changes[:SHOWN_CHANGES]
    listed = "; ".join(f"{change.path}: {change.old} -> {change.new}" for change in shown)
    more = len(changes) - len(shown)
    sentences = {
        lang: text(f"repair.{way}", lang, changes=listed)
        + (text("repair.more", lang, count=more) if more > 0 else "")
        for lang in LANGUAGES
    }
    return {
        "text": sentences,
        "owner": ", ".join(owners),
        "changes": [
            {"path": change.path, "old": change.old, "new": change.new, "owner": change.owner}
            for change in changes
        ],
        "amount": amount,
        "feasible": True,
    }
