"""Columns of texts made at once: sentences from a template, amounts with thousands separators."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from string import Formatter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from solver_models.arrays import IntArray

_PADDED, _NOTHING = 1000, 2000


def filled(template: str, count: int, columns: Mapping[str, pa.StringArray | str]) -> pa.StringArray:
    """Fill a template of the catalogue row by row: `template.format(...)` of every row at once.

    Parameters
    ----------
    count
        Number of rows.
    columns
        By field name, a column of `count` texts, or one text for all rows.

    Raises
    ------
    KeyError
        If the template has a field without a column.
    """
    pieces: list[pa.StringArray | str] = [pa.repeat("", count)]
    for literal, field, _, _ in Formatter().parse(template):
        pieces += [literal] if literal else []
        pieces += [columns[field]] if field is not None else []
    return pc.binary_join_element_wise(*pieces, "")


def taken(texts: Sequence[str], codes: IntArray) -> pa.StringArray:
    """Return the text at each code."""
    return pa.array(texts, pa.string()).take(pa.array(codes))


def scattered(parts: Sequence[tuple[IntArray, pa.StringArray]], count: int) -> pa.StringArray:
    """Put the texts of each part at its positions; together the positions are 0 .. count - 1."""
    place = np.empty(count, np.int64)
    first = 0
    for position, texts in parts:
        place[position] = np.arange(first, first + len(texts))
        first += len(texts)
    return pa.concat_arrays([pa.array([], pa.string()), *(texts for _, texts in parts)]).take(pa.array(place))


def with_plus(amounts: pa.StringArray, units: IntArray) -> pa.StringArray:
    """Put a plus before the amounts that are not negative."""
    return pc.binary_join_element_wise(taken(["", "+"], (units >= 0).astype(np.int8)), amounts, "")


def amount_texts(units: IntArray, round_to: Decimal) -> pa.StringArray:
    """Units times `round_to` with thousands separators, as `format(x, ",.nf")` writes them.

    n is the number of decimals of `round_to`.
    """
    sign, digits, exponent = round_to.normalize().as_tuple()
    places = max(0, -int(exponent))
    scaled = np.abs(units) * (int("".join(map(str, digits))) * 10 ** max(0, int(exponent)))
    whole, part = np.divmod(scaled, 10**places)
    signs = taken(["-", ""], (units >= 0).astype(np.int8))
    pieces = [signs, *_groups(whole)]
    if places:
        # the leading 1 keeps the zeros of the fraction and is cut off again
        fraction = pc.cast(pa.array(part + 10**places), pa.string())
        pieces.append(pc.binary_join_element_wise(".", pc.utf8_slice_codeunits(fraction, 1), ""))
    return pc.binary_join_element_wise(*pieces, "")


def _groups(whole: IntArray) -> list[pa.StringArray]:
    """Groups of three digits of numbers >= 0, highest first; absent ones are empty."""
    groups: list[pa.StringArray] = []
    rest = whole
    while not groups or rest.any():
        higher, digits = np.divmod(rest, 1000)
        is_absent = (rest == 0) & (len(groups) > 0)
        code = np.where(is_absent, _NOTHING, digits + _PADDED * (higher > 0))
        groups.append(_digits().take(pa.array(code)))
        rest = higher
    return groups[::-1]


def decimals(round_to: Decimal) -> int:
    """Number of decimal places that multiples of `round_to` need."""
    exponent = round_to.normalize().as_tuple().exponent
    return max(0, -int(exponent))


@cache
def _digits() -> pa.StringArray:
    """Up to three digits as they begin an amount, then as they go on in it, then nothing."""
    return pa.array([*(str(n) for n in range(1000)), *(f",{n:03d}" for n in range(1000)), ""], pa.string())
