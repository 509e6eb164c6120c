"""Where a text, page, table or document shows a chance, and whether it says what the chance rests on."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from tests.plans import write_plan

SHOWN = re.compile(r"probab|chance|at.goal|incentive|概率|达标|激励成本", re.IGNORECASE)
"""Words without which no chance can be told."""
NO_WORDS = ("parquet", "yaml")
"""Targets and their steps in columns; settings that a person wrote."""
ASSUMED = {"en": "Assumed, as the past is too short to show it", "zh": "历史太短无法得出、只能假设"}
CODE = "spread assumed"
NO_CHANCE = {
    "chance_basis": "what a chance rests on, not a chance",
    "payout": "a curve of plan.yaml",
    "limits": "what plan.yaml asks of a chance",
    "rules": "what a rule of acceptance asks of a chance",
}

REPS, MONTHS = 12, 22
SETTINGS = (
    "plan: short\nstart: 2026-01\nmeasures:\n  revenue: {unit: USD, round_to: 1, total: {growth: 0.2}}\n"
    "attainment: {company_min: 0.99, at_goal_min: 0.99, at_goal_max: 1}\n"
    "payout: {revenue: {rate: 0.05, curve: {0.7: 0, 1: 1, 1.3: 2}}}\n"
)


def short_company(folder: Path) -> Path:
    """Sellers with 22 months on file: nothing but the season can be learned."""
    org = ["node_id,parent_id,level,name", "co,,company,Co", "g0,co,region,G0", "g1,co,region,G1"]
    org += [f"r{k},g{k % 2},rep,Rep {k}" for k in range(REPS)]
    months = [f"{2024 + (m + 2) // 12}-{(m + 2) % 12 + 1:02d}" for m in range(MONTHS)]
    history = ["period,node_id,product_id,measure,amount"]
    history += [
        f"{month},r{k},p,revenue,{10_000 + 500 * k + 900 * ((3 * k + 5 * m) % 7)}"
        for m, month in enumerate(months)
        for k in range(REPS)
    ]
    return write_plan(
        folder,
        plan=SETTINGS,
        org="\n".join(org) + "\n",
        products="product_id,parent_id,name\np,,P\n",
        history="\n".join(history) + "\n",
        **dict.fromkeys(("rules", "commitments", "potential", "pins", "calendar")),
    )


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
        yield from _walk(name, json.loads(content), says=False)
    elif kind == "ndjson":
        yield from _walk(name, [json.loads(line) for line in content.splitlines()], says=False)
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
    elif kind not in NO_WORDS:
        words = content.decode("utf-8")
        yield name, words, says_what_it_rests_on(words)


def _walk(place: str, found: Any, *, says: bool) -> Iterator[tuple[str, str, bool]]:
    """Every object that holds a chance itself must, or one around it must, say what it rests on."""
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
