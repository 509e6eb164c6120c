"""The page of figures: hand-written text with measured sections between markers."""

from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.processes import PROJECT
from benchmarks.record import BenchmarkRecord
from benchmarks.report_tables import (
    command_tables,
    growth_table,
    machine_text,
    peer_tables,
    run_table,
    service_table,
    speed_table,
    warm_table,
)

PAGE = PROJECT / "docs" / "performance.md"
PICTURES = PROJECT / "docs" / "performance"
RECORD = PICTURES / "results.json"
SECTIONS: dict[str, Callable[[BenchmarkRecord], str]] = {
    "machine": machine_text,
    "speed": speed_table,
    "peers": peer_tables,
    "runs": run_table,
    "growth": growth_table,
    "commands": command_tables,
    "what-if": warm_table,
    "service": service_table,
}


def read_record(path: Path) -> BenchmarkRecord:
    """Read and check a record."""
    return TypeAdapter(BenchmarkRecord).validate_json(path.read_bytes())


def fill_page(page: str, record: BenchmarkRecord) -> str:
    """Replace every measured section of a page.

    Raises
    ------
    ValueError
        If the page lacks the markers of a section, or has them twice.
    """
    for name, section in SECTIONS.items():
        start, end = f"<!-- measured: {name} -->", f"<!-- end: {name} -->"
        if page.count(start) != 1 or page.count(end) != 1:
            raise ValueError(f"the page needs {start} and {end} exactly once")
        before, _, rest = page.partition(start)
        after = rest.partition(end)[2]
        page = f"{before}{start}\n{section(record)}\n{end}{after}"
    return page
