"""Hashes that tie a result to its bytes."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

RESULT_TABLES = (
    "cells.csv",
    "explanation.csv",
    "prices.csv",
    "rules.csv",
    "targets.csv",
    "targets_monthly.csv",
)
TABLE_FILES = (*RESULT_TABLES, *(name.replace(".csv", ".parquet") for name in RESULT_TABLES))
BLOCK = 1 << 20


def hash_named_bytes(parts: Iterable[tuple[str, bytes]], overrides: Iterable[str] = ()) -> str:
    """sha256 over name, NUL, decimal length, NUL, bytes of each part in order of name, then the overrides."""
    digest = hashlib.sha256()
    for name, content in sorted(parts):
        digest.update(name.encode() + b"\0" + str(len(content)).encode() + b"\0")
        digest.update(content)
    for override in overrides:
        digest.update(override.encode() + b"\0")
    return digest.hexdigest()


def result_hash(folder: Path) -> str:
    """`hash_named_bytes` of the result tables that exist in a folder, csv and Parquet, block by block."""
    digest = hashlib.sha256()
    for path in sorted(folder / name for name in TABLE_FILES if (folder / name).exists()):
        digest.update(path.name.encode() + b"\0" + str(path.stat().st_size).encode() + b"\0")
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
    return digest.hexdigest()


def file_hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file of a folder that `result_hash` does not cover, by name."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name not in TABLE_FILES:
            with path.open("rb") as stream:
                found[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found
