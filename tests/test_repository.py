"""What git keeps: sources, pages and pictures; no databases, archives, results or keys."""

import io
import re
import sqlite3
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from service.auth.tokens import KEY_PREFIX, TOKEN_PREFIX, new_secret
from service.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
PICTURE = b"\x89PNG\r\n\x1a\n"
# What some of them contain is text, so their names are looked at too.
SUFFIXES = (
    *(".db", ".db-shm", ".db-wal", ".sqlite", ".sqlite3", ".sql", ".dump", ".bak", ".pkl", ".npy", ".npz"),
    *(".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".zst", ".whl", ".xlsx", ".parquet", ".feather"),
    *(".log", ".tmp", ".pem", ".key", ".pyc", ".orig", ".rej"),
)
RESULTS = {
    *("certificate.json", "diagnosis.json", "cells.csv", "targets.csv", "targets_monthly.csv", "prices.csv"),
    *("explanation.csv", "fairness.json", "attainment.json", "names.json", "report.html", "backtest.json"),
    *("sweep.json", "breakpoints.csv", "limits.csv", "comparison.csv", "comparison.json", "movers.csv"),
    *("replan.json", "replan.csv", "replan_monthly.csv", "replan_rules.csv", "replan_reps.csv"),
}
SECRET = re.compile(rf"({KEY_PREFIX}|{TOKEN_PREFIX})[A-Za-z0-9_-]{{43}}|BEGIN [A-Z ]*PRIVATE KEY".encode())


def git(folder: Path, *words: str) -> str:
    """Run git in a folder that may belong to somebody else."""
    command = ["git", "-c", "safe.directory=*", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def kept() -> list[str]:
    """Return the files that git keeps, or would with `git add --all`."""
    if not (PROJECT / ".git").exists():
        pytest.skip("this is no git checkout")
    names = git(PROJECT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return sorted(name for name in names if (PROJECT / name).is_file())


def reason_against(name: str, content: bytes) -> str:
    """Say why a file has no place in the repository; empty if it has one."""
    path = Path(name)
    if path.name.lower().endswith(SUFFIXES):
        return "its name is that of a database, an archive or a leftover"
    if path.name in RESULTS:
        return "a command writes it: it is a result"
    if SECRET.search(content):
        return "it holds a key"
    if content.startswith(PICTURE) and path.suffix == ".png" and path.parts[0] == "docs":
        return ""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "it is neither text nor a picture of the docs"
    return "it is neither text nor a picture of the docs" if "\0" in text else ""


def test_the_repository_holds_text_and_pictures_of_the_docs_only() -> None:
    found = {name: reason_against(name, (PROJECT / name).read_bytes()) for name in kept()}
    assert {name: reason for name, reason in found.items() if reason} == {}
    assert "pyproject.toml" in found


def database() -> bytes:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("create table account (name text)")
        return connection.serialize()


def archive(kind: str) -> bytes:
    stream = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(stream, "w") as zipped:
            zipped.writestr("a.txt", "a")
    else:
        with tarfile.open(fileobj=stream, mode=f"w:{kind}") as packed:
            packed.addfile(tarfile.TarInfo("a.txt"))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tests/company.py", database()),
        ("docs/images/company.png", database()),
        ("examples/plan.csv", archive("zip")),
        ("examples/plan", archive("")),
        ("examples/more", archive("gz")),
        ("picture.png", PICTURE),
        ("allocator-storage/allocator.db", b""),
        ("allocator-storage/allocator.db-wal", b""),
        ("examples/demo/out/certificate.json", b"{}"),
        ("mine/targets.csv", b"measure,node_id\n"),
        ("docs/note.md", (KEY_PREFIX + "x" * 43).encode()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_databases_archives_results_and_keys_are_refused_under_any_name(name: str, content: bytes) -> None:
    assert reason_against(name, content)


def test_git_ignores_what_serve_writes_into_the_working_directory() -> None:
    if not (PROJECT / ".git").exists():
        pytest.skip("this is no git checkout")
    written = str(Settings().storage / "allocator.db")
    assert git(PROJECT, "check-ignore", "--no-index", written).strip() == written
