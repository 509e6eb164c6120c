"""SCENARIOS.yaml: scenarios, a grid over them, a Monte Carlo, acceptance rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import prod
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from allocator.plan.faults import FaultCollector, NearMatches
from allocator.texts import worded
from allocator.wording import Wording
from scenarios.acceptance import Acceptance, read_acceptance
from scenarios.files.plain import read_plain
from scenarios.files.scenario_file import refuse_unknown_keys, scenario_of
from scenarios.files.values import axis_values, value_count
from scenarios.library_words import said_of
from scenarios.scenario import BASE, Chain, Scenario, chain_of

KEYS = ("name", "note", "scenarios", "grid", "monte_carlo", "acceptance", "baseline")
MOST_RUNS = 10_000
"""More runs than this are refused unless the limit is raised."""


@dataclass(frozen=True)
class Axis:
    """One dimension of a grid.

    Parameters
    ----------
    fields
        What was written about the axis but its values: kind, vary and further fields of the change, or
        the fields of a short form.
    """

    name: str
    values: tuple[Decimal | str, ...]
    fields: Mapping[str, object] = field(default_factory=dict)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UncertainGrowth(_Part):
    """Expected growth of the company's sales: normal."""

    mean: float | None = Field(default=None, gt=-1, le=10)
    """What plan.yaml says, or what is learned from history, by default."""
    sd: float = Field(gt=0, le=1)


class UncertainCommitments(_Part):
    """Commitments: lognormal factors with mean 1."""

    measure: str | None = None
    sd: float = Field(gt=0, le=2)


class UncertainAttrition(_Part):
    """Reps who leave within the plan."""

    rate: float = Field(gt=0, le=1)
    backfill: bool = True
    ramp: str = ""


class MonteCarlo(_Part):
    """Uncertain inputs, drawn `runs` times."""

    runs: int = Field(ge=1, le=1_000_000)
    seed: int = Field(default=20260101, ge=0, lt=2**63)
    growth: UncertainGrowth | None = None
    commitments: UncertainCommitments | None = None
    attrition: UncertainAttrition | None = None


@dataclass(frozen=True)
class SweepFile:
    """What is to be run.

    Parameters
    ----------
    chains
        Every scenario with its parents; empty = the plan itself.
    baseline
        Chain that churn and acceptance are judged against; empty = the plan itself.
    """

    name: str
    chains: tuple[Chain, ...]
    axes: tuple[Axis, ...]
    monte_carlo: MonteCarlo | None
    acceptance: tuple[Acceptance, ...]
    baseline: Chain

    @property
    def run_count(self) -> int:
        """Number of runs: the plan itself, the scenarios, each of them times the grid, and the draws."""
        grid = prod(len(axis.values) for axis in self.axes) if self.axes else 0
        chains = len(self.chains) or 1
        return (
            1 + len(self.chains) + chains * grid + chains * (self.monte_carlo.runs if self.monte_carlo else 0)
        )


def read_sweep(path: Path, limit: int = MOST_RUNS) -> SweepFile:
    """Read SCENARIOS.yaml (or .json).

    Raises
    ------
    InputFaults
        With every fault; a grid of more than `limit` runs is one, before it is spelled out.
    """
    faults = FaultCollector()
    written = read_plain(path, faults)
    if written is not None and not isinstance(written, Mapping):
        message = worded("fault.sweep.form")
        hint = worded("fault.sweep.form.hint", names=", ".join(KEYS))
        faults.add(path.name, 0, "", "", code="wrong-shape", message=message, hint=hint)
    faults.raise_if_any()
    assert isinstance(written, Mapping) or written is None
    return sweep_of(written or {}, path.name, path.stem, limit)


def sweep_of(written: Mapping[str, object], file: str, name: str, limit: int = MOST_RUNS) -> SweepFile:
    """Return the sweep that plain values (from YAML or JSON) describe.

    Raises
    ------
    InputFaults
        With every fault; `file` is what they bear as their file.
    """
    faults = FaultCollector()
    found = _Reader(dict(written), file, faults).sweep(name, limit)
    faults.raise_if_any()
    return found


