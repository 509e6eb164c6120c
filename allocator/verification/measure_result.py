"""The numbers of one measure as arrays over nodes, products and months, with their rows in the files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.verification.report import Check, judge, list_faults, worded
from allocator.verification.result_tables import decimals_used, floats, whole_units
from allocator.verification.trees import BoolArray, FloatArray, IntArray, positions

HEADER = 2
DIM_TABLES = ("cells", "targets", "targets_monthly")


@dataclass(frozen=True)
class Names:
    """The rows every result has: labels in the order of the contract."""

    measures: tuple[str, ...]
    nodes: tuple[str, ...]
    reps: tuple[str, ...]
    products: tuple[str, ...]
    leaf_products: tuple[str, ...]
    periods: tuple[str, ...]
    units: tuple[Decimal, ...]


@dataclass(frozen=True)
class MeasureResult:
    """One measure of a result; `_row` arrays hold rows of the file as a spreadsheet shows them.

    Shapes: cells (n_rep, n_leaf_product); nodes (n_node, n_product); months (n_node, n_product, n_month).
    NaN = empty. `upper` is inf where empty. Units are whole multiples of `unit`.
    """

    measure: str
    unit: float
    names: Names
    baseline: FloatArray
    cell_anchor: FloatArray
    lower: FloatArray
    upper: FloatArray
    unrounded: FloatArray
    cell_units: IntArray
    cell_row: IntArray
    units: IntArray
    last_year: FloatArray
    growth: FloatArray
    anchor: FloatArray
    ratio: FloatArray
    children_units: IntArray
    has_children_sum: BoolArray
    level: NDArray[Any]
    node_row: IntArray
    month_units: IntArray
    month_row: IntArray

    @property
    def targets(self) -> FloatArray:
        """Targets in the measure's unit, as floats."""
        return np.asarray(self.units * self.unit, np.float64)

    def cell_place(self, text: Callable[[int], str]) -> Callable[[int], str]:
        """Describe flat position k of a cell array: file, row, labels, `text(k)`."""
        n = len(self.names.leaf_products)

        def place(k: int) -> str:
            rep, product = self.names.reps[k // n], self.names.leaf_products[k % n]
            return f"cells.csv row {self.cell_row.ravel()[k]} ({rep}, {product}): {text(k)}"

        return place

    def node_place(self, text: Callable[[int], str]) -> Callable[[int], str]:
        """Describe flat position k of a node array."""
        n = len(self.names.products)

        def place(k: int) -> str:
            node, product = self.names.nodes[k // n], self.names.products[k % n]
            return f"targets.csv row {self.node_row.ravel()[k]} ({node}, {product}): {text(k)}"

        return place

    def month_place(self, text: Callable[[int], str]) -> Callable[[int], str]:
        """Describe flat position k of a month array."""
        n, t = len(self.names.products), len(self.names.periods)

        def place(k: int) -> str:
            node, product, period = (
                self.names.nodes[k // t // n],
                self.names.products[k // t % n],
                self.names.periods[k % t],
            )
            row = self.month_row.ravel()[k]
            return f"targets_monthly.csv row {row} ({node}, {product}, {period}): {text(k)}"

        return place


@dataclass(frozen=True)
class Ordered:
    """The rows of a table brought into the order of the contract; `row` are rows of the file."""

    table: pd.DataFrame
    row: IntArray


def order_rows(
    name: str, table: pd.DataFrame, keys: Sequence[tuple[str, Sequence[str]]]
) -> tuple[Ordered | None, Check]:
    """Check that a table has exactly the rows `product of keys`, in order.

    Returns
    -------
    The table in order (None when rows are missing, double or unknown) and the check.
    """
    code = np.zeros(len(table), np.int64)
    known = np.ones(len(table), bool)
    faults = []
    total = 1
    for column, labels in keys:
        position = np.asarray(pd.Index(labels).get_indexer(pd.Index(table[column])), np.int64)
        faults += _unknown(name, table[column], (position < 0) & known)
        known &= position >= 0
        code = code * len(labels) + position
        total *= len(labels)
    seen = np.bincount(code[known], minlength=total)
    double = known & (seen[np.where(known, code, 0)] > 1) & pd.Series(code).duplicated().to_numpy()
    faults += worded(positions(double), lambda k: f"{name}.csv row {k + HEADER}: the same row twice")
    faults += worded(positions(seen == 0), lambda k: f"{name}.csv: no row for {_label(k, keys)}")
    promise = f"{name}.csv holds every row once, in the order of the contract"
    if faults:
        return None, list_faults("rows", name, promise, total, faults)
    faults = worded(
        positions(code != np.arange(total)),
        lambda k: f"{name}.csv row {k + HEADER}: {_label(int(code[k]), keys)} is out of order",
    )
    order = np.argsort(code, kind="stable")
    ordered = Ordered(table.iloc[order].reset_index(drop=True), (order + HEADER).astype(np.int64))
    return ordered, list_faults("rows", name, promise, total, faults)


def _unknown(name: str, texts: pd.Series, wrong: BoolArray) -> list[str]:
    return worded(
        positions(wrong), lambda k: f"{name}.csv row {k + HEADER}: unknown {texts.name} {texts.iat[k]!r}"
    )


def _label(code: int, keys: Sequence[tuple[str, Sequence[str]]]) -> str:
    words = []
    for _, labels in reversed(keys):
        words.append(labels[code % len(labels)])
        code //= len(labels)
    return ", ".join(reversed(words))


def row_keys(names: Names) -> dict[str, list[tuple[str, Sequence[str]]]]:
    """Key columns and labels of the three tables that have one row per combination."""
    measure = ("measure", names.measures)
    node = ("node_id", names.nodes)
    product = ("product_id", names.products)
    return {
        "cells": [measure, ("node_id", names.reps), ("product_id", names.leaf_products)],
        "targets": [measure, node, product],
        "targets_monthly": [measure, node, product, ("period", names.periods)],
    }


def names_of_result(tables: dict[str, pd.DataFrame], certificate: dict[str, Any]) -> Names:
    """Labels and units as the result itself shows them, for a check without the plan.

    The rounding unit is what the certificate says; else the finest decimal place in use.
    """
    cells, targets, monthly = (tables[name] for name in DIM_TABLES)
    measures = tuple(targets["measure"].unique())
    return Names(
        measures,
        tuple(targets["node_id"].unique()),
        tuple(cells["node_id"].unique()),
        tuple(targets["product_id"].unique()),
        tuple(cells["product_id"].unique()),
        tuple(monthly["period"].unique()),
        tuple(_unit_of(m, tables, certificate) for m in measures),
    )


def _unit_of(measure: str, tables: dict[str, pd.DataFrame], certificate: dict[str, Any]) -> Decimal:
    """The rounding unit of a measure."""
    stated = certificate.get("measures")
    evidence = stated.get(measure) if isinstance(stated, dict) else None
    try:
        unit = Decimal(str(evidence["round_to"])) if isinstance(evidence, dict) else Decimal(0)
    except (KeyError, InvalidOperation):
        unit = Decimal(0)
    if unit.is_finite() and unit > 0:
        return unit
    of_measure = (
        table.loc[table["measure"] == measure, "target"]
        for table in map(tables.get, DIM_TABLES)
        if table is not None
    )
    return Decimal(1).scaleb(-max(decimals_used(column) for column in of_measure))


def read_measures(
    names: Names, ordered: dict[str, Ordered]
) -> tuple[list[MeasureResult] | None, list[Check]]:
    """Turn ordered texts into arrays, measure by measure; None when a number is unreadable."""
    results, checks = [], []
    for k, measure in enumerate(names.measures):
        parts = {name: _part(table, k, len(names.measures)) for name, table in ordered.items()}
        result, found = _read_measure(names, measure, names.units[k], parts)
        results.append(result)
        checks += found
    readable = all(check.passed for check in checks if check.check == "numbers")
    return (results if readable else None), checks


def _part(ordered: Ordered, k: int, n: int) -> Ordered:
    size = len(ordered.table) // n
    return Ordered(ordered.table.iloc[k * size : (k + 1) * size], ordered.row[k * size : (k + 1) * size])


class _Columns:
    """Reads columns of one table part and keeps what is unreadable."""

    def __init__(self, name: str, part: Ordered) -> None:
        self.name, self.part = name, part
        self.faults: list[str] = []
        self.ragged: list[str] = []
        self.n_whole = 0

    def _fault(self, column: str, bad: BoolArray, into: list[str], what: str) -> None:
        texts, row = self.part.table[column], self.part.row
        into += worded(
            positions(bad), lambda k: f"{self.name}.csv row {row[k]}: {column} {texts.iat[k]!r} {what}"
        )

    def number(self, column: str, *, may_be_empty: bool = False, empty: float = np.nan) -> FloatArray:
        values, bad = floats(self.part.table[column], may_be_empty=may_be_empty, empty=empty)
        self._fault(column, bad, self.faults, "is no number")
        return values

    def whole(self, column: str, unit: Decimal, *, may_be_empty: bool = False) -> IntArray:
        texts = self.part.table[column]
        filled = texts.where(texts != "", "0") if may_be_empty else texts
        units, bad, ragged = whole_units(filled, unit)
        self._fault(column, bad, self.faults, "is no number")
        self._fault(column, ragged, self.ragged, f"is no whole multiple of {unit}")
        self.n_whole += len(units)
        return units


def _read_measure(
    names: Names, measure: str, unit: Decimal, parts: dict[str, Ordered]
) -> tuple[MeasureResult, list[Check]]:
    cells, targets, monthly = (_Columns(name, parts[name]) for name in DIM_TABLES)
    cell_shape = (len(names.reps), len(names.leaf_products))
    shape = (len(names.nodes), len(names.products))
    month_shape = (*shape, len(names.periods))
    result = MeasureResult(
        measure=measure,
        unit=float(unit),
        names=names,
        baseline=cells.number("baseline").reshape(cell_shape),
        cell_anchor=cells.number("anchor").reshape(cell_shape),
        lower=cells.number("lower").reshape(cell_shape),
        upper=cells.number("upper", may_be_empty=True, empty=np.inf).reshape(cell_shape),
        unrounded=cells.number("unrounded").reshape(cell_shape),
        cell_units=cells.whole("target", unit).reshape(cell_shape),
        cell_row=parts["cells"].row.reshape(cell_shape),
        units=targets.whole("target", unit).reshape(shape),
        last_year=targets.number("last_year").reshape(shape),
        growth=targets.number("growth", may_be_empty=True).reshape(shape),
        anchor=targets.number("anchor").reshape(shape),
        ratio=targets.number("ratio", may_be_empty=True).reshape(shape),
        children_units=targets.whole("children_sum", unit, may_be_empty=True).reshape(shape),
        has_children_sum=(parts["targets"].table["children_sum"] != "").to_numpy(bool).reshape(shape),
        level=parts["targets"].table["level"].to_numpy(object).reshape(shape),
        node_row=parts["targets"].row.reshape(shape),
        month_units=monthly.whole("target", unit).reshape(month_shape),
        month_row=parts["targets_monthly"].row.reshape(month_shape),
    )
    tables = (cells, targets, monthly)
    n_whole = sum(table.n_whole for table in tables)
    promise = "every amount that must be a number is one"
    checks = [list_faults("numbers", measure, promise, n_whole, [f for t in tables for f in t.faults])]
    ragged = [f for t in tables for f in t.ragged]
    checks.append(
        list_faults("whole_units", measure, f"targets are whole multiples of {unit}", n_whole, ragged)
    )
    return result, checks


def shown(values: NDArray[Any], k: int) -> str:
    """Return the number at a flat position for a message; `empty` where there is none."""
    value = float(values.ravel()[k])
    return "empty" if np.isnan(value) else f"{value:.12g}"


def judge_cells(
    check: str,
    result: MeasureResult,
    promise: str,
    deviation: FloatArray,
    limit: float,
    text: Callable[[int], str],
) -> Check:
    """Judge deviations over cells (see `judge`)."""
    return judge(check, result.measure, promise, deviation, limit, result.cell_place(text))


def judge_nodes(
    check: str,
    result: MeasureResult,
    promise: str,
    deviation: FloatArray,
    limit: float,
    text: Callable[[int], str],
) -> Check:
    """Judge deviations over nodes x products (see `judge`)."""
    return judge(check, result.measure, promise, deviation, limit, result.node_place(text))
