"""Sentences about rules, for rules.csv, the summary and the workbook."""

from typing import Any

import numpy as np

from allocator.allocation import Allocation, MeasureAllocation
from allocator.plan.tables import ALL_PRODUCTS
from allocator.texts import CATALOGUE, text

SPOKEN = ("kind", "basis", "node", "product", "value", "min", "max", "status", "owner", "short_by")
"""What a sentence about a rule tells."""
PERCENT_KINDS = ("growth", "mix", "fairness", "commitment")


def rule_sentences(allocation: Allocation, result: MeasureAllocation, lang: str) -> list[str]:
    """Return one sentence per row of the measure's rules: what is asked, what came out, who owns it."""
    names = node_names(allocation)
    products = product_names(allocation, lang)
    columns = [result.rules[name].tolist() for name in SPOKEN]
    return [
        _sentence(dict(zip(SPOKEN, row, strict=True)), names, products, lang)
        for row in zip(*columns, strict=True)
    ]


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
    if not np.isfinite(value):
        return "-"
    if kind in PERCENT_KINDS:
        return f"{value:.1%}"
    return f"{value:,.0f}" if abs(value) >= 100 or float(value).is_integer() else f"{value:,.2f}"


def _sentence(row: dict[str, Any], names: list[str], products: list[str], lang: str) -> str:
    kind = row["kind"]
    basis = CATALOGUE.get(f"basis.{row['basis']}")
    what = text(
        f"rule.{kind}",
        lang,
        node=names[row["node"]],
        product=products[row["product"]],
        value=number_text(row["value"], kind),
        basis=basis[lang] if basis else row["basis"],
        bounds=_bounds(row["min"], row["max"], kind, lang),
    )
    return text(
        "rule.sentence",
        lang,
        what=what.strip(),
        status=text(f"status.{row['status']}", lang),
        owner=text("rule.owner", lang, owner=row["owner"]) if row["owner"] else "",
        short=_short(row, lang),
    )


def _bounds(low: float, high: float, kind: str, lang: str) -> str:
    low = -high if kind == "fairness" and np.isnan(low) else low
    given = {"min": low, "max": high}
    values = {side: number_text(value, kind) for side, value in given.items() if np.isfinite(value)}
    key = "both" if len(values) == 2 else next(iter(values), "none")
    return text(f"bounds.{key}", lang, **values)


def _short(row: dict[str, Any], lang: str) -> str:
    if row["short_by"] <= 0:
        return ""
    key = "rule.short" if row["status"] == "relaxed" else "rule.rounding_short"
    return text(key, lang, amount=number_text(row["short_by"], "range"))
