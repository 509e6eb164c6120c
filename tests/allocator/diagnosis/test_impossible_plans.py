"""Impossible plans, one per kind of contradiction: who is named, by how much, and do the repairs work."""

from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from allocator.anchors.build import build_anchors
from allocator.diagnosis.conflict import find_conflict, only_rules
from allocator.diagnosis.diagnose import diagnose, diagnosis_text
from allocator.diagnosis.numbers import numbers_of
from allocator.diagnosis.row_names import name_rows
from allocator.errors import InfeasiblePlan
from allocator.model.instances import spell_out
from allocator.model.labels import label_plan
from allocator.model.problem import MeasureProblem, build_problem
from allocator.pipeline import allocate
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from solver_models.engines.base import EngineError
from solver_models.engines.highs import HighsEngine
from solver_models.infeasibility import can_hold, feasibility_program

ORG = """\
node_id,parent_id,level,name,peer_group
acme,,company,Acme,
east,acme,region,East,
west,acme,region,West,
e1,east,rep,Eva,
e2,east,rep,Emil,
w1,west,rep,Wu,
w2,west,rep,Wanda,
"""
PRODUCTS = """\
product_id,parent_id,name,margin,effort
bikes,,Bikes,,
road,bikes,Road,0.2,0.5
city,bikes,City,0.4,1.0
gloves,,Gloves,0.5,2.0
"""
RULES = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner"
HISTORY = {"e1": 100, "e2": 200, "w1": 300, "w2": 400}
SHARE = {"road": 0.5, "city": 0.3, "gloves": 0.2}


@dataclass(frozen=True)
class Case:
    """An impossible plan: what is written and what must be found."""

    name: str
    rules: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    conflict: frozenset[str] = frozenset()
    short_by: float | None = None
    total: int = 1000
    product_totals: str = ""
    over: str = ""
    commitments: tuple[str, ...] = ()


def case(name: str, *rules: str, conflict: str, **more: object) -> Case:
    return Case(name, rules, conflict=frozenset(conflict.split("|")), **more)  # type: ignore[arg-type]


