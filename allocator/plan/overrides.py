"""`PATH=VALUE` texts laid over a plan before it is checked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allocator.plan.faults import OVERRIDES, FaultCollector, NearMatches
from allocator.plan.paths import split_path
from allocator.plan.setting_keys import expected_at, known_keys
from allocator.plan.sheet import Sheet, TextColumn, strip, text_column
from allocator.plan.tables import ALL_PRODUCTS, RULES
from allocator.plan.yaml_source import Branch, Node, Path, Place, Scalar, read_yaml_value
from allocator.texts import worded
from allocator.wording import Wording
from solver_models.arrays import IntArray


def apply_overrides(
    tree: Branch | None, sheets: Mapping[str, Sheet], overrides: Sequence[str], faults: FaultCollector
) -> tuple[Branch | None, dict[str, Sheet]]:
    """Return the settings and the tables with every override applied.

    `measures.revenue.total=43000000` changes plan.yaml, `rules.r1.max=0.5` the column max of rule
    r1, `pins.revenue.n1.p1.amount=5000` the amount of the pin of node n1 and product p1 (`*` = all products).
    Paths that name nothing and paths given twice go to `faults` under the file name `--set`, with
    the position of the override as row.
    """
    seen: dict[str, int] = {}
    changed = dict(sheets)
    for number, override in enumerate(overrides, start=1):
        place = Place(OVERRIDES, number)
        path, equals, value = (part.strip() for part in override.partition("="))
        if not equals or not path:
            faults.add(
                OVERRIDES,
                number,
                "",
                override,
                code="bad-override",
                message=worded("fault.set.form"),
                hint=worded("fault.set.form.hint"),
            )
            continue
        if path in seen:
            faults.add(
                OVERRIDES,
                number,
                path,
                value,
                code="duplicate-override",
                message=worded("fault.set.twice", number=seen[path]),
                hint=worded("fault.keep_one_entry"),
            )
            continue
        seen[path] = number
        if path.startswith("rules."):
            changed["rules"] = _rule_set(changed["rules"], path, value, place, faults)
        elif path.startswith("pins."):
            changed["pins"] = _pin_set(changed["pins"], path, value, place, faults)
        elif tree is not None:
            tree = _key_set(tree, path, value, place, faults)
    return tree, changed


def _key_set(tree: Branch, path: str, text: str, place: Place, faults: FaultCollector) -> Branch:
    """Lay one value over plan.yaml."""
    found = key_value(tree, path, text, place.row, place.file, faults)
    return tree if found is None else tree.with_value(*found)


def key_value(
    tree: Branch, path: str, text: str, number: int, file: str, faults: FaultCollector
) -> tuple[Path, Node] | None:
    """Read `PATH=VALUE` against plan.yaml: the keys of the path and the value; None (and a fault) if bad.

    Parameters
    ----------
    number, file
        Place of the text, for faults.
    """
    place = Place(file, number)
    names = _children(tree, ("measures",))
    keys = split_path(path, names)
    problem = _unknown_part(keys, names)
    if problem:
        bad, hint = problem
        message = worded("fault.set.no_key", path=bad)
        faults.add(file, number, path, text, code="unknown-path", message=message, hint=hint)
        return None
    value = read_yaml_value(text, place, faults, path)
    return None if value is None else (keys, value)


def _children(tree: Branch, path: Path) -> tuple[str, ...]:
    branch = tree.at(path)
    return tuple(branch.children) if isinstance(branch, Branch) else ()


def _unknown_part(keys: Path, measures: Sequence[str]) -> tuple[str, str] | None:
    """Return the first key that names nothing, with a hint; None if the path is good."""
    if keys[0] in ("measures", "product_totals", "payout") and len(keys) > 1 and keys[1] not in measures:
        hint = NearMatches(measures, worded("fault.the_measures", names=", ".join(measures)))(keys[1])
        return ".".join(keys[:2]), hint
    for length in range(1, len(keys) + 1):
        if expected_at(keys[:length]) is None:
            known = known_keys(keys[: length - 1])
            otherwise = (
                worded("fault.key.unknown.hint", names=", ".join(known))
                if known
                else worded("fault.set.no_key.hint")
            )
            return ".".join(keys[:length]), NearMatches(known, otherwise)(keys[length - 1])
    return None


def _rule_set(rules: Sheet, path: str, text: str, place: Place, faults: FaultCollector) -> Sheet:
    """Lay one value over a cell of rules.csv."""
    rule_id, dot, column = path.removeprefix("rules.").rpartition(".")
    ids = rules.columns["rule_id"]
    wanted = np.flatnonzero(ids.values[ids.code] == rule_id) if len(rules) else np.zeros(0, np.int64)
    problem: str = ""
    if not dot or column not in RULES.column_names:
        names = RULES.column_names
        problem = worded("fault.set.no_column", column=column)
        hint = NearMatches(names, worded("fault.set.no_column.hint", names=", ".join(names)))(column)
    elif len(wanted) == 0:
        problem = worded("fault.set.no_rule", rule=rule_id)
        hint = NearMatches(ids.values, worded("fault.set.no_rule.hint"))(rule_id)
    if problem:
        faults.add(place.file, place.row, path, text, code="unknown-path", message=problem, hint=hint)
        return rules
    return _cell_set(rules, column, wanted, path, text, place, faults)


class BadPath(NamedTuple):
    """Why a path names nothing."""

    message: Wording
    hint: str


def pins_at(
    path: str, measure: NDArray[np.object_], node: NDArray[np.object_], product: NDArray[np.object_]
) -> tuple[IntArray, BadPath | None]:
    """Rows of pins.csv that `pins.<measure>.<node>.<product or *>.amount` names; what is wrong where none is.

    Parameters
    ----------
    measure, node, product
        Shape (n_pin,): the texts of the table; an empty product is all of them.
    """
    key, _, column = path.removeprefix("pins.").rpartition(".")
    keys = [f"{m}.{v}.{p or ALL_PRODUCTS}" for m, v, p in zip(measure, node, product, strict=True)]
    wanted = np.flatnonzero(np.array(keys, dtype=object) == key)
    if column != "amount" or not key:
        return wanted, BadPath(worded("fault.set.pin_amount"), worded("fault.set.pin_amount.hint"))
    if len(wanted) == 0:
        hint = NearMatches(keys, worded("fault.set.no_pin.hint"))(key)
        return wanted, BadPath(worded("fault.set.no_pin", key=key), hint)
    return wanted, None


def _pin_set(pins: Sheet, path: str, text: str, place: Place, faults: FaultCollector) -> Sheet:
    """Lay one amount over a row of pins.csv."""
    given = [pins.columns[name].texts() for name in ("measure", "node_id", "product_id")]
    wanted, bad = pins_at(path, *given)
    if bad is not None:
        faults.add(place.file, place.row, path, text, code="unknown-path", message=bad.message, hint=bad.hint)
        return pins
    return _cell_set(pins, "amount", wanted, path, text, place, faults)


def _cell_set(
    sheet: Sheet, column: str, rows: IntArray, path: str, text: str, place: Place, faults: FaultCollector
) -> Sheet:
    """Write one value into some rows of a column."""
    value = read_yaml_value(text, place, faults, path)
    if value is None:
        return sheet
    if not isinstance(value, Scalar) or value.tag == "list":
        faults.add(
            place.file,
            place.row,
            path,
            text,
            code="wrong-shape",
            message=worded("fault.set.one_value", file=sheet.file),
            hint=worded("fault.set.one_value.hint"),
        )
        return sheet
    written = "" if value.tag == "null" else strip(value.text)
    return replace(sheet, columns={**sheet.columns, column: _with_text(sheet.columns[column], rows, written)})


def _with_text(column: TextColumn, rows: IntArray, text: str) -> TextColumn:
    """Return a copy of a column with another text in some rows."""
    texts = column.texts().copy()
    texts[rows] = text
    return text_column(texts)
