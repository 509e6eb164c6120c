"""The fingerprints of section 3 of the contract, computed from bytes."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

BLOCK = 1 << 20


def fingerprint(files: Mapping[str, bytes], overrides: Iterable[str] = ()) -> str:
    """sha256 over, per file by name: name, NUL, decimal length, NUL, bytes; then each override and NUL."""
    digest = hashlib.sha256()
    for name in sorted(files):
        content = files[name]
        digest.update(name.encode() + b"\0" + str(len(content)).encode() + b"\0" + content)
    for text in overrides:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()


def file_fingerprint(paths: Iterable[Path]) -> str:
    """Return `fingerprint` of the files among the paths that are there, without holding them in memory."""
    digest = hashlib.sha256()
    for path in sorted((path for path in paths if path.is_file()), key=lambda path: path.name):
        digest.update(path.name.encode() + b"\0" + str(path.stat().st_size).encode() + b"\0")
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """sha256 of a file, "" where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
