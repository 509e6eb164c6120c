"""A refusal in the words of RFC 9457."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.types import Scope

from allocator.texts import text
from allocator.wording import in_language

MEDIA_TYPE = "application/problem+json"
STATUS = {
    "bad-json": 400,
    "refused": 400,
    "unreadable-file": 400,
    "unwelcome-file": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not-the-one": 403,
    "beyond-scope": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "not-acceptable": 406,
    "body-too-slow": 408,
    "conflict": 409,
    "runs-not-ended": 409,
    "ended": 409,
    "has-children": 409,
    "no-result": 409,
    "run-without-targets": 409,
    "not-ended": 409,
    "not-this-release": 409,
    "release-refused": 409,
    "not-now": 409,
    "moved-on": 409,
    "children-first": 409,
    "import-faulty": 409,
    "list-changed": 410,
    "stale": 412,
    "body-too-large": 413,
    "file-too-large": 413,
    "wrong-media-type": 415,
    "invalid": 422,
    "plan-at-fault": 422,
    "refused-address": 422,
    "frame-too-tight": 422,
    "too-slow": 422,
    "key-reused": 422,
    "condition-missing": 428,
    "too-many": 429,
    "failed": 500,
    "unavailable": 503,
}


@dataclass(frozen=True)
class FieldError:
    """One thing wrong in a request: JSON pointer (or header, query), and what is wrong there."""

    pointer: str
    message: str


class Problem(Exception):
    """Raise it anywhere in a request; `values` fill the sentence of the text catalogue.

    A value that is a mapping holds the words of each language.
    """

    def __init__(
        self,
        code: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
        **values: object,
    ) -> None:
        self.code, self.errors, self.values = code, tuple(errors), values
        self.headers = dict(headers or {})
        self.status = status or STATUS[code]
        super().__init__(code)


def language(scope: Scope) -> str:
    """Return zh where the caller prefers Chinese, else en."""
    accepted = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    return "zh" if accepted.strip().casefold().startswith("zh") else "en"


def problem_response(problem: Problem, scope: Scope) -> Response:
    """Return the answer: type, title, status, detail, hint, instance, request_id and errors."""
    lang = language(scope)
    values = {
        name: value[lang] if isinstance(value, Mapping) else value for name, value in problem.values.items()
    }
    document: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": problem.code.replace("-", " ").capitalize(),
        "status": problem.status,
        "detail": text(f"problem.{problem.code}", lang, **values),
        "hint": text(f"problem.{problem.code}.hint", lang, **values),
        "instance": scope["path"],
        "request_id": scope.get("state", {}).get("request_id", ""),
        "errors": [
            {"pointer": error.pointer, "message": in_language(error.message, lang)}
            for error in problem.errors
        ],
    }
    # half a surrogate, which UTF-8 has no bytes for, is written as JSON escapes it
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(body, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)
