"""A sentence in both languages at once."""

from typing import Any


class Wording(str):
    """English text that knows its Chinese; wherever a text is wanted, it is the English one.

    What finds a fault does not know who will read it, so it says it in both languages.
    """

    __slots__ = ("chinese",)
    chinese: str

    def __new__(cls, english: str, chinese: str) -> "Wording":
        """Join the two."""
        made = super().__new__(cls, english)
        made.chinese = chinese
        return made

    def __reduce__(self) -> tuple[type["Wording"], tuple[str, str]]:
        """Both languages cross into other processes."""
        return Wording, (str(self), self.chinese)


def in_language(value: Any, lang: str) -> Any:
    """Return a wording in `en` or `zh`; anything else as it is."""
    if not isinstance(value, Wording):
        return value
    return value.chinese if lang == "zh" else str(value)
