"""What the field says about itself: commitments with their past bias, and the market's potential."""

import numpy as np
import pandas as pd

from examples.demo.company import Company

PAST_YEARS = ("2024", "2025")
SANDBAGGING = 0.05
BIAS_SPREAD = 0.13
ROUND_NOISE = 0.06
EXPECTED_GROWTH = 1.09
COMMITTING_SHARE = 0.93


def build_commitments(company: Company, history: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return commitments.csv: two past rounds with actuals, this year's round, regions on top.

    Every seller has a lasting bias: commitment = what he expects x exp(-bias), bias > 0 for
    those who keep something back and < 0 for those who promise too much.
    """
    actual = yearly(company, history, "revenue")
    bias = SANDBAGGING + BIAS_SPREAD * random.standard_normal(len(actual))
    confidence = np.array(["high", "mid", "low", ""])[random.integers(0, 4, len(actual))]
    parts = []
    for year in PAST_YEARS:
        told = actual[year] * np.exp(-bias + ROUND_NOISE * random.standard_normal(len(actual)))
        worked = (actual[year] > 0) & (company.seats["start"] <= f"{year}-01-01").to_numpy()
        rows = _rows(actual.index, "revenue", thousands(told)).assign(
            period=year, actual=actual[year].to_numpy()
        )
        parts.append(rows[worked.to_numpy() & ~company.seats["is_open"].to_numpy()])
    parts.append(_current(company, actual["2025"], bias, confidence, random))
    parts.append(_regions(company, actual["2025"]))
    parts.append(_new_customers(company, yearly(company, history, "new_customers")["2025"], random))
    table = pd.concat(parts, ignore_index=True)
    columns = ["node_id", "product_id", "measure", "amount", "confidence", "period", "actual"]
    return pd.DataFrame({name: table[name] for name in columns}).astype({"actual": "Int64"})


def _current(
    company: Company, last: pd.Series, bias: np.ndarray, confidence: np.ndarray, random: np.random.Generator
) -> pd.DataFrame:
    """Return what the sellers commit to for 2026; some name the new product as well."""
    told = last * EXPECTED_GROWTH * np.exp(-bias + 0.08 * random.standard_normal(len(last)))
    commits = is_staying(company) & (last > 0).to_numpy() & (random.random(len(last)) < COMMITTING_SHARE)
    commits &= (company.seats["start"] <= "2025-01-01").to_numpy()
    rows = _rows(last.index, "revenue", thousands(told)).assign(confidence=confidence)
    pioneers = commits & (company.seats["role"] == "key").to_numpy() & (random.random(len(last)) < 0.4)
    new = _rows(
        last.index, "revenue", thousands(np.full(len(last), 60_000.0) * company.seats["size"].to_numpy())
    )
    return pd.concat([rows[commits], new.assign(product_id="portable", confidence="low")[pioneers]])


def _regions(company: Company, last: pd.Series) -> pd.DataFrame:
    """Return what the heads of the regions commit to."""
    by_region = last.groupby(company.seats["region"].to_numpy()).sum()
    factor = pd.Series({"east": 1.10, "north": 1.05, "south": 1.12, "west": 1.08})
    amount = thousands((by_region * factor).to_numpy(), step=1_000_000)
    return _rows(by_region.index, "revenue", amount).assign(confidence="mid")


def _new_customers(company: Company, last: pd.Series, random: np.random.Generator) -> pd.DataFrame:
    """Return the new customers some teams commit to, seller by seller."""
    told = np.maximum(1, np.round(last * 1.08 + random.normal(0, 1.0, len(last)))).astype(np.int64)
    asked = company.seats["region"].isin(["east", "south"]).to_numpy()
    commits = is_staying(company) & asked & (last > 4).to_numpy()
    return _rows(last.index, "new_customers", told)[commits].assign(confidence="mid")


def build_potential(company: Company, history: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Return potential.csv: the market of each seat in revenue, of each team in new customers."""
    seats = company.seats
    stays = is_staying(company)
    market = 3.1 * 3_600_000 * seats["size"].to_numpy() * np.exp(0.22 * random.standard_normal(len(seats)))
    revenue = _rows(seats["node_id"], "revenue", thousands(market, step=10_000))[stays]
    by_seat: pd.Series = yearly(company, history, "new_customers")["2025"]
    customers = by_seat.groupby(seats["team"].to_numpy()).sum()
    noise = np.exp(0.15 * random.standard_normal(len(customers)))
    reach = np.round(customers.to_numpy() * 4 * noise).astype(np.int64)
    return pd.concat([revenue, _rows(customers.index, "new_customers", reach)], ignore_index=True)


def yearly(company: Company, history: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return sums by seat and calendar year, seats in org order."""
    rows = history[history["measure"] == measure]
    table = rows.pivot_table(index="node_id", columns=rows["period"].str[:4], values="amount", aggfunc="sum")
    return table.reindex(company.seats["node_id"]).fillna(0).astype(np.int64)


def is_staying(company: Company) -> np.ndarray:
    """Return True for seats that are filled or to be filled in 2026."""
    return np.asarray((company.seats["end"] == "") | (company.seats["end"] > "2026-01-01"))


def thousands(amount: np.ndarray | pd.Series, step: int = 1000) -> np.ndarray:
    """Return amounts rounded to a step, at least one step."""
    return np.maximum(np.round(np.asarray(amount, float) / step), 1).astype(np.int64) * step


def _rows(node_id: pd.Series | pd.Index, measure: str, amount: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "node_id": np.asarray(node_id),
            "product_id": "*",
            "measure": measure,
            "amount": amount,
        }
    )
