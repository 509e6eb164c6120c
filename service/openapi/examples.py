"""An example for every JSON body and answer of an OpenAPI document, made of its own schemas."""

import re
from collections.abc import Mapping
from typing import Any

from service.openapi.naming import REFERENCE

JSON = re.compile(r"application/(.+\+)?json")
DEPTH = 6
"""A schema may hold itself: below this, lists and objects are empty."""
FORMATS = {
    "date-time": "2026-01-31T09:00:00Z",
    "date": "2026-01-31",
    "binary": "",
    "uri": "https://example.com/",
}
NAMES = {
    "field": "node_id",
    "org_path": "/acme/east/",
    "scope_path": "/acme/east/",
    "node_id": "east",
    "product_id": "bikes",
    "measure": "revenue",
    "unit": "USD",
    "currency": "USD",
    "period": "2026-01",
    "email": "li.na@example.com",
    "text": "East +6.2 %",
    "name": "FY 2026",
    "note": "after the review",
    "reason": "agreed with the region",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "url": "https://example.com/hooks/targets",
    "events": "release.published",
}
CANDIDATES = (
    "example",
    "120000",
    "2026-01-31",
    "/acme/east/",
    "https://example.com/hooks/targets",
    "report.html",
    NAMES["sha256"],
    "",
)


def add_examples(document: dict[str, Any]) -> None:
    """Give every JSON body and answer an example that its schema admits."""
    schemas = document["components"]["schemas"]
    for item in document["paths"].values():
        for operation in (one for one in item.values() if isinstance(one, dict)):
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                for media, content in body.get("content", {}).items():
                    if JSON.fullmatch(media):
                        content["example"] = example_of(content["schema"], schemas)


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], field: str = "", depth: int = 0) -> Any:
    """Return a value that a schema admits.

    Raises
    ------
    ValueError
        If none is known for a text with a pattern; `NAMES` or `CANDIDATES` lack one then.
    """
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].removeprefix(REFERENCE)], schemas, field, depth)
    for key in ("const", "example"):
        if key in schema:
            return schema[key]
    if schema.get("default"):
        return schema["default"]
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    chosen = [one for key in ("anyOf", "oneOf") for one in schema.get(key, ()) if one.get("type") != "null"]
    if chosen:
        return example_of(chosen[0], schemas, field, depth)
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else next(one for one in kinds if one != "null")
    if kind == "object":
        return _object(schema, schemas, depth)
    if kind == "array":
        least = max(schema.get("minItems", 0), 1 if depth < DEPTH else 0)
        return [example_of(schema.get("items", {}), schemas, field, depth + 1) for _ in range(least)]
    if kind == "string":
        return _text(schema, field)
    return {"boolean": False, "null": None}.get(kind, _number(schema))


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> dict[str, Any]:
    further = schema.get("additionalProperties")
    if "properties" not in schema and (isinstance(further, Mapping) or schema.get("minProperties")):
        named = (
            {"type": "string", **schema["propertyNames"]}
            if "propertyNames" in schema
            else {"const": "node_id"}
        )
        name = example_of(named, schemas, "field")
        value = example_of(further, schemas, name, depth + 1) if isinstance(further, Mapping) else "east"
        return {name: value}
    required = schema.get("required", ())
    return {
        name: example_of(part, schemas, name, depth + 1)
        for name, part in schema.get("properties", {}).items()
        if name in required or depth < DEPTH
    }


def _number(schema: Mapping[str, Any]) -> float:
    least: float = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    most: float = schema.get("maximum", schema.get("exclusiveMaximum", least + 2))
    if schema.get("type") == "integer":
        return int(min(least + 1, most))
    return (least + most) / 2


def _text(schema: Mapping[str, Any], field: str) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    for candidate in (*([NAMES[field]] if field in NAMES else []), *CANDIDATES):
        fits = schema.get("minLength", 0) <= len(candidate) <= schema.get("maxLength", len(candidate))
        if fits and re.search(schema.get("pattern", ""), candidate):
            return candidate
    raise ValueError(f"no example is known for {field}: {dict(schema)}")
