"""Rules, pins and totals spelled out by node, from the plan alone (section 2 of the contract)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from allocator.verification.company import ALL, Company, codes, numbers
from allocator.verification.measure_result import MeasureResult
from allocator.verification.trees import BoolArray, FloatArray, IntArray

AMOUNT_KINDS = ("range", "growth", "capacity", "commitment", "pin", "total", "product_total")
DEFAULT_BASIS = {
    "range": "amount",
    "growth": "last_year",
    "capacity": "amount",
    "mix": "share",
    "fairness": "anchor",
    "commitment": "ratio",
    "link": "margin",
}
WHOLE = 1e-9
MOST_YEARS = 3
Page = dict[str, NDArray[Any]]
"""Columns of some entries."""


@dataclass(frozen=True)
class RuleNodes:
    """One entry per rule and node it applies to, pins and totals included. All arrays have shape (m,).

    Parameters
    ----------
    table
        rule_id, kind, basis, owner (texts), node, product (positions), min, max (own terms, NaN =
        open), base (history, commitment or peer basis), lower, upper (amounts drawn inwards to
        whole units, or factors of mix and fairness; +-inf = open), whole (drawn inwards), tier
        (0 = hard), group (number of the peer group, -1 = none), on_cell (a bound of one cell), done,
        done_whole (what a ratio counts besides the targets).
    """

    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.table)

    def floats(self, column: str) -> FloatArray:
        """Return a numeric column."""
        return self.table[column].to_numpy(np.float64)

    def ints(self, column: str) -> IntArray:
        """Return a column of positions or counts."""
        return self.table[column].to_numpy(np.int64)

    def is_kind(self, *kinds: str) -> BoolArray:
        """Tell which entries are of these kinds."""
        return np.asarray(self.table["kind"].isin(kinds), bool)

    @cached_property
    def is_weighted(self) -> BoolArray:
        """True for sums over products weighted by a column of products.csv."""
        effort = self.is_kind("capacity") & np.asarray(self.table["basis"] == "effort", bool)
        return np.asarray(self.is_kind("link") | effort)

    @cached_property
    def is_amount(self) -> BoolArray:
        """True where the row is X_v(p) itself, in the measure's unit."""
        return np.asarray(self.is_kind(*AMOUNT_KINDS) & ~self.is_weighted)


def spell_out(company: Company, result: MeasureResult) -> RuleNodes:
    """Spell out totals, rules and pins of a measure."""
    measure = result.measure
    pages = _totals(company, result)
    rules = company.of_measure("rules", measure)
    low, high = numbers(rules["min"]), numbers(rules["max"])
    lines = rules[["rule_id", "kind", "level", "node_id", "product_id", "basis", "tier", "owner"]]
    for k, words in enumerate(lines.to_dict("records")):
        pages.append(_rule(company, result, words, float(low[k]), float(high[k]), k))
    pages.append(_pins(company, measure))
    table = pd.DataFrame({name: np.concatenate([page[name] for page in pages]) for name in pages[0]})
    table["group"] = np.where(table["group"] == "", -1, pd.factorize(table["group"])[0])
    return RuleNodes(_drawn_inwards(company, table, result.unit))


def _page(
    node: IntArray, product: IntArray, low: float | FloatArray, high: float | FloatArray, **words: Any
) -> Page:
    size = len(node)
    least = np.broadcast_to(low, size).astype(np.float64)
    most = np.broadcast_to(high, size).astype(np.float64)
    columns: dict[str, Any] = {"node": node, "product": product, "min": least, "max": most}
    columns["lower"] = np.where(np.isnan(least), -np.inf, least)
    columns["upper"] = np.where(np.isnan(most), np.inf, most)
    columns |= {
        "kind": "",
        "rule_id": "",
        "basis": "amount",
        "owner": "",
        "base": 1.0,
        "tier": 0,
        "group": "",
    }
    columns |= {"done": 0.0, "done_whole": 0.0} | words
    return {name: _filled(value, size) for name, value in columns.items()}


def _filled(value: Any, size: int) -> NDArray[Any]:
    """One value as a column; texts as objects."""
    if isinstance(value, np.ndarray):
        return value
    return np.full(size, value, object if isinstance(value, str) else None)


