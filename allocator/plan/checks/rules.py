"""Business rules: what they name exists, their basis is there, their bounds make sense."""

from functools import cache, partial

import numpy as np
import pandas as pd

from allocator.plan.checks.cells import (
    check_filled,
    check_known,
    check_measures,
    check_nodes,
    check_product_ids,
    check_unique,
)
from allocator.plan.checks.facts import current_rows
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector, NearMatches
from allocator.texts import worded
from allocator.wording import Wording
from solver_models.arrays import BoolArray, IntArray

BASES = {
    "range": ("amount",),
    "growth": ("last_year", "average"),
    "capacity": ("amount", "effort"),
    "mix": ("share",),
    "fairness": ("anchor", "history", "potential", "capacity"),
    "commitment": ("ratio",),
}
LINK_BASIS = "margin"
HARD = "hard"
TIER = r"[1-9][0-9]{0,2}"
SHOWN = 3


def check_rules(draft: Draft, faults: FaultCollector, *, org_is_tree: bool, products_are_tree: bool) -> None:
    """Check everything about rules.csv but its bounds."""
    check_filled(draft, "rules", "rule_id", faults, worded("fault.rules.id.hint"))
    check_unique(draft, "rules", faults, code="duplicate-id", hint=worded("fault.rules.twice.hint"))
    check_filled(
        draft, "rules", "kind", faults, worded("fault.rules.kind.hint", names=", ".join([*BASES, "link"]))
    )
    check_filled(draft, "rules", "measure", faults, worded("fault.rules.measure.hint"))
    check_measures(draft, "rules", faults)
    check_nodes(draft, "rules", faults)
    check_product_ids(draft, "rules", faults, all_products=True)
    _check_targets(draft, faults, org_is_tree=org_is_tree)
    _check_tiers(draft, faults)
    _check_bases(draft, faults)
    if products_are_tree:
        _check_product_columns(draft, faults)
    _check_sources(draft, faults, org_is_tree=org_is_tree)


def is_kind(draft: Draft, *kinds: str) -> BoolArray:
    """Mask of the rules of these kinds."""
    return np.isin(draft.texts("rules", "kind").astype(str), kinds)


def named_nodes(draft: Draft, level: str, node_id: str) -> BoolArray:
    """Mask of the org rows that a rule names: those of the level (at or below the node), or the node."""
    mask = np.ones(len(draft.org.parent), dtype=bool)
    if level:
        mask &= draft.texts("org", "level") == level
    if node_id:
        top = draft.org.index.get(node_id, -1)
        if top < 0:
            return np.zeros(len(mask), dtype=bool)
        mask &= draft.org.is_below(top) if level else np.arange(len(mask)) == top
    return mask


def _named_rows(draft: Draft, level: str, node_id: str) -> IntArray:
    """Positions of the org rows that a rule names; of a single node without a look at all others."""
    if level or not node_id:
        return np.flatnonzero(named_nodes(draft, level, node_id))
    top = draft.org.index.get(node_id, -1)
    return np.array([top] if top >= 0 else [], np.int64)


def _check_targets(draft: Draft, faults: FaultCollector, *, org_is_tree: bool) -> None:
    """Every rule names nodes, and they exist."""
    sheet = draft.sheets["rules"]
    level, node = draft.texts("rules", "level"), draft.texts("rules", "node_id")
    if not {"level", "node_id"} & sheet.missing:
        faults.rows(
            sheet,
            "",
            ((int(k), worded("fault.rules.no_target")) for k in np.flatnonzero((level == "") & (node == ""))),
            code="no-target",
            hint=worded("fault.rules.no_target.hint"),
        )
    if not draft.sheets["org"].vouches_for("level"):
        return
    levels = dict.fromkeys(draft.texts("org", "level").tolist())
    check_known(
        draft,
        "rules",
        "level",
        levels,
        faults,
        what="level",
        otherwise=worded("fault.known_levels", names=", ".join(name for name in levels if name)),
    )
    if not org_is_tree:
        return
    both = np.flatnonzero((level != "") & (node != ""))
    pairs = {(level[k], node[k]) for k in both if level[k] in levels and node[k] in draft.org.index}
    empty = {pair for pair in pairs if not named_nodes(draft, *pair).any()}
    faults.rows(
        sheet,
        "level",
        (
            (int(k), worded("fault.rules.level_not_below", node=node[k], level=level[k]))
            for k in both
            if (level[k], node[k]) in empty
        ),
        code="level-not-below-node",
        hint=worded("fault.rules.level_not_below.hint"),
    )


def _check_tiers(draft: Draft, faults: FaultCollector) -> None:
    """A tier is hard (or empty), or 1, 2, 3 ..."""
    tier = pd.Series(draft.texts("rules", "tier"), dtype=object)
    is_good = tier.isin(["", HARD]) | tier.str.fullmatch(TIER).astype(bool)
    faults.cells(
        draft.sheets["rules"],
        "tier",
        ~is_good.to_numpy(bool),
        code="bad-tier",
        message=lambda value: worded("fault.rules.tier", tier=value),
        hint=worded("fault.rules.tier.hint"),
    )


