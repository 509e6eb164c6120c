"""Plans and families of the last few revisions, kept warm; what is answered does not depend on it."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING

from allocator.plan.plan import Plan
from service.runs.job import Job

if TYPE_CHECKING:
    # loads all that a solve needs
    from scenarios.family import PlanFamily

KEPT = 2
WORK = "service.runs.work"


@dataclass(frozen=True)
class Warm:
    """A plan with what its scenarios share; one user at a time holds `lock`."""

    plan: Plan
    family: "PlanFamily"
    lock: Lock = field(default_factory=Lock)


class WarmPlans:
    """Keeps the families of the last few (revision, engine, limit)."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._warm: OrderedDict[tuple[str, str, float], Warm] = OrderedDict()
        self._lock = Lock()

    def get(self, revision_id: str, job: Job, read: Callable[[], Plan]) -> Warm:
        """Return the family of a revision; `read` gives its plan where it is not known yet.

        Raises
        ------
        EngineError
            If there is no such engine here.
        """
        key = (revision_id, job.engine, job.time_limit)
        with self._lock:
            if key in self._warm:
                self._warm.move_to_end(key)
                return self._warm[key]
        plan = self._plan_of(revision_id) or read()
        made = Warm(plan, import_module(WORK).family_of(job, plan))
        with self._lock:
            warm = self._warm.setdefault(key, made)
            if len(self._warm) > self._kept:
                self._warm.popitem(last=False)
            return warm

    def forget(self) -> None:
        """Let everything go: what was cut off by a limit must not shape the next answer."""
        with self._lock:
            self._warm.clear()

    def _plan_of(self, revision_id: str) -> Plan | None:
        with self._lock:
            return next((warm.plan for key, warm in self._warm.items() if key[0] == revision_id), None)