def _totals(company: Company, result: MeasureResult) -> list[Page]:
    """Return the company total and the product totals as rows; growth totals as the result rounded them.

    A range of a product reads 0 .. the company total where it says nothing, or more than that.
    """
    root = np.zeros(1, np.int64)
    total = float(result.units[0, 0]) * result.unit
    pages = [_page(root, root, total, total, kind="total")]
    for product, asked in ((company.settings.get("product_totals") or {}).get(result.measure) or {}).items():
        q = company.products.position[str(product)]
        low = high = float(result.units[0, q]) * result.unit
        if isinstance(asked, dict) and "growth" not in asked:
            low = 0.0 if asked.get("min") is None else max(float(asked["min"]), 0.0)
            high = total if asked.get("max") is None else min(float(asked["max"]), total)
        pages.append(_page(root, root + q, low, high, kind="product_total"))
    return pages


def _pins(company: Company, measure: str) -> Page:
    pins = company.of_measure("pins", measure)
    amount = numbers(pins["amount"])
    node, product = codes(company.org, pins["node_id"]), codes(company.products, pins["product_id"])
    owner = pins["owner"].to_numpy(object)
    return _page(node, product, amount, amount, kind="pin", rule_id="pin", owner=owner)


def _rule(
    company: Company, result: MeasureResult, rule: Mapping[Any, Any], low: float, high: float, k: int
) -> Page:
    """Spell out one rule; nodes without the base it refers to stay out."""
    kind = str(rule["kind"])
    basis = str(rule["basis"]) or DEFAULT_BASIS[kind]
    node = _named_nodes(company, str(rule["level"]), str(rule["node_id"]))
    node = _among_carried(company, str(rule["rule_id"]), node)
    product = np.full(len(node), company.products.position[str(rule["product_id"]) or ALL], np.int64)
    base = _base(company, result, kind, basis, node, product)
    done, done_whole, given = _carried(company, str(rule["rule_id"]), node)
    base = np.where(np.isnan(given), base, given)
    applies = np.isfinite(base) & (base > 0) & company.has_reps[node]
    node, product, base = node[applies], product[applies], base[applies]
    group: Any = ""
    if kind == "fairness":
        peers = company.org_column("peer_group")[node]
        group = np.array([f"{k}:{peer}" for peer in peers], object)
    tier = 0 if rule["tier"] in ("", "hard") else int(rule["tier"])
    words = {"rule_id": rule["rule_id"], "owner": rule["owner"], "tier": tier}
    page = _page(node, product, low, high, kind=kind, basis=basis, base=base, group=group, **words)
    page["done"], page["done_whole"] = done[applies], done_whole[applies]
    if kind == "growth":
        page["lower"], page["upper"] = (1.0 + page["lower"]) * base, (1.0 + page["upper"]) * base
    elif kind == "commitment":
        page["lower"], page["upper"] = page["lower"] * base, page["upper"] * base
    elif kind == "fairness":
        page["lower"] = np.full(len(node), 1.0 + (-high if np.isnan(low) else low))
        page["upper"] = np.full(len(node), 1.0 + high)
    return page


def _among_carried(company: Company, rule_id: str, node: IntArray) -> IntArray:
    """Keep the nodes that carried.csv names, if it names the rule at all."""
    table = company.table("carried")
    if not len(table):
        return node
    named = codes(company.org, table["node_id"][table["rule_id"] == rule_id])
    return node[np.isin(node, named)] if len(named) else node


