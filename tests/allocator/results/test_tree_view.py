import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.model.labels import label_plan
from allocator.results.matrix.amounts import in_measure, stated_by_node
from allocator.results.matrix.tree_view import tree_view
from solver_models.hierarchy import Hierarchy
from tests.allocator.results.allocations import plan_of


@st.composite
def trees(draw: st.DrawFn) -> tuple[Hierarchy, np.ndarray]:
    """A random tree in pre-order with a random order of the file's rows."""
    parents = [-1]
    path = [0]
    for node in range(1, draw(st.integers(1, 14))):
        path = path[: draw(st.integers(1, len(path)))]
        parents.append(path[-1])
        path.append(node)
    rows = draw(st.permutations(range(len(parents))))
    return Hierarchy(np.array(parents, np.int32)), np.array(rows, np.int64)


def walk(tree: Hierarchy, rows: np.ndarray, node: int) -> list[int]:
    children = sorted(np.flatnonzero(tree.parent == node).tolist(), key=lambda child: rows[child])
    return [node, *(below for child in children for below in walk(tree, rows, child))]


@settings(deadline=None, derandomize=True)
@given(trees(), st.integers(1, 16))
def test_a_view_is_the_walk_in_file_order_cut_below_the_deepest_level_that_fits(made, most):
    tree, rows = made
    view = tree_view(tree, rows, most)
    fitting = [depth for depth in range(20) if (tree.depth <= depth).sum() <= most]
    deepest = max(fitting, default=0)
    expected = [node for node in walk(tree, rows, 0) if tree.depth[node] <= deepest]
    assert view.position.tolist() == expected
    assert view.is_complete == (len(expected) == len(tree))
    for at, node in enumerate(expected):
        assert view.depth[at] == tree.depth[node]
        assert view.parent[at] == (expected.index(tree.parent[node]) if node else -1)
        below = [other for other in walk(tree, rows, node) if other in expected]
        assert expected[at : view.end[at]] == below
        assert view.is_bottom[at] == (len(below) == 1)


def test_stated_amounts_count_once_where_people_at_several_levels_stated_them():
    labels = label_plan(plan_of())
    table = pd.DataFrame(
        [
            ("e11", "*", 10.0),
            ("e11", "cloud", 4.0),
            ("e12", "cloud", 1.0),
            ("e12", "soft", 3.0),
            ("e12", "pads", 2.0),
            ("east", "hard", 50.0),
            ("w12", "", 7.0),
        ],
        columns=["node_id", "product_id", "amount"],
    )
    found = stated_by_node(labels, table)
    expected = {"e11": 10, "e12": 5, "e1": 15, "east": 50, "w12": 7, "w1": 7, "west": 7, "root": 57}
    assert {labels.node_id[v]: found[v] for v in np.flatnonzero(~np.isnan(found))} == expected
    assert np.isnan(stated_by_node(labels, table.iloc[:0])).all()


@settings(deadline=None, derandomize=True)
@given(st.integers(-(10**12), 10**12), st.sampled_from(["1", "1000", "0.01", "2.5", "1E+3", "0.05"]))
def test_amounts_in_the_workbook_are_the_floats_nearest_to_the_exact_decimals(units, round_to):
    plan = plan_of(
        spec={"measures": {"m": {"unit": "u", "round_to": round_to, "total": "1"}}}, pins=[], commitments=[]
    )
    step = plan.spec.measures["m"].round_to
    assert in_measure(np.array([units]), step)[0] == float(units * step)
