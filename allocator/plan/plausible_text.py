"""Which encoding makes plausible text of bytes: names and words, not symbols and rare characters.

Short tables of names are too little for statistics of languages. What tells encodings apart there is the
character set: a character read rightly is a common one of its script and stands where such characters stand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

PLAUSIBLE = 0.5
"""Mean score of the characters beyond ASCII from which a reading is text."""
RARE, SYMBOL = 0.3, -1.0
WESTERN = frozenset("äöüßéèêëàâçîïôûùœæñáíóúøåìòãõÄÖÜÉÈÊËÀÂÇÎÏÔÛÙŒÆÑÁÍÓÚØÅÌÒÃÕ")
CENTRAL = frozenset("ąćęłńóśźżčďěňřšťůžáéíýúôľĺŕőűăâîşţđöüäßĄĆĘŁŃÓŚŹŻČĎĚŇŘŠŤŮŽÁÉÍÝÚÔĽĹŔŐŰĂÂÎŞŢĐÖÜÄ")
TYPOGRAPHIC = frozenset("–—‘’“”„‚…•·°€§®©™\u00a0")
NAMES = {
    "gb18030": "GB18030 (GBK)",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "big5": "Big5",
    "cp932": "Shift-JIS",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}
MOST_CHARACTERS = 4000


@dataclass(frozen=True)
class Reading:
    """Bytes read in an encoding: how plausible that is (-1 to 1), and a cell that shows it."""

    encoding: str
    score: float
    example: str

    @property
    def name(self) -> str:
        """Return the name that people know the encoding by."""
        return NAMES[self.encoding]


def plausible_reading(raw: bytes) -> Reading | None:
    """Return the most plausible reading of bytes that are not UTF-8; None where none is text.

    Of equally plausible ones the first of `SCORES` counts.
    """
    if raw.count(b"\0") > len(raw) // 4:
        # every second byte of ASCII in UTF-16 is 0: which one tells the order
        order = "utf-16-be" if raw[::2].count(0) > raw[1::2].count(0) else "utf-16-le"
        text = decoded(raw[: len(raw) // 2 * 2], order)
        return None if text is None else Reading(order, 1.0, example_cell(text))
    readings = [found for encoding in SCORES if (found := reading_in(raw, encoding)) is not None]
    best = max(readings, key=lambda reading: reading.score, default=None)
    return best if best is not None and best.score >= PLAUSIBLE else None


def reading_in(raw: bytes, encoding: str) -> Reading | None:
    """Return how plausible bytes are in one of the encodings of `SCORES`; None where they cannot be read."""
    text = decoded(raw, encoding)
    if text is None:
        return None
    places = [k for k, letter in enumerate(text) if not letter.isascii()][:MOST_CHARACTERS]
    if not places:
        return None
    score = SCORES[encoding]
    return Reading(encoding, sum(score(text, k) for k in places) / len(places), example_cell(text))


def decoded(raw: bytes, encoding: str) -> str | None:
    """Return the text, None where the bytes are not of this encoding."""
    try:
        return raw.decode(encoding, "strict")
    except UnicodeError:
        return None


def example_cell(text: str) -> str:
    """Return the first cell with a character beyond ASCII, so that a person can see whether it is right."""
    for line in text.splitlines():
        for cell in line.split(","):
            if not cell.isascii():
                return cell.strip().strip('"')[:40]
    return ""


def _latin(common: frozenset[str], weight: float) -> Callable[[str, int], float]:
    """Letters stand in words, at most two in a row beyond ASCII, and no capital behind a small letter."""

    def score(text: str, k: int) -> float:
        letter = text[k]
        if letter in TYPOGRAPHIC:
            return 0.0
        if not letter.isalpha() or letter >= "\u0400":
            return SYMBOL
        before, behind = text[max(k - 2, 0) : k][::-1], text[k + 1 : k + 3]
        if not (_is_near_ascii(before) or _is_near_ascii(behind)) or (
            letter.isupper() and before[:1].islower()
        ):
            return SYMBOL
        return weight if letter in common else RARE

    return score


def _is_near_ascii(letters: str) -> bool:
    """Tell whether of the next two characters one is an ASCII letter, with nothing but letters before it."""
    return letters[:1].isalpha() and any(one.isascii() and one.isalpha() for one in letters)


def _cyrillic(text: str, k: int) -> float:
    letter = text[k]
    if not ("\u0400" <= letter <= "\u045f"):
        return 0.0 if letter in TYPOGRAPHIC else SYMBOL
    before, behind = text[k - 1] if k else "", text[k + 1] if k + 1 < len(text) else ""
    near = [one for one in (before, behind) if one.isalpha()]
    if any(one.isascii() for one in near) or (letter.isupper() and before.islower()):
        return SYMBOL
    return 1.0 if "\u0410" <= letter <= "\u044f" or letter in "ёЁіїєґІЇЄҐ" else RARE


def _of_bytes(encoding: str, levels: tuple[tuple[int, int, float], ...]) -> Callable[[str, int], float]:
    """Score a character by the place of its bytes in the tables of its encoding: common ones come first."""

    def score(text: str, k: int) -> float:
        raw = text[k].encode(encoding)
        place = int.from_bytes(raw, "big")
        if encoding == "gb18030" and (len(raw) != 2 or raw[1] < 0xA1):
            return SYMBOL
        # no word of Latin letters has one of these inside or in front
        if text[k + 1 : k + 2].isascii() and text[k + 1 : k + 2].islower():
            return SYMBOL
        return next((value for first, last, value in levels if first <= place <= last), SYMBOL)

    return score


SCORES: Mapping[str, Callable[[str, int], float]] = {
    # level 1 of GB 2312 (3,755 characters in common use), level 2, punctuation and full-width letters
    "gb18030": _of_bytes("gb18030", ((0xB0A1, 0xD7F9, 1.0), (0xD8A1, 0xF7FE, 0.6), (0xA1A1, 0xA3FE, 0.5))),
    "cp1252": _latin(WESTERN, 1.0),
    # the letters that both know are the same bytes: Windows-1252 is the more usual one
    "cp1250": _latin(CENTRAL, 0.95),
    "cp1251": _cyrillic,
    # the 5,401 characters in common use, the others, punctuation
    "big5": _of_bytes("big5", ((0xA440, 0xC67E, 0.98), (0xC940, 0xF9D5, RARE), (0xA140, 0xA3BF, RARE))),
    # kana, level 1 of JIS X 0208, level 2, punctuation; single bytes are half-width kana
    "cp932": _of_bytes(
        "cp932",
        ((0x829F, 0x8396, 0.95), (0x889F, 0x9872, 0.95), (0x989F, 0xEAA4, RARE), (0x8140, 0x81AC, RARE)),
    ),
}
"""Encoding -> score of the character at a place of a text, -1 (a symbol or a rarity) to 1 (a common one)."""
