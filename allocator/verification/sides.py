"""One-sided rows: coefficients as sums over the trees, never as a matrix.

A side reads `row >= bound` (lower) or `row <= bound` (upper), where the row is

* amount: X_v(p);
* weighted (effort, link): sum over products of c_p X_v(p);
* mix: X_v(p) - share * X_v, bound share * done_v - done_v(p), 0 where nothing is carried;
* fairness: X_v(p) - factor * (P_v / P_G) * sum over the peers of X, bound the same sum of what is done.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from allocator.verification.company import Company, product_column
from allocator.verification.rule_nodes import RuleNodes
from allocator.verification.sums import roundings
from allocator.verification.trees import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Sides:
    """All finite sides of all rules, pins and totals of a measure. Arrays have shape (m,) unless said.

    Parameters
    ----------
    rules
        The entries the sides belong to.
    entry
        Entry of each side.
    is_lower
        True for `row >= bound`.
    bound
        In the row's unit; for mix and fairness what is done already makes it, 0 without.
    factor
        Share of a mix, factor * P_v / P_G of fairness, 0 otherwise.
    scale
        What a violation of a soft side is relative to.
    weights
        Shape (m, n_leaf_product): c_p of weighted rows (0 outside the rule's product), 0 otherwise.
    """

    company: Company
    rules: RuleNodes
    entry: IntArray
    is_lower: BoolArray
    bound: FloatArray
    factor: FloatArray
    scale: FloatArray

    def __len__(self) -> int:
        return len(self.entry)

    @cached_property
    def node(self) -> IntArray:
        """Node of each side."""
        return self.rules.ints("node")[self.entry]

    @cached_property
    def product(self) -> IntArray:
        """Product of each side."""
        return self.rules.ints("product")[self.entry]

    @cached_property
    def tier(self) -> IntArray:
        """Tier of each side, 0 = hard."""
        return self.rules.ints("tier")[self.entry]

    @cached_property
    def sign(self) -> FloatArray:
        """+1 for lower, -1 for upper sides."""
        return np.where(self.is_lower, 1.0, -1.0)

    @cached_property
    def is_mix(self) -> BoolArray:
        """True for mix."""
        return self.rules.is_kind("mix")[self.entry]

    @cached_property
    def is_fair(self) -> BoolArray:
        """True for fairness."""
        return self.rules.is_kind("fairness")[self.entry]

    @cached_property
    def is_weighted(self) -> BoolArray:
        """True for effort and link."""
        return self.rules.is_weighted[self.entry]

    @cached_property
    def is_equality(self) -> BoolArray:
        """True where both sides of an amount or weighted row have one bound."""
        low, high = self.rules.floats("lower")[self.entry], self.rules.floats("upper")[self.entry]
        return np.asarray((low == high) & ~self.is_mix & ~self.is_fair)

    @cached_property
    def _weighted_entries(self) -> list[tuple[IntArray, IntArray, FloatArray]]:
        """Per column of products.csv: its weighted sides, their (side, leaf) pairs flattened, weights."""
        basis = self.rules.table["basis"].to_numpy(object)[self.entry]
        first, end = (
            self.company.products.first_leaf[self.product],
            self.company.products.end_leaf[self.product],
        )
        leaf = np.arange(len(self.company.products.leaves))
        found = []
        for column in sorted(set(basis[self.is_weighted])):
            which = np.flatnonzero(self.is_weighted & (basis == column))
            covered = (leaf >= first[which][:, None]) & (leaf < end[which][:, None])
            found.append((which, leaf, covered * product_column(self.company, str(column))))
        return found

    @cached_property
    def leaf_weights(self) -> dict[int, FloatArray]:
        """Coefficient of each leaf product in the weighted rows, by side."""
        return {
            side: weight
            for which, _, weights in self._weighted_entries
            for side, weight in zip(which.tolist(), weights, strict=True)
        }

    def row(self, nodes: FloatArray) -> FloatArray:
        """Value of each row at node amounts X of shape (n_node, n_product)."""
        return self._row(nodes, 1.0, absolute=False)

    def size(self, nodes: FloatArray) -> FloatArray:
        """Sum of the absolute terms of each row."""
        return self._row(np.abs(nodes), -1.0, absolute=True)

    def _row(self, nodes: FloatArray, minus: float, *, absolute: bool) -> FloatArray:
        own = nodes[self.node, self.product]
        factor = np.abs(self.factor) if absolute else self.factor
        value = np.where(self.is_mix, own - minus * factor * nodes[self.node, 0], own)
        value = np.where(self.is_fair, own - minus * factor * self._peers(nodes), value)
        leaves = self.company.products.leaves
        for which, leaf, weight in self._weighted_entries:
            terms = weight * nodes[np.ix_(self.node[which], leaves[leaf])]
            value[which] = (np.abs(terms) if absolute else terms).sum(axis=1)
        return value

    def _peers(self, nodes: FloatArray) -> FloatArray:
        """Sum of X over the peer group of each side, 0 where there is none."""
        group = self.rules.ints("group")
        member = group >= 0
        amount = nodes[self.rules.ints("node")[member], self.rules.ints("product")[member]]
        total = np.bincount(group[member], weights=amount, minlength=int(group.max(initial=0)) + 1)
        own = group[self.entry]
        return np.where(own >= 0, total[np.maximum(own, 0)], 0.0)

    def pull(self, side: IntArray, price: FloatArray) -> FloatArray:
        """Gradient of the cells for prices of some sides: sum of price * coefficient. (n_rep, n_leaf)."""
        return self._pull(side, price, -1.0, absolute=False)

    def pull_size(self, side: IntArray, price: FloatArray) -> FloatArray:
        """Sum of |price * coefficient| of each cell (an upper bound for fairness)."""
        return self._pull(side, np.abs(price), 1.0, absolute=True)

    def _pull(self, side: IntArray, price: FloatArray, minus: float, *, absolute: bool) -> FloatArray:
        company = self.company
        at_node = np.zeros((len(company.org), len(company.products)))
        at_leaf = np.zeros((len(company.org), len(company.products.leaves)))
        factor = np.abs(self.factor) if absolute else self.factor
        by_side = np.bincount(side, weights=price, minlength=len(self)).astype(np.float64)
        plain = ~self.is_weighted
        np.add.at(at_node, (self.node[plain], self.product[plain]), by_side[plain])
        mix = self.is_mix
        np.add.at(at_node[:, 0], self.node[mix], minus * (by_side * factor)[mix])
        group = self.rules.ints("group")
        if self.is_fair.any():
            fair = self.is_fair
            owed = np.bincount(
                group[self.entry[fair]], weights=(by_side * factor)[fair], minlength=int(group.max()) + 1
            )
            member = group >= 0
            place = (self.rules.ints("node")[member], self.rules.ints("product")[member])
            np.add.at(at_node, place, minus * owed[group[member]])
        for which, leaf, weight in self._weighted_entries:
            terms = weight * by_side[which][:, None]
            np.add.at(at_leaf, (self.node[which][:, None], leaf), np.abs(terms) if absolute else terms)
        return company.pull(at_node, at_leaf)

    @cached_property
    def steepness(self) -> FloatArray:
        """Largest coefficient of each row (street factors aside)."""
        steep = 1.0 + np.abs(self.factor)
        for which, _, weight in self._weighted_entries:
            steep[which] = np.abs(weight).max(axis=1, initial=0.0)
        return steep

    @cached_property
    def rounding_room(self) -> FloatArray:
        """By how many units a row may move when every number in it moves by less than one."""
        own = roundings(self.company)[self.product]
        group = self.rules.ints("group")
        members = np.bincount(group[group >= 0], minlength=int(group.max(initial=0)) + 1)
        peers = np.where(group >= 0, members[np.maximum(group, 0)], 0)[self.entry]
        room = own + np.abs(self.factor) * np.where(self.is_mix, 1.0, peers * own)
        for which, _, weight in self._weighted_entries:
            room[which] = np.abs(weight).sum(axis=1)
        return np.asarray(room, np.float64)


def all_sides(company: Company, rules: RuleNodes, anchor_cells: FloatArray) -> Sides:
    """Return every finite side: lower sides of all entries first, then upper sides."""
    low, high = rules.floats("lower"), rules.floats("upper")
    has_low, has_high = np.flatnonzero(np.isfinite(low)), np.flatnonzero(np.isfinite(high))
    entry = np.concatenate([has_low, has_high])
    is_lower = np.arange(len(entry)) < len(has_low)
    written = np.where(is_lower, low[entry], high[entry])
    is_ratio = rules.is_kind("mix", "fairness")[entry]
    factor = np.where(is_ratio, written * _group_share(rules)[entry], 0.0)
    own, whole_done = rules.floats("done")[entry], _whole_done(rules)[entry]
    bound = np.where(is_ratio, factor * whole_done - own, written)
    whole = company.node_sums(anchor_cells)[rules.ints("node")[entry], 0]
    fallback = np.where(whole > 0, whole, 1.0)
    scale = np.where((bound != 0) & ~is_ratio, np.abs(bound), fallback)
    return Sides(company, rules, entry, is_lower, bound, factor, scale)


def _whole_done(rules: RuleNodes) -> FloatArray:
    """What the whole of each ratio has already: the node's products, or the peers; 0 otherwise."""
    group = rules.ints("group")
    member = group >= 0
    of_group = np.bincount(
        group[member], weights=rules.floats("done")[member], minlength=int(group.max(initial=0)) + 1
    )
    return np.where(member, of_group[np.maximum(group, 0)], rules.floats("done_whole"))


def _group_share(rules: RuleNodes) -> FloatArray:
    """P_v / P_G of fairness entries, 1 elsewhere."""
    group, base = rules.ints("group"), rules.floats("base")
    member = group >= 0
    total = np.bincount(group[member], weights=base[member], minlength=int(group.max(initial=0)) + 1)
    return np.where(member, base / np.where(member, total[np.maximum(group, 0)], 1.0), 1.0)