def _check_bases(draft: Draft, faults: FaultCollector) -> None:
    """The basis belongs to the kind; that of a link is a numeric column of products.csv."""
    basis = draft.texts("rules", "basis")
    sheet = draft.sheets["rules"]
    columns = _numeric_columns(draft)
    for kind, allowed in {**BASES, "link": columns}.items():
        is_unknown = is_kind(draft, kind) & (basis != "") & ~np.isin(basis.astype(str), allowed)
        names = ", ".join(allowed)
        otherwise = worded("fault.rules.basis.hint", kind=kind, names=names)
        if kind == "link":
            otherwise = worded("fault.rules.link_basis.hint", names=names)
        faults.cells(
            sheet,
            "basis",
            is_unknown,
            code="unknown-basis",
            message=partial(_unknown_basis, kind),
            hint=NearMatches(allowed, otherwise),
        )


def _unknown_basis(kind: str, value: str) -> Wording:
    return worded("fault.rules.basis", basis=value, kind=kind)


def _numeric_columns(draft: Draft) -> tuple[str, ...]:
    return ("margin", "effort", *draft.sheets["products"].further)


def _check_product_columns(draft: Draft, faults: FaultCollector) -> None:
    """Effort and link rules find a value for every product they add up."""
    sheet = draft.sheets["rules"]
    basis = draft.texts("rules", "basis")
    product = draft.product_rows("rules")
    is_link = is_kind(draft, "link")
    is_effort = is_kind(draft, "capacity") & (basis == "effort")
    empty: dict[tuple[str, int], list[str]] = {}
    messages: list[tuple[int, str]] = []
    for k in np.flatnonzero((is_link | is_effort) & (product >= -1)):
        column = basis[k] or LINK_BASIS
        if column not in _numeric_columns(draft):
            continue
        key = (column, int(product[k]))
        if key not in empty:
            empty[key] = _products_without(draft, *key)
        if empty[key]:
            messages.append(
                (int(k), worded("fault.rules.empty_column", column=column, products=_some(empty[key])))
            )
    faults.rows(
        sheet,
        "basis",
        messages,
        code="empty-product-column",
        hint=worded("fault.rules.empty_column.hint"),
    )


def _products_without(draft: Draft, column: str, top: int) -> list[str]:
    """Return the leaf products at or below a product row (-1 = all) whose column is empty."""
    is_leaf = draft.products.is_leaf.copy()
    if top >= 0:
        is_leaf &= draft.products.is_below(top)
    is_empty = is_leaf & ~draft.is_given("products", column)
    return [str(name) for name in draft.texts("products", "product_id")[is_empty]]


def _some(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:SHOWN])
    return shown if len(names) <= SHOWN else worded("fault.and_more", names=shown, count=len(names) - SHOWN)


def _check_sources(draft: Draft, faults: FaultCollector, *, org_is_tree: bool) -> None:
    """Growth, fairness and commitment rules find the figures they refer to."""
    measure = draft.texts("rules", "measure")
    basis = draft.texts("rules", "basis")
    for name in draft.settings.spec.measures:
        of_measure = measure == name
        is_fair = is_kind(draft, "fairness") & of_measure
        wants_history = (is_kind(draft, "growth") & of_measure) | (is_fair & (basis == "history"))
        if draft.sheets["history"].is_complete and not draft.has_measure("history", name):
            _tell(draft, wants_history, "history", name, faults)
        if draft.sheets["potential"].is_complete and not draft.has_measure("potential", name):
            _tell(draft, is_fair & (basis == "potential"), "potential", name, faults)
        if not (is_kind(draft, "capacity") & of_measure & (basis != "effort")).any():
            _tell(draft, is_fair & (basis == "capacity"), "capacity", name, faults)
    if org_is_tree and draft.sheets["commitments"].is_complete and draft.knows_months:
        _check_commitment_rules(draft, faults)


def _tell(draft: Draft, where: BoolArray, missing: str, measure: str, faults: FaultCollector) -> None:
    """Say that rules have nothing to refer to: `missing` is history, potential or capacity."""
    faults.rows(
        draft.sheets["rules"],
        "kind",
        ((int(k), worded(f"fault.rules.no_{missing}", measure=measure)) for k in np.flatnonzero(where)),
        code=f"no-{missing}",
        hint=worded(f"fault.rules.no_{missing}.hint"),
    )


def _check_commitment_rules(draft: Draft, faults: FaultCollector) -> None:
    """At least one node of a commitment rule has a commitment for this plan."""
    is_rule = is_kind(draft, "commitment")
    if not is_rule.any():
        return
    level, node = draft.texts("rules", "level"), draft.texts("rules", "node_id")
    measure, product = draft.texts("rules", "measure"), draft.product_rows("rules")
    committed = cache(partial(_committed, draft))
    messages = []
    for k in np.flatnonzero(is_rule & ((level != "") | (node != "")) & (product >= -1)):
        named = _named_rows(draft, level[k], node[k])
        if len(named) and not committed(measure[k], int(product[k]))[named].any():
            messages.append((int(k), worded("fault.rules.no_commitment")))
    faults.rows(
        draft.sheets["rules"],
        "kind",
        messages,
        code="no-commitment",
        hint=worded("fault.rules.no_commitment.hint"),
    )


def _committed(draft: Draft, measure: str, product: int) -> BoolArray:
    """Mask of the org rows with a commitment for a product row; any product counts for all products (-1)."""
    nodes, products = draft.nodes("commitments"), draft.product_rows("commitments")
    given = current_rows(draft) & np.isfinite(draft.amounts("commitments"))
    given &= draft.is_measure("commitments", measure) & (nodes >= 0)
    given &= (products >= -1) if product == -1 else (products == product)
    committed = np.zeros(len(draft.org.parent), dtype=bool)
    committed[nodes[given]] = True
    return committed
