"""Single corruptions of a real result, each with all hashes made right again unless it speaks of them."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.allocator.verification.tampering import (
    certificate,
    change,
    drop,
    plus,
    repeat,
    rows_of,
    write_rows,
)
from tests.allocator.verification.tiny import certify

Corrupt = Callable[[Path], None]
REP, OTHER, TEAM, ROOT = "a1", "a2", "north", "all"
PRODUCT, SECOND = "x", "y"


def edit(table: str, where: dict[str, str], **changes: Any) -> Corrupt:
    return lambda out: change(out, table, where, **changes)


def at(node: str, product: str, **more: str) -> dict[str, str]:
    return {"node_id": node, "product_id": product, **more}


def times(factor: float) -> Callable[[float], str]:
    return lambda value: repr(value * factor)


def all_of(*steps: Corrupt) -> Corrupt:
    def corrupt(out: Path) -> None:
        for step in steps:
            step(out)

    return corrupt


def certified(*path: str, to: Any) -> Corrupt:
    """Set one value in certificate.json."""

    def corrupt(out: Path) -> None:
        file = out / "certificate.json"
        document = json.loads(file.read_text("utf-8"))
        inner = document
        for key in path[:-1]:
            inner = inner[int(key) if isinstance(inner, list) else key]
        assert inner[path[-1]] != to
        inner[path[-1]] = to
        file.write_text(json.dumps(document), "utf-8")

    return corrupt


def altered(name: str) -> Corrupt:
    return lambda out: (out / name).write_bytes((out / name).read_bytes() + b" ") and None


def removed(name: str) -> Corrupt:
    return lambda out: (out / name).unlink()


def december(out: Path) -> None:
    """Book the whole year in its last month, at every node and product."""
    year = {(row["node_id"], row["product_id"]): row["target"] for row in rows_of(out, "targets")}
    months = rows_of(out, "targets_monthly")
    last = max(row["period"] for row in months)
    for row in months:
        row["target"] = year[row["node_id"], row["product_id"]] if row["period"] == last else "0"
    write_rows(out, "targets_monthly", months)


def later_by_a_month(out: Path) -> None:
    """Move a unit of a rep from one month to the next, at him and all above."""
    for node in (REP, "north-a", TEAM, ROOT):
        for product in (PRODUCT, "line", "*"):
            change(out, "targets_monthly", at(node, product, period="2024-03"), target=plus(-1))
            change(out, "targets_monthly", at(node, product, period="2024-04"), target=plus(1))


def other_rounding(out: Path) -> None:
    """Exchange a unit of two products between two colleagues: every sum stays, the cells get farther."""
    for rep, product, units in (("a1", "x", 1), ("a3", "x", -1), ("a1", "y", -1), ("a3", "y", 1)):
        change(out, "cells", at(rep, product), target=plus(units))
        change(out, "targets", at(rep, product), target=plus(units))
        december = at(rep, product, period="2024-12")
        change(out, "targets_monthly", december, target=plus(units))
        book(out, rep, product, "rounding", units)
    derive(out)


def book(out: Path, node: str, product: str, step: str, units: int) -> None:
    """Add units to a step, which has no row while it is 0."""
    steps = rows_of(out, "explanation")
    place = at(node, product, step=step)
    found = [row for row in steps if place.items() <= row.items()]
    if not found:
        found = [{"measure": "m", **place, "amount": "0", "text": "so"}]
        steps += found
    found[0]["amount"] = plus(units)(float(found[0]["amount"]))
    write_rows(out, "explanation", steps)


def derive(out: Path) -> None:
    """Write the columns of targets.csv that follow from others."""
    rows = rows_of(out, "targets")
    for row in rows:
        target, last, anchor = (float(row[name]) for name in ("target", "last_year", "anchor"))
        row["growth"] = repr(target / last - 1) if last > 0 else ""
        row["ratio"] = repr(target / anchor) if anchor > 0 else ""
    write_rows(out, "targets", rows)


def moved_step(node: str, product: str, one: str, other: str, units: int = 7) -> Corrupt:
    return all_of(
        edit("explanation", at(node, product, step=one), amount=plus(-units)),
        edit("explanation", at(node, product, step=other), amount=plus(units)),
    )


def renamed_step(one: str, other: str) -> Corrupt:
    return edit("explanation", at(ROOT, "line", step=one), step=other)


def said_kept(out: Path) -> None:
    """Let the sentence of a relaxed rule say that it binds."""
    rows = rows_of(out, "rules")
    missed = next(row for row in rows if row["status"] == "relaxed")
    missed["text"] = missed["text"].replace("relaxed", "binding")
    write_rows(out, "rules", rows)


def other_status(old: str, new: str) -> Corrupt:
    def corrupt(out: Path) -> None:
        rows = rows_of(out, "rules")
        row = next(row for row in rows if row["status"] == old)
        row["status"] = new
        word = {"slack": "not binding"}.get
        row["text"] = row["text"].replace(word(old, old), word(new, new))
        write_rows(out, "rules", rows)

    return corrupt


def first_of(table: str, column: str, to: Any, **where: str) -> Corrupt:
    """Change a column of the first row that matches."""

    def corrupt(out: Path) -> None:
        rows = rows_of(out, table)
        row = next(row for row in rows if all(row[name] == value for name, value in where.items()))
        row[column] = str(to(float(row[column])) if callable(to) else to)
        write_rows(out, table, rows)

    return corrupt


def without_step(out: Path) -> None:
    """Join two steps into one."""
    amount = next(
        float(row["amount"])
        for row in rows_of(out, "explanation")
        if (row["node_id"], row["product_id"], row["step"]) == (ROOT, "*", "company_growth")
    )
    drop(out, "explanation", at(ROOT, "*", step="company_growth"))
    change(out, "explanation", at(ROOT, "*", step="last_year"), amount=plus(amount))


def claims_a_frame(node: str) -> Corrupt:
    """Say that a subtree was balanced again, with the right hash of what stands around it."""

    def corrupt(out: Path) -> None:
        rows = rows_of(out, "targets")
        nodes = list(dict.fromkeys(row["node_id"] for row in rows))
        below = {"a1": [], "north-a": ["a1", "a2", "a3"]}[node]
        standing = "".join(
            f"{row['node_id']}\0{row['product_id']}\0{row['target']}\n"
            for row in rows
            if row["node_id"] not in below
        )
        assert node in nodes
        frame = {"node_id": node, "earlier": [], "products": ["x", "y", "z"]}
        _in_measure(out, frame=frame | {"standing_hash": hashlib.sha256(standing.encode()).hexdigest()})

    return corrupt


def _in_measure(out: Path, **changes: Any) -> None:
    file = out / "certificate.json"
    document = json.loads(file.read_text("utf-8"))
    document["measures"]["m"] |= changes
    file.write_text(json.dumps(document), "utf-8")


def of_tier(name: str) -> Corrupt:
    """Say one per cent less of what the first tier could not reach."""

    def corrupt(out: Path) -> None:
        file = out / "certificate.json"
        document = json.loads(file.read_text("utf-8"))
        assert document["measures"]["m"]["tiers"][0][name] > 0.01
        document["measures"]["m"]["tiers"][0][name] *= 0.99
        file.write_text(json.dumps(document), "utf-8")

    return corrupt


def moved_baseline(out: Path) -> None:
    """Give a colleague 5 of a baseline and of its anchor, and book it as trend: all sums stay."""
    anchor, base = (
        next(float(row[name]) for row in rows_of(out, "cells") if at(REP, PRODUCT).items() <= row.items())
        for name in ("anchor", "baseline")
    )
    for rep, sign in ((REP, -1), (OTHER, 1)):
        change(out, "cells", at(rep, PRODUCT), baseline=plus(5 * sign), anchor=plus(5 * sign * anchor / base))
        for product in (PRODUCT, "line", "*"):
            change(out, "targets", at(rep, product), anchor=plus(5 * sign * anchor / base))
            book(out, rep, product, "trend", 5 * sign)
            book(out, rep, product, "rounding", -5 * sign)
    derive(out)


CELL, ROOT_ALL = at(REP, PRODUCT), at(ROOT, "*")
CORRUPTIONS: dict[str, Corrupt] = {
    **{
        f"cells.csv: {column} {word}": edit("cells", CELL, **{column: how})
        for column in ("baseline", "anchor", "unrounded")
        for word, how in (("a tenth more", times(1.1)), ("a millionth more", times(1.000001)), ("0", 0))
    },
    "cells.csv: baselines of two reps exchanged": all_of(
        edit("cells", at(REP, PRODUCT), baseline=times(1.2)),
        edit("cells", at(OTHER, PRODUCT), baseline=times(0.9)),
    ),
    "cells.csv: an anchor moved to a colleague": all_of(
        edit("cells", at(REP, PRODUCT), anchor=plus(5.5)),
        edit("cells", at(OTHER, PRODUCT), anchor=plus(-5.5)),
    ),
    "cells.csv: an anchor moved to another product": all_of(
        edit("cells", at(REP, PRODUCT), anchor=plus(5.5)), edit("cells", at(REP, SECOND), anchor=plus(-5.5))
    ),
    "cells.csv: a baseline moved to a colleague, with anchors and steps": moved_baseline,
    "cells.csv: all baselines doubled": edit("cells", {"measure": "m"}, baseline=times(2)),
    "cells.csv: a floor": edit("cells", CELL, lower=1),
    "cells.csv: a ceiling": edit("cells", CELL, upper=10**9),
    "cells.csv: a target": edit("cells", CELL, target=plus(1)),
    "cells.csv: a row missing": lambda out: drop(out, "cells", CELL),
    "cells.csv: a row twice": lambda out: repeat(out, "cells", CELL),
    "cells.csv: another rep": edit("cells", CELL, node_id="b1"),
    **{
        f"targets.csv: {column} of {place['node_id']}": edit("targets", place, **{column: plus(1)})
        for column in ("target", "last_year", "growth", "anchor", "ratio")
        for place in (CELL, at(TEAM, "line"), ROOT_ALL)
    },
    "targets.csv: children_sum": edit("targets", ROOT_ALL, children_sum=plus(1)),
    "targets.csv: children_sum of a rep": edit("targets", CELL, children_sum=5),
    "targets.csv: level": edit("targets", CELL, level="team"),
    "targets.csv: a row missing": lambda out: drop(out, "targets", CELL),
    "rounding: not the nearest": other_rounding,
    "months: the whole year in December": december,
    "months: a unit a month later": later_by_a_month,
    "months: one month": edit("targets_monthly", at(REP, PRODUCT, period="2024-05"), target=plus(1)),
    "months: a month of the company": edit(
        "targets_monthly", at(ROOT, "*", period="2024-05"), target=plus(1)
    ),
    "months: a row missing": lambda out: drop(out, "targets_monthly", at(REP, PRODUCT, period="2024-05")),
    "months: another year": edit("targets_monthly", {"period": "2024-05"}, period="2025-05"),
    **{
        f"rules.csv: {column}": first_of("rules", column, to, rule_id="cap")
        for column, to in (
            ("value", plus(1)),
            ("max", plus(1)),
            ("min", 3),
            ("price", plus(0.1)),
            ("basis", "effort"),
            ("tier", "2"),
            ("owner", "nobody"),
            ("short_by", 4),
            ("kind", "range"),
            ("text", ""),
        )
    },
    "rules.csv: a missed rule said to be kept": said_kept,
    "rules.csv: relaxed is binding": other_status("relaxed", "binding"),
    "rules.csv: relaxed is slack": other_status("relaxed", "slack"),
    "rules.csv: binding is slack": other_status("binding", "slack"),
    "rules.csv: slack is binding": other_status("slack", "binding"),
    "rules.csv: what is missing of a relaxed rule": first_of("rules", "short_by", 0, status="relaxed"),
    "rules.csv: a row missing": lambda out: drop(out, "rules", {"rule_id": "cap"}),
    "rules.csv: a rule made up": lambda out: repeat(out, "rules", {"rule_id": "cap"}, rule_id="new"),
    "rules.csv: a pin": edit("rules", {"kind": "pin"}, value=plus(1)),
    **{
        f"prices.csv: {column}": first_of("prices", column, to, stage="balance", kind="capacity")
        for column, to in (
            ("price", times(1.01)),
            ("side", "lower"),
            ("side", "both"),
            ("part", "share"),
            ("stage", "tier1.sum"),
            ("kind", "range"),
            ("rule_id", "soft"),
            ("node_id", ROOT),
            ("product_id", SECOND),
        )
    },
    "prices.csv: none of the balance": lambda out: drop(out, "prices", {"stage": "balance"}),
    "prices.csv: none of a tier": lambda out: drop(out, "prices", {"stage": "tier1.largest"}),
    "prices.csv: the total's": first_of("prices", "price", times(1.001), stage="balance", kind="total"),
    **{
        f"explanation.csv: {one} -> {other} at {place}": moved_step(node, product, one, other)
        for place, node, product in (("the company", ROOT, "line"), ("a rep", REP, PRODUCT))
        for one, other in (("last_year", "company_growth"), ("company_growth", "shared_load"))
    },
    "explanation.csv: last_year -> trend": moved_step(ROOT, "*", "last_year", "trend"),
    "explanation.csv: company_growth -> own_rules": moved_step("north-a", "*", "company_growth", "own_rules"),
    "explanation.csv: own_rules -> shared_load": moved_step(TEAM, "line", "own_rules", "shared_load"),
    **{
        f"explanation.csv: {one} -> {other}": moved_step(ROOT, "*", one, other)
        for one, other in (("potential", "trend"), ("commitment", "potential"), ("trend", "commitment"))
    },
    "explanation.csv: a step renamed": renamed_step("company_growth", "potential"),
    "explanation.csv: a step with an unknown name": renamed_step("company_growth", "good_luck"),
    "explanation.csv: own rules renamed": renamed_step("own_rules", "fairness"),
    "explanation.csv: an amount": edit("explanation", at(REP, PRODUCT, step="last_year"), amount=plus(1)),
    "explanation.csv: two steps joined": without_step,
    "explanation.csv: a row twice": lambda out: repeat(out, "explanation", at(ROOT, "*", step="last_year")),
    "explanation.csv: gone": removed("explanation.csv"),
    **{
        f"{name}: altered": altered(name)
        for name in (
            "matrix.xlsx",
            "report.html",
            "fairness.json",
            "attainment.json",
            "names.json",
            "cells.csv",
            "targets.csv",
            "explanation.csv",
        )
    },
    **{
        f"{name}: removed": removed(name)
        for name in (
            "matrix.xlsx",
            "report.html",
            "fairness.json",
            "attainment.json",
            "names.json",
            "prices.csv",
        )
    },
    "certificate: status": certified("status", to="stopped"),
    "certificate: plan": certified("plan", to="other"),
    "certificate: start": certified("start", to="2024-02"),
    "certificate: months": certified("months", to=6),
    "certificate: currency": certified("currency", to="XXX"),
    "certificate: input_hash": certified("input_hash", to="0" * 64),
    "certificate: result_hash": certified("result_hash", to="0" * 64),
    "certificate: a change made up": certified("overrides", to=["commitment_cap=0.4"]),
    "certificate: unit": certified("measures", "m", "unit", to="USD"),
    "certificate: round_to": certified("measures", "m", "round_to", to="10"),
    "certificate: cells": certified("measures", "m", "cells", to=5),
    "certificate: a tier's largest violation": of_tier("largest_violation"),
    "certificate: a tier's sum": of_tier("sum_of_violations"),
    "certificate: no tiers": certified("measures", "m", "tiers", to=[]),
    "certificate: a tier left out": certified("measures", "m", "unsettled_tiers", to=[1]),
    "certificate: layers": certified("measures", "m", "rounding", "layers", to=2),
    "certificate: not_nearest": certified("measures", "m", "rounding", "not_nearest", to=99),
    "certificate: months of products further than a unit": certified(
        "measures", "m", "rounding", "product_months_off", to=1
    ),
    "certificate: largest_move": certified("measures", "m", "rounding", "largest_move", to=0.0),
    "certificate: a residual": certified("measures", "m", "residuals", "stationarity", to=0.1),
    "certificate: a measure more": lambda out: certificate(out, measures={"m": {}, "n": {}}),
    "certificate: a frame around a rep": claims_a_frame(REP),
    "certificate: a frame around a team": claims_a_frame("north-a"),
    "certificate: gone": removed("certificate.json"),
}
"""What may not pass."""


TOLD: dict[str, Corrupt] = {
    "the program, its versions, its engine": lambda out: certificate(out, versions={}, engine="other"),
    "how long it took, in how many passes, and the numbers of rows": all_of(
        lambda out: certificate(out, seconds={}), lambda out: _in_measure(out, passes={}, rows=1)
    ),
    "the words of a step or a rule (not a step's name or amount, nor whether a rule binds)": all_of(
        edit("explanation", ROOT_ALL, text="so it is"),
        first_of("rules", "text", "so - binding", status="binding"),
    ),
    "what the judgements, the report, the names and the workbook say": all_of(
        lambda out: (out / "report.html").write_bytes(b"so it is") and None,
        lambda out: certify(out) and None,
    ),
}
"""What passes, as docs/verification.md says."""
