"""Changes of how the plan is balanced: blend, over-assignment, seasonality, and any other key."""

from typing import Annotated, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from allocator.plan.faults import FaultCollector
from allocator.plan.overrides import key_value, pins_at
from allocator.plan.plan import month_text
from allocator.plan.rebuilding import amount_text
from allocator.texts import worded
from scenarios.changes.change import Change, Name, share
from scenarios.changes.edits import PlanEdits
from scenarios.changes.plan_texts import CHANGES, TABLE

Weight = Annotated[FiniteFloat, Field(ge=0, le=1000)]


class SetBlend(Change):
    """Set the weights of history, potential and commitment in the baseline, or `auto`."""

    kind: Literal["set_blend"] = "set_blend"
    history: Weight | None = None
    potential: Weight | None = None
    commitment: Weight | None = None
    auto: bool = False
    """Weights from measured precision."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        weights = [self.history, self.potential, self.commitment]
        if self.auto == any(weight is not None for weight in weights):
            raise ValueError(worded("fault.change.blend_one_way"))
        return self

    def make(self, edits: PlanEdits) -> None:
        """Overwrite `baseline`."""
        weights = {"history": self.history, "potential": self.potential, "commitment": self.commitment}
        given = {name: weight for name, weight in weights.items() if weight is not None}
        edits.set_key(("baseline",), "auto" if self.auto else given)

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {name: f"{getattr(self, name) or 0:g}" for name in ("history", "potential", "commitment")}

    def phrase(self) -> str:
        """Automatic weights read differently."""
        return "set_blend_auto" if self.auto else "set_blend"


class SetOverAssignment(Change):
    """Set how much the children of a level add up to beyond their parent."""

    kind: Literal["set_over_assignment"] = "set_over_assignment"
    level: Name
    share: Annotated[FiniteFloat, Field(ge=0, le=1)]

    def make(self, edits: PlanEdits) -> None:
        """Overwrite the level's over-assignment."""
        if edits.knows("level", self.level, edits.table("org")["level"], "level"):
            edits.set_key(("over_assignment", self.level), self.share)

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"level": self.level, "share": share(self.share)}


class SetSeasonality(Change):
    """Set how the year spreads over the months: a pattern, or weights by month."""

    kind: Literal["set_seasonality"] = "set_seasonality"
    pattern: Literal["history", "even"] | None = None
    weights: (
        Annotated[tuple[Annotated[FiniteFloat, Field(ge=0)], ...], Field(min_length=1, max_length=12)] | None
    ) = None
    """One weight per month of the plan, from its first month on, for every measure and product."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.pattern is None) == (self.weights is None):
            raise ValueError(worded("fault.change.season_one_way"))
        return self

    def make(self, edits: PlanEdits) -> None:
        """Overwrite `seasonality` and, for weights, the table."""
        if self.weights is None:
            edits.set_key(("seasonality",), self.pattern)
            return
        if len(self.weights) != len(edits.months):
            edits.refuse(
                "weights",
                len(self.weights),
                code="wrong-number-of-months",
                message=worded("fault.change.weights", weights=len(self.weights), months=len(edits.months)),
                hint=worded("fault.change.weights.hint"),
            )
            return
        edits.set_key(("seasonality",), "table")
        edits.drop_rows("seasonality", edits.table("seasonality").index)
        for month, weight in zip(edits.months, self.weights, strict=True):
            edits.add_row("seasonality", {"period": month_text(month), "weight": amount_text(weight)})

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        pattern = self.pattern or "/".join(f"{weight:g}" for weight in self.weights or ())
        return {"pattern": pattern}


class SetKey(Change):
    """Lay any value over plan.yaml, a cell of rules.csv or the amount of a pin, as `--set PATH=VALUE` does."""

    kind: Literal["set"] = "set"
    path: Name
    value: str | int | float | bool | dict[str, str | int | float] | None

    def make(self, edits: PlanEdits) -> None:
        """Overwrite the key, the cell of a rule, or the amount of a pin."""
        if self.path.startswith("rules."):
            self._set_rule(edits)
            return
        if self.path.startswith("pins."):
            self._set_pin(edits)
            return
        faults = FaultCollector()
        found = key_value(edits.tree, self.path, self.text, edits.position, CHANGES, faults)
        for fault in faults.listed():
            edits.refuse("path", self.path, code=fault.code, message=fault.message, hint=fault.hint)
        if found is not None:
            edits.set_node(*found)

    @property
    def text(self) -> str:
        """The value as `--set` would hold it."""
        if isinstance(self.value, dict):
            return "{" + ", ".join(f"{key}: {value}" for key, value in self.value.items()) + "}"
        return (
            {True: "true", False: "false"}[self.value]
            if isinstance(self.value, bool)
            else str("" if self.value is None else self.value)
        )

    def _set_rule(self, edits: PlanEdits) -> None:
        rule_id, _, column = self.path.removeprefix("rules.").rpartition(".")
        if not edits.knows("path", column, TABLE["rules"].column_names, "column of rules.csv"):
            return
        if edits.knows_rule(rule_id, "path"):
            edits.set_cells("rules", edits.rows("rules", rule_id=rule_id).index, {column: self.text})

    def _set_pin(self, edits: PlanEdits) -> None:
        pins = edits.table("pins")
        texts = [pins[name].to_numpy(object) for name in ("measure", "node_id", "product_id")]
        wanted, bad = pins_at(self.path, *texts)
        if bad is not None:
            edits.refuse("path", self.path, code="unknown-path", message=bad.message, hint=bad.hint)
            return
        edits.set_cells("pins", pins.index[wanted], {"amount": self.text})

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"path": self.path, "value": self.text or "-"}
