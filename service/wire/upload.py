"""A file sent in a body, raw or as the one file of a form; it waits on disk, not in memory."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import IO, Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from allocator.texts import worded
from service.problems.problem import FieldError, Problem
from service.wire.media_types import MULTIPART, bare


@dataclass(frozen=True)
class Upload:
    """What came: the file name (empty for a raw body), the media type as sent, and the content."""

    name: str
    media_type: str
    content: IO[bytes]


async def uploaded(request: Request) -> AsyncIterator[Upload]:
    """Yield the body, or the file `file` of a form.

    Raises
    ------
    Problem
        `invalid` when a form has no such file, or anything beside it.
    """
    media_type = bare(request.headers.get("content-type", ""))
    if media_type != MULTIPART:
        content = request.scope["state"]["body"]
        content.seek(0)
        yield Upload("", media_type, content)
        return
    async with request.form(max_files=1, max_fields=0) as form:
        found = form.get("file")
        if not isinstance(found, UploadFile):
            raise Problem("invalid", errors=[FieldError("/file", worded("fault.upload.no_file"))], count=1)
        found.file.seek(0)
        yield Upload(found.filename or "", bare(found.content_type or ""), found.file)


NONE: Mapping[str, dict[str, Any]] = {}
UploadDep = Annotated[Upload, Depends(uploaded)]


def body_of(*media_types: str, schemas: Mapping[str, dict[str, Any]] = NONE) -> dict[str, Any]:
    """Return the part of the OpenAPI description that says which bodies are read."""
    binary = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"file": binary}, "required": ["file"]}
    content = {one: {"schema": schemas.get(one, form if one == MULTIPART else binary)} for one in media_types}
    return {"requestBody": {"required": True, "content": content}}
