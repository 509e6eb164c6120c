"""Reading a plan: folder or workbook in, checked plan out, or every fault at once."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from allocator.plan.checks.bounds import check_bounds
from allocator.plan.checks.carried import check_carried
from allocator.plan.checks.facts import check_commitments, check_history, check_potential
from allocator.plan.checks.months import check_calendar, check_seasonality
from allocator.plan.checks.pins import check_pins
from allocator.plan.checks.rules import check_rules
from allocator.plan.checks.totals import check_over_assignment, check_size, check_totals
from allocator.plan.checks.trees import check_org, check_products
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector
from allocator.plan.overrides import apply_overrides
from allocator.plan.places import places_of
from allocator.plan.plan import Plan
from allocator.plan.settings import read_settings
from allocator.plan.source import Source, input_hash, read_folder
from allocator.plan.tables import ALL_PRODUCTS
from allocator.plan.values import typed_frame
from allocator.plan.warning import PlanWarning
from allocator.texts import worded


def read_plan(path: Path, overrides: Sequence[str] = ()) -> Plan:
    """Read and check a plan.

    Parameters
    ----------
    path
        Folder with plan.yaml and the csv tables, or one .xlsx workbook with sheets of these names.
    overrides
        `PATH=VALUE` texts laid over plan.yaml (`measures.revenue.total=43000000`), over rules
        (`rules.r1.max=0.5`) or over pins (`pins.revenue.n1.p1.amount=5000`) before anything is checked.

    Returns
    -------
    The plan; nothing in it needs checking again. An empty product in commitments, potential, rules
    and pins has become `*`; an empty name has become the id.

    Raises
    ------
    InputFaults
        With every fault, by file, row and column.
    """
    faults = FaultCollector()
    return check_source(_source(Path(path), faults), overrides, faults)


def check_source(source: Source, overrides: Sequence[str], faults: FaultCollector) -> Plan:
    """Check a plan as it was written; `faults` holds what was wrong with its form.

    Raises
    ------
    InputFaults
        With every fault of form and content, by file, row and column.
    """
    tree, sheets = apply_overrides(source.tree, source.sheets, overrides, faults)
    settings = read_settings(tree, source.file, faults)
    frames = {name: typed_frame(sheet, faults) for name, sheet in sheets.items()}
    draft = Draft(settings, sheets, frames)
    check_draft(draft, faults)
    faults.raise_if_any()
    return frozen_plan(draft, input_hash(source.files, overrides), tuple(overrides), tuple(faults.warnings))


def _source(path: Path, faults: FaultCollector) -> Source:
    """Tell folder and workbook apart."""
    if path.is_dir():
        return read_folder(path, faults)
    if path.is_file() and path.suffix.casefold() in (".xlsx", ".xlsm"):
        # the reader of workbooks loads a large library that plans in folders do not need
        workbook_source = import_module("allocator.plan.workbook_source")
        source: Source = workbook_source.read_workbook(path, faults)
        return source
    faults.add(
        path.name,
        0,
        "",
        str(path),
        code="no-plan",
        message=worded("fault.plan.neither" if path.exists() else "fault.plan.missing"),
        hint=worded("fault.plan.hint"),
    )
    faults.raise_if_any()
    raise AssertionError("unreachable: a fault was added")


def check_draft(draft: Draft, faults: FaultCollector, touched: frozenset[str] | None = None) -> None:
    """Run every check; those that need a tree are told whether there is one.

    Parameters
    ----------
    touched
        What differs from a plan that has passed all checks: names of tables, `totals` (totals of the
        company and of products, over-assignment), `frame` (any other setting). Checks that look at none of
        these are left out. None = everything is new.
    """

    def looks_at(*parts: str) -> bool:
        return touched is None or not touched.isdisjoint(parts)

    trees = {"org_is_tree": True, "products_are_tree": True}
    if looks_at("org", "frame"):
        trees["org_is_tree"] = check_org(draft, faults)
    if looks_at("products", "frame"):
        trees["products_are_tree"] = check_products(draft, faults)
    if looks_at("history", "org", "products", "frame"):
        check_history(draft, faults, **trees)
    if looks_at("commitments", "org", "products", "frame"):
        check_commitments(draft, faults)
    if looks_at("potential", "org", "products", "frame"):
        check_potential(draft, faults)
    if looks_at("rules", "org", "products", "history", "commitments", "potential", "frame"):
        check_rules(draft, faults, **trees)
        check_bounds(draft, faults)
    if looks_at("carried", "org", "frame"):
        check_carried(draft, faults)
    if looks_at("calendar", "frame"):
        check_calendar(draft, faults)
    if looks_at("seasonality", "products", "frame"):
        check_seasonality(draft, faults)
    if looks_at("totals", "history", "products", "frame"):
        check_totals(draft, faults, products_are_tree=trees["products_are_tree"])
    if looks_at("totals", "history", "org", "frame"):
        check_size(draft, faults, org_is_tree=trees["org_is_tree"])
    if looks_at("totals", "org", "frame") and draft.sheets["org"].vouches_for("level"):
        check_over_assignment(draft, faults)
    if looks_at("pins", "totals", "org", "products", "history", "frame"):
        check_pins(draft, faults, **trees)


def frozen_plan(
    draft: Draft, fingerprint: str, overrides: tuple[str, ...], noticed: tuple[PlanWarning, ...]
) -> Plan:
    """Freeze what was checked."""
    tables: dict[str, Any] = {name: frozen_frame(name, frame) for name, frame in draft.frames.items()}
    return Plan(
        spec=draft.settings.spec,
        input_hash=fingerprint,
        overrides=overrides,
        places=places_of(draft.settings.tree, draft.sheets),
        noticed=noticed,
        **tables,
    )


def frozen_frame(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give an empty name its id and "all products" one spelling."""
    if table in ("org", "products"):
        own_id = frame["node_id" if table == "org" else "product_id"]
        return frame.assign(name=frame["name"].where(frame["name"] != "", own_id))
    if table in ("commitments", "potential", "rules", "pins"):
        return _with_all_products(frame, "", ALL_PRODUCTS)
    return _with_all_products(frame, ALL_PRODUCTS, "") if table == "seasonality" else frame


def _with_all_products(frame: pd.DataFrame, written: str, meant: str) -> pd.DataFrame:
    """Give "all products" one spelling."""
    product = frame["product_id"]
    return frame.assign(product_id=product.where(product != written, meant))
