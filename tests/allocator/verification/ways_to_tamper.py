"""Every promise and a way to break it: company, what is done, the check that must fail, how."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.allocator.verification.tampering import (
    certificate,
    change,
    drop,
    drop_column,
    plus,
    repeat,
    rows_of,
    write_rows,
)

Tamper = Callable[[Path], None]
E1_CITY = {"node_id": "e1", "product_id": "city"}
SEPTEMBER = E1_CITY | {"period": "2019-09"}
GONE = "pins, leavers and zero anchors"


def edit(table: str, where: dict[str, str], **changes: Any) -> Tamper:
    """Change columns of the rows of a table that match."""
    return lambda out: change(out, table, where, **changes)


def cell(rep: str, product: str, /, **changes: Any) -> Tamper:
    """Change one row of cells.csv."""
    return edit("cells", {"node_id": rep, "product_id": product}, **changes)


def node(at: str, product: str, /, **changes: Any) -> Tamper:
    """Change one row of targets.csv."""
    return edit("targets", {"node_id": at, "product_id": product}, **changes)


def rule(at: str, /, **changes: Any) -> Tamper:
    """Change the rows of rules.csv of a node."""
    return edit("rules", {"node_id": at}, **changes)


def cap_price(**changes: Any) -> Tamper:
    """Change the price of the capacity."""
    return edit("prices", {"kind": "capacity"}, **changes)


def stage_price(stage: str, part: str, node_id: str, **changes: Any) -> Tamper:
    """Change one price of a soft side."""
    return edit("prices", {"stage": stage, "part": part, "node_id": node_id}, **changes)


def without(table: str, **where: str) -> Tamper:
    """Leave rows out."""
    return lambda out: drop(out, table, where)


def again(table: str, where: dict[str, str], **changes: str) -> Tamper:
    """Write rows twice."""
    return lambda out: repeat(out, table, where, **changes)


def certify_wrongly(**changes: Any) -> Tamper:
    """Change the certificate."""
    return lambda out: certificate(out, **changes)


def move_month(**where: str) -> Tamper:
    """Move one unit from September to October in some rows."""

    def tamper(out: Path) -> None:
        change(out, "targets_monthly", where | {"period": "2019-09"}, target=plus(-1))
        change(out, "targets_monthly", where | {"period": "2019-10"}, target=plus(1))

    return tamper


def swap_products(amount: float) -> Tamper:
    """Move an amount of rep e1 from road to city, at every node above, in cells and targets."""

    def tamper(out: Path) -> None:
        for product, delta in (("city", amount), ("road", -amount)):
            change(out, "cells", {"node_id": "e1", "product_id": product}, target=plus(delta))
            for node_id in ("e1", "east", "acme"):
                change(out, "targets", {"node_id": node_id, "product_id": product}, target=plus(delta))

    return tamper


def shift_unrounded(amount: float) -> Tamper:
    """Move an unrounded amount between two cells: sums and rules still hold, only the balance is worse."""

    def tamper(out: Path) -> None:
        change(out, "cells", {"node_id": "w1", "product_id": "city"}, unrounded=plus(amount))
        change(out, "cells", {"node_id": "w2", "product_id": "city"}, unrounded=plus(-amount))

    return tamper


def worsen_tier(out: Path) -> None:
    """Take some from e1 and give it to e2, so that the largest violation of the tier grows."""
    for product in ("city", "road", "helmets"):
        change(out, "cells", {"node_id": "e1", "product_id": product}, unrounded=plus(-1))
        change(out, "cells", {"node_id": "e2", "product_id": product}, unrounded=plus(1))


def swap_lines(out: Path) -> None:
    """Write the first two targets the other way round."""
    rows = rows_of(out, "targets")
    write_rows(out, "targets", [rows[1], rows[0], *rows[2:]])


def flip_digit(out: Path) -> None:
    """Change a file and leave the certificate."""
    path = out / "cells.csv"
    path.write_bytes(path.read_bytes().replace(b"60.25", b"60.26", 1))


def price_a_slack_rule(out: Path) -> None:
    """Put a price on a rule that does not bind."""
    columns = ["measure", "stage", "kind", "rule_id", "node_id", "product_id", "side", "part", "price"]
    values = ["revenue", "balance", "range", "r1", "east", "bikes", "lower", "", "0.1"]
    write_rows(out, "prices", [dict(zip(columns, values, strict=True))])


def forget_the_proof(out: Path) -> None:
    """Leave out the prices that prove the capacity tight: its price in the balance has no free sign then."""
    for stage in ("tier1.sum", "tier1.largest"):
        drop(out, "prices", {"kind": "capacity", "stage": stage})


FILES: list[tuple[str, str, str, Tamper]] = [
    ("range", "a digit of a csv, certificate left", "result_hash", flip_digit),
    ("range", "another input hash", "input_hash", certify_wrongly(input_hash="0" * 64)),
    ("range", "overrides added", "input_hash", certify_wrongly(overrides=["months=6"])),
    ("range", "overrides that are no texts", "files", certify_wrongly(overrides=[1])),
    ("range", "certificate of another plan", "certificate", certify_wrongly(plan="other")),
    ("range", "other measures certified", "certificate", certify_wrongly(measures={"profit": {}})),
    ("range", "a target that is no number", "numbers", node("east", "*", target="NaN")),
    ("range", "an infinite anchor", "numbers", cell("e1", "city", anchor="inf")),
    ("range", "an empty unrounded", "numbers", cell("e1", "city", unrounded="")),
    ("range", "half a unit", "whole_units", edit("targets_monthly", SEPTEMBER, target=plus(0.5))),
    ("range", "an unknown node", "rows", node("east", "*", node_id="north")),
    ("range", "a row twice", "rows", again("cells", E1_CITY)),
    ("range", "a row missing", "rows", without("targets_monthly", **SEPTEMBER)),
    ("range", "rows out of order", "rows", swap_lines),
    ("range", "a column missing", "files", lambda out: drop_column(out, "rules", "status")),
]
SUMS: list[tuple[str, str, str, Tamper]] = [
    ("range", "one cell target", "cells_in_targets", cell("e1", "city", target=plus(1))),
    ("range", "one `*` target", "product_sums", node("e1", "*", target=plus(1))),
    ("range", "one line", "line_sums", node("e1", "bikes", target=plus(1))),
    ("range", "a region", "node_sums", node("west", "*", target=plus(1))),
    ("range", "a children_sum", "children_sum", node("west", "city", children_sum=1)),
    ("range", "a rep with children", "children_sum", node("e1", "city", children_sum=0)),
    ("over-assignment", "the ledger", "ledger", node("e1", "city", target=plus(2))),
    ("range", "the company", "company_total", node("acme", "*", target=plus(1))),
    ("product totals", "a product total", "product_totals", node("acme", "city", target=plus(1))),
    ("range", "two units swapped", "within_one_unit", swap_products(2)),
    ("range", "two units swapped in the cells", "cells_within_one_unit", swap_products(2)),
    ("range", "a month and its year", "months_sum", edit("targets_monthly", SEPTEMBER, target=plus(1))),
    ("range", "a month moved for one product", "month_products", move_month(**E1_CITY)),
    ("range", "a month moved for one rep", "month_nodes", move_month(node_id="e1")),
    ("range", "a month moved for a line", "month_lines", move_month(product_id="bikes")),
    ("range", "a negative month", "months_not_negative", edit("targets_monthly", SEPTEMBER, target=-1)),
]
EXPLANATION: list[tuple[str, str, str, Tamper]] = [
    ("range", "a step", "explanation_sums", edit("explanation", E1_CITY | {"step": "rounding"}, amount=4)),
    ("range", "a step left out", "explanation_sums", without("explanation", step="rounding", **E1_CITY)),
    ("range", "a step twice", "explanation_rows", again("explanation", E1_CITY | {"step": "rounding"})),
    ("range", "a step of nobody", "explanation_rows", edit("explanation", E1_CITY, node_id="nobody")),
    ("range", "half a step", "explanation_rows", edit("explanation", E1_CITY, amount=plus(0.5))),
    ("range", "a ruined explanation", "files", lambda out: drop_column(out, "explanation", "amount")),
]
COLUMNS: list[tuple[str, str, str, Tamper]] = [
    ("range", "last year", "last_year", node("e1", "city", last_year=plus(1))),
    ("range", "growth", "growth", node("e1", "city", growth=plus(0.001))),
    ("range", "growth left out", "growth", node("e1", "city", growth="")),
    ("range", "ratio", "ratio", node("e1", "city", ratio=plus(0.001))),
    ("range", "the anchor of a node", "node_anchors", node("east", "*", anchor=plus(1))),
    ("range", "a level", "levels", node("e1", "*", level="team")),
    ("range", "anchors that miss the total", "anchor_totals", cell("e1", "city", anchor=plus(1))),
    ("range", "unrounded that miss the total", "unrounded_totals", cell("e1", "city", unrounded=plus(0.01))),
    ("range", "a negative baseline", "not_negative", cell("e1", "city", baseline=-1)),
    (GONE, "an upper bound", "cell_bounds", cell("w1", "road", upper=51)),
    (GONE, "the bound of a leaver", "cell_bounds", cell("w2", "road", upper="")),
    (GONE, "a pin's bounds", "bounds_held", cell("e1", "city", lower=31, upper=31)),
    (GONE, "a leaver with a target", "closed_cells", cell("w2", "city", unrounded=0.5)),
]
RULES: list[tuple[str, str, str, Tamper]] = [
    ("capacity", "broken before rounding", "rules_unrounded", cell("e1", "city", unrounded=plus(0.01))),
    ("capacity", "broken after rounding", "rules_rounded", node("e1", "*", target=plus(1))),
    ("pin", "broken after rounding", "rules_rounded", node("west", "bikes", target=plus(-1))),
    ("mix", "missed by more than the rounding", "ratios_rounded", node("east", "helmets", target=plus(-3))),
    (
        "effort",
        "missed by more than the rounding",
        "side_rows_rounded",
        node("west", "helmets", target=plus(9)),
    ),
    ("mix", "a rule row missing", "rule_rows", without("rules", node_id="west")),
    ("mix", "a rule row too many", "rule_rows", again("rules", {"node_id": "west"}, node_id="acme")),
    ("mix", "a rule row twice", "rule_rows", again("rules", {"node_id": "west"})),
    ("mix", "a rule's value", "rule_values", rule("west", value=plus(0.01))),
    ("mix", "a rule's bound", "rule_texts", rule("west", min=0.37)),
    ("mix", "a rule's owner", "rule_texts", rule("west", owner="Bob")),
    ("mix", "a rule made soft", "rule_texts", rule("west", tier="1")),
    ("mix", "a rule without words", "rule_texts", rule("west", text="")),
    ("capacity", "binding told as slack", "rule_status", rule("e1", status="slack", price=0)),
    ("nothing binds", "slack told as binding", "rule_status", rule("east", status="binding")),
    ("soft tier", "relaxed told as binding", "rule_status", rule("e1", status="binding")),
    ("capacity", "an unknown status", "rule_status", rule("e1", status="fine")),
    ("soft tier", "what is missing", "rule_short_by", rule("e1", short_by=plus(-1))),
    ("capacity", "a rule's price", "rule_prices", rule("e1", price=plus(0.01))),
    (GONE, "a pin's price", "rule_prices", rule("e1", price=plus(0.01))),
]
OPTIMALITY: list[tuple[str, str, str, Tamper]] = [
    ("capacity", "a price of a rule that is none", "price_rows", cap_price(node_id="e2")),
    ("capacity", "a price of no side", "price_rows", cap_price(side="lower")),
    ("capacity", "a price that is no number", "price_rows", cap_price(price="x")),
    ("capacity", "a price of no stage", "price_rows", cap_price(stage="tier0.sum")),
    ("capacity", "a price of a tier that is not there", "stages", cap_price(stage="tier2.sum")),
    ("capacity", "a price with the wrong sign", "balance.signs", cap_price(price=0.3)),
    ("capacity", "a soft part on a hard rule", "balance.signs", cap_price(part="keep")),
    ("nothing binds", "a price on a slack rule", "balance.tight", price_a_slack_rule),
    ("capacity", "a price", "balance.cells", cap_price(price=plus(1e-6))),
    ("capacity", "a worse balance", "balance.cells", shift_unrounded(1e-4)),
    ("capacity", "a worse balance against the dual bound", "balance.gap", shift_unrounded(0.01)),
    ("capacity", "a price left out", "balance.gap", without("prices", kind="capacity")),
    ("soft tier", "a worse tier", "tier1.largest.tight", worsen_tier),
    (
        "soft tier",
        "a goal's price",
        "tier1.largest.columns",
        stage_price("tier1.largest", "goal", "e1", price=1e-5),
    ),
    (
        "soft tier",
        "a hard rule's price",
        "tier1.sum.cells",
        stage_price("tier1.sum", "", "east", price=-1e-5),
    ),
    (
        "soft tier",
        "a tier's sign",
        "tier1.largest.signs",
        stage_price("tier1.largest", "largest", "e1", price=-1),
    ),
    ("soft tier", "a stage left out", "tier1.largest.columns", without("prices", stage="tier1.largest")),
    ("soft tier", "the second stage left out", "tier1.sum.columns", without("prices", stage="tier1.sum")),
    (
        "soft tier",
        "shares out of balance",
        "balance.columns",
        stage_price("balance", "share", "e1", price=0.1),
    ),
    ("soft tier", "a free sign without proof", "balance.signs", forget_the_proof),
]
TAMPERINGS = FILES + SUMS + EXPLANATION + COLUMNS + RULES + OPTIMALITY
