"""The folder of a comparison: tables, one page, a workbook, one document."""

import json
from pathlib import Path
from typing import Any

from allocator.errors import Fault, InputFaults
from allocator.results.beside import beside
from allocator.results.csv_text import write_csv
from allocator.texts import worded
from scenarios.comparison.comparison import Comparison
from scenarios.comparison.document import comparison_document
from scenarios.comparison.page import comparison_page
from scenarios.comparison.workbook import write_workbook

MARK = "comparison.json"
FILES = ("comparison.csv", "movers.csv", "comparison.html", "comparison.xlsx", MARK)


def check_comparison_target(out: Path) -> None:
    """Refuse to write over anything but a comparison.

    Raises
    ------
    InputFaults
        If `out` is a file, or a folder that holds something and is no comparison.
    """
    if not out.exists() or (out.is_dir() and (not any(out.iterdir()) or (out / MARK).exists())):
        return
    message = worded("fault.folder.comparison")
    hint = worded("fault.folder.hint")
    raise InputFaults([Fault(str(out), 0, "", "", "not-a-comparison-folder", message, hint)])


def write_comparison(comparison: Comparison, out: Path, lang: str) -> dict[str, Any]:
    """Write all files, the workbook in a second process, comparison.json last; return what it says."""
    check_comparison_target(out)
    out.mkdir(parents=True, exist_ok=True)
    with beside(lambda _: write_workbook(comparison, out / "comparison.xlsx", lang)) as helper:
        write_csv(out / "comparison.csv", [comparison.table])
        write_csv(out / "movers.csv", [comparison.movers])
        page = comparison_page(comparison, lang)
        (out / "comparison.html").write_text(page, encoding="utf-8", newline="\n")
        document = comparison_document(comparison, lang)
        helper.tell("")
        helper.wait()
    words = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    (out / MARK).write_text(words + "\n", encoding="utf-8", newline="\n")
    return document
