"""A plan that has been read, with `--set` values laid over it as a reading would."""

from collections import ChainMap
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from typing import Any, cast

from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector
from allocator.plan.overrides import apply_overrides
from allocator.plan.plan import Plan
from allocator.plan.reading import check_draft, frozen_frame
from allocator.plan.rebuilding import PlanSheets, frames_of, settings_tree
from allocator.plan.settings import read_settings
from allocator.plan.sheet import Sheet
from allocator.plan.source import PLAN_FILE
from allocator.plan.values import typed_frame

TABLES = ("rules", "pins")
TOTALS = ("measures.", "product_totals.")


def with_overrides(plan: Plan, overrides: Sequence[str], sheets: PlanSheets | None = None) -> Plan:
    """Return the plan that `read_plan` makes of the same folder with overrides of totals, rules and pins.

    Only what the overrides touch is read and checked again. The hash stays that of the plan.

    Parameters
    ----------
    overrides
        `PATH=VALUE` texts: paths of totals, `rules.RULE.COLUMN`, `pins.MEASURE.NODE.PRODUCT.amount`.
    sheets
        `PlanSheets(plan)`, where one plan is changed many times.

    Raises
    ------
    InputFaults
        With every fault that a reading finds.
    """
    faults = FaultCollector()
    sheets = sheets or PlanSheets(plan)
    before = {name: sheets[name] for name in TABLES if any(path.startswith(f"{name}.") for path in overrides)}
    tree, after = apply_overrides(settings_tree(plan.spec), before, overrides, faults)
    settings = read_settings(tree, PLAN_FILE, faults)
    fresh = {name: typed_frame(sheet, faults) for name, sheet in after.items()}
    every = ChainMap(after, cast(MutableMapping[str, Sheet], sheets))
    frames = frames_of(plan) | fresh
    totals = ["totals"] if any(path.startswith(TOTALS) for path in overrides) else []
    touched = frozenset([*fresh, *totals])
    check_draft(Draft(settings, every, frames), faults, touched)
    faults.raise_if_any()
    new: dict[str, Any] = {name: frozen_frame(name, frame) for name, frame in fresh.items()}
    return replace(plan, spec=settings.spec, places=plan.places.without(new), **new)
