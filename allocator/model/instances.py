"""Business rules and pins, spelled out: one entry per rule and node it applies to."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from allocator.anchors.anchors import Anchors
from allocator.anchors.history import history_windows
from allocator.model.labels import Labels
from allocator.model.presence import absent_reps
from allocator.plan.commitments import current_commitments
from allocator.plan.plan import Plan
from solver_models.arrays import BoolArray, CodeArray, FloatArray, IntArray

AMOUNT_KINDS = ("range", "growth", "capacity", "commitment", "pin")
RATIO_KINDS = ("mix", "fairness", "link")
WHOLE = 1e-9

COLUMNS = (
    "rule",
    "rule_id",
    "kind",
    "basis",
    "node",
    "product",
    "min",
    "max",
    "base",
    "lower",
    "upper",
    "tier",
    "owner",
    "group",
)


def spell_out(plan: Plan, labels: Labels, measure: str, anchors: Anchors) -> pd.DataFrame:
    """Return every rule and pin of a measure by node, with bounds in amounts.

    Returns
    -------
    Columns: rule (row in plan.rules, -1 for pins), rule_id, kind, basis, node, product
    (positions), min, max (the rule's own terms), base (history, commitment or peer basis the
    rule refers to; 1 otherwise), lower, upper (amounts, drawn inwards to whole units where the
    kind is an amount; +-inf where open), tier (0 = hard), owner, group (peer group number of
    fairness, else -1). Sorted by rule_id, then node; pins last.
    """
    rules = plan.rules[plan.rules["measure"] == measure].sort_values("rule_id", kind="stable")
    parts = [
        _instances_of(plan, labels, measure, anchors, position, rule) for position, rule in rules.iterrows()
    ]
    parts.append(_pins(plan, labels, measure))
    filled = [part for part in parts if len(part)]
    table = pd.concat(filled, ignore_index=True) if filled else _frame()
    return _whole_units(table, float(plan.spec.measures[measure].round_to))


def _frame(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({name: columns.get(name, []) for name in COLUMNS})


def _instances_of(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, position: object, rule: pd.Series
) -> pd.DataFrame:
    """Spell out one rule."""
    node = _nodes_of(labels, rule["level"], rule["node_id"])
    product = np.full(len(node), labels.product_code[rule["product_id"] or "*"], np.int64)
    basis = rule["basis"] or DEFAULT_BASIS[rule["kind"]]
    base, group = BASES[rule["kind"]](plan, labels, measure, anchors, node, product, basis)
    applies = np.isfinite(base) & (base > 0) & nodes_at_work(plan, labels)[node]
    node, product, base, group = node[applies], product[applies], base[applies], group[applies]
    lower, upper = BOUNDS[rule["kind"]](float(rule["min"]), float(rule["max"]), base)
    n = len(node)
    table = _frame(
        rule=np.full(n, position),
        rule_id=[rule["rule_id"]] * n,
        kind=[rule["kind"]] * n,
        basis=[basis] * n,
        node=node,
        product=product,
        min=np.full(n, rule["min"], float),
        max=np.full(n, rule["max"], float),
        base=base,
        lower=lower,
        upper=upper,
        tier=np.full(n, 0 if rule["tier"] in ("", "hard") else int(rule["tier"])),
        owner=[rule["owner"]] * n,
        group=group,
    )
    return table


def _nodes_of(labels: Labels, level: str, node_id: str) -> IntArray:
    """Positions of the nodes a rule names: each of the level (below node_id if given), or node_id itself."""
    if not level:
        return np.array([labels.node_code[node_id]], np.int64)
    of_level = np.flatnonzero(np.array(labels.level) == level).astype(np.int64)
    if not node_id:
        return of_level
    top = labels.node_code[node_id]
    below: IntArray = of_level[(of_level >= top) & (of_level < labels.grid.org.subtree_end[top])]
    return below


def nodes_at_work(plan: Plan, labels: Labels) -> BoolArray:
    """True for nodes with a rep whose days at work meet the plan's months, shape (n_node,)."""
    at_work: BoolArray = labels.grid.org.roll_up((~absent_reps(plan, labels)).astype(np.int64)) > 0
    return at_work


