"""The rules of a re-planned year, recomputed from its files."""

import numpy as np
import pandas as pd

from allocator.verification.plan_files import PlanFiles
from allocator.verification.report import Check, judge
from solver_models.arrays import FloatArray

CLOSE = 1e-9
RATIOS = ("mix", "fairness")
PLAIN = ("range", "capacity", "pin")


def check_rules(rules: pd.DataFrame, year: pd.DataFrame, rest: PlanFiles) -> list[Check]:
    """Recompute the value of every rule but weighted ones; shortfall and verdict of mix and fairness.

    Parameters
    ----------
    rules
        replan_rules.csv.
    year
        replan.csv by measure, node and product.
    rest
        The plan of the remaining months.
    """
    weighted = (rules["kind"] == "link") | (rules["basis"] == "effort")
    rules = rules[~weighted].reset_index(drop=True)
    key = pd.MultiIndex.from_frame(rules[["measure", "node_id", "product_id"]])
    whole_key = pd.MultiIndex.from_arrays([rules["measure"], rules["node_id"], ["*"] * len(rules)])
    amount = year["target"].reindex(key).to_numpy(np.float64)
    whole = year["target"].reindex(whole_key).to_numpy(np.float64)
    peers, members = _peers(rules, amount, rest.tables["org"])
    kind, base = rules["kind"].to_numpy(object), rules["base"].to_numpy(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.select(
            [kind == "growth", kind == "commitment", kind == "mix", kind == "fairness"],
            [amount / base - 1, amount / base, amount / whole, amount / peers - 1],
            amount,
        )
    found = rules["value"].to_numpy(np.float64)
    gap = np.abs(found - value) / np.maximum(np.abs(value), 1.0)
    gap = np.where(np.isnan(found) & ~np.isfinite(value), 0.0, gap)

    def place(k: int) -> str:
        return f"replan_rules.csv row {k + 2} ({rules['rule_id'].iat[k]} at {rules['node_id'].iat[k]})"

    promise = "value is what the year gives, in the rule's own terms"
    checks = [judge("replan_rule_values", "", promise, gap, CLOSE, place)]
    return checks + _check_ratios(rest, rules, amount, np.where(kind == "mix", whole, peers), members)


def _peers(rules: pd.DataFrame, amount: FloatArray, org: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """P_v / P_G * X_G of every fairness row, NaN elsewhere, and how many peers there are."""
    peers, members = np.full(len(rules), np.nan), np.ones(len(rules))
    fair = (rules["kind"] == "fairness").to_numpy(bool)
    if not fair.any():
        return peers, members
    groups = org.set_index("node_id")["peer_group"]
    own = rules[fair].assign(
        amount=amount[fair], peer_group=groups.reindex(rules["node_id"][fair]).fillna("").to_numpy()
    )
    by_group = own.groupby(["measure", "rule_id", "peer_group"])
    ratio = by_group["amount"].transform("sum") / by_group["base"].transform("sum")
    peers[fair] = own["base"].to_numpy(np.float64) * ratio.to_numpy(np.float64)
    members[fair] = by_group["amount"].transform("size").to_numpy(np.float64)
    return peers, members


def _check_ratios(
    rest: PlanFiles,
    rules: pd.DataFrame,
    amount: FloatArray,
    reference: FloatArray,
    members: FloatArray,
) -> list[Check]:
    """Shortfalls of mix and fairness, and that what is called held misses by rounding at most."""
    ratio = rules["kind"].isin(RATIOS).to_numpy(bool)
    is_fair = (rules["kind"] == "fairness").to_numpy(bool)
    low, high = rules["min"].to_numpy(np.float64), rules["max"].to_numpy(np.float64)
    down = np.where(np.isnan(low), -high, low)
    low, high = np.where(is_fair, 1 + down, low), np.where(is_fair, 1 + high, high)
    short = np.maximum(
        np.where(np.isnan(low), 0.0, low * reference - amount),
        np.where(np.isnan(high), 0.0, amount - high * reference),
    )
    short = np.maximum(short, 0.0)[ratio]
    found = rules["short_by"].to_numpy(np.float64)[ratio]
    held = (rules["status"] == "held").to_numpy(bool)[ratio]
    unit = _units(rest, rules)[ratio]
    room = unit * (1 + np.nanmax(np.stack([low, high, np.ones(len(low))]), axis=0)[ratio] * members[ratio])
    row = np.flatnonzero(ratio)

    def place(k: int) -> str:
        name = f"{rules['rule_id'].iat[row[k]]} at {rules['node_id'].iat[row[k]]}"
        return f"{name}: {found[k]:.12g}, recomputed {short[k]:.12g}"

    size = np.maximum(np.abs(amount[ratio]), 1.0)
    return [
        judge(
            "replan_short_by",
            "",
            "short_by is the amount by which the year misses a share or a ratio",
            np.abs(found - short) / size,
            2 * CLOSE,
            place,
        ),
        judge(
            "replan_held",
            "",
            "shares and ratios hold on the year but for rounding, or are told to be missed",
            np.where(held, short / room, 0.0),
            1.0,
            place,
        ),
    ]


def _units(rest: PlanFiles, rules: pd.DataFrame) -> FloatArray:
    """What the targets of each row's measure are whole multiples of."""
    measures = rest.settings["measures"]
    return np.array([float(measures[name].get("round_to", 1)) for name in rules["measure"]], np.float64)
