"""The fingerprints of section 3 of the contract, computed from bytes."""

import hashlib
from collections.abc import Iterable, Mapping


def fingerprint(files: Mapping[str, bytes], overrides: Iterable[str] = ()) -> str:
    """sha256 over, per file by name: name, NUL, decimal length, NUL, bytes; then each override and NUL."""
    digest = hashlib.sha256()
    for name in sorted(files):
        content = files[name]
        digest.update(name.encode() + b"\0" + str(len(content)).encode() + b"\0" + content)
    for text in overrides:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()
