"""kill -9 of services and workers while they work runs off: nothing lost, nothing twice, nothing wrong.

python -m benchmarks.soak_kills --cycles 500 --seed 1
python -m benchmarks.soak_kills --cycles 500 --database postgresql+psycopg://user@host/empty_database
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.plans import write_plan
from tests.service.kills.campaign import run_campaign


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one campaign; exit code 1 if anything is wrong at its end."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cycles", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="URL of an empty database; SQLite by default")
    parsed = parser.parse_args(arguments)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-kills-") as folder:
        scratch = Path(folder)
        url = parsed.database or f"sqlite:///{scratch / 'soak.db'}"
        plan = write_plan(scratch / "plan")
        report = run_campaign(url, scratch / "storage", plan, parsed.cycles, parsed.seed)
    print(f"{report.line()}, {time.monotonic() - start:.0f} s")
    print("\n".join(report.wrong))
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
