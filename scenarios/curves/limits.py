"""limits.csv: the smallest and largest feasible targets of the plans of a sweep; their marks on curves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from allocator.plan.plan import Plan
from scenarios.curves.lines import Line, lines
from scenarios.files.sweep_file import Axis
from scenarios.files.values import NONE
from scenarios.frontier.limits import Products
from scenarios.runs.limit_work import LimitWork
from scenarios.runs.outcome import Outcome
from scenarios.runs.plan_of_runs import SCENARIO, moved_run
from scenarios.runs.sweep import SweepSession
from scenarios.scenario import Chain

MOST_PLANS = 100
"""Plans whose limits are looked for: the plan itself, the scenarios, then the lines of the grid."""
COLUMNS = (
    "scenario",
    "fixed",
    "measure",
    "node_id",
    "name",
    "level",
    "smallest",
    "anchor",
    "largest",
    "stopped_below",
    "stopped_above",
    "reason",
)
DIGITS = 6
"""What lies below is the noise of sums."""


@dataclass(frozen=True)
class PlanLimits:
    """The limits of one plan.

    Parameters
    ----------
    axis, fixed
        The axis of the company's total that is free and the other axes where they stand; both empty for a
        scenario as it is, which is asked for the nodes below the company, too.
    found
        As `LimitWork` returns it.
    """

    scenario: str
    axis: str
    fixed: str
    found: Mapping[str, Any]


@dataclass(frozen=True)
class SweepLimits:
    """The limits of all plans that were asked for; `left_out` counts those beyond the cap."""

    plans: tuple[PlanLimits, ...]
    left_out: int


@dataclass(frozen=True)
class _Question:
    scenario: str
    axis: str
    fixed: str
    chain: Chain
    work: LimitWork


def sweep_limits(session: SweepSession, outcomes: Sequence[Outcome], most: int = MOST_PLANS) -> SweepLimits:
    """Find the limits of the plan itself, of every scenario, and of every line along a company total."""
    asked = list(_questions(session, outcomes))
    kept = asked[:most]
    answers: dict[int, dict[str, Any]] = {}
    for work in dict.fromkeys(one.work for one in kept):
        own = [k for k, one in enumerate(kept) if one.work == work]
        answers |= zip(own, session.limits([kept[k].chain for k in own], work), strict=True)
    plans = [PlanLimits(one.scenario, one.axis, one.fixed, answers[k]) for k, one in enumerate(kept)]
    return SweepLimits(tuple(plans), len(asked) - len(kept))


def _questions(session: SweepSession, outcomes: Sequence[Outcome]) -> Iterator[_Question]:
    for one in outcomes:
        if one.run.kind == SCENARIO:
            yield _Question(one.run.name, "", "", one.run.chain, LimitWork())
    for line in lines(outcomes):
        total = company_axis(session.sweep.axes, line.axis, session.plan)
        if total is None:
            continue
        run = moved_run(session.sweep, session.plan, line.outcomes[0].run, line.axis, NONE)
        if run is not None:
            work = LimitWork(total.measure, total.products, with_nodes=False)
            yield _Question(line.scenario, line.axis, line.fixed, run.chain, work)


@dataclass(frozen=True)
class CompanyAxis:
    """An axis along which the company's total of a measure moves.

    Parameters
    ----------
    scale
        `change` (0.05 = five percent more), `factor` or `amount`: what the values of the axis say.
    """

    measure: str
    scale: str
    products: Products

    def place(self, limit: float, total: float) -> float:
        """Return where a total lies on the axis, `total` being that of the plan without the axis."""
        if self.scale == "amount":
            return limit
        return limit / total - (1.0 if self.scale == "change" else 0.0)


def company_axis(axes: Sequence[Axis], name: str, plan: Plan) -> CompanyAxis | None:
    """Return what an axis does to the company's total; None where it is another axis."""
    axis = next(one for one in axes if one.name == name)
    fields = axis.fields
    if fields.get("node") is not None or str(fields.get("product", "*")) != "*":
        return None
    measure = str(fields.get("measure", next(iter(plan.spec.measures))))
    if "kind" not in fields:
        products: Products = "follow" if _is_true(fields.get("products_follow", True)) else "hold"
        return CompanyAxis(measure, "change", products) if name == "total" else None
    scale = {("scale_total", "factor"): "factor", ("set_total", "amount"): "amount"}.get(
        (str(fields["kind"]), str(fields.get("vary")))
    )
    products = "follow" if _is_true(fields.get("products_follow", False)) else "hold"
    return None if scale is None else CompanyAxis(measure, scale, products)


def _is_true(written: object) -> bool:
    return str(written).strip().lower() in ("true", "yes", "1")


def limits_table(limits: SweepLimits) -> pd.DataFrame:
    """One row per plan, measure and node: empty = nothing stops it; `reason` where there is no limit to give.

    The company's limits have its total free, those of the nodes below it have it kept.
    """
    rows = [row for one in limits.plans for row in _rows(one)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(one: PlanLimits) -> Iterator[tuple[object, ...]]:
    if one.found["status"] != "done":
        yield (one.scenario, one.fixed, *[""] * 4, None, None, None, "", "", one.found["reason"])
        return
    for measure, found in one.found["measures"].items():
        head = (one.scenario, one.fixed, measure)
        if found["status"] != "done":
            yield (*head, *[""] * 3, None, None, None, "", "", found["reason"])
            continue
        for limit in (found["company"], *found["nodes"]):
            yield (
                *head,
                limit["node_id"],
                one.found["names"].get(limit["node_id"], ""),
                limit["level"],
                limit["smallest"],
                round(limit["anchor"], DIGITS),
                limit["largest"],
                _stops(limit["stops_below"]),
                _stops(limit["stops_above"]),
                "",
            )


def _stops(stops: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(dict.fromkeys(str(stop["name"]) for stop in stops))


def line_limits(
    limits: SweepLimits, axes: Sequence[Axis], plan: Plan, line: Line, measure: str
) -> tuple[float, ...]:
    """Return where on a line the company's smallest and largest feasible target lie, as far as they do."""
    axis = company_axis(axes, line.axis, plan)
    if axis is None or axis.measure != measure:
        return ()
    for one in limits.plans:
        if (one.scenario, one.axis, one.fixed) != (line.scenario, line.axis, line.fixed):
            continue
        found = one.found["measures"].get(measure, {"status": ""})
        if found["status"] != "done":
            return ()
        company = found["company"]
        sides = (company["smallest"], company["largest"])
        # a smallest target of nothing is no rule's doing
        return tuple(axis.place(side, company["anchor"]) for side in sides if side)
    return ()
