"""Faults that are told in both languages."""

import re
from collections.abc import Iterable

from allocator.errors import Fault
from allocator.wording import Wording

NOT_YET = frozenset(
    (
        "actual-in-current-period",
        "bad-ramp",
        "bad-tier",
        "commitments-do-not-add-up",
        "cycle",
        "duplicate-id",
        "duplicate-row",
        "empty-product-column",
        "end-before-start",
        "history-after-start",
        "level-not-below-node",
        "min-above-max",
        "missing-file",
        "missing-month",
        "missing-value",
        "mix-without-product",
        "negative-amount",
        "no-bounds",
        "no-capacity",
        "no-commitment",
        "no-history",
        "no-potential",
        "no-reps",
        "no-root",
        "no-rows",
        "no-target",
        "no-whole-unit",
        "not-a-leaf-product",
        "not-a-multiple",
        "not-a-rep",
        "out-of-range",
        "past-without-actual",
        "period-outside-plan",
        "reserved-id",
        "root-level",
        "senseless-min",
        "totals-do-not-add-up",
        "two-roots",
        "unknown-basis",
        "unknown-level",
        "unknown-measure",
        "unknown-parent",
        "unknown-product",
        "unknown-rule",
        "weights-all-zero",
    )
)
"""Codes of faults that are still told in English alone."""
CHINESE = re.compile("[\u4e00-\u9fff]")


def not_in_both(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults whose message or hint is not said in Chinese too, but for those of `NOT_YET`."""
    told = [fault for fault in faults if fault.code not in NOT_YET]
    return [fault for fault in told if not (is_in_both(fault.message) and is_in_both(fault.hint))]


def is_in_both(words: str) -> bool:
    """Tell whether words are said in Chinese too."""
    return isinstance(words, Wording) and bool(CHINESE.search(words.chinese))
