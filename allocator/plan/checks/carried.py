"""What a rule counts besides the plan's own targets: it names a ratio rule, a node, and amounts."""

import numpy as np

from allocator.plan.checks.cells import check_filled, check_nodes, check_unique
from allocator.plan.checks.rules import is_kind
from allocator.plan.draft import Draft
from allocator.plan.faults import FaultCollector, NearMatches
from allocator.texts import worded

RATIOS = ("mix", "fairness")


def check_carried(draft: Draft, faults: FaultCollector) -> None:
    """Every row names a mix or fairness rule and a node once; a base is above 0."""
    sheet = draft.sheets["carried"]
    if not len(sheet):
        return
    check_filled(draft, "carried", "rule_id", faults, worded("fault.carried.rule.hint"))
    check_filled(draft, "carried", "node_id", faults, worded("fault.carried.node.hint"))
    check_nodes(draft, "carried", faults)
    check_unique(draft, "carried", faults, hint=worded("fault.keep_one"))
    _check_ratio_rules(draft, faults)
    faults.cells(
        sheet,
        "base",
        draft.amounts("carried", "base") <= 0,
        code="out-of-range",
        message=worded("fault.carried.base"),
        hint=worded("fault.carried.base.hint"),
    )


def _check_ratio_rules(draft: Draft, faults: FaultCollector) -> None:
    """Only rules of shares and ratios take what is done into account; amounts are simply less."""
    if not draft.sheets["rules"].vouches_for("rule_id"):
        return
    ratios = set(draft.texts("rules", "rule_id")[is_kind(draft, *RATIOS)].tolist())
    named = draft.texts("carried", "rule_id")
    faults.cells(
        draft.sheets["carried"],
        "rule_id",
        np.array([name != "" and name not in ratios for name in named], dtype=bool),
        code="unknown-rule",
        message=lambda value: worded("fault.carried.no_ratio", rule=value),
        hint=NearMatches(ratios, worded("fault.carried.no_ratio.hint")),
    )
