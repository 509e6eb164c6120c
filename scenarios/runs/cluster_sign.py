"""A sign that everybody in a cluster sees; the library is loaded only where one is looked for."""

import time
from importlib import import_module

LOOK_SECONDS = 0.25
_looked: dict[str, tuple[float, bool]] = {}


def is_raised(name: str) -> bool:
    """Whether a sign is raised, asked in a worker; the scheduler is asked a few times a second at most."""
    at, raised = _looked.get(name, (0.0, False))
    now = time.monotonic()
    if raised or now - at < LOOK_SECONDS:
        return raised
    _looked.clear()
    found = bool(import_module("scenarios.runs.cluster").sign_of_worker(name).is_set())
    _looked[name] = (now, found)
    return found
