"""Committed against the number from above, node by node, and who has to talk about the difference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from allocator.plan.plan import Plan
from service.agreement.amounts import decimal_text
from service.agreement.commitments.schemas import GapLine
from service.agreement.schemas import Person
from service.db.models import Commitment, PlanNode

ALL = "*"


@dataclass(frozen=True)
class Said:
    """What was said at and below a node.

    Parameters
    ----------
    own
        What the node itself commits to, all products together.
    below
        What its children commit to together; None where none of them said anything.
    silent
        Reps at or below it who said nothing.
    """

    own: Decimal | None
    below: Decimal | None
    silent: int

    @property
    def committed(self) -> Decimal | None:
        """What counts: the node's own word, else those of its children."""
        return self.below if self.own is None else self.own


def own_totals(plan: Plan, rows: Iterable[Commitment]) -> dict[str, Decimal]:
    """Return node -> total over all products of one measure.

    A line for all products (`*`) is the total; without one, lines add up, and a product line stands
    for the products below it.
    """
    parent = dict(zip(plan.products["product_id"], plan.products["parent_id"], strict=True))
    lines: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        lines.setdefault(row.node_id, {})[row.product_id] = Decimal(row.amount)
    return {node: _total(of_node, parent) for node, of_node in lines.items()}


def _total(lines: Mapping[str, Decimal], parent: Mapping[str, str]) -> Decimal:
    if ALL in lines:
        return lines[ALL]
    return sum(
        (amount for product, amount in lines.items() if not _covered(product, lines, parent)), Decimal(0)
    )


def _covered(product: str, lines: Mapping[str, Decimal], parent: Mapping[str, str]) -> bool:
    above = parent.get(product, "")
    while above:
        if above in lines:
            return True
        above = parent.get(above, "")
    return False


def roll_up(nodes: Sequence[PlanNode], own: Mapping[str, Decimal]) -> dict[str, Said]:
    """Return node -> what was said at and below it; `nodes` come parents first."""
    below: dict[str, Decimal] = {}
    silent: dict[str, int] = {}
    said: dict[str, Said] = {}
    for node in reversed(nodes):
        mine = own.get(node.node_id)
        quiet = silent.get(node.node_id, 0) + (1 if node.is_rep and mine is None else 0)
        said[node.node_id] = Said(mine, below.get(node.node_id), quiet)
        silent[node.parent_id] = silent.get(node.parent_id, 0) + quiet
        committed = said[node.node_id].committed
        if committed is not None:
            below[node.parent_id] = below.get(node.parent_id, Decimal(0)) + committed
    return said


def gap_line(node: PlanNode, said: Said, target: Decimal, names: Mapping[str, str], places: int) -> GapLine:
    """Word one node; amounts with the decimals of the measure, more where somebody gave more."""
    committed = said.committed

    def words(amount: Decimal | None) -> str | None:
        return None if amount is None else decimal_text(amount, places)

    pair = [node.node_id, node.parent_id] if node.parent_id else [node.node_id]
    return GapLine(
        node_id=node.node_id,
        name=node.name,
        org_path=node.org_path,
        level=node.level,
        target=decimal_text(target, places),
        own=words(said.own),
        rolled_up=words(said.below),
        committed=words(committed),
        gap=None if committed is None else words(committed - target),
        silent_reps=said.silent,
        talk=[Person(node_id=one, name=names.get(one, "")) for one in pair],
    )
