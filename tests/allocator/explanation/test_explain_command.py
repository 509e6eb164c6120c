"""`allocator explain` on a real result: adds up, answers questions, refuses what it does not know."""

import json

import pandas as pd
import pytest

from allocator.explanation.chart import waterfall_lines, width
from allocator.explanation.numbers import parents
from allocator.model.labels import label_plan
from allocator.plan.reading import read_plan
from service.cli.main import main
from tests.plans import write_plan


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    top = tmp_path_factory.mktemp("explain")
    plan = write_plan(top / "plan")
    assert main(["run", str(plan), "--out", str(top / "out"), "--no-workbook"]) == 0
    return plan, top / "out"


def explain(capfd, *arguments: str) -> tuple[int, str]:
    code = main(["explain", *arguments])
    return code, capfd.readouterr().out


def test_the_steps_shown_add_up_to_the_target_of_every_measure(made, capfd):
    _, out = made
    code, words = explain(capfd, str(out), "--node", "e1", "--json")
    numbers = json.loads(words)["numbers"]
    assert code == 0
    assert [number["measure"] for number in numbers] == ["revenue", "new_customers"]
    for number in numbers:
        assert sum(float(step["amount"]) for step in number["steps"]) == float(number["target"])
        assert all(rule["status"] in ("binding", "relaxed") for rule in number["rules"])


@pytest.mark.parametrize(("lang", "word"), [("en", "Target"), ("zh", "目标")])
def test_the_waterfall_is_drawn_with_bars_in_both_languages(made, capfd, lang, word):
    _, out = made
    code, words = explain(
        capfd, str(out), "--node", "w11", "--product", "helmets", "--measure", "revenue", "--lang", lang
    )
    assert code == 0
    assert word in words
    assert "█" in words
    assert "400,000" in words, "the pin"


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("--node", "E11"), "`e11`"),
        (("--node", "e11", "--product", "helmet"), "`helmets`"),
        (("--node", "e11", "--measure", "revenu"), "`revenue`"),
    ],
)
def test_an_unknown_name_is_an_input_fault_with_near_matches(made, capfd, arguments, near):
    code, words = explain(capfd, str(made[1]), *arguments)
    assert code == 2
    assert near in words


@pytest.mark.parametrize(
    ("appeal", "hint"), [("much", "write for example -10%"), ("-300%", "write for example -10%")]
)
def test_an_appeal_that_is_no_share_is_an_input_fault(made, capfd, appeal, hint):
    plan, out = made
    code, words = explain(capfd, str(out), "--node", "e11", "--plan", str(plan), f"--appeal={appeal}")
    assert code == 2
    assert hint in words


def test_an_appeal_without_a_plan_and_a_folder_without_a_result_are_input_faults(made, capfd, tmp_path):
    assert explain(capfd, str(made[1]), "--node", "e11", "--appeal", "-10%")[0] == 2
    code, words = explain(capfd, str(tmp_path), "--node", "e11")
    assert code == 2
    assert "targets.csv" in words


def test_another_plan_than_the_one_of_the_result_is_refused(made, capfd, tmp_path):
    other = write_plan(tmp_path / "other", pins=None)
    code, words = explain(capfd, str(made[1]), "--node", "e11", "--plan", str(other))
    assert code == 2
    assert "not the plan" in words


def test_an_appeal_says_who_carries_it(made, capfd):
    plan, out = made
    arguments = (str(out), "--node", "e12", "--measure", "revenue", "--plan", str(plan), "--appeal", "-10%")
    code, words = explain(capfd, *arguments, "--json")
    number = json.loads(words)["numbers"][0]
    answer = number["appeal"]
    assert code == 0
    assert answer["possible"]
    assert answer["after"] == pytest.approx(answer["before"] * 0.9, abs=500)
    carried = sum(entry["delta"] for entry in answer["carried_by"])
    assert carried == pytest.approx(answer["before"] - answer["after"])
    assert sum(entry["delta"] for entry in answer["carried_within"]) == pytest.approx(carried)
    assert len(number["counterfactuals"]) <= 3
    assert all(price["frees_by_price"] > 0 for price in number["prices"])
    code, words = explain(capfd, *arguments, "--lang", "zh")
    assert code == 0
    assert "由谁承担" in words


def test_the_tree_is_read_back_from_the_sums_of_the_targets(made):
    plan, out = made
    labels = label_plan(read_plan(plan))
    targets = pd.read_csv(out / "targets.csv", dtype=str, keep_default_na=False)
    for measure in ("revenue", "new_customers"):
        whole = targets[(targets["measure"] == measure) & (targets["product_id"] == "*")]
        assert parents(whole) == labels.grid.org.parent.tolist()


def test_bars_start_where_the_one_before_ended_and_labels_align():
    lines = waterfall_lines(
        [("Last", 100.0, "100"), ("减少", -50.0, "-50"), ("Up", 25.0, "+25")], ("T", 75.0, "75")
    )
    ends = [len(line) for line in lines]
    assert ends[0] > ends[2] == ends[3]
    assert len({width(line[: line.index("█")].rstrip()) for line in lines}) == 1
    assert [line.count("█") for line in lines] == [34, 17, 8, 25]
    assert waterfall_lines([("a", 0.0, "0")], ("b", 0.0, "0")) == ["  a  0", "  b  0"]
