"""Build a plan folder of twelve months from the AdventureWorks sales, July 2019 - June 2020 by default.

Everything is computed from the months before the plan starts: what the company could have
known in June 2019. Run it as

    python -m examples.adventureworks.build_plan SOURCE TARGET [--products category|subcategory]
        [--start 2020-07]
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

START = "2019-07"
HISTORY_START = "2017-07"
DEFAULT_GROWTH = 0.25
CAPACITY_FACTOR = 1.6
NEW_REP_RAMP = "0.25/0.5/0.75"
MEASURES = ("revenue", "units")
COMPANY = "adventure-works"
SOURCE_FILES = ("reps.csv", "territories.csv", "rep_territory_history.csv", "sales_monthly.csv")
RULE_COLUMNS = ["rule_id", "kind", "measure", "level", "node_id", "product_id"]
RULE_COLUMNS += ["min", "max", "basis", "tier", "owner", "note"]


@dataclass(frozen=True)
class Source:
    """The tables of the source folder that the plan needs; sales end before the plan starts."""

    reps: pd.DataFrame
    territories: pd.DataFrame
    territory_history: pd.DataFrame
    sales: pd.DataFrame
    start: str = START


def build_plan(
    source: Path,
    target: Path,
    products: str = "category",
    growth: float = DEFAULT_GROWTH,
    start: str = START,
) -> Path:
    """Write the plan folder `target` from the source folder and return it.

    Parameters
    ----------
    source
        Folder with reps.csv, territories.csv, rep_territory_history.csv, sales_monthly.csv.
    products
        `category` (4 products) or `subcategory` (about 20 under their categories).
    growth
        Company target over the last 12 months, 0.25 = 25 % more.
    start
        First month of the plan; 2020-07 has all 36 months of sales behind it.

    Raises
    ------
    FileNotFoundError
        If a file of the source is missing.
    """
    read = read_source(source, start)
    sales = read.sales.rename(columns={products: "product_id"})
    tables = {
        "org": org_table(read),
        "products": products_table(read.sales, products),
        "history": history_table(sales),
        "rules": rules_table(read, sales, growth),
        "calendar": calendar_table(start),
    }
    target.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(target / f"{name}.csv", index=False, lineterminator="\n")
    (target / "plan.yaml").write_text(plan_yaml(growth, start), encoding="utf-8", newline="\n")
    return target


def read_source(folder: Path, start: str = START) -> Source:
    """Read the source tables as text ids and numbers; sales from the plan's start on are dropped."""
    missing = [name for name in SOURCE_FILES if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{folder} holds no {', '.join(missing)}")
    frames = [
        pd.read_csv(folder / name, dtype={"rep_id": str, "manager_id": str, "territory_id": str})
        for name in SOURCE_FILES
    ]
    sales = frames[3]
    earlier = sales[sales["month"] < start].reset_index(drop=True)
    return Source(frames[0], frames[1], frames[2], earlier, start)


def group_of_territory(read: Source) -> dict[str, str]:
    """Return territory id -> territory group."""
    return dict(zip(read.territories["territory_id"], read.territories["group"], strict=True))


def group_of_manager(read: Source) -> dict[str, str]:
    """Return manager -> the territory group most of the team sells in when the plan starts."""
    now = read.territory_history
    now = now[(now["from_month"] <= read.start) & ~(now["to_month_excl"] <= read.start)]
    group = now.assign(group=now["territory_id"].map(group_of_territory(read)))[["rep_id", "group"]]
    people = read.reps[read.reps["role"] == "rep"].merge(group, on="rep_id")
    counts = people.groupby(["manager_id", "group"]).size().reset_index(name="n")
    largest = counts.sort_values(["n", "group"], ascending=[False, True]).drop_duplicates("manager_id")
    return dict(zip(largest["manager_id"], largest["group"], strict=True))


def slug(text: str) -> str:
    """Return an id from a name: lower case, dashes."""
    return text.lower().replace(" ", "-")


def org_table(read: Source) -> pd.DataFrame:
    """Return the org: company, territory groups, managers' teams, sellers.

    Managers sell a little themselves, so each has a leaf of his own in his team; the director
    sells nothing and is named on the company.
    """
    reps = read.reps
    groups = group_of_manager(read)
    director = reps.loc[reps["role"] == "director", "name"].iat[0]
    rows = [
        {"node_id": COMPANY, "parent_id": "", "level": "company", "name": f"Adventure Works ({director})"}
    ]
    rows += [
        {"node_id": slug(group), "parent_id": COMPANY, "level": "group", "name": group}
        for group in sorted(set(groups.values()))
    ]
    managers = reps[reps["role"] == "manager"]
    rows += [
        {
            "node_id": f"team-{manager}",
            "parent_id": slug(groups[manager]),
            "level": "team",
            "name": f"Team {name}",
        }
        for manager, name in zip(managers["rep_id"], managers["name"], strict=True)
    ]
    sellers = reps[reps["role"] != "director"]
    manager = np.where(sellers["role"] == "manager", sellers["rep_id"], sellers["manager_id"])
    is_new = sellers["start_date"] >= f"{read.start}-01"
    leaves = pd.DataFrame(
        {
            "node_id": sellers["rep_id"],
            "parent_id": "team-" + pd.Series(manager, index=sellers.index, dtype=str),
            "level": "rep",
            "name": sellers["name"],
            "employee_id": sellers["rep_id"],
            "role": sellers["role"],
            "start": sellers["start_date"],
            "ramp": np.where(is_new, NEW_REP_RAMP, ""),
            "peer_group": sellers["role"],
        }
    )
    return pd.concat([pd.DataFrame(rows), leaves], ignore_index=True).fillna("")


def products_table(sales: pd.DataFrame, products: str) -> pd.DataFrame:
    """Return the products sold before the plan, with the margin rate they had.

    margin = sum of margin / sum of revenue over the history. Categories are the product lines
    of the subcategories.
    """
    sums = sales.groupby(["category", "subcategory"])[["revenue", "margin"]].sum().reset_index()
    lines = sums.groupby("category")[["revenue", "margin"]].sum().reset_index()
    by_category = pd.DataFrame(
        {
            "product_id": lines["category"],
            "parent_id": "",
            "name": lines["category"],
            "margin": (lines["margin"] / lines["revenue"]).round(6),
        }
    )
    if products == "category":
        return by_category
    leaves = pd.DataFrame(
        {
            "product_id": sums["subcategory"],
            "parent_id": sums["category"],
            "name": sums["subcategory"],
            "margin": (sums["margin"] / sums["revenue"]).round(6),
        }
    )
    return pd.concat([by_category, leaves], ignore_index=True)


def history_table(sales: pd.DataFrame) -> pd.DataFrame:
    """Return two years of revenue and units by month, seller and product."""
    sums = sales.groupby(["month", "rep_id", "product_id"])[list(MEASURES)].sum().reset_index()
    long = sums.melt(["month", "rep_id", "product_id"], list(MEASURES), "measure", "amount")
    long["amount"] = long["amount"].round(2)
    long = long.rename(columns={"month": "period", "rep_id": "node_id"})
    long = long.sort_values(["measure", "period", "node_id", "product_id"], kind="stable")
    return long[["period", "node_id", "product_id", "measure", "amount"]].reset_index(drop=True)


def best_four_quarters(sales: pd.DataFrame, start: str = START) -> pd.Series:
    """Return the largest revenue of any four consecutive quarters, per seller with four of them."""
    period = pd.PeriodIndex(sales["month"], freq="M").asfreq("Q")
    quarters = pd.period_range(HISTORY_START, pd.Period(start, "M") - 1, freq="Q")
    by_quarter = sales.groupby(["rep_id", period])["revenue"].sum().unstack().reindex(columns=quarters)
    first = by_quarter.notna().to_numpy().argmax(axis=1)
    worked = np.arange(len(quarters)) >= first[:, None]
    filled = by_quarter.fillna(0.0).where(pd.DataFrame(worked, by_quarter.index, by_quarter.columns))
    return filled.T.rolling(4).sum().max().dropna()


def rules_table(read: Source, sales: pd.DataFrame, growth: float) -> pd.DataFrame:
    """Return the rules: what each seller can carry, how fast nodes may grow, fairness, margin."""
    capacity = (CAPACITY_FACTOR * best_four_quarters(sales, read.start) / 1000).round() * 1000
    rules: list[dict[str, str]] = [
        {
            "rule_id": f"capacity-{rep_id}",
            "kind": "capacity",
            "measure": "revenue",
            "node_id": rep_id,
            "max": f"{amount:.0f}",
            "basis": "amount",
            "tier": "hard",
            "owner": "sales operations",
            "note": f"{CAPACITY_FACTOR} x the best four quarters so far",
        }
        for rep_id, amount in zip(capacity.index.astype(str), capacity, strict=True)
    ]
    last_year = sales[sales["month"] >= str(pd.Period(read.start, "M") - 12)]
    revenue, margin = float(last_year["revenue"].sum()), float(sales["margin"].sum() / sales["revenue"].sum())
    profit = max(0.0, round(0.8 * margin * (1 + growth) * revenue, -3))
    common = {"measure": "revenue", "owner": "finance"}
    rules += [
        {**common, "rule_id": "group-growth", "kind": "growth", "level": "group"}
        | {"min": "0", "max": "0.5", "basis": "last_year", "tier": "hard"},
        {**common, "rule_id": "rep-growth", "kind": "growth", "level": "rep"}
        | {"min": "-0.1", "max": "0.5", "basis": "last_year", "tier": "1"},
        {**common, "rule_id": "rep-fairness", "kind": "fairness", "level": "rep"}
        | {"max": "0.3", "basis": "anchor", "tier": "2"},
        {**common, "rule_id": "components-share", "kind": "mix", "level": "group", "product_id": "Components"}
        | {"min": "0.1", "basis": "share", "tier": "3", "note": "keep the profitable category growing"},
        {**common, "rule_id": "profit", "kind": "link", "level": "company"}
        | {"min": f"{profit:.0f}", "basis": "margin", "tier": "3", "note": "80 % of the past margin rate"},
        {"rule_id": "units-growth", "kind": "growth", "measure": "units", "level": "rep", "owner": "finance"}
        | {"min": "-0.2", "max": "0.8", "basis": "last_year", "tier": "1"},
    ]
    return pd.DataFrame(rules, columns=RULE_COLUMNS).fillna("")


def calendar_table(start: str = START) -> pd.DataFrame:
    """Return Monday-Friday days of each month of the plan."""
    months = np.arange(np.datetime64(start, "M"), np.datetime64(start, "M") + 12)
    days = np.busday_count(months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]"))
    return pd.DataFrame({"period": months.astype(str), "working_days": days})


def plan_yaml(growth: float, start: str = START) -> str:
    """Return the text of plan.yaml."""
    last = pd.Period(start, "M") + 11
    document = {
        "plan": f"aw-fy{last.year}",
        "name": f"Adventure Works, {pd.Period(start, 'M'):%B %Y} - {last:%B %Y}",
        "start": start,
        "months": 12,
        "currency": "USD",
        "measures": {
            "revenue": {"kind": "outcome", "unit": "USD", "round_to": 1000, "total": {"growth": growth}},
            "units": {"kind": "outcome", "unit": "count", "round_to": 1, "total": {"growth": growth}},
        },
        "baseline": "auto",
        "seasonality": "history",
        "stretch_levels": {"base": 1.0, "stretch": 1.1, "challenge": 1.2},
    }
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the plan folder named on the command line."""
    parser = argparse.ArgumentParser(
        description=build_plan.__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--products", choices=("category", "subcategory"), default="category")
    parser.add_argument("--growth", type=float, default=DEFAULT_GROWTH)
    parser.add_argument("--start", default=START, metavar="YYYY-MM", help="first month of the plan")
    parsed = parser.parse_args(arguments)
    try:
        folder = build_plan(parsed.source, parsed.target, parsed.products, parsed.growth, parsed.start)
    except FileNotFoundError as error:
        parser.exit(2, f"{error}\n")
    print(f"plan written to {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
