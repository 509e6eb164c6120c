"""Workbooks are looked through element by element before a library builds anything from them."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.parsers import expat

from allocator.texts import worded
from service.files.archives import Budget, blocks, opened_archive
from service.problems.problem import Problem

MOST_ROWS = 250_000
"""Of all sheets together; also the largest row number, since the rows before it are made up by readers."""
MOST_CELLS = 5_000_000
WIDEST_ROW = 1_000
DAMAGE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
)


def check_workbook(content: IO[bytes]) -> None:
    """Refuse what is no workbook, unpacks to too much, declares entities or has too many rows.

    Raises
    ------
    Problem
        `unreadable-file`, `unwelcome-file` or `file-too-large`.
    """
    with opened_archive(content, "xlsx") as archive:
        if "[Content_Types].xml" not in archive.namelist():
            raise Problem("unreadable-file", format="xlsx")
        budget, tally = Budget(content.seek(0, 2)), _Tally()
        for entry in archive.infolist():
            part = _Part(tally)
            for block in blocks(archive, entry, budget):
                part.feed(block)
    content.seek(0)


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Answer whatever a reader of workbooks stumbles over in a damaged one; it has no error of its own.

    Raises
    ------
    Problem
        `unreadable-file`.
    """
    try:
        yield
    except DAMAGE as error:
        raise Problem("unreadable-file", format="xlsx") from error


class _Tally:
    """Rows and cells of the whole workbook, gaps included."""

    def __init__(self) -> None:
        self.rows = self.cells = 0

    def add_rows(self, count: int) -> None:
        self.rows += count
        if self.rows > MOST_ROWS:
            raise Problem("file-too-large", limit=worded("fault.upload.rows", count=MOST_ROWS))

    def add_cells(self, count: int) -> None:
        self.cells += count
        if self.cells > MOST_CELLS:
            raise Problem("file-too-large", limit=worded("fault.upload.cells", count=MOST_CELLS))


class _Part:
    """One part of a workbook; what is no XML (pictures) is passed over."""

    def __init__(self, tally: _Tally) -> None:
        self._tally = tally
        self._row = self._column = 0
        self._is_xml = True
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, block: bytes) -> None:
        """Read on."""
        if not self._is_xml:
            return
        try:
            self._parser.Parse(block, False)
        except expat.ExpatError:
            # the library that builds the workbook has the same parser and will read no further either
            self._is_xml = False

    def _refuse(self, *_: object) -> None:
        raise Problem("unwelcome-file", found=worded("fault.upload.document_type"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(" ")[2]
        if element == "row":
            number = _number(attributes.get("r", ""), self._row + 1)
            self._tally.add_rows(max(number - self._row, 1))
            self._row, self._column = number, 0
        elif element == "c":
            column = _column(attributes.get("r", ""), self._column + 1)
            if column > WIDEST_ROW:
                raise Problem("file-too-large", limit=worded("fault.upload.columns", count=WIDEST_ROW))
            self._tally.add_cells(max(column - self._column, 1))
            self._column = column


def _number(text: str, otherwise: int) -> int:
    if not text.isascii() or not text.isdecimal():
        return otherwise
    return int(text[:9])


def _column(reference: str, otherwise: int) -> int:
    """Return the number of the column that a cell names (A = 1)."""
    column = 0
    for letter in reference[:4].upper():
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - ord("A") + 1
    return column or otherwise
