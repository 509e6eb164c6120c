"""Long random lives of plans over HTTP, every answer predicted by a reference model.

python -m benchmarks.soak_service --sequences 1000 --steps 50 --seed 1
python -m benchmarks.soak_service --database postgresql+psycopg://user@host/empty_database
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.service.machine.machine import ServiceMachine
from tests.service.machine.play import play
from tests.service.machine.world import World


def main(arguments: Sequence[str] | None = None) -> int:
    """Play; the first answer that the model did not predict is told with the steps that lead to it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sequences", type=int, default=500)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="URL of an empty database; SQLite by default")
    parsed = parser.parse_args(arguments)
    start, cpu = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory(prefix="soak-service-") as folder:
        scratch = Path(folder)
        url = parsed.database or f"sqlite:///{scratch / 'soak.db'}"
        with World(url, scratch / "storage") as world:
            play(lambda: ServiceMachine(world), parsed.sequences, parsed.steps, parsed.seed)
            line = world.line()
    seconds = f"{time.monotonic() - start:.0f} s, {time.process_time() - cpu:.0f} s of processor"
    print(f"{make_url(url).get_backend_name()}: {line}, 0 answers unlike the model; {seconds}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
