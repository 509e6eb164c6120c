"""What cells.csv says of baseline and anchor, against the history, the sources and the totals."""

import numpy as np

from allocator.verification.baseline.blend import Baseline
from allocator.verification.measure_result import MeasureResult, judge_cells, shown
from allocator.verification.report import Check
from allocator.verification.trees import FloatArray

EXACT = 1e-9


def check_baseline(result: MeasureResult, baseline: Baseline) -> list[Check]:
    """Check baselines against the tables of the plan, and anchors against the baselines."""
    growth = baseline.totals.growth(result.baseline)
    return [
        _same(
            "baseline",
            result,
            "baselines follow from history, presence, season, potential, commitments and weights",
            result.baseline,
            baseline.cells,
        ),
        _same(
            "anchor_growth",
            result,
            "anchor = baseline x growth of its product, as the totals ask for",
            result.cell_anchor,
            result.baseline * growth,
        ),
    ]


def _same(check: str, result: MeasureResult, promise: str, found: FloatArray, expected: FloatArray) -> Check:
    """Compare amounts of cells, to 1e-9 of the amount or of a unit."""
    off = np.abs(found - expected) / np.maximum(np.abs(expected), result.unit)

    def tell(k: int) -> str:
        return f"{shown(found, k)} instead of {shown(expected, k)}"

    return judge_cells(check, result, promise, off, EXACT, tell)
