"""The grid of a sweep, line by line: one axis moves, all else stays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scenarios.curves.tables import axis_names
from scenarios.runs.outcome import Outcome
from scenarios.runs.plan_of_runs import GRID


@dataclass(frozen=True)
class Line:
    """Outcomes along one axis, all else fixed, in ascending order.

    Parameters
    ----------
    fixed
        The other axes and their values, as text.
    value
        Shape (n,): the axis as numbers.
    """

    scenario: str
    axis: str
    fixed: str
    value: tuple[float, ...]
    outcomes: tuple[Outcome, ...]


def lines(outcomes: Sequence[Outcome]) -> Iterator[Line]:
    """Yield every line of the grid; points that are no numbers and runs without targets stay out."""
    grid = [one for one in outcomes if one.run.kind == GRID and one.figures["status"] == "done"]
    for axis in axis_names(grid):
        found: dict[tuple[str, str], list[tuple[float, Outcome]]] = {}
        for one in grid:
            point = dict(one.run.point)
            number = as_number(point[axis])
            if number is not None:
                fixed = ", ".join(f"{name}={label}" for name, label in point.items() if name != axis)
                found.setdefault((one.run.scenario, fixed), []).append((number, one))
        for (scenario, fixed), points in found.items():
            points.sort(key=lambda pair: pair[0])
            value, along = zip(*points, strict=True)
            yield Line(scenario, axis, fixed, value, along)


def as_number(label: str) -> float | None:
    """Return the number of a label, or None."""
    try:
        return float(label)
    except ValueError:
        return None
