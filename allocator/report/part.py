"""What a section of the report is, and the numbers that sections share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.report.markup import Content, Markup, element
from allocator.results.columns_of_text import decimals
from allocator.results.tables import as_float
from allocator.texts import text
from solver_models.arrays import FloatArray


@dataclass(frozen=True)
class Part:
    """One section: its anchor on the page, its heading and its body."""

    key: str
    title: str
    body: Markup
    starts_page: bool = False


Extras = Mapping[str, Any]
"""What is not in the allocation: `result_hash`, `backtest` (its JSON) and what colleagues' sections need."""
Section = Callable[[Allocation, Extras, str], Part | None]
"""A section function; None where it has nothing to show."""


@dataclass(frozen=True)
class Numbers:
    """Targets of one measure beside what they are compared with, shape (n_node, n_product_node) each."""

    target: FloatArray
    last_year: FloatArray
    anchor: FloatArray
    places: int

    @property
    def growth(self) -> FloatArray:
        """target / last year - 1, NaN where there was nothing."""
        return divided(self.target, self.last_year) - 1.0

    @property
    def ratio(self) -> FloatArray:
        """target / anchor, NaN without an anchor."""
        return divided(self.target, self.anchor)


def numbers_of(allocation: Allocation, result: MeasureAllocation) -> Numbers:
    """Return the numbers of every node and product of a measure, in its unit."""
    grid, round_to = allocation.labels.grid, allocation.plan.spec.measures[result.measure].round_to
    return Numbers(
        as_float(result.target_units, round_to),
        grid.roll_up_plain(result.anchors.last_year),
        grid.roll_up(result.anchors.anchor),
        decimals(round_to),
    )


def divided(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """top / bottom, NaN where the bottom is not above 0."""
    defined = bottom > 0
    return np.where(defined, top / np.where(defined, bottom, 1.0), np.nan)


def measure_heading(allocation: Allocation, measure: str, lang: str) -> Markup:
    """Heading of a measure with its unit."""
    spec = allocation.plan.spec.measures[measure]
    words = text("report.unit", lang, unit=spec.unit, round_to=f"{spec.round_to:,f}")
    return element("h3", measure, " ", element("span", words, class_="unit"))


def table(head: Content, rows: Content, class_: str | None = None) -> Markup:
    """Return a table that scrolls on a narrow screen."""
    return element(
        "div",
        element("table", element("thead", element("tr", head)), element("tbody", rows), class_=class_),
        class_="scroll",
    )


def heads(*words: Content) -> list[Markup]:
    """Headings of columns."""
    return [element("th", word) for word in words]


def cells(*words: Content) -> list[Markup]:
    """Cells of one row."""
    return [element("td", word) for word in words]


def note(words: str) -> Markup:
    """Remark in small type."""
    return element("p", words, class_="note")
