"""Changes of pins and commitments."""

from decimal import Decimal
from typing import Literal

from allocator.texts import worded
from scenarios.changes.change import Amount, Change, Factor, Name, percent, place, shown, written
from scenarios.changes.edits import PlanEdits
from scenarios.changes.totals import fix

CENT = Decimal("0.01")


class SetPin(Change):
    """Fix the number of a node and product."""

    kind: Literal["set_pin"] = "set_pin"
    measure: Name
    node: Name
    product: Name = Change.ALL
    amount: Amount
    reason: str = ""
    owner: str = ""

    def make(self, edits: PlanEdits) -> None:
        """Write or overwrite the pin."""
        if edits.knows_place(self.measure, self.node, self.product):
            fix(edits, self.measure, self.node, self.product, self.amount, self.reason, self.owner)

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"place": place(self.measure, self.node, self.product, lang), "value": shown(self.amount)}


class DropPin(Change):
    """Let a pinned number go free."""

    kind: Literal["drop_pin"] = "drop_pin"
    measure: Name
    node: Name
    product: Name = Change.ALL

    def make(self, edits: PlanEdits) -> None:
        """Drop the pin."""
        if not edits.knows_place(self.measure, self.node, self.product):
            return
        pins = edits.rows("pins", measure=self.measure, node_id=self.node, product_id=self.product)
        if len(pins):
            edits.drop_rows("pins", pins.index)
            return
        pinned = edits.rows("pins", measure=self.measure)
        shown_pins = ", ".join(f"{row.node_id} x {row.product_id}" for row in pinned.head(8).itertuples())
        edits.refuse(
            "node",
            self.node,
            code="unknown-pin",
            message=worded("fault.change.no_pin", node=self.node, product=self.product, measure=self.measure),
            hint=worded("fault.change.pins_there", places=shown_pins)
            if len(pinned)
            else worded("fault.change.no_pins"),
        )

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"place": place(self.measure, self.node, self.product, lang)}


class SetCommitment(Change):
    """Set what a node commits to for this plan."""

    kind: Literal["set_commitment"] = "set_commitment"
    measure: Name
    node: Name
    product: Name = Change.ALL
    amount: Amount
    confidence: Literal["", "low", "mid", "high"] | None = None
    """Left as it is unless given."""

    def make(self, edits: PlanEdits) -> None:
        """Write or overwrite the node's commitment for this plan."""
        if not edits.knows_place(self.measure, self.node, self.product):
            return
        values = {"amount": written(self.amount)}
        values |= {} if self.confidence is None else {"confidence": self.confidence}
        rows = edits.rows("commitments", **_key(self.measure, self.node, self.product), actual="")
        if len(rows):
            edits.set_cells("commitments", rows.index, values)
        else:
            edits.add_row("commitments", {**_key(self.measure, self.node, self.product), **values})

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"place": place(self.measure, self.node, self.product, lang), "value": shown(self.amount)}


class ScaleCommitments(Change):
    """Multiply commitments for this plan: all of a measure, or those at and below a node."""

    kind: Literal["scale_commitments"] = "scale_commitments"
    measure: Name
    factor: Factor
    node: Name | None = None

    def make(self, edits: PlanEdits) -> None:
        """Multiply the amounts."""
        if not edits.knows_measure(self.measure) or (self.node and not edits.knows_node(self.node)):
            return
        rows = edits.rows("commitments", measure=self.measure, actual="")
        if self.node:
            rows = rows[rows["node_id"].isin(edits.subtree(self.node))]
        if not len(rows):
            edits.refuse(
                "node" if self.node else "measure",
                self.node or self.measure,
                code="no-commitment",
                message=worded("fault.change.no_commitment_below", node=self.node)
                if self.node
                else worded("fault.change.no_commitment_at", measure=self.measure),
                hint=worded("fault.change.no_commitment.hint"),
            )
        factor = Decimal(repr(self.factor))
        scaled = {
            int(str(label)): written((Decimal(str(amount)) * factor).quantize(CENT))
            for label, amount in rows["amount"].items()
        }
        edits.set_column("commitments", "amount", scaled)

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"place": place(self.measure, self.node, self.ALL, lang), "percent": percent(self.factor)}


class DropCommitment(Change):
    """Take back what a node commits to for this plan."""

    kind: Literal["drop_commitment"] = "drop_commitment"
    measure: Name
    node: Name
    product: Name = Change.ALL

    def make(self, edits: PlanEdits) -> None:
        """Drop the node's commitment for this plan."""
        if not edits.knows_place(self.measure, self.node, self.product):
            return
        rows = edits.rows("commitments", **_key(self.measure, self.node, self.product), actual="")
        if len(rows):
            edits.drop_rows("commitments", rows.index)
            return
        edits.refuse(
            "node",
            self.node,
            code="unknown-commitment",
            message=worded(
                "fault.change.unknown_commitment", node=self.node, product=self.product, measure=self.measure
            ),
            hint=worded("fault.change.unknown_commitment.hint"),
        )

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"place": place(self.measure, self.node, self.product, lang)}


def _key(measure: str, node: str, product: str) -> dict[str, str]:
    return {"measure": measure, "node_id": node, "product_id": product}
