"""Result files as tables: the last few stay in memory, since what a run left behind never changes."""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from sqlalchemy.orm import Session

from service.auth.principal import Principal, is_within_scope
from service.blobs.repository import content_of
from service.db.models import Run
from service.problems.problem import Problem
from service.runs import repository
from service.runs.access import sees_whole_company

KEPT = 6
NODES = "nodes.json"
AMOUNTS = ("target", "children_sum", "amount")
BLOCK = 1 << 24


class ResultTables:
    """Reads files of runs by their hash."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    def table(self, session: Session, run: Run, name: str) -> pa.Table:
        """Return a csv file as texts, column by column.

        Raises
        ------
        Problem
            `no-result` where the run left no such file behind.
        """
        return self._read(session, run, name, _texts)

    def paths(self, session: Session, run: Run) -> dict[str, str]:
        """Return node -> path of the plan as the scenario changed it."""
        found: dict[str, str] = self._read(session, run, NODES, json.loads)
        return found

    def _read(self, session: Session, run: Run, name: str, read: Any) -> Any:
        sha256 = repository.artifact_hashes(session, run.run_id).get(name)
        if sha256 is None:
            raise Problem("no-result", state=run.status)
        with self._lock:
            if sha256 in self._kept:
                self._kept.move_to_end(sha256)
                return self._kept[sha256]
        found = read(content_of(session, sha256))
        with self._lock:
            self._kept[sha256] = found
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found


@dataclass(frozen=True)
class Sight:
    """The nodes of a result that a caller may see; None = all of them."""

    nodes: pa.Array | None
    paths: Mapping[str, str]

    def may_see(self, node_id: str) -> bool:
        """Whether a node is there and inside the scope."""
        return node_id in self.paths and (self.nodes is None or node_id in self._known)

    @property
    def _known(self) -> set[str]:
        return set(self.nodes.to_pylist()) if self.nodes is not None else set()

    def mask(self, table: pa.Table) -> np.ndarray:
        """Mark the rows inside the scope."""
        if self.nodes is None:
            return np.ones(table.num_rows, bool)
        return _numpy(pc.is_in(table["node_id"], value_set=self.nodes))


def sight_of(results: ResultTables, session: Session, principal: Principal, run: Run) -> Sight:
    """Return what a caller sees of a result; the paths are those of the changed plan."""
    paths = results.paths(session, run)
    if sees_whole_company(principal):
        return Sight(None, paths)
    seen = [node for node, path in paths.items() if is_within_scope(path, principal)]
    return Sight(pa.array(seen, pa.string()), paths)


def rows_where(table: pa.Table, sight: Sight, **wanted: str | None) -> np.ndarray:
    """Return the positions of the rows inside the scope whose columns hold these texts."""
    mask = sight.mask(table)
    for column, value in wanted.items():
        if value is not None:
            mask &= _numpy(pc.equal(table[column], value))
    return np.flatnonzero(mask)


def records(table: pa.Table, rows: np.ndarray) -> list[dict[str, str | None]]:
    """Return rows as texts, None for what is empty."""
    found = table.take(pa.array(rows)).to_pylist()
    return [{key: value or None for key, value in row.items()} for row in found]


def csv_bytes(table: pa.Table) -> bytes:
    """Return rows as csv with a header."""
    sink = pa.BufferOutputStream()
    pcsv.write_csv(table, sink, pcsv.WriteOptions(quoting_style="needed"))
    found: bytes = sink.getvalue().to_pybytes()
    return found


def parquet_bytes(table: pa.Table, numbers: Sequence[str]) -> bytes:
    """Return rows as Parquet: exact amounts as integers or decimals, other numbers as floats."""
    columns = [_typed(name, table[name], numbers) for name in table.column_names]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(dict(zip(table.column_names, columns, strict=True))), sink, compression="zstd")
    found: bytes = sink.getvalue().to_pybytes()
    return found


def _typed(name: str, column: pa.ChunkedArray, numbers: Sequence[str]) -> pa.ChunkedArray:
    if name not in numbers:
        return column
    known = pc.if_else(pc.equal(column, ""), None, column)
    if name not in AMOUNTS:
        return pc.cast(known, pa.float64())
    is_whole = not pc.any(pc.match_substring(column, "."), min_count=0).as_py()
    return pc.cast(known, pa.int64() if is_whole else pa.decimal128(38, 6))


def _texts(content: bytes) -> pa.Table:
    reading = pcsv.ReadOptions(block_size=BLOCK, use_threads=False)
    names = pcsv.open_csv(pa.BufferReader(content), reading).schema.names
    options = pcsv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, null_values=[]
    )
    parsing = pcsv.ParseOptions(newlines_in_values=True)
    return pcsv.read_csv(pa.BufferReader(content), reading, parsing, options).combine_chunks()


def _numpy(mask: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(mask.to_numpy(), bool)
