"""Prices on their own side."""

from dataclasses import dataclass

import numpy as np

from allocator.verification.company import Company
from allocator.verification.price_rows import PriceRows
from allocator.verification.sides import Sides
from allocator.verification.stages import X_PARTS, Point
from allocator.verification.trees import BoolArray, FloatArray, IntArray

NOISE, NEAR, LAST_DIGIT = 1e-9, 1e-7, 1e-12


@dataclass(frozen=True)
class Pushes:
    """Prices on their own side.

    Parameters
    ----------
    price
        Shape (n_side,): of a two-sided row all on its first side.
    cells
        Shape (n_rep, n_leaf_product): gradient that the prices give each cell.
    bound
        Same shape: multiplier of the cell's own bounds, 0 in cells that do not move.
    moves
        Same shape: cells that the model holds.
    """

    price: FloatArray
    cells: FloatArray
    bound: FloatArray
    moves: BoolArray


def pushes_of(company: Company, sides: Sides, point: Point, prices: PriceRows, before: FloatArray) -> Pushes:
    """Fold the prices of the tiers into those of the balance.

    Parameters
    ----------
    before
        Shape (n_side,): value of each row at the point.
    """
    # a cell that a pin or a rule holds at 0 is a cell of its rules all the same
    moves = point.is_open | ((point.anchor > 0) & ~company.is_absent[:, None])
    if point.outside is not None:
        moves &= ~point.outside
    tiers = sorted({int(k) for k in sides.tier if k > 0})
    stages = [f"tier{k}.{what}" for k in tiers for what in ("largest", "sum")]
    row = rows_of(sides)
    of_stage = np.stack([_by_row(sides, row, prices.of_stage(name)) for name in ("balance", *stages)])
    pull = np.stack([sides.pull(np.arange(len(sides)), one) for one in of_stage])
    way = (point.x - point.anchor) / point.weight
    bound = np.where(moves, np.concatenate([[way - pull[0]], -pull[1:]]), 0.0)
    both = np.concatenate([of_stage, bound.reshape(len(bound), -1)], axis=1)
    total, stage_prices = both[0], both[1:]
    priced = np.abs(stage_prices).max(axis=1, initial=0.0) > 0
    stage_prices = stage_prices[priced]
    at_lower, at_upper = _touched(sides, row, point, before)
    clear = np.abs(stage_prices) > NOISE * np.abs(stage_prices).max(axis=1, initial=0.0)[:, None]
    first = np.where(clear.any(axis=0), clear.argmax(axis=0), -1) if len(clear) else np.full(len(total), -1)
    for k in range(len(stage_prices) - 1, -1, -1):
        wrong = (first == k) & np.where(total > 0, ~at_lower, ~at_upper)
        wrong &= np.abs(total) > NOISE * np.abs(total).max(initial=0.0)
        share = (-total[wrong] / stage_prices[k, wrong]).max(initial=0.0)
        total = total + share * stage_prices[k]
    price = total[: len(sides)]
    price = np.where(np.abs(price) > LAST_DIGIT * np.abs(price).max(initial=0.0), price, 0.0)
    cells = sides.pull(np.arange(len(sides)), price)
    bound = np.where(moves, way - cells, 0.0)
    clear = np.abs(bound) * point.weight > NOISE * point.size
    return Pushes(price, cells, np.where(clear, bound, 0.0), moves)


def rows_of(sides: Sides) -> IntArray:
    """First side of each row: the two sides of an amount are one row, those of a ratio are two."""
    is_ratio = sides.is_mix | sides.is_fair
    key = np.where(is_ratio, len(sides.rules) + np.arange(len(sides)), sides.entry)
    _, first, line = np.unique(key, return_index=True, return_inverse=True)
    return np.asarray(first[line], np.int64)


def _by_row(sides: Sides, row: IntArray, prices: PriceRows) -> FloatArray:
    k = prices.of_parts(*X_PARTS)
    found = np.bincount(row[prices.side[k]], prices.price[k], len(sides))
    return np.asarray(found, np.float64)


def _touched(sides: Sides, row: IntArray, point: Point, before: FloatArray) -> tuple[BoolArray, BoolArray]:
    """Whether each row (on its first side), then each cell, is at or beyond its lower (upper) side."""
    near = NEAR * np.maximum(np.abs(before), float(point.weight[point.is_open].mean()))
    low = sides.is_lower & (before <= sides.bound + near)
    high = ~sides.is_lower & (before >= sides.bound - near)
    at = np.zeros((2, len(sides)), bool)
    np.logical_or.at(at[0], row, low)
    np.logical_or.at(at[1], row, high)
    beside = NEAR * np.maximum(np.abs(point.x), float(point.weight[point.is_open].mean()))
    cells = (point.x <= point.lower + beside, point.x >= point.upper - beside)
    return (
        np.concatenate([at[0], cells[0].ravel()]),
        np.concatenate([at[1], cells[1].ravel()]),
    )
