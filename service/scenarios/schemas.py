"""What goes in and out of scenarios."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, JsonValue

from service.accounts.schemas import AMOUNT, Name, Schema
from service.plans.schemas import WarningView

Text = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
Id = Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_]+$")]
Label = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Short = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Amount = Annotated[
    Decimal, Field(ge=0, le=10**15, allow_inf_nan=False, max_digits=24, decimal_places=6), AMOUNT
]
ChangeBody = Annotated[dict[str, JsonValue], Field(max_length=50)]
Changes = Annotated[list[ChangeBody], Field(max_length=5000)]


class ScenarioCreate(Schema):
    """A scenario over the plan itself, or over another scenario."""

    name: Name
    parent_id: Id | None = None
    changes: Changes = []
    note: Text = ""


class ScenarioChange(Schema):
    """What may be edited; what is left out stays. `parent_id: null` puts it over the plan itself."""

    name: Name | None = None
    parent_id: Id | None = None
    changes: Changes | None = None
    note: Text | None = None


class ScenarioClone(Schema):
    """The name of the copy."""

    name: Name
    note: Text | None = None


class ScenarioView(Schema):
    """A scenario as others see it; every change bears its sentences."""

    scenario_id: str
    plan_id: str
    name: str
    parent_id: str | None
    changes: list[dict[str, Any]]
    sentences: dict[str, list[str]]
    note: str
    created_by: str
    created_at: datetime
    version: int


class ScenarioPage(Schema):
    """Scenarios by id; `next` is the cursor of the next page."""

    items: list[ScenarioView]
    next: str | None


class Pin(Schema):
    """A number that is fixed, and why."""

    measure: Label
    node: Label
    product: Label = "*"
    amount: Amount
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
    owner: Short = ""


class PinView(Schema):
    """A pin as it is kept; the amount as decimal text."""

    measure: str
    node: str
    product: str
    amount: str
    reason: str
    owner: str


class Pins(Schema):
    """All pins that a scenario sets itself (not those of its parents)."""

    items: Annotated[list[Pin], Field(max_length=5000)]


class PinsView(Schema):
    """The pins that a scenario sets itself."""

    items: list[PinView]


class PlanFault(Schema):
    """One thing wrong: where, what, what to do."""

    file: str
    row: int
    column: str
    value: str
    code: str
    message: str
    hint: str


class Contradiction(Schema):
    """Rules that cannot hold together, as the trees alone show; amounts as decimal text."""

    measure: str
    node_id: str
    product_id: str
    least: str
    most: str
    rules: list[str]


class Validation(Schema):
    """What can be said without a solve. `log` says what the changes make different.

    `presence` says what was inferred about when reps came, where org.csv does not say it.
    """

    valid: bool
    faults: list[PlanFault]
    warnings: list[WarningView]
    contradictions: list[Contradiction]
    log: list[str]
    presence: list[str]


class TypedRow(Schema):
    """A target that a person typed for a rep and a product."""

    measure: Label
    node_id: Label
    product_id: Label
    amount: Amount


class Typed(Schema):
    """Typed targets; cells that are not named count as 0 in the measures that are."""

    rows: Annotated[list[TypedRow], Field(min_length=1, max_length=200_000)]


class TotalScore(Schema):
    """A total and what is missing."""

    product_id: str
    target: str
    min: str | None
    max: str | None
    short_by: str


class RuleScore(Schema):
    """A rule at a node that binds, gives way or is broken."""

    rule_id: str
    kind: str
    tier: int
    owner: str
    node_id: str
    product_id: str
    value: float | None
    min: float | None
    max: float | None
    status: str
    short_by: str


class IdleCell(Schema):
    """A target where nobody can carry one."""

    node_id: str
    product_id: str
    target: str


class Score(Schema):
    """What typed targets of a measure keep and miss; `rules_held` counts those with room left."""

    measure: str
    allowed: bool
    distance: float
    totals: list[TotalScore]
    rules: list[RuleScore]
    rules_held: int
    idle_cells: list[IdleCell]


class Scores(Schema):
    """One score per measure that was typed."""

    items: list[Score]
