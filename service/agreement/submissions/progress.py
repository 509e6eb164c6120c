"""How far the plan has come up the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.agreement.submissions.repository import Placed
from service.agreement.submissions.schemas import ProgressLine
from service.agreement.submissions.service import HANDED_IN, is_overdue


@dataclass
class _Count:
    """What a subtree owes and what is in."""

    owed: int = 0
    submitted: int = 0
    approved: int = 0
    overdue: int = 0

    def add(self, other: "_Count") -> None:
        """Add what a child counts."""
        self.owed += other.owed
        self.submitted += other.submitted
        self.approved += other.approved
        self.overdue += other.overdue


def progress_lines(rows: Sequence[Placed], now: datetime) -> list[ProgressLine]:
    """Return a line per node, parents first; `rows` come parents first."""
    counts: dict[str, _Count] = {}
    for row, node in reversed(rows):
        own = counts.setdefault(node.node_id, _Count())
        own.add(
            _Count(1, int(row.status in HANDED_IN), int(row.status == "approved"), int(is_overdue(row, now)))
        )
        counts.setdefault(node.parent_id, _Count()).add(own)
    return [
        ProgressLine(
            node_id=node.node_id,
            name=node.name,
            org_path=node.org_path,
            owed=found.owed,
            submitted=found.submitted,
            approved=found.approved,
            overdue=found.overdue,
            submitted_share=round(found.submitted / found.owed, 4),
            approved_share=round(found.approved / found.owed, 4),
        )
        for _, node in rows
        for found in (counts[node.node_id],)
    ]
