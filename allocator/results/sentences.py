"""Sentences about rules, for rules.csv, the summary and the workbook."""

from collections.abc import Callable
from math import isfinite, isnan

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from allocator.allocation import Allocation, MeasureAllocation
from allocator.plan.tables import ALL_PRODUCTS
from allocator.results.columns_of_text import filled, scattered, taken
from allocator.texts import CATALOGUE, text

PERCENT_KINDS = ("growth", "mix", "fairness", "commitment")


def rule_sentences(allocation: Allocation, result: MeasureAllocation, lang: str) -> list[str]:
    """Return one sentence per row of the measure's rules: what is asked, what came out, who owns it."""
    sentences: list[str] = sentences_of(allocation, result.rules, lang).to_pylist()
    return sentences


def sentences_of(allocation: Allocation, rules: pd.DataFrame, lang: str) -> pa.StringArray:
    """Return one sentence per row of rules, whatever their measure."""
    count = len(rules)
    columns = {
        "node": taken(node_names(allocation), rules["node"].to_numpy(np.int64)),
        "product": taken(product_names(allocation, lang), rules["product"].to_numpy(np.int64)),
        "value": _value_texts(rules),
        "basis": _each(rules[["basis"]], lambda basis: _basis(basis, lang)),
        "bounds": _each(
            rules[["min", "max", "kind"]], lambda low, high, kind: _bounds(low, high, kind, lang)
        ),
    }
    kinds = rules["kind"].to_numpy(object)
    parts = []
    for kind in dict.fromkeys(kinds.tolist()):
        rows = np.flatnonzero(kinds == kind)
        own = {field: column.take(pa.array(rows)) for field, column in columns.items()}
        parts.append((rows, filled(CATALOGUE[f"rule.{kind}"][lang], len(rows), own)))
    ends = {
        "what": pc.utf8_trim_whitespace(scattered(parts, count)),
        "status": _each(rules[["status"]], lambda status: text(f"status.{status}", lang)),
        "owner": _each(
            rules[["owner"]], lambda owner: text("rule.owner", lang, owner=owner) if owner else ""
        ),
        "short": _each(rules[["short_by", "status"]], lambda amount, status: _short(amount, status, lang)),
    }
    return filled(CATALOGUE["rule.sentence"][lang], count, ends)


def node_names(allocation: Allocation) -> list[str]:
    """Name of every node, by position; the id where no name was given."""
    labels = allocation.labels
    names = allocation.plan.org["name"].to_numpy()[labels.node_row]
    return [name or node_id for name, node_id in zip(names, labels.node_id, strict=True)]


def product_names(allocation: Allocation, lang: str) -> list[str]:
    """Name of every product, by position; position 0 is "all products"."""
    labels = allocation.labels
    names = allocation.plan.products["name"].to_numpy()
    return [
        text("product.all", lang) if product_id == ALL_PRODUCTS else (names[row] or product_id)
        for product_id, row in zip(labels.product_id, labels.product_row, strict=True)
    ]


def number_text(value: float, kind: str) -> str:
    """Return a value in the rule's own terms: a percentage or an amount with thousands separators."""
    if not isfinite(value):
        return "-"
    if kind in PERCENT_KINDS:
        return f"{value:.1%}"
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:,.2f}"


def _each(columns: pd.DataFrame, words: Callable[..., str]) -> pa.StringArray:
    """Return `words` of every row; rows of equal values are put into words once."""
    code = np.zeros(len(columns), np.int64)
    for name in columns:
        own, distinct = pd.factorize(columns[name], use_na_sentinel=False)
        _, code = np.unique(code * max(1, len(distinct)) + own, return_inverse=True)
    _, first = np.unique(code, return_index=True)
    rows = columns.iloc[first]
    return taken([words(*row) for row in zip(*(rows[name].tolist() for name in rows), strict=True)], code)


def _value_texts(rules: pd.DataFrame) -> pa.StringArray:
    values, kinds = rules["value"].tolist(), rules["kind"].tolist()
    texts = [number_text(value, kind) for value, kind in zip(values, kinds, strict=True)]
    return pa.array(texts, pa.string())


def _basis(basis: str, lang: str) -> str:
    words = CATALOGUE.get(f"basis.{basis}")
    return words[lang] if words else basis


def _bounds(low: float, high: float, kind: str, lang: str) -> str:
    low = -high if kind == "fairness" and isnan(low) else low
    given = {"min": low, "max": high}
    values = {side: number_text(value, kind) for side, value in given.items() if isfinite(value)}
    key = "both" if len(values) == 2 else next(iter(values), "none")
    return text(f"bounds.{key}", lang, **values)


def _short(short_by: float, status: str, lang: str) -> str:
    if short_by <= 0:
        return ""
    key = "rule.short" if status == "relaxed" else "rule.rounding_short"
    return text(key, lang, amount=number_text(short_by, "range"))
