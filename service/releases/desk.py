"""What releases keep in one process: plans that were read, and bytes that are pulled."""

from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import Depends, Request

from service.plans.store import PlanStore
from service.releases.snapshots import Snapshots

READERS = 2


@dataclass(frozen=True)
class ReleaseDesk:
    """Plans for publishing, bytes for pulling, and who may read a page now.

    SQLite gives the interpreter away at every row, so that eight readers at once take many times as long
    as one after the other: two at a time read, the others wait for less than they would lose.
    """

    plans: PlanStore
    snapshots: Snapshots
    readers: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(READERS))


async def desk_of(request: Request) -> ReleaseDesk:
    """Return the desk of the application that answers."""
    found: ReleaseDesk = request.app.state.releases
    return found


DeskDep = Annotated[ReleaseDesk, Depends(desk_of)]
