"""What every change is: a frozen, checked record that knows its sentence and how to make itself."""

from abc import abstractmethod
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from allocator.plan.tables import ALL_PRODUCTS
from allocator.plan.units import plain
from allocator.texts import text
from scenarios.changes.edits import PlanEdits

Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
Month: TypeAlias = Annotated[str, Field(pattern=r"^(19|20|21)\d{2}-(0[1-9]|1[0-2])$")]
Amount: TypeAlias = Annotated[Decimal, Field(ge=0, le=Decimal(10) ** 15, allow_inf_nan=False)]
Factor: TypeAlias = Annotated[FiniteFloat, Field(gt=0, le=100)]
Growth: TypeAlias = Annotated[FiniteFloat, Field(gt=-1, le=100)]
Bound: TypeAlias = Annotated[
    Decimal, Field(ge=-(Decimal(10) ** 15), le=Decimal(10) ** 15, allow_inf_nan=False)
]


class Change(BaseModel):
    """Base of all kinds: unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
    kind: str

    ALL: ClassVar[str] = ALL_PRODUCTS
    """All products together."""

    @abstractmethod
    def make(self, edits: PlanEdits) -> None:
        """Lay the change over the plan; what is wrong with it becomes a fault."""

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {name: shown(value) for name, value in self.model_dump().items()}

    def phrase(self) -> str:
        """Return the part of the sentence's key after `change.`."""
        return self.kind

    def sentence(self, lang: str) -> str:
        """Return the change in words, `en` or `zh`."""
        return text(f"change.{self.phrase()}", lang, **self.words(lang))


def shown(value: object) -> str:
    """Return a value for a sentence: amounts with thousands, nothing as a dash."""
    if value is None or value == "":
        return "-"
    if isinstance(value, Decimal):
        return f"{value:,f}".removesuffix(".0")
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def percent(factor: float) -> str:
    """Return a factor as a signed percentage (1.1 = +10%)."""
    points = (factor - 1) * 100
    return f"{points:+.6g}%"


def share(value: float) -> str:
    """Return a share as a percentage (0.1 = 10%)."""
    return f"{value * 100:.6g}%"


def place(measure: str, node: str | None, product: str, lang: str) -> str:
    """Return the number that is meant, in words: measure of a node and a product."""
    key = ("node" if node else "company") + ("" if product == ALL_PRODUCTS else "_product")
    return text(f"change.place.{key}", lang, measure=measure, node=node or "", product=product)


def written(amount: Decimal | None) -> str:
    """Return an amount as a table holds it; empty where none is given."""
    return "" if amount is None else plain(amount)


def whole(amount: Decimal | float, unit: Decimal) -> Decimal:
    """Return the multiple of the unit nearest to an amount."""
    exact = Decimal(repr(amount)) if isinstance(amount, float) else amount
    return ((exact / unit).to_integral_value(ROUND_HALF_EVEN) * unit).normalize() + 0
