"""Notes between a dispatcher and a worker of the same machine: which phase it is, whether to stop."""

import shutil
import time
from pathlib import Path

LOOK_SECONDS = 0.05
PHASE, STOP = "phase", "stop"


class Desk:
    """A folder of one attempt of one run; an empty path is no folder, and nothing is noted.

    Parameters
    ----------
    place
        The folder; the dispatcher makes it and clears it away.
    """

    def __init__(self, place: str) -> None:
        self._place = Path(place) if place else None
        self._looked, self._stop = 0.0, False

    def lay(self) -> None:
        """Make the folder."""
        if self._place is not None:
            self._place.mkdir(parents=True, exist_ok=True)

    def clear(self) -> None:
        """Take the folder away."""
        if self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)

    def tell(self, phase: str) -> None:
        """Note the phase; nobody waits for it, so a folder that is gone is no fault."""
        if self._place is not None and self._place.is_dir():
            (self._place / PHASE).write_text(phase, encoding="utf-8")

    def phase(self) -> str:
        """Return the phase that was noted last, in the length that is kept."""
        note = None if self._place is None else self._place / PHASE
        return note.read_text(encoding="utf-8")[:60] if note is not None and note.is_file() else ""

    def ask_to_stop(self) -> None:
        """Ask the worker for the best there is."""
        if self._place is not None and self._place.is_dir():
            (self._place / STOP).touch()

    def is_stop_asked(self) -> bool:
        """Whether to stop; looked up at most every few hundredths of a second."""
        now = time.monotonic()
        if self._place is not None and not self._stop and now - self._looked >= LOOK_SECONDS:
            self._looked, self._stop = now, (self._place / STOP).exists()
        return self._stop
