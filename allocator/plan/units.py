"""Whole units: exact multiples of `round_to`."""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction


def is_multiple(amount: Decimal, unit: Decimal) -> bool:
    """Tell whether an amount is a whole multiple of the unit, exactly."""
    return (Fraction(amount) / Fraction(unit)).denominator == 1


def neighbours(amount: Decimal, unit: Decimal) -> tuple[Decimal, Decimal]:
    """Return the multiples of the unit next below and next above an amount."""
    below = unit * (amount / unit).to_integral_value(ROUND_FLOOR)
    return below, below + unit


def plain(amount: Decimal | Fraction | float) -> str:
    """Return an amount as plain text without an exponent and without trailing zeros."""
    if isinstance(amount, Fraction):
        amount = float(amount)
    text = f"{Decimal(str(amount)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
