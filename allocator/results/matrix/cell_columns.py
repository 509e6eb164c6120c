"""Cells of a sheet as XML, a whole column at once: the bytes of xlsxwriter, without its work per cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from allocator.results.columns_of_text import taken
from solver_models.arrays import BoolArray, FloatArray, IntArray

EXACT_WHOLE = 1e15
"""Below this, whole numbers have no exponent in any of their spellings."""


@dataclass(frozen=True)
class CellColumn:
    """Cells of one column, below each other without a gap.

    Parameters
    ----------
    values
        Shape (k,): numbers (what is not finite is an empty cell) or texts; with a formula, its result.
    formats
        The formats in use.
    look
        Which of the formats each cell has, shape (k,).
    formulas
        Formula of each cell, without its equals sign; None = there are none.
    calculated
        Cells that bear their formula, shape (k,); None = all.
    """

    values: FloatArray | Sequence[str]
    formats: Sequence[Format]
    look: IntArray
    formulas: pa.StringArray | None = None
    calculated: BoolArray | None = None


def row_texts(columns: Sequence[CellColumn], first_row: int, string_index: Callable[[str], int]) -> list[str]:
    """Return the cells of each row as XML, for columns that stand beside each other from column A on.

    Parameters
    ----------
    first_row
        Row of the first cells, counted from 0.
    string_index
        Returns the place of a text in the table of texts that the sheets of a workbook share.
    """
    count = len(columns[0].values)
    row = pc.cast(pa.array(np.arange(first_row + 1, first_row + 1 + count)), pa.string())
    pieces: list[pa.StringArray | str] = []
    for number, column in enumerate(columns):
        styles = [f'" s="{form._get_xf_index()}"' for form in column.formats]
        pieces += [f'<c r="{xl_col_to_name(number)}', row, taken(styles, column.look)]
        pieces += [_after_style(column, string_index)]
    texts: list[str] = pc.binary_join_element_wise(*pieces, "").to_pylist()
    return texts


def _after_style(column: CellColumn, string_index: Callable[[str], int]) -> pa.StringArray:
    """Return what follows the style of each cell: its type, formula and value."""
    values = column.values
    if not isinstance(values, np.ndarray):
        if column.formulas is None:
            return _joined(' t="s"><v>', _indices(values, string_index), "</v></c>")
        kinds = ["" if words == "" else ' t="str"' for words in values]
        shown = pa.array([escape(words, quote=False) for words in values], pa.string())
        return _joined(pa.array(kinds, pa.string()), "><f>", column.formulas, "</f><v>", shown, "</v></c>")
    if column.formulas is None:
        return _numbers(values)
    calculated = _joined("><f>", column.formulas, "</f><v>", number_texts(values, repr, ".0"), "</v></c>")
    if column.calculated is None or column.calculated.all():
        return calculated
    return pc.if_else(pa.array(column.calculated), calculated, _numbers(values))


def _numbers(values: FloatArray) -> pa.StringArray:
    """Return cells with a number; what is not finite is an empty cell."""
    known = np.isfinite(values)
    filled = _joined("><v>", number_texts(values, "{:.16G}".format, ""), "</v></c>")
    return filled if known.all() else pc.if_else(pa.array(known), filled, "/>")


def _indices(values: Sequence[str], string_index: Callable[[str], int]) -> pa.StringArray:
    return pc.cast(pa.array([string_index(words) for words in values], pa.int64()), pa.string())


def number_texts(values: FloatArray, spell: Callable[[float], str], after_whole: str) -> pa.StringArray:
    """Return each number as `spell` does, empty where it is not finite; whole ones are spelled at once.

    Parameters
    ----------
    after_whole
        What `spell` puts behind the digits of a whole number.
    """
    whole = (values == np.rint(values)) & (np.abs(values) < EXACT_WHOLE) & ~_is_minus_zero(values)
    digits = pc.cast(pa.array(np.where(whole, values, 0.0).astype(np.int64)), pa.string())
    texts = _joined(digits, after_whole) if after_whole else digits
    rest = np.flatnonzero(~whole)
    if not len(rest):
        return texts
    spelled = [spell(value) if value - value == 0 else "" for value in values[rest].tolist()]
    place = np.arange(len(values))
    place[rest] = len(values) + np.arange(len(rest))
    return pa.concat_arrays([texts, pa.array(spelled, pa.string())]).take(pa.array(place))


def _is_minus_zero(values: FloatArray) -> BoolArray:
    return np.asarray((values == 0) & np.signbit(values))


def _joined(*pieces: pa.StringArray | str) -> pa.StringArray:
    return pc.binary_join_element_wise(*pieces, "")
