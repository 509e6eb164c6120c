"""A real result with one thing changed is refused; what is only told stands in the docs."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from allocator.model.labels import label_plan
from allocator.phasing import month_weights
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.results.folder import write_results
from allocator.verification import verify_results
from solver_models.engines.choice import choose_engine
from solver_models.phasing import phase_targets
from tests.allocator.verification.corruptions import CORRUPTIONS, TOLD, rows_of, write_rows
from tests.conftest import PROJECT

RULES = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner"
SOLD = {"a1": (310, 120, 205), "a2": (170, 260, 90), "a3": (95, 140, 330), "b1": (420, 75, 160)}
SEASON = (8, 5, 9, 10, 7, 11, 6, 8, 9, 12, 7, 8)


def write_plan(folder: Path) -> Path:
    """Four reps in two teams of one region, a line of two products and one by itself."""
    folder.mkdir()
    history = [
        f"{year}-{month + 1:02d},{rep},{product},m,{amount * share / 100 * (1 + 0.1 * (year - 2022)):.2f}"
        for rep, amounts in SOLD.items()
        for product, amount in zip(("x", "y", "z"), amounts, strict=True)
        for year in (2022, 2023)
        for month, share in enumerate(SEASON)
    ]
    tables = {
        "plan.yaml": "plan: corrupt\nstart: 2024-01\ncurrency: EUR\nmeasures:\n"
        "  m: {unit: EUR, round_to: 1, total: 2900}\n"
        "baseline: {history: 0.7, potential: 0.2, commitment: 0.1}\n",
        "org.csv": "node_id,parent_id,level,name,start,ramp\nall,,company,All,,\nnorth,all,region,North,,\n"
        "north-a,north,team,A,,\nnorth-b,north,team,B,,\na1,north-a,rep,Ann,,\na2,north-a,rep,Bob,,\n"
        "a3,north-a,rep,Cid,,\nb1,north-b,rep,Dee,,\nb2,north-b,rep,Eve,2024-04-16,0.5/0.8\n",
        "products.csv": "product_id,parent_id,name\nline,,Line\nx,line,X\ny,line,Y\nz,,Z\n",
        "history.csv": "\n".join(["period,node_id,product_id,measure,amount", *history]) + "\n",
        "potential.csv": "node_id,product_id,measure,amount\n"
        "a1,*,m,800\na2,*,m,600\na3,*,m,700\nb1,*,m,500\n",
        "commitments.csv": "node_id,product_id,measure,amount\na1,*,m,700\nb1,*,m,690\n",
        "rules.csv": "\n".join(
            [
                RULES,
                "cap,capacity,m,,north-a,,,1700,,hard,CFO",
                "soft,range,m,,a2,,700,,,1,CFO",
                "soft3,range,m,,a3,,800,,,1,CFO",
                "floor,range,m,,a1,,380,,,hard,CFO",
                "mix,mix,m,team,,z,,0.9,,hard,CFO",
                "fair,fairness,m,rep,,,,0.6,anchor,2,HR",
            ]
        )
        + "\n",
        "pins.csv": "node_id,product_id,measure,amount,reason,owner\nb1,z,m,222,contract,Ann\n",
    }
    for name, content in tables.items():
        (folder / name).write_text(content, "utf-8")
    return folder


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a plan and its result, made once."""
    folder = tmp_path_factory.mktemp("right")
    plan = write_plan(folder / "plan")
    write_results(allocate(read_plan(plan), choose_engine("fast")), folder / "out", "en")
    return plan, folder / "out"


def test_the_result_itself_is_verified(right: tuple[Path, Path]) -> None:
    plan, out = right
    report = verify_results(out, plan)
    assert report.passed, report.text()


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_a_result_with_one_thing_changed_is_refused(
    tmp_path: Path, right: tuple[Path, Path], what: str
) -> None:
    plan, out = right
    changed = Path(shutil.copytree(out, tmp_path / "out"))
    CORRUPTIONS[what](changed)
    assert not verify_results(changed, plan).passed


