"""What is doubtful or too large is refused before anything is stored, always as a problem."""

import asyncio
import json
import logging
import tracemalloc
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from service.problems.problem import Problem, problem_response
from service.wire import guard_body
from service.wire.guard_body import GuardBody
from service.wire.strict_json import UnacceptableJson, read_strict_json
from tests.languages import is_chinese
from tests.waiting import HANG_SECONDS

HOSTILE = {
    "NaN": b'{"name":"x","role":"rep","password":NaN}',
    "Infinity": b'{"name":"x","role":"rep","password":-Infinity}',
    "1e999": b'{"name":"x","role":"rep","password":1e999}',
    "NUL": b'{"name":"x\\u0000","role":"rep"}',
    "lone surrogate": b'{"name":"x\\ud800","role":"rep"}',
    "duplicate key": b'{"name":"x","role":"rep","role":"admin"}',
    "2^63": b'{"name":"x","role":9223372036854775808}',
    "a hundred thousand digits": b'{"name":"x","role":' + b"9" * 60_000 + b"}",
    "deep nesting": b"[" * 45_000 + b"]" * 45_000,
    "65 levels": b"[" * 65 + b"]" * 65,
    "not UTF-8": b'{"name":"\xff","role":"rep"}',
    "true as text": b'{"name":true,"role":"rep"}',
    "unknown field": b'{"name":"x","role":"rep","version":9}',
    "no role of ours": b'{"name":"x","role":"root"}',
    "a path that is none": b'{"name":"x","role":"rep","scope_path":"a"}',
    "nothing": b"",
}


def is_problem(response, status: int) -> bool:
    document = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert document["status"] == response.status_code == status, response.text
    assert document["detail"]
    assert document["hint"]
    assert document["request_id"] == response.headers["x-request-id"]
    return True


def _messages(document: dict[str, Any]) -> list[str]:
    return [error["message"] for error in document["errors"]]


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_body_is_refused_and_nothing_is_stored(admin: TestClient, kind: str) -> None:
    before = admin.get("/v1/users").json()
    headers = {"Content-Type": "application/json"}
    response = admin.post("/v1/users", content=HOSTILE[kind], headers=headers)
    assert response.status_code in (400, 422)
    assert is_problem(response, response.status_code)
    assert admin.get("/v1/users").json() == before
    chinese = admin.post("/v1/users", content=HOSTILE[kind], headers={**headers, "Accept-Language": "zh"})
    document = chinese.json()
    assert all(map(is_chinese, [document["detail"].partition("：")[2], *_messages(document)]))
    assert not set(_messages(document)) & set(_messages(response.json()))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
    )
)
def test_every_honest_value_is_read_as_it_was_written(value: object) -> None:
    assert read_strict_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=40))
def test_no_bytes_lead_to_anything_but_a_value_or_a_refusal(raw: bytes) -> None:
    try:
        value = read_strict_json(raw)
    except UnacceptableJson:
        return
    assert json.loads(raw) == value


def test_a_body_over_the_limit_is_refused_by_its_declared_length_alone(admin: TestClient) -> None:
    response = admin.post("/v1/users", content=b"", headers={"Content-Length": "200000000"})
    assert is_problem(response, 413)


def test_a_stream_over_the_limit_is_cut_where_it_passes_the_limit(admin: TestClient) -> None:
    def chunks():
        for _ in range(30):
            yield b" " * 10_000

    assert is_problem(admin.post("/v1/users", content=chunks()), 413)


def test_another_media_type_is_refused(admin: TestClient) -> None:
    response = admin.post("/v1/users", content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert is_problem(response, 415)


def test_an_unknown_address_and_an_unknown_method_are_problems_too(admin: TestClient) -> None:
    assert is_problem(admin.get("/v1/nothing"), 404)
    response = admin.delete("/v1/users")
    assert is_problem(response, 405)
    assert response.headers["allow"] == "GET, POST"


def test_a_fault_is_named_by_its_pointer(admin: TestClient) -> None:
    response = admin.post("/v1/users", json={"name": "x", "role": "root"})
    assert is_problem(response, 422)
    assert [error["pointer"] for error in response.json()["errors"]] == ["/role"]


def test_a_problem_speaks_chinese_to_who_prefers_it(admin: TestClient) -> None:
    response = admin.get("/v1/nothing", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert response.json()["detail"] == "此处没有您可查看的内容。"


def test_what_nobody_expected_is_a_problem_with_its_trace_in_the_log(
    app: FastAPI, anonymous: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/breaks")
    def breaks() -> None:
        raise ZeroDivisionError("secret detail")

    with caplog.at_level(logging.ERROR):
        response = anonymous.get("/breaks", headers={"X-Request-Id": "mine-1"})
    assert is_problem(response, 500)
    assert response.json()["request_id"] == "mine-1"
    assert "secret detail" not in response.text
    assert "secret detail" in caplog.text


def test_a_body_of_200_megabytes_is_refused_without_being_held_in_memory() -> None:
    chunk, sent = bytes(1 << 20), []

    async def receive():
        return {"type": "http.request", "body": bytes(chunk), "more_body": True}

    async def send(message):
        sent.append(message)

    async def never(*_):
        raise AssertionError("the application was asked")

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/imports",
        "headers": [(b"content-type", b"text/csv")],
    }
    tracemalloc.start()
    asyncio.run(GuardBody(never, limit=64 << 20)(scope, receive, send))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent[0]["status"] == 413
    assert peak < 8 << 20


@pytest.mark.parametrize("piece", [b"", b" "])
def test_a_body_that_stops_or_trickles_is_ended_in_time(
    admin: TestClient, app: FastAPI, piece: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard_body, "PATIENCE_SECONDS", 0.2)
    sent = []

    async def receive():
        await (asyncio.sleep(0.01) if piece else asyncio.Event().wait())
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/users",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    asyncio.run(asyncio.wait_for(app(scope, receive, send), HANG_SECONDS))
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert json.loads(sent[1]["body"])["type"] == "/problems/body-too-slow"


def test_a_problem_can_be_read_as_it_is_and_repeats_even_half_a_surrogate() -> None:
    problem = Problem("wrong-media-type", sent="\ud800", accepted="x")
    scope = {"path": "/v1/nothing", "headers": [(b"accept-language", b"zh")]}
    body = bytes(problem_response(problem, scope).body)
    assert "此处不接受".encode() in body
    assert "\ud800" in json.loads(body)["detail"]
