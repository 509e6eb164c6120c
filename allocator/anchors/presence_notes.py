"""What was inferred about when reps came, said to people: org.csv could say it better."""

from dataclasses import dataclass

import numpy as np

from allocator.anchors.arrivals import NEVER
from allocator.anchors.observed import PAST_MONTHS
from allocator.anchors.ramp import rep_dates
from allocator.anchors.rep_months import is_told_by_sales, rep_arrivals
from allocator.model.labels import Labels
from allocator.plan.plan import NO_DATE, Plan, month_text
from allocator.texts import text, worded
from allocator.wording import Wording, in_language

REASONS = ("first_sale", "seldom", "silent", "before_start")
MOST_NAMES = 10


@dataclass(frozen=True)
class PresenceNote:
    """A rep whose presence in the past was inferred from his sales.

    Parameters
    ----------
    first_sale, counted_from
        Months as `YYYY-MM`.
    reason
        `first_sale`: he came with it; `seldom`, `silent`: his first sale tells nothing, as he sells in less
        than half of his months, or was silent as long later; `before_start`: sales before his `start`.
    """

    node_id: str
    first_sale: str
    counted_from: str
    reason: str

    def as_dict(self) -> dict[str, str]:
        """Return plain JSON types."""
        return dict(vars(self))


def presence_notes(plan: Plan, labels: Labels) -> list[PresenceNote]:
    """List the reps without a `start`, or with sales before it, whose first sale is not the first month.

    In the order of the tree. Who sold in the first month that the anchors look at was there all along.
    """
    came = rep_arrivals(plan, labels)
    looked_at = np.maximum(came.first_sale - came.before, plan.start_month - PAST_MONTHS)
    start = rep_dates(plan, labels, "start")
    told = is_told_by_sales(plan, labels, came) & (came.first_sale < NEVER)
    noted = np.flatnonzero(told & ((came.first_sale > looked_at) | (start != NO_DATE)))
    reason = np.select([start != NO_DATE, came.came, ~came.sells_often], [3, 0, 1], 2)
    return [
        PresenceNote(
            labels.rep_id[rep],
            month_text(int(came.first_sale[rep])),
            month_text(int(came.counted_from[rep])),
            REASONS[reason[rep]],
        )
        for rep in noted
    ]


def presence_clauses(plan: Plan, labels: Labels, lang: str) -> list[str]:
    """Return for every node what was inferred about it, as a sentence; empty for most."""
    clauses = [""] * len(labels.grid.org)
    for note in presence_notes(plan, labels):
        clauses[labels.node_code[note.node_id]] = text(
            f"presence.{note.reason}", lang, month=note.counted_from, sale=note.first_sale
        )
    return clauses


def presence_lines(notes: list[PresenceNote], lang: str) -> list[str]:
    """Return the notes for `check`: one line per reason, with the first names, and what to do."""
    return [in_language(line, lang) for line in presence_wordings(notes)]


def presence_wordings(notes: list[PresenceNote]) -> list[Wording]:
    """Return the same in both languages, for who does not know yet in which it will be read."""
    lines = []
    for reason in REASONS:
        named = [note for note in notes if note.reason == reason]
        if named:
            listed: str = ", ".join(f"{one.node_id} ({one.counted_from})" for one in named[:MOST_NAMES])
            if len(named) > MOST_NAMES:
                more = worded("presence.more", count=len(named) - MOST_NAMES)
                listed = Wording(listed + more, listed + more.chinese)
            lines.append(worded(f"presence.check.{reason}", count=len(named), names=listed))
    return [*lines, worded("presence.check.hint")] if lines else []
