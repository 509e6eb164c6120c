"""The instances of rules and pins as plain columns: what they are, and the numbers they bear."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from solver_models.arrays import BoolArray, FloatArray, IntArray

COLUMNS = (
    "rule",
    "rule_id",
    "kind",
    "basis",
    "node",
    "product",
    "min",
    "max",
    "base",
    "lower",
    "upper",
    "tier",
    "owner",
    "group",
    "done",
    "done_whole",
)
TEXT_COLUMNS = ("rule_id", "kind", "basis", "owner")
NUMBERS = ("min", "max", "base", "lower", "upper", "done", "done_whole")


@dataclass(frozen=True, eq=False)
class Shape:
    """What a list of instances is about, whatever its numbers; the columns are those of `spell_out`.

    Two plans that share a shape differ in the numbers of their rules only; it is known by identity.
    """

    rule: IntArray
    rule_id: NDArray[np.object_]
    kind: NDArray[np.object_]
    basis: NDArray[np.object_]
    node: IntArray
    product: IntArray
    tier: IntArray
    owner: NDArray[np.object_]
    group: IntArray
    _masks: dict[tuple[str, ...], BoolArray] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.node)

    def of_kind(self, *kinds: str) -> BoolArray:
        """True for instances of these kinds; the mask is kept, so it is not to be written to."""
        if kinds not in self._masks:
            found = is_any(self.kind, kinds)
            found.flags.writeable = False
            self._masks[kinds] = found
        return self._masks[kinds]

    @cached_property
    def is_effort(self) -> BoolArray:
        """True where the amounts are hours."""
        effort: BoolArray = self.basis == "effort"
        return effort

    @cached_property
    def texts(self) -> dict[str, pd.Series]:
        """The columns of text."""
        return {name: text_column(getattr(self, name)) for name in TEXT_COLUMNS}

    @cached_property
    def peer(self) -> IntArray:
        """Number of each fairness instance's rule and peer group, in the order of those instances."""
        fair = self.of_kind("fairness")
        pairs = np.stack([self.rule[fair], self.group[fair]])
        number: IntArray = np.unique(pairs, axis=1, return_inverse=True)[1].ravel().astype(np.int64)
        return number


@dataclass(frozen=True)
class Lines:
    """Instances with their numbers; `table` shows them as `spell_out` returns them."""

    shape: Shape
    min: FloatArray
    max: FloatArray
    base: FloatArray
    lower: FloatArray
    upper: FloatArray
    done: FloatArray
    done_whole: FloatArray
    is_whole: BoolArray

    def __len__(self) -> int:
        return len(self.shape)

    def table(self, **more: FloatArray | pd.Series) -> pd.DataFrame:
        """Return the instances as a table, with more columns behind."""
        columns: dict[str, Any] = {}
        for name in COLUMNS:
            if name in TEXT_COLUMNS:
                columns[name] = self.shape.texts[name]
            else:
                columns[name] = getattr(self if name in NUMBERS else self.shape, name)
        return pd.DataFrame({**columns, "is_whole": self.is_whole, **more})


def lines_of(table: pd.DataFrame) -> Lines:
    """Return a table of instances as plain columns."""
    shape = Shape(
        rule=table["rule"].to_numpy(np.int64),
        rule_id=table["rule_id"].to_numpy(object),
        kind=table["kind"].to_numpy(object),
        basis=table["basis"].to_numpy(object),
        node=table["node"].to_numpy(np.int64),
        product=table["product"].to_numpy(np.int64),
        tier=table["tier"].to_numpy(np.int64),
        owner=table["owner"].to_numpy(object),
        group=table["group"].to_numpy(np.int64),
    )
    numbers = {name: table[name].to_numpy(np.float64) for name in NUMBERS}
    return Lines(shape, **numbers, is_whole=table["is_whole"].to_numpy(bool))


def text_column(texts: NDArray[np.object_]) -> pd.Series:
    """Texts of which many are alike as a column."""
    code, distinct = pd.factorize(texts)
    return pd.Series(pd.Series(distinct, dtype=str).array.take(code))


def is_any(kind: NDArray[np.object_], kinds: Iterable[str]) -> BoolArray:
    """True where the kind is one of some kinds."""
    found = np.zeros(len(kind), bool)
    for one in kinds:
        found |= kind == one
    return found