def _carried(company: Company, rule_id: str, node: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what carried.csv says of a rule at each node: done, done of all products, base (NaN = none)."""
    table = company.table("carried")
    if not len(table):
        return np.zeros(len(node)), np.zeros(len(node)), np.full(len(node), np.nan)
    table = table[table["rule_id"] == rule_id]
    position = codes(company.org, table["node_id"])
    found = []
    for column, otherwise in (("done", 0.0), ("done_whole", 0.0), ("base", np.nan)):
        by_node = np.full(len(company.org), otherwise)
        amount = numbers(table[column])
        by_node[position] = np.where(np.isnan(amount), otherwise, amount)
        found.append(by_node[node])
    return found[0], found[1], found[2]


def _named_nodes(company: Company, level: str, node_id: str) -> IntArray:
    """Each node of the level (at or below node_id, if given), or node_id itself."""
    if not level:
        return np.array([company.org.position[node_id]], np.int64)
    named = company.nodes_of_level(level)
    if node_id:
        inside = company.org.below(company.org.position[node_id])
        named = named[(named >= inside.start) & (named < inside.stop)]
    return named


def _base(
    company: Company, result: MeasureResult, kind: str, basis: str, node: IntArray, product: IntArray
) -> FloatArray:
    """Return what the numbers of a rule are relative to; 1 for amounts, NaN where a node has none."""
    if kind in ("growth", "fairness") and basis in ("last_year", "history"):
        return company.last_year(result.measure)[node, product]
    if kind not in ("growth", "commitment", "fairness"):
        return np.ones(len(node))
    measure = result.measure

    def every() -> FloatArray:
        if kind == "growth":
            return company.plain_sums(average_year(company, measure))
        if kind == "commitment":
            return _commitments(company, measure)
        if basis == "anchor":
            return company.node_sums(result.cell_anchor)
        if basis == "potential":
            return _stated_potential(company, measure)
        return _capacities(company, measure)

    base = company.once(f"base.{measure}.{kind}.{basis}", every)
    return base[node] if base.ndim == 1 else base[node, product]


def average_year(company: Company, measure: str) -> FloatArray:
    """Mean of the plan's months in the last 1-3 years whose first month the measure's history covers."""
    history = company.history(measure)
    first = int(history["month"].min()) if len(history) else company.start
    years = [y for y in range(1, MOST_YEARS + 1) if company.start - 12 * y >= first] or [1]
    return np.asarray(np.mean([company.window(history, y) for y in years], axis=0), np.float64)


def _commitments(company: Company, measure: str) -> FloatArray:
    """Return what nodes committed to; `*` without a row of its own is the sum of the node's rows."""
    table = company.of_measure("commitments", measure)
    table = table[table["actual"] == ""]
    node, product = codes(company.org, table["node_id"]), codes(company.products, table["product_id"])
    amount = np.zeros((len(company.org), len(company.products)))
    given = np.zeros(amount.shape, bool)
    np.add.at(amount, (node, product), numbers(table["amount"]))
    given[node, product] = True
    amount[:, 0] = np.where(given[:, 0], amount[:, 0], amount.sum(axis=1))
    given[:, 0] = given.any(axis=1)
    return np.where(given, amount, np.nan)


def _stated_potential(company: Company, measure: str) -> FloatArray:
    """Return the row of node and product, else the sum over the products below, else over the children."""
    table = company.of_measure("potential", measure)
    org, products = company.org, company.products
    value = np.full((len(org), len(products)), np.nan)
    value[codes(org, table["node_id"]), codes(products, table["product_id"])] = numbers(table["amount"])
    for tree, amount in ((products, value.T), (org, value)):
        for children in reversed(tree.by_depth[1:]):
            total, known = np.zeros(amount.shape), np.zeros(amount.shape, bool)
            np.add.at(total, tree.parent[children], np.nan_to_num(amount[children]))
            np.logical_or.at(known, tree.parent[children], ~np.isnan(amount[children]))
            missing = np.isnan(amount) & known
            amount[missing] = total[missing]
    return value


def _capacities(company: Company, measure: str) -> FloatArray:
    """Least hard capacity (amount, all products) of each node, NaN where there is none."""
    rules = company.of_measure("rules", measure)
    chosen = (
        (rules["kind"] == "capacity")
        & rules["basis"].isin(["", "amount"])
        & rules["tier"].isin(["", "hard"])
        & rules["product_id"].isin(["", ALL])
    )
    capacity = np.full(len(company.org), np.nan)
    for _, rule in rules[chosen].iterrows():
        node = _named_nodes(company, str(rule["level"]), str(rule["node_id"]))
        capacity[node] = np.fmin(capacity[node], float(rule["max"]))
    return capacity


def _float_noise(units: FloatArray) -> FloatArray:
    """What a whole number of units may be off by as a quotient of floats."""
    return np.maximum(WHOLE, 1e-15 * np.where(np.isfinite(units), np.abs(units), 0.0))


def _drawn_inwards(company: Company, table: pd.DataFrame, unit: float) -> pd.DataFrame:
    """Draw amount bounds inwards to whole units; find the rows that bound one cell."""
    rules = RuleNodes(table)
    low, high = rules.floats("lower"), rules.floats("upper")
    low_units = np.ceil(low / unit - _float_noise(low / unit)) * unit
    high_units = np.floor(high / unit + _float_noise(high / unit)) * unit
    hollow = (low_units > high_units) & rules.is_kind("growth", "commitment")
    inward = rules.is_amount & ~hollow
    single = company.org.is_leaf[rules.ints("node")] & company.products.is_leaf[rules.ints("product")]
    return table.assign(
        lower=np.where(inward, low_units, low),
        upper=np.where(inward, high_units, high),
        whole=inward,
        on_cell=single
        & rules.is_amount
        & (rules.ints("tier") == 0)
        & ~rules.is_kind("total", "product_total"),
    )