@pytest.mark.parametrize(
    ("what", "check"),
    [
        ("rounding: not the nearest", "nearest_rounding"),
        ("months: the whole year in December", "month_weights"),
        ("months: a unit a month later", "month_weights"),
        ("cells.csv: all baselines doubled", "baseline"),
        ("cells.csv: a baseline moved to a colleague, with anchors and steps", "baseline"),
        ("explanation.csv: potential -> trend", "explanation.trend"),
        ("explanation.csv: commitment -> potential", "explanation.potential"),
        ("explanation.csv: own_rules -> shared_load", "explanation.own_rules"),
        ("explanation.csv: a step renamed", "explanation.company_growth"),
        ("rules.csv: a missed rule said to be kept", "rule_texts"),
        ("report.html: altered", "file_hashes"),
        ("certificate: a tier's sum", "certificate_numbers"),
        ("certificate: months of products further than a unit", "month_company_products"),
        ("certificate: a frame around a rep", "frame"),
        ("certificate: a frame around a team", "frame_before"),
    ],
)
def test_the_check_that_speaks_of_it_finds_it(
    tmp_path: Path, right: tuple[Path, Path], what: str, check: str
) -> None:
    plan, out = right
    changed = Path(shutil.copytree(out, tmp_path / "out"))
    CORRUPTIONS[what](changed)
    assert check in {one.check for one in verify_results(changed, plan).failures}


@pytest.mark.parametrize("what", TOLD)
def test_what_is_only_told_is_named_in_the_docs(tmp_path: Path, right: tuple[Path, Path], what: str) -> None:
    plan, out = right
    changed = Path(shutil.copytree(out, tmp_path / "out"))
    TOLD[what](changed)
    report = verify_results(changed, plan)
    assert report.passed, report.text()
    assert what in " ".join((PROJECT / "docs/verification.md").read_text("utf-8").split())


def test_months_rounded_cell_by_cell_in_one_phase_are_refused_at_the_nodes(
    tmp_path: Path, right: tuple[Path, Path]
) -> None:
    """Running totals of cells are within half a unit, every sum ties, and yet the company has lumps."""
    plan_folder, right_out = right
    out = Path(shutil.copytree(right_out, tmp_path / "out"))
    plan = read_plan(plan_folder)
    labels = label_plan(plan)
    weights = month_weights(plan, labels, "m")
    unit = float(plan.spec.measures["m"].round_to)
    target = {(row["node_id"], row["product_id"]): float(row["target"]) for row in rows_of(out, "cells")}
    org, products = labels.grid.org, labels.grid.products
    months: dict[tuple[str, str], np.ndarray] = {}
    for r, node in enumerate(org.leaf):
        for p, leaf in enumerate(products.leaf):
            whole = np.array([round(target[labels.node_id[node], labels.leaf_product_id[p]] / unit)])
            split = phase_targets(whole, (weights.rep[r] * weights.product[p])[None])[0]
            for v in ancestors(org.parent, node):
                for q in ancestors(products.parent, leaf):
                    key = labels.node_id[v], labels.product_id[q]
                    months[key] = months.get(key, np.zeros(len(split), np.int64)) + split
    periods = sorted({row["period"] for row in rows_of(out, "targets_monthly")})
    rows = rows_of(out, "targets_monthly")
    for row in rows:
        amount = months[row["node_id"], row["product_id"]][periods.index(row["period"])] * unit
        row["target"] = f"{amount:g}"
    write_rows(out, "targets_monthly", rows)
    failed = {one.check for one in verify_results(out, plan_folder).failures}
    assert "month_weights" not in failed
    assert "months_sum" not in failed
    assert {"month_node_weights", "month_company_products"} & failed


def ancestors(parent: np.ndarray, node: int) -> list[int]:
    path = [int(node)]
    while path[-1] > 0:
        path.append(int(parent[path[-1]]))
    return path
