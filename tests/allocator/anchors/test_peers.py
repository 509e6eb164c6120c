"""Who is compared with whom, and what is learnt from peers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.anchors.peers import ENOUGH_PEERS, peer_groups, peer_levels
from allocator.model.labels import label_plan
from tests.allocator.anchors.company import company, make_plan, products, reps


def labels_of(*nodes, n_product=1):
    plan = make_plan(company(*nodes), products(*[f"p{k}" for k in range(n_product)]))
    return plan, label_plan(plan)


def test_peers_have_the_same_level_and_the_same_text():
    nodes = [
        *reps("a", peer_group="x"),
        *reps("b", peer_group="x"),
        *reps("c", peer_group="y"),
        *reps("de"),
        {**reps("f")[0], "level": "dealer"},
        {**reps("g", peer_group="x")[0], "level": "dealer"},
    ]
    plan, labels = labels_of(*nodes)
    group = dict(zip(labels.rep_id, peer_groups(plan, labels).tolist(), strict=True))
    assert group["a"] == group["b"]
    assert group["d"] == group["e"]
    assert len({group[one] for one in "acdfg"}) == 5


def test_the_median_of_the_totals_is_split_by_the_pooled_mix():
    _, labels = labels_of(*reps("abcn"), n_product=2)
    cells = np.array([[10.0, 0.0], [10.0, 10.0], [0.0, 30.0], [0.0, 0.0]])
    models = np.array([True, True, True, False])
    found = peer_levels(labels, np.zeros(4, np.int64), cells, models, ~models)
    assert found[:3].sum() == 0
    assert found[3] == pytest.approx(np.array([20, 40]) / 60 * 20)


def test_a_group_without_models_learns_from_all():
    _, labels = labels_of(*reps("abcn"))
    cells = np.array([[10.0], [20.0], [90.0], [0.0]])
    models = np.array([True, True, True, False])
    found = peer_levels(labels, np.array([0, 0, 0, 1]), cells, models, ~models)
    assert found[3, 0] == 20


def test_without_models_nothing_is_learnt():
    _, labels = labels_of(*reps("ab"))
    nobody = np.zeros(2, bool)
    assert peer_levels(labels, np.zeros(2, np.int64), np.ones((2, 1)), nobody, ~nobody).sum() == 0


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 1), st.booleans(), st.integers(1, 99)),
        min_size=1,
        max_size=14,
    )
)
def test_levels_equal_a_search_up_the_tree(rows):
    """Teams t0 .. t5 stand in regions r0 (t0, t1), r1 (t2, t3), r2 (t4, t5)."""
    regions = [{"node_id": f"r{k}", "parent_id": "co", "level": "region"} for k in range(3)]
    teams = [{"node_id": f"t{k}", "parent_id": f"r{k // 2}", "level": "team"} for k in range(6)]
    leaves = [
        {"node_id": f"m{k:02d}", "parent_id": f"t{team}", "level": "rep", "peer_group": str(group)}
        for k, (team, group, _, _) in enumerate(rows)
    ]
    used_teams = {leaf["parent_id"] for leaf in leaves}
    teams = [one for one in teams if one["node_id"] in used_teams]
    regions = [one for one in regions if one["node_id"] in {team["parent_id"] for team in teams}]
    plan, labels = labels_of(*regions, *teams, *leaves)
    by_id = {f"m{k:02d}": row for k, row in enumerate(rows)}
    facts = [by_id[rep] for rep in labels.rep_id]
    models = np.array([model for _, _, model, _ in facts])
    cells = np.array([[float(amount)] for _, _, _, amount in facts])
    found = peer_levels(labels, peer_groups(plan, labels), cells, models, ~models)[:, 0]
    for rank, (team, group, is_model, _) in enumerate(facts):
        if is_model:
            assert found[rank] == 0
            continue
        every = [(t, amount) for t, g, model, amount in facts if model and g == group]
        every = every or [(t, amount) for t, _, model, amount in facts if model]
        near = [amount for t, amount in every if t == team]
        region = [amount for t, amount in every if t // 2 == team // 2]
        chosen = next(
            (circle for circle in (near, region) if len(circle) >= ENOUGH_PEERS),
            [amount for _, amount in every],
        )
        assert found[rank] == pytest.approx(np.median(chosen) if chosen else 0)
