"""A sentence in both languages of the product."""

from typing import NamedTuple


class Wording(NamedTuple):
    """The same sentence in English and in Chinese."""

    en: str
    zh: str

    def spoken(self, lang: str) -> str:
        """Return the sentence in `en` or `zh`."""
        return self.zh if lang == "zh" else self.en
