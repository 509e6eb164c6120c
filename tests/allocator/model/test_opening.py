"""Which cells may move: the contract's sentences as plain loops, the model and the verifier agree on them."""

from itertools import product as pairs
from pathlib import Path

import numpy as np
import pytest

from allocator.anchors.build import build_anchors
from allocator.model.instances import spell_out
from allocator.model.labels import label_plan
from allocator.model.problem import build_problem
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.results.folder import write_results
from allocator.verification import verify_results
from solver_models.engines.base import EngineOptions
from solver_models.engines.choice import choose_engine
from solver_models.failures import ModelInfeasible
from solver_models.solve import solve_model
from tests.allocator.model.company import (
    AT_WORK,
    EFFORT,
    ITEMS,
    LEAVES,
    MARGIN,
    NODES,
    PARENT,
    REPS,
    Cell,
    write,
)


def above(name: str) -> list[str]:
    return [name, *(above(PARENT[name]) if name in PARENT else [])]


def below(node: str, item: str) -> list[Cell]:
    return [(r, p) for r, p in pairs(REPS, LEAVES) if node in above(r) and item in above(p)]


def expected_open(has_anchor: set[Cell], rules: list[str], pins: list[str]) -> set[Cell]:
    """Say by the contract alone which cells may move."""
    floors: list[tuple[str, str, str]] = []
    may = {(r, p) for r, p in pairs(AT_WORK, LEAVES)}
    for kind, node, item, low, high, basis, tier in spelled(rules, pins):
        covered = below(node, item)
        if low and float(low) > 0:
            floors.append((kind, node, item))
        if high and float(high) < 1 and kind in ("range", "pin", "capacity") and tier == "hard":
            column = EFFORT if basis == "effort" else dict.fromkeys(LEAVES, 1)
            if basis != "effort" or float(high) == 0:
                may -= {(r, p) for r, p in covered if column[p] > 0}
        if high and float(high) == 0 and kind == "mix" and tier == "hard":
            may -= set(covered)
        is_link = high and float(high) == 0 and kind == "link" and tier == "hard"
        if is_link and all(MARGIN[p] >= 0 for _, p in covered):
            may -= {(r, p) for r, p in covered if MARGIN[p] > 0}
    anchored = {cell for cell in has_anchor if cell[0] in AT_WORK}
    found = set(anchored)
    for kind, node, item in floors:
        needs = not set(below(node, item)) & anchored & may
        if needs and (kind != "mix" or set(below(node, "*")) & anchored & may):
            found |= {(r, p) for r, p in below(node, item) if r in AT_WORK}
    return found


def spelled(rules: list[str], pins: list[str]) -> list[tuple[str, ...]]:
    found = []
    for rule in rules:
        kind, _, _, node, item, low, high, basis, tier = rule.split(",")
        found.append((kind, node, item or "*", low, high, basis, tier))
    for pin in pins:
        node, item, _, amount, _, _ = pin.split(",")
        found.append(("pin", node, item or "*", amount, amount, "", "hard"))
    return [one for one in found if set(below(one[1], "*")) & set(pairs(AT_WORK, LEAVES))]


def random_rules(rng: np.random.Generator) -> tuple[list[str], list[str]]:
    rules: list[str] = []
    pins: dict[tuple[str, str], str] = {}
    for _ in range(int(rng.integers(2, 8))):
        node, item = str(rng.choice(NODES)), str(rng.choice(ITEMS))
        tier = str(rng.choice(["hard", "hard", "1"]))
        match rng.integers(0, 9):
            case 0 | 1:
                rules.append(f"range,m,,{node},{item},,{rng.choice(['0', '0.9', '400'])},,{tier}")
            case 2 | 3:
                rules.append(f"range,m,,{node},{item},{rng.integers(1, 30)},,,{tier}")
            case 4 if item != "q":
                basis, most = rng.choice(["amount", "effort"]), rng.choice([0, 600])
                rules.append(f"capacity,m,,{node},{item},,{most},{basis},{tier}")
            case 5 if node not in ("c", "h2"):
                pins[node, item] = f"{node},{item},m,{rng.choice([0, 0, 20])},why,me"
            case 6:
                rules.append(f"link,m,,{node},{item},,0,margin,{tier}")
            case 7 if item != "*":
                rules.append(f"mix,m,,{node},{item},,0,,{tier}")
            case 8 if item != "*":
                rules.append(f"mix,m,,{node},{item},0.1,,,{tier}")
    return rules, list(pins.values())


@pytest.mark.parametrize("seed", range(100))
def test_model_and_verifier_open_the_cells_that_the_contract_says(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sells = {cell for cell in pairs(REPS, LEAVES) if rng.random() < 0.4} | {("h1", "q")}
    rules, pins = random_rules(rng)
    folder = write(tmp_path / "plan", sells, rules, pins)
    plan = read_plan(folder)
    labels = label_plan(plan)
    anchors = build_anchors(plan, labels, "m")
    problem = build_problem(plan, labels, "m", anchors, spell_out(plan, labels, "m", anchors))
    cells = [(r, p) for r in labels.rep_id for p in labels.leaf_product_id]
    has_anchor = {cells[k] for k in np.flatnonzero(anchors.anchor > 0)}
    assert {cells[k] for k in problem.cell} == expected_open(has_anchor, rules, pins), (rules, pins)
    try:
        solve_model(problem.model.scaled(), choose_engine("fast"), EngineOptions())
    except ModelInfeasible:
        return
    write_results(allocate(plan, choose_engine("fast")), tmp_path / "out", "en", with_workbook=False)
    report = verify_results(tmp_path / "out", folder)
    judged = {check.check: check for check in report.checks if check.check in ("cell_bounds", "closed_cells")}
    assert len(judged) == 2
    assert all(check.passed for check in judged.values()), (rules, pins, judged)


@pytest.mark.parametrize("tier", ["hard", "1"])
@pytest.mark.parametrize(
    ("ceilings", "pins"),
    [
        (["range,m,,g1,p,,0,,hard"], []),
        (["range,m,,g1,,,0,,hard"], []),
        (["range,m,,g1,l,,0.4,,hard"], []),
        (["growth,m,,g1,p,,-1,,hard"], []),
        (["capacity,m,,g1,,,0,effort,hard"], []),
        (["link,m,,g1,l,,0,margin,hard"], []),
        (["mix,m,,g1,p,,0,,hard"], []),
        ([], ["g1,p,m,0,left,me"]),
        ([], ["g1,,m,0,left,me"]),
    ],
)
def test_a_floor_above_a_ceiling_of_zero_is_met_by_other_cells(
    tmp_path: Path, ceilings: list[str], pins: list[str], tier: str
) -> None:
    sells = {("g1", "p"), ("g2", "q"), ("h1", "p"), ("h1", "q")}
    folder = write(tmp_path / "plan", sells, [*ceilings, f"range,m,,g,p,30,,,{tier}"], pins)
    allocation = allocate(read_plan(folder), choose_engine("fast"))
    units = allocation.measures[0].target_units
    labels = allocation.labels
    at = [labels.node_code[name] for name in ("g1", "g2", "g")]
    assert units[at, labels.product_code["p"]].tolist() == [0, 30, 30]
    write_results(allocation, tmp_path / "out", "en", with_workbook=False)
    report = verify_results(tmp_path / "out", folder)
    assert report.passed, [check.message for check in report.failures]