CASES = [
    case(
        "regions ask for more than the total", "r,range,,region,,,520,,,,CFO", conflict="r|total", short_by=40
    ),
    case(
        "regions are capped below the total",
        "r,capacity,,region,,,,450,,,CFO",
        conflict="r|total",
        short_by=100,
    ),
    case(
        "reps ask for more than their region may have",
        "a,range,,,e1,,300,,,,A",
        "b,range,,,e2,,250,,,,B",
        "cap,capacity,,,east,,,500,,,C",
        conflict="a|b|cap",
        short_by=50,
    ),
    case(
        "a region asks for more than its reps can carry",
        "low,range,,,east,,600,,,,A",
        "cap,capacity,,rep,,,,250,,,B",
        conflict="low|cap",
        short_by=100,
        total=900,
    ),
    case(
        "a node's floor lies above its own ceiling",
        "low,range,,,east,,400,,,,A",
        "cap,capacity,,,east,,,350,,,B",
        conflict="low|cap",
        short_by=50,
    ),
    case(
        "products of a rep ask for more than the rep may have",
        "a,range,,,w1,road,200,,,,A",
        "b,range,,,w1,gloves,150,,,,B",
        "cap,capacity,,,w1,,,300,,,C",
        conflict="a|b|cap",
        short_by=50,
    ),
    case(
        "a line asks for more than its products may have",
        "low,range,,,acme,bikes,700,,,,A",
        "a,capacity,,,acme,road,,400,,,B",
        "b,capacity,,,acme,city,,250,,,C",
        conflict="low|a|b",
        short_by=50,
    ),
    case(
        "regions' floors exceed the caps of the products",
        "low,range,,region,,,300,,,,A",
        "a,capacity,,,acme,road,,250,,,B",
        "b,capacity,,,acme,city,,180,,,C",
        "c,capacity,,,acme,gloves,,160,,,D",
        conflict="total|a|b|c",
        short_by=10,
        total=600,
    ),
    case("growth floors exceed the total", "g,growth,,rep,,,0.1,,,,Sales", conflict="g|total", short_by=100),
    case(
        "growth ceilings stay below the total",
        "g,growth,,region,,,,0.1,,,Sales",
        conflict="g|total",
        short_by=100,
        total=1200,
    ),
    case(
        "a growth floor meets a ceiling on the region",
        "g,growth,,rep,,,0.2,,,,A",
        "cap,capacity,,,west,,,800,,,B",
        conflict="g|cap",
        short_by=40,
        total=1250,
    ),
    case(
        "a pin exceeds the cap of its rep",
        "cap,capacity,,,e1,,,150,,,HR",
        pins=("e1,,200,signed,Eva",),
        conflict="cap|pin e1 *",
        short_by=50,
    ),
    case(
        "pins exceed the cap above them",
        "cap,capacity,,,east,,,400,,,Boss",
        pins=("e1,,200,s,Eva", "e2,,250,s,Emil"),
        conflict="pin e1 *|pin e2 *|cap",
        short_by=50,
    ),
    case(
        "two pins on products exceed the pin of the rep",
        pins=("e1,road,150,s,A", "e1,city,80,s,B", "e1,,200,s,C"),
        conflict="pin e1 road|pin e1 city|pin e1 *",
        short_by=30,
    ),
    case(
        "a pin and a cap miss the total",
        "cap,capacity,,,west,,,600,,,B",
        pins=("east,,300,s,A",),
        conflict="pin east *|cap|total",
        short_by=100,
    ),
    case(
        "a product total cannot be carried",
        "cap,capacity,,rep,,gloves,,40,,,HR",
        conflict="cap|product_total gloves",
        short_by=40,
        product_totals="gloves: 200",
    ),
    case(
        "a product's floors exceed its total",
        "low,range,,region,,gloves,120,,,,PM",
        conflict="low|product_total gloves",
        short_by=40,
        product_totals="gloves: {max: 200}",
    ),
    case(
        "a link asks for more margin than the products have",
        "m,link,,,acme,,520,,margin,,CFO",
        conflict="m|total",
    ),
    case(
        "a link of a region cannot be met within its cap",
        "m,link,,,east,,200,,margin,,CFO",
        "cap,capacity,,,east,,,300,,,HR",
        conflict="m|cap",
    ),
    case(
        "hours are not enough for the floor",
        "h,capacity,,,east,,,100,effort,,HR",
        "low,range,,,east,,300,,,,CFO",
        conflict="h|low",
    ),
    case(
        "hours are not enough for a product",
        "h,capacity,,,e2,,,100,effort,,HR",
        "low,range,,,e2,gloves,80,,,,PM",
        conflict="h|low",
    ),
    case(
        "shares of a mix exceed the whole",
        "a,mix,,,east,road,0.6,,,,A",
        "b,mix,,,east,gloves,0.5,,,,B",
        "low,range,,,east,,100,,,,C",
        conflict="a|b|low",
    ),
    case(
        "a mix cannot hold within a cap",
        "a,mix,,,w2,gloves,0.5,,,,A",
        "low,range,,,w2,,300,,,,B",
        "cap,capacity,,,w2,gloves,,100,,,C",
        conflict="a|low|cap",
    ),
    case(
        "fairness meets a pin",
        "f,fairness,,rep,,,,0.05,,,HR",
        pins=("e1,,200,s,Eva",),
        conflict="f|pin e1 *|total",
    ),
    case(
        "fairness meets a floor",
        "f,fairness,,rep,,,,0.1,,,HR",
        "low,range,,,e1,,180,,,,Boss",
        conflict="f|low|total",
    ),
    case(
        "fairness with two sides meets a cap",
        "f,fairness,,rep,,,-0.02,0.3,,,HR",
        "cap,capacity,,,w2,,,300,,,HR2",
        conflict="f|cap|total",
    ),
    case(
        "commitments bound below what the total needs",
        "c,commitment,,rep,,,,1.1,,,Sales",
        conflict="c|total",
        short_by=120,
        commitments=("e1,*,100", "e2,*,150", "w1,*,250", "w2,*,300"),
    ),
    case(
        "commitments ask for more than the cap of a region",
        "c,commitment,,rep,,,1,,,,Sales",
        "cap,capacity,,,west,,,500,,,CFO",
        conflict="c|cap",
        short_by=50,
        commitments=("w1,*,250", "w2,*,300"),
    ),
    case(
        "with over-assignment the reps' floors are shared out",
        "low,range,,rep,,,330,,,,A",
        conflict="low|total",
        short_by=200,
        over="rep: 0.1",
    ),
    case(
        "with over-assignment the reps' caps count less",
        "cap,capacity,,rep,,,,220,,,A",
        conflict="cap|total",
        short_by=200,
        over="rep: 0.1",
    ),
]


