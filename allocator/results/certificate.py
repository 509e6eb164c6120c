"""certificate.json: what was run, on what, and what proves it."""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from allocator.allocation import Allocation

PACKAGES = ("target-allocator", "highspy", "numpy", "ortools", "pandas", "pulp", "python-flint", "scipy")


def certificate(allocation: Allocation, result_hash: str, files: dict[str, str]) -> dict[str, Any]:
    """Return the certificate as plain JSON types; `files` are the hashes of what is no result table."""
    spec = allocation.plan.spec
    return {
        "status": allocation.status,
        "plan": spec.plan,
        "start": spec.start,
        "months": spec.months,
        "currency": spec.currency,
        "input_hash": allocation.plan.input_hash,
        "result_hash": result_hash,
        "files": files,
        "overrides": list(allocation.plan.overrides),
        "versions": versions(),
        "engine": allocation.engine,
        "seconds": {phase: round(seconds, 4) for phase, seconds in allocation.seconds.items()},
        "measures": {
            result.measure: {"unit": spec.measures[result.measure].unit, **result.evidence}
            for result in allocation.measures
        },
    }


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that shape the answer."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
