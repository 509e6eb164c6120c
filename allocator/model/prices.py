"""Prices of rows and stages as the table that proves optimality (prices.csv)."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import FloatArray
from solver_models.model import BalanceAnswer, BalanceModel, Rows
from solver_models.tier_rows import PART_CAP, PART_ROW, PART_SHARE
from solver_models.tiers import StagePrices, TierOutcome

COLUMNS = ("measure", "stage", "kind", "rule_id", "node_id", "product_id", "side", "part", "price")


def price_table(
    labels: Labels,
    measure: str,
    problem: MeasureProblem,
    balance_rows: Rows,
    answer: BalanceAnswer,
    tiers: Iterable[TierOutcome],
    unit: float,
) -> pd.DataFrame:
    """Return all non-zero prices of a measure, stage by stage, in the order of the rows.

    Parameters
    ----------
    balance_rows
        Rows of the model that was balanced (after the tiers).
    unit
        What 1.0 of the scaled model stands for; tier prices are per amount, so they are divided by it.
    """
    pages = []
    for outcome in tiers:
        for stage in outcome.stages:
            pages += _stage_pages(labels, measure, problem, stage, unit)
    pages.append(_row_page(labels, measure, problem, "balance", balance_rows, answer.price, unit))
    return pd.concat(pages, ignore_index=True)


def _stage_pages(
    labels: Labels, measure: str, problem: MeasureProblem, stage: StagePrices, unit: float
) -> list[pd.DataFrame]:
    name = f"tier{stage.tier}.{stage.name}"
    side = np.where(stage.sides.sign > 0, "lower", "upper")
    source = stage.sides.source
    return [
        _row_page(labels, measure, problem, name, stage.rows, stage.row_price / unit, unit),
        _page(
            labels,
            measure,
            problem,
            name,
            source,
            side,
            np.full(len(source), "goal"),
            stage.goal_price / unit,
        ),
        _page(
            labels,
            measure,
            problem,
            name,
            source,
            side,
            np.full(len(source), "largest"),
            stage.largest_price / unit,
        ),
    ]


def _row_page(
    labels: Labels,
    measure: str,
    problem: MeasureProblem,
    stage: str,
    rows: Rows,
    price: FloatArray,
    unit: float,
) -> pd.DataFrame:
    soft = np.isin(rows.source, problem.model.soft.source)
    names = {PART_ROW: "keep", PART_SHARE: "share", PART_CAP: "cap"}
    part = np.where(soft, np.array([names[p] for p in sorted(names)])[rows.part], "")
    side = _sides_of(problem.model, rows, price, unit)
    return _page(labels, measure, problem, stage, rows.source, side, part, price)


def _sides_of(model: BalanceModel, rows: Rows, price: FloatArray, unit: float) -> NDArray[Any]:
    """Name the side each row stands for: as it was stated, whatever an earlier stage made of it.

    Only an equality that was stated as one is `both`. A hard row between two bounds is the side that an
    earlier stage made tight, or the one its price speaks of.

    Parameters
    ----------
    model
        In the measure's unit, with every soft row still in it.
    unit
        What 1.0 of `rows` stands for.
    """
    stated = (model.rows, model.soft)
    source = np.concatenate([one.source for one in stated])
    line = np.zeros(int(source.max(initial=0)) + 1, np.int64)
    line[source] = np.arange(len(source))
    low, high = (
        np.concatenate([getattr(one, bound) for one in stated])[line[rows.source]]
        for bound in ("lower", "upper")
    )
    is_tight = rows.lower == rows.upper
    kept = np.where(is_tight, rows.lower, 0.0) * unit
    is_floor = np.where(is_tight, np.abs(kept - low) <= np.abs(kept - high), price > 0)
    is_floor = np.where(np.isfinite(low) & np.isfinite(high), is_floor, np.isfinite(low))
    is_floor = is_floor != (rows.part == PART_CAP)
    return np.where(low == high, "both", np.where(is_floor, "lower", "upper"))


def _page(
    labels: Labels,
    measure: str,
    problem: MeasureProblem,
    stage: str,
    source: np.ndarray,
    side: np.ndarray,
    part: np.ndarray,
    price: FloatArray,
) -> pd.DataFrame:
    """Label the rows that carry a price; defining rows of peer groups are left out (they follow)."""
    ledger = problem.ledger.iloc[source]
    shown = (price != 0) & (ledger["kind"] != "group").to_numpy()
    ledger, instance = ledger[shown], ledger["instance"].to_numpy()[shown]
    rule_id = (
        np.where(instance >= 0, problem.instances["rule_id"].to_numpy(object)[instance], "")
        if len(problem.instances)
        else np.full(len(instance), "")
    )
    return pd.DataFrame(
        {
            "measure": measure,
            "stage": stage,
            "kind": ledger["kind"].to_numpy(),
            "rule_id": rule_id,
            "node_id": np.array(labels.node_id, object)[ledger["node"]],
            "product_id": np.array(labels.product_id, object)[ledger["product"]],
            "side": side[shown],
            "part": part[shown],
            "price": price[shown],
        },
        columns=list(COLUMNS),
    )
