"""Checks that many tables share: cells to be filled, ids to be known, rows that may stand once."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.plan.draft import Draft
from allocator.plan.faults import LISTED_PER_GROUP, FaultCollector, NearMatches, Text
from allocator.plan.tables import ALL_PRODUCTS
from allocator.texts import worded
from solver_models.arrays import BoolArray, IntArray


def check_filled(draft: Draft, table: str, column: str, faults: FaultCollector, hint: str) -> None:
    """No cell of the column is empty."""
    faults.cells(
        draft.sheets[table],
        column,
        ~draft.is_given(table, column),
        code="missing-value",
        message=worded("fault.empty_cell", column=column),
        hint=hint,
    )


def check_not_negative(draft: Draft, table: str, column: str, faults: FaultCollector, what: str) -> None:
    """No amount of the column is below 0."""
    faults.cells(
        draft.sheets[table],
        column,
        draft.amounts(table, column) < 0,
        code="negative-amount",
        message=worded("fault.negative", what=what),
        hint=worded("fault.negative.hint"),
    )


def check_known(
    draft: Draft,
    table: str,
    column: str,
    known: Iterable[str],
    faults: FaultCollector,
    *,
    what: str,
    also: Iterable[str] = (),
    otherwise: str,
) -> None:
    """Every non-empty text of the column is one of the known ids (or one of `also`)."""
    names = set(known)
    accepted = names | set(also) | {""}
    found = draft.sheets[table].columns[column]
    is_unknown = np.array([value not in accepted for value in found.values], dtype=bool)
    if is_unknown.any():
        faults.cells(
            draft.sheets[table],
            column,
            is_unknown[found.code],
            code=f"unknown-{what}",
            message=lambda value: worded("fault.unknown", what=worded(f"fault.what.{what}"), name=value),
            hint=NearMatches(names, otherwise),
        )


def check_nodes(draft: Draft, table: str, faults: FaultCollector) -> None:
    """Every node_id stands in org.csv."""
    if draft.sheets["org"].vouches_for("node_id"):
        check_known(
            draft,
            table,
            "node_id",
            draft.org.index,
            faults,
            what="node",
            otherwise=worded("fault.add_or_correct", file="org.csv"),
        )


def check_product_ids(draft: Draft, table: str, faults: FaultCollector, *, all_products: bool) -> None:
    """Every product_id stands in products.csv; `*` where all products together make sense."""
    if draft.sheets["products"].vouches_for("product_id"):
        check_known(
            draft,
            table,
            "product_id",
            draft.products.index,
            faults,
            what="product",
            also=(ALL_PRODUCTS,) if all_products else (),
            otherwise=worded("fault.add_or_correct", file="products.csv"),
        )


def check_measures(draft: Draft, table: str, faults: FaultCollector) -> None:
    """Every measure stands in plan.yaml."""
    if draft.settings.is_named("measures"):
        measures = list(draft.settings.spec.measures)
        check_known(
            draft,
            table,
            "measure",
            measures,
            faults,
            what="measure",
            otherwise=worded("fault.known_measures", names=", ".join(measures)),
        )


def check_unique(
    draft: Draft,
    table: str,
    faults: FaultCollector,
    *,
    replaced: Mapping[str, NDArray[np.object_]] | None = None,
    optional: Iterable[str] = (),
    code: str = "duplicate-row",
    hint: Text | None = None,
) -> None:
    """No two rows share the key of the table.

    Parameters
    ----------
    replaced
        Texts to compare instead of those written, by column.
    optional
        Key columns that may be empty; rows in which another one is empty are told elsewhere.
    """
    sheet = draft.sheets[table]
    if any(column in sheet.missing for column in sheet.table.key) or len(sheet) < 2:
        return
    key = np.zeros(len(sheet), dtype=np.int64)
    is_whole = np.ones(len(sheet), dtype=bool)
    for column in sheet.table.key:
        part, count = _key_part(draft, table, column, replaced or {})
        key = pd.factorize(key * count + part)[0].astype(np.int64)
        if column not in optional:
            is_whole &= draft.is_given(table, column)
    is_again = pd.Series(key).where(is_whole, -1 - np.arange(len(key))).duplicated().to_numpy()
    where = np.flatnonzero(is_again)
    if len(where) == 0:
        return
    first = _first_rows(key, is_whole)
    faults.rows(
        sheet,
        sheet.table.key[0] if len(sheet.table.key) == 1 else "",
        (
            (int(k), worded("fault.twice", key=_key_text(draft, table, int(k)), row=sheet.row[first[key[k]]]))
            for k in where[: LISTED_PER_GROUP + 1]
        ),
        code=code,
        hint=hint or worded("fault.twice.hint"),
    )
    faults.count_unlisted(
        sheet.file,
        sheet.table.key[0] if len(sheet.table.key) == 1 else "",
        code,
        len(where) - LISTED_PER_GROUP - 1,
    )


def _key_part(
    draft: Draft, table: str, column: str, replaced: Mapping[str, NDArray[np.object_]]
) -> tuple[IntArray, int]:
    """Return codes of a key column and how many there are; an empty product means all products."""
    if column in replaced:
        code, values = pd.factorize(replaced[column])
        return code.astype(np.int64), len(values)
    found = draft.sheets[table].columns[column]
    values = found.values
    if column == "product_id":
        values = np.where(values == "", ALL_PRODUCTS, values)
    code, distinct = pd.factorize(values)
    return code[found.code].astype(np.int64), max(len(distinct), 1)


def _first_rows(key: IntArray, is_whole: BoolArray) -> IntArray:
    """First position of each key."""
    first = np.full(int(key.max()) + 1, -1, dtype=np.int64)
    position = np.flatnonzero(is_whole)[::-1]
    first[key[position]] = position
    return first


def _key_text(draft: Draft, table: str, position: int) -> str:
    """Return the key of a row in words."""
    sheet = draft.sheets[table]
    parts = (sheet.text_at(column, position) for column in sheet.table.key)
    return f"`{' / '.join(part for part in parts if part)}`"
