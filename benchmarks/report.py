"""Write the measured parts of docs/performance.md and its pictures from a record.

    python -m benchmarks.report docs/performance/results.json

Everything between `<!-- measured: NAME -->` and `<!-- end: NAME -->` is replaced; the rest of the
page is written by hand. The same record gives the same bytes.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.plots import draw_peers, draw_runs
from benchmarks.report_page import PAGE, PICTURES, RECORD, fill_page, read_record


def main(arguments: Sequence[str] | None = None) -> int:
    """Write page and pictures."""
    parser = argparse.ArgumentParser(description="write the performance page from a record")
    parser.add_argument("record", type=Path, nargs="?", default=RECORD)
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--pictures", type=Path, default=PICTURES)
    parsed = parser.parse_args(arguments)
    record = read_record(parsed.record)
    page = fill_page(parsed.page.read_text(encoding="utf-8"), record)
    parsed.page.write_text(page, encoding="utf-8", newline="\n")
    draw_peers(record, parsed.pictures / "peers.svg")
    draw_runs(record, parsed.pictures / "phases.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
