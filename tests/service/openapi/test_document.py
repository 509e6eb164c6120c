"""docs/openapi.json is what the service says of itself, and enough to generate a client from."""

import json
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from fastapi import FastAPI

from service.app import create_app
from service.openapi.__main__ import PLACE, document_bytes
from service.problems.openapi import IN_THE_DOCUMENT
from service.settings import Settings

PUBLIC = {
    "log_in", "alive", "ready", "product_version", "metrics", "explain_problem",
}  # fmt: skip
DOCUMENT: dict[str, Any] = json.loads(PLACE.read_bytes())
OPERATIONS = {
    f"{method.upper()} {path}": item[method]
    for path, item in DOCUMENT["paths"].items()
    for method in IN_THE_DOCUMENT
    if method in item
}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(Settings(database_url="sqlite://"))


def test_the_document_in_docs_is_that_of_the_code_byte_for_byte(app) -> None:
    assert PLACE.read_bytes() == document_bytes(app), "run: make openapi"


def test_every_operation_has_a_name_of_its_own_that_can_be_a_function() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names) >= 90
    assert all(name.isidentifier() and name.islower() and "_v1_" not in name for name in names)


def test_no_schema_bears_the_path_of_a_module() -> None:
    assert [name for name in DOCUMENT["components"]["schemas"] if "__" in name] == []


@pytest.mark.parametrize("address", sorted(OPERATIONS))
def test_an_operation_says_what_it_does_what_it_answers_and_who_may_ask(address: str) -> None:
    operation = OPERATIONS[address]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    if operation["operationId"] not in PUBLIC:
        assert operation["security"] == [{"HTTPBearer": []}]
    for status, response in operation["responses"].items():
        if status not in ("204", "304"):
            assert response["content"], status
            assert all("schema" in content for content in response["content"].values()), status
    for parameter in operation.get("parameters", ()):
        assert parameter["in"] != "header" or parameter["description"]


def test_what_changes_a_known_version_takes_if_match_and_what_makes_something_a_key_of_repetition() -> None:
    sent = {
        address: {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
        for address, operation in OPERATIONS.items()
    }
    for address, headers in sent.items():
        if address.startswith(("PATCH", "PUT")):
            assert "if-match" in headers, address
        if address.startswith("POST") and OPERATIONS[address]["responses"].keys() & {"201", "202"}:
            assert "idempotency-key" in headers, address


def test_a_reader_of_openapi_loads_every_operation(app) -> None:
    schema = schemathesis.openapi.from_dict(json.loads(PLACE.read_bytes()))
    loaded = {found.ok().label for found in schema.get_all_operations()}
    assert loaded == set(OPERATIONS)


def contents() -> list[tuple[str, str, dict[str, Any]]]:
    """Operation, media type and what stands under it, of every body and answer."""
    return [
        (address, media, content)
        for address, operation in OPERATIONS.items()
        for body in (operation.get("requestBody", {}), *operation["responses"].values())
        for media, content in body.get("content", {}).items()
    ]


def test_every_json_body_and_answer_has_an_example_that_its_schema_admits() -> None:
    looked_at = 0
    for address, media, content in contents():
        if not media.endswith("json") or media.endswith("ndjson"):
            continue
        schema = {**content["schema"], "components": DOCUMENT["components"]}
        validator = jsonschema_rs.validator_for(schema, validate_formats=True)
        assert "example" in content, (address, media)
        errors = [error.message for error in validator.iter_errors(content["example"])]
        assert errors == [], (address, media, content["example"])
        looked_at += 1
    assert looked_at > 250


def nameless(schema: dict[str, Any], place: str) -> list[str]:
    """Where an object with fields, or a choice of several things, stands without a name of its own."""
    found = []
    parts = {f"{place}/{key}": part for key, part in schema.get("properties", {}).items()}
    parts |= {
        f"{place}/{key}": schema[key]
        for key in ("items", "additionalProperties")
        if isinstance(schema.get(key), dict)
    }
    choices = [part for key in ("anyOf", "oneOf", "allOf") for part in schema.get(key, ())]
    parts |= {f"{place}/{k}": part for k, part in enumerate(choices)}
    for where, part in parts.items():
        several = [
            one for key in ("anyOf", "oneOf") for one in part.get(key, ()) if one.get("type") != "null"
        ]
        kinds = part.get("type", "")
        mixed = not isinstance(kinds, str) and len([one for one in kinds if one != "null"]) > 1
        found += [where] if "properties" in part or len(several) > 1 or mixed else []
        found += nameless(part, where)
    return found


def test_every_schema_that_generators_make_a_class_of_has_a_name() -> None:
    found = [
        place
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for place in nameless(schema, name)
    ]
    found += [
        place for where, _, one in contents() for place in nameless({"items": one.get("schema", {})}, where)
    ]
    assert found == []


def test_every_operation_reads_one_kind_of_body() -> None:
    read = {
        address: list(one.get("requestBody", {}).get("content", {})) for address, one in OPERATIONS.items()
    }
    assert [address for address, media in read.items() if len(media) > 1] == []
    assert {one for media in read.values() for one in media} == {
        "application/json",
        "application/yaml",
        "multipart/form-data",
    }
