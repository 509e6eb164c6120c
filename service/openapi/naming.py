"""Every object and every choice of an OpenAPI document gets a name; generators make classes of names."""

import json
import re
from collections.abc import Mapping
from typing import Any

REFERENCE = "#/components/schemas/"
CHOICES = ("anyOf", "oneOf", "allOf")
ENDS = {"items": "Item", "additionalProperties": "Value"}
UNTOLD = ("title", "description", "default", "examples")
"""What does not make another schema of one."""


def name_schemas(document: dict[str, Any]) -> None:
    """Move what is not named into the components; what is the same gets one name."""
    naming = _Naming(document["components"]["schemas"])
    for name in list(naming.schemas):
        naming.name_parts(naming.schemas[name], name)
    for item in document["paths"].values():
        for operation in (one for one in item.values() if isinstance(one, dict)):
            title = _title(operation["operationId"])
            bodies = [(operation.get("requestBody", {}), f"{title}Body")]
            bodies += [(answer, f"{title}Answer") for answer in operation["responses"].values()]
            for body, name in bodies:
                for media in body.get("content", {}).values():
                    media["schema"] = naming.named(media.get("schema", {}), name)
    naming.schemas |= dict(sorted(naming.schemas.items()))


class _Naming:
    """Names given so far."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        self.schemas = schemas
        self._known: dict[str, str] = {}

    def named(self, schema: dict[str, Any], name: str) -> dict[str, Any]:
        """Return a reference to a schema that needs a name, else the schema with its parts named."""
        self.name_parts(schema, name)
        if not _needs_name(schema):
            return schema
        key = json.dumps({k: v for k, v in schema.items() if k not in UNTOLD}, sort_keys=True)
        if key not in self._known:
            given = schema.get("title", "")
            own = given if re.fullmatch(r"[A-Z][A-Za-z]*", given) and given not in self.schemas else name
            self._known[key] = own
            self.schemas[own] = {**schema, "title": own}
        told: dict[str, Any] = {k: schema[k] for k in ("description", "default") if k in schema}
        return {"$ref": REFERENCE + self._known[key]} | told

    def name_parts(self, schema: dict[str, Any], name: str) -> None:
        """Name what stands inside a schema."""
        for key, part in schema.get("properties", {}).items():
            schema["properties"][key] = self.named(part, name + _title(key))
        for key, end in ENDS.items():
            if isinstance(schema.get(key), dict):
                schema[key] = self.named(schema[key], name + end)
        for key in CHOICES:
            if key in schema:
                schema[key] = [self.named(part, f"{name}{k + 1}") for k, part in enumerate(schema[key])]


def _needs_name(schema: Mapping[str, Any]) -> bool:
    """Whether a schema is an object with fields, or a choice of more than one thing and nothing."""
    if "$ref" in schema:
        return False
    kinds = (
        [kind for kind in schema["type"] if kind != "null"] if isinstance(schema.get("type"), list) else []
    )
    chosen = [part for key in CHOICES for part in schema.get(key, ()) if part.get("type") != "null"]
    return "properties" in schema or len(kinds) > 1 or len(chosen) > 1


def _title(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))
