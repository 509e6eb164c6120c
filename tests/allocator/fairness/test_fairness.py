"""fairness.json: what it says of plans whose bias is known."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from allocator.fairness.curve import fairness_curve
from allocator.fairness.gate import document_failures
from allocator.fairness.report import fairness_document
from allocator.model.labels import label_plan
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.results.folder import write_results
from service.cli.main import main
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.inequality import gini
from tests.plans import write_plan

HIGHS = choose_engine("highs")
SIZES = [100, 140, 190, 260, 330, 420, 530, 640, 780, 900, 1050, 1200]


def company(
    folder: Path, rules: str = "", settings: str = "", commitments: str | None = None, drift: float = 0.01
) -> Path:
    """Three managers with four reps each, sizes mixed; the total is last year's plus 10 %."""
    org = ["node_id,parent_id,level,name,start", "co,,company,Co,"]
    org += [f"m{k},co,team,Manager {k}," for k in range(3)]
    org += [f"r{k:02d},m{k % 3},rep,Rep {k},{2008 + k}-01-01" for k in range(12)]
    lines = ["period,node_id,product_id,measure,amount"]
    for year in (2018, 2019):
        for month in range(1, 13):
            for k, size in enumerate(SIZES):
                grown = size * (1 + drift * k * (year - 2018))
                lines.append(f"{year}-{month:02d},r{k:02d},p,revenue,{grown * 1000:.0f}")
    plan = (
        "plan: t\nstart: 2020-01\nmeasures:\n  revenue: {unit: USD, round_to: 1, total: {growth: 0.1}}\n"
        "baseline: {history: 1.0}\n" + settings
    )
    header = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner\n"
    return write_plan(
        folder,
        plan=plan,
        org="\n".join(org) + "\n",
        products="product_id,parent_id,name\np,,P\n",
        history="\n".join(lines) + "\n",
        rules=header + rules,
        commitments=commitments,
        potential=None,
        pins=None,
        calendar=None,
    )


def size_bias() -> str:
    """Growth caps that bind the big half, so that the small half carries the rest."""
    return "".join(
        f"cap{k},growth,revenue,,r{k:02d},,,{0.095 - 0.012 * k},last_year,hard,CFO\n" for k in range(6, 12)
    )


def judged(path: Path):
    allocation = allocate(read_plan(path, []), HIGHS)
    return allocation, fairness_document(allocation, "en")["measures"]["revenue"]


def verdicts(document):
    return {one["driver"]: one["verdict"] for one in document["tests"]}


def test_without_rules_all_ratios_are_equal_and_no_bias_is_claimed(tmp_path):
    _, document = judged(company(tmp_path / "p"))
    assert document["unequal_reps"] == 0
    assert document["causes"] == []
    assert document["passed"]
    assert set(verdicts(document).values()) <= {"equal_ratios", "unknown"}
    assert all(one["p_value"] is None for one in document["tests"])


def test_caps_on_the_big_are_found_as_a_size_bias_and_named(tmp_path):
    _, document = judged(company(tmp_path / "p", rules=size_bias()))
    size = next(one for one in document["tests"] if one["driver"] == "size")
    assert size["verdict"] == "fail"
    assert size["effect"] < -0.8
    assert size["p_holm"] >= size["p_value"] > 0
    assert {one["rule_id"] for one in document["causes"]} == {f"cap{k}" for k in range(6, 12)}
    assert not document["passed"]


def test_distributions_follow_from_the_targets_handed_out(tmp_path):
    allocation, document = judged(company(tmp_path / "p", rules=size_bias()))
    write_results(allocation, tmp_path / "out", "en", with_workbook=False)
    table = pd.read_csv(tmp_path / "out" / "targets.csv")
    reps = table[(table["level"] == "rep") & (table["product_id"] == "*")]
    ratio = reps["ratio"].to_numpy()
    overall = document["distributions"]["ratio"]["overall"]
    assert overall["n"] == 12
    assert overall["gini"] == pytest.approx(gini(ratio))
    assert overall["max_over_min"] == pytest.approx(ratio.max() / ratio.min())
    assert overall["p50"] == pytest.approx(np.median(ratio))
    split = document["distributions"]["ratio"]["theil_split"]["by_size"]
    assert split["within"] + split["between"] == pytest.approx(split["total"], abs=1e-12)


