"""How a comparison names its causes, figures and rules."""

from collections.abc import Iterator, Sequence

import numpy as np

from allocator.attainment.basis import basis_lines
from allocator.texts import CATALOGUE, text
from scenarios.comparison.board import Board
from scenarios.comparison.comparison import Against, MeasureComparison
from scenarios.comparison.names import Names
from scenarios.comparison.tidy import is_all_products
from scenarios.kpis import CHANCES
from scenarios.whatif_words import kpi_text
from solver_models.arrays import IntArray

CHURN = ("moved", "reps_changed", "largest")
SHOWN_PLACES = 4


def cause_name(cause: str, lang: str) -> str:
    """Return a step by its name for people; a change bears its own sentence."""
    return text(f"cause.{cause}", lang) if f"cause.{cause}" in CATALOGUE else cause


def figure_rows(one: MeasureComparison, places: int, lang: str) -> Iterator[list[str]]:
    """Yield the rows of the table of key figures: name, then one figure per result."""
    for name in one.figures[0]:
        values = [figures[name] for figures in one.figures]
        if any(value is not None for value in values):
            yield [text(f"kpi.{name}", lang), *(kpi_text(name, value, places) for value in values)]
    for name in CHURN if one.churn is not None else ():
        values = [figures[name] for figures in one.churn or ()]
        yield [
            text(f"compare.churn_{name}", lang),
            *("-" if value is None else f"{value:.1%}" for value in values),
        ]


def chance_lines(one: MeasureComparison, names: Sequence[str], lang: str) -> list[str]:
    """Say what the chances among the key figures rest on; nothing where no result shows a chance."""
    shown = [any(figures.get(name) is not None for name in CHANCES) for figures in one.figures]
    sides = zip(names, one.bases, shown, strict=True)
    bases = {name: basis for name, basis, has_chance in sides if has_chance}
    return basis_lines(bases, lang) if bases else []


def rule_rows(one: Against, names: Names, lang: str) -> list[list[str]]:
    """Return rule, change, number of places, and the first of them."""
    return [
        [
            change["rule_id"],
            text(f"compare.{change['change']}", lang),
            f"{change['count']:,}",
            ", ".join(names.place(place) for place in change["nodes"][:SHOWN_PLACES])
            + (" …" if change["count"] > SHOWN_PLACES else ""),
        ]
        for change in one.rules
    ]


def nodes_above_reps(board: Board) -> IntArray:
    """Positions of the whole targets of all nodes above the reps, in tree order."""
    inner = is_all_products(board) & ~board.cells["is_rep"].to_numpy(bool)
    return np.flatnonzero(inner).astype(np.int64)
