"""What goes in and out of runs."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from service.accounts.schemas import NUMBER, Schema

Status = Literal["queued", "running", "succeeded", "stopped", "infeasible", "at_fault", "failed", "cancelled"]


class RunCreate(Schema):
    """What may be chosen for a run; all of it may be left out.

    Without `revision` the newest one is taken. `time_limit` in seconds and `memory_limit` in megabytes
    are cut to what the service allows.
    """

    revision: Annotated[int, Field(ge=1, le=2**31 - 1), NUMBER] | None = None
    engine: Annotated[str, Field(pattern=r"^(auto|fast|highs|exact|pulp:[A-Za-z0-9_]{1,40})$")] = "auto"
    lang: Literal["en", "zh"] = "en"
    with_workbook: bool = False
    time_limit: Annotated[float, Field(ge=1, le=10**6, allow_inf_nan=False), NUMBER] | None = None
    memory_limit: Annotated[int, Field(ge=256, le=10**7), NUMBER] | None = None


BasisWord = Literal["learned", "stated", "assumed"]


class ChanceBasis(Schema):
    """What chances rest on, part by part; the range is wide where a part had to be assumed.

    The sentence is in the language of the caller, within the key figures of a run in that of the run.
    """

    growth: BasisWord
    season: BasisWord
    spread: BasisWord
    shared: BasisWord
    is_wide: bool
    growth_years: int
    forecasts: int
    region_years: int
    sentence: str


class RunView(Schema):
    """A run without its result.

    `kpis` are key figures by measure, amounts as decimal text, with what the chances among them rest on
    (`chance_basis`). Who sees a part of the company sees neither key figures nor reasons nor files.
    """

    run_id: str
    plan_id: str
    revision_id: str
    scenario_id: str | None
    kind: str
    status: Status
    phase: str
    reason: str
    attempt: int
    wish: str
    options: dict[str, Any]
    time_limit: float
    memory_limit: int
    input_hash: str
    result_hash: str
    kpis: dict[str, dict[str, Any]]
    files: list[str]
    retry_of: str | None
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunPage(Schema):
    """Runs, the newest first; `next` is the cursor of the next page."""

    items: list[RunView]
    next: str | None


class ResultRow(Schema):
    """A target as the files have it: numbers as decimal text, null where it is not defined."""

    measure: str
    node_id: str
    level: str | None
    product_id: str
    target: str
    last_year: str | None
    growth: str | None
    anchor: str | None
    ratio: str | None
    children_sum: str | None


class ResultPage(Schema):
    """Targets in the order of the files; `next` is the cursor of the next page."""

    items: list[ResultRow]
    next: str | None


class Step(Schema):
    """One step of a target: its amount, its name in both languages, its sentence in that of the run."""

    step: str
    name: dict[str, str]
    amount: str
    text: str | None


class BindingRule(Schema):
    """A rule that binds or gave way at the node, above it or below it."""

    rule_id: str
    kind: str
    node_id: str
    product_id: str
    status: str
    value: str | None
    min: str | None
    max: str | None
    price: str | None
    tier: str
    owner: str | None
    short_by: str | None
    text: str | None


class ExplainedTarget(Schema):
    """A target with the steps that add up to it and the rules that moved it, strongest price first."""

    measure: str
    node_id: str
    product_id: str
    target: str
    last_year: str | None
    growth: str | None
    anchor: str | None
    ratio: str | None
    steps: list[Step]
    rules: list[BindingRule]


class Explanation(Schema):
    """The number of a node and product in every measure that was asked for."""

    items: list[ExplainedTarget]
