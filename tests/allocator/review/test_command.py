import json

from service.cli.main import main
from tests.plans import write_plan


def test_the_command_prints_tables_in_both_languages(tmp_path, capfd):
    plan = write_plan(tmp_path / "plan")
    assert main(["review", str(plan)]) == 0
    assert "History review of fy2020" in capfd.readouterr().out
    assert main(["review", str(plan), "--lang", "zh"]) == 0
    out = capfd.readouterr().out
    assert "季节指数" in out
    assert "基尼系数" in out


def test_json_and_page_hold_the_same_review(tmp_path, capfd):
    plan, page = write_plan(tmp_path / "plan"), tmp_path / "review.html"
    assert main(["review", str(plan), "--json", "--out", str(page)]) == 0
    document = json.loads(capfd.readouterr().out)
    assert document["out"] == str(page)
    html = page.read_text(encoding="utf-8")
    amount = document["measures"]["revenue"]["company"]["amount"][-1]
    assert f"{amount:,.0f}" in html
    assert "张伟" in html


def test_an_unfit_name_for_the_page_is_an_input_fault_and_nothing_is_written(tmp_path, capfd):
    plan = write_plan(tmp_path / "plan")
    for bad in (tmp_path / "review.txt", tmp_path / "nowhere" / "review.html"):
        assert main(["review", str(plan), "--out", str(bad)]) == 2
        assert not bad.exists()
    assert "bad-out" not in capfd.readouterr().out
