"""Small charts as inline SVG, drawn without any library so that their bytes never change."""

from collections.abc import Sequence

import numpy as np

from allocator.report.markup import Markup, element, join
from solver_models.arrays import FloatArray

WIDTH, ROW = 300.0, 19.0
CUT_SHARE = 0.55
"""The bars of a waterfall are cut at the left where the steps would else fill less than this share."""


def waterfall_bars(steps: Sequence[float], total: float) -> tuple[list[Markup], bool]:
    """Draw one bar per step and one for the total, all on one scale.

    Parameters
    ----------
    steps
        The first stands on the ground, each other one starts where the one before ended.

    Returns
    -------
    The drawings, the total's last, and whether the ground was cut off.
    """
    ends = np.cumsum(np.asarray(steps, np.float64))
    starts = np.concatenate([[0.0], ends[:-1]])
    points = np.concatenate([ends, [total]])
    low, high, is_cut = _scale(points)
    bars = []
    for k, (start, end) in enumerate(zip(starts, ends, strict=True)):
        name = "base" if k == 0 else "up" if end >= start else "down"
        bars.append(_bar(low if k == 0 and is_cut else start, end, low, high, name, is_cut and k == 0))
    bars.append(_bar(low if is_cut else 0.0, total, low, high, "total", is_cut))
    return bars, is_cut


def _scale(points: FloatArray) -> tuple[float, float, bool]:
    """Where the drawing starts and ends; the ground is left out where the steps are small beside it."""
    least, most = float(points.min()), float(points.max())
    if least <= 0 or most - least >= CUT_SHARE * most:
        low, high = min(0.0, least), max(0.0, most)
        return low, high if high > low else low + 1.0, False
    room = (most - least) or 0.02 * most
    low = max(0.0, least - 0.55 * room)
    return low, most if most > low else low + 1.0, True


def _bar(start: float, end: float, low: float, high: float, name: str, is_cut: bool) -> Markup:
    scale = WIDTH / (high - low)
    left, right = (min(start, end) - low) * scale, (max(start, end) - low) * scale
    shapes = [
        element("rect", x=round(left, 1), y=3, width=round(max(right - left, 1.5), 1), height=13, class_=name)
    ]
    if is_cut:
        shapes.append(element("path", d="M12 20L18 -1", class_="cut"))
    return svg(WIDTH, ROW, *shapes, stretch=True)


def svg(width: float, height: float, *shapes: Markup, stretch: bool = False, label: str = "") -> Markup:
    """Wrap shapes; `stretch` fills the place it is given, whatever its shape."""
    return element(
        "svg",
        element("title", label) if label else None,
        shapes,
        view_box=f"0 0 {width:g} {height:g}",
        preserveAspectRatio="none" if stretch else None,
        width=None if stretch else width,
        height=None if stretch else height,
        role="img",
        aria_hidden=None if label else "true",
    )


def spread_strip(values: FloatArray, low: float, high: float, label: str) -> Markup:
    """Draw a distribution on the scale low..high: a box from quartile to quartile, whiskers, the dots.

    Parameters
    ----------
    values
        Shape (n,), n >= 1; drawn at the edge where they lie beyond it.
    """
    width, height = 420.0, 34.0
    inner = width - 12.0

    def place(value: float) -> float:
        return 6.0 + inner * (min(max(value, low), high) - low) / (high - low)

    first, second, median, third, last = (place(x) for x in np.quantile(values, [0, 0.25, 0.5, 0.75, 1]))
    dots, counts = np.unique(np.round([place(x) for x in values], 0), return_counts=True)
    shapes = [
        element("path", d=f"M{place(1.0):.1f} 0V34", class_="one"),
        element("path", d=f"M{first:.1f} 17H{last:.1f}", class_="rule"),
        element(
            "rect", x=round(second, 1), y=6, width=round(max(third - second, 1.0), 1), height=22, class_="box"
        ),
        [
            element("circle", cx=float(x), cy=17, r=round(float(min(2.0 + np.sqrt(n), 8.0)), 1), class_="dot")
            for x, n in zip(dots, counts, strict=True)
        ],
        element("path", d=f"M{median:.1f} 5V29", class_="mid"),
    ]
    return svg(width, height, join(shapes), label=label)


def share_bar(share: float, low: float, high: float) -> Markup:
    """Draw a share of 0..1 as a bar, with marks at `low` and `high`."""
    width = 220.0
    name = "down" if share < low else "base"
    shapes = [
        element("rect", x=0, y=5, width=width, height=9, class_="box"),
        element("rect", x=0, y=5, width=round(width * share, 1), height=9, class_=name),
        *(element("path", d=f"M{width * mark:.1f} 2V17", class_="one") for mark in (low, high)),
    ]
    return svg(width, ROW, *shapes)


def columns(
    values: FloatArray, labels: Sequence[str], words: Sequence[str], line: float, title: str
) -> Markup:
    """Draw upright bars with a value above and a label below each, and a line at `line`."""
    step, high, top, bottom = 44.0, 96.0, 16.0, 18.0
    most = max(float(np.nanmax(values)), line)
    least = min(float(np.nanmin(values)), 0.0)
    scale = high / (most - least)
    ground = top + most * scale
    shapes = []
    for k, (value, label, word) in enumerate(zip(values, labels, words, strict=True)):
        x, size = k * step + 8, value * scale
        y = ground - max(size, 0.0)
        shapes += [
            element(
                "rect", x=x, y=round(y, 1), width=28, height=round(max(abs(size), 1.0), 1), class_="base"
            ),
            element(
                "text",
                word,
                x=x + 14,
                y=round(y + (13 if size > 18 else -4), 1),
                text_anchor="middle",
                class_="inside" if size > 18 else None,
            ),
            element("text", label, x=x + 14, y=top + high + 14, text_anchor="middle"),
        ]
    y = round(ground - line * scale, 1)
    shapes.append(element("path", d=f"M0 {y}H{len(values) * step:g}", class_="one"))
    return svg(len(values) * step, top + high + bottom, *shapes, label=title)


def heat(value: float, middle: float = 1.0, full: float = 0.25) -> str | None:
    """Colour of a cell as CSS: warm above the middle, cool below, full colour at middle +- full."""
    if not np.isfinite(value):
        return None
    strength = min(abs(value - middle) / full, 1.0)
    colour = "--warm" if value > middle else "--cool"
    return f"background:rgba(var({colour}),{0.62 * strength:.2f})"
