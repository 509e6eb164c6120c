"""Where a text, page, table or document shows a chance, and whether it says what the chance rests on."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pandas as pd

SHOWN = re.compile(r"probab|chance|at.goal|incentive|概率|达标|激励成本", re.IGNORECASE)
"""Words without which no chance can be told."""
ASSUMED = {"en": "Assumed, as the past is too short to show it", "zh": "历史太短无法得出、只能假设"}
CODE = "spread assumed"
NO_CHANCE = {
    "chance_basis": "what a chance rests on, not a chance",
    "payout": "a curve of plan.yaml",
    "limits": "what plan.yaml asks of a chance",
}


def speaks_of_a_chance(words: str) -> bool:
    """Whether some text may show a chance."""
    return bool(SHOWN.search(words))


def says_what_it_rests_on(words: str) -> bool:
    """Whether the sentence of a past that is too short stands there, in either language."""
    return any(sentence in words for sentence in ASSUMED.values())


def silent_places(name: str, content: bytes) -> list[str]:
    """Return the parts of a file that show a chance without a word on what it rests on."""
    return [where for where, words, said in _parts(name, content) if speaks_of_a_chance(words) and not said]


def _parts(name: str, content: bytes) -> Iterator[tuple[str, str, bool]]:
    """Yield place, words and whether the basis is said: by measure, table or sheet, else the whole file."""
    kind = name.rpartition(".")[2]
    if kind == "json":
        yield from _documents(name, json.loads(content))
    elif kind == "csv":
        table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
        columns = [column for column in table if column not in NO_CHANCE and speaks_of_a_chance(column)]
        for row in table.to_dict("records"):
            told = [value for name, value in row.items() if name not in NO_CHANCE]
            shown = any(row[column] for column in columns) or speaks_of_a_chance(" ".join(told))
            said = " ".join(row.values())
            yield f"{name}: {said[:80]}", "chance" * shown, CODE in said or says_what_it_rests_on(said)
    elif kind == "xlsx":
        for sheet in openpyxl.load_workbook(io.BytesIO(content)):
            words = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
            yield f"{name}: {sheet.title}", words, says_what_it_rests_on(words)
    elif kind != "parquet":
        words = content.decode("utf-8")
        yield name, words, says_what_it_rests_on(words)


def _documents(name: str, document: Any) -> Iterator[tuple[str, str, bool]]:
    """Every object that holds a chance itself must, or one around it must, say what it rests on."""
    yield from _walk(name, document, says=False)


def _walk(place: str, found: Any, *, says: bool) -> Iterator[tuple[str, str, bool]]:
    if isinstance(found, dict):
        says = says or any(_is_basis(found.get(key)) for key in ("basis", "chance_basis"))
        for key, value in found.items():
            if key in NO_CHANCE:
                continue
            if isinstance(value, dict | list):
                yield from _walk(f"{place}/{key}", value, says=says)
            elif value is not None:
                yield f"{place}/{key}", f"{key} {value}", says or says_what_it_rests_on(str(value))
    elif isinstance(found, list):
        for k, one in enumerate(found):
            yield from _walk(f"{place}/{k}", one, says=says)
    elif found is not None:
        yield place, str(found), says or says_what_it_rests_on(str(found))


def _is_basis(found: Any) -> bool:
    """The basis of one result, of several by name, or its sentences."""
    if isinstance(found, list):
        return any(says_what_it_rests_on(line) for line in found)
    if not isinstance(found, dict):
        return False
    return "spread" in found or any(_is_basis(one) for one in found.values())
