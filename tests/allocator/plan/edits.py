"""Small changes to the files of the tiny company, and what a case of a broken plan is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.plans import plan_texts, write_plan

Edit = Callable[[str], str | bytes | None]
HISTORY_END = 2 + 24 * 11 * 4 * 2
"""Row of the first line added to history.csv."""


@dataclass(frozen=True)
class Case:
    """A change to the tiny company and exactly the faults it must give, as (file, row, column, code)."""

    name: str
    edits: Mapping[str, Edit]
    faults: tuple[tuple[str, int, str, str], ...]


def broken(name: str, edits: Mapping[str, Edit], *faults: str) -> Case:
    """Build a case; faults read `file:row column code` with `-` for no column."""
    return Case(name, edits, tuple(_place(fault) for fault in faults))


def _place(text: str) -> tuple[str, int, str, str]:
    where, column, code = text.split(" ")
    file, _, row = where.partition(":")
    return file, int(row), "" if column == "-" else column, code


def swap(old: str, new: str) -> Edit:
    """Replace a text that stands exactly once."""

    def edit(text: str) -> str:
        assert text.count(old) == 1, f"`{old}` stands {text.count(old)} times"
        return text.replace(old, new)

    return edit


def every(old: str, new: str) -> Edit:
    """Replace a text wherever it stands."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


def add(*lines: str) -> Edit:
    """Add lines at the end."""
    return lambda text: text + "".join(f"{line}\n" for line in lines)


def whole(content: str | bytes | None) -> Edit:
    """Replace the whole file (None = leave it out)."""
    return lambda text: content


def encoded(encoding: str) -> Edit:
    """Write the file in another encoding."""
    return lambda text: text.encode(encoding)


def without_column(name: str) -> Edit:
    """Leave out a column (of a table without quotes)."""

    def edit(text: str) -> str:
        lines = [line.split(",") for line in text.splitlines()]
        place = lines[0].index(name)
        return "".join(",".join(line[:place] + line[place + 1 :]) + "\n" for line in lines)

    return edit


def with_column(name: str, value: str) -> Edit:
    """Add a column with the same text in every row."""

    def edit(text: str) -> str:
        head, *lines = text.splitlines()
        return "\n".join([f"{head},{name}", *(f"{line},{value}" for line in lines)]) + "\n"

    return edit


def write_edited(folder: Path, edits: Mapping[str, Edit]) -> Path:
    """Write the tiny company with some files changed."""
    texts = {**plan_texts(), "seasonality": "", "carried": ""}
    write_plan(folder)
    for table, edit in edits.items():
        content = edit(texts[table])
        file = folder / ("plan.yaml" if table == "plan" else f"{table}.csv")
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
