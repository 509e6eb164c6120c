"""The plan while changes are laid over it: every edit is logged, and belongs to one change alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.plan.rebuilding import PlanSheets, scalar_text
from allocator.plan.sheet import strip
from allocator.plan.yaml_source import Branch, Node, Path, Place, Scalar
from scenarios.changes.plan_texts import CHANGES, KEYS, PlanTexts, Reference, Things

TOTALS = ("measures", "product_totals", "over_assignment")
HARMLESS = (
    "name",
    "currency",
    "baseline",
    "commitment_cap",
    "stretch_levels",
    "fairness",
    "attainment",
    "payout",
)
"""Settings that no other part of the plan has to agree with."""


@dataclass(frozen=True)
class LogEntry:
    """One thing that one change made different.

    Parameters
    ----------
    position
        Number of the change, from 1.
    path
        The thing, such as `rules.r1.max` or `org.e11.parent_id`.
    old, new
        As texts; empty = not there.
    """

    position: int
    path: str
    old: str
    new: str

    def sentence(self) -> str:
        """Return `path: old -> new`."""
        return f"{self.path}: {self.old or '-'} -> {self.new or '-'}"


class PlanEdits(PlanTexts):
    """Texts of a plan under change; `begin` says which change the next edits belong to.

    Two changes that touch the same thing, or one a part of what the other replaces, are a fault
    that names both; the second edit is not made.
    """

    def __init__(self, plan: Plan, sheets: PlanSheets, reference: Reference, faults: FaultCollector) -> None:
        super().__init__(plan, sheets, reference, faults)
        self.log: list[LogEntry] = []
        self.rows_of: dict[tuple[str, int], int] = {}
        self._owner: dict[Things, int] = {}
        self._above: dict[Things, set[int]] = {}

    def claim(self, *things: str) -> bool:
        """Make a thing the change's own; False (and a fault) where another change touched it before."""
        path = tuple(things)
        others = set(self._above.get(path, ()))
        others |= {self._owner[path[:n]] for n in range(1, len(path) + 1) if path[:n] in self._owner}
        others.discard(self.position)
        if others:
            self._conflict(".".join(path), ".".join(path), min(others), "fault.change.touched")
            return False
        self._owner[path] = self.position
        for n in range(1, len(path)):
            self._above.setdefault(path[:n], set()).add(self.position)
        self._above.setdefault(path, set()).add(self.position)
        return True

    def set_key(self, path: Path, value: object) -> None:
        """Lay a value (or a mapping of values) over plan.yaml; None takes the key away."""
        if not self.claim(*path):
            return
        place = Place(CHANGES, self.position)
        old = self.setting(*path)
        if value is None:
            self.tree = _without(self.tree, path)
        else:
            self.tree = self.tree.with_value(path, _node(value, place))
        self._touch_setting(path)
        self._note(".".join(path), _shown(old), _shown(self.setting(*path)))

    def set_node(self, path: Path, node: Node) -> None:
        """Lay a value that was read from a text over plan.yaml."""
        if not self.claim(*path):
            return
        old = self.setting(*path)
        self.tree = self.tree.with_value(path, node)
        self._touch_setting(path)
        self._note(".".join(path), _shown(old), _shown(node))

    def set_cells(self, table: str, labels: Iterable[int], values: Mapping[str, str]) -> None:
        """Write the same texts into columns of some rows."""
        rows = list(labels)
        for column, value in values.items():
            self.set_column(table, column, dict.fromkeys(rows, value))

    def set_column(self, table: str, column: str, values: Mapping[int, str]) -> None:
        """Write a text into one column of each row given."""
        frame = self.table(table)
        # looked up and written as an array: a cell at a time, pandas takes longer than the solve
        row = frame.index.get_indexer(pd.Index(list(values)))
        texts = frame[column].to_numpy(object, copy=True)
        names = frame[list(KEYS[table])].to_numpy(object)[row]
        for k, (label, value), name in zip(row.tolist(), values.items(), names, strict=True):
            old = str(texts[k])
            if not self.claim(table, *name, column) or old == value:
                continue
            texts[k] = value
            self.rows_of[table, int(label)] = self.position
            self._note(".".join([table, *filter(None, name), column]), old, value)
            self.touched.add(table)
        self._texts[table] = frame.assign(**{column: texts})

    def add_row(self, table: str, values: Mapping[str, str]) -> None:
        """Add a row; columns that are not given are empty."""
        frame = self.table(table)
        row = {column: strip(values.get(column, "")) for column in frame.columns}
        name = self._name_of(table, row)
        if not self.claim(table, *name):
            return
        label = int(frame.index.max()) + 1 if len(frame) else 0
        self._texts[table] = pd.concat([frame, pd.DataFrame([row], index=[label], dtype=object)])
        self.rows_of[table, label] = self.position
        self.touched.add(table)
        shown = ", ".join(f"{key}={value}" for key, value in row.items() if value)
        self._note(".".join([table, *filter(None, name)]), "", shown)

    def drop_rows(self, table: str, labels: Iterable[int]) -> None:
        """Take rows away."""
        frame = self.table(table)
        gone = []
        for label in labels:
            row = {str(column): str(text) for column, text in frame.loc[label].items()}
            name = self._name_of(table, row)
            if self.claim(table, *name):
                gone.append(label)
                self._dropped[name[0] if len(KEYS[table]) == 1 else ".".join(name)] = self.position
                shown = ", ".join(f"{key}={value}" for key, value in row.items() if value)
                self._note(".".join([table, *filter(None, name)]), shown, "")
        if gone:
            self._texts[table] = frame.drop(index=gone)
            self.touched.add(table)

    def replace_table(self, table: str, frame: pd.DataFrame, thing: Things, old: str, new: str) -> None:
        """Put another version of a big table in place, logged as one thing."""
        if self.claim(table, *thing):
            self._texts[table] = frame
            self.touched.add(table)
            self._note(".".join([table, *thing]), old, new)

    def _note(self, path: str, old: str, new: str) -> None:
        if old != new:
            self.log.append(LogEntry(self.position, path, old, new))

    def _touch_setting(self, path: Path) -> None:
        is_frame = path[0] == "measures" and (len(path) < 3 or path[2] != "total")
        if path[0] in TOTALS and not is_frame:
            self.touched.add("totals")
        elif path[0] in HARMLESS:
            self.touched.add("policy")
        else:
            self.touched.add("frame")

    def _name_of(self, table: str, row: Mapping[str, str]) -> Things:
        return tuple(row[column] for column in KEYS[table])


def _node(value: object, place: Place) -> Node:
    if isinstance(value, Mapping):
        children = {str(key): _node(below, place) for key, below in value.items()}
        return Branch(children, place, dict.fromkeys(children, place))
    text, tag = scalar_text(value)
    return Scalar(text, tag, place)


def _without(tree: Branch, path: Path) -> Branch:
    """Return a copy of a branch without what stands under a path."""
    key, rest = path[0], path[1:]
    below = tree.children.get(key)
    children = dict(tree.children)
    if not rest:
        children.pop(key, None)
    elif isinstance(below, Branch):
        smaller = _without(below, rest)
        if smaller.children:
            children[key] = smaller
        else:
            children.pop(key)
    return Branch(
        children, tree.place, {name: tree.key_place[name] for name in children if name in tree.key_place}
    )


def _shown(node: Node | None) -> str:
    if node is None:
        return ""
    if isinstance(node, Scalar):
        return node.text
    return "{" + ", ".join(f"{key}: {_shown(below)}" for key, below in node.children.items()) + "}"