class _Reader:
    def __init__(self, written: dict[str, object], file: str, faults: FaultCollector) -> None:
        self.written, self.file, self.faults = written, file, faults

    def sweep(self, name: str, limit: int) -> SweepFile:
        refuse_unknown_keys(self.written, KEYS, self.file, "", self.faults)
        known = self._scenarios()
        chains = tuple(chain_of(scenario, known, self.faults) for scenario in known.values())
        monte_carlo = self._monte_carlo()
        axes = self._axes(limit, max(len(chains), 1), monte_carlo)
        return SweepFile(
            str(self.written.get("name") or name),
            chains,
            axes,
            monte_carlo,
            read_acceptance(self.written.get("acceptance"), self.file, self.faults),
            self._baseline(known),
        )

    def _refuse(self, column: str, value: object, code: str, message: str, hint: str) -> None:
        self.faults.add(self.file, 0, column, value, code=code, message=message, hint=hint)

    def _scenarios(self) -> dict[str, Scenario]:
        listed = self.written.get("scenarios") or []
        if not isinstance(listed, list):
            hint = worded("fault.sweep.scenarios.hint")
            self._refuse("scenarios", "", "wrong-shape", worded("fault.sweep.scenarios"), hint)
            return {}
        known: dict[str, Scenario] = {}
        for k, one in enumerate(listed, start=1):
            scenario = scenario_of(one, self.file, f"scenarios.{k}", self.faults, f"scenario-{k}")
            if scenario is not None and scenario.name in known:
                message = worded("fault.sweep.same_name", name=scenario.name)
                hint = worded("fault.sweep.same_name.hint")
                self._refuse(f"scenarios.{k}.name", scenario.name, "duplicate-name", message, hint)
            elif scenario is not None:
                known[scenario.name] = scenario
        return known

    def _baseline(self, known: Mapping[str, Scenario]) -> Chain:
        name = self.written.get("baseline")
        if name is None or name == BASE:
            return ()
        if str(name) not in known:
            otherwise = worded("fault.sweep.baseline.hint", base=BASE, names=", ".join(known))
            hint = NearMatches([BASE, *known], otherwise)(str(name))
            message = worded("fault.scenario.unknown", name=name)
            self._refuse("baseline", name, "unknown-scenario", message, hint)
            return ()
        return chain_of(known[str(name)], known, FaultCollector())

    def _axes(self, limit: int, chains: int, monte_carlo: MonteCarlo | None) -> tuple[Axis, ...]:
        grid = self.written.get("grid") or {}
        if not isinstance(grid, Mapping):
            hint = worded("fault.sweep.grid.hint")
            self._refuse("grid", "", "wrong-shape", worded("fault.sweep.grid"), hint)
            return ()
        count = prod(value_count(_values_of(one)) for one in grid.values()) if grid else 0
        draws = monte_carlo.runs if monte_carlo else 0
        total = chains * (count + draws)
        if total > limit:
            axes = " x ".join(f"{name} ({value_count(_values_of(one)):,})" for name, one in grid.items())
            message = worded(
                "fault.sweep.too_many_runs",
                total=f"{total:,}",
                chains=chains,
                what=_grid_and_draws(axes, draws),
                limit=f"{limit:,}",
            )
            self._refuse(
                "grid" if count > draws else "monte_carlo",
                "",
                "too-many-runs",
                message,
                worded("fault.sweep.too_many_runs.hint"),
            )
            return ()
        return tuple(axis for name, one in grid.items() if (axis := self._axis(str(name), one)) is not None)

    def _axis(self, name: str, written: object) -> Axis | None:
        fields = (
            {key: value for key, value in written.items() if key != "values"}
            if isinstance(written, Mapping)
            else {}
        )
        try:
            return Axis(name, axis_values(_values_of(written)), fields)
        except ValueError as error:
            hint = worded("fault.sweep.axis.hint")
            self._refuse(f"grid.{name}", _values_of(written), "bad-axis", error.args[0], hint)
            return None

    def _monte_carlo(self) -> MonteCarlo | None:
        written = self.written.get("monte_carlo")
        if written is None:
            return None
        try:
            found = MonteCarlo.model_validate(written)
        except ValidationError as error:
            for detail in error.errors():
                path = ".".join(["monte_carlo", *(str(part) for part in detail["loc"])])
                value = "" if isinstance(detail["input"], Mapping) else detail["input"]
                hint = worded("fault.sweep.monte_carlo.hint")
                self._refuse(path, value, "bad-value", said_of(detail), hint)
            return None
        if not (found.growth or found.commitments or found.attrition):
            hint = worded("fault.sweep.certain.hint")
            self._refuse("monte_carlo", "", "nothing-uncertain", worded("fault.sweep.certain"), hint)
        return found


def _grid_and_draws(axes: str, draws: int) -> Wording:
    """Return the parts of a sweep that are there, joined with a plus."""
    drawn = worded("fault.sweep.draws", count=f"{draws:,}") if draws else Wording("", "")
    plus = " + " if axes and draws else ""
    return Wording(f"{axes}{plus}{drawn}", f"{axes}{plus}{drawn.chinese}")


def _values_of(written: object) -> object:
    return written.get("values") if isinstance(written, Mapping) else written
