"""Wordings put together."""

from collections.abc import Iterable

from allocator.wording import Wording, in_language


def listed(words: Iterable[str]) -> Wording:
    """Return words one after another, with the commas of each language."""
    found = list(words)
    return Wording(", ".join(found), "、".join(in_language(word, "zh") for word in found))
