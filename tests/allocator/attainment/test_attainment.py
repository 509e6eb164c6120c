"""attainment.json: chances that hold on synthetic companies, the hedge, the SMART check, the gate."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from allocator.anchors.build import build_anchors
from allocator.anchors.observed import observe
from allocator.attainment.growth import company_growth
from allocator.attainment.noise import USUAL_SPREAD, learn_luck, spreads
from allocator.attainment.replays import Residuals
from allocator.attainment.report import attainment_document
from allocator.fairness.gate import document_failures
from allocator.model.labels import label_plan
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from service.cli.main import main
from solver_models.attainment import chance
from solver_models.engines.choice import choose_engine
from tests.allocator.fairness.test_fairness import company
from tests.plans import write_plan

HIGHS = choose_engine("highs")
SPREAD = 0.3


def noisy_company(folder: Path, seed: int, n: int = 60, years: int = 4) -> tuple[Path, np.ndarray]:
    """Sellers of steady size with lognormal luck per year; the last year is held back as the outcome."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(50_000, 400_000, n)
    luck = np.exp(SPREAD * rng.standard_normal((years, n)) - SPREAD**2 / 2)
    org = ["node_id,parent_id,level,name", "co,,company,Co"]
    org += [f"g{k},co,region,R{k}" for k in range(4)]
    org += [f"r{k:03d},g{k % 4},rep,Rep {k}" for k in range(n)]
    lines = ["period,node_id,product_id,measure,amount"]
    for year in range(years - 1):
        for month in range(1, 13):
            for k in range(n):
                amount = size[k] * luck[year, k] / 12
                lines.append(f"{2017 + year}-{month:02d},r{k:03d},p,revenue,{amount:.2f}")
    plan = (
        "plan: t\nstart: 2020-01\nmeasures:\n  revenue: {unit: USD, round_to: 1, total: {growth: 0.0}}\n"
        "baseline: auto\nattainment: {growth: 0.0}\n"
    )
    path = write_plan(
        folder,
        plan=plan,
        org="\n".join(org) + "\n",
        products="product_id,parent_id,name\np,,P\n",
        history="\n".join(lines) + "\n",
        rules=None,
        commitments=None,
        potential=None,
        pins=None,
        calendar=None,
    )
    return path, size * luck[-1]


def test_stated_chances_come_true_on_companies_whose_luck_is_known(tmp_path):
    stated, came_true = [], []
    for seed in range(8):
        path, outcome = noisy_company(tmp_path / str(seed), seed)
        plan = read_plan(path, [])
        labels = label_plan(plan)
        model = learn_luck(plan, labels, "revenue", build_anchors(plan, labels, "revenue")).model
        in_order = outcome[[int(rep[1:]) for rep in labels.rep_id]]
        for factor in (0.7, 0.85, 1.0, 1.2, 1.5):
            target = model.expected * factor
            stated.append(chance(model, target))
            came_true.append(in_order >= target)
    p, hit = np.concatenate(stated), np.concatenate(came_true)
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (p >= low) & (p < low + 0.2)
        if inside.sum() >= 50:
            assert hit[inside].mean() == pytest.approx(p[inside].mean(), abs=0.08)
    assert np.mean((p - hit) ** 2) < 0.8 * p.mean() * (1 - p.mean())


def test_the_learned_spread_is_that_of_the_luck_plus_the_forecasts_own(tmp_path):
    path, _ = noisy_company(tmp_path / "p", 7)
    plan = read_plan(path, [])
    labels = label_plan(plan)
    luck = learn_luck(plan, labels, "revenue", build_anchors(plan, labels, "revenue"))
    assert len(luck.residuals.error) == 120
    assert 0.9 * SPREAD < np.median(luck.model.spread) < 1.5 * SPREAD
    _, everybody, region = luck.model.states.variance
    assert everybody + region < 0.15 * np.median(luck.model.spread) ** 2


def test_a_rep_without_residuals_takes_his_peers_spread():
    error, rep = np.tile([0.1, -0.1], 20), np.repeat(np.arange(20), 2)
    group = np.zeros(21, np.int64)
    found = spreads(Residuals(rep, np.tile([1, 2], 20), error, np.ones(40)), group)
    # all: (40 x 0.01 + 2 x 0.35^2) / 42 = 0.01536; peers: (0.4 + 6 x 0.01536) / 46 = 0.0107
    assert found[20] == pytest.approx(0.0107**0.5, rel=1e-3)
    nothing = Residuals(np.zeros(0, int), np.zeros(0, int), np.zeros(0), np.zeros(0))
    assert spreads(nothing, group) == pytest.approx(USUAL_SPREAD)


