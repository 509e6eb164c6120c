"""Splitting seats by time: who moves in mid-year leaves a part of the year behind."""

import numpy as np
import pandas as pd

from allocator.plan.rebuilding import amount_text
from allocator.texts import worded
from scenarios.changes.edits import PlanEdits
from scenarios.wordings import listed

DIGITS = 2
"""Split amounts are written to the cent; the old seat gets the rest, so that sums stay exact to the cent."""
SPLIT_TABLES = (("history", ("amount",)), ("commitments", ("amount", "actual")), ("potential", ("amount",)))


def split_seats(edits: PlanEdits, node: str, parent: str, month: int) -> None:
    """Split every rep at or below a node into an old and a new seat below another parent.

    share of the new seat = months from the move on / months of the plan.
    """
    share = (edits.months[-1] + 1 - month) / len(edits.months)
    moving = edits.subtree(node)
    if not _nothing_names(edits, moving):
        return
    new_id = {old: f"{old}@{parent}" for old in moving}
    if not all(edits.is_new("node", new, "org") for new in new_id.values()):
        return
    for old in moving:
        row = edits.record("org", node_id=old)
        above = parent if old == node else new_id[row["parent_id"]]
        edits.add_row("org", {**row, "node_id": new_id[old], "parent_id": above})
    for table, columns in SPLIT_TABLES:
        _split_rows(edits, table, columns, new_id, node, share)


def _nothing_names(edits: PlanEdits, nodes: list[str]) -> bool:
    """Pins and rules that name what moves would have to be split by a person."""
    pins = edits.table("pins")
    rules = edits.table("rules")
    named = [worded("fault.change.pin_of", node=row) for row in pins[pins["node_id"].isin(nodes)]["node_id"]]
    named += [
        worded("fault.change.rule_named", rule=row) for row in rules[rules["node_id"].isin(nodes)]["rule_id"]
    ]
    if named:
        edits.refuse(
            "node",
            nodes[0],
            code="named-elsewhere",
            message=worded("fault.change.moves_named", places=listed(named[:8])),
            hint=worded("fault.change.moves_named.hint"),
        )
    return not named


def _split_rows(
    edits: PlanEdits, table: str, columns: tuple[str, ...], new_id: dict[str, str], node: str, share: float
) -> None:
    frame = edits.table(table)
    chosen = frame["node_id"].isin(list(new_id)).to_numpy(bool)
    if not chosen.any():
        return
    new = frame[chosen].copy()
    old = frame.copy()
    new["node_id"] = new["node_id"].map(new_id)
    for column in columns:
        texts = frame.loc[chosen, column]
        given = (texts != "").to_numpy(bool)
        amount = texts[given].astype(float).to_numpy()
        moved = np.round(amount * share, DIGITS)
        new.loc[new.index[given], column] = [amount_text(value) for value in moved]
        old.loc[texts.index[given], column] = [amount_text(value) for value in np.round(amount - moved, 6)]
    start = int(frame.index.max()) + 1
    new.index = pd.RangeIndex(start, start + len(new))
    thing = ("by_node", node)
    edits.replace_table(
        table, pd.concat([old, new]), thing, f"{int(chosen.sum())} rows", f"split, {share:.4g} moved"
    )
