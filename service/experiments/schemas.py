"""What goes in and out of experiments."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.accounts.schemas import NUMBER, Name, Schema
from service.runs.schemas import ChanceBasis

Identifier = Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_]+$")]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Whole = Annotated[int, Field(ge=-(10**15), le=10**15), NUMBER]
Value = Text | Whole | Annotated[float, Field(ge=-1e15, le=1e15), NUMBER]
AxisFields = Annotated[dict[Text, Value | list[Value]], Field(max_length=20)]
Axis = Text | Annotated[list[Value], Field(max_length=500)] | AxisFields
Rule = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]


class ExperimentCreate(Schema):
    """Scenarios times a grid; the plan itself is always among the runs, as the first."""

    plan_id: Identifier
    name: Name
    scenario_ids: Annotated[list[Identifier], Field(max_length=100)] = []
    grid: Annotated[dict[Text, Axis], Field(max_length=6)] = {}


class ExperimentRunView(Schema):
    """One cell of the grid and what became of it; `chance_basis` says what its chances rest on."""

    position: int
    name: str
    scenario: str
    point: dict[str, str]
    run_id: str
    status: str
    reason: str
    kpis: dict[str, dict[str, float | None]]
    chance_basis: dict[str, ChanceBasis]


class ExperimentView(Schema):
    """An experiment; `ended` counts the runs that are over."""

    experiment_id: str
    plan_id: str
    name: str
    runs: int
    ended: int
    created_by: str
    created_at: datetime


class ExperimentPage(Schema):
    """Experiments by id; `next` is the cursor of the next page."""

    items: list[ExperimentView]
    next: str | None


class ExperimentRunPage(Schema):
    """Runs by position; `next` is the cursor of the next page."""

    items: list[ExperimentRunView]
    next: int | None


class AcceptanceCreate(Schema):
    """Rules such as `gini <= baseline` or `company_probability >= 0.7`; the baseline is a position."""

    rules: Annotated[list[Rule], Field(min_length=1, max_length=50)]
    baseline: Annotated[int, Field(ge=0, le=100_000), NUMBER] = 0


class VerdictView(Schema):
    """What became of one rule in one measure; a rule about a chance says what the chance rests on."""

    rule: str
    measure: str
    value: float | None
    limit: float | None
    passed: bool
    text: str
    chance_basis: ChanceBasis | None = None


class RunVerdict(Schema):
    """What became of the rules in one run; a run without a result is not accepted."""

    position: int
    name: str
    run_id: str
    status: str
    accepted: bool
    verdicts: list[VerdictView]


class AcceptanceView(Schema):
    """An acceptance of all runs of an experiment."""

    acceptance_id: str
    experiment_id: str
    rules: list[str]
    baseline: int
    accepted: int
    runs: list[RunVerdict]
    created_by: str
    created_at: datetime
