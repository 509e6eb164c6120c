"""What the OpenAPI document says beyond what the framework reads from the functions."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from service.openapi.examples import add_examples
from service.openapi.naming import name_schemas
from service.problems.openapi import IN_THE_DOCUMENT, add_problems

ABOUT = (
    "Sales targets: allocated by optimisation, agreed on, published. Refusals are problems (RFC 9457), "
    "lists are pages with a cursor, amounts are decimal text."
)
SERVERS = [{"url": "http://127.0.0.1:8000", "description": "Where `allocator serve` listens by default"}]
HEADERS = {
    "if-match": "The ETag that was seen: 412 when there is a newer one, 428 where it is needed and missing",
    "idempotency-key": "A word of the caller's own: the same request under it has one effect in three days",
    "prefer": "`wait=N`: answer when the run has ended, or after N seconds",
    "last-event-id": "The last event that was seen",
}
_VERSIONED = {"ETag": {"description": "The version, for If-Match", "schema": {"type": "string"}}}
_PLACED = {"Location": {"description": "Where it stands", "schema": {"type": "string"}}}


def operation_id(route: APIRoute) -> str:
    """Return the name of the function; a client's methods are called after it."""
    return route.name


def describe(app: FastAPI) -> None:
    """Let the application answer with the whole document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, description=ABOUT, routes=app.routes, servers=SERVERS
            )
            add_problems(made)
            name_schemas(made)
            add_examples(made)
            for item in made["paths"].values():
                for method in set(IN_THE_DOCUMENT) & set(item):
                    _explain_headers(item[method])
                    # what needs no key says so
                    item[method].setdefault("security", [])
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _explain_headers(operation: dict[str, Any]) -> None:
    """Say what the headers of a request mean, and name those of the answers that belong to them."""
    sent = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "header":
            parameter.setdefault("description", HEADERS[parameter["name"]])
    answered = _PLACED if "idempotency-key" in sent else _VERSIONED if "if-match" in sent else {}
    for status, response in operation["responses"].items():
        if answered and status in ("200", "201", "202"):
            response.setdefault("headers", {}).update(answered)
