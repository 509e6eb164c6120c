import hashlib
import json
from pathlib import Path

import pytest

from allocator.errors import InputFaults
from allocator.results import folder
from allocator.results.certificate import certificate, versions
from allocator.results.folder import write_results
from allocator.results.hashing import hash_named_bytes, result_hash
from allocator.results.matrix import workbook
from allocator.results.standing import later_run, write_diagnosis
from tests.allocator.results.allocations import allocation_of, plan_of
from tests.languages import not_in_both

TABLES = ("cells.csv", "explanation.csv", "prices.csv", "rules.csv", "targets.csv", "targets_monthly.csv")


def contents(path: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()
    }


def test_a_result_folder_holds_every_file_and_nothing_is_left_beside_it(tmp_path):
    out = tmp_path / "deep" / "out"
    answer = write_results(allocation_of(plan_of()), out, "zh")
    others = [
        "attainment.json",
        "certificate.json",
        "fairness.json",
        "matrix.xlsx",
        "names.json",
        "report.html",
        "warnings.json",
    ]
    assert answer["files"] == sorted([*TABLES, *others])
    assert sorted(path.name for path in out.iterdir()) == answer["files"]
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_the_same_allocation_gives_the_same_bytes_in_every_file(tmp_path):
    for name in ("a", "b"):
        write_results(allocation_of(plan_of()), tmp_path / name, "en")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_the_result_hash_is_that_of_the_contract(tmp_path):
    answer = write_results(allocation_of(plan_of()), tmp_path / "out", "en", with_workbook=False)
    digest = hashlib.sha256()
    for name in TABLES:
        content = (tmp_path / "out" / name).read_bytes()
        digest.update(name.encode() + b"\0" + str(len(content)).encode() + b"\0" + content)
    assert answer["result_hash"] == digest.hexdigest() == result_hash(tmp_path / "out")
    written = json.loads((tmp_path / "out" / "certificate.json").read_text("utf-8"))
    assert written["result_hash"] == digest.hexdigest()
    assert not (tmp_path / "out" / "matrix.xlsx").exists()


def test_the_result_hash_sees_every_table_and_only_tables(tmp_path):
    out = tmp_path / "out"
    write_results(allocation_of(plan_of()), out, "en", with_workbook=False)
    before = result_hash(out)
    (out / "note.txt").write_text("mine")
    (out / "certificate.json").write_text("{}")
    assert result_hash(out) == before
    for name in TABLES:
        content = (out / name).read_bytes()
        (out / name).write_bytes(content + b" ")
        assert result_hash(out) != before
        (out / name).write_bytes(content)
    assert result_hash(out) == before


def test_named_bytes_cannot_be_moved_from_one_file_to_the_next():
    hashes = {
        hash_named_bytes([("a", b"xy"), ("b", b"")]),
        hash_named_bytes([("a", b"x"), ("b", b"y")]),
        hash_named_bytes([("a", b"xy")], ["b"]),
        hash_named_bytes([("a", b"xy")]),
        hash_named_bytes([("ab", b"xy")]),
    }
    assert len(hashes) == 5
    assert hash_named_bytes([("b", b"1"), ("a", b"2")]) == hash_named_bytes([("a", b"2"), ("b", b"1")])


def test_the_certificate_says_what_was_run_on_what(tmp_path):
    allocation = allocation_of(plan_of())
    document = certificate(allocation, "ef" * 32, {"names.json": "ab" * 32})
    assert document["status"] == "optimal"
    assert (document["plan"], document["input_hash"], document["result_hash"]) == (
        "fy2020",
        "ab" * 32,
        "ef" * 32,
    )
    assert (document["overrides"], document["engine"]) == (["months=12"], "highs")
    assert document["seconds"] == {"solve": 0.25, "round": 0.125}
    assert set(document["measures"]) == {"revenue", "profit"}
    assert document["measures"]["revenue"]["residuals"] == {"kkt": 1e-12}
    assert {
        "python",
        "numpy",
        "scipy",
        "pandas",
        "highspy",
        "pulp",
        "ortools",
        "python-flint",
        "target-allocator",
    } == set(versions())
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_a_run_that_was_stopped_is_not_called_optimal():
    allocation = allocation_of(plan_of())
    allocation.measures[1].evidence["unsettled_tiers"] = [3]
    assert certificate(allocation, "", {})["status"] == "stopped"


