"""A result made from another past, certified for this plan: consistent in itself, and refused by name."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from allocator.results.folder import write_results
from allocator.verification import verify_results
from solver_models.engines.choice import choose_engine
from tests.allocator.verification.tiny import digest

Forge = Callable[[dict[str, str]], None]
HISTORY, POTENTIAL, WORD, ORG, SETTINGS = (
    "history.csv",
    "potential.csv",
    "commitments.csv",
    "org.csv",
    "plan.yaml",
)
SOLD = {"a": (90, 40), "b": (55, 80), "c": (130, 20), "d": (60, 75), "e": (0, 45)}
SEASON = (5, 7, 9, 8, 12, 6, 4, 9, 8, 11, 10, 11)


def texts(months: int) -> dict[str, str]:
    """Five reps in two teams, two products, three years of sales; one came in the middle of last year."""
    sales = [
        f"{year}-{month + 1:02d},{rep},{product},m,"
        f"{amount * share * (1 + (0.08 + 0.03 * k) * (year - 2021)) + (7 * month + 3 * k + year) % 5:.2f}"
        for k, (rep, amounts) in enumerate(SOLD.items())
        for product, amount in zip(("x", "y"), amounts, strict=True)
        for year in (2021, 2022, 2023)
        for month, share in enumerate(SEASON)
        if amount and (rep != "e" or (year == 2023 and month >= 6))
    ]
    return {
        SETTINGS: f"plan: past\nstart: 2024-01\nmonths: {months}\nseasonality: even\nmeasures:\n"
        f"  m: {{unit: EUR, round_to: 1, total: {7000 * months}}}\n"
        "product_totals: {m: {y: {min: 10, max: 2000}}}\n"
        "baseline: {history: 0.6, potential: 0.3, commitment: 0.1}\n",
        ORG: "node_id,parent_id,level,peer_group,start,ramp,name\n"
        "all,,company,,,,\nt,all,team,,,,\nu,all,team,,,,\n"
        "a,t,rep,n,,,\nb,t,rep,n,,,\nc,t,rep,n,,,\nd,u,rep,,,,\ne,u,rep,,2023-07-01,,\n"
        "f,u,rep,n,2024-02-10,0.4/0.8,\n",
        "products.csv": "product_id,parent_id,name\nx,,\ny,,\n",
        HISTORY: "\n".join(["period,node_id,product_id,measure,amount", *sales]) + "\n",
        POTENTIAL: "node_id,product_id,measure,amount\na,*,m,9000\nb,*,m,12000\nt,x,m,31000\nall,*,m,70000\n",
        WORD: "node_id,product_id,measure,amount,confidence,period,actual\na,*,m,14000,high,,\n"
        "c,x,m,12500,low,,\na,*,m,9000,,2022,10500\na,*,m,9500,,2023,10900\nb,*,m,9900,,2022,9100\n"
        "b,*,m,10400,,2023,9600\n",
    }


def replaced(name: str, old: str, new: str) -> Forge:
    def forge(files: dict[str, str]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return forge


def years_before_last_exchanged(files: dict[str, str]) -> None:
    """Give what two reps sold before last year to each other: last year stays."""
    lines = files[HISTORY].splitlines()
    other = {",a,": ",d,", ",d,": ",a,"}
    for k, line in enumerate(lines):
        rep = line[7:10]
        if line[:4] in ("2021", "2022") and rep in other:
            lines[k] = line.replace(rep, other[rep])
    files[HISTORY] = "\n".join(lines) + "\n"


FORGED: dict[str, Forge] = {
    "another weight of the history": replaced(SETTINGS, "history: 0.6", "history: 0.5"),
    "weights by precision": replaced(SETTINGS, "{history: 0.6, potential: 0.3, commitment: 0.1}", "auto"),
    "another cap of the own word": replaced(SETTINGS, "months:", "commitment_cap: 0.02\nmonths:"),
    "half a year taken for a whole one": replaced(ORG, "e,u,rep,,2023-07-01", "e,u,rep,,2023-01-01"),
    "another potential": replaced(POTENTIAL, "a,*,m,9000", "a,*,m,9500"),
    "another word": replaced(WORD, "c,x,m,12500", "c,x,m,12600"),
    "another past of a word": replaced(WORD, "2023,10900", "2023,10400"),
    "another peer group": replaced(ORG, "f,u,rep,n,", "f,u,rep,,"),
    "years before last exchanged": years_before_last_exchanged,
}


def result_of(files: dict[str, str], folder: Path) -> tuple[Path, Path]:
    """Write a plan and its result."""
    plan, out = folder / "plan", folder / "out"
    plan.mkdir(parents=True)
    for name, text in files.items():
        (plan / name).write_text(text, "utf-8")
    write_results(allocate(read_plan(plan), choose_engine("fast")), out, "en", with_workbook=False)
    return plan, out


@pytest.fixture(scope="module", params=[12, 3])
def right(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """Return the months of a plan and its folder, after its own result was verified."""
    plan, out = result_of(texts(request.param), tmp_path_factory.mktemp("right"))
    report = verify_results(out, plan)
    assert report.passed, report.text()
    return request.param, plan


@pytest.mark.parametrize("what", FORGED)
def test_a_result_from_another_past_is_refused(tmp_path: Path, right: tuple[int, Path], what: str) -> None:
    months, plan = right
    forged = texts(months)
    FORGED[what](forged)
    _, out = result_of(forged, tmp_path / "forged")
    certificate = json.loads((out / "certificate.json").read_text("utf-8"))
    certificate["input_hash"] = digest({file.name: file.read_bytes() for file in plan.iterdir()})
    (out / "certificate.json").write_text(json.dumps(certificate), "utf-8")
    failed = {check.check for check in verify_results(out, plan).failures}
    assert "baseline" in failed
    assert failed <= {"baseline", "explanation.trend", "explanation.potential", "explanation.commitment"}
