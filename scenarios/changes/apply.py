"""Changes over a plan: a new plan and the log of what differs, or every fault at once."""

import hashlib
import json
from collections import ChainMap
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

import numpy as np
import pandas as pd

from allocator.errors import Fault, InputFaults
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.plan.reading import check_draft, frozen_frame
from allocator.plan.rebuilding import PlanSheets, frames_of
from allocator.plan.settings import read_settings
from allocator.plan.sheet import Sheet, text_column
from allocator.plan.values import typed_columns, typed_frame
from allocator.texts import worded
from scenarios.changes.change import Change
from scenarios.changes.edits import LogEntry, PlanEdits
from scenarios.changes.plan_texts import CHANGES, KEYS, TABLE, Reference

SPELLED = frozenset(("node_id", "product_id", "name"))
"""Columns whose empty cells a plan spells out (`frozen_frame`)."""


@dataclass(frozen=True)
class Applied:
    """What became of a plan.

    Parameters
    ----------
    plan
        The changed plan, checked like a plan that was read. Its `input_hash` is that of the parent and
        the changes.
    log
        What each change made different, in order.
    touched
        Which parts of the plan differ: names of tables, `totals`, `policy`, `frame`.
    """

    plan: Plan
    log: tuple[LogEntry, ...]
    touched: frozenset[str]


def apply_changes(
    plan: Plan,
    changes: Sequence[Change],
    reference: Reference | None = None,
    sheets: PlanSheets | None = None,
) -> Applied:
    """Lay changes over a plan, one after another; the plan itself stays as it is.

    Parameters
    ----------
    reference
        Target of (measure, node, product) in `plan`: what a scaled number is taken from where nothing
        fixes it. Without it such a change is a fault.
    sheets
        `PlanSheets(plan)`, where many sets of changes are laid over the same plan.

    Raises
    ------
    InputFaults
        With every fault: file `changes`, the position of the change as row, the field or path as column.
    """
    if not changes:
        return Applied(plan, (), frozenset())
    faults = FaultCollector()
    sheets = sheets or PlanSheets(plan)
    edits = PlanEdits(plan, sheets, reference or _no_reference, faults)
    for position, change in enumerate(changes, start=1):
        edits.begin(position, change.kind)
        try:
            change.make(edits)
        except NoReference:
            edits.refuse(
                "",
                "",
                code="nothing-to-scale",
                message=worded("fault.change.nothing_to_scale"),
                hint=worded("fault.change.nothing_to_scale.hint"),
            )
    faults.raise_if_any()
    changed = _checked(plan, edits, sheets, faults, changes)
    return Applied(changed, tuple(edits.log), frozenset(edits.touched))


def changes_hash(parent: str, changes: Sequence[Change]) -> str:
    """sha256 of a parent's hash and the canonical JSON of the changes."""
    texts = [
        json.dumps(change.model_dump(mode="json"), sort_keys=True, ensure_ascii=False) for change in changes
    ]
    digest = hashlib.sha256(parent.encode() + b"\0")
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()


class NoReference(Exception):
    """A target of the plan was asked for, and nobody knows it."""


def _no_reference(measure: str, node: str, product: str) -> float:
    raise NoReference


def _checked(
    plan: Plan, edits: PlanEdits, sheets: PlanSheets, faults: FaultCollector, changes: Sequence[Change]
) -> Plan:
    """Type and check what was touched, as a reading does."""
    settings = read_settings(edits.tree, "plan.yaml", faults)
    old = frames_of(plan)
    read = {
        name: _read_again(old[name], sheets[name], edits.table(name), faults) for name in edits.changed_tables
    }
    changed = {name: table.sheet for name, table in read.items()}
    frames = old | {name: table.frame for name, table in read.items()}
    draft = Draft(settings, ChainMap(changed, cast(MutableMapping[str, Sheet], sheets)), frames)
    check_draft(draft, faults, frozenset(edits.touched))
    if len(faults):
        raise InputFaults(_by_change(faults.listed(), edits))
    new = {
        name: frozen_frame(name, table.frame) if table.fresh & SPELLED else table.frame
        for name, table in read.items()
    }
    return Plan(
        spec=settings.spec,
        input_hash=changes_hash(plan.input_hash, changes),
        overrides=plan.overrides,
        places=plan.places.without(new),
        noticed=plan.noticed,
        **(frames_of(plan) | new),
    )


class _Read(NamedTuple):
    """A table after its texts changed, and the names of the columns that were read again."""

    sheet: Sheet
    frame: pd.DataFrame
    fresh: frozenset[str]


def _read_again(frame: pd.DataFrame, before: Sheet, texts: pd.DataFrame, faults: FaultCollector) -> _Read:
    """Read a table again: where its rows are the same ones, only the columns that differ."""
    is_same = list(texts.columns) == list(before.columns) and isinstance(frame.index, pd.RangeIndex)
    if not is_same or not np.array_equal(texts.index.to_numpy(np.int64), before.row - 2):
        sheet = _sheet(before, texts)
        return _Read(sheet, typed_frame(sheet, faults), frozenset(sheet.columns))
    columns, fresh = dict(before.columns), []
    for name in before.columns:
        now = texts[name].to_numpy(object)
        if not np.array_equal(now, before.columns[name].texts()):
            columns[name] = text_column(now)
            fresh.append(name)
    sheet = replace(before, columns=columns)
    return _Read(sheet, frame.assign(**typed_columns(sheet, faults, fresh)), frozenset(fresh))


def _sheet(before: Sheet, texts: pd.DataFrame) -> Sheet:
    columns = {name: text_column(texts[name].to_numpy(object)) for name in texts.columns}
    row = texts.index.to_numpy("int64") + 2
    return Sheet(before.table, before.file, row, columns, is_present=len(texts) > 0)


def _by_change(faults: Sequence[Fault], edits: PlanEdits) -> tuple[Fault, ...]:
    """Name the change that a fault of a table comes from, where it touched that very row."""
    found = []
    for fault in faults:
        table = fault.file.removesuffix(".csv")
        position = edits.rows_of.get((table, fault.row - 2))
        if table not in TABLE or position is None:
            found.append(fault)
            continue
        row = edits.table(table).loc[fault.row - 2]
        name = ".".join([table, *(str(row[key]) for key in KEYS[table] if row[key]), fault.column]).rstrip(
            "."
        )
        found.append(Fault(CHANGES, position, name, fault.value, fault.code, fault.message, fault.hint))
    return tuple(
        sorted(found, key=lambda fault: (fault.file != CHANGES, fault.row if fault.file == CHANGES else 0))
    )
