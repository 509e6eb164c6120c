"""Random rules on a tiny company: the brute-force optimum passes, every other feasible point does not."""

import tempfile
from pathlib import Path

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from allocator.verification import verify_results
from tests.allocator.verification.companies import ANCHOR, TOTAL, blank
from tests.allocator.verification.optimum import Row, coefficients, minus, with_rows
from tests.allocator.verification.tampering import change, plus, rows_of
from tests.allocator.verification.tiny import MARGIN, NoAnswer, Tiny, holds, write_plan, write_result

PLACES = [(n, p) for n in ("east", "west", "e1", "w2") for p in ("*", "road", "helmets")]
FACTORS = st.sampled_from([0.9, 0.96, 1.0, 1.03, 1.07])


@st.composite
def companies(draw):
    """Draw a company with up to four hard rules: ranges of nodes, a mix, a link."""
    tiny = blank()
    rows: list[Row] = []
    for k, (node, product) in enumerate(draw(st.lists(st.sampled_from(PLACES), max_size=2, unique=True))):
        if node in ("e1", "w2") and product != "*":
            product = "*"
        coef = coefficients(tiny, node, product)
        wanted = round(draw(FACTORS) * tiny.amount(ANCHOR, node, product))
        if draw(st.booleans()):
            rows.append(Row(f"r{k}", "range", node, product, coef, lower=wanted, min=wanted))
            tiny.rules.append(f"r{k},range,revenue,,{node},{product},{wanted},,,hard,CFO")
        else:
            rows.append(Row(f"r{k}", "range", node, product, coef, upper=wanted, max=wanted))
            tiny.rules.append(f"r{k},range,revenue,,{node},{product},,{wanted},,hard,CFO")
    if draw(st.booleans()):
        share = round(
            draw(FACTORS) * tiny.amount(ANCHOR, "west", "road") / tiny.amount(ANCHOR, "west", "*"), 3
        )
        coef = minus(coefficients(tiny, "west", "road"), share, coefficients(tiny, "west", "*"))
        value = {"value": lambda t, _: t.target("west", "road") / t.target("west", "*")}
        rows.append(Row("m", "mix", "west", "road", coef, lower=0.0, min=share, extra=value))
        tiny.rules.append(f"m,mix,revenue,,west,road,{share},,,hard,CFO")
    if draw(st.booleans()):
        coef = coefficients(tiny, "acme", "*", MARGIN)
        wanted = round(
            draw(st.sampled_from([0.95, 1.02])) * sum(MARGIN[p] * a for (_, p), a in ANCHOR.items()), 1
        )
        rows.append(Row("p", "link", "acme", "*", coef, lower=wanted, min=wanted))
        tiny.rules.append(f"p,link,revenue,,acme,,{wanted},,,hard,CFO")
    return tiny, rows


@settings(deadline=None, derandomize=True, max_examples=12)
@given(companies())
def test_the_brute_force_optimum_passes_and_a_worse_point_fails(drawn):
    tiny, rows = drawn
    try:
        with_rows(tiny, rows)
    except NoAnswer:
        reject()
    with tempfile.TemporaryDirectory() as folder:
        plan = write_plan(tiny, Path(folder) / "plan")
        out = write_result(tiny, Path(folder) / "out", plan)
        report = verify_results(out, plan)
        assert holds(report), report.text()
        worse(tiny, out)
        failed = {check.check for check in verify_results(out, plan).failures}
        assert {"balance.cells", "balance.gap"} <= failed


def worse(tiny: Tiny, out: Path) -> None:
    """Move an amount around a square of cells: every row and column sum stays, the balance does not."""
    assert sum(float(row["unrounded"]) for row in rows_of(out, "cells")) - TOTAL < 1e-6
    for node, product, amount in (
        ("w1", "city", 0.01),
        ("w1", "road", -0.01),
        ("w2", "city", -0.01),
        ("w2", "road", 0.01),
    ):
        change(out, "cells", {"node_id": node, "product_id": product}, unrounded=plus(amount))
