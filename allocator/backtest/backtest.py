"""Foretell each past period from what was known before it and judge the split."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.anchors.observed import observe
from allocator.anchors.ramp import presence
from allocator.backtest.naive import NAIVE_RULES
from allocator.backtest.periods import MONTHS, Past, past_periods
from allocator.backtest.replay import baseline_shares, plan_before
from allocator.backtest.scores import Split, joined, score, share_only
from allocator.errors import Fault, InputFaults
from allocator.model.labels import Labels, label_plan
from allocator.plan.plan import Plan
from allocator.texts import worded
from solver_models.arrays import FloatArray

METHOD = "method"


@dataclass(frozen=True)
class JudgedPeriod:
    """One period: who counted, and the split by each rule; None where a rule has nothing to go by."""

    label: str
    rep_id: tuple[str, ...]
    splits: dict[str, Split | None]


@dataclass(frozen=True)
class Backtest:
    """The judged periods of one measure, oldest first."""

    plan: str
    measure: str
    kind: str
    periods: tuple[JudgedPeriod, ...]

    def overall(self) -> dict[str, Any]:
        """Scores over all seller-periods; a naive rule over the periods it could split."""
        return _scores(
            {name: [period.splits[name] for period in self.periods] for name in (METHOD, *NAIVE_RULES)}
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the document of `allocator backtest --json`."""
        return {
            "plan": self.plan,
            "measure": self.measure,
            "period": self.kind,
            "overall": self.overall(),
            "periods": [
                {
                    "period": period.label,
                    "n": len(period.rep_id),
                    **_scores({name: [split] for name, split in period.splits.items()}),
                }
                for period in self.periods
            ],
        }


def backtest(plan: Plan, kind: str, measure: str | None = None) -> Backtest:
    """Replay the history of one measure, period by period.

    Each period is split by the anchors that a plan made just before it, with `baseline: auto`,
    would have had. All splits are scaled to the period's actual total: only the shares count.

    Parameters
    ----------
    kind
        `quarter` or `year`: windows of 3 or 12 months, back to back, ending where the plan starts.
    measure
        The first of the plan by default.

    Raises
    ------
    InputFaults
        If there is no such measure, or no period with enough history before it.
    """
    measure = _known(plan, measure)
    labels = label_plan(plan)
    observed = observe(plan, labels, measure)
    past = past_periods(observed, labels.grid.n_product, MONTHS[kind])
    judged = tuple(
        found
        for period in past.judged()
        if (found := _judge(plan, labels, measure, past, period)) is not None
    )
    if not judged:
        raise InputFaults([_too_short(kind, measure)])
    return Backtest(plan.spec.plan, measure, kind, judged)


def _judge(plan: Plan, labels: Labels, measure: str, past: Past, period: int) -> JudgedPeriod | None:
    """Split one period by the method and by the naive rules; None where nothing was sold."""
    months = np.arange(past.first[period], past.first[period] + past.n_month, dtype=np.int64)
    who = past.sellers(period, presence(plan, labels, months).sum(axis=1) > 0)
    actual = past.amount[who, period]
    if float(actual.sum()) <= 0:
        return None
    before = plan_before(
        plan, measure, past.first[period], past.n_month, float(np.maximum(past.amount[:, period].sum(), 0.0))
    )
    size = _size(past, period)[who]
    wanted: dict[str, FloatArray | None] = {METHOD: baseline_shares(before, labels, measure)}
    wanted |= {name: rule(past, period) for name, rule in NAIVE_RULES.items()}
    return JudgedPeriod(
        label=past.label(period),
        rep_id=tuple(rep for rep, counts in zip(labels.rep_id, who, strict=True) if counts),
        splits={
            name: None if amounts is None else share_only(amounts[who], actual, size)
            for name, amounts in wanted.items()
        },
    )


def _size(past: Past, period: int) -> FloatArray:
    """Sales per period over the year before (or since the history begins). Shape (n_rep,)."""
    back = max(0, period - max(1, MONTHS["year"] // past.n_month))
    mean: FloatArray = past.amount[:, back:period].mean(axis=1)
    return np.maximum(mean, 0.0)


def _scores(splits: dict[str, list[Split | None]]) -> dict[str, Any]:
    """Score the method and the naive rules; None for a rule that had nothing to go by."""
    scored = {}
    for name, found in splits.items():
        usable = [split for split in found if split is not None]
        scored[name] = score(joined(usable)) if usable else None
    return {METHOD: scored.pop(METHOD), "naive": scored}


def _known(plan: Plan, measure: str | None) -> str:
    """Return the measure, the first by default."""
    known = list(plan.spec.measures)
    if measure is None:
        return known[0]
    if measure not in known:
        raise InputFaults(
            [
                Fault(
                    "plan.yaml",
                    0,
                    "measures",
                    measure,
                    "unknown-measure",
                    worded("fault.backtest.measure", measure=measure),
                    worded("fault.backtest.measure.hint", names=", ".join(known)),
                )
            ]
        )
    return measure


def _too_short(kind: str, measure: str) -> Fault:
    return Fault(
        "history.csv",
        0,
        "period",
        "",
        "too-little-history",
        worded(f"fault.backtest.short_{kind}", measure=measure),
        worded(f"fault.backtest.short_{kind}.hint"),
    )
