"""One answer on every processor: the linear algebra is told to be that of another one."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.random_plans import write_random_plan

PROJECT = Path(__file__).resolve().parents[2]
DEMO = PROJECT / "examples" / "demo" / "plan"
NEEDS = {"Prescott": {"pni"}, "Haswell": {"avx2", "fma"}, "Zen": {"avx2", "fma"}, "SkylakeX": {"avx512f"}}
"""What a kind of processor must be able to do, in the words of /proc/cpuinfo."""
SEEDS = (1, 4, 7, 9, 13)
RUN = """
import hashlib, json, sys
from pathlib import Path
from service.cli.main import main

found = {}
for plan in map(Path, sys.argv[2:]):
    out = Path(sys.argv[1]) / plan.name
    code = main(["run", str(plan), "--out", str(out), "--no-workbook"])
    found[plan.name] = {"exit code": code}
    if code == 0:
        certificate = json.loads((out / "certificate.json").read_text("utf-8"))
        targets = (out / "targets_monthly.csv").read_bytes()
        digest = hashlib.sha256(targets).hexdigest()
        found[plan.name] |= {"result": certificate["result_hash"], "targets": digest}
Path(sys.argv[1], "found.json").write_text(json.dumps(found), "utf-8")
"""
Found = dict[str, dict[str, dict[str, object]]]


def can_be() -> list[str]:
    """Return the kinds of processor whose instructions this one has."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    can = next((set(line.split()) for line in lines if line.startswith("flags")), set())
    return [kind for kind, needs in NEEDS.items() if needs <= can]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Run the plans as each kind of processor; return kind -> plan -> what came of it."""
    if not (sys.platform == "linux" and platform.machine() == "x86_64"):
        pytest.skip("kinds of processor can be chosen on Linux with x86-64 only")
    folder, found = tmp_path_factory.mktemp("processors"), {}
    plans = [DEMO, *(write_random_plan(folder / f"plan-{seed}", seed) for seed in SEEDS)]
    for kind in can_be():
        (folder / kind).mkdir()
        command = [sys.executable, "-c", RUN, str(folder / kind), *map(str, plans)]
        environment = {**os.environ, "OPENBLAS_CORETYPE": kind}
        subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL)
        found[kind] = json.loads((folder / kind / "found.json").read_text("utf-8"))
    assert len(found) > 1
    return found


def differing(found: Found, what: str) -> set[str]:
    """Return the plans of which two kinds of processor make something else."""
    return {
        plan
        for runs in found.values()
        for plan in runs
        if len({str(of[plan].get(what)) for of in found.values()}) > 1
    }


def test_all_processors_end_alike_with_the_same_targets_and_months(found: Found) -> None:
    assert differing(found, "exit code") == set()
    assert differing(found, "targets") == set()
    assert any("targets" in run for run in found["Haswell"].values())


def test_all_processors_give_the_same_result_hash(found: Found) -> None:
    assert differing(found, "result") == set()
