"""Build the plan folder January - March 2018 from the won deals of a B2B sales pipeline.

Company -> regional office -> manager's team -> agent; revenue and deals by month, agent and
product. Run it as

    python -m examples.crm_opportunities.build_plan SOURCE TARGET
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import yaml

START = "2018-01"
MONTHS = 3
DEFAULT_GROWTH = 0.1
MEASURES = ("revenue", "deals")
COMPANY = "company"
SOURCE_FILES = ("won_monthly.csv", "sales_teams.csv", "products.csv")


def build_plan(source: Path, target: Path, growth: float = DEFAULT_GROWTH) -> Path:
    """Write the plan folder `target` from the source folder and return it.

    Parameters
    ----------
    source
        Folder with won_monthly.csv, sales_teams.csv, products.csv.
    growth
        Company total over the last three months (there is no year to compare with), 0.1 = 10 % more.

    Raises
    ------
    FileNotFoundError
        If a file of the source is missing.
    """
    missing = [name for name in SOURCE_FILES if not (source / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{source} holds no {', '.join(missing)}")
    won, teams, products = (pd.read_csv(source / name) for name in SOURCE_FILES)
    won = won[won["month"] < START]
    tables = {
        "org": org_table(teams),
        "products": products_table(products),
        "history": history_table(won),
    }
    target.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(target / f"{name}.csv", index=False, lineterminator="\n")
    (target / "plan.yaml").write_text(plan_yaml(won, growth), encoding="utf-8", newline="\n")
    return target


def slug(text: str) -> str:
    """Return an id from a name: lower case, dashes."""
    return text.lower().replace(" ", "-")


def org_table(teams: pd.DataFrame) -> pd.DataFrame:
    """Return company, regional offices, managers' teams and agents.

    Agents without any deal are leaves without history: they are given what their peers are.
    """
    rows = [{"node_id": COMPANY, "parent_id": "", "level": "company", "name": "Company"}]
    rows += [
        {"node_id": slug(office), "parent_id": COMPANY, "level": "office", "name": f"{office} office"}
        for office in sorted(teams["regional_office"].unique())
    ]
    managers = teams[["manager", "regional_office"]].drop_duplicates().sort_values("manager")
    rows += [
        {
            "node_id": f"team-{slug(manager)}",
            "parent_id": slug(office),
            "level": "team",
            "name": f"Team {manager}",
        }
        for manager, office in managers.itertuples(index=False)
    ]
    rows += [
        {"node_id": slug(agent), "parent_id": f"team-{slug(manager)}", "level": "agent", "name": agent}
        for agent, manager in teams[["sales_agent", "manager"]].itertuples(index=False)
    ]
    return pd.DataFrame(rows)


def products_table(products: pd.DataFrame) -> pd.DataFrame:
    """Return the products under their series, with the list price."""
    series = [
        {"product_id": f"series-{slug(one)}", "name": one} for one in sorted(products["series"].unique())
    ]
    leaves = pd.DataFrame(
        {
            "product_id": products["product"].map(slug),
            "parent_id": "series-" + products["series"].map(slug),
            "name": products["product"],
            "list_price": products["sales_price"],
        }
    )
    return pd.concat([pd.DataFrame(series), leaves], ignore_index=True)[
        ["product_id", "parent_id", "name", "list_price"]
    ]


def history_table(won: pd.DataFrame) -> pd.DataFrame:
    """Return won revenue and number of deals by month, agent and product."""
    long = won.melt(["month", "sales_agent", "product"], list(MEASURES), "measure", "amount")
    long = pd.DataFrame(
        {
            "period": long["month"],
            "node_id": long["sales_agent"].map(slug),
            "product_id": long["product"].map(slug),
            "measure": long["measure"],
            "amount": long["amount"],
        }
    )
    return long.sort_values(["measure", "period", "node_id", "product_id"], kind="stable").reset_index(
        drop=True
    )


def plan_yaml(won: pd.DataFrame, growth: float) -> str:
    """Return the text of plan.yaml."""
    latest = won[won["month"] >= str(pd.Period(START, "M") - MONTHS)]
    units = {"revenue": ("USD", 100), "deals": ("count", 1)}
    document = {
        "plan": "crm-2018q1",
        "name": "Hardware sales, January - March 2018",
        "start": START,
        "months": MONTHS,
        "currency": "USD",
        "measures": {
            measure: {
                "kind": "outcome",
                "unit": unit,
                "round_to": step,
                "total": round((1 + growth) * float(latest[measure].sum()) / step) * step,
            }
            for measure, (unit, step) in units.items()
        },
        "baseline": "auto",
    }
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the plan folder named on the command line."""
    parser = argparse.ArgumentParser(
        description=build_plan.__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--growth", type=float, default=DEFAULT_GROWTH)
    parsed = parser.parse_args(arguments)
    try:
        folder = build_plan(parsed.source, parsed.target, parsed.growth)
    except FileNotFoundError as error:
        parser.exit(2, f"{error}\n")
    print(f"plan written to {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
