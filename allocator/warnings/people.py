"""Ids that a spreadsheet has rounded, ids of several people, people on several seats, names given twice."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from allocator.anchors.ramp import rep_dates
from allocator.plan.plan import NO_DATE
from allocator.plan.warning import PlanWarning, warning
from allocator.warnings.facts import Facts

ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}|[0-9]+\.[0-9]*|[0-9]{15}0+")
"""1.23457E+15, 10001.0, and 16 digits or more of which 15 say anything: what spreadsheets make of ids."""
ID_COLUMNS = (("org", "employee_id"), ("org", "node_id"), ("products", "product_id"))


def ids_are_whole(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of ids that look like numbers which a spreadsheet has rounded."""
    for table, column in ID_COLUMNS:
        texts: pd.Series = getattr(facts.plan, table)[column]
        for k in np.flatnonzero(is_rounded(texts)).tolist():
            node = str(facts.plan.org["node_id"].iloc[k]) if table == "org" else ""
            value = texts.iloc[k]
            yield warning(
                "employee-id-rounded",
                facts.plan.places.of(table, k),
                column,
                value,
                node_id=node,
                id=value,
                what=column,
            )


def is_rounded(texts: pd.Series) -> np.ndarray:
    """Mark the ids that look like rounded numbers, shape (n_row,)."""
    return texts.str.fullmatch(ROUNDED).fillna(False).to_numpy(bool)


def people_are_told_apart(facts: Facts) -> Iterator[PlanWarning]:
    """Warn of one employee_id for several names, of one person on several seats, of names given twice."""
    org = facts.plan.org
    for employee, rows in shared_ids(org).items():
        names = [str(name) for name in org["name"].iloc[rows]]
        if len({name.casefold() for name in names}) > 1:
            yield _pair(
                facts,
                "employee-id-of-several",
                "employee_id",
                rows,
                employee,
                " / ".join(dict.fromkeys(names)),
            )
            continue
        seats = _seats_at_once(facts, rows)
        if len(seats) > 1:
            yield _pair(facts, "several-seats", "employee_id", seats, employee, names[0])
    yield from _names(facts)


def shared_ids(org: pd.DataFrame) -> dict[str, list[int]]:
    """Return employee_id -> rows of org.csv, for those that stand on more than one row."""
    given = org["employee_id"][(org["employee_id"] != "").to_numpy(bool)]
    again = given[given.duplicated(keep=False)]
    rows = pd.Series(again.index.to_numpy(np.int64), index=again.index).groupby(again.to_numpy(), sort=False)
    return {str(employee): [int(k) for k in group] for employee, group in rows}


def people_of_several_names(org: pd.DataFrame) -> dict[str, list[str]]:
    """Return employee_id -> names, for ids of more than one name."""
    names = {one: [str(name) for name in org["name"].iloc[rows]] for one, rows in shared_ids(org).items()}
    return {
        one: list(dict.fromkeys(found))
        for one, found in names.items()
        if len({name.casefold() for name in found}) > 1
    }


def _seats_at_once(facts: Facts, rows: list[int]) -> list[int]:
    """Rows that are reps at work in the plan, none of whom leaves before another comes."""
    rep_of_row = {int(row): rep for rep, row in enumerate(facts.labels.node_row[facts.labels.grid.org.leaf])}
    start, end = (rep_dates(facts.plan, facts.labels, name) for name in ("start", "end"))
    seats = [row for row in rows if row in rep_of_row and facts.at_work[rep_of_row[row]]]
    for one in seats:
        for other in seats:
            left, came = end[rep_of_row[one]], start[rep_of_row[other]]
            if one != other and NO_DATE not in (left, came) and left < came:
                return []
    return seats


def _pair(facts: Facts, code: str, column: str, rows: list[int], value: str, names: str) -> PlanWarning:
    nodes = [str(node) for node in facts.plan.org["node_id"].iloc[rows]]
    return warning(
        code,
        facts.plan.places.of("org", rows[1]),
        column,
        value,
        node_id=nodes[1],
        id=value,
        names=names,
        nodes=", ".join(nodes),
        count=len(rows),
    )


def _names(facts: Facts) -> Iterator[PlanWarning]:
    """Names of nodes that no employee_id tells apart: namesakes with ids of their own are two people."""
    org = facts.plan.org
    known = ~pd.Series(_open_rows(facts)) & (org["name"] != org["node_id"])
    name = org["name"].str.strip().str.casefold()[known]
    again = name[name.duplicated(keep=False)]
    for _, group in org.loc[again.index].groupby(again, sort=False):
        ids = group["employee_id"][group["employee_id"] != ""]
        # one id on all rows is one person, who has a warning of his own
        if len(ids) == len(group) and (ids.is_unique or ids.nunique() == 1):
            continue
        names = str(group["name"].iloc[0])
        yield _pair(facts, "name-twice", "name", [int(k) for k in group.index], names, names)


def _open_rows(facts: Facts) -> np.ndarray:
    """Mark the rows of org.csv that are open seats."""
    is_open = np.zeros(len(facts.plan.org), dtype=bool)
    is_open[facts.labels.node_row[facts.labels.grid.org.leaf]] = facts.is_open
    return is_open
