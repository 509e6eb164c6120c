"""`plan.yaml` as a typed, frozen specification."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat

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


Share = Annotated[FiniteFloat, Field(ge=0, le=1)]


class FairnessLimits(Spec):
    """When a test of fairness.json fails; `allocator run --gate` ends with an error then."""

    alpha: Share = 0.05
    """A bias test fails below this p-value (after Holm's correction) ..."""
    effect: Share = 0.3
    """... if its effect (0..1) is at least this ..."""
    gap: Annotated[FiniteFloat, Field(ge=0)] = 0.02
    """... and the medians of target / anchor that it compares are at least this far apart."""
    max_gini: Share | None = None
    """Largest Gini of target / anchor within a peer group."""
    max_spread: Annotated[FiniteFloat, Field(ge=1)] | None = None
    """Largest ratio of the largest to the smallest target / anchor within a peer group."""
    max_theil: Annotated[FiniteFloat, Field(ge=0)] | None = None
    """Largest Theil of target / anchor within a peer group."""
    min_jain: Share | None = None
    """Smallest Jain index of target / anchor within a peer group."""
    seed: Annotated[int, Field(ge=0)] = 20260101
    """Seed of the permutations."""


class AttainmentLimits(Spec):
    """What attainment.json calls healthy; only limits written in plan.yaml are gated."""

    at_goal_min: Share = 0.60
    """Smallest healthy expected share of reps at goal."""
    at_goal_max: Share = 0.75
    """Largest healthy expected share of reps at goal."""
    low: Share = 0.30
    """A target below this probability is flagged as hardly attainable."""
    high: Share = 0.90
    """A target above this probability is flagged as too easy."""
    confidence: Annotated[FiniteFloat, Field(gt=0.5, lt=1)] = 0.8
    """Confidence that the over-assignment is to give."""
    company_min: Share | None = None
    """Smallest probability that the company makes its total."""
    growth: Annotated[FiniteFloat, Field(gt=-1, le=10)] | None = None
    """Growth of the company's sales that is expected without any plan; learned from history by default."""
    correlation: Annotated[FiniteFloat, Field(ge=0, lt=1)] | None = None
    """Correlation of log sales within a region; learned by default, 0.2 where that is not possible."""
    common: Share = 0.5
    """The part of it that all regions have in common."""
    best_year: Annotated[FiniteFloat, Field(gt=0)] = 1.5
    """A target above this many times the best year on file is not achievable by history."""
    seed: Annotated[int, Field(ge=0)] = 20260101
    """Seed of the simulation."""


Attained = Annotated[str, BeforeValidator(str)]
"""An attainment as written, such as `0.7`."""


class Payout(Spec):
    """Incentive pay of the reps by attainment."""

    rate: Annotated[FiniteFloat, Field(ge=0, le=10)]
    """Pay at an attainment of 1, as a share of the target."""
    curve: Annotated[dict[Attained, Annotated[FiniteFloat, Field(ge=0)]], Field(min_length=1)] = {
        "0": 0.0,
        "1": 1.0,
    }
    """Attainment -> multiple of that pay; straight lines between, level beyond the first and the last."""

    @property
    def knots(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Attainments in ascending order, and the multiples at them."""
        pairs = sorted((float(at), multiple) for at, multiple in self.curve.items())
        return tuple(at for at, _ in pairs), tuple(multiple for _, multiple in pairs)


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
    baseline: BlendWeights | Literal["auto", "published"] = "auto"
    """`published`: the anchors are the targets in force, which potential.csv holds for the plan's months."""
    commitment_cap: Annotated[FiniteFloat, Field(ge=0, le=1)] = 0.5
    """The most an anchor may move per unit that a rep's own commitment moves."""
    over_assignment: dict[str, Annotated[FiniteFloat, Field(ge=0, le=1)]] = {}
    """Level -> sum of the children of that level / their parent - 1."""
    seasonality: Literal["history", "even", "table"] = "history"
    """`table` reads seasonality.csv."""
    stretch_levels: dict[str, Annotated[FiniteFloat, Field(gt=0)]] = {"base": 1.0}
    """Names and factors shown beside each target (目标 / 冲刺 / 挑战)."""
    fairness: FairnessLimits = FairnessLimits()
    """Limits of the tests in fairness.json."""
    attainment: AttainmentLimits = AttainmentLimits()
    """Limits and assumptions of attainment.json."""
    payout: dict[Id, Payout] = {}
    """Per measure: what the reps are paid by attainment."""
    accepted_warnings: dict[str, Annotated[str, Field(min_length=1, max_length=1000)]] = {}
    """Code of a warning -> why it is accepted (docs/warnings.md)."""
