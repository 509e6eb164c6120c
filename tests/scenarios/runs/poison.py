"""What workers are made to do in tests; sent to real processes by name."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from scenarios.scenario import Chain


def name_of(chain: Chain) -> str:
    return chain[-1].name


def dies_on_poison(shared: object, chain: Chain) -> dict[str, Any]:
    """Kill the own worker on `poison`; answer otherwise."""
    if name_of(chain) == "poison":
        os.kill(os.getpid(), signal.SIGKILL)
    return {"status": "done", "reason": "", "measures": {}, "name": name_of(chain)}


def dies_once(shared: object, chain: Chain) -> dict[str, Any]:
    """Kill the own worker the first time a chain is seen (a file with its note as name says so)."""
    mark = Path(chain[-1].note)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"status": "done", "reason": "", "measures": {}, "name": name_of(chain)}


def sleeps_on_poison(shared: object, chain: Chain) -> dict[str, Any]:
    """Never end on `poison`; answer otherwise."""
    if name_of(chain) == "poison":
        time.sleep(3600)
    return {"status": "done", "reason": "", "measures": {}, "name": name_of(chain)}


def eats_memory_on_poison(shared: object, chain: Chain) -> dict[str, Any]:
    """Ask for 64 GB on `poison`; answer otherwise."""
    if name_of(chain) == "poison":
        return {"status": "done", "size": len(bytearray(64 * 1024**3))}
    return {"status": "done", "reason": "", "measures": {}, "name": name_of(chain)}


def raises_on_poison(shared: object, chain: Chain) -> dict[str, Any]:
    """Raise an error of our own making on `poison`; answer otherwise."""
    if name_of(chain) == "poison":
        raise ZeroDivisionError("poisoned")
    return {"status": "done", "reason": "", "measures": {}, "name": name_of(chain)}


def writes_its_pid_and_sleeps(path: str) -> None:
    Path(path).write_text(str(os.getpid()), encoding="ascii")
    time.sleep(3600)
