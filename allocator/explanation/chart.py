"""A waterfall as text: one line per step with a bar where the step moves the sum."""

import unicodedata
from collections.abc import Sequence

BAR = 34
FULL, EIGHTHS = "█", " ▏▎▍▌▋▊▉"


def waterfall_lines(steps: Sequence[tuple[str, float, str]], total: tuple[str, float, str]) -> list[str]:
    """Return one line per step and one for the total.

    Parameters
    ----------
    steps
        (label, amount, amount as text); the first stands on the ground, each other one starts where the
        one before ended.
    total
        (label, amount, amount as text) of the last line.
    """
    starts, running = [], 0.0
    for _, amount, _ in steps:
        starts.append(running)
        running += amount
    ends = [start + amount for start, (_, amount, _) in zip(starts, steps, strict=True)]
    top = max([0.0, *starts, *ends, total[1]])
    bottom = min([0.0, *starts, *ends, total[1]])
    scale = BAR / (top - bottom) if top > bottom else 0.0
    lines = [(*step, start) for step, start in zip(steps, starts, strict=True)] + [(*total, 0.0)]
    wide = max(width(label) for label, _, _, _ in lines)
    number = max(len(words) for _, _, words, _ in lines)
    shown = []
    for label, amount, words, start in lines:
        bar = _bar((start - bottom) * scale, amount * scale)
        shown.append(f"  {label}{' ' * (wide - width(label))}  {words:>{number}}  {bar}".rstrip())
    return shown


def width(label: str) -> int:
    """Columns a label takes on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in label)


def _bar(start: float, length: float) -> str:
    """Blocks from start to start + length (either way), to an eighth of a column at the right end."""
    low, high = min(start, start + length), max(start, start + length)
    first = int(low)
    eighths = max(round((high - first) * 8), 1) if high > low else 0
    return " " * first + FULL * (eighths // 8) + (EIGHTHS[eighths % 8].strip())
