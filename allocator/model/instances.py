"""Business rules and pins, spelled out: one entry per rule and node it applies to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.anchors.anchors import Anchors
from allocator.anchors.history import history_windows
from allocator.model.carried import NOTHING_CARRIED, Carried, carried_of
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
    "done",
    "done_whole",
)
TEXT_COLUMNS = ("rule_id", "kind", "basis", "owner")


def spell_out(plan: Plan, labels: Labels, measure: str, anchors: Anchors) -> pd.DataFrame:
    """Return every rule and pin of a measure by node, with bounds in amounts.

    Returns
    -------
    Columns: rule (row in plan.rules, -1 for pins), rule_id, kind, basis, node, product
    (positions), min, max (the rule's own terms), base (history, commitment or peer basis the
    rule refers to; 1 otherwise), lower, upper (amounts, drawn inwards to whole units where the
    kind is an amount; +-inf where open), tier (0 = hard), owner, group (peer group number of
    fairness, else -1), done, done_whole (what mix and fairness rules count besides the targets: at the
    node and product, at the node; 0 otherwise). Sorted by rule_id, then node; pins last.
    """
    rules = plan.rules[plan.rules["measure"] == measure].sort_values("rule_id", kind="stable")
    at_work = nodes_at_work(plan, labels)
    position = rules.index.to_numpy(np.int64)
    carried = carried_of(plan, labels)
    parts = [
        _instances_of(plan, labels, measure, anchors, at_work, carried, Rule(int(k), *row))
        for k, row in zip(position, rules[list(RULE_COLUMNS)].itertuples(index=False), strict=True)
    ]
    parts.append(_pins(plan, labels, measure))
    return _whole_units(_joined(parts), float(plan.spec.measures[measure].round_to))


class Rule(NamedTuple):
    """One line of rules.csv; `position` is its row."""

    position: int
    rule_id: str
    kind: str
    basis: str
    level: str
    node_id: str
    product_id: str
    min: float
    max: float
    tier: str
    owner: str


RULE_COLUMNS = Rule._fields[1:]


@dataclass(frozen=True)
class _Part:
    """The instances of one rule: what they share, and columns of what they do not."""

    rule: int
    rule_id: str
    kind: str
    basis: str
    tier: int
    owner: Sequence[str]
    node: IntArray
    product: IntArray
    min: FloatArray
    max: FloatArray
    base: FloatArray
    lower: FloatArray
    upper: FloatArray
    group: IntArray
    done: FloatArray
    done_whole: FloatArray

    def __len__(self) -> int:
        return len(self.node)


def _joined(parts: Sequence[_Part]) -> dict[str, NDArray[Any]]:
    """All instances, column by column in the order of `COLUMNS`."""
    count = [len(part) for part in parts]
    columns: dict[str, NDArray[Any]] = {}
    for name in COLUMNS:
        if name in ("rule", "tier"):
            columns[name] = np.repeat(np.array([getattr(part, name) for part in parts], np.int64), count)
        elif name in ("rule_id", "kind", "basis"):
            columns[name] = np.repeat(np.array([getattr(part, name) for part in parts], object), count)
        elif name == "owner":
            columns[name] = np.array([owner for part in parts for owner in part.owner], object)
        else:
            columns[name] = np.concatenate([getattr(part, name) for part in parts])
    return columns


def _instances_of(
    plan: Plan,
    labels: Labels,
    measure: str,
    anchors: Anchors,
    at_work: BoolArray,
    carried: dict[str, Carried],
    rule: Rule,
) -> _Part:
    """Spell out one rule."""
    node = _nodes_of(labels, rule.level, rule.node_id)
    own = carried.get(rule.rule_id, NOTHING_CARRIED)
    if len(own.node):
        node = node[np.isin(node, own.node)]
    product = np.full(len(node), labels.product_code[rule.product_id or "*"], np.int64)
    basis = rule.basis or DEFAULT_BASIS[rule.kind]
    base, group = BASES[rule.kind](plan, labels, measure, anchors, node, product, basis)
    done, done_whole, given = own.at(node)
    base = np.where(np.isfinite(given), given, base)
    applies = np.isfinite(base) & (base > 0) & at_work[node]
    node, product, base, group = node[applies], product[applies], base[applies], group[applies]
    lower, upper = BOUNDS[rule.kind](float(rule.min), float(rule.max), base)
    n = len(node)
    return _Part(
        rule=rule.position,
        rule_id=rule.rule_id,
        kind=rule.kind,
        basis=basis,
        tier=0 if rule.tier in ("", "hard") else int(rule.tier),
        owner=[rule.owner] * n,
        node=node,
        product=product,
        min=np.full(n, rule.min, np.float64),
        max=np.full(n, rule.max, np.float64),
        base=base,
        lower=lower,
        upper=upper,
        group=group,
        done=done[applies],
        done_whole=done_whole[applies],
    )


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


def _pins(plan: Plan, labels: Labels, measure: str) -> _Part:
    """Pins as equalities."""
    pins = plan.pins[plan.pins["measure"] == measure]
    node, product = labels.codes_of_nodes(pins["node_id"]), labels.codes_of_products(pins["product_id"])
    order = np.lexsort((product, node))
    amount, n = pins["amount"].to_numpy(np.float64)[order], len(pins)
    return _Part(
        rule=-1,
        rule_id="pin",
        kind="pin",
        basis="amount",
        tier=0,
        owner=pins["owner"].to_numpy(object)[order].tolist(),
        node=node[order],
        product=product[order],
        min=amount,
        max=amount,
        base=np.ones(n),
        lower=amount,
        upper=amount,
        group=np.full(n, -1, np.int64),
        done=np.zeros(n),
        done_whole=np.zeros(n),
    )


def _float_noise(units: FloatArray) -> FloatArray:
    """What a whole number of units may be off by as a quotient of floats."""
    return np.maximum(WHOLE, 1e-15 * np.where(np.isfinite(units), np.abs(units), 0.0))


def _whole_units(columns: dict[str, NDArray[Any]], unit: float) -> pd.DataFrame:
    """Draw amount bounds inwards to whole units; a growth or commitment interval without one stays."""
    kind, low, high = columns["kind"], columns["lower"], columns["upper"]
    in_measure = is_any(kind, AMOUNT_KINDS) & (columns["basis"] != "effort")
    low_in = np.ceil(low / unit - _float_noise(low / unit)) * unit
    high_in = np.floor(high / unit + _float_noise(high / unit)) * unit
    keep = (low_in > high_in) & is_any(kind, ("growth", "commitment"))
    inward = in_measure & ~keep
    lower, upper = np.where(inward, low_in, low), np.where(inward, high_in, high)
    texts = {name: text_column(columns[name]) for name in TEXT_COLUMNS}
    return pd.DataFrame(columns | texts | {"lower": lower, "upper": upper, "is_whole": inward})


def text_column(texts: NDArray[np.object_]) -> pd.Series:
    """Texts of which many are alike as a column."""
    code, distinct = pd.factorize(texts)
    return pd.Series(pd.Series(distinct, dtype=str).array.take(code))


def is_any(kind: NDArray[np.object_], kinds: Iterable[str]) -> BoolArray:
    """True where the kind is one of some kinds."""
    found = np.zeros(len(kind), bool)
    for one in kinds:
        found |= kind == one
    return found