def test_one_year_of_growth_is_believed_in_part_and_none_leaves_a_wide_range(tmp_path):
    plan = read_plan(company(tmp_path / "p"), [])
    labels = label_plan(plan)
    total = plan.history.assign(year=plan.history["period"] // 12).groupby("year")["amount"].sum()
    found = company_growth(plan, labels, observe(plan, labels, "revenue"))
    assert found.years == 1
    assert 0 < found.rate < total.iloc[1] / total.iloc[0] - 1
    short = replace(plan, history=plan.history[plan.history["period"] >= 2019 * 12])
    nothing = company_growth(short, labels, observe(short, labels, "revenue"))
    assert (nothing.rate, nothing.years, nothing.season_known) == (0.0, 0, True)
    assert nothing.weight @ nothing.spread > 0.2
    shorter = replace(plan, history=plan.history[plan.history["period"] >= 2019 * 12 + 2])
    assert not company_growth(shorter, labels, observe(shorter, labels, "revenue")).season_known


def judged(path, lang="en"):
    allocation = allocate(read_plan(path, []), HIGHS)
    return attainment_document(allocation, lang)


def judged_with(path, *overrides):
    allocation = allocate(read_plan(path, list(overrides)), HIGHS)
    return attainment_document(allocation, "en")["measures"]["revenue"]


def test_the_chance_of_every_node_is_given_and_a_higher_total_lowers_it(tmp_path):
    path, _ = noisy_company(tmp_path / "p", 1)
    documents = [
        attainment_document(allocate(read_plan(path, [f"measures.revenue.total.growth={g}"]), HIGHS), "en")
        for g in (0.0, 0.15)
    ]
    low, high = ([one["probability"] for one in d["measures"]["revenue"]["nodes"]] for d in documents)
    assert len(low) == 65
    assert all(0 <= one <= 1 for one in low)
    assert all(one >= other for one, other in zip(low, high, strict=True))
    assert low[0] > high[0]


def test_the_expected_share_at_goal_is_the_mean_chance_of_the_reps(tmp_path):
    path, _ = noisy_company(tmp_path / "p", 1)
    revenue = judged(path)["measures"]["revenue"]
    reps = [one["probability"] for one in revenue["nodes"] if one["level"] == "rep"]
    assert revenue["share_at_goal"]["expected"] == pytest.approx(np.mean(reps))
    assert revenue["share_at_goal"]["verdict"] == "low"


def test_the_ledger_holds_the_plans_hedge_against_the_needed_one(tmp_path):
    path, _ = noisy_company(tmp_path / "p", 1)
    text = (path / "plan.yaml").read_text() + "over_assignment: {region: 0.05, rep: 0.04}\n"
    (path / "plan.yaml").write_text(text)
    revenue = judged(path)["measures"]["revenue"]
    ledger = revenue["ledger"]
    assert ledger["in_plan"] == pytest.approx(1.05 * 1.04 - 1, abs=1e-3)
    region, rep = ledger["levels"]
    assert (region["level"], region["in_plan"], region["compounded"]) == ("region", 0.05, pytest.approx(0.05))
    assert rep["compounded"] == pytest.approx(0.092)
    assert sum(region["variance_share"].values()) == pytest.approx(1)
    assert region["alone"] > ledger["needed"] > 0
    # with the needed hedge in the plan, sellers good for their quotas make the total with the confidence
    hedged = judged_with(path, f"over_assignment.region={ledger['needed'] / 1.04:.6f}")["ledger"]
    exact = (1 + hedged["in_plan"]) / (1 + ledger["needed"])
    assert hedged["confidence_in_plan"] == pytest.approx(0.8, abs=0.02 + 3 * abs(exact - 1))
    assert ledger["confidence_in_plan"] != revenue["company"]["probability"]
    q = revenue["company"]["reached_with_confidence"]
    assert ledger["needed"] == pytest.approx(revenue["company"]["expected"] / q - 1, abs=0.005)


def test_smart_names_the_letter_that_a_target_fails(tmp_path):
    path = write_plan(tmp_path / "p")
    org = pd.read_csv(path / "org.csv", dtype=str)
    org.loc[org["node_id"] == "w11", "end"] = "2019-12-31"
    org.to_csv(path / "org.csv", index=False)
    document = judged(path)["measures"]["revenue"]["smart"]
    fails = {one["node_id"]: one["fails"] for one in document["targets"]}
    assert "S" in fails["w23"]
    assert "T" in fails["w11"]
    assert document["unit"] == "USD"
    assert document["failed"]["S"] == 1
    assert all(one["sentence"] for one in document["targets"])


def test_a_target_beyond_capacity_and_history_is_not_achievable(tmp_path):
    # the capacity is soft and gives way; the floor asks for far more than was ever sold
    rules = "c,capacity,revenue,,r03,,,1000000,amount,1,HR\nf,range,revenue,,r03,,9000000,,amount,hard,CFO\n"
    smart = judged(company(tmp_path / "p", rules=rules))["measures"]["revenue"]["smart"]
    found = next(one for one in smart["targets"] if one["node_id"] == "r03")
    assert found["fails"] == ["A"]
    assert found["reasons"] == ["unlikely", "above_capacity", "above_history"]


def test_only_limits_that_the_plan_states_are_gated(tmp_path, capfd):
    assert document_failures(judged(company(tmp_path / "a"))) == []
    strict = company(tmp_path / "b", settings="attainment: {company_min: 0.99}\n")
    assert [one["test"] for one in judged(strict)["measures"]["revenue"]["failures"]] == ["company_min"]
    assert main(["run", str(strict), "--out", str(tmp_path / "o"), "--no-workbook", "--json", "--gate"]) == 5
    assert not json.loads(capfd.readouterr().out)["gate"]["passed"]


def test_the_same_seed_gives_the_same_document_and_another_seed_another(tmp_path):
    path = company(tmp_path / "p")
    assert judged(path) == judged(path)
    other = company(tmp_path / "q", settings="attainment: {seed: 7}\n")
    numbers = [judged(one)["measures"]["revenue"]["company"]["p50"] for one in (path, other)]
    assert numbers[0] != numbers[1]


def test_a_plan_without_history_says_what_it_assumed(tmp_path):
    path = company(tmp_path / "p")
    (path / "history.csv").unlink()
    text = (path / "plan.yaml").read_text().replace("{growth: 0.1}", "1000000")
    (path / "plan.yaml").write_text(text)
    model = judged(path)["measures"]["revenue"]["model"]
    assert model["residuals"] == 0
    assert model["growth_years"] == 0
    basis = judged(path)["measures"]["revenue"]["basis"]
    assert [basis[part] for part in ("growth", "season", "spread", "shared")] == ["assumed"] * 4
    assert basis["is_wide"]
    assert basis["sentence"].startswith("Assumed, as the past is too short")
