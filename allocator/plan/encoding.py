"""Bytes to text: UTF-8 and UTF-16 are recognised, other encodings are taken from plan.yaml."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTAINERS = (
    (b"PK\x03\x04", "an Excel workbook (.xlsx) under another name"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls) under another name"),
    (b"%PDF", "a PDF document"),
)


class UnreadableText(Exception):
    """The bytes are not text in any encoding that is allowed here."""

    def __init__(self, code: str, message: str, hint: str, value: str = "") -> None:
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
    for start, what in _CONTAINERS:
        if raw.startswith(start):
            raise UnreadableText(
                "not-text", f"this is not a text file but {what}", "save the table as CSV UTF-8", what
            )
    as_utf8 = _try(raw, "utf-8")
    as_declared = _try(raw, declared) if not is_utf8(declared) else None
    if as_utf8 is not None and (as_declared is None or raw.isascii() or max(as_utf8) >= "\u0800"):
        return as_utf8
    if as_declared is not None:
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
            f"the file is marked as {encoding.upper()} but holds bytes that are not",
            "save the file again as CSV UTF-8",
            repr(whole[:8]),
        )
    return text


def _unreadable(raw: bytes, declared: str) -> UnreadableText:
    """Say what the bytes look like."""
    hint = "save the file as `CSV UTF-8`"
    if raw.count(b"\0") > len(raw) // 4:
        guess = "UTF-16 without a byte order mark"
    elif (text := _try(raw, "gb18030")) is not None and any(
        "\u4e00" <= letter <= "\u9fff" for letter in text
    ):
        guess, hint = "GB18030 (GBK)", f"{hint}, or write `encoding: gbk` into plan.yaml"
    elif (text := _try(raw, "cp1252")) is not None:
        guess, hint = "Windows-1252", f"{hint}, or write `encoding: cp1252` into plan.yaml"
    else:
        guess = "no text encoding that is known here"
    tried = "UTF-8" if is_utf8(declared) else f"UTF-8 or {declared}"
    return UnreadableText("wrong-encoding", f"the file is not {tried}; it looks like {guess}", hint, guess)
