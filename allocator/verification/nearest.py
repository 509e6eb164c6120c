"""No other rounding is nearer: the network of docs/rounding.md has no cycle that shortens it."""

from dataclasses import dataclass

import numpy as np

from allocator.verification.company import Company
from allocator.verification.measure_result import MeasureResult
from allocator.verification.report import Check, judge
from allocator.verification.trees import BoolArray, FloatArray, IntArray, Tree

WHOLE = 1e-7
RELATIVE = 1e-9
MOST_SNAP = 0.05
TIE = 3e-6
"""Costs are told apart to six digits; cycles shorter than this are ties."""
MOST_SWEEPS = 2000


def has_plain_rounding(company: Company, beside: BoolArray) -> bool:
    """True where the whole company is rounded in one network and no rule bends the rounding."""
    return not (company.over > 0).any() and not beside.any()


def check_nearest(company: Company, result: MeasureResult, beside: BoolArray) -> list[Check]:
    """Prove that no feasible exchange of units brings the cells nearer to their unrounded numbers.

    A unit may move along a path of the network down the org to a rep, across to a product and up again;
    moving a cell up costs 1 - 2 f, f its fraction, moving it down gains as much. Shortest distances exist
    exactly if there is no cycle of negative cost, that is, no nearer rounding; they are found by sweeps.

    Returns
    -------
    No check where levels are over-assigned or side rows take part: those roundings have other goals too.
    """
    if not has_plain_rounding(company, beside):
        return []
    network = _Network.of(company, result)
    left = network.unsettled()
    return [
        judge(
            "nearest_rounding",
            result.measure,
            "no other rounding that keeps all sums is nearer to the unrounded numbers",
            np.array([left]),
            0.0,
            lambda k: (
                "targets.csv: units can be exchanged between cells so that the sum of |target - X| falls"
            ),
        )
    ]


@dataclass(frozen=True)
class _Network:
    """Which steps of the network may take a unit more or less, and what a unit costs at a cell."""

    org: Tree
    lines: Tree
    parent: IntArray
    up: BoolArray
    down: BoolArray
    pair_up: BoolArray
    pair_down: BoolArray
    line_up: BoolArray
    line_down: BoolArray
    cell_up: FloatArray
    cell_down: FloatArray

    @staticmethod
    def of(company: Company, result: MeasureResult) -> "_Network":
        org, products = company.org, company.products
        exact = company.node_sums(result.unrounded) / result.unit
        total = float(exact[0, 0])
        more, less = _room(result.units, exact, total)
        leaves = products.leaves
        fraction = exact[org.leaves][:, leaves]
        fraction = np.clip(fraction - np.floor(fraction + WHOLE), 0.0, 1.0)
        cost = np.rint((1.0 - 2.0 * fraction) * 1e6) / 1e6
        can_more, can_less = more[org.leaves][:, leaves], less[org.leaves][:, leaves]
        return _Network(
            org,
            products,
            np.maximum(org.parent[org.leaves], 0),
            more[:, 0],
            less[:, 0],
            more[:, leaves],
            less[:, leaves],
            more[0],
            less[0],
            np.where(can_more, cost, np.inf),
            np.where(can_less, -cost, np.inf),
        )

    def unsettled(self) -> float:
        """Sweep until no distance falls any more; 1 if that does not end, else 0."""
        row = np.zeros(len(self.org))
        pair = np.zeros((len(self.org), len(self.lines.leaves)))
        line = np.zeros(len(self.lines))
        reps, inner = self.org.leaves, ~self.org.is_leaf
        for _ in range(MOST_SWEEPS):
            before = row.copy(), pair.copy(), line.copy()
            _spread(self.org, row, self.up, self.down)
            across = row[reps][:, None] + self.cell_up
            np.minimum.at(pair, self.parent, across)
            # a unit more at a node comes from below: the pairs run towards the root
            _spread(self.org, pair, self.pair_down, self.pair_up, inner)
            np.minimum(line[self.lines.leaves], pair[0], out=pair[0])
            line[self.lines.leaves] = pair[0]
            _spread(self.lines, line, self.line_down, self.line_up)
            pair[0] = np.minimum(pair[0], line[self.lines.leaves])
            _spread(self.org, pair, self.pair_down, self.pair_up, inner)
            back = (pair[self.parent] + self.cell_down).min(axis=1)
            row[reps] = np.minimum(row[reps], back)
            _spread(self.org, row, self.up, self.down)
            now = row, pair, line
            fell = max(float((old - new).max()) for old, new in zip(before, now, strict=True))
            if fell <= TIE:
                return 0.0
        return 1.0


def _room(units: IntArray, exact: FloatArray, total: float) -> tuple[BoolArray, BoolArray]:
    """Where a number may take a unit more, or less, between its exact value rounded down and up."""
    noise = np.maximum(WHOLE, np.abs(exact) * min(RELATIVE, MOST_SNAP / max(abs(total), 1.0)))
    return units < np.ceil(exact - noise), units > np.floor(exact + noise)


def _spread(
    tree: Tree, distance: FloatArray, down: BoolArray, up: BoolArray, among: BoolArray | None = None
) -> None:
    """Let distances fall along the edges of a tree: to the root by `up`, from it by `down` (no cost)."""
    for nodes in reversed(tree.by_depth[1:]):
        chosen = nodes if among is None else nodes[among[nodes]]
        np.minimum.at(distance, tree.parent[chosen], np.where(up[chosen], distance[chosen], np.inf))
    for nodes in tree.by_depth[1:]:
        chosen = nodes if among is None else nodes[among[nodes]]
        fallen = np.where(down[chosen], distance[tree.parent[chosen]], np.inf)
        distance[chosen] = np.minimum(distance[chosen], fallen)
