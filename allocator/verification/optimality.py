"""The unrounded numbers are the one minimiser: soft tiers in order, then the balance."""

import numpy as np

from allocator.verification.causes.pushes import Pushes
from allocator.verification.company import Company
from allocator.verification.measure_result import MeasureResult, judge_cells
from allocator.verification.price_rows import PriceRows
from allocator.verification.report import Check, judge, list_faults
from allocator.verification.result_tables import floats
from allocator.verification.rule_checks import Amounts
from allocator.verification.rule_file import RuleFile
from allocator.verification.sides import Sides
from allocator.verification.stages import (
    BALANCE_LIMIT,
    MET,
    Point,
    Proofs,
    Stage,
    check_tier_stage,
    free_columns,
)
from allocator.verification.trees import BoolArray, FloatArray, IntArray

ZERO_ANCHOR_WEIGHT = 0.01
PRICE_LIMIT = 1e-7
CANCELLED = 1e-3
"""A cell is also measured against a thousandth of the terms that cancel in its gradient: what is a
trillionth of them is rounding."""


def final_point(
    result: MeasureResult,
    sides: Sides,
    amounts: Amounts,
    bounds: tuple[FloatArray, FloatArray],
    is_open: BoolArray,
) -> Point:
    """Return the unrounded point with weights (1 % of the mean anchor where the anchor is 0), theta and d."""
    anchor = result.cell_anchor
    positive = anchor > 0
    mean = float(anchor[positive].mean()) if positive.any() else 1.0
    shortfall = np.where(sides.tier > 0, amounts.missed_before, 0.0)
    theta = np.zeros(int(sides.tier.max(initial=0)) + 1)
    np.maximum.at(theta, sides.tier, shortfall / sides.scale)
    return Point(
        x=result.unrounded,
        anchor=anchor,
        weight=np.where(positive, anchor, ZERO_ANCHOR_WEIGHT * mean),
        lower=bounds[0],
        upper=bounds[1],
        is_open=is_open,
        shortfall=shortfall,
        theta=theta[sides.tier],
    )


def check_optimality(
    company: Company, result: MeasureResult, sides: Sides, amounts: Amounts, point: Point, prices: PriceRows
) -> tuple[list[Check], Stage]:
    """Prove every stage in order; also return the last one, the balance."""
    tiers = sorted({int(k) for k in sides.tier if k > 0})
    known = {"balance"} | {f"tier{k}.{what}" for k in tiers for what in ("largest", "sum")}
    strangers = [
        f"prices.csv row {row}: the plan has no {name}"
        for name, row in zip(prices.stage, prices.file_row, strict=True)
        if name not in known
    ]
    checks = [
        list_faults(
            "stages", result.measure, "every stage is one of the plan's tiers", len(prices.side), strangers
        )
    ]
    proofs = Proofs.none(sides, point)
    for tier in tiers:
        names = [f"tier{tier}.largest", f"tier{tier}.sum"]
        theta = float(point.theta[sides.tier == tier].max(initial=0.0))
        if theta <= MET and not np.isin(prices.stage, names).any():
            promise = f"all goals of tier {tier} are met"
            checks.append(
                judge(f"tier{tier}.met", result.measure, promise, np.array([theta]), MET, lambda k: "")
            )
            continue
        for name in names:
            stage = Stage(company, result, sides, amounts, point, name, tier, prices.of_stage(name), proofs)
            found, proofs = check_tier_stage(stage)
            checks += found
    balance = Stage(company, result, sides, amounts, point, "balance", 0, prices.of_stage("balance"), proofs)
    return checks + check_balance(balance), balance


def check_balance(stage: Stage) -> list[Check]:
    """Check x = clip(a + w g) in every cell that no earlier stage holds, and that no duality gap is left."""
    point = stage.point
    gradient, terms = stage.gradient()
    best = np.clip(point.anchor + point.weight * gradient, point.lower, point.upper)
    moves = point.is_open & ~stage.proofs.held
    size = np.maximum(point.size, CANCELLED * point.weight * terms)
    deviation = np.where(moves, np.abs(point.x - best) / size, 0.0)
    free = free_columns(stage)
    return [
        stage.check_signs(),
        stage.check_tight(),
        judge_cells(
            "balance.cells",
            stage.result,
            "every cell is clip(anchor + weight * gradient, lower, upper)",
            deviation,
            BALANCE_LIMIT,
            lambda k: f"unrounded {float(point.x.ravel()[k])!r} instead of {float(best.ravel()[k])!r}",
        ),
        judge(
            "balance.columns",
            stage.result.measure,
            "the largest violations of the tiers have no gradient",
            free,
            BALANCE_LIMIT,
            lambda k: "prices.csv, parts share of stage balance",
        ),
        _duality_gap(stage, gradient, np.where(moves, best, point.x)),
    ]


