"""Three years of monthly sales of the demo company: trend, season, noise, gaps and returns."""

import numpy as np
import pandas as pd

from examples.demo.company import PRODUCTS, Company
from examples.demo.working_days import working_days

FIRST_MONTH = "2023-01"
MONTHS = 36
YEAR_ZERO_PER_SEAT = 3_400_000.0
SEASON = np.array([0.80, 0.85, 1.15, 0.95, 0.98, 1.20, 0.90, 0.92, 1.12, 0.95, 1.05, 1.30])
GAP_SHARE = 0.15
RETURN_SHARE = 0.004
MONTHLY_NOISE = 0.35
NEW_CUSTOMERS_PER_MONTH = 1.15


def build_history(company: Company, random: np.random.Generator) -> pd.DataFrame:
    """Return history.csv: revenue in CNY (hundreds) and new customers by month, seat and product.

    revenue = size of the seat x share of the product x trend x season per working day x
    working days x noise; some months have no sale, some a return.
    """
    seats = company.seats
    amount = revenue_cube(company, random)
    customers = _new_customers(amount, random)
    return pd.concat(
        [
            _long(np.round(amount / 100) * 100, seats["node_id"], "revenue"),
            _long(customers, seats["node_id"], "new_customers"),
        ],
        ignore_index=True,
    )


def revenue_cube(company: Company, random: np.random.Generator) -> np.ndarray:
    """Return revenue by seat, product and month, shape (n_seat, 12, 36)."""
    n_seat, n_product = len(company.seats), len(PRODUCTS)
    size = YEAR_ZERO_PER_SEAT / 12 * company.seats["size"].to_numpy()
    amount = size[:, None, None] * _shares(n_seat, random)[:, :, None] * _time_profile(n_seat, random)
    amount *= np.exp(MONTHLY_NOISE * random.standard_normal(amount.shape) - MONTHLY_NOISE**2 / 2)
    amount *= random.random(amount.shape) >= GAP_SHARE
    returned = random.random(amount.shape) < RETURN_SHARE
    amount = np.where(returned, -0.6 * amount, amount)
    # One seat took back more training than it sold.
    training = [product[0] for product in PRODUCTS].index("training")
    amount[12, training, -12:] = np.where(amount[12, training, -12:] > 0, -1500.0, 0.0)
    present = _presence(company)
    return np.asarray(amount * present[:, None, :]).reshape(n_seat, n_product, MONTHS)


def _shares(n_seat: int, random: np.random.Generator) -> np.ndarray:
    """Return the mix of each seat: the company's, cut to what the seat sells, with its own leaning."""
    share = np.array([product[5] for product in PRODUCTS])
    sellers = np.array([product[7] for product in PRODUCTS])
    sells = random.random((n_seat, len(PRODUCTS))) < sellers
    sells[:, 0] |= ~sells[:, :3].any(axis=1)
    leaning = np.exp(0.5 * random.standard_normal((n_seat, len(PRODUCTS))))
    mix = share / np.maximum(sellers, 0.05) * sells * leaning
    return np.asarray(
        mix / mix.sum(axis=1, keepdims=True) * np.exp(0.1 * random.standard_normal((n_seat, 1)))
    )


def _time_profile(n_seat: int, random: np.random.Generator) -> np.ndarray:
    """Return trend x season x working days, shape (n_seat, n_product, n_month), mean near 1."""
    days = working_days(FIRST_MONTH, MONTHS)["working_days"].to_numpy()
    month = np.arange(MONTHS)
    season = SEASON[month % 12] * days / days.mean()
    product_growth = np.array([product[6] for product in PRODUCTS])
    own_growth = np.exp(0.05 * random.standard_normal(n_seat))
    yearly = product_growth[None, :, None] * own_growth[:, None, None]
    year_noise = np.exp(0.10 * random.standard_normal((n_seat, 3)))
    profile = yearly ** ((month - 5.5) / 12) * season
    return np.asarray(profile * year_noise[:, None, :].repeat(12, axis=2))


def _presence(company: Company) -> np.ndarray:
    """Return 1 in the months the seat was filled, a rising share for new sellers, 0 otherwise."""
    month = np.arange(np.datetime64(FIRST_MONTH, "M"), np.datetime64(FIRST_MONTH, "M") + MONTHS)
    start = _months(company.seats["start"], "1970-01-01")
    end = _months(company.seats["end"], "2100-12-31")
    tenure = (month[None, :] - start[:, None]).astype(int)
    ramp = np.clip((tenure + 1) * 0.25, 0.0, 1.0)
    left = month[None, :] > end[:, None]
    vacated = company.seats["is_open"].to_numpy()[:, None] & (month >= np.datetime64("2025-11", "M"))[None, :]
    return np.asarray(np.where(left | vacated, 0.0, ramp))


def _months(dates: pd.Series, otherwise: str) -> np.ndarray:
    return np.asarray(dates.replace("", otherwise), dtype="datetime64[D]").astype("datetime64[M]")


def _new_customers(amount: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return new customers: rare counts that go with the revenue of instruments."""
    instruments = np.array([product[1] != "service" for product in PRODUCTS])
    positive = np.maximum(amount, 0.0) * instruments[None, :, None]
    per_seat = positive.sum(axis=(1, 2), keepdims=True)
    rate = np.divide(positive, per_seat, out=np.zeros_like(positive), where=per_seat > 0)
    months = (positive.sum(axis=1, keepdims=True) > 0).sum(axis=2, keepdims=True)
    scale = np.sqrt(per_seat / np.median(per_seat[per_seat > 0]))
    return np.asarray(random.poisson(NEW_CUSTOMERS_PER_MONTH * months * rate * scale))


def _long(cube: np.ndarray, node_id: pd.Series, measure: str) -> pd.DataFrame:
    """Return the non-zero entries of a cube as rows of history.csv, by month."""
    month, seat, product = np.nonzero(cube.transpose(2, 0, 1))
    periods = np.datetime64(FIRST_MONTH, "M") + np.arange(MONTHS)
    return pd.DataFrame(
        {
            "period": periods.astype(str)[month],
            "node_id": node_id.to_numpy()[seat],
            "product_id": np.array([row[0] for row in PRODUCTS])[product],
            "measure": measure,
            "amount": cube[seat, product, month].astype(np.int64),
        }
    )
