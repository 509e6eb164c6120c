"""Numbers of a result folder with their steps and rules, read from the csv files alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from allocator.errors import Fault, InputFaults
from allocator.plan.faults import NearMatches
from allocator.plan.tables import ALL_PRODUCTS
from allocator.results.parquet import read_parquet_texts
from allocator.texts import worded

TABLES = ("targets", "explanation", "rules")


@dataclass(frozen=True)
class ExplainedNumber:
    """One target of a result folder.

    Parameters
    ----------
    target
        Its row of targets.csv: texts as written, empty = not defined.
    steps
        Its rows of explanation.csv, in order.
    rules
        Rows of rules.csv that bind or gave way: on the node, above it and below it, strongest price
        first.
    """

    measure: str
    node_id: str
    product_id: str
    target: dict[str, str]
    steps: list[dict[str, str]]
    rules: list[dict[str, str]]


def read_numbers(
    out: Path, node_id: str, product_id: str, measures: Sequence[str] = ()
) -> list[ExplainedNumber]:
    """Return the number of a node and product in every measure (or in those named).

    Raises
    ------
    InputFaults
        If the folder holds no result, or a node, product or measure is unknown; with near matches.
    """
    tables = _tables(out)
    targets = tables["targets"]
    asked = [("node_id", "--node", node_id), ("product_id", "--product", product_id)]
    asked += [("measure", "--measure", measure) for measure in measures]
    faults = [fault for one in asked if (fault := _unknown(targets, *one, out)) is not None]
    if faults:
        raise InputFaults(faults)
    wanted = list(measures) or list(dict.fromkeys(targets["measure"]))
    return [_number(tables, measure, node_id, product_id) for measure in wanted]


def _tables(out: Path) -> dict[str, pd.DataFrame]:
    missing = [f"{name}.csv" for name in TABLES if not any(path.is_file() for path in _forms(out, name))]
    if missing:
        raise InputFaults(
            [
                Fault(
                    str(out),
                    0,
                    "",
                    "",
                    "not-a-result-folder",
                    worded("fault.result.incomplete", names=", ".join(missing)),
                    worded("fault.result.incomplete.hint"),
                )
            ]
        )
    return {name: _texts(*_forms(out, name)) for name in TABLES}


def _forms(out: Path, name: str) -> tuple[Path, Path]:
    """Paths of a result table as csv and as Parquet."""
    return out / f"{name}.csv", out / f"{name}.parquet"


def _texts(csv: Path, parquet: Path) -> pd.DataFrame:
    """Return a table as texts from the form that is there."""
    return (
        pd.read_csv(csv, dtype=str, keep_default_na=False) if csv.is_file() else read_parquet_texts(parquet)
    )


def _unknown(targets: pd.DataFrame, column: str, option: str, value: str, out: Path) -> Fault | None:
    """Return the fault of an id that the result does not have, with near matches."""
    known = list(dict.fromkeys(targets[column]))
    if value in known:
        return None
    what = {"node_id": "node", "product_id": "product", "measure": "measure"}[column]
    otherwise = (
        worded("fault.the_measures", names=", ".join(known))
        if column == "measure"
        else worded("fault.result.unknown.hint", column=column, file=out / "targets.csv")
    )
    message = worded("fault.result.unknown", what=worded(f"fault.what.{what}"), value=value)
    return Fault(option, 0, "", value, f"unknown-{what}", message, NearMatches(known, otherwise)(value))


def _number(tables: dict[str, pd.DataFrame], measure: str, node_id: str, product_id: str) -> ExplainedNumber:
    targets, steps, rules = (
        tables[name][tables[name]["measure"] == measure] for name in ("targets", "explanation", "rules")
    )
    here = (targets["node_id"] == node_id) & (targets["product_id"] == product_id)
    own = steps[(steps["node_id"] == node_id) & (steps["product_id"] == product_id)]
    related = rules[rules["node_id"].isin(_relatives(targets, node_id)) & (rules["status"] != "slack")]
    price = pd.to_numeric(related["price"]).abs()
    chosen = related[(price > 0) | (related["status"] == "relaxed")]
    order = price[chosen.index].sort_values(ascending=False, kind="stable").index
    return ExplainedNumber(
        measure, node_id, product_id, _records(targets[here])[0], _records(own), _records(chosen.loc[order])
    )


def _records(table: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(key): str(value) for key, value in row.items()} for row in table.to_dict("records")]


def _relatives(targets: pd.DataFrame, node_id: str) -> set[str]:
    """Ids of the node, of those above it and of those below it.

    The rows stand in tree pre-order, a node's children sum to its `children_sum`, and a row without one
    is a rep: that gives the tree back.
    """
    whole = targets[targets["product_id"] == ALL_PRODUCTS]
    ids, parent = whole["node_id"].tolist(), parents(whole)
    at = ids.index(node_id)
    above = {at}
    while (up := parent[min(above)]) >= 0:
        above.add(up)
    below = {at}
    for k in range(at + 1, len(ids)):
        if parent[k] not in below:
            break
        below.add(k)
    return {ids[k] for k in above | below}


def parents(whole: pd.DataFrame) -> list[int]:
    """Parent of every row of targets.csv over all products, -1 for the root; see `_relatives`.

    A row whose target is 0 after all of the parent's sum is reached belongs to that parent if it has the
    level of the rows before it.
    """
    target = pd.to_numeric(whole["target"]).tolist()
    children = pd.to_numeric(whole["children_sum"]).tolist()
    level: list[str] = whole["level"].tolist()
    parent = [-1] * len(target)
    open_nodes: list[list[Any]] = []
    for k in range(len(target)):
        while open_nodes and not _takes(open_nodes[-1], target[k], level[k]):
            open_nodes.pop()
        if open_nodes:
            top = open_nodes[-1]
            parent[k] = top[0]
            top[1] -= target[k]
            top[2] = top[2] or level[k]
        if children[k] == children[k]:
            open_nodes.append([k, children[k], ""])
    return parent


def _takes(node: list[Any], target: float, level: str) -> bool:
    """Whether a node [row, sum still missing, level of its children] can have one more child."""
    _, missing, of_children = node
    is_first = of_children == ""
    return is_first or missing > 1e-6 or (target == 0 and level == of_children)
