"""Zip files are unpacked as far as they are harmless; sizes count as they inflate, not as declared only."""

import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from allocator.texts import worded
from service.problems.problem import Problem

MEGABYTE = 1 << 20
MOST_UNPACKED = 200 * MEGABYTE
"""Bytes of all entries together."""
MOST_RATIO = 100
"""Unpacked by packed bytes of an archive of more than a megabyte."""
MOST_ENTRIES = 1000
LARGEST_DIRECTORY = MEGABYTE
BLOCK = 1 << 16
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_ENCRYPTED = 0x1
_LINK = stat.S_IFLNK


@contextmanager
def opened_archive(content: IO[bytes], kind: str) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose directory promises nothing bad.

    Raises
    ------
    Problem
        `unreadable-file`, `unwelcome-file` or `file-too-large`.
    """
    size = content.seek(0, 2)
    _check_directory_size(content, size, kind)
    try:
        with zipfile.ZipFile(content) as archive:
            _check_entries(archive.infolist(), size)
            yield archive
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise Problem("unreadable-file", format=kind) from error


def blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: "Budget") -> Iterator[bytes]:
    """Yield the content of an entry block by block."""
    with archive.open(entry) as stream:
        while block := stream.read(BLOCK):
            budget.spend(len(block))
            yield block


class Budget:
    """Bytes that an archive may still unpack to."""

    def __init__(self, packed: int) -> None:
        self._left = min(MOST_UNPACKED, max(MEGABYTE, packed * MOST_RATIO))
        self._limit = self._left

    def spend(self, size: int) -> None:
        """Count bytes that were unpacked (or are about to be)."""
        self._left -= size
        if self._left < 0:
            raise Problem("file-too-large", limit=worded("fault.upload.bytes", count=self._limit))


def _check_directory_size(content: IO[bytes], size: int, kind: str) -> None:
    """Refuse a directory of millions of entries before it is read, where `zipfile` will look for it."""
    tail_size = min(size, _END.size + 0xFFFF)
    content.seek(size - tail_size)
    tail = content.read(tail_size)
    at = len(tail) - _END.size
    if at < 0:
        raise Problem("unreadable-file", format=kind)
    if not (tail[at:].startswith(_END_MARK) and tail.endswith(b"\0\0")):
        at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        raise Problem("unreadable-file", format=kind)
    directory_size = _END.unpack_from(tail, at)[5]
    if directory_size > LARGEST_DIRECTORY:
        raise Problem("file-too-large", limit=worded("fault.upload.entries", count=MOST_ENTRIES))
    content.seek(0)


def _check_entries(entries: list[zipfile.ZipInfo], packed: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Problem("file-too-large", limit=worded("fault.upload.entries", count=MOST_ENTRIES))
    names = [entry.filename for entry in entries]
    for entry in entries:
        if reason := _objection(entry):
            raise Problem(
                "unwelcome-file",
                found=worded("fault.upload.entry", name=repr(entry.filename[:100]), reason=reason),
            )
    if len({name.casefold() for name in names}) != len(names):
        raise Problem("unwelcome-file", found=worded("fault.upload.same_name"))
    Budget(packed).spend(sum(entry.file_size for entry in entries))


def _objection(entry: zipfile.ZipInfo) -> str:
    """Say what is wrong with an entry; nothing is ever written under its name all the same."""
    name = entry.orig_filename
    if not name or "\0" in name or "\\" in name or name.startswith("/") or name[1:2] == ":":
        return worded("fault.upload.path")
    if ".." in name.split("/"):
        return worded("fault.upload.outside")
    if stat.S_IFMT(entry.external_attr >> 16) == _LINK:
        return worded("fault.upload.link")
    if entry.flag_bits & _ENCRYPTED:
        return worded("fault.upload.encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return worded("fault.upload.packing")
    return ""
