"""Changes of who is there: hire, leave, move, head count."""

from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from allocator.plan.plan import month_text
from allocator.texts import text, worded
from scenarios.changes.change import Change, Month, Name, shown
from scenarios.changes.edits import PlanEdits
from scenarios.changes.plan_texts import first_of_month, last_before
from scenarios.changes.rules import free_id
from scenarios.changes.seats import split_seats

OPEN = "open"
OPEN_ROLES = ("open", "vacant", "空缺")
COPIED = ("role", "peer_group")
"""What an added seat takes over from the seats beside it when they agree."""


class Hire(Change):
    """Add a rep below a node from a month on; without a ramp fully productive at once."""

    kind: Literal["hire"] = "hire"
    node: Name
    """Id of the new seat."""
    parent: Name
    name: str = ""
    month: Month | None = None
    """First month at work; the plan's first by default."""
    ramp: str = ""
    """As in org.csv: `0/0.25/0.5`, or a number of months."""
    role: str = ""
    level: str = ""
    """The level of the reps beside the new one by default."""
    peer_group: str = ""
    employee_id: str = ""
    email: str = ""

    def make(self, edits: PlanEdits) -> None:
        """Append the row of org.csv."""
        month = edits.month("month", self.month)
        known = edits.is_new("node", self.node, "org") & edits.knows_node(self.parent, "parent")
        if month is None or not known or not is_manager(edits, self.parent, "parent"):
            return
        level = self.level or level_of_reps(edits, self.parent)
        if not level:
            edits.refuse(
                "level",
                "",
                code="unknown-level",
                message=worded("fault.change.level_of_new", parent=self.parent),
                hint=worded("fault.change.level_of_new.hint"),
            )
            return
        rest = {
            name: str(getattr(self, name)) for name in ("name", "ramp", "role", "peer_group", "employee_id")
        }
        edits.add_row(
            "org",
            {
                "node_id": self.node,
                "parent_id": self.parent,
                "level": level,
                "start": first_of_month(month),
                "email": self.email,
                **rest,
            },
        )

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"node": self.name or self.node, "parent": self.parent, "month": when(self.month, lang)}


class Leave(Change):
    """Let a rep, or all reps of a team, leave: the last day at work is the day before the month."""

    kind: Literal["leave"] = "leave"
    node: Name
    month: Month | None = None
    """First month without him; the plan's first by default (he gets no target then)."""
    backfill: bool = False
    """An open seat takes each place from this month on."""
    ramp: str = ""
    """Ramp of the open seats."""

    def make(self, edits: PlanEdits) -> None:
        """Write `end`; add open seats."""
        month = edits.month("month", self.month)
        if month is None or not edits.knows_node(self.node):
            return
        reps = edits.reps_below(self.node)
        org = edits.table("org")
        end = dict(zip(org["node_id"], org["end"], strict=True))
        last_day = last_before(month)
        staying = [rep for rep in reps if not end[rep] or end[rep] > last_day]
        if not staying:
            edits.refuse(
                "node",
                self.node,
                code="already-left",
                message=worded("fault.change.already_left", node=self.node, day=last_day),
                hint=worded("fault.change.already_left.hint"),
            )
        for rep in staying:
            row = edits.rows("org", node_id=rep)
            values = {"end": last_day}
            if str(row["start"].iat[0]) > last_day:
                # who was to start later does not start at all
                values["start"] = last_day
            edits.set_cells("org", row.index, values)
            if self.backfill:
                add_open_seat(edits, str(row["parent_id"].iat[0]), f"{rep}-open", month, self.ramp, rep)

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"node": self.node, "month": when(self.month, lang)}

    def phrase(self) -> str:
        """With open seats it reads differently."""
        return "leave_backfill" if self.backfill else "leave"


class Move(Change):
    """Put a rep or a team below another node, from the plan's first month or from a later one.

    From the first month on the node itself moves with all that is below it and all its history. From a
    later month on, every rep below is split into two seats: the old one keeps the share of the months before
    the move of history, potential and commitments, the new one (`<id>@<parent>`) gets the rest, so that
    all sums stay what they were. Both seats carry their part of the year's target.
    """

    kind: Literal["move"] = "move"
    node: Name
    parent: Name
    month: Month | None = None

    def make(self, edits: PlanEdits) -> None:
        """Change the parent, or split the seats."""
        month = edits.month("month", self.month)
        known = edits.knows_node(self.node) & edits.knows_node(self.parent, "parent")
        if month is None or not known or not is_manager(edits, self.parent, "parent"):
            return
        if self.parent in edits.subtree(self.node):
            edits.refuse(
                "parent",
                self.parent,
                code="cycle",
                message=worded("fault.change.below_itself", parent=self.parent, node=self.node),
                hint=worded("fault.change.below_itself.hint"),
            )
            return
        row = edits.rows("org", node_id=self.node)
        if row["parent_id"].iat[0] == self.parent:
            edits.refuse(
                "parent",
                self.parent,
                code="no-change",
                message=worded("fault.change.there_already", node=self.node, parent=self.parent),
                hint=worded("fault.change.there_already.hint"),
            )
        elif month == edits.months[0]:
            edits.set_cells("org", row.index, {"parent_id": self.parent})
        else:
            split_seats(edits, self.node, self.parent, month)

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"node": self.node, "parent": self.parent, "month": when(self.month, lang)}


