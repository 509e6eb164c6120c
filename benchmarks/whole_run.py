"""The command on a plan, from reading to the written results, measured from outside."""

import json
import math
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.plan_sizes import PlanSize, plan_of
from benchmarks.processes import PROJECT, run_measured
from benchmarks.record import FINISHED, STOPPED, GrowthSeries, RunResult

DEMO_PLAN = PROJECT / "examples" / "demo" / "plan"
DEMO_CELLS = 300 * 12 * 2


def measure_run(name: str, cells: int, plan: Path, out: Path, engine: str, limit: float) -> RunResult:
    """Run `allocator run` on a plan in a process of its own.

    Raises
    ------
    RuntimeError
        If the run ends by itself with another exit code than 0.
    """
    command = [sys.executable, "-m", "service.cli.main", "run", str(plan), "--out", str(out)]
    ended = run_measured([*command, "--engine", engine, "--json"], limit)
    if ended.exit_code is None:
        return RunResult(name, cells, STOPPED, ended.seconds, ended.cpu_seconds, ended.megabytes)
    if ended.exit_code != 0:
        raise RuntimeError(f"{name}: exit code {ended.exit_code}\n{ended.output}\n{ended.errors}")
    phases = json.loads((out / "certificate.json").read_text(encoding="utf-8"))["seconds"]
    result = RunResult(name, cells, FINISHED, ended.seconds, ended.cpu_seconds, ended.megabytes, phases)
    print(run_text(result), flush=True)
    return result


def run_text(result: RunResult) -> str:
    """Return a few lines for the terminal."""
    lines = [f"{result.name}: {result.seconds:.2f} s, {result.megabytes:.0f} MB"]
    lines += [f"  {phase:<12} {seconds:8.3f} s" for phase, seconds in result.phases.items()]
    return "\n".join(lines)


def measure_sizes(scratch: Path, sizes: Sequence[int], engine: str, limit: float) -> list[RunResult]:
    """Measure the demo and plans of the sizes given; a size that is stopped is the last."""
    results = [measure_run("demo", DEMO_CELLS, DEMO_PLAN, scratch / "demo", engine, limit)]
    for cells in sizes:
        plan = plan_of(PlanSize(cells // 10), scratch)
        name = f"{cells:,} cells"
        results.append(measure_run(name, cells, plan, scratch / f"run-{cells}-out", engine, limit))
        if results[-1].outcome != FINISHED:
            print(f"{name}: not finished in {limit:.0f} s", flush=True)
            break
    return results


def growth_sizes(base: int) -> dict[str, tuple[str, list[int], list[PlanSize]]]:
    """Return, by what is varied: what stays fixed, the values, the plans."""
    factors = [1, 2, 4, 8]
    values = {
        "reps": [base * factor for factor in factors],
        "products": [5 * factor for factor in factors],
        "rule lines": [9, 9 + base // 10, 9 + base // 2, 9 + base],
        "measures": [1, 2, 4, 8],
    }
    return {
        "reps": ("10 products, 9 rules, 1 measure", values["reps"], [PlanSize(n) for n in values["reps"]]),
        "products": (
            f"{base} reps, 9 rules, 1 measure",
            values["products"],
            [PlanSize(base, products=n) for n in values["products"]],
        ),
        "rule lines": (
            f"{base} reps, 10 products, 1 measure",
            values["rule lines"],
            [PlanSize(base, own_rules=n - 9) for n in values["rule lines"]],
        ),
        "measures": (
            f"{base} reps, 10 products, 9 rules",
            values["measures"],
            [PlanSize(base, measures=n) for n in values["measures"]],
        ),
    }


def measure_growth(scratch: Path, base: int, engine: str, limit: float) -> list[GrowthSeries]:
    """Let one thing grow at a time and fit seconds ~ value^e; what is stopped ends its series."""
    series = []
    for varied, (fixed, values, sizes) in growth_sizes(base).items():
        runs = []
        for value, size in zip(values, sizes, strict=True):
            name = f"growth-{varied.replace(' ', '-')}-{value}"
            plan = plan_of(size, scratch)
            run = measure_run(
                f"{varied} = {value:,}", size.cells, plan, scratch / f"{name}-out", engine, limit
            )
            if run.outcome != FINISHED:
                break
            runs.append(run)
        done = values[: len(runs)]
        seconds = [sum(run.phases.values()) for run in runs]
        megabytes = [run.megabytes for run in runs]
        series.append(
            GrowthSeries(
                varied, fixed, done, seconds, megabytes, exponent(done, seconds), exponent(done, megabytes)
            )
        )
    return series


def exponent(value: Sequence[float], measured: Sequence[float]) -> float | None:
    """Slope of log(measured) over log(value): 1 = proportional. None with fewer than two points."""
    if len(value) < 2:
        return None
    slope = statistics.linear_regression([math.log(v) for v in value], [math.log(m) for m in measured]).slope
    return float(slope)
