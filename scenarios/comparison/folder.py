"""The folder of a comparison: tables, one page, a workbook, one document."""

from pathlib import Path
from typing import Any

from allocator.results.beside import beside
from allocator.results.csv_text import write_csv
from allocator.results.whole_folder import FolderKind, whole_folder, write_mark
from scenarios.comparison.comparison import Comparison
from scenarios.comparison.document import comparison_document
from scenarios.comparison.page import comparison_page
from scenarios.comparison.workbook import write_workbook

FOLDER = FolderKind(
    mark="comparison.json",
    written=("comparison.csv", "movers.csv", "comparison.html", "comparison.xlsx"),
    fault="fault.folder.comparison",
    code="not-a-comparison-folder",
)


def write_comparison(comparison: Comparison, out: Path, lang: str, *, force: bool = False) -> dict[str, Any]:
    """Write the folder, whole or not at all, comparison.json last; return what it says.

    Parameters
    ----------
    force
        Write over files of an earlier comparison that people changed.
    """
    with whole_folder(out, FOLDER, force=force) as fresh:
        with beside(lambda _: write_workbook(comparison, fresh / "comparison.xlsx", lang)) as helper:
            write_csv(fresh / "comparison.csv", [comparison.table])
            write_csv(fresh / "movers.csv", [comparison.movers])
            page = comparison_page(comparison, lang)
            (fresh / "comparison.html").write_text(page, encoding="utf-8", newline="\n")
            document = comparison_document(comparison, lang)
            helper.tell("")
            helper.wait()
        return write_mark(fresh, FOLDER, document)
