"""Changes of totals: of the company, of a product, of a node (a region, say)."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import model_validator

from allocator.plan.yaml_source import Branch, Node, Scalar
from allocator.texts import worded
from scenarios.changes.change import (
    Amount,
    Change,
    Factor,
    Growth,
    Name,
    percent,
    place,
    shown,
    whole,
    written,
)
from scenarios.changes.edits import PlanEdits


class SetTotal(Change):
    """Fix a total: the company's, a product's (plan.yaml) or a node's (a pin)."""

    kind: Literal["set_total"] = "set_total"
    measure: Name
    product: Name = Change.ALL
    node: Name | None = None
    """Where it is the company itself, leave it out."""
    amount: Amount | None = None
    growth: Growth | None = None
    """Growth over last year instead of an amount; not for nodes."""
    min: Amount | None = None
    max: Amount | None = None
    """Range instead of an amount; products only."""
    reason: str = ""
    owner: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [
            self.amount is not None,
            self.growth is not None,
            self.min is not None or self.max is not None,
        ]
        if sum(given) != 1:
            raise ValueError(worded("fault.change.total_one_way"))
        if given[2] and (self.node is not None or self.product == self.ALL):
            raise ValueError(worded("fault.change.total_range"))
        if given[1] and self.node is not None:
            raise ValueError(worded("fault.change.total_growth"))
        return self

    def make(self, edits: PlanEdits) -> None:
        """Lay the total over plan.yaml, or fix it by a pin."""
        if self.node is not None:
            if edits.knows_place(self.measure, self.node, self.product):
                fix(
                    edits,
                    self.measure,
                    self.node,
                    self.product,
                    self.amount or Decimal(0),
                    self.reason,
                    self.owner,
                )
        elif edits.knows_measure(self.measure) & edits.knows_product(self.product):
            edits.set_key(total_path(self.measure, self.product), self._value())

    def _value(self) -> object:
        if self.amount is not None:
            return self.amount
        if self.growth is not None:
            return {"growth": self.growth}
        return {name: bound for name, bound in (("min", self.min), ("max", self.max)) if bound is not None}

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        value = shown(self.amount)
        if self.growth is not None:
            value = percent(1 + self.growth)
        elif self.amount is None:
            value = f"{shown(self.min)} .. {shown(self.max)}"
        return {"place": place(self.measure, self.node, self.product, lang), "value": value}

    def phrase(self) -> str:
        """Growth reads otherwise than an amount."""
        return "set_total_growth" if self.growth is not None else "set_total"


class ScaleTotal(Change):
    """Multiply a total; a number that nothing fixes yet is taken from the targets of the plan as it was."""

    kind: Literal["scale_total"] = "scale_total"
    measure: Name
    factor: Factor
    """1.1 = ten percent more."""
    product: Name = Change.ALL
    node: Name | None = None
    products_follow: bool = False
    """With the company's total: product totals that are stated are multiplied along."""
    reason: str = ""
    owner: str = ""

    @model_validator(mode="after")
    def _company(self) -> Self:
        if self.products_follow and (self.node is not None or self.product != self.ALL):
            raise ValueError(worded("fault.change.products_follow"))
        return self

    def make(self, edits: PlanEdits) -> None:
        """Scale plan.yaml, a pin, or the target of the plan as it was."""
        if self.node is not None:
            if edits.knows_place(self.measure, self.node, self.product):
                fix(
                    edits,
                    self.measure,
                    self.node,
                    self.product,
                    self._of_node(edits),
                    self.reason,
                    self.owner,
                )
            return
        if not edits.knows_measure(self.measure) & edits.knows_product(self.product):
            return
        path = total_path(self.measure, self.product)
        if not edits.claim(*path):
            return
        stated = edits.setting(*path)
        if stated is None:
            target = edits.reference(self.measure, root_of(edits), self.product)
            edits.set_key(path, whole(target * self.factor, unit_of(edits, self.measure)))
            return
        self._scale(edits, path, stated)
        products = edits.setting("product_totals", self.measure)
        if self.products_follow and isinstance(products, Branch):
            for product, total in products.children.items():
                self._scale(edits, total_path(self.measure, product), total)

    def _of_node(self, edits: PlanEdits) -> Decimal:
        node = self.node or ""
        pins = edits.rows("pins", measure=self.measure, node_id=node, product_id=self.product)
        unit = unit_of(edits, self.measure)
        if len(pins):
            return whole(Decimal(str(pins["amount"].iat[0])) * Decimal(repr(self.factor)), unit)
        return whole(edits.reference(self.measure, node, self.product) * self.factor, unit)

    def _scale(self, edits: PlanEdits, path: tuple[str, ...], stated: Node) -> None:
        factor, unit = Decimal(repr(self.factor)), unit_of(edits, self.measure)
        if isinstance(stated, Scalar):
            edits.set_key(path, whole(Decimal(stated.text) * factor, unit))
            return
        scaled: dict[str, Decimal] = {}
        for key, side in stated.children.items():
            assert isinstance(side, Scalar)
            number = Decimal(side.text)
            scaled[key] = (1 + number) * factor - 1 if key == "growth" else whole(number * factor, unit)
        edits.set_key(path, scaled)

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"place": place(self.measure, self.node, self.product, lang), "percent": percent(self.factor)}


class DropTotal(Change):
    """Let the total of a product go free."""

    kind: Literal["drop_total"] = "drop_total"
    measure: Name
    product: Name

    def make(self, edits: PlanEdits) -> None:
        """Take the product total out of plan.yaml."""
        if not edits.knows_measure(self.measure):
            return
        stated = edits.setting("product_totals", self.measure)
        names = stated.children if isinstance(stated, Branch) else ()
        if edits.knows("product", self.product, names, "product total"):
            edits.set_key(("product_totals", self.measure, self.product), None)


def total_path(measure: str, product: str) -> tuple[str, ...]:
    """Return where plan.yaml holds the total of a product or of all of them."""
    if product == Change.ALL:
        return ("measures", measure, "total")
    return ("product_totals", measure, product)


def unit_of(edits: PlanEdits, measure: str) -> Decimal:
    """Return `round_to` of a measure as it stands."""
    node = edits.setting("measures", measure, "round_to")
    return Decimal(node.text) if isinstance(node, Scalar) else Decimal(1)


def root_of(edits: PlanEdits) -> str:
    """Return the id of the company's node."""
    return str(edits.rows("org", parent_id="")["node_id"].iat[0])


def fix(
    edits: PlanEdits, measure: str, node: str, product: str, amount: Decimal, reason: str, owner: str
) -> None:
    """Write or overwrite a pin; reason and owner of an earlier one stay unless given."""
    values = {
        "amount": written(amount),
        **({"reason": reason} if reason else {}),
        **({"owner": owner} if owner else {}),
    }
    pins = edits.rows("pins", measure=measure, node_id=node, product_id=product)
    if len(pins):
        edits.set_cells("pins", pins.index, values)
    else:
        edits.add_row("pins", {"measure": measure, "node_id": node, "product_id": product, **values})
