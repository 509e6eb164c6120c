"""Changes of the trees: merge or split regions, add or drop products."""

from decimal import Decimal
from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from allocator.plan.rebuilding import amount_text
from allocator.plan.yaml_source import Branch
from allocator.texts import worded
from scenarios.changes.change import Amount, Bound, Change, Name, written
from scenarios.changes.edits import PlanEdits
from scenarios.changes.spec_parts import Part
from scenarios.changes.totals import total_path

NAMED_BY = ("rules", "pins", "commitments", "potential")


class MergeRegions(Change):
    """Put all that stands below several nodes below one of them, or below a new one."""

    kind: Literal["merge_regions"] = "merge_regions"
    nodes: Annotated[tuple[Name, ...], Field(min_length=2, max_length=200)]
    into: Name
    """One of `nodes`, or a new id."""
    name: str = ""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len(set(self.nodes)) < len(self.nodes):
            raise ValueError(worded("fault.change.region_twice"))
        return self

    def make(self, edits: PlanEdits) -> None:
        """Give the children their new parent and take the emptied nodes away."""
        if not all(tuple(edits.knows_node(node, "nodes") for node in self.nodes)):
            return
        rows = [edits.record("org", node_id=node) for node in self.nodes]
        if not self._can_merge(edits, rows):
            return
        gone = [node for node in self.nodes if node != self.into]
        if not nothing_names(edits, gone, "nodes"):
            return
        if self.into not in self.nodes:
            edits.add_row("org", {**rows[0], "node_id": self.into, "name": self.name or self.into})
        elif self.name:
            edits.set_cells("org", edits.rows("org", node_id=self.into).index, {"name": self.name})
        org = edits.table("org")
        children = org[org["parent_id"].isin(gone)].index
        edits.set_cells("org", children, {"parent_id": self.into})
        edits.drop_rows("org", org[org["node_id"].isin(gone)].index)

    def _can_merge(self, edits: PlanEdits, rows: list[dict[str, str]]) -> bool:
        if self.into not in self.nodes and not edits.is_new("into", self.into, "org"):
            return False
        reps = [row["node_id"] for row in rows if not edits.children(row["node_id"])]
        apart = len({(row["level"], row["parent_id"]) for row in rows}) > 1
        if reps or apart:
            edits.refuse(
                "nodes",
                ", ".join(self.nodes),
                code="cannot-merge",
                message=worded("fault.change.nobody_below", node=reps[0])
                if reps
                else worded("fault.change.apart"),
                hint=worded("fault.change.merge.hint"),
            )
        return not reps and not apart

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"nodes": ", ".join(self.nodes), "into": self.into}


class SplitRegion(Change):
    """Share what stands below a node among several nodes of its level; one of them may keep its id."""

    kind: Literal["split_region"] = "split_region"
    node: Name
    parts: Annotated[tuple[Part, ...], Field(min_length=2, max_length=200)]

    def make(self, edits: PlanEdits) -> None:
        """Add the new nodes and give the children their new parents."""
        if not edits.knows_node(self.node):
            return
        ids = [part.node for part in self.parts]
        new = [node for node in ids if node != self.node]
        sound = [edits.is_new("parts", node, "org") for node in new]
        sound.append(self._shares_all(edits))
        if self.node not in ids:
            sound.append(nothing_names(edits, [self.node], "node"))
        if not all(sound):
            return
        row = edits.rows("org", node_id=self.node)
        template = edits.record("org", node_id=self.node)
        for part in self.parts:
            if part.node != self.node:
                edits.add_row("org", {**template, "node_id": part.node, "name": part.name or part.node})
                org = edits.table("org")
                edits.set_cells(
                    "org", org[org["node_id"].isin(part.children)].index, {"parent_id": part.node}
                )
            elif part.name:
                edits.set_cells("org", row.index, {"name": part.name})
        if self.node not in ids:
            edits.drop_rows("org", row.index)

    def _shares_all(self, edits: PlanEdits) -> bool:
        """Every child of the node goes to exactly one part."""
        children = edits.children(self.node)
        named = [child for part in self.parts for child in part.children]
        ids = [part.node for part in self.parts]
        problems = {
            "not_below": sorted(set(named) - set(children)),
            "nowhere": sorted(set(children) - set(named)),
            "twice": sorted({child for child in named if named.count(child) > 1}),
            "same_id": sorted({node for node in ids if ids.count(node) > 1}),
        }
        for problem, names in problems.items():
            for name in names:
                edits.refuse(
                    "parts",
                    name,
                    code="incomplete-split",
                    message=worded(f"fault.change.split_{problem}", node=name),
                    hint=worded("fault.change.split.hint", names=", ".join(children[:12])),
                )
        return not any(problems.values())

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"node": self.node, "parts": ", ".join(part.node for part in self.parts)}


