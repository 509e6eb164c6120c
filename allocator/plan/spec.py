"""`plan.yaml` as a typed, frozen specification."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

Id = Annotated[str, Field(min_length=1, max_length=200)]


class Spec(BaseModel):
    """Base of every part of the specification: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, strict=False)


class Growth(Spec):
    """A total given as growth over the last 12 months."""

    growth: Annotated[FiniteFloat, Field(gt=-1, le=100)]
    """total = (1 + growth) * last year's total."""


class AmountRange(Spec):
    """A total that may lie anywhere between two amounts; at least one is given."""

    min: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)] | None = None
    max: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)] | None = None


Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


class MeasureSpec(Spec):
    """One thing that is counted and allocated."""

    kind: Literal["outcome", "activity"] = "outcome"
    """outcome (结果性指标) or activity (过程性指标)."""
    unit: str = Field(min_length=1)
    """What the numbers count: a currency code, `count`, `hours` ..."""
    round_to: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)] = Decimal(1)
    """Every target is a whole multiple of this."""
    total: Amount | Growth
    """The company target."""


class BlendWeights(Spec):
    """Weights of the three sources of the baseline; they are scaled to sum to 1 over what is present."""

    history: Annotated[FiniteFloat, Field(ge=0)] = 0.0
    potential: Annotated[FiniteFloat, Field(ge=0)] = 0.0
    commitment: Annotated[FiniteFloat, Field(ge=0)] = 0.0


class PlanSpec(Spec):
    """The whole of `plan.yaml`."""

    plan: Id
    """Id of the plan."""
    name: str = ""
    start: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    """First month, YYYY-MM."""
    months: Annotated[int, Field(ge=1, le=12)] = 12
    currency: str = ""
    encoding: str = "utf-8"
    """Encoding of the csv files where it is not UTF-8 (`gbk`, say); marks (BOM) win over it."""
    measures: Annotated[dict[Id, MeasureSpec], Field(min_length=1)]
    product_totals: dict[Id, dict[Id, Amount | Growth | AmountRange]] = {}
    """Per measure: product or product line -> amount, growth or range."""
    baseline: BlendWeights | Literal["auto"] = "auto"
    commitment_cap: Annotated[FiniteFloat, Field(ge=0, le=1)] = 0.5
    """The most an anchor may move per unit that a rep's own commitment moves."""
    over_assignment: dict[str, Annotated[FiniteFloat, Field(ge=0, le=1)]] = {}
    """Level -> sum of the children of that level / their parent - 1."""
    seasonality: Literal["history", "even", "table"] = "history"
    """`table` reads seasonality.csv."""
    stretch_levels: dict[str, Annotated[FiniteFloat, Field(gt=0)]] = {"base": 1.0}
    """Names and factors shown beside each target (目标 / 冲刺 / 挑战)."""
