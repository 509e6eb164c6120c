"""Nobody sees or does what is not theirs; every write leaves its trace."""

import json
import string
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, select

from service.accounts.service import create_first_admin
from service.audit.repository import FIRST_HASH, entry_hash
from service.auth.principal import Principal, within_scope
from service.auth.tokens import secret_hash
from service.db.database import Database
from service.db.models import Account, ApiKey, AuditEntry, Base

START = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"


def test_the_first_start_gives_one_key_and_the_second_none(database: Database, moment) -> None:
    with database.writes.begin() as session:
        key = create_first_admin(session, moment())
    with database.writes.begin() as session:
        assert create_first_admin(session, moment()) is None
        assert session.scalars(select(ApiKey.key_hash)).all() == [secret_hash(key)]


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/me"), ("GET", "/v1/users"), ("GET", "/v1/audit")])
@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer tak_wrong", "Basic eDp5", "Bearer \u00e9"])
def test_without_good_credentials_nothing_is_answered(anonymous, method, path, header) -> None:
    headers = {"Authorization": header.encode("utf-8")} if header else {}
    response = anonymous.request(method, path, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("role", ["finance", "manager", "rep", "hr", "analyst"])
def test_only_admins_make_accounts_and_read_the_audit_log(client_of, role) -> None:
    client = client_of("x", role, "/a/")
    assert client.post("/v1/users", json={"name": "y", "role": "admin"}).status_code == 403
    assert client.get("/v1/audit").status_code == 403
    own = client.get("/v1/me").json()["account_id"]
    change = client.patch(f"/v1/users/{own}", json={"role": "admin"}, headers={"If-Match": "*"})
    assert change.status_code == 403


def test_a_manager_sees_the_subtree_and_nothing_beside_it(client_of, admin: TestClient) -> None:
    manager = client_of("m", "manager", "/a/b/")
    for name, path in [("in", "/a/b/c/"), ("at", "/a/b/"), ("up", "/a/"), ("beside", "/a/b2/"), ("all", "")]:
        client_of(name, "rep", path)
    ids = {user["name"]: user["account_id"] for user in admin.get("/v1/users").json()["items"]}
    assert {user["name"] for user in manager.get("/v1/users").json()["items"]} == {"m", "in", "at"}
    answers = {name: manager.get(f"/v1/users/{ids[name]}").status_code for name in ids}
    assert answers == {"m": 200, "in": 200, "at": 200, "up": 404, "beside": 404, "all": 404, "admin": 404}
    foreign = manager.post("/v1/api-keys", json={"label": "x", "account_id": ids["in"]})
    assert foreign.status_code == 404
    assert (
        manager.get("/v1/users/acc_none").json()["detail"]
        == manager.get(f"/v1/users/{ids['up']}").json()["detail"]
    )


def test_an_admin_of_a_part_cannot_reach_beyond_it(client_of) -> None:
    part = client_of("part", "admin", "/a/")
    outside = part.post("/v1/users", json={"name": "z", "role": "admin", "scope_path": ""})
    assert outside.status_code == 404
    own = part.get("/v1/me").json()["account_id"]
    escape = part.patch(f"/v1/users/{own}", json={"scope_path": ""}, headers={"If-Match": "*"})
    assert escape.status_code == 404


NODES = st.lists(st.text(string.ascii_letters + "-0!é中", min_size=1, max_size=2), min_size=1, max_size=3)


@given(st.lists(NODES, min_size=1, max_size=8), NODES)
def test_the_predicate_is_the_subtree(paths, scope) -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, [Account.__table__])
    texts = sorted({"/" + "/".join(path) + "/" for path in paths})
    root = "/" + "/".join(scope) + "/"
    with engine.begin() as connection:
        rows = [
            {
                "account_id": p,
                "name": p,
                "role": "rep",
                "scope_path": p,
                "employee_id": "",
                "version": 1,
                "created_at": START,
            }
            for p in texts
        ]
        connection.execute(insert(Account), rows)
        query = select(Account.scope_path).where(
            within_scope(Account.scope_path, Principal("x", "x", "manager", root))
        )
        assert sorted(connection.scalars(query)) == [path for path in texts if path.startswith(root)]
    engine.dispose()


