"""Whatever was sold and chosen: sums are exact, what is over stays, a gap that is kept is made up."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocator.plan.reading import read_plan
from scenarios.replan.remainder import Policy
from scenarios.replan.replan import Request, replan
from scenarios.replan.year_rules import MISSED, year_rules
from solver_models.engines.choice import choose_engine
from tests.scenarios.replan.tiny import CELLS, Company, publish

RULES = (
    "r-mix,mix,sales,,co,b,0.28,0.36,share,hard,Product",
    "r-fair,fairness,sales,rep,,,,0.1,anchor,hard,HR",
    "r-growth,growth,sales,rep,,,-0.2,0.2,last_year,hard,Sales",
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return publish(tmp_path_factory.mktemp("invariants"), RULES)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sold=st.lists(st.floats(0, 60), min_size=12, max_size=12),
    keep=st.sampled_from(["0", "0.3", "1"]),
    learns=st.booleans(),
    share=st.sampled_from(["0", "0.5", "1"]),
)
def test_sums_are_exact_and_months_over_are_the_actuals(
    company: Company,
    tmp_path_factory: pytest.TempPathFactory,
    sold: list[float],
    keep: str,
    learns: bool,
    share: str,
) -> None:
    root = tmp_path_factory.mktemp("case")
    amounts = np.array(sold).reshape(6, 2)
    request = _request(root, company, amounts, Policy(Decimal(keep), learns=learns), share)
    (root / "rest").mkdir()
    found = replan(read_plan(company[0]), request, root / "rest", choose_engine("auto"))
    year, grid = found.years["sales"], found.labels.grid
    assert (year.months[1:].sum(axis=0) == year.months[0]).all(), "reps sum to the company in every month"
    assert (year.months[:, 1] + year.months[:, 2] == year.months[:, 0]).all()
    assert (year.months[:, :, :2] == year.locked.month_units).all()
    to_date = grid.roll_up_plain(amounts.sum(axis=1))
    assert (np.abs(year.locked.units - to_date) < 1 + 1e-6).all()
    published = int(year.published[0, 0].sum())
    gap = int(year.published[0, 0, :2].sum() - year.locked.units[0, 0])
    assert year.target[0, 0] == published - int((1 - Decimal(keep)) * max(gap, 0))
    if keep == "1":
        assert year.target[0, 0] == published
    told = year_rules(found, "sales")
    hard = told[(told["kind"] == "growth") & (told["status"] != MISSED)]
    assert (hard["short_by"] < 1).all()


def _request(root: Path, company: Company, amounts: np.ndarray, policy: Policy, share: str) -> Request:
    rows = [
        f"2020-{month + 1:02d},{rep},{product},sales,{float(amounts[k, month])!r}"
        for k, (rep, product) in enumerate(CELLS)
        for month in range(2)
    ]
    (root / "actuals.csv").write_text("\n".join(["period,node_id,product_id,measure,amount", *rows, ""]))
    (root / "moves.csv").write_text(f"from,to,product_id,effective,share\nr1,r3,b,2020-04,{share}\n")
    return Request(root / "actuals.csv", company[1], "2020-02", policy, root / "moves.csv")
