"""Changes of business rules: set, relax, drop, add, and the two that have a name of their own."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from allocator.plan.tables import ALL_PRODUCTS
from allocator.texts import worded
from scenarios.changes.change import Amount, Bound, Change, Name, share, shown, written
from scenarios.changes.edits import PlanEdits

RuleKind = Literal["range", "growth", "capacity", "mix", "fairness", "commitment", "link"]
Tier = Annotated[str | int, Field(union_mode="left_to_right")]
COLUMN = {"node": "node_id", "product": "product_id"}
RATES = ("growth", "mix", "fairness")
"""Kinds whose bounds are widened by points; the others by a share of the bound."""


class AddRule(Change):
    """Add a rule with the columns of rules.csv."""

    kind: Literal["add_rule"] = "add_rule"
    rule_id: Name
    rule: RuleKind
    """The rule's kind."""
    measure: Name
    level: str = ""
    node: str = ""
    product: str = ""
    min: Bound | None = None
    max: Bound | None = None
    basis: str = ""
    tier: Tier = "hard"
    owner: str = ""
    note: str = ""

    def make(self, edits: PlanEdits) -> None:
        """Append the row."""
        known = [edits.is_new("rule_id", self.rule_id, "rules"), edits.knows_measure(self.measure)]
        known.append(not self.node or edits.knows_node(self.node))
        known.append(not self.product or edits.knows_product(self.product))
        known.append(not self.level or edits.knows("level", self.level, edits.table("org")["level"], "level"))
        if all(known):
            edits.add_row("rules", {**self.row(), "kind": self.rule})

    def row(self) -> dict[str, str]:
        """Return the texts of the row but its kind."""
        return {
            "rule_id": self.rule_id,
            "measure": self.measure,
            "level": self.level,
            "node_id": self.node,
            "product_id": self.product or ALL_PRODUCTS,
            "min": written(self.min),
            "max": written(self.max),
            "basis": self.basis,
            "tier": str(self.tier),
            "owner": self.owner,
            "note": self.note,
        }

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        who = self.node or self.level
        bounds = f"{shown(self.min)} .. {shown(self.max)}"
        return {
            "rule_id": self.rule_id,
            "rule": self.rule,
            "measure": self.measure,
            "who": who,
            "bounds": bounds,
        }


class SetRule(Change):
    """Overwrite columns of a rule; null empties one."""

    kind: Literal["set_rule"] = "set_rule"
    rule_id: Name
    level: str | None = None
    node: str | None = None
    product: str | None = None
    min: Bound | None = None
    max: Bound | None = None
    basis: str | None = None
    tier: Tier | None = None
    owner: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.model_fields_set <= {"kind", "rule_id"}:
            raise ValueError(worded("fault.change.rule_says_nothing"))
        return self

    def make(self, edits: PlanEdits) -> None:
        """Write the columns that are given."""
        if not edits.knows_rule(self.rule_id):
            return
        if self.node and not edits.knows_node(self.node):
            return
        if self.product and not edits.knows_product(self.product):
            return
        row = edits.rows("rules", rule_id=self.rule_id)
        edits.set_cells("rules", row.index, self._values())

    def _values(self) -> dict[str, str]:
        values: dict[str, str] = {}
        for name in sorted(self.model_fields_set - {"kind", "rule_id"}):
            value = getattr(self, name)
            written_value = (
                written(value) if isinstance(value, Decimal) else "" if value is None else str(value)
            )
            values[COLUMN.get(name, name)] = written_value
        return values

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        parts = (f"{column} = {value or '-'}" for column, value in self._values().items())
        return {"rule_id": self.rule_id, "values": ", ".join(parts)}


