"""Every check, and the warnings that they give together."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from allocator.allocation import Allocation
from allocator.errors import InputFaults
from allocator.model.labels import Labels, label_plan
from allocator.plan.plan import Plan
from allocator.plan.warning import PlanWarning, in_order, open_ones
from allocator.warnings.base_year import base_year_complete
from allocator.warnings.facts import Facts
from allocator.warnings.history import history_plausible
from allocator.warnings.people import ids_are_whole, people_are_told_apart
from allocator.warnings.ratios import ratios_plausible
from allocator.warnings.reps import reps_have_a_past
from allocator.warnings.result import chance_within_limits, rules_leave_room
from allocator.warnings.rules import bands_allow_growth, rules_can_bind
from allocator.warnings.structure import currencies_agree, levels_in_order, margins_plausible
from allocator.warnings.totals import stated_against_history, totals_against_history

CHECKS: tuple[Callable[[Facts], Iterable[PlanWarning]], ...] = (
    base_year_complete,
    history_plausible,
    totals_against_history,
    stated_against_history,
    ratios_plausible,
    rules_can_bind,
    bands_allow_growth,
    reps_have_a_past,
    margins_plausible,
    ids_are_whole,
    people_are_told_apart,
    levels_in_order,
    currencies_agree,
)
"""A new check is a function of the facts of a plan, added here; its code stands in `CODES`."""


def plan_warnings(plan: Plan, labels: Labels | None = None) -> tuple[PlanWarning, ...]:
    """Return what is improbable in a plan, accepted warnings included, in the order of docs/warnings.md."""
    facts = Facts(plan, labels or label_plan(plan))
    found = [*plan.noticed, *(one for check in CHECKS for one in check(facts))]
    return in_order(found, plan.spec.accepted_warnings)


def result_warnings(
    allocation: Allocation, attainment: Mapping[str, Any] | None, known: Iterable[PlanWarning]
) -> tuple[PlanWarning, ...]:
    """Return the warnings of a plan with those that only its targets can give.

    Parameters
    ----------
    attainment
        The content of attainment.json.
    known
        `plan_warnings` of the plan.
    """
    found = [*rules_leave_room(allocation), *chance_within_limits(allocation, attainment or {})]
    return (*known, *in_order(found, allocation.plan.spec.accepted_warnings))


def refuse_warnings(found: Iterable[PlanWarning]) -> None:
    """Raise `InputFaults` with every warning that nobody has accepted (`--strict`)."""
    faults = [one.as_fault() for one in open_ones(list(found))]
    if faults:
        raise InputFaults(faults)


def warnings_document(plan: Plan, found: Iterable[PlanWarning], lang: str) -> dict[str, Any]:
    """Return warnings.json: plan, input_hash, counts and every warning, sentences in `lang`."""
    listed = list(found)
    return {
        "plan": plan.spec.plan,
        "input_hash": plan.input_hash,
        "open": len(open_ones(listed)),
        "accepted": len(listed) - len(open_ones(listed)),
        "warnings": [one.as_dict(lang) for one in listed],
    }
