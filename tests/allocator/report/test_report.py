import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from allocator.backtest.backtest import backtest
from allocator.explanation.table import explanation_table
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.report.markup import VOID
from allocator.report.report import SECTIONS, write_report
from allocator.results.folder import write_results
from service.cli.main import main
from solver_models.engines.choice import choose_engine
from tests.allocator.results.allocations import ORG, PRODUCTS, allocation_of, large_company, plan_of
from tests.plans import history_text, write_plan

EVIL = '<script>alert("1")</script> & "quotes" </style>'
THREE_MEGABYTES = 3_000_000


class Page(HTMLParser):
    """Reads a page and fails where a tag is not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def written(allocation, path: Path, lang: str = "en", **extras) -> Page:
    write_report(allocation, path, lang, {"result_hash": "cd" * 32, **extras})
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    return allocate(read_plan(write_plan(tmp_path_factory.mktemp("plan"))), choose_engine("auto"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_is_whole_asks_for_nothing_outside_and_runs_no_script(solved, tmp_path, lang):
    page = written(solved, tmp_path / "report.html", lang)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    for _, attributes in page.tags:
        assert not any(key.startswith("on") for key in attributes)
        assert all(str(attributes.get(key, "#")).startswith("#") for key in ("href", "src", "xlink:href"))
    style = (tmp_path / "report.html").read_text(encoding="utf-8").split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert [f"#{key}" for key in ids] == links
    assert len(ids) == len(set(ids)) == len(SECTIONS) - 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_names_that_hold_markup_are_shown_as_words(tmp_path, lang):
    org = tuple((key, parent, level, EVIL, given) for key, parent, level, _, given in ORG)
    products = tuple((key, parent, EVIL) for key, parent, _ in PRODUCTS)
    plan = plan_of(org=org, products=products, spec={"name": EVIL})
    allocation = allocation_of(plan)
    measures = tuple(
        replace(one, rules=one.rules.assign(owner=EVIL, rule_id=EVIL)) for one in allocation.measures
    )
    page = written(replace(allocation, measures=measures), tmp_path / "report.html", lang)
    assert "script" not in {tag for tag, _ in page.tags}
    assert [tag for tag, _ in page.tags].count("style") == 1
    assert page.text.count(EVIL) > 10


def test_the_same_allocation_gives_the_same_bytes_whatever_the_run_took(solved, tmp_path):
    write_report(solved, tmp_path / "a.html", "en")
    write_report(replace(solved, seconds={"solve": 99.0}), tmp_path / "b.html", "en")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert b"\r" not in (tmp_path / "a.html").read_bytes()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_waterfall_of_the_company_says_what_explanation_csv_says(solved, tmp_path, lang):
    page = written(solved, tmp_path / "report.html", lang)
    for result in solved.measures:
        rows = explanation_table(solved, result, result.waterfall, lang)
        own = rows[(rows["node_id"] == "acme") & (rows["product_id"] == "*")]
        assert len(own) > 1
        assert [words for words in own["text"] if words not in page.text] == []
        assert own["amount"].astype(float).sum() == solved_total(solved, result)


def solved_total(allocation, result) -> float:
    return float(result.target_units[0, 0] * allocation.plan.spec.measures[result.measure].round_to)


def test_every_region_and_the_targets_stand_in_the_page(solved, tmp_path):
    page = written(solved, tmp_path / "report.html")
    result = solved.measures[0]
    for node_id in ("acme", "east", "west"):
        v = solved.labels.node_code[node_id]
        assert f"{result.target_units[v, 0] * 1000:,}" in page.text
    assert solved.plan.input_hash in page.text
    assert "cd" * 32 in page.text
    for rule_id in set(result.rules.loc[result.rules["status"] != "slack", "rule_id"]):
        assert rule_id in page.text


def test_a_number_that_does_not_add_up_is_seen_on_the_page(solved, tmp_path):
    written(solved, tmp_path / "a.html")
    assert 'class="bad"' not in (tmp_path / "a.html").read_text(encoding="utf-8")
    result = solved.measures[0]
    units = result.target_units.copy()
    units[3, 1] += 1
    broken = replace(solved, measures=(replace(result, target_units=units), *solved.measures[1:]))
    page = written(broken, tmp_path / "b.html")
    assert "do not add up at 1 node(s)" in page.text
    assert "steps of 1 target(s) do not add up" in page.text
    assert [attributes.get("class") for tag, attributes in page.tags if tag == "li"].count("bad") >= 2


def test_a_relaxed_rule_and_a_stopped_run_are_said_in_the_summary(tmp_path):
    allocation = allocation_of(plan_of())
    stopped = replace(
        allocation,
        measures=tuple(
            replace(one, evidence={**one.evidence, "unsettled_tiers": [2]}) for one in allocation.measures
        ),
    )
    words = written(stopped, tmp_path / "report.html").text
    assert "1 soft rule row(s) could not be kept in full" in words
    assert "tier(s) 2 may still be improved" in words
    assert "Proved optimal" not in words


def test_the_back_test_has_a_section_only_where_one_was_run(solved, tmp_path):
    assert "Split error" not in written(solved, tmp_path / "a.html").text
    document = backtest(solved.plan, "quarter").as_dict()
    words = written(solved, tmp_path / "b.html", backtest=document).text
    assert "Split error" in words
    assert f"{document['overall']['method']['wape']:.3f}" in words


def test_fairness_and_attainment_are_shown_in_the_words_of_their_files(solved, tmp_path):
    bare = written(solved, tmp_path / "bare.html").text
    for lang in ("en", "zh"):
        write_results(solved, tmp_path / lang, lang, with_workbook=False)
        page = Page((tmp_path / lang / "report.html").read_text(encoding="utf-8"))
        fairness = json.loads((tmp_path / lang / "fairness.json").read_text(encoding="utf-8"))
        attainment = json.loads((tmp_path / lang / "attainment.json").read_text(encoding="utf-8"))
        for measure in solved.plan.spec.measures:
            for test in fairness["measures"][measure]["tests"]:
                assert test["sentence"] in page.text
                assert test["sentence"] not in bare
            company = attainment["measures"][measure]["company"]["probability"]
            assert company is None or f"{company:.0%}" in page.text
        assert "probabilities" in [attributes.get("id") for _, attributes in page.tags]


def test_a_run_with_too_little_history_for_a_back_test_says_so_and_stands(tmp_path, capfd):
    lines = history_text().splitlines()
    history = "\n".join([lines[0], *(line for line in lines[1:] if line >= "2019-06")]) + "\n"
    plan = write_plan(tmp_path / "plan", history=history, commitments=None)
    arguments = ["run", str(plan), "--out", str(tmp_path / "out"), "--backtest", "year", "--no-workbook"]
    yaml = (plan / "plan.yaml").read_text(encoding="utf-8")
    (plan / "plan.yaml").write_text(yaml.replace("{growth: 0.15}", "800"), encoding="utf-8")
    (plan / "rules.csv").unlink()
    assert main(arguments) == 0
    capfd.readouterr()
    words = Page((tmp_path / "out" / "report.html").read_text(encoding="utf-8")).text
    assert "No back-test could be made" in words
    assert "Split error" not in words


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_smallest_company_has_a_page_too(tmp_path, lang):
    org = (("solo", "", "rep", "Solo", {}),)
    plan = plan_of(org=org, products=(("one", "", "One"),), pins=(), commitments=())
    allocation = allocation_of(plan, {"revenue": [0], "profit": [3]})
    measures = tuple(replace(one, rules=one.rules.iloc[:0]) for one in allocation.measures)
    page = written(replace(allocation, measures=measures), tmp_path / "report.html", lang)
    assert "nan" not in re.findall(r"\w+", page.text.lower())


def test_a_thousand_reps_stay_below_three_megabytes(tmp_path):
    allocation = large_company(10, 10, 10, 12, over=0.02)
    written(allocation, tmp_path / "report.html", "zh")
    assert (tmp_path / "report.html").stat().st_size < THREE_MEGABYTES


def test_a_result_folder_holds_the_report_with_the_hash_of_its_tables(tmp_path):
    answer = write_results(allocation_of(plan_of()), tmp_path / "out", "zh", with_workbook=False)
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert answer["result_hash"] in html
    assert "report.html" in answer["files"]
    assert 'lang="zh-CN"' in html


def test_no_number_of_the_page_is_undefined(solved, tmp_path):
    words = re.findall(r"[A-Za-z]+", written(solved, tmp_path / "report.html").text)
    assert not {"nan", "inf", "None", "NaN"} & set(words)