def write(folder: Path, given: Case) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plan.yaml").write_text(
        f"plan: p\nstart: 2020-01\nmeasures: {{m: {{unit: USD, total: {given.total}}}}}\n"
        f"product_totals: {{m: {{{given.product_totals}}}}}\nover_assignment: {{{given.over}}}\n"
        "baseline: {history: 1}\nseasonality: even\n",
        "utf-8",
    )
    history = [f"2019-06,{rep},{p},m,{size * s}" for rep, size in HISTORY.items() for p, s in SHARE.items()]
    pins = [
        f"{place[0]},{place[1]},m,{','.join(place[2:])}" for place in (pin.split(",") for pin in given.pins)
    ]
    rules = [rule.replace(",,", ",m,", 1) for rule in given.rules]
    commitments = [f"{row.rsplit(',', 1)[0]},m,{row.rsplit(',', 1)[1]}" for row in given.commitments]
    for name, head, lines in (
        ("org", "", ORG.splitlines()),
        ("products", "", PRODUCTS.splitlines()),
        ("history", "period,node_id,product_id,measure,amount", history),
        ("rules", RULES, rules),
        ("pins", "node_id,product_id,measure,amount,reason,owner", pins),
        ("commitments", "node_id,product_id,measure,amount", commitments),
    ):
        (folder / f"{name}.csv").write_text("\n".join([*([head] if head else []), *lines]) + "\n", "utf-8")
    return folder


@cache
def diagnosed(folder: Path) -> dict[str, object]:
    """Diagnosis of a plan folder; one folder is diagnosed once."""
    with pytest.raises(InfeasiblePlan) as error:
        allocate(read_plan(folder), HighsEngine())
    return error.value.diagnosis


def problem_of(plan: Plan) -> MeasureProblem:
    labels = label_plan(plan)
    anchors = build_anchors(plan, labels, "m")
    return build_problem(plan, labels, "m", anchors, spell_out(plan, labels, "m", anchors))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    top = tmp_path_factory.mktemp("plans")
    return {given.name: write(top / str(number), given) for number, given in enumerate(CASES)}


@pytest.mark.parametrize("given", CASES, ids=lambda given: given.name)
def test_the_rules_that_cannot_hold_together_are_named_with_what_is_missing(folders, given):
    diagnosis = diagnosed(folders[given.name])
    assert set(diagnosis["minimal_conflict"]) == given.conflict
    assert {member["name"] for member in diagnosis["conflict"]} >= given.conflict
    assert diagnosis["short_by"] > 0
    if given.short_by is not None:
        assert diagnosis["short_by"] == pytest.approx(given.short_by)
    for lang in ("en", "zh"):
        words = diagnosis_text(diagnosis, lang)
        assert all(name in words for name in given.conflict)


@pytest.mark.parametrize("given", CASES, ids=lambda given: given.name)
def test_every_smaller_set_of_the_minimal_conflict_can_hold(folders, given):
    plan = read_plan(folders[given.name])
    labels, problem = label_plan(plan), problem_of(plan)
    names, program = name_rows(labels, problem), feasibility_program(problem.model.scaled())
    minimal = find_conflict(labels, problem).minimal
    assert not can_hold(only_rules(program, names, set(minimal)))
    for left in combinations(minimal, len(minimal) - 1):
        assert can_hold(only_rules(program, names, set(left))), f"{left} alone cannot hold either"


@pytest.mark.parametrize("given", CASES, ids=lambda given: given.name)
def test_at_least_two_repairs_are_offered_and_each_makes_the_plan_possible(folders, given):
    folder = folders[given.name]
    repairs = diagnosed(folder)["repairs"]
    assert len(repairs) >= 2
    for number, repair in enumerate(repairs):
        plan = read_plan(folder, [f"{change['path']}={change['new']}" for change in repair["changes"]])
        assert can_hold(feasibility_program(problem_of(plan).model.scaled())), repair["text"]["en"]
        if number == 0:
            assert allocate(plan, HighsEngine()).status == "optimal"


