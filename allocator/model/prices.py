"""Prices of rows and stages as the table that proves optimality (prices.csv)."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import FloatArray
from solver_models.model import BalanceAnswer, Rows
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
    pages.append(_row_page(labels, measure, problem, "balance", balance_rows, answer.price))
    return pd.concat(pages, ignore_index=True)


def _stage_pages(
    labels: Labels, measure: str, problem: MeasureProblem, stage: StagePrices, unit: float
) -> list[pd.DataFrame]:
    name = f"tier{stage.tier}.{stage.name}"
    side = np.where(stage.sides.sign > 0, "lower", "upper")
    source = stage.sides.source
    return [
        _row_page(labels, measure, problem, name, stage.rows, stage.row_price / unit),
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
    labels: Labels, measure: str, problem: MeasureProblem, stage: str, rows: Rows, price: FloatArray
) -> pd.DataFrame:
    side = np.where(rows.lower == rows.upper, "both", np.where(price > 0, "lower", "upper"))
    soft = np.isin(rows.source, problem.model.soft.source)
    names = {PART_ROW: "keep", PART_SHARE: "share", PART_CAP: "cap"}
    part = np.where(soft, np.array([names[p] for p in sorted(names)])[rows.part], "")
    return _page(labels, measure, problem, stage, rows.source, side, part, price)


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
