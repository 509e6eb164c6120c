"""JSON that two readers could take for two things is refused by every operation, and changes nothing."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from service.db.models import Base
from tests.service.openapi.company import Company
from tests.service.openapi.test_document import DOCUMENT, OPERATIONS

HOSTILE = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "beyond float64": "1e999",
    "NUL": '"a\\u0000b"',
    "half a pair": '"\\ud800"',
    "beyond int64": str(2**63),
    "deep list": "[" * 100_000 + "]" * 100_000,
    "deep object": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "raw NUL": '"a\0b"',
}
MARK = "@hostile@"
KINDS = {"string": "x", "integer": 1, "number": 1, "boolean": True, "null": None}


def test_hostile_json_is_refused_by_every_operation_and_leaves_no_trace(company: Company) -> None:
    callers = {name: company.client(name) for name in ("admin", "east")}
    before, asked, refused_numbers = everything(company), 0, 0
    for address, body in bodies():
        method, _, path = address.partition(" ")
        url = filled(path, company)
        for text in (one for field in places(body) for one in hostile_texts(body, field)):
            answer = callers["admin"].request(method, url, content=text.encode(), headers=HEADERS)
            assert_problem(address, text, answer)
            assert answer.status_code == 400, (address, text[:200], answer.text)
            asked += 1
        for field in numbers(address):
            for client in callers.values():
                sent = {**body, field: True} if isinstance(body, dict) else body
                answer = client.request(method, url, content=json.dumps(sent).encode(), headers=HEADERS)
                assert_problem(address, field, answer)
                said = [one["pointer"] for one in answer.json()["errors"]]
                assert answer.status_code == 403 or any(one.startswith(f"/{field}") for one in said), said
                refused_numbers += 1
    assert everything(company) == before
    assert asked > 900, asked
    assert refused_numbers >= 6, refused_numbers


HEADERS = {"Content-Type": "application/json", "If-Match": "*"}


def assert_problem(address: str, sent: str, answer: Any) -> None:
    assert 400 <= answer.status_code < 500, (address, sent[:200], answer.text)
    assert answer.headers["content-type"] == "application/problem+json"


def everything(company: Company) -> dict[str, list[str]]:
    """Return all rows of all tables."""
    with company.database.reads() as session:
        return {
            table.name: sorted(repr(row) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


def json_schema(address: str) -> dict[str, Any] | None:
    content = OPERATIONS[address].get("requestBody", {}).get("content", {})
    return resolved(content["application/json"]["schema"]) if "application/json" in content else None


def bodies() -> Iterator[tuple[str, Any]]:
    """Yield every operation that takes JSON, with a body in which each field has the type it should have."""
    for address in sorted(OPERATIONS):
        schema = json_schema(address)
        if schema is not None:
            yield address, sample(schema, 6)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def sample(schema: dict[str, Any], depth: int) -> Any:
    schema = resolved(schema)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return sample(schema[choice][0], depth)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") == "object" and depth:
        inner = {name: sample(one, depth - 1) for name, one in schema.get("properties", {}).items()}
        return inner or {"a": 1}
    if schema.get("type") == "array" and depth:
        return [sample(schema.get("items", {}), depth - 1)]
    return KINDS.get(str(schema.get("type")), "x")


def places(body: Any) -> list[str]:
    return list(body) if isinstance(body, dict) else [""]


def hostile_texts(body: Any, field: str) -> Iterator[str]:
    """Yield the body with each hostile value in a field, with the field twice, and with a hostile name."""
    marked = json.dumps({**body, field: MARK} if field else [MARK])
    for value in HOSTILE.values():
        yield marked.replace(f'"{MARK}"', value)
    if field:
        yield f'{{"{field}": 1, {json.dumps(body)[1:]}'
        yield f'{{"a\\u0000": 1, {json.dumps(body)[1:]}'


def numbers(address: str) -> list[str]:
    properties = (json_schema(address) or {}).get("properties", {})
    kinds = {
        name: {resolved(one).get("type") for one in resolved(field).get("anyOf", [field])}
        for name, field in properties.items()
    }
    return [name for name, types in kinds.items() if types & {"integer", "number"} and "boolean" not in types]


def filled(path: str, company: Company) -> str:
    for name, known in company.ids.items():
        path = path.replace(f"{{{name}}}", str(known[0]))
    assert "{" not in path
    return path
