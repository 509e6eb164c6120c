"""kill -9 of services and workers while they work runs off and publish: nothing lost, twice, half or wrong.

python -m benchmarks.soak_kills --cycles 500 --seed 1
python -m benchmarks.soak_kills --cycles 500 --database postgresql+psycopg://user@host/empty_database
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.plans import write_plan
from tests.service.kills.campaign import run_campaign
from tests.service.kills.publishing import run_publishing_campaign

PARTS = ("runs", "releases")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign over runs and one over releases; exit code 1 if anything is wrong at its end."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cycles", type=int, default=500, help="kills of each part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=PARTS, help="this one only; the database may be given then")
    parser.add_argument("--database", default="", help="URL of an empty database; SQLite by default")
    parsed = parser.parse_args(arguments)
    parts = (parsed.part,) if parsed.part else PARTS
    if parsed.database and len(parts) > 1:
        parser.error(f"each part needs an empty database: name one with --part {{{','.join(PARTS)}}}")
    return max(_campaign(part, parsed.database, parsed.cycles, parsed.seed) for part in parts)


def _campaign(part: str, database: str, cycles: int, seed: int) -> int:
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-kills-") as folder:
        scratch = Path(folder)
        url = database or f"sqlite:///{scratch / 'soak.db'}"
        if part == "runs":
            plan = write_plan(scratch / "plan")
            runs = run_campaign(url, scratch / "storage", plan, cycles, seed)
            line, wrong = runs.line(), runs.wrong
        else:
            releases = run_publishing_campaign(url, scratch / "storage", cycles, seed)
            line, wrong = releases.line(), releases.wrong
    print(f"{make_url(url).get_backend_name()}, {part}: {line}, {time.monotonic() - start:.0f} s")
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
