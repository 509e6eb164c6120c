"""Tens of thousands of requests made from the OpenAPI document, by every role: nothing it does not know.

python -m benchmarks.soak_api --cases 50000 --seed 1 [--database postgresql+psycopg://...]
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from service.db.database import open_database
from service.db.migrate import migrate
from tests.service.openapi.campaign import Findings, campaign
from tests.service.openapi.company import CALLERS, filled_company

EXAMPLES, COVERED = 20, 60
"""Of each kind and operation in one round, each of which begins with a company of its own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Send requests until there are enough; exit code 1 if any answer was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="an empty database; used for one round")
    parsed = parser.parse_args(arguments)
    start, number = time.monotonic(), parsed.seed
    statuses: Counter[int] = Counter()
    succeeded: set[str] = set()
    flaws: dict[tuple[str, str], str] = {}
    while statuses.total() < parsed.cases:
        found = _round(number, parsed.database)
        statuses += found.statuses
        succeeded |= found.succeeded
        flaws = {**found.flaws, **flaws}
        print(f"round {number}: {statuses.total()} cases, {len(flaws)} flaws", flush=True)
        number += 1
        if parsed.database:
            break
    for (operation, kind), told in sorted(flaws.items()):
        print(f"--- {operation}: {kind}\n{told}\n")
    print(
        f"{statuses.total()} cases, {sum(n for code, n in statuses.items() if code >= 500)} server errors, "
        f"{len(flaws)} flaws, {len(succeeded)} operations succeeded, {time.monotonic() - start:.0f} s; "
        + ", ".join(f"{code}: {count}" for code, count in sorted(statuses.items()))
    )
    return 1 if flaws else 0


def _round(number: int, chosen: str) -> Findings:
    with tempfile.TemporaryDirectory() as name:
        url = chosen or f"sqlite:///{Path(name) / 'soak.db'}"
        database = open_database(url)
        migrate(database.engine)
        company = filled_company(database, url, Path(name))
        found = campaign(company, ["admin", *CALLERS], EXAMPLES, number, COVERED)
        database.engine.dispose()
        return found


if __name__ == "__main__":
    sys.exit(main())
