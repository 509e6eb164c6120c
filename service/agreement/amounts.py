"""Targets of a run as whole units, read from the files that it left behind; amounts as decimal text."""

import io
from decimal import Decimal

import pandas as pd
from sqlalchemy.orm import Session

from service.db.models import Run
from service.problems.problem import Problem
from service.runs.outcome import WITH_RESULT
from service.runs.repository import artifact


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


def decimal_text(amount: Decimal, places: int) -> str:
    """Return plain decimal text with at least `places` decimals and no more zeros than these."""
    exponent = amount.normalize().as_tuple().exponent
    needed = max(places, -exponent if isinstance(exponent, int) else 0)
    return f"{amount:.{needed}f}"
