"""Hints for cells that cannot be read: the text that was probably meant."""

import re
import unicodedata
from datetime import date, timedelta

from allocator.texts import worded
from allocator.wording import Wording

EXCEL_DAY_ZERO = date(1899, 12, 30)
_CURRENCY = re.compile(
    r"^(?:[$€£¥]|CNY|RMB|USD|EUR|GBP|JPY)|(?:[$€£¥元]|CNY|RMB|USD|EUR|GBP|JPY)$", re.IGNORECASE
)
_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:([,' _.])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$")
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def number_hint(text: str) -> Wording:
    """Say how to write the amount that the text probably means."""
    number = _plain_number(text)
    return _write(number) if number is not None else worded("fault.cell.no_number.hint")


def month_hint(text: str) -> Wording:
    """Say how to write the month that the text probably means."""
    month = _month(text)
    return _write(month) if month else worded("fault.cell.no_month.hint")


def date_hint(text: str) -> Wording:
    """Say how to write the date that the text probably means."""
    day = _date(text)
    return _write(day.isoformat()) if day else worded("fault.cell.no_date.hint")


def _write(text: str) -> Wording:
    return worded("fault.cell.write.hint", text=text)


def _plain_number(text: str) -> str | None:
    """Return the plain decimal in a text with currency signs, separators or percent, or None."""
    plain = unicodedata.normalize("NFKC", text).strip()
    sign = ""
    if plain.startswith("(") and plain.endswith(")"):
        sign, plain = "-", plain[1:-1].strip()
    if plain[:1] in "+-" and plain[:1]:
        sign, plain = plain[0].replace("+", ""), plain[1:].strip()
    plain = _CURRENCY.sub("", plain).strip()
    is_percent = plain.endswith("%")
    plain = plain.removesuffix("%").strip()
    grouped = _GROUPED.match(plain)
    if grouped and not (grouped[1] == "." and plain.count(".") == 1):
        plain = plain.replace(grouped[1], "").replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        return None
    if is_percent:
        return f"{sign}{float(plain) / 100:.10g}"
    return sign + plain


def _month(text: str) -> str | None:
    """Return YYYY-MM of texts such as 2019/7, 201907, 2019-07-01, Jul-19, 2019年7月 or 43647."""
    plain = unicodedata.normalize("NFKC", text).strip()
    day = _date(text)
    if day:
        return f"{day:%Y-%m}"
    numeric = re.fullmatch(r"(\d{4})(?:[-/. 年]\s*(\d{1,2})月?|(\d{2}))", plain)
    if numeric:
        return _year_month(int(numeric[1]), int(numeric[2] or numeric[3]))
    month_first = re.fullmatch(r"(\d{1,2})[-/.](\d{4})", plain)
    if month_first:
        return _year_month(int(month_first[2]), int(month_first[1]))
    named = re.fullmatch(r"([A-Za-z]{3})[a-z]*[-/. ,]*(\d{4}|\d{2})", plain)
    if named and named[1].lower() in _MONTH_NAMES:
        year = int(named[2]) + (2000 if len(named[2]) == 2 else 0)
        return _year_month(year, _MONTH_NAMES.index(named[1].lower()) + 1)
    return None


def _year_month(year: int, month: int) -> str | None:
    return f"{year:04d}-{month:02d}" if 1900 <= year <= 2199 and 1 <= month <= 12 else None


def _date(text: str) -> date | None:
    """Return the date of texts such as 2019/7/1, 20190701, 2019年7月1日, 2019-07-01 00:00:00 or 43647."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[2-7]\d{4}(?:\.0+)?", plain):
        return EXCEL_DAY_ZERO + timedelta(days=int(float(plain)))
    parts = re.fullmatch(
        r"(\d{4})[-/. 年](\d{1,2})[-/. 月](\d{1,2})日?(?:[ T].*)?|(\d{4})(\d{2})(\d{2})", plain
    )
    if not parts:
        return None
    year, month, day = (int(part) for part in parts.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None
