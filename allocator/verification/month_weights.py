"""What a month weighs for a rep and a product (docs/months.md), recomputed from the plan's own tables."""

import numpy as np

from allocator.verification.company import Company, codes, month_number, numbers
from allocator.verification.trees import FloatArray, IntArray

MOST_YEARS = 3
EVER = 10**7
_PLAIN = str.maketrans({"％": "%", "／": "/", "．": ".", "\u00a0": " ", "\u3000": " "})


def rep_weights(company: Company) -> FloatArray:
    """Share of each month's calendar days between `start` and `end`, times the ramp. (n_rep, n_month)."""
    leaves, months = company.org.leaves, np.arange(company.start, company.start + company.n_month)
    start, end = (dates(company.org_column(name)[leaves]) for name in ("start", "end"))
    first_day = np.where(np.isnat(start), -EVER, start.astype(np.int64))[:, None]
    last_day = np.where(np.isnat(end), EVER, end.astype(np.int64))[:, None]
    begins, ends = first_days(months), first_days(months + 1)
    days = np.minimum(last_day + 1, ends) - np.maximum(first_day, begins)
    present = np.clip(days, 0, None) / (ends - begins)
    return np.asarray(present * ramp_shares(company, start, months, of_past=False), np.float64)


def dates(texts: np.ndarray) -> np.ndarray:
    """Dates of texts, NaT where empty."""
    return np.array([text or "NaT" for text in texts], "datetime64[D]")