def test_a_repair_that_moves_a_pin_is_written_as_a_path_that_set_takes(folders):
    given = next(one for one in CASES if one.name == "a pin exceeds the cap of its rep")
    repairs = diagnosed(folders[given.name])["repairs"]
    moved = [c for repair in repairs for c in repair["changes"] if c["path"].startswith("pins.")]
    assert moved
    assert {change["path"] for change in moved} == {"pins.m.e1.*.amount"}
    assert {(change["old"], change["owner"]) for change in moved} == {("200", "Eva")}


@pytest.mark.parametrize("given", CASES[::3], ids=lambda given: given.name)
def test_soft_rules_never_make_a_plan_impossible(tmp_path, given):
    softened = [",".join([*rule.split(",")[:9], "1", rule.split(",")[10]]) for rule in given.rules]
    folder = write(tmp_path / "plan", replace(given, rules=tuple(softened), pins=(), product_totals=""))
    assert allocate(read_plan(folder), HighsEngine()).status == "optimal"


TREE = [given for given in CASES if given.short_by is not None]


@pytest.mark.parametrize("given", TREE, ids=lambda given: given.name)
def test_a_contradiction_on_the_trees_is_named_without_a_solver(folders, monkeypatch, given):
    plan = read_plan(folders[given.name])
    monkeypatch.setattr(
        "allocator.diagnosis.conflict.farkas_proof", lambda program: pytest.fail("a solver ran")
    )
    conflict = find_conflict(label_plan(plan), problem_of(plan))
    assert conflict.at is not None
    assert conflict.least - conflict.most == pytest.approx(given.short_by)


def test_a_cell_whose_floor_lies_above_its_ceiling_is_named(tmp_path):
    rules = ("low,range,,,e1,road,90,,,,A", "cap,capacity,,,e1,road,,60,,,B")
    plan = read_plan(write(tmp_path / "plan", Case("", rules)))
    diagnosis = diagnose(plan, label_plan(plan), "m", problem_of(plan))
    assert diagnosis["minimal_conflict"] == ["low", "cap"]
    assert diagnosis["contradiction_at"] == {"node_id": "e1", "product_id": "road"}
    assert diagnosis["short_by"] == pytest.approx(30)
    assert len(diagnosis["repairs"]) >= 2


def test_six_regions_of_100_do_not_fit_under_products_of_590(tmp_path):
    """The published example: minimums of 600 against capacities of 250 + 180 + 160, 10 short."""
    org = ["node_id,parent_id,level,name", "acme,,company,Acme"]
    reps = [f"r{k}" for k in range(1, 7)]
    org += [f"{rep},acme,region,Region {rep}" for rep in reps]
    folder = write(tmp_path / "plan", Case("", total=600))
    (folder / "org.csv").write_text("\n".join(org) + "\n", "utf-8")
    rows = [f"2019-06,{rep},{p},m,{100 * s}" for rep in reps for p, s in SHARE.items()]
    (folder / "history.csv").write_text(
        "period,node_id,product_id,measure,amount\n" + "\n".join(rows) + "\n", "utf-8"
    )
    rules = ["low,range,m,region,,,100,,,,Sales"]
    caps = zip(("road", "city", "gloves"), (250, 180, 160), strict=True)
    rules += [f"cap-{p},capacity,m,,acme,{p},,{most},,,Plant" for p, most in caps]
    (folder / "rules.csv").write_text("\n".join([RULES, *rules]) + "\n", "utf-8")
    diagnosis = diagnosed(folder)
    assert diagnosis["least"] == pytest.approx(600)
    assert diagnosis["most"] == pytest.approx(590)
    assert diagnosis["short_by"] == pytest.approx(10)
    assert "10 USD short" in diagnosis_text(diagnosis, "en")
    assert "相差 10 USD" in diagnosis_text(diagnosis, "zh")


def test_a_diagnosis_is_the_same_every_time(tmp_path):
    plan = read_plan(write(tmp_path / "plan", CASES[8]))
    labels, problem = label_plan(plan), problem_of(plan)
    assert diagnose(plan, labels, "m", problem) == diagnose(plan, labels, "m", problem)


