"""Plans of a given size with rules of every kind, feasible by construction."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.own_rules import own_cell_rules, own_rules

REPS_PER_TEAM = 10
REPS_PER_REGION = 250
PRODUCTS_PER_LINE = 4
MOST_REGIONS = 20
PINNED_REPS = 20
GROWTH = 0.10
OVER_TEAM, OVER_REP = 0.02, 0.03
WIDEST = 2.5  # a larger rep than this would have to fall below the fairness band to meet the capacity rule
STREET = (1 + OVER_TEAM) * (1 + OVER_REP) * (1 + GROWTH)
"""A rep's target as a multiple of last year if all grow alike."""
MEAN_REP = 2_000_000.0
SEASON = np.array([0.80, 0.85, 1.15, 0.95, 0.98, 1.20, 0.90, 0.92, 1.12, 0.95, 1.05, 1.13])
PEER_GROUPS = np.array(["key", "field", "inside"])
PEER_SIZE = np.array([1.8, 1.0, 0.5])


@dataclass(frozen=True)
class Market:
    """What the invented company sold: the arrays that all tables are drawn from.

    Parameters
    ----------
    rep, team_of_rep, region_of_team
        Ids of the reps; positions of each rep's team and each team's region.
    product, line_of_product
        Ids of the products; position of each product's line.
    peer_group
        Position of each rep's peer group.
    last_year
        Shape (n_rep, n_product): amount of the 12 months before the plan.
    margin, effort
        Shape (n_product,).
    """

    rep: np.ndarray
    team_of_rep: np.ndarray
    region_of_team: np.ndarray
    product: np.ndarray
    line_of_product: np.ndarray
    peer_group: np.ndarray
    last_year: np.ndarray
    margin: np.ndarray
    effort: np.ndarray

    @property
    def by_rep(self) -> np.ndarray:
        """Last year of every rep."""
        return np.asarray(self.last_year.sum(axis=1))

    @property
    def capacity(self) -> float:
        """What a rep can carry at most: two in a hundred would get more if all grew alike."""
        return float(STREET * np.quantile(self.by_rep, 0.98))


def write_benchmark_plan(
    folder: Path,
    n_rep: int,
    n_product: int,
    seed: int,
    n_measure: int = 1,
    n_own_rule: int = 0,
    n_own_cell_rule: int = 0,
    total_factor: float = 1.0,
) -> Path:
    """Write a plan of n_rep x n_product cells and return its folder.

    Two years of history, potential, commitments with two past rounds, every rule kind hard or
    soft, pins and over-assignment. The same arguments write the same bytes.

    Parameters
    ----------
    n_measure
        Measures of the same size, all with the same rules.
    n_own_rule, n_own_cell_rule
        Lines in rules.csv beside the nine: rules on one rep each, on one rep in one product each.
    total_factor
        The company's total as a share of the one that can be had; from 1.6 on the plan is impossible.

    Raises
    ------
    ValueError
        If there are fewer than 20 reps or 2 products.
    """
    if n_rep < PINNED_REPS or n_product < 2:
        raise ValueError(f"a benchmark plan has at least {PINNED_REPS} reps and 2 products")
    random = np.random.Generator(np.random.PCG64(seed))
    market = _market(n_rep, n_product, random)
    own = _own_rules(market, n_own_rule, n_own_cell_rule, seed)
    tables = {
        "org": _org(market),
        "products": _products(market),
        "history": _history(market, random),
        "commitments": _commitments(market, random),
        "potential": _potential(market, random),
        "rules": pd.concat([_rules(market), *own], ignore_index=True),
        "pins": _pins(market),
    }
    measures = ["revenue", *(f"measure{number}" for number in range(2, n_measure + 1))]
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        if "measure" in table:
            table = pd.concat([table.assign(measure=measure) for measure in measures], ignore_index=True)
        if "rule_id" in table:
            table["rule_id"] = table["measure"] + "-" + table["rule_id"]
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "plan.yaml").write_text(
        _plan_yaml(market, measures, total_factor), encoding="utf-8", newline="\n"
    )
    return folder


def _ids(letter: str, count: int) -> np.ndarray:
    """Return ids of equal length: letter and number."""
    width = len(str(count))
    return np.array([f"{letter}{number:0{width}d}" for number in range(1, count + 1)])


