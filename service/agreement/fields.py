"""Fields that commitments, balance requests and submissions share, in bodies and addresses."""

from typing import Annotated

from fastapi import Header, Path, Query
from pydantic import Field

from service.wire.cursors import DIGEST

ID = r"^[a-z0-9_]+$"
LINE = r"^[^\x00-\x1f\x7f]+$"
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
AMOUNT = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?$"

PlanId = Annotated[str, Path(max_length=64, pattern=ID)]
NodeInPath = Annotated[str, Path(min_length=1, max_length=200, pattern=LINE)]
RecordId = Annotated[str, Path(max_length=64, pattern=ID)]
Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str, Query(max_length=4000, pattern=r"^[^\x00-\x1f\x7f]*$")]
PinnedCursor = Annotated[str, Query(max_length=4000, pattern=rf"^({DIGEST}\.[^\x00-\x1f\x7f]+)?$")]
"""A cursor that carries what its list stands on (see `service.wire.cursors`)."""
IfMatch = Annotated[str | None, Header(max_length=200)]

Id = Annotated[str, Field(min_length=1, max_length=64, pattern=ID)]
NodeId = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
ProductId = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
Measure = Annotated[str, Field(min_length=1, max_length=100, pattern=LINE)]
Amount = Annotated[str, Field(max_length=22, pattern=AMOUNT)]
"""Decimal text, not negative."""
Comment = Annotated[str, Field(max_length=4000, pattern=TEXT)]
SaidComment = Annotated[str, Field(min_length=1, max_length=4000, pattern=TEXT)]
