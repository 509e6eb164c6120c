"""Changes that draw luck: each is one possible outcome, fixed by its seed."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from allocator.plan.plan import month_text
from allocator.plan.rebuilding import amount_text
from allocator.texts import worded
from scenarios.changes.change import Change, Name, share
from scenarios.changes.edits import PlanEdits
from scenarios.changes.people import Leave

Seed = Annotated[int, Field(ge=0, lt=2**63)]


class ScatterCommitments(Change):
    """Multiply every commitment for this plan by a lognormal factor with mean 1."""

    kind: Literal["scatter_commitments"] = "scatter_commitments"
    measure: Name
    spread: Annotated[float, Field(gt=0, le=2)]
    """Standard deviation of the log factor."""
    seed: Seed

    def make(self, edits: PlanEdits) -> None:
        """Multiply the amounts; the factors do not depend on the order of the file."""
        if not edits.knows_measure(self.measure):
            return
        rows = edits.rows("commitments", measure=self.measure, actual="")
        if not len(rows):
            edits.refuse(
                "measure",
                self.measure,
                code="no-commitment",
                message=worded("fault.change.nothing_to_scatter", measure=self.measure),
                hint=worded("fault.change.nothing_to_scatter.hint"),
            )
        rows = rows.sort_values(["node_id", "product_id", "period"], kind="stable")
        luck = np.random.Generator(np.random.PCG64([self.seed, 1])).standard_normal(len(rows))
        amount = rows["amount"].astype(float).to_numpy() * np.exp(self.spread * luck - self.spread**2 / 2)
        texts = [amount_text(value) for value in np.round(amount, 2)]
        edits.set_column("commitments", "amount", dict(zip(rows.index.tolist(), texts, strict=True)))

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"measure": self.measure, "spread": share(self.spread), "seed": str(self.seed)}


class Attrition(Change):
    """Let each rep leave with some probability, in a month drawn evenly, in order of node id."""

    kind: Literal["attrition"] = "attrition"
    rate: Annotated[float, Field(gt=0, le=1)]
    """Probability that a rep leaves within the plan."""
    seed: Seed
    backfill: bool = True
    ramp: str = ""
    """Ramp of the open seats."""

    def make(self, edits: PlanEdits) -> None:
        """Let the drawn reps leave."""
        org = edits.table("org")
        inner = set(org["parent_id"])
        is_open = org["role"].str.casefold().isin(["open", "vacant", "空缺"])
        reps = sorted(org[~org["node_id"].isin(inner) & ~is_open & (org["end"] == "")]["node_id"])
        luck = np.random.Generator(np.random.PCG64([self.seed, 2]))
        leaves, month = luck.random(len(reps)) < self.rate, luck.integers(0, len(edits.months), len(reps))
        for k in np.flatnonzero(leaves):
            when = month_text(edits.months[int(month[k])])
            Leave(node=reps[k], month=when, backfill=self.backfill, ramp=self.ramp).make(edits)

    def words(self, lang: str) -> dict[str, str]:
        """Return the values of the sentence."""
        return {"rate": share(self.rate), "seed": str(self.seed)}
