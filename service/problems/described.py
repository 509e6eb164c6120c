"""Refusals as the OpenAPI description names them."""

from typing import Any, TypeAlias

from service.problems.problem import MEDIA_TYPE, STATUS

Described: TypeAlias = dict[int | str, dict[str, Any]]
_TEXTS = ("type", "title", "detail", "hint", "instance", "request_id")
_ERROR = {
    "type": "object",
    "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}},
    "required": ["pointer", "message"],
}
_PROBLEM = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in _TEXTS},
        "status": {"type": "integer"},
        "errors": {"type": "array", "items": _ERROR},
    },
    "required": [*_TEXTS, "status", "errors"],
}


def refusals() -> Described:
    """Return what `responses=` of a router says: any refusal is a problem (RFC 9457)."""
    content = {MEDIA_TYPE: {"schema": _PROBLEM}}
    return {
        status: {"description": "Refused", "content": content}
        for status in sorted(set(STATUS.values()) - {500})
    }