def _ones(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, node: IntArray, product: IntArray, basis: str
) -> tuple[FloatArray, IntArray]:
    return np.ones(len(node)), np.full(len(node), -1, np.int64)


def _history_base(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, node: IntArray, product: IntArray, basis: str
) -> tuple[FloatArray, IntArray]:
    """History of the node and product: last year, or the mean of the years on file."""
    cells = anchors.last_year if basis == "last_year" else history_windows(plan, labels, measure).mean(axis=0)
    return labels.grid.roll_up_plain(cells)[node, product], np.full(len(node), -1, np.int64)


def _commitment_base(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, node: IntArray, product: IntArray, basis: str
) -> tuple[FloatArray, IntArray]:
    """What the nodes committed to: the row of the product, or for all products `*` or the sum of products."""
    table = current_commitments(plan, measure)
    at_node = labels.codes_of_nodes(table["node_id"])
    at_product = labels.codes_of_products(table["product_id"])
    size = len(labels.product_id)
    exact = pd.Series(table["amount"].to_numpy(), index=at_node * size + at_product)
    summed = pd.Series(table["amount"].to_numpy()).groupby(at_node).sum()
    found = exact.reindex(node * size + product).to_numpy(np.float64, copy=True)
    whole = np.isnan(found) & (product == 0)
    found[whole] = summed.reindex(node[whole]).to_numpy(np.float64)
    return found, np.full(len(node), -1, np.int64)


def _peer_base(
    plan: Plan, labels: Labels, measure: str, anchors: Anchors, node: IntArray, product: IntArray, basis: str
) -> tuple[FloatArray, IntArray]:
    """P_v of every peer and the number of its peer group."""
    grid = labels.grid
    if basis == "anchor":
        base = grid.roll_up(anchors.anchor)[node, product]
    elif basis == "history":
        base = grid.roll_up_plain(anchors.last_year)[node, product]
    elif basis == "potential":
        base = _stated_potential(plan, labels, measure)[node, product]
    else:
        base = _capacity_of(plan, labels, measure)[node]
    peers = plan.org["peer_group"].to_numpy()[labels.node_row[node]]
    return base, np.unique(peers.astype(str), return_inverse=True)[1].astype(np.int64)


def _stated_potential(plan: Plan, labels: Labels, measure: str) -> FloatArray:
    """Potential of every node and product as potential.csv states it; NaN where it says nothing.

    The row of the node and product itself; else the sum over the products below; else the sum
    over the node's children.

    Returns
    -------
    Shape (n_node, n_product_node).
    """
    table = plan.potential[plan.potential["measure"] == measure]
    org, products = labels.grid.org, labels.grid.products
    value = np.full((len(org), len(products)), np.nan)
    node, product = labels.codes_of_nodes(table["node_id"]), labels.codes_of_products(table["product_id"])
    value[node, product] = table["amount"].to_numpy(np.float64)
    by_product = np.ascontiguousarray(value.T)
    for lines in reversed(products.by_depth[1:]):
        _fill_from_children(by_product, products.parent, lines)
    value = np.ascontiguousarray(by_product.T)
    for nodes in reversed(org.by_depth[1:]):
        _fill_from_children(value, org.parent, nodes)
    return value


def _fill_from_children(value: FloatArray, parent: CodeArray, children: CodeArray) -> None:
    """Give parents without a value the sum of their children's, where any child has one."""
    total = np.zeros_like(value)
    known = np.zeros(value.shape, bool)
    np.add.at(total, parent[children], np.nan_to_num(value[children]))
    np.logical_or.at(known, parent[children], ~np.isnan(value[children]))
    missing = np.isnan(value) & known
    value[missing] = total[missing]


def _capacity_of(plan: Plan, labels: Labels, measure: str) -> FloatArray:
    """Least hard capacity (amount, all products) of every node; NaN where there is none."""
    rules = plan.rules
    hard = rules[
        (rules["measure"] == measure)
        & (rules["kind"] == "capacity")
        & rules["basis"].isin(["", "amount"])
        & rules["tier"].isin(["", "hard"])
        & rules["product_id"].isin(["", "*"])
    ]
    capacity = np.full(len(labels.node_id), np.inf)
    for level, node_id, most in zip(hard["level"], hard["node_id"], hard["max"], strict=True):
        node = _nodes_of(labels, level, node_id)
        capacity[node] = np.minimum(capacity[node], most)
    return np.where(np.isinf(capacity), np.nan, capacity)


