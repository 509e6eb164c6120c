"""Whether what is told is told in both languages."""

from collections.abc import Iterable

from allocator.errors import Fault
from allocator.wording import Wording


def is_chinese(words: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in words)


def is_in_both(words: str) -> bool:
    """Tell whether words are said in Chinese too."""
    return isinstance(words, Wording) and is_chinese(words.chinese)


def not_in_both(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults whose message or hint is not said in Chinese too."""
    return [fault for fault in faults if not (is_in_both(fault.message) and is_in_both(fault.hint))]
