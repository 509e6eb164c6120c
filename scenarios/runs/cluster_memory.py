"""Memory that a worker of a cluster keeps between runs."""

import ctypes
import sys
from typing import Any

from distributed import WorkerPlugin

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Numbers of the settings in `malloc.h` of the GNU C library."""
KEPT_AT_ONCE, KEPT = 32 << 20, 128 << 20
"""Bytes: arrays up to the first are cut from memory that is there; beyond the second it is given back."""


class KeepMemory(WorkerPlugin):
    """Lets a worker keep memory as any other process does.

    Dask starts its workers so that they give all memory back at once. Every array of a solve then costs
    a request to the system and its pages anew, which is a quarter of the time of a run.
    """

    name = "target-allocator-keep-memory"
    idempotent = True

    def setup(self, worker: Any) -> None:
        """Set it where the C library knows of it; elsewhere nothing is to be done."""
        library = ctypes.CDLL(None) if sys.platform == "linux" else None
        set_option = getattr(library, "mallopt", None)
        if set_option is not None:
            set_option(M_MMAP_THRESHOLD, KEPT_AT_ONCE)
            set_option(M_TRIM_THRESHOLD, KEPT)
