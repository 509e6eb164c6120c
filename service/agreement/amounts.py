"""Targets of a run as whole units, read from the files that it left behind; amounts as decimal text."""

import io
from decimal import Decimal

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from allocator.model.labels import Labels
from service.db.models import Run
from service.problems.problem import Problem
from service.runs.outcome import WITH_RESULT
from service.runs.repository import artifact
from solver_models.arrays import IntArray


def targets_of(session: Session, run: Run, measure: str) -> pd.DataFrame:
    """Return the columns node_id, product_id, target (texts) of a run's targets of one measure.

    Raises
    ------
    Problem
        `no-result` where the run has none.
    """
    content = artifact(session, run.run_id, "targets.csv") if run.status in WITH_RESULT else None
    if content is None:
        raise Problem("run-without-targets", run_id=run.run_id)
    columns = ["measure", "node_id", "product_id", "target"]
    table = pd.read_csv(io.BytesIO(content), usecols=columns, dtype=str, keep_default_na=False)
    return table[table["measure"] == measure]


def cells_of(session: Session, run: Run, measure: str) -> pd.DataFrame:
    """Return the columns node_id, product_id (texts) and unrounded of a run's cells of one measure."""
    content = artifact(session, run.run_id, "cells.csv") if run.status in WITH_RESULT else None
    if content is None:
        raise Problem("no-result", run_id=run.run_id)
    columns = ["measure", "node_id", "product_id", "unrounded"]
    table = pd.read_csv(io.BytesIO(content), usecols=columns, dtype=str, keep_default_na=False)
    table = table[table["measure"] == measure]
    # read by Python, which gives every float back as it was written
    return table.assign(unrounded=[float(amount) for amount in table["unrounded"]])


def whole_amounts(table: pd.DataFrame) -> dict[str, Decimal]:
    """Return node -> target over all products."""
    whole = table[table["product_id"] == "*"]
    return {node: Decimal(amount) for node, amount in zip(whole["node_id"], whole["target"], strict=True)}


def units_of(table: pd.DataFrame, labels: Labels, round_to: Decimal) -> IntArray:
    """Return the targets in multiples of `round_to`: shape (n_node, n_product_node), as `labels` orders them.

    Raises
    ------
    ValueError
        If the table is not one of these labels and this unit.
    """
    units = np.full((len(labels.node_id), len(labels.product_id)), -1, np.int64)
    node = labels.codes_of_nodes(table["node_id"])
    product = labels.codes_of_products(table["product_id"])
    distinct = {amount: Decimal(amount) / round_to for amount in table["target"].unique()}
    if any(value != value.to_integral_value() for value in distinct.values()):
        raise ValueError(f"the targets are no multiples of {round_to}")
    units[node, product] = table["target"].map({amount: int(value) for amount, value in distinct.items()})
    if (units < 0).any():
        raise ValueError("the targets do not name every node and product")
    return units


def decimal_text(amount: Decimal, places: int) -> str:
    """Return plain decimal text with at least `places` decimals and no more zeros than these."""
    exponent = amount.normalize().as_tuple().exponent
    needed = max(places, -exponent if isinstance(exponent, int) else 0)
    return f"{amount:.{needed}f}"
