"""Services on one database that can be killed and come back at once, on the same port."""

import os
import random
import signal
import socket
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
SERVICES = 2
LEASE_SECONDS = "1.0"


class Fleet:
    """Services of one storage folder and database, each on a port of its own."""

    def __init__(self, database_url: str, storage: Path, workers: int = 1) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ALLOCATOR_")},
            "ALLOCATOR_STORAGE": str(storage),
            "DATABASE_URL": database_url,
            "ALLOCATOR_WORKERS": str(workers),
            "ALLOCATOR_REQUESTS_PER_MINUTE": "10000000",
            "ALLOCATOR_LEASE_SECONDS": LEASE_SECONDS,
            "ALLOCATOR_RUN_ATTEMPTS": "100000",
            "ALLOCATOR_RUNS_PER_ACCOUNT": "100000",
        }
        self._log = (storage / "services.log").open("wb")
        self._harness = subprocess.Popen(
            [sys.executable, "-m", "tests.service.kills.harness"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.ports = [_free_port() for _ in range(SERVICES)]
        self.pids = [self._start(port) for port in self.ports]

    def _start(self, port: int) -> int:
        assert self._harness.stdin is not None
        assert self._harness.stdout is not None
        self._harness.stdin.write(f"{port}\n")
        self._harness.stdin.flush()
        return int(self._harness.stdout.readline())

    def kill_service(self, at: int) -> None:
        os.kill(self.pids[at], signal.SIGKILL)
        self.pids[at] = self._start(self.ports[at])

    def address(self, chance: random.Random) -> str:
        """Return the address of one of the services."""
        return f"http://127.0.0.1:{chance.choice(self.ports)}"

    def kill_worker(self, at: int) -> bool:
        """Kill the worker of a service; False if it has none."""
        for pid in _children(self.pids[at]):
            try:
                if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
                    return True
            except (FileNotFoundError, ProcessLookupError):
                continue
        return False

    def close(self) -> None:
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        self._harness.kill()
        self._harness.wait()
        for stream in (self._harness.stdin, self._harness.stdout, self._log):
            assert stream is not None
            stream.close()


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