class SetHeadCount(Change):
    """Set the number of seats right below a team there in a month: open ones are added or closed."""

    kind: Literal["set_head_count"] = "set_head_count"
    node: Name
    count: Annotated[int, Field(ge=0, le=1000)]
    month: Month | None = None
    ramp: str = ""
    """Ramp of added seats."""

    def make(self, edits: PlanEdits) -> None:
        """Add open seats, or close open ones; people leave by name only (`leave`)."""
        month = edits.month("month", self.month)
        if month is None or not edits.knows_node(self.node) or not is_manager(edits, self.node, "node"):
            return
        if not edits.claim("head_count", self.node):
            return
        first = first_of_month(month)
        seats = edits.rows("org", parent_id=self.node)
        is_rep = [not edits.children(str(node)) for node in seats["node_id"]]
        seats = seats[is_rep]
        there = seats[
            ((seats["end"] == "") | (seats["end"] >= first))
            & ((seats["start"] == "") | (seats["start"] <= first))
        ]
        missing = self.count - len(there)
        for number in range(missing):
            add_open_seat(edits, self.node, f"{self.node}-seat-{number + 1}", month, self.ramp, None)
        if missing < 0:
            self._close(
                edits, there[there["role"].str.casefold().isin(OPEN_ROLES)], -missing, len(there), month
            )

    def _close(
        self, edits: PlanEdits, open_seats: pd.DataFrame, surplus: int, there: int, month: int
    ) -> None:
        frame = edits.table("org").loc[open_seats.index]
        if len(frame) < surplus:
            edits.refuse(
                "count",
                self.count,
                code="people-in-seats",
                message=worded("fault.change.people_in_seats", node=self.node, seats=there, open=len(frame)),
                hint=worded("fault.change.people_in_seats.hint"),
            )
            return
        last = frame.sort_values("node_id", kind="stable").index[-surplus:]
        edits.set_cells("org", last, {"end": last_before(month)})
        late = [label for label in last if str(frame.at[label, "start"]) > last_before(month)]
        edits.set_cells("org", late, {"start": last_before(month)})

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"node": self.node, "count": shown(self.count), "month": when(self.month, lang)}


def when(month: str | None, lang: str) -> str:
    """Return the effective month in words."""
    return month or text("change.start", lang)


def is_manager(edits: PlanEdits, node: str, column: str) -> bool:
    """Tell whether a node can have seats below it: history of its own would make it a rep."""
    if edits.children(node) or not edits.has_history(node):
        return True
    edits.refuse(
        column,
        node,
        code="not-a-team",
        message=worded("fault.change.no_team", node=node),
        hint=worded("fault.change.no_team.hint"),
    )
    return False


def level_of_reps(edits: PlanEdits, parent: str) -> str:
    """Return the level of the reps right below a node, else of any rep below it, else of any rep at all."""
    org = edits.table("org")
    inner = set(org["parent_id"])
    reps = org[~org["node_id"].isin(inner)]
    beside = reps[reps["parent_id"] == parent]["level"]
    levels = list(dict.fromkeys(beside if len(beside) else reps["level"]))
    return str(levels[0]) if len(levels) == 1 else ""


def add_open_seat(
    edits: PlanEdits, parent: str, wanted: str, month: int, ramp: str, like: str | None
) -> None:
    """Add an open seat below a node from a month on."""
    org = edits.table("org")
    beside = (
        org[org["node_id"] == like] if like else org[(org["parent_id"] == parent) & (org["role"] != OPEN)]
    )
    group = list(dict.fromkeys(beside["peer_group"]))
    level = str(beside["level"].iat[0]) if like else level_of_reps(edits, parent)
    if not level:
        edits.refuse(
            "node",
            parent,
            code="unknown-level",
            message=worded("fault.change.level_of_seat", parent=parent),
            hint=worded("fault.change.level_of_seat.hint"),
        )
        return
    node = free_id(edits, "org", wanted)
    edits.add_row(
        "org",
        {
            "node_id": node,
            "parent_id": parent,
            "level": level,
            "name": f"{node} ({month_text(month)})",
            "role": OPEN,
            "start": first_of_month(month),
            "ramp": ramp,
            "peer_group": str(group[0]) if len(group) == 1 else "",
        },
    )
