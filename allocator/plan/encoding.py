"""Bytes to text: UTF-8 and UTF-16 are recognised, other encodings are taken from plan.yaml."""

import codecs
import unicodedata

from allocator.plan.plausible_text import SCORES, Reading, example_cell, plausible_reading, reading_in
from allocator.texts import worded
from allocator.wording import Wording

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTAINERS = (
    (b"PK\x03\x04", "xlsx"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "pdf"),
)


FEWEST_BYTES = 4
"""Bytes beyond ASCII from which a declared encoding is doubted."""
CERTAIN = 0.8
"""Plausibility of another reading from which a declared encoding that gives rarities only is wrong."""


class UnreadableText(Exception):
    """The bytes are not text in any encoding that is allowed here."""

    def __init__(self, code: str, message: Wording, hint: Wording, value: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.value = code, message, hint, value


def decode(raw: bytes, declared: str = "utf-8") -> str:
    """Return the text of a file.

    A byte order mark decides first. Then UTF-8 is tried, then the declared encoding. Bytes that are
    valid in both are taken as UTF-8 if they hold a character that needs three bytes (a Chinese one,
    say): GBK text that happens to be valid UTF-8 looks like two-byte letters only.

    Parameters
    ----------
    declared
        `encoding` of plan.yaml.

    Raises
    ------
    UnreadableText
        With what the bytes look like and what to do.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _strict(raw[len(mark) :], encoding, raw)
    for start, kind in _CONTAINERS:
        if raw.startswith(start):
            what = worded(f"fault.encoding.{kind}")
            message, hint = worded("fault.encoding.no_text", what=what), worded("fault.encoding.no_text.hint")
            raise UnreadableText("not-text", message, hint, what)
    as_utf8 = _try(raw, "utf-8")
    as_declared = _try(raw, declared) if not is_utf8(declared) else None
    if as_utf8 is not None and (as_declared is None or raw.isascii() or max(as_utf8) >= "\u0800"):
        _refuse_gbk_as_utf8(raw, as_utf8)
        return as_utf8
    if as_declared is not None:
        _refuse_garbled(raw, declared)
        return as_declared
    raise _unreadable(raw, declared)


def is_known_encoding(name: str) -> bool:
    """Tell whether Python knows a text encoding of this name."""
    try:
        "a".encode(name)
    except (LookupError, ValueError):
        return False
    return True


def is_utf8(name: str) -> bool:
    """Tell whether the name means UTF-8 (or says nothing usable)."""
    return not is_known_encoding(name) or codecs.lookup(name).name in ("utf-8", "utf-8-sig", "ascii")


def _try(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding, "strict")
    except UnicodeError:
        return None


def _strict(raw: bytes, encoding: str, whole: bytes) -> str:
    text = _try(raw, encoding)
    if text is None:
        raise UnreadableText(
            "wrong-encoding",
            worded("fault.encoding.mark", encoding=encoding.upper()),
            worded("fault.encoding.mark.hint"),
            repr(whole[:8]),
        )
    return text


def _unreadable(raw: bytes, declared: str) -> UnreadableText:
    """Say what the bytes look like, with a cell that shows whether that is right."""
    tried = "UTF-8" if is_utf8(declared) else worded("fault.encoding.tried", declared=declared)
    found = plausible_reading(raw)
    if found is None:
        message = worded("fault.encoding.unknown", tried=tried)
        hint = worded("fault.encoding.save.hint")
        return UnreadableText("wrong-encoding", message, hint, "no text encoding that is known here")
    return UnreadableText("wrong-encoding", *_proposal(found, tried), found.name)


def _proposal(found: Reading, tried: str) -> tuple[Wording, Wording]:
    message = worded("fault.encoding.other", tried=tried, guess=found.name, example=found.example)
    written = "gbk" if found.encoding == "gb18030" else found.encoding
    return message, worded("fault.encoding.declare.hint", encoding=written, example=found.example)


def _refuse_garbled(raw: bytes, declared: str) -> None:
    """Refuse bytes that are symbols and rarities as declared, and plain words in another encoding."""
    encoding = codecs.lookup(declared).name
    stated = next((name for name in SCORES if codecs.lookup(name).name == encoding), None)
    stated = "gb18030" if encoding in ("gbk", "gb2312") else stated
    mine = reading_in(raw, stated) if stated else None
    if mine is None or mine.score >= 0 or sum(byte >= 0x80 for byte in raw) < FEWEST_BYTES:
        return
    found = plausible_reading(raw)
    if found is not None and found.score >= CERTAIN:
        raise _garbled(declared, mine.example, found)


def _refuse_gbk_as_utf8(raw: bytes, text: str) -> None:
    """Refuse the few Chinese words whose bytes in GBK happen to be UTF-8: letters of several scripts."""
    if text.isascii() or max(text) >= "\u0800":
        return
    letters = [one for one in set(text) if one.isalpha() and not one.isascii()]
    scripts = {unicodedata.name(one, "?").split()[0] for one in letters}
    found = reading_in(raw, "gb18030")
    if len(scripts) > 1 and found is not None and found.score >= CERTAIN:
        raise _garbled("UTF-8", example_cell(text), found)


def _garbled(declared: str, garbled: str, found: Reading) -> UnreadableText:
    message = worded(
        "fault.encoding.garbled",
        declared=declared,
        garbled=garbled,
        guess=found.name,
        example=found.example,
    )
    return UnreadableText("wrong-encoding", message, _proposal(found, declared)[1], found.name)
