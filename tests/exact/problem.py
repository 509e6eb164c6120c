"""The mathematical problem of one measure, read from the plan's tables as docs/contract.md defines it.

All numbers are exact: what a table says in decimals is that decimal. Anchors and totals are given.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd

from allocator.plan.plan import NO_DATE, Plan, first_day, last_day
from tests.exact.equations import Exact

ZERO, ONE = Fraction(0), Fraction(1)
WHOLE = Fraction(1, 10**9)
Cell = tuple[str, str]
Bound = Fraction | None


@dataclass(frozen=True)
class Given:
    """What the problem takes as known: anchors, and totals by product (`*` = company), in the unit."""

    anchor: Mapping[Cell, float]
    totals: Mapping[str, tuple[Fraction, Fraction]]


@dataclass(frozen=True)
class Row:
    """lower <= row . x <= upper; tier 0 is hard, others have one side and miss it relative to scale."""

    name: str
    row: Exact
    lower: Bound
    upper: Bound
    tier: int = 0
    scale: Fraction = ONE


@dataclass(frozen=True)
class Problem:
    """min sum (x - a)^2 / (2 w) over x >= 0 subject to hard rows and soft tiers in order."""

    cells: list[Cell]
    anchor: list[Fraction]
    weight: list[Fraction]
    hard: list[Row]
    soft: list[Row]


def exact(value: object) -> Fraction:
    """The decimal that a number was written as."""
    return Fraction(repr(float(value)))  # type: ignore[arg-type]


def problem_of(plan: Plan, measure: str, given: Given) -> Problem:
    """Read the problem of a measure."""
    return _Reader(plan, measure, given).problem()


@dataclass(frozen=True)
class _Instance:
    """A rule or pin at one node and product."""

    name: str
    kind: str
    basis: str
    node: str
    product: str
    lower: Bound
    upper: Bound
    tier: int
    base: Fraction = ONE
    peers: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def is_amount(self) -> bool:
        """True where the row is X itself."""
        return self.kind in ("range", "growth", "commitment", "pin") or (
            self.kind == "capacity" and self.basis == "amount"
        )


class _Reader:
    def __init__(self, plan: Plan, measure: str, given: Given) -> None:
        self.plan, self.measure, self.given = plan, measure, given
        self.unit = Fraction(plan.spec.measures[measure].round_to)
        org, products = plan.org, plan.products
        self.parent = dict(zip(org["node_id"], org["parent_id"], strict=True))
        self.level = dict(zip(org["node_id"], org["level"], strict=True))
        self.peer_group = dict(zip(org["node_id"], org["peer_group"], strict=True))
        above = set(self.parent.values())
        self.reps = [node for node in self.parent if node not in above]
        self.below: dict[str, list[str]] = {node: [] for node in self.parent}
        for rep in self.reps:
            for node in self._upwards(rep):
                self.below[node].append(rep)
        self.product_parent = dict(zip(products["product_id"], products["parent_id"], strict=True))
        lines = set(self.product_parent.values())
        self.leaves: dict[str, list[str]] = {"*": [], **{product: [] for product in self.product_parent}}
        for product in self.product_parent:
            if product in lines:
                continue
            self.leaves["*"].append(product)
            at = product
            while at:
                self.leaves[at].append(product)
                at = self.product_parent[at]
        self.absent = {node for node in self.reps if self._is_absent(node)}

    def _upwards(self, node: str) -> Iterator[str]:
        while node:
            yield node
            node = self.parent[node]

    def _is_absent(self, rep: str) -> bool:
        row = self.plan.org.set_index("node_id").loc[rep]
        months = self.plan.month_numbers
        start, end = int(row["start"]), int(row["end"])
        return (start != NO_DATE and start > last_day(months[-1])) or (
            end != NO_DATE and end < first_day(months[0])
        )

    def _factor(self, node: str) -> Fraction:
        over = self.plan.spec.over_assignment
        factor = ONE
        for at in self._upwards(node):
            if self.parent[at]:
                factor *= 1 + exact(over.get(self.level[at], 0.0))
        return factor

    @cached_property
    def street(self) -> dict[str, Fraction]:
        """f_v of every node."""
        return {node: self._factor(node) for node in self.parent}

    def amount(self, node: str, product: str, column: Mapping[str, Fraction] | None = None) -> Exact:
        """X_v(p) over the cells that may move, weighted by a column of products."""
        row: Exact = {}
        for rep in self.below[node]:
            share = self.street[node] / self.street[rep]
            for leaf in self.leaves[product]:
                place = self.place.get((rep, leaf))
                value = share * (ONE if column is None else column[leaf])
                if place is not None and value:
                    row[place] = value
        return row

    # --- what rules refer to

    def named(self, level: str, node_id: str) -> list[str]:
        """Nodes a rule names, without those below which nobody is at work."""
        if level:
            nodes = [
                node
                for node in self.parent
                if self.level[node] == level and (not node_id or node_id in self._upwards(node))
            ]
        else:
            nodes = [node_id]
        return [node for node in nodes if any(rep not in self.absent for rep in self.below[node])]

    @cached_property
    def _history(self) -> tuple[dict[Cell, Fraction], dict[Cell, Fraction]]:
        """Last year, and the mean of the same months of the years on file, by cell."""
        table = self.plan.history[self.plan.history["measure"] == self.measure]
        start, n = self.plan.start_month, self.plan.spec.months
        first = int(table["period"].min()) if len(table) else start
        starts = [start - 12 * k for k in (1, 2, 3) if k == 1 or first <= start - 12 * k]
        last: dict[Cell, Fraction] = {}
        mean: dict[Cell, Fraction] = {}
        columns = (table[name] for name in ("node_id", "product_id", "period", "amount"))
        for node, product, month, amount in zip(*columns, strict=True):
            for k, begin in enumerate(starts):
                if begin <= month < begin + n:
                    cell, value = (node, product), exact(amount)
                    mean[cell] = mean.get(cell, ZERO) + value / len(starts)
                    if k == 0:
                        last[cell] = last.get(cell, ZERO) + value
        return last, mean

    def _sum(self, values: Mapping[Cell, Fraction], node: str, product: str) -> Fraction:
        cells = ((rep, leaf) for rep in self.below[node] for leaf in self.leaves[product])
        return sum((values.get(cell, ZERO) for cell in cells), ZERO)

    def anchor_of(self, node: str, product: str) -> Fraction:
        """The node's anchor."""
        return sum(
            (
                Fraction(self.given.anchor[rep, leaf]) * self.street[node] / self.street[rep]
                for rep in self.below[node]
                for leaf in self.leaves[product]
            ),
            ZERO,
        )

    @cached_property
    def _commitments(self) -> pd.DataFrame:
        table = self.plan.commitments
        return table[(table["measure"] == self.measure) & table["actual"].isna()]

    def _committed(self, node: str, product: str) -> Fraction | None:
        own = self._commitments[self._commitments["node_id"] == node]
        exactly = own[own["product_id"] == product]
        if len(exactly):
            return exact(exactly["amount"].iloc[0])
        if product == "*" and len(own):
            return sum((exact(amount) for amount in own["amount"]), ZERO)
        return None

    def _potential(self, node: str, product: str) -> Fraction | None:
        """The row of node and product, else the sum over products below, else over the node's children."""
        table = self.plan.potential
        mine = table[(table["measure"] == self.measure) & (table["node_id"] == node)]
        stated = {p: exact(amount) for p, amount in zip(mine["product_id"], mine["amount"], strict=True)}

        def over_products(at: str) -> Fraction | None:
            if at in stated:
                return stated[at]
            wanted = "" if at == "*" else at
            parts = [over_products(p) for p, up in self.product_parent.items() if up == wanted]
            known = [part for part in parts if part is not None]
            return sum(known, ZERO) if known else None

        own = over_products(product)
        if own is not None:
            return own
        known = [self._potential(child, product) for child, up in self.parent.items() if up == node]
        found = [one for one in known if one is not None]
        return sum(found, ZERO) if found else None

    def _size(self, node: str) -> Fraction | None:
        """Least hard capacity of a node over all products."""
        found = [
            exact(rule["max"])
            for rule in self._rules()
            if rule["kind"] == "capacity"
            and rule["basis"] in ("", "amount")
            and rule["tier"] in ("", "hard")
            and rule["product_id"] in ("", "*")
            and node in self.named(rule["level"], rule["node_id"])
        ]
        return min(found, default=None)

    def _base(self, kind: str, basis: str, node: str, product: str) -> Fraction | None:
        if kind == "growth":
            return self._sum(self._history[0 if basis == "last_year" else 1], node, product)
        if kind == "commitment":
            return self._committed(node, product)
        if kind != "fairness":
            return ONE
        if basis == "anchor":
            return self.anchor_of(node, product)
        if basis == "history":
            return self._sum(self._history[0], node, product)
        return self._potential(node, product) if basis == "potential" else self._size(node)

    # --- rules, node by node

    def _rules(self) -> list[dict[str, object]]:
        table = self.plan.rules[self.plan.rules["measure"] == self.measure]
        return table.sort_values("rule_id").to_dict("records")

    @cached_property
    def instances(self) -> list[_Instance]:
        """All rules and pins by node, amounts drawn inwards to whole units."""
        found: list[_Instance] = []
        for rule in self._rules():
            found += self._instances_of(rule)
        pins = self.plan.pins[self.plan.pins["measure"] == self.measure]
        for node, product, amount in zip(pins["node_id"], pins["product_id"], pins["amount"], strict=True):
            value = exact(amount)
            found.append(_Instance("pin", "pin", "amount", node, product or "*", value, value, 0))
        return found

    def _instances_of(self, rule: Mapping[str, object]) -> Iterable[_Instance]:
        kind, product = str(rule["kind"]), str(rule["product_id"]) or "*"
        default = {"growth": "last_year", "capacity": "amount", "fairness": "anchor", "link": "margin"}
        basis = str(rule["basis"]) or default.get(kind, "")
        tier = 0 if rule["tier"] in ("", "hard") else int(str(rule["tier"]))
        low, high = (None if np.isnan(rule[s]) else exact(rule[s]) for s in ("min", "max"))  # type: ignore[call-overload]
        nodes = {}
        for node in self.named(str(rule["level"]), str(rule["node_id"])):
            base = self._base(kind, basis, node, product)
            if base is not None and base > 0:
                nodes[node] = base
        for node, base in nodes.items():
            name = f"{rule['rule_id']} at {node}"
            if kind == "fairness":
                peers = {n: b for n, b in nodes.items() if self.peer_group[n] == self.peer_group[node]}
                down = -high if low is None else low  # type: ignore[operator]
                if len(peers) > 1:
                    yield _Instance(name, kind, basis, node, product, 1 + down, 1 + high, tier, base, peers)  # type: ignore[operator]
                continue
            lower, upper = self._bounds(kind, basis, low, high, base)
            yield _Instance(name, kind, basis, node, product, lower, upper, tier)

    def _bounds(self, kind: str, basis: str, low: Bound, high: Bound, base: Fraction) -> tuple[Bound, Bound]:
        if kind == "growth":
            low, high = (None if s is None else (1 + s) * base for s in (low, high))
        if kind == "commitment":
            low, high = (None if s is None else s * base for s in (low, high))
        if kind in ("mix", "link") or basis == "effort":
            return low, high
        inner_low = None if low is None else math.ceil(low / self.unit - _noise(low / self.unit)) * self.unit
        inner_high = (
            None if high is None else math.floor(high / self.unit + _noise(high / self.unit)) * self.unit
        )
        has_no_whole = inner_low is not None and inner_high is not None and inner_low > inner_high
        return (low, high) if has_no_whole and kind in ("growth", "commitment") else (inner_low, inner_high)

    # --- cells that may move

    @cached_property
    def place(self) -> dict[Cell, int]:
        """Position of each cell that may move."""
        cells = [(rep, leaf) for rep in self.reps for leaf in self.leaves["*"]]
        ceiling: dict[Cell, Fraction] = {}
        for one in self.instances:
            cell = (one.node, one.product)
            if one.is_amount and one.tier == 0 and cell in self.given.anchor and one.upper is not None:
                ceiling[cell] = min(one.upper, ceiling.get(cell, one.upper))
        can = {cell for cell in cells if cell[0] not in self.absent and ceiling.get(cell, ONE) > 0}
        anchored = {cell for cell in can if self.given.anchor[cell] > 0}
        moves = set(anchored)

        def below(node: str, product: str) -> set[Cell]:
            return {(rep, leaf) for rep in self.below[node] for leaf in self.leaves[product]}

        for one in self.instances:
            if one.kind not in ("range", "growth", "commitment", "pin", "link", "mix"):
                continue
            if one.lower is None or one.lower <= 0:
                continue
            asked = below(one.node, one.product)
            if not asked & anchored and (one.kind != "mix" or below(one.node, "*") & anchored):
                moves |= asked & can
        return {cell: k for k, cell in enumerate(cell for cell in cells if cell in moves)}

    # --- rows

    def problem(self) -> Problem:
        """Put everything together."""
        positive = [Fraction(value) for value in self.given.anchor.values() if value > 0]
        mean = sum(positive, ZERO) / len(positive) if positive else ONE
        anchor = [Fraction(self.given.anchor[cell]) for cell in self.place]
        weight = [value if value > 0 else mean / 100 for value in anchor]
        root = next(node for node, up in self.parent.items() if not up)
        hard = [
            Row(f"total {product}", self.amount(root, product), low, high)
            for product, (low, high) in self.given.totals.items()
        ]
        soft = []
        for one in self.instances:
            for row in self._rows(one):
                (soft if row.tier else hard).append(row)
        return Problem(list(self.place), anchor, weight, hard, soft)

    def _column(self, name: str) -> dict[str, Fraction]:
        table = self.plan.products
        values = zip(table["product_id"], table[name], strict=True)
        return {product: ZERO if np.isnan(value) else exact(value) for product, value in values}

    def _rows(self, one: _Instance) -> Iterator[Row]:
        whole = self.anchor_of(one.node, "*")
        of_node = whole if whole > 0 else ONE
        if one.kind in ("mix", "fairness"):
            if one.kind == "mix":
                part, total, share = self.amount(one.node, one.product), self.amount(one.node, "*"), ONE
            else:
                part, total = self.amount(one.node, one.product), {}
                for peer in one.peers:
                    total = _plus(total, self.amount(peer, one.product), ONE)
                share = one.base / sum(one.peers.values(), ZERO)
            if one.lower is not None:
                row = _plus(part, total, -one.lower * share)
                yield Row(f"{one.name} min", row, ZERO, None, one.tier, of_node)
            if one.upper is not None:
                row = _plus(part, total, -one.upper * share)
                yield Row(f"{one.name} max", row, None, ZERO, one.tier, of_node)
            return
        column = None if one.is_amount else self._column(one.basis)
        row = self.amount(one.node, one.product, column)
        if one.tier == 0:
            yield Row(one.name, row, one.lower, one.upper)
            return
        for side, bound in (("min", one.lower), ("max", one.upper)):
            if bound is not None:
                low, high = (bound, None) if side == "min" else (None, bound)
                yield Row(f"{one.name} {side}", row, low, high, one.tier, abs(bound) or of_node)


def _noise(units: Fraction) -> Fraction:
    return max(WHOLE, abs(units) / 10**15)


def _plus(one: Exact, other: Exact, factor: Fraction) -> Exact:
    row = dict(one)
    for k, value in other.items():
        row[k] = row.get(k, ZERO) + factor * value
    return {k: value for k, value in row.items() if value}
