"""A file sent in a body, raw or as the one file of a form; it waits on disk, not in memory."""

from collections.abc import AsyncIterator, Mapping, Sequence
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


BINARY = {"type": "string", "format": "binary"}
FORM = {"title": "FileForm", "type": "object", "properties": {"file": BINARY}, "required": ["file"]}
UploadDep = Annotated[Upload, Depends(uploaded)]


def body_of(media_type: str, schema: Mapping[str, Any], also: Sequence[str] = ()) -> dict[str, Any]:
    """Return the part of the OpenAPI description that says which body is read.

    Parameters
    ----------
    also
        Media types that are read too; generated clients understand one for an operation, so these are told
        in words.
    """
    body: dict[str, Any] = {"required": True, "content": {media_type: {"schema": schema}}}
    if also:
        body["description"] = f"The same may be sent as it is, as {', '.join(also)}."
    return {"requestBody": body}
