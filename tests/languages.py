"""Whether what is told is told in both languages."""

from collections.abc import Iterable

from allocator.errors import Fault
from allocator.wording import Wording


def is_chinese(words: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in words)


def told_in_english_only(faults: Iterable[Fault]) -> list[str]:
    """Return the codes and words of faults whose message or hint lacks its Chinese."""
    return [
        f"{fault.code}: {words}"
        for fault in faults
        for words in (fault.message, fault.hint)
        if not isinstance(words, Wording) or not is_chinese(words.chinese)
    ]
