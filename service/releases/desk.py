"""What releases keep in one process: plans that were read, and bytes that are pulled."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from service.plans.store import PlanStore
from service.releases.row_blocks import RowBlocks
from service.releases.snapshots import Snapshots


@dataclass(frozen=True)
class ReleaseDesk:
    """Plans for publishing, bytes for pulling the whole, and rows for pulling a part."""

    plans: PlanStore
    snapshots: Snapshots = field(default_factory=Snapshots)
    blocks: RowBlocks = field(default_factory=RowBlocks)


async def desk_of(request: Request) -> ReleaseDesk:
    """Return the desk of the application that answers."""
    found: ReleaseDesk = request.app.state.releases
    return found


DeskDep = Annotated[ReleaseDesk, Depends(desk_of)]
