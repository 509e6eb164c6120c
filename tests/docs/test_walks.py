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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.client import Client
from tests.waiting import HANG_SECONDS, turns

PROJECT = Path(__file__).resolve().parents[2]
WALKS = ("finance", "hr", "manager", "analyst")
BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)


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
        for _ in turns("the service is ready"):
            assert process.poll() is None, (folder / "log.txt").read_text()
            if is_ready(address):
                break
        users = [user for one in documents(out.read_text(encoding="utf-8")) for user in one.get("users", ())]
        yield {"address": address, "keys": {user["name"]: user["key"] for user in users}}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=HANG_SECONDS)


def test_the_walks_print_what_they_say_one_after_the_other(demo: dict[str, Any]) -> None:
    for walk in WALKS:
        page = (PROJECT / "docs" / "walks" / f"{walk}.md").read_text(encoding="utf-8")
        blocks = BLOCK.findall(page)
        assert len(blocks) >= 3
        follow(walk, blocks, dict(demo))


def follow(walk: str, blocks: list[tuple[str, str]], space: dict[str, Any]) -> None:
    """Run the code of a page block by block and compare what it prints."""
    try:
        for number, (code, expected) in enumerate(blocks, start=1):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(code, f"{walk}.md, block {number}", "exec"), space)  # noqa: S102
            assert printed.getvalue() == expected, f"{walk}.md, block {number}"
    finally:
        for client in [one for one in space.values() if isinstance(one, Client)]:
            client.__exit__(None, None, None)
