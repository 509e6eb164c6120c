"""A sweep spelled out: every run with its changes, in a fixed order."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

import numpy as np

from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.texts import worded
from scenarios.changes.change import Change
from scenarios.changes.kinds import KINDS, read_change
from scenarios.files.sweep_file import Axis, MonteCarlo, SweepFile
from scenarios.files.values import NONE
from scenarios.scenario import BASE, Chain, Scenario

SHORT_FORMS = ("total", "fairness", "hedge")
SCENARIO, GRID, DRAWS = "scenario", "grid", "monte_carlo"


@dataclass(frozen=True)
class Run:
    """One plan to solve.

    Parameters
    ----------
    name
        Unique in the sweep.
    scenario
        Name of the scenario it starts from; `base` = the plan itself.
    kind
        `scenario`, `grid` or `monte_carlo`.
    point
        Axis -> value as text; for draws `draw` -> number.
    chain
        Everything that is laid over the plan.
    """

    name: str
    scenario: str
    kind: str
    point: tuple[tuple[str, str], ...]
    chain: Chain


def spell_out_runs(sweep: SweepFile, plan: Plan, learned_growth: Callable[[], float]) -> tuple[Run, ...]:
    """Return every run: the plan itself, the scenarios, the grid over each, the draws over each.

    Parameters
    ----------
    learned_growth
        Growth that is expected without any plan, where neither file says one; asked only if needed.

    Raises
    ------
    InputFaults
        If an axis does not fit the plan.
    """
    faults = FaultCollector()
    axes = [_changes_of(axis, plan, faults) for axis in sweep.axes]
    draws = tuple(_draws(sweep.monte_carlo, plan, learned_growth, faults)) if sweep.monte_carlo else ()
    faults.raise_if_any()
    runs = [Run(BASE, BASE, SCENARIO, (), ())]
    runs += [Run(chain[-1].name, chain[-1].name, SCENARIO, (), chain) for chain in sweep.chains]
    for chain in sweep.chains or ((),):
        start = chain[-1].name if chain else BASE
        for choice in product(*axes) if axes else ():
            point = tuple((axis.name, label) for axis, (label, _) in zip(sweep.axes, choice, strict=True))
            changes = tuple(change for _, changes in choice for change in changes)
            name = f"{start} | " + ", ".join(f"{axis}={label}" for axis, label in point)
            runs.append(Run(name, start, GRID, point, (*chain, Scenario(name, changes, start, file="grid"))))
        for number, changes in enumerate(draws, start=1):
            name = f"{start} | draw {number}"
            top = Scenario(name, changes, start, file="monte_carlo")
            runs.append(Run(name, start, DRAWS, (("draw", str(number)),), (*chain, top)))
    return tuple(runs)


def moved_run(sweep: SweepFile, plan: Plan, run: Run, axis: str, value: Decimal | str) -> Run | None:
    """Return a run of the grid with another value of one axis; None where the change does not take it."""
    faults = FaultCollector()
    point = {**dict(run.point), axis: _label(value)}
    changes: list[Change] = []
    for one in sweep.axes:
        wanted = value if one.name == axis else next(v for v in one.values if _label(v) == point[one.name])
        for _, made in _changes_of(replace(one, values=(wanted,)), plan, faults):
            changes += made
    if len(faults):
        return None
    name = f"{run.scenario} | " + ", ".join(f"{key}={label}" for key, label in point.items())
    top = Scenario(name, tuple(changes), run.scenario, file=GRID)
    return Run(name, run.scenario, GRID, tuple(point.items()), (*run.chain[:-1], top))


def _label(value: Decimal | str) -> str:
    return format(value, "f") if isinstance(value, Decimal) else value


def _changes_of(axis: Axis, plan: Plan, faults: FaultCollector) -> list[tuple[str, tuple[Change, ...]]]:
    """Return the label and the changes of every value of an axis."""
    template, vary = _template(axis, plan, faults)
    if template is None:
        return []
    found: list[tuple[str, tuple[Change, ...]]] = []
    for value in axis.values:
        label = _label(value)
        if label == NONE:
            found.append((NONE, ()))
            continue
        if axis.name == "total" and "kind" not in axis.fields:
            if not isinstance(value, Decimal) or value <= -1:
                _refuse(faults, axis, label, worded("fault.axis.total"))
                continue
            written = {**template, vary: str(1 + value)}
        else:
            written = {**template, vary: label}
        change = read_change(written, f"grid.{axis.name}", len(found) + 1, faults)
        if change is not None:
            found.append((label, (change,)))
    return found


def _template(axis: Axis, plan: Plan, faults: FaultCollector) -> tuple[dict[str, object] | None, str]:
    """Return the change of an axis without the field that varies, and the name of this field."""
    fields = dict(axis.fields)
    if "kind" in fields:
        vary = str(fields.pop("vary", ""))
        kind = KINDS.get(str(fields["kind"]))
        if kind is None or vary not in kind.model_fields or vary == "kind":
            names = ", ".join(kind.model_fields) if kind else ", ".join(KINDS)
            _refuse(faults, axis, vary or fields["kind"], worded("fault.axis.vary", names=names))
            return None, ""
        return fields, vary
    if axis.name == "hedge":
        return {"kind": "set_over_assignment", "level": _rep_level(plan), **fields}, "share"
    measures = list(plan.spec.measures)
    if axis.name not in SHORT_FORMS:
        forms = ", ".join(SHORT_FORMS)
        _refuse(faults, axis, axis.name, worded("fault.axis.forms", names=forms))
        return None, ""
    if "measure" not in fields and len(measures) > 1:
        _refuse(faults, axis, "", worded("fault.axis.measure", measure=measures[0]))
        return None, ""
    fields.setdefault("measure", measures[0])
    if axis.name == "total":
        return {"kind": "scale_total", "products_follow": "true", **fields}, "factor"
    return {"kind": "set_fairness_band", "level": _rep_level(plan), **fields}, "max"


def _refuse(faults: FaultCollector, axis: Axis, value: object, message: str) -> None:
    hint = worded("fault.axis.hint")
    faults.add("grid", 0, f"grid.{axis.name}", value, code="bad-axis", message=message, hint=hint)


def _rep_level(plan: Plan) -> str:
    inner = set(plan.org["parent_id"])
    levels = plan.org["level"][~plan.org["node_id"].isin(inner)]
    return str(levels.mode().iat[0])


def _draws(
    wanted: MonteCarlo, plan: Plan, learned_growth: Callable[[], float], faults: FaultCollector
) -> Iterator[tuple[Change, ...]]:
    """Yield the changes of every draw; draw k is the same however many there are."""
    made = plan.commitments[plan.commitments["actual"].isna()]["measure"]
    committed = [measure for measure in plan.spec.measures if (made == measure).any()]
    growth = wanted.growth
    mean = 0.0
    if growth is not None:
        stated = plan.spec.attainment.growth if growth.mean is None else growth.mean
        mean = learned_growth() if stated is None else stated
    for number in range(1, wanted.runs + 1):
        luck = np.random.Generator(np.random.PCG64([wanted.seed, number]))
        shock, seed = float(luck.standard_normal()), int(luck.integers(0, 2**62))
        listed: list[Mapping[str, object]] = []
        if growth is not None:
            value = max(-0.95, mean + growth.sd * shock)
            listed.append(
                {"kind": "set", "path": "attainment.growth", "value": format(Decimal(f"{value:.12f}"), "f")}
            )
        if wanted.commitments is not None:
            for measure in [wanted.commitments.measure] if wanted.commitments.measure else committed:
                scatter = {"kind": "scatter_commitments", "measure": measure, "spread": wanted.commitments.sd}
                listed.append({**scatter, "seed": seed})
        if wanted.attrition is not None:
            listed.append({"kind": "attrition", **wanted.attrition.model_dump(), "seed": seed})
        read = [read_change(one, "monte_carlo", number, faults) for one in listed]
        yield tuple(change for change in read if change is not None)
