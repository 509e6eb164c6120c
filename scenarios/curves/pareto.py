"""The Pareto front: runs that no other run beats in fairness, fidelity to history and commitment at once."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from scenarios.runs.outcome import Outcome
from solver_models.arrays import BoolArray, FloatArray

AIMS = ("gini", "history_gap", "commitment_gap")
"""All of them the smaller, the better."""
DIGITS = 9
"""Figures that differ by less are the same: what is left is a solver's noise."""


def is_undominated(figures: FloatArray) -> BoolArray:
    """Mark the rows that no other row beats: none is as small everywhere and smaller somewhere.

    Parameters
    ----------
    figures
        Shape (n, n_aim).
    """
    front = np.ones(len(figures), dtype=bool)
    for k in range(len(figures)):
        no_worse = (figures <= figures[k]).all(axis=1)
        better = (figures < figures[k]).any(axis=1)
        front[k] = not bool((no_worse & better).any())
    return front


def pareto_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row per measure and run: the aims and whether the run is on the front.

    Aims that some run of a measure does not have (no commitments, say) are left out for all its runs.
    """
    parts = []
    for measure in dict.fromkeys(name for one in outcomes for name in one.figures["measures"]):
        having = [one for one in outcomes if measure in one.figures["measures"]]
        kpis = [one.figures["measures"][measure]["kpis"] for one in having]
        aims = [aim for aim in AIMS if all(found[aim] is not None for found in kpis)]
        exact = np.array([[found[aim] for aim in aims] for found in kpis], dtype=np.float64)
        figures = np.round(exact, DIGITS).astype(np.float64)
        front = is_undominated(figures) if aims else np.zeros(len(having), dtype=bool)
        columns = {aim: figures[:, aims.index(aim)] if aim in aims else np.nan for aim in AIMS}
        named = {"measure": measure, "run": [one.run.name for one in having]}
        parts.append(pd.DataFrame({**named, **columns, "on_front": np.where(front, "yes", "no")}))
    columns_of_all = ["measure", "run", *AIMS, "on_front"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns_of_all)
