"""Rules that single reps have for themselves, as most companies write them: one line each."""

import numpy as np
import pandas as pd

REP_FORMS = (
    ("capacity", "amount", "hard"),
    ("growth", "last_year", "hard"),
    ("range", "amount", "hard"),
    ("commitment", "ratio", "3"),
    ("capacity", "amount", "2"),
    ("growth", "last_year", "2"),
    ("range", "amount", "hard"),
    ("commitment", "ratio", "hard"),
)
"""Kind, basis and tier of every further rule in turn."""
CELL_FORMS = (
    ("capacity", "amount", "hard"),
    ("growth", "last_year", "hard"),
    ("range", "amount", "hard"),
    ("growth", "last_year", "2"),
)
CEILING, FLOOR = (1.005, 1.2), (0.85, 0.99)
"""Hard bounds as shares of what a node gets if all grow alike: they leave room for that."""
CELL_CEILING, CELL_FLOOR = (1.02, 1.4), (0.75, 0.97)
SOFT_CEILING, SOFT_FLOOR = (0.95, 1.2), (0.9, 1.02)
"""Soft bounds cut a part of the nodes off."""
SOFT_PROMISE, HARD_PROMISE = (0.9, 1.2), (0.4, 2.5)


def own_rules(
    rep: np.ndarray, sold: np.ndarray, alike: np.ndarray, most: np.ndarray, count: int, seed: int
) -> pd.DataFrame:
    """Return `count` rules on single reps, evenly spread over them, kinds and tiers in turn.

    Parameters
    ----------
    rep
        Ids of the reps.
    sold
        Shape (n_rep,): last year.
    alike
        Shape (n_rep,): the target if all grow alike.
    most
        Shape (n_rep,): what no floor may pass; at most `alike`.

    Raises
    ------
    ValueError
        If there are fewer reps than rules.
    """
    at = _spread(count, len(rep), "reps")
    random = np.random.Generator(np.random.PCG64([seed, 1]))
    ceiling, floor = random.uniform(*CEILING, count), random.uniform(*FLOOR, count)
    soft_ceiling, soft_floor = random.uniform(*SOFT_CEILING, count), random.uniform(*SOFT_FLOOR, count)
    form = np.arange(count) % len(REP_FORMS)
    upper, lower = np.full(count, np.nan), np.full(count, np.nan)
    for number, (kind, _, tier) in enumerate(REP_FORMS):
        own = form == number
        if kind == "commitment":
            lower[own], upper[own] = SOFT_PROMISE if tier != "hard" else HARD_PROMISE
        elif tier == "hard":
            upper[own] = (alike[at] * ceiling)[own]
            lower[own] = (most[at] * floor)[own]
        else:
            upper[own] = (alike[at] * soft_ceiling)[own]
            lower[own] = (most[at] * soft_floor)[own]
    # the first range of each round is a floor alone, soft growth asks for growth
    upper[(form == 2) | (form == 5)] = np.nan
    return _table("own", rep[at], np.full(count, ""), sold[at], form, REP_FORMS, lower, upper)


def own_cell_rules(
    rep: np.ndarray,
    product: np.ndarray,
    sold: np.ndarray,
    alike: np.ndarray,
    most: np.ndarray,
    count: int,
    seed: int,
) -> pd.DataFrame:
    """Return `count` rules on single reps in single products, evenly spread over those that sold.

    Parameters
    ----------
    sold, alike, most
        Shape (n_rep, n_product), as in `own_rules`.

    Raises
    ------
    ValueError
        If fewer reps and products sold than there are rules.
    """
    reps, products = np.nonzero(sold > 0)
    at = _spread(count, len(reps), "reps and products that sold")
    reps, products = reps[at], products[at]
    random = np.random.Generator(np.random.PCG64([seed, 2]))
    form = np.arange(count) % len(CELL_FORMS)
    is_soft = np.array([tier != "hard" for _, _, tier in CELL_FORMS])[form]
    floor = np.where(is_soft, random.uniform(*SOFT_FLOOR, count), random.uniform(*CELL_FLOOR, count))
    upper = alike[reps, products] * random.uniform(*CELL_CEILING, count)
    lower = most[reps, products] * floor
    upper[form >= 2] = np.nan
    own_sold = sold[reps, products]
    return _table("cell", rep[reps], product[products], own_sold, form, CELL_FORMS, lower, upper)


def most_own_cell_rules(sold: np.ndarray) -> int:
    """How many rules `own_cell_rules` can write."""
    return int(np.count_nonzero(sold > 0))


def _spread(count: int, available: int, what: str) -> np.ndarray:
    """Positions of `count` things, evenly spread over those available."""
    if count > available:
        raise ValueError(f"{count} own rules, but only {available} {what}")
    return np.arange(count) * available // max(count, 1)


def _table(
    name: str,
    node: np.ndarray,
    product: np.ndarray,
    sold: np.ndarray,
    form: np.ndarray,
    forms: tuple[tuple[str, str, str], ...],
    lower: np.ndarray,
    upper: np.ndarray,
) -> pd.DataFrame:
    """Write bounds in the terms of each kind: growth as a rate, commitments as ratios, whole amounts else."""
    kind, basis, tier = (np.array(column)[form] for column in zip(*forms, strict=True))
    lower = np.where(kind == "capacity", np.nan, lower)
    return pd.DataFrame(
        {
            "rule_id": [f"rule-{name}-{number}" for number in range(1, len(node) + 1)],
            "kind": kind,
            "measure": "revenue",
            "level": "",
            "node_id": node,
            "product_id": product,
            "min": _written(kind, lower, sold),
            "max": _written(kind, upper, sold),
            "basis": basis,
            "tier": tier,
            "owner": np.array(["finance", "sales", "hr"])[np.arange(len(node)) % 3],
        }
    )


def _written(kind: np.ndarray, amount: np.ndarray, sold: np.ndarray) -> list[str]:
    """Bounds as text; empty where there is none."""
    texts = []
    for one, value, base in zip(kind, amount, sold, strict=True):
        if np.isnan(value):
            texts.append("")
        elif one == "growth":
            texts.append(f"{value / base - 1:.4f}")
        else:
            texts.append(f"{value:.1f}" if one == "commitment" else f"{value:.0f}")
    return texts
