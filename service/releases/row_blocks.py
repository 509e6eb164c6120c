"""Rows of releases as text in memory, in blocks of neighbours: what was released never changes."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

from sqlalchemy.orm import Session

from service.releases import rows_repository
from service.releases.formats import Head, LineFormat, lines

ROWS = 512
MOST_BYTES = 64 * 1024 * 1024
FEWEST = 32
"""So many rows must be wanted of each block, or they are better read for themselves."""
Key = tuple[str, str | None, LineFormat, int]
Block = Mapping[int, bytes]


class RowBlocks:
    """Keeps up to `most_bytes` of them, those asked for last.

    Which rows a caller may see is for the query that finds their numbers; here they are only written.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[Key, tuple[Block, int]] = OrderedDict()
        self._bytes, self._most = 0, most_bytes
        self._lock = Lock()

    def lines(self, session: Session, form: LineFormat, head: Head, numbers: Sequence[int]) -> list[bytes]:
        """Return rows by their numbers, written in a format."""
        written: LineFormat = "csv" if form == "csv" else "json"
        positions = sorted({number // ROWS for number in numbers})
        if len(positions) > 1 + len(numbers) // FEWEST:
            return lines(written, head, rows_repository.rows_numbered(session, head.release_id, numbers))
        found: dict[int, bytes] = {}
        for position in positions:
            found |= self._block(session, written, head, position)
        return [found[number] for number in numbers]

    def _block(self, session: Session, form: LineFormat, head: Head, position: int) -> Block:
        key = (head.release_id, head.effective_to, form, position)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        block = _made(session, form, head, position)
        size = sum(map(len, block.values()))
        with self._lock:
            if key not in self._kept:
                self._kept[key] = block, size
                self._bytes += size
            while self._bytes > self._most and len(self._kept) > 1:
                _, (_, dropped) = self._kept.popitem(last=False)
                self._bytes -= dropped
        return block


def _made(session: Session, form: LineFormat, head: Head, position: int) -> Block:
    first = position * ROWS
    rows = rows_repository.rows_between(session, head.release_id, first, first + ROWS - 1)
    written = lines(form, head, [row for _, row in rows])
    return dict(zip((number for number, _ in rows), written, strict=True))
