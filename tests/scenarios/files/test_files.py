"""Scenario and sweep files: what they may say, and every fault at once."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.errors import InputFaults
from scenarios.files.scenario_file import read_scenario
from scenarios.files.sweep_file import read_sweep
from scenarios.files.values import axis_values, value_count

GROWTH = "{kind: scale_total, measure: revenue, factor: 1.1}"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def codes(error: InputFaults) -> list[tuple[str, str]]:
    return [(fault.column, fault.code) for fault in error.faults]


def test_a_scenario_stands_on_its_parents_and_the_oldest_comes_first(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", f"name: a\nchanges: [{GROWTH}]\n")
    write(tmp_path, "b.json", '{"parent": "a.yaml", "changes": [{"kind": "drop_rule", "rule_id": "007"}]}')
    chain = read_scenario(write(tmp_path, "c.yaml", "parent: b.json\nnote: the third\n"))
    assert [Path(scenario.name).name for scenario in chain] == ["a.yaml", "b.json", "c.yaml"]
    assert [change.kind for scenario in chain for change in scenario.changes] == ["scale_total", "drop_rule"]
    assert chain[1].changes[0].model_dump()["rule_id"] == "007"


def test_a_circle_of_parents_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "parent: b.yaml\n")
    write(tmp_path, "b.yaml", "parent: c.yaml\n")
    with pytest.raises(InputFaults, match=r"circle: a.yaml -> b.yaml -> c.yaml -> a.yaml"):
        read_scenario(write(tmp_path, "c.yaml", "parent: a.yaml\n").with_name("a.yaml"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("changes: [", "yaml-syntax"),
        ("changes: [{kind: drop_rule, rule_id: a}]\nchanges: []\n", "duplicate-key"),
        ("chnges: []\n", "unknown-key"),
        ("changes: {kind: drop_rule}\n", "wrong-shape"),
        ("a: &x 1\nb: *x\n", "yaml-syntax"),
        ("- 1\n", "not-a-scenario"),
        ("name: base\n", "reserved-name"),
        ("parent: nobody\n", "unknown-parent"),
        ("parent: gone.yaml\n", "no-such-file"),
        ("changes: [{kind: drop_rul, rule_id: a}]\n", "unknown-kind"),
    ],
)
def test_what_is_wrong_with_a_scenario_file_is_told(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(InputFaults) as caught:
        read_scenario(write(tmp_path, "s.yaml", text))
    assert code in [fault.code for fault in caught.value.faults]


def test_a_sweep_counts_its_runs_before_it_spells_them_out(tmp_path: Path) -> None:
    text = f"""
scenarios:
  - {{name: one, changes: [{GROWTH}]}}
  - {{name: two, parent: one}}
grid: {{total: -10%..+15% step 1%, fairness: [0.05, 0.1, none]}}
monte_carlo: {{runs: 7, growth: {{sd: 0.1}}}}
"""
    sweep = read_sweep(write(tmp_path, "s.yaml", text))
    assert sweep.run_count == 1 + 2 + 2 * 26 * 3 + 2 * 7
    assert [axis.values[0] for axis in sweep.axes] == [Decimal("-0.1"), Decimal("0.05")]
    assert [scenario.name for scenario in sweep.chains[1]] == ["one", "two"]


def test_a_grid_of_a_million_runs_is_refused_at_once(tmp_path: Path) -> None:
    axes = "total: 0..1 step 0.001, hedge: 0..1 step 0.001, x: {kind: set, vary: value, values: [1, 2]}"
    text = f"grid: {{{axes}}}\n"
    with pytest.raises(InputFaults) as caught:
        read_sweep(write(tmp_path, "s.yaml", text))
    assert codes(caught.value) == [("grid", "too-many-runs")]
    assert "2,004,002 runs" in caught.value.faults[0].message


def test_every_fault_of_a_sweep_file_is_told_at_once(tmp_path: Path) -> None:
    text = """
scenarios:
  - {name: a, parent: b}
  - {name: b, parent: a}
  - {name: c, parent: aa}
  - {name: c, changes: [{kind: hires}]}
gird: {}
grid: {total: 5..1 step 1}
monte_carlo: {runs: 0}
baseline: d
acceptance: [ginni <= 1, gini < 2]
"""
    with pytest.raises(InputFaults) as caught:
        read_sweep(write(tmp_path, "s.yaml", text))
    assert {fault.code for fault in caught.value.faults} == {
        "cycle",
        "unknown-parent",
        "duplicate-name",
        "unknown-kind",
        "unknown-key",
        "bad-axis",
        "bad-value",
        "unknown-scenario",
        "unknown-kpi",
        "bad-acceptance",
    }


@given(st.integers(-50, 50), st.integers(0, 40), st.integers(1, 20))
def test_a_range_holds_every_step_from_its_first_to_its_last_number(low: int, steps: int, step: int) -> None:
    text = f"{low}%..{low + steps * step}% step {step}%"
    values = axis_values(text)
    assert values == tuple(Decimal(low + k * step) / 100 for k in range(steps + 1))
    assert value_count(text) == len(values)


@pytest.mark.parametrize("written", ["1..2", "2..1 step 1", "0..1 step 0", [], None, {"a": "1"}, ["1", "1"]])
def test_what_is_no_axis_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="write|empty|twice|value"):
        axis_values(written)
