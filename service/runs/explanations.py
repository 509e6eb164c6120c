"""Why a number of a run is what it is, from the files that the run left behind."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy.orm import Session

from allocator.texts import text
from service.db.models import Run
from service.runs.results import ResultTables, Sight, records, rows_where
from service.runs.schemas import BindingRule, ExplainedTarget, Step

LANGUAGES = ("en", "zh")


def explain(
    results: ResultTables,
    session: Session,
    run: Run,
    sight: Sight,
    node: str,
    product: str,
    measure: str | None,
) -> list[ExplainedTarget]:
    """Return the number of a node and product in every measure, or in one.

    The rules are those at the node, above it and below it that lie inside the caller's sight.
    """
    wanted = {"node_id": node, "product_id": product, "measure": measure}
    targets = results.table(session, run, "targets.csv")
    steps = results.table(session, run, "explanation.csv")
    found_steps = records(steps, rows_where(steps, sight, **wanted))
    rules = _rules(results.table(session, run, "rules.csv"), sight, node)
    return [
        ExplainedTarget.model_validate(
            {
                **{key: row[key] for key in ExplainedTarget.model_fields if key in row},
                "steps": [_step(one) for one in found_steps if one["measure"] == row["measure"]],
                "rules": [rule for named, rule in rules if named == row["measure"]],
            }
        )
        for row in records(targets, rows_where(targets, sight, **wanted))
    ]


def _step(row: dict[str, str | None]) -> Step:
    step = str(row["step"])
    name = {lang: text(f"stepname.{step}", lang) for lang in LANGUAGES}
    return Step.model_validate({"step": step, "name": name, "amount": row["amount"], "text": row["text"]})


def _rules(table: pa.Table, sight: Sight, node: str) -> list[tuple[str | None, BindingRule]]:
    """Rules with a price, or that gave way, at the node and its relatives: strongest price first."""
    own = sight.paths[node]
    relatives = [one for one, path in sight.paths.items() if path.startswith(own) or own.startswith(path)]
    near = pc.is_in(table["node_id"], value_set=pa.array(relatives, pa.string()))
    rows = np.intersect1d(rows_where(table, sight), np.flatnonzero(near.to_numpy()))
    found = [row for row in records(table, rows) if row["status"] != "slack"]
    priced = [(abs(float(row["price"] or 0)), row) for row in found]
    chosen = [(price, row) for price, row in priced if price > 0 or row["status"] == "relaxed"]
    chosen.sort(key=lambda one: -one[0])
    fields = BindingRule.model_fields
    return [
        (row["measure"], BindingRule.model_validate({key: row[key] for key in fields})) for _, row in chosen
    ]
