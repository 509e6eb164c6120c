"""A scenario: a parent and a list of changes, never a copy of a plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from allocator.errors import InputFaults
from allocator.plan.faults import FaultCollector, NearMatches
from allocator.plan.plan import Plan
from allocator.plan.rebuilding import PlanSheets
from allocator.texts import worded
from scenarios.changes.apply import Applied, apply_changes, changes_hash
from scenarios.changes.change import Change
from scenarios.changes.edits import LogEntry
from scenarios.changes.plan_texts import CHANGES, Reference

BASE = "base"
"""Name of the plan itself, without any change."""
DEEPEST = 50


@dataclass(frozen=True)
class Scenario:
    """Changes with a name, laid over a parent.

    Parameters
    ----------
    parent
        Name of another scenario; None = the plan itself.
    file
        What faults of its changes bear as their file.
    """

    name: str
    changes: tuple[Change, ...] = ()
    parent: str | None = None
    note: str = ""
    file: str = CHANGES


Chain = tuple[Scenario, ...]
"""A scenario and all its parents, the oldest first."""


def chain_of(scenario: Scenario, known: Mapping[str, Scenario], faults: FaultCollector) -> Chain:
    """Return a scenario with its parents; unknown parents and cycles go to `faults`."""
    chain = [scenario]
    names = [scenario.name]
    while chain[-1].parent not in (None, BASE):
        parent = str(chain[-1].parent)
        found = known.get(parent)
        problem, hint = "", ""
        if parent in names:
            circle = " -> ".join([*names[names.index(parent) :], parent])
            code, problem = "cycle", worded("fault.scenario.circle", circle=circle)
            hint = worded("fault.scenario.circle.hint")
        elif found is None:
            code, problem = "unknown-parent", worded("fault.scenario.unknown", name=parent)
            names_known = [name for name in known if name != scenario.name]
            otherwise = (
                worded("fault.scenario.known", names=", ".join(names_known))
                if names_known
                else worded("fault.scenario.no_others")
            )
            hint = NearMatches(names_known, otherwise)(parent)
        elif len(chain) >= DEEPEST:
            code, problem = "too-deep", worded("fault.scenario.too_deep", most=DEEPEST)
            hint = worded("fault.scenario.too_deep.hint")
        if problem or found is None:
            faults.add(
                scenario.file, 0, f"{scenario.name}.parent", parent, code=code, message=problem, hint=hint
            )
            break
        chain.append(found)
        names.append(parent)
    return tuple(reversed(chain))


def chain_hash(plan: Plan, chain: Sequence[Scenario]) -> str:
    """Return the input hash of a plan under a chain of scenarios (names and notes do not count)."""
    digest = plan.input_hash
    for scenario in chain:
        if scenario.changes:
            digest = changes_hash(digest, scenario.changes)
    return digest


def apply_chain(
    plan: Plan,
    chain: Sequence[Scenario],
    reference_of: Callable[[Plan], Reference] | None = None,
    sheets_of: Callable[[Plan], PlanSheets] = PlanSheets,
) -> Applied:
    """Lay scenario after scenario over a plan.

    Parameters
    ----------
    reference_of
        Gives the targets of a plan, for changes that scale what nothing fixes.
    sheets_of
        Gives the sheets of a plan, where they are kept.

    Raises
    ------
    InputFaults
        With the faults of the first scenario that has any: the scenario as file, the position of the
        change as row.
    """
    log: list[LogEntry] = []
    touched: set[str] = set()
    for scenario in chain:
        reference = None if reference_of is None else reference_of(plan)
        try:
            applied = apply_changes(
                plan, scenario.changes, reference, sheets_of(plan) if scenario.changes else None
            )
        except InputFaults as error:
            raise InputFaults(
                [
                    replace(fault, file=scenario.file) if fault.file == CHANGES else fault
                    for fault in error.faults
                ]
            ) from None
        plan = applied.plan
        log += applied.log
        touched |= applied.touched
    return Applied(plan, tuple(log), frozenset(touched))
