"""explanation.csv: one row per step that is not zero, with its sentence."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from allocator.allocation import Allocation, MeasureAllocation
from allocator.anchors.presence_notes import presence_clauses
from allocator.explanation.waterfall import STEPS, Waterfall
from allocator.results.columns_of_text import amount_texts, filled, scattered, taken, with_plus
from allocator.results.sentences import node_names, product_names
from allocator.results.tables import amounts, coded, constant
from allocator.texts import CATALOGUE, text

COLUMNS = ("measure", "node_id", "product_id", "step", "amount", "text")
ENTRIES_AT_ONCE = 1_000_000


def explanation_table(
    allocation: Allocation,
    result: MeasureAllocation,
    waterfall: Waterfall,
    lang: str,
    first: int = 0,
    last: int | None = None,
) -> pd.DataFrame:
    """Return the steps of the nodes at positions `first` to `last` (excluded), by default of all.

    The first step of a target is always there, zeros are left out. The amounts of one node and
    product add up to its target exactly.
    """
    clauses = _rule_clauses(allocation, result, waterfall, lang)
    presence = presence_clauses(allocation.plan, allocation.labels, lang)
    return _table(allocation, result, waterfall, lang, clauses, presence, first, last)


def explanation_tables(
    allocation: Allocation, result: MeasureAllocation, waterfall: Waterfall, lang: str
) -> Iterator[pd.DataFrame]:
    """Yield the rows of `explanation_table` block by block: the sentences of all would fill the memory."""
    clauses = _rule_clauses(allocation, result, waterfall, lang)
    presence = presence_clauses(allocation.plan, allocation.labels, lang)
    n_step, n_node, n_product = waterfall.units.shape
    step = max(1, ENTRIES_AT_ONCE // (n_step * n_product))
    for first in range(0, n_node, step):
        yield _table(allocation, result, waterfall, lang, clauses, presence, first, first + step)


def _table(
    allocation: Allocation,
    result: MeasureAllocation,
    waterfall: Waterfall,
    lang: str,
    clauses: list[str],
    presence: list[str],
    first: int,
    last: int | None,
) -> pd.DataFrame:
    """Return the steps of a block of nodes with their sentences."""
    labels = allocation.labels
    round_to = allocation.plan.spec.measures[result.measure].round_to
    block = waterfall.units[:, first:last]
    shown = block != 0
    start = STEPS.index("published" if result.anchors.is_published else "last_year")
    shown[start] |= (result.target_units[first:last] != 0) | shown.any(axis=0)
    node, product, step = np.nonzero(shown.transpose(1, 2, 0))
    units = block[step, node, product]
    shown_amount = amount_texts(units, round_to)
    columns = {
        "node": taken(node_names(allocation)[first:last], node),
        "product": taken(product_names(allocation, lang), product),
        "amount": shown_amount,
        "signed": with_plus(shown_amount, units),
        # the last clause is the empty one of -1, no rule
        "presence": taken(presence[first:last], node),
        "rule": taken(clauses, waterfall.strongest[:, first:last][step, node, product] % len(clauses)),
        "unit": pa.repeat(f"{round_to:,f}", len(units)),
    }
    return pd.DataFrame(
        {
            "measure": constant(result.measure, len(units)),
            "node_id": coded(labels.node_id[first:last], node),
            "product_id": coded(labels.product_id, product),
            "step": coded(STEPS, step),
            "amount": amounts(units, round_to),
            "text": pd.array(_sentences(step, columns, lang), dtype="str"),
        },
        columns=list(COLUMNS),
    )


def _sentences(step: np.ndarray, columns: dict[str, pa.StringArray], lang: str) -> pa.StringArray:
    """Fill the step's sentence of every row."""
    parts = []
    for number, name in enumerate(STEPS):
        rows = np.flatnonzero(step == number)
        own = {field: column.take(pa.array(rows)) for field, column in columns.items()}
        parts.append((rows, filled(CATALOGUE[f"step.{name}"][lang], len(rows), own)))
    return scattered(parts, len(step))


def _rule_clauses(
    allocation: Allocation, result: MeasureAllocation, waterfall: Waterfall, lang: str
) -> list[str]:
    """The clause that names each rule, its kind and owner; the last one, of no rule, is empty."""
    clauses = []
    rules = result.rules[result.rules["rule_id"].isin(waterfall.rule_ids)]
    named = rules.drop_duplicates("rule_id")
    first = dict(zip(named["rule_id"], zip(named["kind"], named["owner"], strict=True), strict=True))
    priced = rules.loc[rules["price"] != 0].drop_duplicates(["rule_id", "owner"])
    owners: dict[str, list[str]] = {}
    for rule_id, owner in zip(priced["rule_id"], priced["owner"], strict=True):
        owners.setdefault(rule_id, []).append(owner)
    for rule_id in waterfall.rule_ids:
        own_kind, first_owner = first[rule_id]
        owner = ", ".join(owners.get(rule_id, [])) or first_owner
        kind = text(f"kind.{own_kind}", lang)
        by = text("step.rule_owner", lang, owner=owner) if owner else ""
        clauses.append(text("step.rule", lang, rule=rule_id, kind=kind, owner=by))
    return [*clauses, ""]
