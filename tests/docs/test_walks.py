"""The four walks run as they are written, against a served process, and print what they say."""

import contextlib
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

PROJECT = Path(__file__).resolve().parents[2]
WALKS = ("finance", "hr", "manager", "analyst")
BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)
START_SECONDS = 90.0


def documents(written: str) -> list[dict[str, Any]]:
    """Return the JSON documents that stand one after the other."""
    found, place, decoder = [], 0, json.JSONDecoder()
    while written[place:].strip():
        place += len(written[place:]) - len(written[place:].lstrip())
        document, place = decoder.raw_decode(written, place)
        found.append(document)
    return found


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Serve the demo company; return its address and the keys of its users."""
    folder = tmp_path_factory.mktemp("demo")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "ALLOCATOR_STORAGE": str(folder / "storage"), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "service.cli.main", "--json", "serve", "--demo", "--port", str(port)]
    out = folder / "out.json"
    with out.open("wb") as stream, (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=stream, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready(address):
            assert process.poll() is None, (folder / "log.txt").read_text()
            assert time.monotonic() < deadline, "the service did not become ready"
            time.sleep(0.1)
        users = [user for one in documents(out.read_text(encoding="utf-8")) for user in one.get("users", ())]
        yield {"address": address, "keys": {user["name"]: user["key"] for user in users}}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_prints_what_it_says(demo: dict[str, Any], walk: str) -> None:
    page = (PROJECT / "docs" / "walks" / f"{walk}.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(page)
    assert len(blocks) >= 3
    space: dict[str, Any] = dict(demo)
    try:
        for number, (code, expected) in enumerate(blocks, start=1):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(code, f"{walk}.md, block {number}", "exec"), space)  # noqa: S102
            assert printed.getvalue() == expected
    finally:
        for client in [one for one in space.values() if type(one).__name__ == "Client"]:
            client.__exit__(None, None, None)