class RelaxRule(Change):
    """Let a rule give way: make it soft (tier), or move its bounds outwards (widen)."""

    kind: Literal["relax_rule"] = "relax_rule"
    rule_id: Name
    tier: Annotated[int, Field(ge=1, le=999)] | None = None
    """Soft from now on, kept in this order."""
    widen: Annotated[Decimal, Field(gt=0, le=100, allow_inf_nan=False)] | None = None
    """Growth, mix and fairness: by so many points (0.05); amounts and ratios: by this share of the bound."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.tier is None) == (self.widen is None):
            raise ValueError(worded("fault.change.relax_one_way"))
        return self

    def make(self, edits: PlanEdits) -> None:
        """Write the tier or the wider bounds."""
        if not edits.knows_rule(self.rule_id):
            return
        row = edits.record("rules", rule_id=self.rule_id)
        values = self._wider(row)
        if self.tier is not None:
            before = row["tier"]
            if before not in ("", "hard") and int(before) >= self.tier:
                edits.refuse(
                    "tier",
                    self.tier,
                    code="not-relaxed",
                    message=worded("fault.change.not_relaxed", tier=before),
                    hint=worded("fault.change.not_relaxed.hint", tier=before),
                )
                return
            values = {"tier": str(self.tier)}
        edits.set_cells("rules", edits.rows("rules", rule_id=self.rule_id).index, values)

    def _wider(self, row: dict[str, str]) -> dict[str, str]:
        by, kind = self.widen or Decimal(0), row["kind"]
        values: dict[str, str] = {}
        for side, sign in (("min", -1), ("max", 1)):
            if not row[side]:
                continue
            bound = Decimal(row[side])
            wider = bound + sign * by if kind in RATES else bound + sign * by * abs(bound)
            if side == "min" and kind != "link":
                wider = max(wider, Decimal(-1) if kind in ("growth", "fairness") else Decimal(0))
            values[side] = written(min(wider, Decimal(1)) if kind == "mix" else wider)
        return values

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"rule_id": self.rule_id, "tier": str(self.tier), "widen": f"{shown(self.widen)}"}

    def phrase(self) -> str:
        """The two ways read differently."""
        return "relax_rule_tier" if self.tier is not None else "relax_rule_widen"


class DropRule(Change):
    """Take a rule away."""

    kind: Literal["drop_rule"] = "drop_rule"
    rule_id: Name

    def make(self, edits: PlanEdits) -> None:
        """Drop the row."""
        if edits.knows_rule(self.rule_id):
            edits.drop_rows("rules", edits.rows("rules", rule_id=self.rule_id).index)


class SetCapacity(Change):
    """Set the most a node can carry: its own capacity rule, or a new one."""

    kind: Literal["set_capacity"] = "set_capacity"
    measure: Name
    node: Name
    amount: Amount
    product: Name = ALL_PRODUCTS
    basis: Literal["amount", "effort"] = "amount"
    tier: Tier | None = None
    """Of a new rule: hard by default. An existing one keeps its own unless this is given."""

    def make(self, edits: PlanEdits) -> None:
        """Overwrite the capacity that names exactly this node, or add one."""
        if not edits.knows_place(self.measure, self.node, self.product):
            return
        rules = edits.rows("rules", kind="capacity", measure=self.measure, node_id=self.node, level="")
        bases = ("amount", "") if self.basis == "amount" else ("effort",)
        rules = rules[rules["basis"].isin(bases) & rules["product_id"].isin(_spellings(self.product))]
        values = {"max": written(self.amount)} | ({} if self.tier is None else {"tier": str(self.tier)})
        if len(rules):
            edits.set_cells("rules", rules.index, values)
            return
        rule_id = free_id(edits, "rules", f"capacity-{self.node}")
        named = {"rule_id": rule_id, "kind": "capacity", "measure": self.measure, "node_id": self.node}
        rest = {"product_id": self.product, "basis": self.basis, "tier": "hard"}
        edits.add_row("rules", {**named, **rest, **values})


class SetFairnessBand(Change):
    """Set how far targets may lie from their peers': in the fairness rules there are, or in a new one."""

    kind: Literal["set_fairness_band"] = "set_fairness_band"
    measure: Name
    max: Annotated[Decimal, Field(ge=0, le=100, allow_inf_nan=False)]
    """0.1 = within ten percent of the group's ratio."""
    rule_id: Name | None = None
    """One rule of several."""
    level: Name | None = None
    """Level of a new rule where the measure has none yet."""
    basis: Literal["anchor", "history", "potential", "capacity"] = "anchor"
    tier: Tier = "hard"

    def make(self, edits: PlanEdits) -> None:
        """Overwrite max of the fairness rules, or add one."""
        if not edits.knows_measure(self.measure):
            return
        rules = edits.rows("rules", kind="fairness", measure=self.measure)
        if self.rule_id is not None:
            if edits.knows("rule_id", self.rule_id, rules["rule_id"], "fairness rule"):
                edits.set_cells(
                    "rules", rules[rules["rule_id"] == self.rule_id].index, {"max": written(self.max)}
                )
        elif len(rules):
            edits.set_cells("rules", rules.index, {"max": written(self.max)})
        elif self.level is None:
            edits.refuse(
                "level",
                "",
                code="no-fairness-rule",
                message=worded("fault.change.no_fairness", measure=self.measure),
                hint=worded("fault.change.no_fairness.hint"),
            )
        elif edits.knows("level", self.level, edits.table("org")["level"], "level"):
            rule_id = free_id(edits, "rules", f"fairness-{self.level}")
            named = {"rule_id": rule_id, "kind": "fairness", "measure": self.measure, "level": self.level}
            rest = {"product_id": ALL_PRODUCTS, "basis": self.basis, "tier": str(self.tier)}
            edits.add_row("rules", {**named, **rest, "max": written(self.max)})

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"measure": self.measure, "max": share(float(self.max))}


def free_id(edits: PlanEdits, table: str, wanted: str) -> str:
    """Return the id, with a number behind it where it is taken."""
    column = {"rules": "rule_id", "org": "node_id", "products": "product_id"}[table]
    taken = set(edits.table(table)[column])
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def _spellings(product: str) -> tuple[str, ...]:
    return (ALL_PRODUCTS, "") if product == ALL_PRODUCTS else (product,)