def _market(n_rep: int, n_product: int, random: np.random.Generator) -> Market:
    """Draw the company: uneven reps, a product mix of their own, some products not sold."""
    n_team = max(2, n_rep // REPS_PER_TEAM)
    n_region = int(np.clip(n_rep // REPS_PER_REGION, 2, MOST_REGIONS))
    n_line = max(2, n_product // PRODUCTS_PER_LINE)
    peer_group = np.array([0, 1, 1, 1, 1, 1, 1, 1, 2, 2])[np.arange(n_rep) % 10]
    spread = np.clip(random.standard_normal(n_rep), -WIDEST, WIDEST)
    size = MEAN_REP * PEER_SIZE[peer_group] * np.exp(0.3 * spread)
    share = np.exp(0.6 * random.standard_normal(n_product))
    mix = share * np.exp(0.5 * random.standard_normal((n_rep, n_product)))
    mix *= random.random((n_rep, n_product)) < 0.8
    mix[:, 0] += mix.sum(axis=1) <= 0
    return Market(
        rep=_ids("r", n_rep),
        team_of_rep=np.arange(n_rep) * n_team // n_rep,
        region_of_team=np.arange(n_team) * n_region // n_team,
        product=_ids("p", n_product),
        line_of_product=np.arange(n_product) * n_line // n_product,
        peer_group=peer_group,
        last_year=np.round(size[:, None] * mix / mix.sum(axis=1, keepdims=True)),
        margin=np.round(random.uniform(0.2, 0.6, n_product), 3),
        effort=np.round(random.uniform(0.0002, 0.0006, n_product), 6),
    )


def _org(market: Market) -> pd.DataFrame:
    """Company, regions, teams, reps."""
    n_team, n_region = len(market.region_of_team), market.region_of_team[-1] + 1
    region, team = _ids("region", n_region), _ids("t", n_team)
    top = pd.DataFrame({"node_id": ["company"], "parent_id": "", "level": "company", "name": "公司 Company"})
    regions = pd.DataFrame({"node_id": region, "parent_id": "company", "level": "region", "name": region})
    teams = pd.DataFrame(
        {"node_id": team, "parent_id": region[market.region_of_team], "level": "team", "name": team}
    )
    reps = pd.DataFrame(
        {
            "node_id": market.rep,
            "parent_id": team[market.team_of_rep],
            "level": "rep",
            "name": market.rep,
            "peer_group": PEER_GROUPS[market.peer_group],
        }
    )
    return pd.concat([top, regions, teams, reps], ignore_index=True)


def _products(market: Market) -> pd.DataFrame:
    """Lines and their products with margin and effort."""
    line = _ids("line", market.line_of_product[-1] + 1)
    lines = pd.DataFrame({"product_id": line, "parent_id": "", "name": line})
    leaves = pd.DataFrame(
        {
            "product_id": market.product,
            "parent_id": line[market.line_of_product],
            "name": market.product,
            "margin": market.margin,
            "effort": market.effort,
        }
    )
    return pd.concat([lines, leaves], ignore_index=True)


def _history(market: Market, random: np.random.Generator) -> pd.DataFrame:
    """Two years; every cell sells in 12, 4 or 1 months a year, fewer the larger the plan."""
    rep, product = np.nonzero(market.last_year > 0)
    n_cell = market.last_year.size
    sales = 12 if n_cell <= 20_000 else 4 if n_cell <= 200_000 else 1
    months = (np.arange(len(rep))[:, None] + np.arange(sales) * (12 // sales)) % 12
    weight = SEASON[months] * np.exp(0.2 * random.standard_normal(months.shape))
    weight /= weight.sum(axis=1, keepdims=True)
    last = market.last_year[rep, product]
    before = last / 1.06 * np.exp(0.12 * random.standard_normal(len(rep)))
    periods = np.arange(np.datetime64("2024-01", "M"), np.datetime64("2026-01", "M")).astype(str)
    parts = [
        pd.DataFrame(
            {
                "period": periods[(months + 12 * year).ravel()],
                "node_id": np.repeat(market.rep[rep], sales),
                "product_id": np.repeat(market.product[product], sales),
                "measure": "revenue",
                "amount": np.round(amount[:, None] * weight).astype(np.int64).ravel(),
            }
        )
        for year, amount in enumerate((before, last))
    ]
    return pd.concat(parts, ignore_index=True)


def _commitments(market: Market, random: np.random.Generator) -> pd.DataFrame:
    """Two past rounds with actuals and a current one, with a lasting bias of every rep."""
    total = market.last_year.sum(axis=1)
    bias = 0.05 + 0.12 * random.standard_normal(len(total))
    rounds = (("2024", total / 1.06), ("2025", total), ("", total * 1.08))
    parts = []
    for period, expected in rounds:
        told = expected * np.exp(-bias + 0.05 * random.standard_normal(len(total)))
        parts.append(
            pd.DataFrame(
                {
                    "node_id": market.rep,
                    "product_id": "*",
                    "measure": "revenue",
                    "amount": np.round(told).astype(np.int64),
                    "confidence": "" if period else "mid",
                    "period": period,
                    "actual": np.round(expected).astype(np.int64).astype(str) if period else "",
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _potential(market: Market, random: np.random.Generator) -> pd.DataFrame:
    """The market of every rep, all products."""
    market_size = 3.0 * market.last_year.sum(axis=1) * np.exp(0.2 * random.standard_normal(len(market.rep)))
    amount = np.round(market_size).astype(np.int64)
    return pd.DataFrame({"node_id": market.rep, "product_id": "*", "measure": "revenue", "amount": amount})


def _rules(market: Market) -> pd.DataFrame:
    """One or more rules of every kind; bounds taken from last year's figures so that some bind."""
    by_product = market.last_year.sum(axis=0)
    first_region = market.by_rep[market.region_of_team[market.team_of_rep] == 0].sum()
    effort: np.ndarray = np.bincount(market.team_of_rep, weights=market.last_year @ market.effort)
    effort = effort * (1 + OVER_TEAM) * (1 + GROWTH)
    line_share = by_product[market.line_of_product == 0].sum() / by_product.sum()
    profit = 0.99 * (1 + GROWTH) * float(by_product @ market.margin)
    region, line = _ids("region", market.region_of_team[-1] + 1), _ids("line", market.line_of_product[-1] + 1)
    rules = [
        ("range", "", region[0], "", f"{1.01 * (1 + GROWTH) * first_region:.0f}", "", "amount", "hard"),
        ("growth", "team", "", "", "-0.3", "0.6", "last_year", "hard"),
        ("growth", "rep", "", "", "-0.2", "0.35", "last_year", "2"),
        ("capacity", "rep", "", "", "", f"{market.capacity:.0f}", "amount", "hard"),
        ("capacity", "team", "", "", "", f"{np.quantile(effort, 0.97):.0f}", "effort", "hard"),
        ("mix", "region", "", line[0], f"{0.95 * line_share:.4f}", "", "share", "1"),
        ("fairness", "rep", "", "", "", "0.5", "anchor", "hard"),
        ("commitment", "rep", "", "", "0.75", "1.6", "ratio", "3"),
        ("link", "company", "", "", f"{profit:.0f}", "", "margin", "hard"),
    ]
    columns = ["kind", "level", "node_id", "product_id", "min", "max", "basis", "tier"]
    table = pd.DataFrame(rules, columns=columns)
    table.insert(0, "rule_id", [f"rule-{number}-{rule[0]}" for number, rule in enumerate(rules, start=1)])
    table.insert(2, "measure", "revenue")
    return table.assign(owner="finance")


def _own_rules(market: Market, n_own: int, n_own_cell: int, seed: int) -> list[pd.DataFrame]:
    """Rules of single reps; the hard ones leave room for all growing alike but for reps at their capacity."""
    alike = STREET * market.by_rep
    most = np.minimum(alike, market.capacity)
    cells = (market.rep, market.product, market.last_year, STREET * market.last_year)
    return [
        own_rules(market.rep, market.by_rep, alike, most, n_own, seed),
        own_cell_rules(*cells, cells[-1] * (most / alike)[:, None], n_own_cell, seed),
    ]


def _pins(market: Market) -> pd.DataFrame:
    """A few reps of ordinary size with an agreed number."""
    by_rep = market.by_rep
    field = np.flatnonzero(market.peer_group == 1)
    distance = np.abs(by_rep[field] - np.median(by_rep[field]))
    ordinary = np.sort(field[np.argsort(distance, kind="stable")[: len(field) // 5][:PINNED_REPS]])
    amount = np.round(by_rep[ordinary] * STREET / 1000).astype(np.int64) * 1000
    return pd.DataFrame(
        {"node_id": market.rep[ordinary], "product_id": "*", "measure": "revenue", "amount": amount}
    ).assign(reason="agreed", owner="finance")


def _plan_yaml(market: Market, measures: list[str], total_factor: float) -> str:
    """Return plan.yaml: of each measure a company total, one product total, a range on a line."""
    by_product = (1 + GROWTH) * market.last_year.sum(axis=0)
    total = round(total_factor * by_product.sum() / 1000) * 1000
    first = round(by_product[0] / 1000) * 1000
    last_line = by_product[market.line_of_product == market.line_of_product[-1]].sum()
    low, high = round(0.9 * last_line / 1000) * 1000, round(1.1 * last_line / 1000) * 1000
    lines = _ids("line", market.line_of_product[-1] + 1)
    spec = f"{{kind: outcome, unit: CNY, round_to: 1000, total: {total}}}"
    product_totals = f"{{{market.product[0]}: {first}, {lines[-1]}: {{min: {low}, max: {high}}}}}"
    specs = "\n".join(f"  {measure}: {spec}" for measure in measures)
    totals = "\n".join(f"  {measure}: {product_totals}" for measure in measures)
    return f"""\
plan: benchmark
name: {market.last_year.size} cells
start: 2026-01
months: 12
currency: CNY
measures:
{specs}
product_totals:
{totals}
baseline: {{history: 0.6, potential: 0.15, commitment: 0.25}}
over_assignment: {{team: {OVER_TEAM}, rep: {OVER_REP}}}
seasonality: history
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one plan."""
    parser = argparse.ArgumentParser(description="write a plan of a given size")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reps", type=int, required=True)
    parser.add_argument("--products", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--measures", type=int, default=1)
    parser.add_argument("--own-rules", type=int, default=0, help="rules on one rep each")
    parser.add_argument("--own-cell-rules", type=int, default=0, help="rules on one rep in one product each")
    parser.add_argument("--total-factor", type=float, default=1.0, help="from 1.6 on the total is impossible")
    parsed = parser.parse_args(arguments)
    write_benchmark_plan(
        parsed.folder,
        parsed.reps,
        parsed.products,
        parsed.seed,
        parsed.measures,
        parsed.own_rules,
        parsed.own_cell_rules,
        parsed.total_factor,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
