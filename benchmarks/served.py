"""The served product: pulls beside a bare ping, start-up, idle memory, a what-if over HTTP.

python -m benchmarks.served [--seconds 8] [--connections 8]
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import httpx

from benchmarks.plans import write_benchmark_plan
from benchmarks.pull import free_port, measure, served
from benchmarks.record import PullResult, ServiceResult
from service.client import Client

REPS, PRODUCTS = 1000, 10
STARTS, WHAT_IFS = 5, 9
IDLE_SECONDS = 3.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each way to pull")
    parser.add_argument("--connections", type=int, default=8)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        print(
            json.dumps(asdict(measure_service(Path(scratch), chosen.seconds, chosen.connections)), indent=1)
        )
    return 0


def measure_service(scratch: Path, seconds: float, connections: int) -> ServiceResult:
    """Return all figures of the service."""
    starts, megabytes = _starts(scratch)
    first, usual = _what_ifs(scratch)
    place = scratch / "pulls"
    place.mkdir()
    pulled = measure(place, "", seconds, connections)
    pulls = [
        PullResult(
            name=name,
            connections=connections,
            rate=one["rate"],
            ping_rate=one["ping_rate"],
            of_ping=one["of_ping"],
            p50_ms=one["p50"],
            p99_ms=one["p99"],
            statuses={str(status): count for status, count in one["statuses"].items()},
        )
        for name, one in pulled.pulls.items()
    ]
    return ServiceResult(
        release_rows=pulled.release_rows,
        gzip_megabytes=pulled.gzip_megabytes,
        pulls=pulls,
        start_seconds=starts,
        idle_megabytes=megabytes,
        first_what_if_seconds=first,
        what_if_seconds=usual,
    )


def _starts(scratch: Path) -> tuple[float, float]:
    """Median seconds from the start of the process to /readyz, and its resident megabytes when idle."""
    seconds, megabytes = [], 0.0
    for number in range(STARTS):
        storage = scratch / f"start-{number}"
        storage.mkdir()
        port, begun = free_port(), time.perf_counter()
        with served(_serve(port), port, storage, "") as process:
            wait_until_ready(port)
            seconds.append(time.perf_counter() - begun)
            if number == STARTS - 1:
                time.sleep(IDLE_SECONDS)
                megabytes = resident(process)
    return statistics.median(seconds), megabytes


def _what_ifs(scratch: Path) -> tuple[float, float]:
    """Seconds of the first changed total, and the median of later ones, from question to answer."""
    storage = scratch / "what-if"
    storage.mkdir()
    folder = storage / "plan"
    write_benchmark_plan(folder, REPS, PRODUCTS, seed=1)
    port = free_port()
    with served(_serve(port), port, storage, "") as _:
        wait_until_ready(port)
        key = (storage / f"server-{port}.log").read_text(encoding="utf-8").split("\n")[1]
        with Client(f"http://127.0.0.1:{port}", key) as client:
            plan = client.plans.create_from_folder("plan", folder)
            client.runs.wait(client.runs.run_plan(plan.plan_id).run_id)
            taken = [_what_if(client, plan.plan_id, number) for number in range(WHAT_IFS + 1)]
    return taken[0], statistics.median(taken[1:])


def _what_if(client: Client, plan_id: str, number: int) -> float:
    change = {"kind": "scale_total", "measure": "revenue", "factor": 1 + (number + 1) / 1000}
    scenario = client.scenarios.create(plan_id, f"what-if {number}", [change])
    begun = time.perf_counter()
    run = client.runs.run_scenario(scenario.scenario_id, wait=30)
    if run.status != "succeeded":
        raise RuntimeError(f"the run ended as {run.status}: {run.reason}")
    return time.perf_counter() - begun


def _serve(port: int) -> list[str]:
    return ["-m", "service.cli.main", "serve", "--port", str(port)]


def wait_until_ready(port: int) -> None:
    """Ask /readyz until it says yes."""
    for _ in range(10_000):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.005)
    raise RuntimeError("the service did not become ready")


def resident(process: "subprocess.Popen[bytes]") -> float:
    """Resident megabytes of a process."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the process is gone")


if __name__ == "__main__":
    sys.exit(main())
