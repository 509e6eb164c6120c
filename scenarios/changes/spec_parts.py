"""Parts that changes are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scenarios.changes.change import Name


class Part(BaseModel):
    """One of the nodes that a region is split into."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    node: Name
    name: str = ""
    children: Annotated[tuple[Name, ...], Field(min_length=1)]
