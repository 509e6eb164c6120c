"""Seconds by phase and memory of a whole run, measured from outside.

    python -m benchmarks.bench --cells 10000

writes a plan of that many cells (reps x 10 products), runs the command on it in a process of
its own and prints what the certificate says about the phases, the wall time and the peak
memory of that process; the same for the demo company.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.plans import write_benchmark_plan

PROJECT = Path(__file__).resolve().parents[1]
DEMO_PLAN = PROJECT / "examples" / "demo" / "plan"
N_PRODUCT = 10
SEED = 1


@dataclass(frozen=True)
class Measurement:
    """One run from reading to written results: seconds, peak memory in MB, seconds by phase."""

    name: str
    seconds: float
    megabytes: float
    phases: dict[str, float]

    def text(self) -> str:
        """Return a few lines for the terminal."""
        lines = [f"{self.name}: {self.seconds:.2f} s, {self.megabytes:.0f} MB"]
        lines += [f"  {phase:<12} {seconds:8.3f} s" for phase, seconds in self.phases.items()]
        return "\n".join(lines)


def measure_run(name: str, plan: Path, out: Path, engine: str) -> Measurement:
    """Run `allocator run` on a plan in a process of its own.

    Raises
    ------
    RuntimeError
        If the run does not end with exit code 0.
    """
    command = [sys.executable, "-m", "service.cli.main", "run", str(plan), "--out", str(out)]
    start = time.perf_counter()
    child = subprocess.Popen([*command, "--engine", engine, "--json"], stdout=subprocess.DEVNULL, cwd=PROJECT)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{name}: exit code {child.returncode}")
    certificate = json.loads((out / "certificate.json").read_text(encoding="utf-8"))
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return Measurement(name, seconds, usage.ru_maxrss / scale, certificate["seconds"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the demo and one plan of the size asked for."""
    parser = argparse.ArgumentParser(description="seconds by phase and peak memory of a whole run")
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--engine", default="auto")
    parsed = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        print(measure_run("demo", DEMO_PLAN, scratch / "demo", parsed.engine).text(), flush=True)
        n_rep = max(1, round(parsed.cells / N_PRODUCT))
        plan = write_benchmark_plan(scratch / "plan", n_rep, N_PRODUCT, SEED)
        name = f"{n_rep * N_PRODUCT:,} cells"
        print(measure_run(name, plan, scratch / "out", parsed.engine).text(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
