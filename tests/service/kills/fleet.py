"""Services on one database that can be killed and come back at once, on the same port."""

import os
import random
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.waiting import until

PROJECT = Path(__file__).resolve().parents[3]
SERVICES = 2
LEASE_SECONDS = 1.0
PORTS = (20_000, 32_000)
"""Below those that the kernel gives to connections."""


class Fleet:
    """Services of one storage folder and database, each on a port of its own."""

    def __init__(
        self, database_url: str, storage: Path, workers: int = 1, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ALLOCATOR_")},
            "ALLOCATOR_STORAGE": str(storage),
            "DATABASE_URL": database_url,
            "ALLOCATOR_WORKERS": str(workers),
            "ALLOCATOR_REQUESTS_PER_MINUTE": "10000000",
            "ALLOCATOR_LEASE_SECONDS": str(lease_seconds),
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
        _kill(self.pids[at])
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
        try:
            for pid in self.pids:
                _kill(pid)
        finally:
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


def _kill(pid: int) -> None:
    """Kill a process and wait until it is gone: only then its port is free.

    Raises
    ------
    ProcessLookupError
        If it had ended by itself, which no service may.
    """
    os.kill(pid, signal.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}").exists(), f"process {pid} is dead")


def _free_port() -> int:
    """Return a port that no connection is given by chance while its service is down."""
    while True:
        port = random.SystemRandom().randrange(*PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
