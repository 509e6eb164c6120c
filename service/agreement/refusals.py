"""The refusals that every operation of agreement may answer with, for the OpenAPI document."""

from typing import Any

from service.problems.problem import MEDIA_TYPE

_WORDS = {
    400: "No acceptable JSON",
    401: "Nobody is known by these credentials",
    403: "Not for this role, or for somebody else to do",
    404: "Not there, or not in scope",
    409: "Not in its present state",
    412: "Changed since it was read",
    413: "The body is too large",
    415: "The body is no JSON",
    422: "Something in the request is wrong, or cannot be done",
    428: "If-Match is missing",
    429: "Too many requests",
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "hint", "instance", "request_id", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
    for status, words in _WORDS.items()
}
