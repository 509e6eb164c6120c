"""Where along an axis a rule starts or stops to bind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from scenarios.curves.tables import axis_names
from scenarios.runs.plan_of_runs import GRID
from scenarios.runs.sweep import Outcome


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


def breakpoints(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row per rule and step of an axis over which it starts or stops to bind (or to give way)."""
    rows = []
    for line in lines(outcomes):
        steps = zip(line.value, line.value[1:], line.outcomes, line.outcomes[1:], strict=False)
        for low, high, before, after in steps:
            for measure, found in after.figures["measures"].items():
                old = before.figures["measures"].get(measure)
                if old is None:
                    continue
                for status in ("binding", "relaxed"):
                    was, now = set(old[status]), set(found[status])
                    head = (line.scenario, measure, line.axis, line.fixed, low, high)
                    rows += [(*head, rule, f"starts {status}") for rule in sorted(now - was)]
                    rows += [(*head, rule, f"stops {status}") for rule in sorted(was - now)]
    columns = ["scenario", "measure", "axis", "fixed", "from", "to", "rule_id", "event"]
    return pd.DataFrame(rows, columns=columns)
