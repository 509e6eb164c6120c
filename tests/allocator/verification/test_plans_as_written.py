"""The auditor's own reader: encodings, workbooks, overrides, blanks; trees and sums against plain loops."""

import datetime
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from allocator.verification import verify_results
from allocator.verification.plan_files import UnreadablePlan, read_plan_files
from allocator.verification.trees import plant
from tests.allocator.verification.companies import capacity_binds, growth_level, range_line
from tests.allocator.verification.tampering import certificate
from tests.allocator.verification.tiny import PLAN_TABLES, digest, holds, write_plan, write_result


def recertify_plan(out: Path, plan: Path, overrides: list[str] | None = None) -> None:
    """Certify the plan as it is now."""
    names = [name for name in ("plan.yaml", *(f"{t}.csv" for t in PLAN_TABLES)) if (plan / name).exists()]
    files = (
        {"plan.xlsx": plan.read_bytes()} if plan.is_file() else {n: (plan / n).read_bytes() for n in names}
    )
    certificate(out, input_hash=digest(files, overrides or []), overrides=overrides or [])


def as_workbook(plan: Path, path: Path) -> Path:
    """Write the plan folder of the tiny company as a workbook with typed cells."""
    book = Workbook()
    sheet = book.active
    sheet.title = "plan"
    rows = [
        ("key", "value"),
        ("plan", "tiny"),
        ("start", datetime.date(2019, 7, 1)),
        ("measures.revenue.unit", "USD"),
        ("seasonality", "even"),
    ]
    for row in [*rows, ("measures.revenue.round_to", 1), ("measures.revenue.total", 1188.0)]:
        sheet.append(row)
    for table in ("org", "products", "history", "rules"):
        sheet = book.create_sheet(f"{table}.csv" if table == "org" else table)
        for k, line in enumerate((plan / f"{table}.csv").read_text("utf-8").splitlines()):
            sheet.append([_typed(cell) if k else cell for cell in line.split(",")])
            if table == "history" and k:
                sheet.cell(k + 1, 1).value = datetime.datetime(2019, 3, 1)
    book.save(path)
    return path


