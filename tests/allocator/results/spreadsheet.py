"""A small calculator for the formulas of our workbooks: what a spreadsheet would show, worked out apart.

It knows only the functions our sheets use. Formulas are read from the file, so that a wrong
reference shows as a wrong number.
"""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

TOKEN = re.compile(
    r"""(?P<string>"[^"]*")
    |(?P<sheet>'(?:[^']|'')+'!)?(?P<ref>\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)(?![A-Za-z(])
    |(?P<equal>(?<![<>])=)
    |(?P<minus>--)""",
    re.VERBOSE,
)


class Empty(float):
    """An empty cell: 0 where it is counted, "" where it is compared with a text."""

    def __eq__(self, other: object) -> bool:
        return other == "" or other == 0

    __hash__ = float.__hash__


class Calculator:
    """Works out the formulas of a workbook that was read with its formulas."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._known: dict[tuple[str, str], Any] = {}

    def value(self, sheet: str, cell: str) -> Any:
        """What a cell shows: a number, a text, or None where it is empty."""
        key = (sheet, cell)
        if key not in self._known:
            content = self._book[sheet][cell]
            is_formula = content.data_type == "f"
            self._known[key] = self._evaluate(sheet, content.value) if is_formula else content.value
        return self._known[key]

    def formulas(self) -> list[tuple[str, str, str]]:
        """Sheet, cell and text of every formula."""
        return [
            (sheet.title, cell.coordinate, cell.value)
            for sheet in self._book
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]

    def _evaluate(self, sheet: str, formula: str) -> Any:
        def translated(match: re.Match[str]) -> str:
            if match["string"] is not None:
                return match["string"]
            if match["equal"] is not None:
                return "=="
            if match["minus"] is not None:
                return "1*"
            name = match["sheet"][1:-2].replace("''", "'") if match["sheet"] else sheet
            return f"look({name!r}, {match['ref'].replace('$', '')!r})"

        expression = TOKEN.sub(translated, formula[1:])
        with np.errstate(all="ignore"):
            found = eval(expression, {"__builtins__": {}}, {"look": self._look, **FUNCTIONS})
        return found.item() if isinstance(found, np.generic) else found

    def _look(self, sheet: str, reference: str) -> Any:
        if ":" not in reference:
            value = self.value(sheet, reference)
            if value is None:
                return Empty()
            return np.float64(value) if isinstance(value, int | float) else value
        left, top, right, bottom = range_boundaries(reference)
        values = [
            self.value(sheet, self._book[sheet].cell(row, column).coordinate)
            for row in range(int(top or 1), int(bottom or 1) + 1)
            for column in range(int(left or 1), int(right or 1) + 1)
        ]
        if any(isinstance(value, str) for value in values):
            return np.array(["" if value is None else value for value in values], object)
        return np.array([0.0 if value is None else value for value in values], np.float64)


def _round(value: float, places: float) -> float:
    """Halves away from zero; 2.4999999999 counts as a half, as in a spreadsheet."""
    scaled = round(abs(value) * 10**places, 9)
    return float(np.copysign(np.floor(scaled + 0.5) / 10**places, value))


def _sum_if(where: np.ndarray, wanted: Any, values: np.ndarray) -> Any:
    if isinstance(wanted, np.ndarray):
        return np.array([values[where == one].sum() for one in wanted])
    return values[where == wanted].sum()


def _count_if(where: np.ndarray, wanted: Any) -> Any:
    if isinstance(wanted, np.ndarray):
        return np.array([(where == one).sum() for one in wanted])
    return (where == wanted).sum()


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ROUND": _round,
    "SUMIF": _sum_if,
    "COUNTIF": _count_if,
    "SUM": lambda values: values.sum(),
    "SUMPRODUCT": lambda values: np.sum(values),
    "ABS": np.abs,
    "IF": lambda condition, then, otherwise: then if condition else otherwise,
    "AND": lambda *conditions: all(conditions),
}
