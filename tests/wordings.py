"""Faults that are told in both languages."""

import re
from collections.abc import Iterable

from allocator.errors import Fault
from allocator.wording import Wording

CHINESE = re.compile("[\u4e00-\u9fff]")


def not_in_both(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults whose message or hint is not said in Chinese too."""
    return [fault for fault in faults if not (is_in_both(fault.message) and is_in_both(fault.hint))]


def is_in_both(words: str) -> bool:
    """Tell whether words are said in Chinese too."""
    return isinstance(words, Wording) and bool(CHINESE.search(words.chinese))
