"""Random models for comparing routes: tight, pinned, repeated rows, wishes in conflict, nearly impossible."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from solver_models.arrays import FloatArray
from solver_models.engines.base import Engine, EngineOptions
from solver_models.failures import ModelInfeasible
from solver_models.model import BalanceModel, Rows
from solver_models.solve import SolvedModel, solve_model
from tests.models import random_model

FAMILIES = ("plain", "tight", "pinned", "repeated", "edge", "zero")


@dataclass(frozen=True)
class Outcome:
    """What a route made of a model: None where it is impossible."""

    x: FloatArray | None
    solved: SolvedModel | None


def solve_by(model: BalanceModel, engine: Engine) -> Outcome:
    """Solve a scaled copy; the cells in the model's unit."""
    try:
        solved = solve_model(model.scaled(), engine, EngineOptions())
    except ModelInfeasible:
        return Outcome(None, None)
    return Outcome(solved.answer.x * solved.balanced.unit, solved)


def family_model(seed: int) -> tuple[str, BalanceModel]:
    """Return the family and a model of it; about one in six is impossible."""
    rng = np.random.default_rng(seed)
    family = FAMILIES[seed % len(FAMILIES)]
    model = random_model(seed, soft=bool(rng.random() < 0.8), fair=bool(rng.random() < 0.5))
    if family == "tight":
        model = replace(
            model,
            lower=model.anchor * rng.uniform(0.7, 0.99, model.n_cell),
            upper=model.anchor * rng.uniform(1.0 + 0.01, 1.2, model.n_cell),
        )
    elif family == "pinned":
        held = rng.random(model.n_cell) < 0.3
        model = replace(
            model,
            lower=np.where(held, model.anchor, 0.0),
            upper=np.where(held, model.anchor, model.upper),
        )
    elif family == "repeated":
        model = replace(model, rows=_repeated(model.rows, rng))
    elif family == "edge":
        model = _nearly_impossible(model, rng)
    elif family == "zero":
        nothing = rng.random(model.n_cell) < 0.2
        weight = np.where(nothing, 0.01 * model.anchor.mean(), model.weight)
        model = replace(model, anchor=np.where(nothing, 0.0, model.anchor), weight=weight)
    return family, model


def _repeated(rows: Rows, rng: np.random.Generator) -> Rows:
    """Some rows twice, the second time scaled."""
    again = np.flatnonzero(rng.random(len(rows)) < 0.4)
    factor = rng.uniform(0.5, 3.0, len(again))
    return Rows(
        csr_array(vstack([rows.matrix, csr_array(rows.matrix[again].multiply(factor[:, None]))])),
        np.concatenate([rows.lower, rows.lower[again] * factor]),
        np.concatenate([rows.upper, rows.upper[again] * factor]),
        np.concatenate([rows.source, rows.source[again]]),
        np.concatenate([rows.part, rows.part[again]]),
    )


def _nearly_impossible(model: BalanceModel, rng: np.random.Generator) -> BalanceModel:
    """Caps on all cells whose sum exceeds the first row's total by a millionth, or falls short of it."""
    first = np.asarray(model.rows.matrix[[0]].todense()).ravel()[: model.n_cell]
    total = float(model.rows.lower[0])
    room = total * (1 + rng.choice([-1e-6, 1e-6]))
    caps = model.anchor * rng.uniform(0.9, 1.1, model.n_cell)
    return replace(model, upper=caps * room / float(first @ caps))
