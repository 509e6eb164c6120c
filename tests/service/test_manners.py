"""Refusals have one form that the OpenAPI document names; limits, repetitions and pages keep their word."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from service.audit import repository as audit
from service.db.models import IdempotencyRecord
from service.problems.openapi import IN_THE_DOCUMENT
from service.problems.problem import STATUS
from service.wire.repository import KEPT_FOR


@pytest.mark.parametrize("code", sorted(STATUS))
def test_the_type_of_every_problem_is_a_page_in_both_languages(anonymous, code: str) -> None:
    page = anonymous.get(f"/problems/{code}")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert str(STATUS[code]) in page.text
    assert '<p lang="en">' in page.text
    assert '<p lang="zh">' in page.text
    assert "{" not in page.text.partition("</style>")[2]


def test_an_unknown_problem_has_no_page(anonymous) -> None:
    assert anonymous.get("/problems/nothing").status_code == 404


def test_every_operation_declares_the_form_of_its_refusals(anonymous) -> None:
    document = anonymous.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "HTTPValidationError" not in json.dumps(document)
    for path, item in document["paths"].items():
        for method in set(IN_THE_DOCUMENT) & set(item):
            responses = item[method]["responses"]
            assert "application/problem+json" in responses["4XX"]["content"], (method, path)
            assert "application/problem+json" in responses["5XX"]["content"], (method, path)


def test_every_answer_says_what_is_left_of_the_callers_requests(admin) -> None:
    left = [int(admin.get("/v1/me").headers["RateLimit"].split(";")[1].removeprefix("r=")) for _ in range(3)]
    assert left == [left[0], left[0] - 1, left[0] - 2]


def test_a_key_is_forgotten_after_three_days_and_not_before(admin, database, moment) -> None:
    def ask(name: str, key: str) -> int:
        return admin.post(
            "/v1/users", json={"name": name, "role": "rep"}, headers={"Idempotency-Key": key}
        ).status_code

    assert ask("ann", "k1") == 201
    moment.now += KEPT_FOR
    assert ask("ann", "k1") == 201
    assert ask("bob", "k2") == 201
    moment.now += timedelta(microseconds=1)
    assert ask("cid", "k3") == 201
    with database.reads() as session:
        assert session.scalar(select(func.count()).select_from(IdempotencyRecord)) == 2
    assert ask("ann", "k1") == 409


def test_the_audit_log_comes_whole_in_pieces_of_a_few(admin, monkeypatch) -> None:
    for number in range(7):
        admin.post("/v1/users", json={"name": f"u{number}", "role": "rep"})
    whole = admin.get("/v1/audit").text
    monkeypatch.setattr(audit, "ROWS_AT_ONCE", 3)
    assert admin.get("/v1/audit").text == whole
    assert [json.loads(line)["number"] for line in whole.splitlines()] == list(range(1, 10))
