"""The `ramp` column of org.csv: how much of full productivity a new rep has, month by month."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from allocator.texts import worded

LONGEST_RAMP = 60
"""Most months a ramp may take."""

_ASCII = str.maketrans({"％": "%", "／": "/", "．": ".", "\u00a0": " ", "\u3000": " "})


@dataclass(frozen=True)
class Ramp:
    """Shares of full productivity by month of tenure; 1 after the last of them.

    Parameters
    ----------
    share
        Share of each month from `start`, each in 0..1; empty = fully productive at once.
    is_constant
        True if the one share holds for the whole plan (part time, say) instead of the first month.
    """

    share: tuple[float, ...] = ()
    is_constant: bool = False


def parse_ramp(text: str) -> Ramp:
    """Read a ramp: `0/0.25/0.5`, `0%/25%/50%`, a number of months `3`, or one share `0.5`.

    A whole number n > 1 means n months rising linearly: 1/(n+1), 2/(n+1) ... n/(n+1).
    One number up to 1 holds for the whole plan. An empty text means no ramp.

    Raises
    ------
    ValueError
        In the user's words (the argument is worded in both languages), if the text is none of these.
    """
    plain = text.translate(_ASCII).strip()
    if not plain:
        return Ramp()
    if "/" in plain:
        return Ramp(tuple(_share(part, text) for part in plain.split("/")))
    number = _number(plain, text)
    if plain.endswith("%") or number <= 1:
        return Ramp((_share(plain, text),), is_constant=True)
    if number != number.to_integral_value() or number > LONGEST_RAMP:
        raise ValueError(worded("fault.ramp.single", text=text, most=LONGEST_RAMP))
    months = int(number)
    return Ramp(tuple(month / (months + 1) for month in range(1, months + 1)))


def _share(part: str, text: str) -> float:
    """Return one share of a ramp as a float in 0..1."""
    share = _number(part, text) / (100 if part.strip().endswith("%") else 1)
    if not 0 <= share <= 1:
        raise ValueError(worded("fault.ramp.share", text=text, part=part.strip()))
    return float(share)


def _number(part: str, text: str) -> Decimal:
    """Return the plain decimal in front of an optional percent sign."""
    digits = part.strip().removesuffix("%").strip()
    try:
        number = Decimal(digits)
    except InvalidOperation:
        raise ValueError(worded("fault.ramp.no_number", text=text, part=part.strip())) from None
    if not number.is_finite() or number < 0 or "_" in digits:
        raise ValueError(worded("fault.ramp.negative", text=text, part=part.strip()))
    return number