def first_days(months: IntArray) -> IntArray:
    """Day number of the first day of each month."""
    return (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def ramp_shares(company: Company, start: np.ndarray, months: IntArray, *, of_past: bool) -> FloatArray:
    """Ramp by month of tenure, counted from `start` or, without one, from the plan's first month.

    A share that holds for the whole plan says nothing of the past.
    """
    share = np.ones((len(start), len(months)))
    texts = company.org_column("ramp")[company.org.leaves]
    since = start.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    for rep in np.flatnonzero(texts != ""):
        steps = _ramp_steps(str(texts[rep]))
        if len(steps) == 1:
            share[rep] = 1.0 if of_past else steps[0]
            continue
        tenure = months - (company.start if np.isnat(start[rep]) else since[rep])
        inside = (tenure >= 0) & (tenure < len(steps))
        share[rep, inside] = steps[tenure[inside]]
    return share


def _ramp_steps(text: str) -> FloatArray:
    """`0/0.25/0.5`, `0%/25%/50%`; n > 1 rises over n months; one share holds for the whole plan."""
    plain = text.translate(_PLAIN)
    steps = [float(part.strip(" %")) / (100.0 if "%" in part else 1.0) for part in plain.split("/")]
    if len(steps) == 1 and steps[0] > 1:
        return np.arange(1, int(steps[0]) + 1) / (int(steps[0]) + 1.0)
    return np.array(steps)


def product_weights(company: Company, measure: str) -> FloatArray:
    """Working days x seasonal index of each leaf product; 1 everywhere for `even`. (n_leaf, n_month)."""
    said = str(company.settings.get("seasonality", "history"))
    months = np.arange(company.start, company.start + company.n_month)
    if said == "even":
        return np.ones((len(company.products.leaves), len(months)))
    season = _by_table(company, measure) if said == "table" else _by_history(company, measure)
    return season * _working_days(company, months)


def _working_days(company: Company, months: IntArray) -> FloatArray:
    """What calendar.csv says of each month, else its Mondays to Fridays."""
    first = (months - 1970 * 12).astype("datetime64[M]")
    days = np.busday_count(first.astype("datetime64[D]"), (first + 1).astype("datetime64[D]")).astype(float)
    table = company.table("calendar")
    if len(table):
        said = dict(zip(map(month_number, table["period"]), numbers(table["working_days"]), strict=True))
        days = np.array([said.get(int(m), d) for m, d in zip(months, days, strict=True)])
    return days


def _by_table(company: Company, measure: str) -> FloatArray:
    """The row that says most: own product before its line before all, a named measure before none."""
    table, products = company.table("seasonality"), company.products
    index = np.full((2, len(products), company.n_month), np.nan)
    for column in ("measure", "product_id"):
        if column not in table:
            table = table.assign(**{column: ""})
    product = codes(products, table["product_id"])
    month = np.array([month_number(str(text)) for text in table["period"]], np.int64) - company.start
    named = (table["measure"] == measure).to_numpy(np.int64)
    speaks = (named == 1) | (table["measure"] == "").to_numpy(bool)
    chosen = np.flatnonzero(speaks & (month >= 0) & (month < company.n_month))
    index[named[chosen], product[chosen], month[chosen]] = numbers(table["weight"])[chosen]
    merged = np.where(np.isnan(index[1]), index[0], index[1])
    for nodes in products.by_depth[1:]:
        merged[nodes] = np.where(np.isnan(merged[nodes]), merged[products.parent[nodes]], merged[nodes])
    own = merged[products.leaves]
    known = ~np.isnan(own)
    count = known.sum(axis=1, keepdims=True)
    mean = np.where(
        count > 0, np.where(known, own, 0.0).sum(axis=1, keepdims=True) / np.maximum(count, 1), 1.0
    )
    return np.where(known, own, mean)


def _by_history(company: Company, measure: str) -> FloatArray:
    """Median season of up to three full years, each product believed like n of n + 1 average ones."""
    history, products = company.history(measure), company.products
    month = history["month"].to_numpy(np.int64)
    past = month < company.start
    month, amount = month[past], history["amount"].to_numpy(np.float64)[past]
    leaf = history["cell"].to_numpy(np.int64)[past] % len(products.leaves)
    shape = (len(products), company.n_month)
    stop = int(month.max()) + 1 if len(month) else 0
    n_year = min(MOST_YEARS, (stop - int(month.min())) // 12) if len(month) else 0
    if n_year == 0:
        return np.ones(shape)[products.leaves]
    inside = month >= stop - 12 * n_year
    key = leaf[inside] * 12 * n_year + month[inside] - (stop - 12 * n_year)
    sold = np.bincount(key, amount[inside], len(products.leaves) * 12 * n_year).astype(np.float64)
    months = np.arange(stop - 12 * n_year, stop)
    by_node = products.sum_leaves(sold.reshape(-1, 12 * n_year))
    rate = np.maximum(by_node, 0.0) / np.maximum(_working_days(company, months), 1.0)
    # every year on file holds each calendar month once: put them in the plan's order
    order = np.argsort((months - company.start) % 12, kind="stable").reshape(12, n_year).T
    season = _shrunk(company, rate[:, order])
    return season[products.leaves][:, : company.n_month]


def _shrunk(company: Company, rate: FloatArray) -> FloatArray:
    """Own median season blended with that of the line. `rate`: (n_product, n_year, 12)."""
    mean = rate.mean(axis=2, keepdims=True)
    sells = mean[:, :, 0] > 0
    relative = np.where(sells[:, :, None], rate / np.where(mean > 0, mean, 1.0), np.nan)
    n_year = sells.sum(axis=1)
    own = np.ones((len(rate), 12))
    some = n_year > 0
    own[some] = np.nanmedian(relative[some], axis=1)
    level = own.mean(axis=1, keepdims=True)
    own = np.where(level > 0, own / np.where(level > 0, level, 1.0), 1.0)
    volume, products = rate.sum(axis=(1, 2)), company.products
    index = own.copy()
    for nodes in products.by_depth[1:]:
        parent = products.parent[nodes]
        total = np.bincount(parent, volume[nodes], len(products))[parent]
        average = total / products.n_children[parent]
        evidence = n_year[nodes] * volume[nodes] / np.where(average > 0, average, 1.0)
        z = (evidence / (evidence + 1.0))[:, None]
        index[nodes] = z * own[nodes] + (1.0 - z) * index[parent]
    return index
