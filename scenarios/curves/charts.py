"""Line charts as SVG, drawn without any library so that their bytes never change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.report.charts import svg
from allocator.report.markup import Markup, element

WIDTH, HEIGHT = 460.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 14.0, 52.0, 38.0
LEGEND_COLUMNS, LEGEND_STEP = 3, 132.0
LONGEST_NAME = 22
COLOURS = ("#1f5fa8", "#c65d3b", "#2f8f83", "#b8862b", "#7a4fa3", "#5c6880")
MOST_LINES = 6
LIMIT_COLOUR = "#a3322b"


@dataclass(frozen=True)
class Series:
    """One line of a chart; y may hold None where nothing is known.

    Parameters
    ----------
    limits
        Values of x beyond which there is nothing.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float | None]
    limits: Sequence[float] = ()


def line_chart(
    title: str,
    x_title: str,
    series: Sequence[Series],
    *,
    is_share: bool,
    x_is_share: bool = False,
    limit_words: str = "",
) -> Markup | None:
    """Draw up to six lines on common scales; None where no point is known.

    Limits are upright dashed lines; one that lies far off the line is left out.

    Parameters
    ----------
    limit_words
        What a limit is called, with `{value}`.
    """
    shown = [one for one in series if any(value is not None for value in one.y)][:MOST_LINES]
    if not shown:
        return None
    xs = [x for one in shown for x in one.x]
    ys = [y for one in shown for y in one.y if y is not None]
    near = [[x for x in one.limits if _is_near(x, xs)] for one in shown]
    xs += [x for limits in near for x in limits]
    x_low, x_high = _span(min(xs), max(xs))
    y_low, y_high = _span(min(ys), max(ys))

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + (x - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - (y - y_low) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM),
        )

    shapes: list[Markup] = [
        element("text", title, x=LEFT, y=14, style="font-size:13px;font-weight:600", fill="#1f3864")
    ]
    for y in _ticks(y_low, y_high):
        _, at = place(x_low, y)
        shapes.append(
            element("path", d=f"M{LEFT:g} {at:.1f}H{WIDTH - RIGHT:g}", stroke="#dfe4ed", fill="none")
        )
        shapes.append(_text(_number(y, is_share), LEFT - 6, at + 4, "end"))
    for x in _ticks(x_low, x_high):
        at, _ = place(x, y_low)
        shapes.append(_text(_number(x, x_is_share), at, HEIGHT - BOTTOM + 15, "middle"))
    shapes.append(_text(x_title, WIDTH - RIGHT, HEIGHT - 6, "end"))
    shapes += _limit_marks(near, limit_words, x_is_share, lambda x: place(x, y_low)[0])
    for k, one in enumerate(shown):
        points = [place(x, y) for x, y in zip(one.x, one.y, strict=True) if y is not None]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        shapes.append(element("path", d=path, stroke=COLOURS[k], stroke_width=2, fill="none"))
        shapes += [
            element("circle", cx=round(x, 1), cy=round(y, 1), r=2.4, fill=COLOURS[k]) for x, y in points
        ]
        if len(shown) > 1:
            row, column = divmod(k, LEGEND_COLUMNS)
            name = one.name if len(one.name) <= LONGEST_NAME else one.name[: LONGEST_NAME - 1] + "…"
            shapes.append(_text(name, LEFT + column * LEGEND_STEP, 30 + 14 * row, "start", COLOURS[k]))
    return svg(WIDTH, HEIGHT, *shapes, label=title)


def _limit_marks(
    near: Sequence[Sequence[float]], words: str, x_is_share: bool, place: Callable[[float], float]
) -> list[Markup]:
    """An upright dashed line per limit, with its words along it; lines of one value have one."""
    marks: dict[str, tuple[float, int]] = {}
    for k, limits in enumerate(near):
        for x in limits:
            marks.setdefault(words.format(value=_number(x, x_is_share)), (x, k))
    shapes = []
    for said, (x, k) in marks.items():
        at, bottom = place(x), HEIGHT - BOTTOM
        colour = COLOURS[k] if len(near) > 1 else LIMIT_COLOUR
        path = f"M{at:.1f} {TOP:g}V{bottom:g}"
        shapes.append(element("path", d=path, stroke=colour, stroke_dasharray="5 4", fill="none"))
        beside = at + 11 if at < LEFT + 20 else at - 4
        turned = f"translate({beside:.1f} {bottom - 6:g}) rotate(-90)"
        shapes.append(element("text", said, transform=turned, font_size=11, style=f"fill:{colour}"))
    return shapes


def _is_near(x: float, xs: Sequence[float]) -> bool:
    """Whether a value lies on a line or no further off than the line is long."""
    low, high = min(xs), max(xs)
    return low - (high - low) <= x <= high + (high - low)


def _span(low: float, high: float) -> tuple[float, float]:
    room = (high - low) * 0.04 or abs(high) * 0.05 or 1.0
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers between two ends, four to eight of them."""
    raw = (high - low) / 5
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(power * factor for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if power * factor >= raw)
    first = int(np.ceil(low / step))
    return [float(k * step) for k in range(first, int(np.floor(high / step)) + 1)]


def _number(value: float, is_share: bool) -> str:
    if is_share:
        return f"{value:.6g}" if abs(value) >= 100 else f"{100 * value:.4g}%"
    return f"{value:,.6g}"


def _text(words: str, x: float, y: float, anchor: str, colour: str | None = None) -> Markup:
    # a colour of its own is a style: the page's sheet has a say in attributes, not in styles
    style = None if colour is None else f"fill:{colour}"
    place = {"x": round(x, 1), "y": round(y, 1)}
    return element("text", words, **place, text_anchor=anchor, font_size=11, fill="#5c6880", style=style)
