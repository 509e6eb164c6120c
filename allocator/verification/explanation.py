"""explanation.csv: the steps of every target add up to it."""

import numpy as np
import pandas as pd

from allocator.verification.measure_result import HEADER, MeasureResult, judge_nodes, shown
from allocator.verification.report import Check, list_faults, worded
from allocator.verification.result_tables import whole_units
from allocator.verification.trees import positions


def check_explanation(result: MeasureResult, table: pd.DataFrame) -> list[Check]:
    """Check that the steps of every node and product sum to its target, in exact units."""
    names = result.names
    unit = names.units[names.measures.index(result.measure)]
    of_measure = (table["measure"] == result.measure).to_numpy(bool)
    rows = table[of_measure]
    file_row = np.flatnonzero(of_measure) + HEADER
    node = np.asarray(pd.Index(names.nodes).get_indexer(pd.Index(rows["node_id"])), np.int64)
    product = np.asarray(pd.Index(names.products).get_indexer(pd.Index(rows["product_id"])), np.int64)
    units, bad, ragged = whole_units(rows["amount"], unit)
    double = rows.duplicated(["node_id", "product_id", "step"]).to_numpy(bool)
    odd = bad | ragged | (node < 0) | (product < 0) | double
    faults = worded(
        positions(odd),
        lambda k: f"explanation.csv row {file_row[k]}: unknown, twice or no whole amount",
    )
    sums = np.zeros_like(result.units)
    good = ~odd
    np.add.at(sums, (node[good], product[good]), units[good])
    return [
        list_faults(
            "explanation_rows",
            result.measure,
            "every step of explanation.csv is a whole amount of a known node and product",
            len(rows),
            faults,
        ),
        judge_nodes(
            "explanation_sums",
            result,
            "the steps of every target add up to it exactly",
            np.abs(sums - result.units),
            0,
            lambda k: f"target {shown(result.targets, k)}, steps add up to {shown(sums * result.unit, k)}",
        ),
    ]