class AddProduct(Change):
    """Add a product below a line; it may take over a share of another product's history."""

    kind: Literal["add_product"] = "add_product"
    product: Name
    parent: str = ""
    """Line above; empty = right below all products."""
    name: str = ""
    margin: Bound | None = None
    effort: Amount | None = None
    takes_from: Name | None = None
    """Product whose history is shared, so that the new one starts with reps, season and level of its own."""
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    totals: dict[Name, Amount] = {}
    """Measure -> total of the new product."""

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if (self.takes_from is None) != (self.share is None):
            raise ValueError(worded("fault.change.takes_and_share"))
        return self

    def make(self, edits: PlanEdits) -> None:
        """Append the product, share the history, state the totals."""
        known = [edits.is_new("product", self.product, "products")]
        known.append(not self.parent or edits.knows_product(self.parent, "parent"))
        known += [edits.knows_measure(measure, "totals") for measure in self.totals]
        if self.takes_from is not None:
            known.append(edits.knows_product(self.takes_from, "takes_from"))
        if not all(known):
            return
        own = {"product_id": self.product, "parent_id": self.parent, "name": self.name}
        edits.add_row("products", {**own, "margin": written(self.margin), "effort": written(self.effort)})
        if self.takes_from is not None and self.share is not None:
            share_history(edits, self.takes_from, self.product, self.share)
        for measure, amount in self.totals.items():
            edits.set_key(total_path(measure, self.product), amount)


class DropProduct(Change):
    """Take a product (or a line with all below it) away; its history goes to another product or is left out.

    Pins, rules, potential, commitments and totals that name it go with it.
    """

    kind: Literal["drop_product"] = "drop_product"
    product: Name
    into: Name | None = None
    """Product that takes its history over; by default the history counts no longer."""

    def make(self, edits: PlanEdits) -> None:
        """Drop the rows of the product and all that names it."""
        if not edits.knows("product", self.product, edits.table("products")["product_id"], "product"):
            return
        gone = edits.products_below(self.product)
        if self.into is not None and not self._can_take(edits, self.into, gone):
            return
        products = edits.table("products")
        edits.drop_rows("products", products[products["product_id"].isin(gone)].index)
        for table in (*NAMED_BY, "seasonality"):
            frame = edits.table(table)
            edits.drop_rows(table, frame[frame["product_id"].isin(gone)].index)
        totals = edits.setting("product_totals")
        for measure, stated in totals.children.items() if isinstance(totals, Branch) else ():
            for product in [name for name in gone if isinstance(stated, Branch) and name in stated.children]:
                edits.set_key(("product_totals", measure, product), None)
        self._hand_over(edits, gone)

    def _can_take(self, edits: PlanEdits, into: str, gone: list[str]) -> bool:
        if not edits.knows("into", into, edits.table("products")["product_id"], "product"):
            return False
        bad = into in gone or len(edits.products_below(into)) > 1
        if bad:
            edits.refuse(
                "into",
                into,
                code="cannot-take-over",
                message=worded("fault.change.cannot_take_over", product=into),
                hint=worded("fault.change.cannot_take_over.hint"),
            )
        return not bad

    def _hand_over(self, edits: PlanEdits, gone: list[str]) -> None:
        history = edits.table("history")
        chosen = history["product_id"].isin(gone).to_numpy(bool)
        if not chosen.any():
            return
        count = f"{int(chosen.sum())} rows"
        if self.into is None:
            edits.replace_table("history", history[~chosen], ("by_product", self.product), count, "")
            return
        moved = history.assign(product_id=history["product_id"].where(~chosen, self.into))
        edits.replace_table(
            "history", added_up(moved), ("by_product", self.product), count, f"counted to {self.into}"
        )

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"product": self.product, "into": self.into or ""}

    def phrase(self) -> str:
        """With a product that takes over it reads differently."""
        return "drop_product" if self.into is None else "drop_product_into"


def nothing_names(edits: PlanEdits, nodes: list[str], column: str) -> bool:
    """Tell whether no rule, pin, commitment or potential names these nodes; else a fault."""
    named = []
    for table in NAMED_BY:
        frame = edits.table(table)
        for _, row in frame[frame["node_id"].isin(nodes)].iterrows():
            named.append(f"{table}.csv ({row['rule_id'] if table == 'rules' else row['node_id']})")
    if named:
        edits.refuse(
            column,
            ", ".join(nodes),
            code="named-elsewhere",
            message=worded("fault.change.would_vanish", nodes=", ".join(nodes), places=", ".join(named[:8])),
            hint=worded("fault.change.would_vanish.hint"),
        )
    return not named


def share_history(edits: PlanEdits, source: str, product: str, share: float) -> None:
    """Give a share of a product's history to another one, to the cent."""
    history = edits.table("history")
    chosen = (history["product_id"] == source).to_numpy(bool)
    if not chosen.any():
        return
    amount = history.loc[chosen, "amount"].astype(float).to_numpy()
    moved = np.round(amount * share, 2)
    rest = history.copy()
    rest.loc[chosen, "amount"] = [amount_text(value) for value in np.round(amount - moved, 6)]
    new = history[chosen].assign(product_id=product, amount=[amount_text(value) for value in moved])
    start = int(history.index.max()) + 1
    new.index = pd.RangeIndex(start, start + len(new))
    old = f"{int(chosen.sum())} rows"
    edits.replace_table(
        "history", pd.concat([rest, new]), ("by_product", source), old, f"{share:g} to {product}"
    )


def added_up(history: pd.DataFrame) -> pd.DataFrame:
    """Add up rows of history that have become the same."""
    keys = ["period", "node_id", "product_id", "measure", "segment"]
    if not history.duplicated(keys).any():
        return history
    exact = history.assign(amount=history["amount"].map(Decimal))
    sums = exact.groupby(keys, sort=False, as_index=False)["amount"].sum()
    added: pd.DataFrame = sums.assign(amount=sums["amount"].map(written))[list(history.columns)]
    return added
