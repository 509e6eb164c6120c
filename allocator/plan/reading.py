"""Reading a plan: folder or workbook in, checked plan out, or every fault at once."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pandas as pd

from allocator.plan.checks.bounds import check_bounds
from allocator.plan.checks.facts import check_commitments, check_history, check_potential
from allocator.plan.checks.months import check_calendar, check_seasonality
from allocator.plan.checks.pins import check_pins
from allocator.plan.checks.rules import check_rules
from allocator.plan.checks.totals import check_over_assignment, check_totals
from allocator.plan.checks.trees import check_org, check_products
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector
from allocator.plan.overrides import apply_overrides
from allocator.plan.plan import Plan
from allocator.plan.settings import read_settings
from allocator.plan.source import Source, input_hash, read_folder
from allocator.plan.tables import ALL_PRODUCTS
from allocator.plan.values import typed_frame


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
    source = _source(Path(path), faults)
    tree, sheets = apply_overrides(source.tree, source.sheets, overrides, faults)
    settings = read_settings(tree, source.file, faults)
    frames = {name: typed_frame(sheet, faults) for name, sheet in sheets.items()}
    draft = Draft(settings, sheets, frames)
    _check(draft, faults)
    faults.raise_if_any()
    return _plan(draft, input_hash(source.files, overrides), tuple(overrides))


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
        message="this is neither a folder nor an .xlsx workbook"
        if path.exists()
        else "there is no such plan",
        hint="name a plan folder or an .xlsx workbook; `allocator init DIR` writes an empty plan",
    )
    faults.raise_if_any()
    raise AssertionError("unreachable: a fault was added")


def _check(draft: Draft, faults: FaultCollector) -> None:
    """Run every check; those that need a tree are told whether there is one."""
    org_is_tree = check_org(draft, faults)
    products_are_tree = check_products(draft, faults)
    trees = {"org_is_tree": org_is_tree, "products_are_tree": products_are_tree}
    check_history(draft, faults, **trees)
    check_commitments(draft, faults)
    check_potential(draft, faults)
    check_rules(draft, faults, **trees)
    check_bounds(draft, faults)
    check_calendar(draft, faults)
    check_seasonality(draft, faults)
    check_totals(draft, faults, products_are_tree=products_are_tree)
    if draft.sheets["org"].vouches_for("level"):
        check_over_assignment(draft, faults)
    check_pins(draft, faults, **trees)


def _plan(draft: Draft, fingerprint: str, overrides: tuple[str, ...]) -> Plan:
    """Freeze what was checked."""
    frames = dict(draft.frames)
    org = frames["org"]
    frames["org"] = org.assign(name=org["name"].where(org["name"] != "", org["node_id"]))
    products = frames["products"]
    frames["products"] = products.assign(
        name=products["name"].where(products["name"] != "", products["product_id"])
    )
    for table in ("commitments", "potential", "rules", "pins"):
        frames[table] = _with_all_products(frames[table], "", ALL_PRODUCTS)
    frames["seasonality"] = _with_all_products(frames["seasonality"], ALL_PRODUCTS, "")
    return Plan(spec=draft.settings.spec, input_hash=fingerprint, overrides=overrides, **frames)


def _with_all_products(frame: pd.DataFrame, written: str, meant: str) -> pd.DataFrame:
    """Give "all products" one spelling."""
    product = frame["product_id"]
    return frame.assign(product_id=product.where(product != written, meant))