def _plain(low: float, high: float, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _open(np.full(len(base), low), -np.inf), _open(np.full(len(base), high), np.inf)


def _times_base(low: float, high: float, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _open(low * base, -np.inf), _open(high * base, np.inf)


def _growth(low: float, high: float, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    return _open((1.0 + low) * base, -np.inf), _open((1.0 + high) * base, np.inf)


def _band(low: float, high: float, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fairness: lower and upper are the factors 1 - band and 1 + band."""
    down = -high if np.isnan(low) else low
    return np.full(len(base), 1.0 + down), np.full(len(base), 1.0 + high)


def _open(values: FloatArray, otherwise: float) -> FloatArray:
    return np.where(np.isnan(values), otherwise, values)


DEFAULT_BASIS = {
    "range": "amount",
    "growth": "last_year",
    "capacity": "amount",
    "mix": "share",
    "fairness": "anchor",
    "commitment": "ratio",
    "link": "margin",
}
_Base = Callable[[Plan, Labels, str, Anchors, IntArray, IntArray, str], tuple[FloatArray, IntArray]]
BASES: dict[str, _Base] = {
    "range": _ones,
    "growth": _history_base,
    "capacity": _ones,
    "mix": _ones,
    "fairness": _peer_base,
    "commitment": _commitment_base,
    "link": _ones,
}
BOUNDS: dict[str, Callable[[float, float, FloatArray], tuple[FloatArray, FloatArray]]] = {
    "range": _plain,
    "growth": _growth,
    "capacity": _plain,
    "mix": _plain,
    "fairness": _band,
    "commitment": _times_base,
    "link": _plain,
}


def _pins(plan: Plan, labels: Labels, measure: str) -> pd.DataFrame:
    """Pins as equalities."""
    pins = plan.pins[plan.pins["measure"] == measure]
    amount = pins["amount"].to_numpy(np.float64)
    n = len(pins)
    table = _frame(
        rule=np.full(n, -1),
        rule_id=["pin"] * n,
        kind=["pin"] * n,
        basis=["amount"] * n,
        node=labels.codes_of_nodes(pins["node_id"]),
        product=labels.codes_of_products(pins["product_id"]),
        min=amount,
        max=amount,
        base=np.ones(n),
        lower=amount,
        upper=amount,
        tier=np.zeros(n, np.int64),
        owner=pins["owner"].tolist(),
        group=np.full(n, -1),
    )
    return table.sort_values(["node", "product"], kind="stable", ignore_index=True)


def _float_noise(units: FloatArray) -> FloatArray:
    """What a whole number of units may be off by as a quotient of floats."""
    return np.maximum(WHOLE, 1e-15 * np.where(np.isfinite(units), np.abs(units), 0.0))


def _whole_units(table: pd.DataFrame, unit: float) -> pd.DataFrame:
    """Draw amount bounds inwards to whole units; a growth or commitment interval without one stays."""
    in_measure = table["kind"].isin(AMOUNT_KINDS) & (table["basis"] != "effort")
    low, high = table["lower"].to_numpy(np.float64), table["upper"].to_numpy(np.float64)
    low_in = np.ceil(low / unit - _float_noise(low / unit)) * unit
    high_in = np.floor(high / unit + _float_noise(high / unit)) * unit
    keep = (low_in > high_in) & table["kind"].isin(["growth", "commitment"])
    inward = (in_measure & ~keep).to_numpy()
    return table.assign(
        lower=np.where(inward, low_in, low),
        upper=np.where(inward, high_in, high),
        is_whole=inward,
        rule=table["rule"].astype(np.int64),
        node=table["node"].astype(np.int64),
        product=table["product"].astype(np.int64),
        tier=table["tier"].astype(np.int64),
        group=table["group"].astype(np.int64),
    )
