"""Every command on plans whose reps have rules of their own, each in a process of its own.

    python -m benchmarks.commands --reps 1000 --only verify --only limits

Rule lines vary: the nine of every benchmark plan, then own rules of every tenth rep, of every rep,
of every rep in every product. Part of `make bench`, which keeps the figures.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.plan_sizes import PlanSize, plan_of
from benchmarks.processes import run_measured
from benchmarks.record import FINISHED, NO_ANSWER, STOPPED, CommandResult

PRODUCTS = 10
SOLD = 0.8
"""Of reps and products, those that sold and can have a rule; a few more did."""
BASE_RULES = 9
LESS = 0.99
IMPOSSIBLE = 1.6
INFEASIBLE_EXIT = 3
LIMIT = 120.0


def rule_sizes(reps: int) -> list[PlanSize]:
    """Plans of one size with more and more own rules."""
    return [
        PlanSize(reps, PRODUCTS),
        PlanSize(reps, PRODUCTS, own_rules=reps // 10),
        PlanSize(reps, PRODUCTS, own_rules=reps),
        PlanSize(reps, PRODUCTS, own_cell_rules=int(SOLD * reps * PRODUCTS)),
    ]


def measure_commands(scratch: Path, reps: int, limit: float, only: Sequence[str] = ()) -> list[CommandResult]:
    """Time all commands on plans with few and many rules, or those named."""
    return [result for size in rule_sizes(reps) for result in measure_plan(scratch, size, limit, only)]


def measure_plan(scratch: Path, size: PlanSize, limit: float, only: Sequence[str]) -> list[CommandResult]:
    """Time the commands on one plan; what reads a result gets the one that `run` has just written."""
    plan, impossible = plan_of(size, scratch), plan_of(replace(size, total_factor=IMPOSSIBLE), scratch)
    folders = {name: scratch / name for name in ("result", "other", "comparison", "impossible")}
    for folder in folders.values():
        shutil.rmtree(folder, ignore_errors=True)
    lines = command_lines(plan, impossible, folders, f"r{1:0{len(str(size.reps))}d}", _smaller_total(plan))
    rules = BASE_RULES + size.own_rules + size.own_cell_rules
    results = []
    for name, arguments in lines.items():
        is_needed = name.startswith("run") and "impossible" not in name
        if only and name not in only and not is_needed:
            continue
        result = timed(CommandResult(name, size.cells, rules, FINISHED, 0, 0, 0), arguments, limit)
        results.append(result)
        print(f"{size.cells:,} cells, {rules:,} rules: {name} {_said(result)}", flush=True)
    return results


def command_lines(
    plan: Path, impossible: Path, folders: Mapping[str, Path], node: str, total: str
) -> dict[str, list[str]]:
    """Return the arguments of `allocator` by name, in the order in which they run."""
    other = ["run", str(plan), "--out", str(folders["other"]), "--set", total]
    out = str(folders["result"])
    return {
        "check": ["check", str(plan)],
        "run": ["run", str(plan), "--out", out],
        "run, another total": other,
        "verify": ["verify", out, "--plan", str(plan)],
        "whatif": ["whatif", str(plan), "--set", total],
        "compare": ["compare", out, str(folders["other"]), "--out", str(folders["comparison"])],
        "limits": ["limits", str(plan)],
        "explain": ["explain", out, "--node", node],
        "explain --plan": ["explain", out, "--node", node, "--plan", str(plan)],
        "run, impossible total": ["run", str(impossible), "--out", str(folders["impossible"])],
    }


def _smaller_total(plan: Path) -> str:
    """Return an override that plans for a little less."""
    written = re.search(r"total: (\d+)", (plan / "plan.yaml").read_text(encoding="utf-8"))
    if written is None:
        raise ValueError(f"{plan / 'plan.yaml'} states no total")
    return f"measures.revenue.total={round(LESS * int(written[1]) / 1000) * 1000}"


def timed(result: CommandResult, arguments: Sequence[str], limit: float) -> CommandResult:
    """Run one command; another end than the right one is noted instead of a figure."""
    ended = run_measured([sys.executable, "-m", "service.cli.main", *arguments], limit)
    expected = INFEASIBLE_EXIT if "impossible" in result.command else 0
    outcome = FINISHED if ended.exit_code == expected else NO_ANSWER
    if ended.exit_code is None:
        outcome = STOPPED
    return replace(
        result,
        outcome=outcome,
        seconds=ended.seconds,
        cpu_seconds=ended.cpu_seconds,
        megabytes=ended.megabytes,
    )


def _said(result: CommandResult) -> str:
    figures = f"{result.seconds:.1f} s, {result.cpu_seconds:.1f} s CPU, {result.megabytes:.0f} MB"
    return figures if result.outcome == FINISHED else f"{result.outcome} ({figures})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="every command, with few and many rules")
    parser.add_argument("--reps", type=int, default=10_000)
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds a command may take")
    parser.add_argument("--only", action="append", default=[], help="a command by its name (may be repeated)")
    parsed = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        results = measure_commands(Path(scratch), parsed.reps, parsed.limit, parsed.only)
    return 0 if all(result.outcome == FINISHED for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
