"""Prices that name who pushes: every rule on its own side, soft rules that give way included."""

from dataclasses import replace

import numpy as np

from solver_models.arrays import BoolArray, FloatArray, IntArray, significant
from solver_models.model import BalanceAnswer, BalanceModel
from solver_models.sparse_rows import rows_at
from solver_models.tiers import StagePrices, TierOutcome

NOISE, TIGHT, LAST_DIGIT = 1e-9, 1e-7, 1e-12
DIGITS = 12


def sided_prices(
    stated: BalanceModel, balanced: BalanceModel, answer: BalanceAnswer, tiers: tuple[TierOutcome, ...]
) -> FloatArray:
    """Return prices of the balanced rows in which a floor never lowers and a ceiling never raises.

    On the face that a settled tier leaves, a soft row that gives way is free, so the hard rows that stop
    it carry its pull, against their own side. The prices p of every stage of a tier say how it pulls:
    A'p = 0 in every cell between its bounds. So y + sum over stages of s p, s >= 0, explains the same
    point; the smallest s are taken with which no row and no cell bound pulls against its side, from the
    last stage to the first. A row belongs to the first stage in which it has a price: there it stood as
    stated, so its price there is on its own side.

    Parameters
    ----------
    stated
        The model before any tier was settled, on any scale.
    balanced, answer, tiers
        What was solved: the model on the last face, its answer and the stages.

    Returns
    -------
    Shape (len(balanced.rows),): all of a source stands on the first of its rows, 0 on the others.
    """
    rows, n = balanced.rows, balanced.n_cell
    stages = [stage for outcome in tiers for stage in outcome.stages]
    if not stages:
        return _without_noise(answer.price)
    source, first, line = np.unique(rows.source, return_index=True, return_inverse=True)
    matrix = rows_at(rows.matrix, first)
    cells = matrix[:, :n]
    price = np.bincount(line, answer.price, len(source)).astype(np.float64)
    pull = (answer.x - balanced.anchor) / balanced.weight - cells.T @ price
    of_stages = np.stack([_by_source(source, stage) for stage in stages])
    every = np.concatenate([of_stages, -np.asarray(cells.T @ of_stages.T).T], axis=1)
    point = np.concatenate([answer.x, answer.free[: stated.n_free]])
    at_lower, at_upper = _touched(stated, balanced.unit, source, matrix[:, : len(point)] @ point, answer.x)
    shares = _smallest_shares(np.concatenate([price, pull]), every, at_lower, at_upper)
    sided = np.zeros(len(rows))
    sided[first] = significant(price + of_stages.T @ shares, DIGITS)
    return _without_noise(sided)


def _without_noise(price: FloatArray) -> FloatArray:
    """Set to 0 what is a trillionth of the largest price: a rule covers only what it has a price for."""
    return np.where(np.abs(price) > LAST_DIGIT * np.abs(price).max(initial=0.0), price, 0.0)


def sided_answer(
    stated: BalanceModel, balanced: BalanceModel, answer: BalanceAnswer, tiers: tuple[TierOutcome, ...]
) -> BalanceAnswer:
    """Return the answer with `sided_prices` in the place of its prices."""
    return replace(answer, price=sided_prices(stated, balanced, answer, tiers))


def _by_source(source: IntArray, stage: StagePrices) -> FloatArray:
    """Prices of a stage by source, those of the goals included."""
    found = np.zeros(len(source))
    for of, price in ((stage.rows.source, stage.row_price), (stage.sides.source, stage.goal_price)):
        known = price != 0
        np.add.at(found, np.searchsorted(source, of[known]), price[known])
    return found


def _touched(
    stated: BalanceModel, unit: float, source: IntArray, activity: FloatArray, x: FloatArray
) -> tuple[BoolArray, BoolArray]:
    """Whether each row, then each cell, is at or beyond its lower (upper) side as it was stated."""
    line = np.argsort(np.concatenate([stated.rows.source, stated.soft.source]))
    scale = stated.unit / unit
    low, high = (
        np.concatenate([getattr(stated.rows, side), getattr(stated.soft, side)])[line] * scale
        for side in ("lower", "upper")
    )
    known = np.concatenate([stated.rows.source, stated.soft.source])[line]
    at = np.searchsorted(known, source)
    low = np.concatenate([low[at], stated.lower * scale])
    high = np.concatenate([high[at], stated.upper * scale])
    value = np.concatenate([activity, x])
    mean = float(stated.weight.mean()) * scale
    near = TIGHT * np.maximum(np.abs(value), mean)
    return value <= low + near, value >= high - near


def _smallest_shares(
    price: FloatArray, of_stages: FloatArray, at_lower: BoolArray, at_upper: BoolArray
) -> FloatArray:
    """Least s >= 0, the last stage first, with which price + s @ of_stages is on the right sides."""
    clear = np.abs(of_stages) > NOISE * np.abs(of_stages).max(axis=1, keepdims=True)
    belongs = np.where(clear.any(axis=0), clear.argmax(axis=0), -1)
    share = np.zeros(len(of_stages))
    for k in range(len(of_stages) - 1, -1, -1):
        wrong = (belongs == k) & np.where(price > 0, ~at_lower, ~at_upper)
        wrong &= np.abs(price) > NOISE * np.abs(price).max(initial=0.0)
        share[k] = (-price[wrong] / of_stages[k, wrong]).max(initial=0.0)
        price = price + share[k] * of_stages[k]
    return share
