"""In the OpenAPI document every operation says that it may refuse, and in which form."""

from copy import deepcopy
from typing import Any

from service.problems.problem import MEDIA_TYPE
from service.wire.methods import METHODS

IN_THE_DOCUMENT = tuple(method.lower() for method in METHODS)
PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "A refusal in the words of RFC 9457.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "hint", "instance", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "description": "Address of the page that explains it"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What is wrong"},
        "hint": {"type": "string", "description": "What to do"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "title": "ProblemError",
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_REFERENCE = {"$ref": "#/components/schemas/Problem"}


def add_problems(document: dict[str, Any]) -> None:
    """Let every operation of the document name the form of its refusals."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    # a copy: what names the schemas of the document changes it
    schemas["Problem"] = deepcopy(PROBLEM_SCHEMA)
    for path in document["paths"].values():
        for method in IN_THE_DOCUMENT:
            if method in path:
                _add_refusals(path[method])


def _add_refusals(operation: dict[str, Any]) -> None:
    """4XX and 5XX stand for all of them; 422 of the framework has our form, too."""
    responses = operation["responses"]
    responses.pop("422", None)
    for status, words in (("4XX", "Refused: what is wrong and what to do"), ("5XX", "Failed")):
        responses[status] = {"description": words, "content": {MEDIA_TYPE: {"schema": _REFERENCE}}}
