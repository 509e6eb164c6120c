"""Two programs that share no code make the same baselines and anchors of the same plan."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from allocator.anchors.build import build_anchors
from allocator.errors import InputFaults
from allocator.model.labels import label_plan
from allocator.plan.reading import read_plan
from allocator.verification.baseline.blend import baseline_of
from allocator.verification.company import found_company
from allocator.verification.measure_result import MeasureResult
from allocator.verification.plan_files import plan_source, read_plan_files
from tests.nasty_plans import nasty_plan
from tests.random_plans import write_random_plan
from tests.soft_plans import write_soft_plan

WRITERS: dict[str, Callable[[Path, int], Path]] = {
    "random": write_random_plan,
    "soft": write_soft_plan,
    "nasty": lambda folder, seed: nasty_plan(seed).write(folder),
}


def largest_difference(folder: Path) -> float:
    """Compare history, baseline and anchor of every cell, relative to the amount or the unit."""
    plan = read_plan(folder)
    labels, company = label_plan(plan), found_company(read_plan_files(plan_source(folder), []))
    worst = 0.0
    for measure, spec in plan.spec.measures.items():
        anchors = build_anchors(plan, labels, measure)
        totals = anchors.totals
        stated = np.where(totals.product_lower == totals.product_upper, totals.product_lower, -1)
        stated[0] = totals.company
        result = cast(MeasureResult, SimpleNamespace(measure=measure, units=stated[None, :]))
        found = baseline_of(company, result)
        pairs: list[tuple[Any, Any]] = [
            (found.source[0], anchors.history),
            (found.cells, anchors.baseline),
            (found.cells * found.totals.growth(found.cells), anchors.anchor),
        ]
        for one, other in pairs:
            size = np.maximum(other, float(spec.round_to))
            worst = max(worst, float((np.abs(one.ravel() - other) / size).max()))
    return worst


@pytest.mark.parametrize("kind", WRITERS)
def test_baselines_and_anchors_are_those_of_the_pipeline(tmp_path: Path, kind: str) -> None:
    count = 0
    for seed in range(1, 61):
        folder = WRITERS[kind](tmp_path / f"{seed}", seed)
        try:
            difference = largest_difference(folder)
        except InputFaults:
            continue
        assert difference <= 1e-9, seed
        count += 1
    assert count >= 50


def test_the_worked_example_of_the_page_has_its_numbers(tmp_path: Path) -> None:
    sold = {"ann": (400_000, 480_000), "bob": (300_000, 330_000), "cid": (200_000, 190_000)}
    history = [
        f"{2018 + k}-{month:02d},{rep},bikes,sales,{amount / 12!r}"
        for rep, amounts in sold.items()
        for k, amount in enumerate(amounts)
        for month in range(1, 13)
    ]
    tables = {
        "plan.yaml": "plan: example\nstart: 2020-01\nmeasures:\n  sales: {unit: EUR, total: 1300000}\n"
        "baseline: {history: 0.6, potential: 0.2, commitment: 0.2}\n",
        "org.csv": "node_id,parent_id,level,start,ramp\nco,,company,,\n"
        "ann,co,rep,,\nbob,co,rep,,\ncid,co,rep,,\ndee,co,rep,2020-04-01,0/0.5\n",
        "products.csv": "product_id,parent_id\nbikes,\n",
        "history.csv": "\n".join(["period,node_id,product_id,measure,amount", *history]),
        "potential.csv": "node_id,product_id,measure,amount\n"
        "ann,*,sales,900000\nbob,*,sales,900000\ncid,*,sales,500000\n",
        "commitments.csv": "node_id,product_id,measure,amount,period,actual\n"
        "ann,,sales,500000,,\nbob,,sales,420000,,\n"
        "ann,,sales,350000,2018,400000\nann,,sales,440000,2019,480000\n"
        "bob,,sales,320000,2018,300000\nbob,,sales,345000,2019,330000\n",
    }
    for name, text in tables.items():
        (tmp_path / name).write_text(text, "utf-8")
    company = found_company(read_plan_files(plan_source(tmp_path), []))
    result = SimpleNamespace(measure="sales", units=np.array([[1_300_000, -1]]))
    found = baseline_of(company, cast(MeasureResult, result))
    printed = [
        [468_148, 331_111, 200_741, 206_944],
        [391_304, 391_304, 217_391, 0],
        [517_319, 369_975, 0, 0],
    ]
    np.testing.assert_array_equal(np.round(found.source[:, :, 0]), printed)
    np.testing.assert_array_equal(np.round(found.cells[:, 0]), [462_614, 350_923, 204_903, 206_944])
