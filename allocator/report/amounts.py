"""Numbers as a board reads them: short amounts, signed percentages, ratios."""

import numpy as np

STEPS = {
    "en": ((1e9, "B"), (1e6, "M"), (1e3, "K")),
    "zh": ((1e8, "亿"), (1e4, "万")),
}
MISSING = "–"
SMALLEST_SHORT = 1e4
"""Amounts below it are written out."""


def short(value: float, lang: str, *, is_signed: bool = False) -> str:
    """Return an amount with three to four digits: 12.3M, 1.34B, 1,230万, 13.4亿."""
    if not np.isfinite(value):
        return MISSING
    sign = "+" if is_signed and value > 0 else ""
    if abs(value) >= SMALLEST_SHORT:
        for step, letter in STEPS[lang]:
            if abs(value) >= step * 0.9995:
                scaled = value / step
                places = 2 if abs(scaled) < 9.995 else 1 if abs(scaled) < 99.95 else 0
                return _minus(f"{sign}{scaled:,.{places}f}{letter}")
    places = 0 if float(value).is_integer() or abs(value) >= 100 else 2
    return _minus(f"{sign}{value:,.{places}f}")


def whole(value: float, places: int = 0, *, is_signed: bool = False) -> str:
    """Return an amount in full with thousands separators."""
    if not np.isfinite(value):
        return MISSING
    sign = "+" if is_signed and value > 0 else ""
    return _minus(f"{sign}{value:,.{places}f}")


def percent(value: float, *, is_signed: bool = False, places: int = 1) -> str:
    """Return a share or a growth rate."""
    if not np.isfinite(value):
        return MISSING
    return _minus(f"{value:+.{places}%}" if is_signed else f"{value:.{places}%}")


def ratio(value: float, places: int = 2) -> str:
    """Return a ratio such as target / anchor."""
    return _minus(f"{value:.{places}f}") if np.isfinite(value) else MISSING


def _minus(words: str) -> str:
    """A true minus sign; none before a zero."""
    if words.startswith("-") and not words.strip("-0.,%").strip("BMK万亿"):
        words = words[1:]
    return words.replace("-", "−", 1) if words.startswith("-") else words
