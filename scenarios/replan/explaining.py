"""`explain` of a re-plan: the number of the months that remain, from the published rest on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from allocator.explanation.numbers import ExplainedNumber, read_numbers
from allocator.plan.reading import read_plan
from allocator.texts import text
from scenarios.replan.causes import MOVES, PRODUCTIVITY
from scenarios.replan.verification import MARK

YEAR = ("published", "actual_to_date", "published_remaining", "remaining", "target", "because")


@dataclass(frozen=True)
class ExplainedRest:
    """One target of the months that remain, and the year that it is part of.

    Parameters
    ----------
    number
        Its steps start with the published rest, then what moves and productivity to date made of it.
    year
        Its row of replan.csv, the columns `YEAR`, as written, and `as_of`.
    """

    number: ExplainedNumber
    year: dict[str, str]


def read_rest(
    out: Path, node_id: str, product_id: str, measures: Sequence[str], lang: str
) -> list[ExplainedRest]:
    """Return the remaining number of a node and product in every measure (or in those named).

    Raises
    ------
    InputFaults
        As `read_numbers` does.
    """
    numbers = read_numbers(out / "remaining", node_id, product_id, measures)
    table = pd.read_csv(out / "replan.csv", dtype=str, keep_default_na=False)
    table = table[(table["node_id"] == node_id) & (table["product_id"] == product_id)].set_index("measure")
    as_of = str(json.loads((out / MARK).read_text(encoding="utf-8"))["as_of"])
    found = []
    for number in numbers:
        row = {str(name): str(value) for name, value in table.loc[number.measure].items()}
        year = {"as_of": as_of, **{name: row[name] for name in YEAR}}
        steps = _from_published(number.steps, row, lang)
        found.append(ExplainedRest(replace(number, steps=steps), year))
    return found


def _from_published(steps: list[dict[str, str]], row: dict[str, str], lang: str) -> list[dict[str, str]]:
    """Split the targets in force into the published rest, moves and productivity.

    With over-assignment the step is on the company's scale, the published rest is not: then the step stays.
    """
    first = steps[0]
    if float(row["street_factor"]) != 1 or first["step"] != "published":
        return steps
    published, moved = Decimal(row["published_remaining"]), Decimal(row["moved"])
    learned = Decimal(first["amount"]) - published - moved
    parts = {"published": published, MOVES: moved, PRODUCTIVITY: learned}
    split = [
        {
            **first,
            "step": step,
            "amount": f"{amount:f}",
            "text": text(f"replan.step_{step}", lang, amount=f"{amount:,f}", signed=f"{amount:+,f}"),
        }
        for step, amount in parts.items()
        if amount or step == "published"
    ]
    return [*split, *steps[1:]]


def year_line(found: ExplainedRest, lang: str) -> str:
    """Say what the number is part of."""
    year = {
        name: value if name in ("as_of", "because") else f"{Decimal(value):,f}"
        for name, value in found.year.items()
    }
    return text("replan.explain_year", lang, **year)


def remaining_plan(out: Path, plan: Path) -> Path:
    """Return the plan of the months that remain where `plan` is that of the year; else `plan` itself."""
    document: dict[str, Any] = json.loads((out / MARK).read_text(encoding="utf-8"))
    own = out / "plan"
    if plan.resolve() == own.resolve():
        return own
    year = read_plan(plan, [str(one) for one in document.get("overrides", [])])
    return own if year.input_hash == document.get("input_hash") else plan
