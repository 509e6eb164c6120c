"""What was learned and what was assumed is said wherever a chance is shown."""

import pandas as pd
import pytest

from allocator.attainment.report import attainment_document
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.report.sections.probabilities import probabilities
from scenarios.groundwork import Groundwork
from scenarios.kpis import measure_kpis
from scenarios.solving import solve
from solver_models.engines.choice import choose_engine
from tests.allocator.attainment.test_attainment import noisy_company

PARTS = ("growth", "season", "spread", "shared")


def with_history(path, months):
    """Keep the last months of three years of history."""
    history = pd.read_csv(path / "history.csv", dtype=str)
    periods = sorted(history["period"].unique())[-months:]
    history[history["period"].isin(periods)].to_csv(path / "history.csv", index=False)
    text = (path / "plan.yaml").read_text().replace("attainment: {growth: 0.0}\n", "")
    accepted = "accepted_warnings:\n  incomplete-base-year: the history is cut short on purpose\n"
    (path / "plan.yaml").write_text(text + accepted)
    return path


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """By months of history: the allocation and attainment.json."""
    folder, engine = tmp_path_factory.mktemp("basis"), choose_engine("auto")
    found = {}
    for months in (36, 24, 22, 11):
        path = with_history(noisy_company(folder / str(months), 3, n=24)[0], months)
        allocation = allocate(read_plan(path, []), engine)
        found[months] = allocation, attainment_document(allocation, "en")
    return found


def revenue(documents, months):
    return documents[months][1]["measures"]["revenue"]


def test_each_part_is_learned_only_where_the_past_is_long_enough(documents):
    words = {months: [revenue(documents, months)["basis"][part] for part in PARTS] for months in documents}
    assert words == {
        36: ["learned"] * 4,
        24: ["learned"] * 4,
        22: ["assumed", "learned", "assumed", "assumed"],
        11: ["assumed"] * 4,
    }
    assert [revenue(documents, months)["basis"]["is_wide"] for months in (36, 24, 22, 11)] == [0, 0, 1, 1]


def test_the_shorter_the_past_the_wider_the_range(documents):
    def width(months):
        company = revenue(documents, months)["company"]
        return company["p90"] / company["p10"]

    assert width(36) < width(22) < width(11)
    assert width(24) < width(22)
    assert width(22) > 1.5


def test_the_sentence_stands_on_the_report_page_and_beside_the_chances_of_a_what_if(documents):
    allocation, document = documents[22]
    sentence = document["measures"]["revenue"]["basis"]["sentence"]
    assert "Assumed, as the past is too short" in sentence
    assert "the range is wide" in sentence
    for lang, words in (("en", "Assumed, as the past is too short"), ("zh", "历史太短")):
        assert words in str(probabilities(allocation, {"attainment": document}, lang).body)
    ground = Groundwork()
    solution = solve(allocation.plan, choose_engine("auto"), ground=ground)
    basis = document["measures"]["revenue"]["basis"]
    assert dict(measure_kpis(solution, ground)[0].chance_basis) == {
        key: value for key, value in basis.items() if key != "sentence"
    }


def test_what_the_plan_states_is_said_to_be_stated(tmp_path):
    path = with_history(noisy_company(tmp_path / "p", 3, n=12)[0], 24)
    stated = "attainment: {growth: 0.05, correlation: 0.3, common: 0.5}\n"
    (path / "plan.yaml").write_text((path / "plan.yaml").read_text() + stated)
    found = attainment_document(allocate(read_plan(path, []), choose_engine("auto")), "en")
    one = found["measures"]["revenue"]
    assert [one["basis"][part] for part in PARTS] == ["stated", "learned", "learned", "stated"]
    assert one["model"]["growth"] == 0.05
    assert one["model"]["correlation"] == pytest.approx(0.3)
    assert one["model"]["common"] == pytest.approx(0.5)