def test_a_ceiling_of_0_is_named_as_any_other(tmp_path):
    rules = ("low,range,,,e1,road,90,,,,A", "none,capacity,,,e1,road,,0,,,B")
    plan = read_plan(write(tmp_path / "plan", Case("", rules)))
    diagnosis = diagnose(plan, label_plan(plan), "m", problem_of(plan))
    assert {(member["name"], member["bound"]) for member in diagnosis["conflict"]} == {
        ("low", 90),
        ("none", 0),
    }
    assert diagnosis["minimal_conflict"] == ["low", "none"]
    assert diagnosis["short_by"] == pytest.approx(90)


def test_one_unit_in_billions_is_not_taken_for_noise(tmp_path):
    rules = ("cap,capacity,,region,,,,2000000000,,,B",)
    plan = read_plan(write(tmp_path / "plan", Case("", rules, total=4_000_000_001)))
    diagnosis = diagnose(plan, label_plan(plan), "m", problem_of(plan))
    assert diagnosis["short_by"] == pytest.approx(1)
    changes = {(c["path"], c["new"]) for repair in diagnosis["repairs"] for c in repair["changes"]}
    assert ("measures.m.total", "4000000000") in changes
    assert {new for path, new in changes if path == "rules.cap.max"} == {"2000000001"}


def test_a_ceiling_hidden_behind_a_tighter_one_is_raised_with_it(tmp_path):
    rules = ("low,range,,,e1,road,90,,,,A", "a,capacity,,,e1,road,,60,,,B", "b,capacity,,,e1,road,,70,,,C")
    plan = read_plan(write(tmp_path / "plan", Case("", rules)))
    diagnosis = diagnose(plan, label_plan(plan), "m", problem_of(plan))
    raised = next(r for r in diagnosis["repairs"] if len(r["changes"]) == 2)
    assert {(c["path"], c["new"]) for c in raised["changes"]} == {
        ("rules.a.max", "90"),
        ("rules.b.max", "90"),
    }


@pytest.mark.parametrize("kind", ["mix", "fairness"])
def test_repairs_of_shares_and_bands_say_how_much_moves(folders, kind):
    name = {"mix": "a mix cannot hold within a cap", "fairness": "fairness meets a pin"}[kind]
    rule = {"mix": "rules.a.min", "fairness": "rules.f.max"}[kind]
    own = [r for r in diagnosed(folders[name])["repairs"] if [c["path"] for c in r["changes"]] == [rule]]
    assert own
    assert all(repair["amount"] > 0 for repair in own)


@pytest.mark.parametrize("name", ["fairness meets a pin", "fairness with two sides meets a cap"])
def test_a_number_stands_behind_the_sides_that_bind_only(folders, name):
    plan = read_plan(folders[name])
    labels, problem = label_plan(plan), problem_of(plan)
    numbers = numbers_of(plan, labels, "m", problem, name_rows(labels, problem))
    promises = numbers.promises
    for side, bound in enumerate((promises.lower, promises.upper)):
        of_band = [k >= 0 and numbers.listed[k].kind == "fairness" for k in promises.number[side]]
        assert any(of_band)
        assert np.isfinite(bound[of_band]).all()


def test_a_repair_that_no_engine_can_prove_is_left_out_and_counted(folders, monkeypatch):
    def fail(model: object) -> None:
        raise EngineError("no point could be certified")

    monkeypatch.setattr("allocator.diagnosis.proving.verdict", fail)
    plan = read_plan(folders[CASES[0].name])
    diagnosis = diagnose(plan, label_plan(plan), "m", problem_of(plan))
    assert set(diagnosis["minimal_conflict"]) == CASES[0].conflict
    assert diagnosis["repairs"] == []
    assert diagnosis["unproved_repairs"] > 0
    assert "left out" in diagnosis_text(diagnosis, "en")
    assert "未列出" in diagnosis_text(diagnosis, "zh")


def test_a_conflict_that_no_engine_can_name_is_still_a_diagnosis(folders, monkeypatch):
    def fail(*arguments: object) -> None:
        raise EngineError("highs proves neither")

    monkeypatch.setattr("allocator.diagnosis.diagnose.find_conflict", fail)
    plan = read_plan(folders[CASES[0].name])
    diagnosis = diagnose(plan, label_plan(plan), "m", problem_of(plan))
    assert diagnosis["status"] == "infeasible"
    assert diagnosis["conflict"] == diagnosis["repairs"] == []
    assert "could not be proved" in diagnosis_text(diagnosis, "en")
    assert "未能证明" in diagnosis_text(diagnosis, "zh")