def test_the_ratchet_is_measured_on_last_years_quotas(tmp_path):
    lines = ["node_id,product_id,measure,amount,period,actual"]
    for k, size in enumerate(SIZES):
        actual = size * 12_000
        share = (0.8, 0.95, 1.1, 1.3)[(k // 3 + k) % 4]
        lines.append(f"r{k:02d},*,revenue,{actual / share:.0f},2019,{actual:.0f}")
    _, document = judged(company(tmp_path / "p", commitments="\n".join(lines) + "\n", drift=0.0))
    ratchet = next(one for one in document["tests"] if one["driver"] == "ratchet")
    # target = 1.1 x actual for everyone, so quotas follow sales alike upwards and downwards
    assert ratchet["slope_above"] == pytest.approx(1.1, abs=1e-3)
    assert ratchet["slope_below"] == pytest.approx(1.1, abs=1e-3)
    assert ratchet["effect"] == pytest.approx(0, abs=1e-3)
    assert ratchet["period"] == "2019"
    assert ratchet["verdict"] == "pass"


def test_four_reps_are_too_few_to_test(tmp_path):
    _, document = judged(write_plan(tmp_path / "p"))
    tenure = next(one for one in document["tests"] if one["driver"] == "tenure")
    assert tenure["verdict"] == "too_few"
    assert tenure["p_value"] is None


@pytest.mark.parametrize(
    ("settings", "test"),
    [
        ("fairness: {max_gini: 0.001}\n", "max_gini"),
        ("fairness: {max_spread: 1.01}\n", "max_spread"),
        ("fairness: {min_jain: 0.9999}\n", "min_jain"),
        ("fairness: {max_theil: 0.00001}\n", "max_theil"),
    ],
)
def test_a_limit_of_inequality_in_the_plan_fails_where_it_is_broken(tmp_path, settings, test):
    _, document = judged(company(tmp_path / "p", rules=size_bias(), settings=settings))
    assert test in {one["test"] for one in document["failures"]}


def test_peers_who_all_get_nothing_beside_one_held_at_zero_are_a_failure_of_their_own(tmp_path):
    rules = "f1,fairness,revenue,rep,,,,0.1,anchor,1,HR\nc0,range,revenue,,r03,,,0,amount,hard,HR\n"
    path = company(tmp_path / "p", rules=rules)
    org = pd.read_csv(path / "org.csv", dtype=str, keep_default_na=False)
    org["peer_group"] = ["A" if one in {f"r{k:02d}" for k in range(6)} else "B" for one in org["node_id"]]
    org.to_csv(path / "org.csv", index=False)
    allocation, document = judged(path)
    of_a = np.array([rep in {f"r{k:02d}" for k in range(6)} for rep in allocation.labels.rep_id])
    assert allocation.measures[0].unrounded[of_a].max() == 0
    (failure,) = [one for one in document["failures"] if one["test"] == "empty_group"]
    assert failure["group"] == "A"
    assert "c0" in failure["sentence"]
    assert not document["passed"]


def test_a_failed_test_of_groups_names_the_lowest_and_the_highest(tmp_path):
    caps = "".join(f"cap{k},growth,revenue,,r{k:02d},,,-0.2,last_year,hard,CFO\n" for k in (0, 3, 6, 9))
    _, document = judged(company(tmp_path / "p", rules=caps))
    manager = next(one for one in document["tests"] if one["driver"] == "manager")
    assert manager["verdict"] == "fail"
    assert "lowest Manager 0 (m0)" in manager["sentence"]


def test_the_gate_ends_with_five_and_names_the_test(tmp_path, capfd):
    biased = company(tmp_path / "biased", rules=size_bias())
    assert main(["run", str(biased), "--out", str(tmp_path / "a"), "--no-workbook", "--json", "--gate"]) == 5
    gate = json.loads(capfd.readouterr().out)["gate"]
    assert not gate["passed"]
    assert any("size of the seller" in one for one in gate["failures"])
    assert main(["run", str(biased), "--out", str(tmp_path / "a"), "--no-workbook", "--json"]) == 0
    fair = company(tmp_path / "fair")
    assert main(["run", str(fair), "--out", str(tmp_path / "b"), "--no-workbook", "--json", "--gate"]) == 0


def test_thresholds_decide_what_the_gate_lets_through(tmp_path):
    lenient = company(tmp_path / "p", rules=size_bias(), settings="fairness: {gap: 0.9}\n")
    allocation = allocate(read_plan(lenient, []), HIGHS)
    assert document_failures(fairness_document(allocation, "en")) == []


def test_the_same_plan_gives_the_same_bytes_in_both_languages(tmp_path):
    path = company(tmp_path / "p", rules=size_bias())
    allocation = allocate(read_plan(path, []), HIGHS)
    for lang in ("en", "zh"):
        first, second = (json.dumps(fairness_document(allocation, lang)) for _ in range(2))
        assert first == second


def test_the_price_of_fairness_rises_as_the_band_tightens(tmp_path):
    rules = size_bias().replace("hard", "1")
    plan = read_plan(company(tmp_path / "p", rules=rules), [])
    curve = fairness_curve(plan, label_plan(plan), "revenue", HIGHS, EngineOptions())
    points = curve["points"]
    bands = [one["band"] for one in points]
    assert 8 <= len(points) <= 12
    assert bands == sorted(bands, reverse=True)
    assert all(one["feasible"] for one in points)
    # the soft caps give way to the band
    violation = [one["violation"] for one in points]
    assert violation == sorted(violation)
    assert violation[-1] > violation[0]
    assert curve["tightest"] == pytest.approx(0, abs=1e-6)


def test_the_curve_of_a_plan_without_rules_is_one_point(tmp_path):
    plan = read_plan(company(tmp_path / "p"), [])
    curve = fairness_curve(plan, label_plan(plan), "revenue", HIGHS, EngineOptions())
    assert len(curve["points"]) == 1
    assert curve["knee"] is None


def test_the_commands_answer_in_text_and_json(tmp_path, capfd):
    path = company(tmp_path / "p", rules=size_bias())
    assert main(["fairness", str(path), "--curve", "--lang", "zh"]) == 0
    assert "公平" in capfd.readouterr().out
    assert main(["fairness", str(path), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["measures"]["revenue"]["n"] == 12
