"""Lists and ranges of values: `-10%..+15% step 1%`, `0.05..0.2 step 0.05`, or a list."""

import re
from decimal import Decimal

from allocator.texts import worded

MOST_VALUES = 100_000
NONE = "none"
"""The point of an axis at which nothing is changed."""
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)%?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*(?:step\s*({_NUMBER}))?\s*", re.ASCII)


def axis_values(written: object) -> tuple[Decimal | str, ...]:
    """Return the values of an axis in the order written; texts that are no numbers stay texts.

    Raises
    ------
    ValueError
        In the user's words, if it is neither a list nor a range.
    """
    if isinstance(written, str) and ".." in written:
        return _range(written)
    if isinstance(written, str):
        return (_value(written),)
    if not isinstance(written, list) or not written:
        raise ValueError(worded("fault.axis.form"))
    found = [value for one in written for value in (_range(one) if _is_range(one) else (_one(one),))]
    if len({str(value) for value in found}) < len(found):
        raise ValueError(worded("fault.axis.value_twice"))
    return tuple(found)


def value_count(written: object) -> int:
    """Return the number of values without spelling them out; 0 where it cannot be read."""
    if isinstance(written, list):
        return sum(value_count(one) for one in written)
    match = _RANGE.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        return 1
    low, high = number(match[1]), number(match[2])
    step = number(match[3] or "1")
    return int((high - low) / step) + 1 if step > 0 and high >= low else 0


def number(text: str) -> Decimal:
    """Return a number; `5%` is 0.05."""
    plain = text.strip()
    return Decimal(plain[:-1]) / 100 if plain.endswith("%") else Decimal(plain)


def _is_range(written: object) -> bool:
    return isinstance(written, str) and ".." in written


def _one(written: object) -> Decimal | str:
    if not isinstance(written, str):
        raise ValueError(worded("fault.axis.no_value", value=written))
    return _value(written)


def _value(text: str) -> Decimal | str:
    return number(text) if re.fullmatch(_NUMBER, text.strip(), re.ASCII) else text.strip()


def _range(text: str) -> tuple[Decimal, ...]:
    match = _RANGE.fullmatch(text)
    if match is None or match[3] is None:
        raise ValueError(worded("fault.axis.no_range", value=text))
    low, high, step = number(match[1]), number(match[2]), number(match[3])
    if step <= 0 or high < low:
        raise ValueError(worded("fault.axis.empty", value=text))
    count = int((high - low) / step) + 1
    if count > MOST_VALUES:
        raise ValueError(
            worded("fault.axis.too_many", value=text, count=f"{count:,}", most=f"{MOST_VALUES:,}")
        )
    return tuple(low + k * step for k in range(count))
