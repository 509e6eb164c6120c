"""One table as text: what the csv file or the sheet says, before anything is believed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.plan.tables import Table
from allocator.plan.tree import IdTree, id_tree
from solver_models.arrays import CodeArray, IntArray

# str.strip knows the no-break and the ideographic space; these invisible marks come with copied text.
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


@dataclass(frozen=True)
class TextColumn:
    """The texts of a column, each different text kept once.

    Parameters
    ----------
    code
        Shape (n_row,): position in `values` of each row's text.
    values
        The different texts, without surrounding white space, in order of first appearance.
    """

    code: CodeArray
    values: NDArray[np.object_]

    def texts(self) -> NDArray[np.object_]:
        """Return the text of every row, shape (n_row,)."""
        return self.values[self.code]


@dataclass(frozen=True)
class Sheet:
    """One table of the plan as it was written.

    Parameters
    ----------
    table
        What the table should be.
    file
        Name of the file or sheet, for messages.
    row
        Shape (n_row,): row numbers as a spreadsheet shows them (header = 1).
    columns
        All columns of the contract (absent ones are empty texts), then further ones.
    missing
        Required columns that the header lacks; nothing more is said about their cells.
    is_present
        False for an optional table that the plan does not have.
    is_complete
        False where rows or the whole file could not be read, so that other tables may name
        ids that stand in the unread part.
    """

    table: Table
    file: str
    row: IntArray
    columns: dict[str, TextColumn]
    missing: frozenset[str] = frozenset()
    is_present: bool = True
    is_complete: bool = True
    _trees: dict[str, IdTree] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.row)

    def tree(self, id_column: str) -> IdTree:
        """Return the rows as a tree, as far as they are one; a sheet that many plans share keeps it."""
        if id_column not in self._trees:
            ids, parents = (self.columns[name].texts().tolist() for name in (id_column, "parent_id"))
            self._trees[id_column] = id_tree(ids, parents)
        return self._trees[id_column]

    @property
    def further(self) -> tuple[str, ...]:
        """Columns beyond the contract (products only)."""
        return tuple(name for name in self.columns if name not in self.table.column_names)

    def text_at(self, column: str, position: int) -> str:
        """Return the text of one cell."""
        found = self.columns[column]
        return str(found.values[found.code[position]])

    def vouches_for(self, column: str) -> bool:
        """Tell whether every id of this column was read, so that unknown ids elsewhere are faults."""
        return self.is_complete and column not in self.missing


def text_column(texts: NDArray[np.object_]) -> TextColumn:
    """Strip the texts of a column and keep each different one once."""
    code, values = pd.factorize(texts)
    return coded_column(code, values)


def coded_column(code: NDArray[np.integer], values: NDArray[np.object_]) -> TextColumn:
    """Strip texts that are already kept once each, and keep those that became equal once."""
    texts = values.tolist()
    joined = "".join(texts)
    if joined.isascii() and joined.isprintable() and " " not in joined:
        return TextColumn(code.astype(np.int32, copy=False), values)
    stripped = np.array([strip(value) for value in texts], dtype=object)
    again, distinct = pd.factorize(stripped)
    return TextColumn(again[code].astype(np.int32), np.asarray(distinct, dtype=object))


def strip(text: str) -> str:
    """Remove white space and invisible marks from both ends."""
    return text.strip().strip(INVISIBLE).strip()


def empty_sheet(table: Table, file: str, *, is_present: bool, is_complete: bool = True) -> Sheet:
    """Return a sheet without rows."""
    empty = np.zeros(0, dtype=object)
    columns = {name: text_column(empty) for name in table.column_names}
    return Sheet(
        table,
        file,
        np.zeros(0, np.int64),
        columns,
        missing=frozenset() if is_complete else frozenset(table.column_names),
        is_present=is_present,
        is_complete=is_complete,
    )


def keep_filled_rows(columns: Sequence[TextColumn], row: IntArray) -> tuple[list[TextColumn], IntArray]:
    """Leave out the rows in which every cell is empty."""
    is_filled = np.zeros(len(row), dtype=bool)
    for column in columns:
        is_filled |= (column.values != "")[column.code] if len(column.values) else False
    if is_filled.all():
        return list(columns), row
    return [TextColumn(column.code[is_filled], column.values) for column in columns], row[is_filled]
