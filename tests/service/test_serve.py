"""The served process: ready by itself, its key shown once, nothing acknowledged lost by kill -9."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from service.auth.tokens import KEY_PREFIX
from service.cli.main import main
from service.settings import Settings
from tests.test_repository import git, kept
from tests.waiting import HANG_SECONDS, turns

PROJECT = Path(__file__).resolve().parents[2]


@contextmanager
def served(storage: Path, folder: Path = PROJECT) -> Iterator[tuple[subprocess.Popen, str, Path]]:
    """Start a service, wait until it is ready; yield process, address and what it wrote.

    A relative `storage` is one of `folder`, the working directory.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    logs = storage.parent if storage.is_absolute() else folder.parent
    out = logs / f"out-{port}.txt"
    environment = {**os.environ, "ALLOCATOR_STORAGE": str(storage), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "service.cli.main", "serve", "--port", str(port)]
    with out.open("wb") as stream, (logs / f"log-{port}.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=stream, stderr=log)
        try:
            wait_until_ready(process, f"http://127.0.0.1:{port}")
            yield process, f"http://127.0.0.1:{port}", out
        finally:
            process.kill()
            process.wait()


def wait_until_ready(process: subprocess.Popen, address: str) -> None:
    for _ in turns("the service is ready"):
        assert process.poll() is None, "the service ended while it started"
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}/readyz", timeout=HANG_SECONDS).status_code == 200:
                return


def test_a_served_process_loses_nothing_it_acknowledged_when_it_is_killed(tmp_path: Path) -> None:
    storage, acknowledged, key = tmp_path / "storage", ["admin"], ""
    for cycle in range(4):
        with served(storage) as (process, address, out):
            words = out.read_text(encoding="utf-8")
            assert ("tak_" in words) == (cycle == 0)
            key = key or words.split("\n")[1]
            with httpx.Client(
                base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=HANG_SECONDS
            ) as client:
                found = client.get("/v1/users", params={"limit": 500}).json()["items"]
                assert [user["name"] for user in found] == acknowledged
                for number in range(10):
                    name = f"{cycle}-{number}"
                    assert client.post("/v1/users", json={"name": name, "role": "rep"}).status_code == 201
                    acknowledged.append(name)
            process.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("storage", [str(Settings().storage), "mine/deep"])
def test_a_fresh_clone_prints_a_key_at_its_first_start_and_git_never_sees_the_storage(
    storage: str, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    for name in kept():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, clone / name)
    git(clone, "init", "--quiet")
    git(clone, "add", "--all")
    before = git(clone, "status", "--porcelain")
    with served(Path(storage), clone) as (_, _, out):
        assert KEY_PREFIX in out.read_text(encoding="utf-8")
    assert (clone / storage / "allocator.db").is_file()
    git(clone, "add", "--all")
    assert git(clone, "status", "--porcelain") == before


def test_a_served_process_ends_in_peace_when_it_is_told_to(tmp_path: Path) -> None:
    with served(tmp_path / "storage") as (process, _, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=HANG_SECONDS) in (0, -signal.SIGTERM)


def test_settings_that_are_wrong_are_told_all_at_once(monkeypatch, capfd) -> None:
    monkeypatch.setenv("ALLOCATOR_BODY_LIMIT", "much")
    monkeypatch.setenv("ALLOCATOR_COLOUR", "red")
    assert main(["serve"]) == 2
    words = capfd.readouterr().out
    assert "ALLOCATOR_BODY_LIMIT" in words
    assert "ALLOCATOR_COLOUR" in words