def _typed(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell or None


def test_a_workbook_is_the_same_plan(tmp_path):
    tiny = growth_level()
    plan = write_plan(tiny, tmp_path / "plan")
    out = write_result(tiny, tmp_path / "out", plan)
    book = as_workbook(plan, tmp_path / "any name.xlsx")
    recertify_plan(out, book)
    report = verify_results(out, book)
    assert holds(report), report.text()


def test_a_plan_in_parquet_is_the_same_plan(tmp_path):
    tiny = growth_level()
    plan = write_plan(tiny, tmp_path / "plan")
    out = write_result(tiny, tmp_path / "out", plan)
    files = {"plan.yaml": (plan / "plan.yaml").read_bytes()}
    for path in sorted(plan.glob("*.csv")):
        lines = [line.split(",") for line in path.read_text("utf-8").splitlines()]
        columns = [pa.array([_typed(line[at]) for line in lines[1:]]) for at in range(len(lines[0]))]
        if path.name == "history.csv":
            columns[0] = pa.array([datetime.date(2019, 3, 1)] * (len(lines) - 1))
        pq.write_table(pa.Table.from_arrays(columns, names=lines[0]), path.with_suffix(".parquet"))
        files[f"{path.stem}.parquet"] = path.with_suffix(".parquet").read_bytes()
        path.unlink()
    certificate(out, input_hash=digest(files, []), overrides=[])
    report = verify_results(out, plan)
    assert holds(report), report.text()
    (plan / "history.parquet").write_bytes(b"PAR1")
    assert verify_results(out, plan).failures[0].check == "input_hash"
    certificate(out, input_hash=digest(files | {"history.parquet": b"PAR1"}, []), overrides=[])
    with pytest.raises(UnreadablePlan):
        read_plan_files(files | {"history.parquet": b"PAR1"}, [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gbk"])
def test_encodings_and_stray_blanks_do_not_matter(tmp_path, encoding):
    tiny = growth_level()
    plan = write_plan(tiny, tmp_path / "plan")
    out = write_result(tiny, tmp_path / "out", plan)
    for table in ("org", "rules", "history"):
        text = (
            (plan / f"{table}.csv")
            .read_text("utf-8")
            .replace(",East,", ",华东大区\u3000,")
            .replace("\n", "\r\n")
        )
        text = text.replace("east,", " east\u00a0,").replace(",east", ",east\u3000") + "\r\n"
        (plan / f"{table}.csv").write_bytes(text.replace("\u00a0", " ").encode(encoding))
    if encoding == "gbk":
        settings_text = (plan / "plan.yaml").read_text("utf-8")
        (plan / "plan.yaml").write_text(settings_text + "encoding: gbk\n", "utf-8")
    recertify_plan(out, plan)
    report = verify_results(out, plan)
    assert holds(report), report.text()


def test_overrides_of_the_certificate_are_part_of_the_plan(tmp_path):
    tiny = capacity_binds()
    plan = write_plan(tiny, tmp_path / "plan")
    out = write_result(tiny, tmp_path / "out", plan)
    for name, text in (("rules.csv", ",150,"), ("plan.yaml", "total: 1188")):
        written = (plan / name).read_text("utf-8")
        assert text in written
        (plan / name).write_text(
            written.replace(text, ",9,"[: len(text)] if "rules" in name else "total: 7"), "utf-8"
        )
    overrides = ["rules.cap.max=150", "measures.revenue.total=1188", "over_assignment.team=0.25"]
    recertify_plan(out, plan, overrides)
    report = verify_results(out, plan)
    assert holds(report), report.text()
    recertify_plan(out, plan, overrides[:1])
    failed = {check.check for check in verify_results(out, plan).failures}
    assert "company_total" in failed
    assert "rule_texts" not in failed


@pytest.mark.parametrize("override", ["months", "rules.none.max=1", "rules.cap.width=1"])
def test_an_override_that_names_nothing_is_reported(tmp_path, override):
    tiny = capacity_binds()
    plan = write_plan(tiny, tmp_path / "plan")
    out = write_result(tiny, tmp_path / "out", plan)
    recertify_plan(out, plan, [override])
    failures = verify_results(out, plan).failures
    assert failures[0].check == "input_hash"
    assert "override" in failures[0].message or "cannot be" in failures[0].message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.yaml", b"- a list"),
        ("plan.yaml", b"plan: [unclosed"),
        ("plan.yaml", b"plan: tiny\nstart: soon\nmeasures: {revenue: {total: 1}}\n"),
        ("plan.yaml", b"plan: tiny\nstart: 2019-07\n"),
        ("org.csv", b"node_id,parent_id,level\na,b,x\nb,a,x\n"),
        ("org.csv", b"who\nme\n"),
        ("org.csv", b"\xff\xff\xff"),
        ("products.csv", b""),
    ],
)
def test_a_certified_plan_that_cannot_be_read_is_reported(tmp_path, name, content):
    tiny = range_line()
    plan = write_plan(tiny, tmp_path / "plan")
    out = write_result(tiny, tmp_path / "out", plan)
    (plan / name).write_bytes(content)
    recertify_plan(out, plan)
    failures = verify_results(out, plan).failures
    assert failures[0].check == "input_hash"
    assert "plan" in failures[0].message


def test_bytes_that_are_no_workbook_are_refused():
    with pytest.raises(UnreadablePlan, match="workbook"):
        read_plan_files({"plan.xlsx": b"no zip"}, [])


@settings(deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=25), st.integers(0, 2**32 - 1))
def test_sums_over_a_tree_equal_plain_loops_and_their_transpose(choices, seed):
    ids = [f"n{k}" for k in range(len(choices) + 1)]
    parents = ["", *(ids[choice % (k + 1)] for k, choice in enumerate(choices))]
    order = np.random.default_rng(seed).permutation(len(ids))
    tree = plant([ids[k] for k in order], [parents[k] for k in order])
    up = dict(zip(ids, parents, strict=True))

    def above(node: str) -> list[str]:
        return [node, *(above(up[node]) if up[node] else [])]

    leaves = [tree.ids[v] for v in tree.leaves]
    values = np.random.default_rng(seed).integers(-9, 9, len(leaves))
    expected = [sum(x for leaf, x in zip(leaves, values, strict=True) if v in above(leaf)) for v in tree.ids]
    assert tree.sum_leaves(values).tolist() == expected
    prices = np.random.default_rng(seed).normal(size=len(ids))
    assert np.isclose(tree.sum_ancestors(prices) @ values, prices @ tree.sum_leaves(values))
    children = [sum(x for w, x in zip(tree.ids, expected, strict=True) if up[w] == v) for v in tree.ids]
    assert tree.sum_children(np.array(expected)).tolist() == children


def test_a_stray_file_beside_the_result_changes_nothing(tmp_path):
    tiny = range_line()
    plan = write_plan(tiny, tmp_path / "plan")
    out = write_result(tiny, tmp_path / "out", plan)
    (out / "notes.csv").write_text("mine\n", "utf-8")
    shutil.copy(plan / "rules.csv", plan / "old rules.csv")
    assert holds(verify_results(out, plan))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NO: 1", {"NO": 1}),
        ("010: 0.5", {"010": 0.5}),
        ("a: yes", {"a": "yes"}),
        ("a: 1:30", {"a": "1:30"}),
        ("a: 2019-07-01", {"a": "2019-07-01"}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: {b: 1e6, 1.5: true, n: null}", {"a": {"b": 1e6, "1.5": True, "n": None}}),
    ],
)
def test_settings_are_yaml_1_2_and_keys_are_what_is_written(text, expected):
    files = {"plan.yaml": f"plan: t\n{text}\n".encode()}
    assert read_plan_files(files, []).settings == {"plan": "t"} | expected


def test_a_pin_is_overridden_by_measure_node_and_product():
    pins = b"node_id,product_id,measure,amount\nn.1,,m,5\nn.1,p,m,6\n"
    files = {"plan.yaml": b"plan: t\n", "pins.csv": pins}
    found = read_plan_files(files, ["pins.m.n.1.*.amount=7", "pins.m.n.1.p.amount=8"])
    assert found.tables["pins"]["amount"].tolist() == ["7", "8"]
    with pytest.raises(UnreadablePlan):
        read_plan_files(files, ["pins.m.n.2.p.amount=8"])
