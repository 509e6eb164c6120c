"""A model filled into a known frame is, to the last bit, the one that is built afresh."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from allocator.anchors.build import build_anchors
from allocator.model.frames import KnownModel
from allocator.model.instances import spell_out
from allocator.model.labels import Labels, label_plan
from allocator.model.problem import MeasureProblem, build_problem
from allocator.plan.plan import Plan
from solver_models.sparse_rows import compact
from tests.allocator.explanation.random_plans import MEASURE, random_plan

SEEDS = range(300, 324)


def with_numbers(plan: Plan, rng: np.random.Generator) -> Plan:
    """The plan with other terms of its rules, other commitments, and now and then a rule less."""
    rules = plan.rules.copy()
    for name in ("min", "max"):
        rules[name] = rules[name] * rng.uniform(0.98, 1.02, len(rules))
    if len(rules) and rng.random() < 0.3:
        rules = rules.drop(index=rng.integers(0, len(rules))).reset_index(drop=True)
    commitments = plan.commitments.copy()
    commitments["amount"] = (commitments["amount"] * rng.uniform(0.9, 1.1)).round()
    return replace(plan, rules=rules, commitments=commitments)


def built(plan: Plan, labels: Labels) -> tuple[MeasureProblem, pd.DataFrame]:
    anchors = build_anchors(plan, labels, MEASURE)
    instances = spell_out(plan, labels, MEASURE, anchors)
    return build_problem(plan, labels, MEASURE, anchors, instances), instances


@pytest.mark.parametrize("seed", SEEDS)
def test_a_filled_model_is_the_one_that_is_built(seed: int) -> None:
    plan, rng, known = random_plan(seed), np.random.default_rng(seed), KnownModel()
    labels = label_plan(plan)
    for one in (plan, *(with_numbers(plan, rng) for _ in range(4)), plan):
        found = known.problem(one, labels, MEASURE, build_anchors(one, labels, MEASURE))
        wanted, instances = built(one, labels)
        pd.testing.assert_frame_equal(found.instances, instances, check_exact=True)
        pd.testing.assert_frame_equal(found.ledger, wanted.ledger)
        for name in ("cell", "lower", "upper", "bound_by"):
            assert getattr(found, name).tobytes() == getattr(wanted, name).tobytes(), name
        for name in ("anchor", "weight", "lower", "upper"):
            assert getattr(found.model, name).tobytes() == getattr(wanted.model, name).tobytes(), name
        assert found.model.n_free == wanted.model.n_free
        assert_same_rows(found, wanted)


def assert_same_rows(found: MeasureProblem, wanted: MeasureProblem) -> None:
    for part, names in (
        ("rows", ("lower", "upper", "source", "part")),
        ("soft", ("lower", "upper", "tier", "scale")),
    ):
        one, other = getattr(found.model, part), getattr(wanted.model, part)
        for name in names:
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), (part, name)
        left, right = compact(one.matrix), compact(other.matrix)
        for name in ("data", "indices", "indptr"):
            assert getattr(left, name).tobytes() == getattr(right, name).tobytes(), (part, name)


def test_plans_whose_rules_differ_in_numbers_share_the_pattern_of_the_rows() -> None:
    shared = 0
    for seed in SEEDS:
        plan, known = random_plan(seed), KnownModel()
        labels = label_plan(plan)
        other = replace(plan, rules=plan.rules.assign(max=plan.rules["max"] * 1.001))
        one, two = (
            known.problem(each, labels, MEASURE, build_anchors(each, labels, MEASURE))
            for each in (plan, other)
        )
        shared += two.ledger is one.ledger
    assert shared > len(SEEDS) // 2