def test_an_earlier_result_is_replaced_as_a_whole(tmp_path):
    out = tmp_path / "out"
    write_results(allocation_of(plan_of()), out, "en")
    write_results(allocation_of(plan_of(spec={"plan": "next"})), out, "en", with_workbook=False)
    assert json.loads((out / "certificate.json").read_text("utf-8"))["plan"] == "next"
    assert not (out / "matrix.xlsx").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_people_laid_beside_a_result_is_kept(tmp_path):
    out = tmp_path / "out"
    write_results(allocation_of(plan_of()), out, "en", with_workbook=False)
    (out / "notes").mkdir()
    (out / "notes" / "meeting.txt").write_text("agreed with W1")
    (out / "my numbers.csv").write_text("1\n")
    (out / "report.html").write_text("of the earlier run")
    write_results(allocation_of(plan_of()), out, "en", with_workbook=False, force=True)
    assert (out / "notes" / "meeting.txt").read_text() == "agreed with W1"
    assert (out / "my numbers.csv").read_text() == "1\n"
    assert (out / "report.html").read_text("utf-8") != "of the earlier run"


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    write_results(allocation_of(plan_of()), tmp_path / "out", "en", with_workbook=False)
    assert (tmp_path / "out" / "certificate.json").exists()


@pytest.mark.parametrize("kind", ["file", "other folder"])
def test_what_is_no_result_is_never_written_over(kind, tmp_path):
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / "plan.yaml").write_text("mine")
    before = contents(tmp_path)
    with pytest.raises(InputFaults) as caught:
        write_results(allocation_of(plan_of()), out, "en")
    assert caught.value.faults[0].code == "not-a-result-folder"
    assert not_in_both(caught.value.faults) == []
    assert contents(tmp_path) == before


@pytest.mark.parametrize("step", ["write_matrix", "write_json", "result_hash"])
def test_a_failure_in_the_middle_leaves_the_earlier_result_untouched(step, tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_results(allocation_of(plan_of()), out, "en")
    before = contents(tmp_path)

    def fails(*args: object, **options: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(workbook if step == "write_matrix" else folder, step, fails)
    with pytest.raises(OSError, match="no space left"):
        write_results(allocation_of(plan_of(spec={"plan": "next"})), out, "en")
    assert contents(tmp_path) == before


def test_a_diagnosis_stands_beside_the_targets_of_the_run_before_and_says_whose_they_are(tmp_path):
    out = tmp_path / "out"
    write_results(allocation_of(plan_of()), out, "en")
    before = contents(out)
    assert later_run(out) is None
    document = write_diagnosis(
        plan_of(spec={"plan": "next"}), {"summary": "计划无法实现", "conflict": []}, out
    )
    after = contents(out)
    assert json.loads(after.pop("diagnosis.json")) == document
    assert after == before
    standing = document["standing"]
    assert (document["plan"], document["input_hash"]) == ("next", "ab" * 32)
    assert (standing["plan"], standing["input_hash"]) == ("fy2020", "ab" * 32)
    assert standing["result_hash"] == result_hash(out)
    assert all("fy2020" in standing["text"][lang] for lang in ("en", "zh"))
    said = later_run(out)
    assert said is not None
    assert "next" in said
    assert "fy2020" in said
    write_results(allocation_of(plan_of()), out, "en")
    assert contents(out) == before
    assert later_run(out) is None


def test_a_diagnosis_alone_speaks_of_no_targets(tmp_path):
    document = write_diagnosis(plan_of(), {"summary": "no"}, tmp_path / "deep" / "out")
    assert document["standing"] is None
    assert [path.name for path in (tmp_path / "deep" / "out").iterdir()] == ["diagnosis.json"]
    assert later_run(tmp_path / "deep" / "out") is None


def test_the_folder_can_be_named_relative_to_where_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_results(allocation_of(plan_of()), Path("out"), "en", with_workbook=False)
    assert (tmp_path / "out" / "targets.csv").exists()
