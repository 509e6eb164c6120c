"""Collecting faults: everything that is wrong is listed once, in the order a person reads the plan."""

from collections import Counter
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TypeAlias

import numpy as np

from allocator.errors import Fault, InputFaults
from allocator.plan.sheet import Sheet
from allocator.plan.tables import TABLES
from allocator.plan.warning import PlanWarning
from allocator.texts import worded
from allocator.wording import Wording
from solver_models.arrays import BoolArray, IntArray

LISTED_PER_GROUP = 1000
NEAR_MATCH_SEARCHES = 25
OVERRIDES = "--set"
Text: TypeAlias = str | Callable[[str], str]

_FILE_ORDER = {
    name: place for place, name in enumerate(["", OVERRIDES, "plan", *(table.name for table in TABLES)])
}
_COLUMN_ORDER = {table.name: {name: k for k, name in enumerate(table.column_names)} for table in TABLES}


class NearMatches:
    """Turn an unknown name into a hint that offers the known names next to it.

    Looking through thousands of names is slow, so after `NEAR_MATCH_SEARCHES` different names the
    hint is general.
    """

    def __init__(self, known: Iterable[str], otherwise: str) -> None:
        self._known = sorted(set(known))
        self._folded = {name.casefold(): name for name in reversed(self._known)}
        self._otherwise = otherwise
        self._found: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """Return `did you mean ...?` or the general hint."""
        if name not in self._found:
            if len(self._found) >= NEAR_MATCH_SEARCHES:
                return self._otherwise
            self._found[name] = self._search(name)
        return self._found[name]

    def _search(self, name: str) -> str:
        same_letters = self._folded.get(name.casefold())
        near = [same_letters] if same_letters else get_close_matches(name, self._known, n=3, cutoff=0.6)
        if not near:
            return self._otherwise
        return worded("fault.did_you_mean", names=any_of(near), otherwise=self._otherwise)


class FaultCollector:
    """Every fault found so far; the only thing that the checks share.

    `warnings` holds what the reading of a file found improbable in its form.
    """

    def __init__(self) -> None:
        self.warnings: list[PlanWarning] = []
        self._faults: list[Fault] = []
        self._unlisted: Counter[tuple[str, str, str]] = Counter()

    def __len__(self) -> int:
        return len(self._faults)

    def add(
        self, file: str, row: int, column: str, value: object, *, code: str, message: str, hint: str
    ) -> None:
        """Add one fault."""
        text = "" if value is None else str(value)
        self._faults.append(Fault(file, row, column, text[:200], code, message, hint))

    def cells(
        self,
        sheet: Sheet,
        column: str,
        where: BoolArray | IntArray,
        *,
        code: str,
        message: Text,
        hint: Text,
    ) -> None:
        """Add one fault per cell of a column; of a million bad cells only the first ones are spelled out.

        Parameters
        ----------
        where
            Mask of shape (n_row,) or ascending positions.
        message, hint
            Text, or a function of the cell's text.
        """
        if column in sheet.missing:
            return
        position = np.flatnonzero(where) if where.dtype == np.bool_ else where
        for k in position[: LISTED_PER_GROUP + 1]:
            value = sheet.text_at(column, int(k))
            self.add(
                sheet.file,
                int(sheet.row[k]),
                column,
                value,
                code=code,
                message=message if isinstance(message, str) else message(value),
                hint=hint if isinstance(hint, str) else hint(value),
            )
        self.count_unlisted(sheet.file, column, code, len(position) - LISTED_PER_GROUP - 1)

    def count_unlisted(self, file: str, column: str, code: str, more: int) -> None:
        """Remember how many faults of a group were found beyond those added (none where `more` <= 0)."""
        self._unlisted[file, column, code] += max(more, 0)

    def rows(
        self, sheet: Sheet, column: str, messages: Iterable[tuple[int, str]], *, code: str, hint: Text
    ) -> None:
        """Add one fault per (position, message) pair; `column` gives the value ("" = the whole row)."""
        if column in sheet.missing:
            return
        for k, message in messages:
            value = sheet.text_at(column, k) if column else ""
            text = hint if isinstance(hint, str) else hint(value)
            self.add(sheet.file, int(sheet.row[k]), column, value, code=code, message=message, hint=text)

    def listed(self) -> tuple[Fault, ...]:
        """Return the faults by file (as in the contract), row and column, long groups cut short."""
        groups: Counter[tuple[str, str, str]] = Counter()
        listed: list[Fault] = []
        total = Counter((fault.file, fault.column, fault.code) for fault in self._faults)
        for fault in sorted(self._faults, key=_reading_order):
            group = (fault.file, fault.column, fault.code)
            groups[group] += 1
            if groups[group] <= LISTED_PER_GROUP:
                listed.append(fault)
            elif groups[group] == LISTED_PER_GROUP + 1:
                more = total[group] + self._unlisted[group] - LISTED_PER_GROUP
                message = worded("fault.more_of_the_same", count=more)
                listed.append(Fault(*group[:1], fault.row, fault.column, "", fault.code, message, fault.hint))
        return tuple(listed)

    def raise_if_any(self) -> None:
        """Raise `InputFaults` when anything was found."""
        if self._faults:
            raise InputFaults(self.listed())


def any_of(names: Iterable[str]) -> Wording:
    """Return names in their marks, with `or` between them."""
    marked = [f"`{name}`" for name in names]
    return Wording(" or ".join(marked), " 或 ".join(marked))


def bare_name(file: str) -> str:
    """Return the table name of a file or sheet name (`rules.csv` and `rules` are both `rules`)."""
    name = file.strip()
    for ending in (".csv", ".yaml"):
        name = name.removesuffix(ending)
    return name


def _reading_order(fault: Fault) -> tuple[int, str, int, int, str, str, str]:
    name = bare_name(fault.file)
    column = _COLUMN_ORDER.get(name, {}).get(fault.column, 999 if fault.column else -1)
    order = _FILE_ORDER.get(name, len(_FILE_ORDER))
    return order, fault.file, fault.row, column, fault.column, fault.code, fault.message