def test_a_login_gives_a_token_that_ends(admin, anonymous, moment) -> None:
    admin.post("/v1/users", json={"name": "ann", "role": "rep", "scope_path": "/a/", "password": PASSWORD})
    wrong = anonymous.post("/v1/auth/token", json={"name": "ann", "password": "wrong"})
    unknown = anonymous.post("/v1/auth/token", json={"name": "bob", "password": PASSWORD})
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    token = anonymous.post("/v1/auth/token", json={"name": "ann", "password": PASSWORD}).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert anonymous.get("/v1/me", headers=headers).json()["name"] == "ann"
    moment.now += timedelta(seconds=token["expires_in"])
    assert anonymous.get("/v1/me", headers=headers).status_code == 401


def test_logins_are_limited_and_the_answer_says_when_to_come_back(anonymous, moment, settings) -> None:
    login = {"name": "ann", "password": "wrong"}
    for _ in range(settings.logins_per_minute):
        assert anonymous.post("/v1/auth/token", json=login).status_code == 401
    refused = anonymous.post("/v1/auth/token", json=login)
    assert refused.status_code == 429
    moment.now += timedelta(seconds=int(refused.headers["retry-after"]))
    assert anonymous.post("/v1/auth/token", json=login).status_code == 401


def test_a_revoked_key_opens_nothing(client_of) -> None:
    client = client_of("ann", "rep", "/a/")
    (key,) = client.get("/v1/api-keys").json()
    assert client.delete(f"/v1/api-keys/{key['key_id']}").status_code == 204
    assert client.get("/v1/me").status_code == 401


def test_a_change_needs_the_version_that_was_seen(client_of, admin: TestClient) -> None:
    own = client_of("ann", "rep", "/a/").get("/v1/me").json()["account_id"]
    path, change = f"/v1/users/{own}", {"role": "finance"}
    seen = admin.get(path).headers["etag"]
    assert admin.patch(path, json=change).status_code == 428
    assert admin.patch(path, json=change, headers={"If-Match": '"99"'}).status_code == 412
    changed = admin.patch(path, json=change, headers={"If-Match": seen})
    assert (changed.status_code, changed.json()["role"]) == (200, "finance")
    assert admin.patch(path, json=change, headers={"If-Match": seen}).status_code == 412


def test_pages_join_to_the_whole_list(client_of, admin: TestClient) -> None:
    for number in range(6):
        client_of(f"n{number}", "rep", "/a/")
    names, cursor = [], ""
    while cursor is not None:
        page = admin.get("/v1/users", params={"limit": 3, "cursor": cursor}).json()
        assert len(page["items"]) <= 3
        names += [user["name"] for user in page["items"]]
        cursor = page["next"]
    assert sorted(names) == ["admin", *(f"n{number}" for number in range(6))]


def test_the_same_post_at_the_same_time_has_one_effect_and_one_answer(admin: TestClient) -> None:
    def post(_: int):
        return admin.post("/v1/users", json={"name": "ann", "role": "rep"}, headers={"Idempotency-Key": "k1"})

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(post, range(12)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    other = admin.post("/v1/users", json={"name": "b", "role": "rep"}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 422
    again = admin.post("/v1/users", json={"name": "ann", "role": "rep"})
    assert again.status_code == 409


def test_the_secret_of_a_key_is_not_kept_for_a_repetition(admin: TestClient) -> None:
    request = {"json": {"label": "x"}, "headers": {"Idempotency-Key": "k2"}}
    first, second = admin.post("/v1/api-keys", **request), admin.post("/v1/api-keys", **request)
    assert first.json()["secret"].startswith("tak_")
    assert second.json() == {**first.json(), "secret": ""}


def test_the_audit_log_is_a_chain_of_every_write(client_of, admin, database: Database) -> None:
    client_of("ann", "rep", "/a/")
    lines = [json.loads(line) for line in admin.get("/v1/audit").text.splitlines()]
    actions = [line["action"] for line in lines]
    assert actions == ["account.create", "key.create", "account.create", "key.create"]
    assert lines[2]["after"] == {"name": "ann", "role": "rep", "scope_path": "/a/", "employee_id": ""}
    with database.reads() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [entry.entry_hash for entry in entries] == [entry_hash(entry) for entry in entries]
    chain = [FIRST_HASH, *(entry.entry_hash for entry in entries)]
    assert [entry.previous_hash for entry in entries] == chain[:-1]
    assert [json.loads(x)["number"] for x in admin.get("/v1/audit?after=2").text.splitlines()] == [3, 4]