def _duality_gap(stage: Stage, gradient: FloatArray, best: FloatArray) -> Check:
    """Primal minus dual objective: the prices bound every feasible plan from below."""
    point, prices = stage.point, stage.prices

    def cost(x: FloatArray) -> FloatArray:
        return np.where(point.is_open, (x - point.anchor) ** 2 / (2.0 * point.weight), 0.0)

    worth = prices.price * stage.sides.bound[prices.side]
    open_gradient = np.where(point.is_open, gradient, 0.0)
    primal = float(cost(point.x).sum())
    dual = float(worth.sum() + (cost(best) - open_gradient * best).sum())
    size = max(primal, float(np.abs(worth).sum()), stage.result.unit)
    return judge(
        "balance.gap",
        stage.result.measure,
        "no feasible plan is better balanced: the dual objective equals the primal one",
        np.array([abs(primal - dual) / size]),
        BALANCE_LIMIT,
        lambda k: f"primal {primal!r}, dual {dual!r}",
    )


def check_rule_prices(stage: Stage, pushes: Pushes, file: RuleFile) -> Check:
    """Check `price` of rules.csv: the balance prices of its rows, or the multiplier of the cell it bounds."""
    sides, point = stage.sides, stage.point
    rules = sides.rules
    expected = np.bincount(sides.entry, weights=pushes.price, minlength=len(rules)).astype(np.float64)
    multiplier = (point.x - point.anchor) / point.weight - pushes.cells
    on_cell = rules.table["on_cell"].to_numpy(bool)
    rep = stage.company.org.first_leaf[rules.ints("node")]
    leaf = stage.company.products.first_leaf[rules.ints("product")]
    inner, low, high = multiplier[rep, leaf], point.lower[rep, leaf], point.upper[rep, leaf]
    # a cell that a soft tier holds elsewhere than at its rule's bound owes nothing to the rule
    near, x = BALANCE_LIMIT * point.size[rep, leaf], point.x[rep, leaf]
    # a cell that a pin or a rule holds at 0 has a multiplier, too; one of a rep who is not there has none
    can = point.is_open | ((point.anchor > 0) & ~stage.company.is_absent[:, None])
    pushed_up = (inner > 0) & (low > 0) & (x - low <= near)
    held = can[rep, leaf] & (pushed_up | ((inner < 0) & (high - x <= near)))
    if point.outside is not None:
        held &= ~point.outside[rep, leaf]
    expected[on_cell] += np.where(held, inner, 0.0)[on_cell]
    price, _ = floats(file.table["price"], may_be_empty=False)
    wanted = expected[file.entry]
    shared = _cell_prices(file, price, on_cell, np.where(on_cell, rep * point.x.shape[1] + leaf, -1))
    gap = np.abs(np.where(on_cell[file.entry], shared, price) - wanted) / np.maximum(np.abs(wanted), 1.0)
    return judge(
        "rule_prices",
        stage.result.measure,
        "price is the multiplier of the rule's rows (rules on one cell share the cell's)",
        gap,
        PRICE_LIMIT,
        lambda k: f"{file.place(k)}: price {price[k]:.12g} instead of {wanted[k]:.12g}",
    )


def _cell_prices(file: RuleFile, price: FloatArray, on_cell: BoolArray, cell: IntArray) -> FloatArray:
    """Sum of the prices of all rules that bound the same cell, per row of the file."""
    own = cell[file.entry]
    chosen = on_cell[file.entry]
    total = np.bincount(own[chosen], weights=price[chosen], minlength=int(own.max(initial=0)) + 1)
    return np.where(chosen, total[np.maximum(own, 0)], 0.0)
