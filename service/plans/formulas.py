"""Cells that a spreadsheet program would run as formulas: made harmless going out, restored coming in.

An apostrophe is put before a text that begins with a dangerous mark and is no number, and before a text that
begins with apostrophes and then such a mark. Coming in, one apostrophe before such a text is taken away. So
`restored(defused(text)) == text` for every text.
"""

import re
from dataclasses import replace

import numpy as np

from allocator.plan.sheet import Sheet, coded_column

DANGEROUS = "=+-@\t\r\n＝＋－＠"
_DANGEROUS = re.compile(rf"'*[{re.escape(DANGEROUS)}]")
_DEFUSED = re.compile(rf"'+[{re.escape(DANGEROUS)}]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def defused(text: str) -> str:
    """Return the text as it may stand in a file that a spreadsheet program opens."""
    return f"'{text}" if _DANGEROUS.match(text) and not _NUMBER.fullmatch(text) else text


def restored(text: str) -> str:
    """Return the text that `defused` was given."""
    return text[1:] if _DEFUSED.match(text) else text


def restored_sheet(sheet: Sheet) -> Sheet:
    """Return the sheet with every text restored, or the sheet itself where nothing was defused."""
    texts = {name: column.values.tolist() for name, column in sheet.columns.items()}
    changed = {name for name, values in texts.items() if any(map(_DEFUSED.match, values))}
    if not changed:
        return sheet
    columns = {
        name: coded_column(column.code, np.array(list(map(restored, texts[name])), dtype=object))
        if name in changed
        else column
        for name, column in sheet.columns.items()
    }
    return replace(sheet, columns=columns)
