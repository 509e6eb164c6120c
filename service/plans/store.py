"""Revisions as plan folders on disk and as plans in memory; both can be made again from the database."""

import shutil
import tempfile
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from service.db.database import Database
from service.plans.repository import files_of

KEPT = 4
"""Plans that stay in memory."""


def read_files(files: Mapping[str, bytes]) -> Plan:
    """Read and check the files of a plan.

    Raises
    ------
    InputFaults
        With every fault, by file, row and column.
    """
    with tempfile.TemporaryDirectory(prefix="plan-") as folder:
        write_files(Path(folder), files)
        return read_plan(Path(folder))


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files of plain names into a folder."""
    for name, content in files.items():
        if Path(name).name != name:
            raise ValueError(f"{name!r} is no plain file name")
        (folder / name).write_bytes(content)


class PlanStore:
    """Gives the plan of a revision; revisions never change, so what was read stays right.

    Parameters
    ----------
    folder
        Where plan folders are written, one per revision, whole or not at all.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder
        self._plans: OrderedDict[str, Plan] = OrderedDict()
        self._lock = Lock()

    def folder(self, revision_id: str) -> Path:
        """Return the revision as a plan folder."""
        place = self._folder / revision_id
        if place.is_dir():
            return place
        with self._database.reads() as session:
            files = files_of(session, revision_id)
        if not files:
            raise LookupError(f"no revision {revision_id}")
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".plan-", dir=self._folder))
        write_files(fresh, files)
        try:
            fresh.rename(place)
        except OSError:
            # somebody else was quicker; theirs has the same content
            shutil.rmtree(fresh)
            if not place.is_dir():
                raise
        return place

    def plan(self, revision_id: str) -> Plan:
        """Return the revision as a plan."""
        with self._lock:
            if revision_id in self._plans:
                self._plans.move_to_end(revision_id)
                return self._plans[revision_id]
        plan = read_plan(self.folder(revision_id))
        with self._lock:
            self._plans[revision_id] = plan
            if len(self._plans) > KEPT:
                self._plans.popitem(last=False)
        return plan
