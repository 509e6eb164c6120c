"""/readyz tells the truth, /metrics counts."""

from fastapi.testclient import TestClient

from service.app import create_app
from service.db.database import Database
from service.db.migrate import migrate_down
from service.settings import Settings


def test_a_migrated_database_makes_the_service_ready(anonymous: TestClient) -> None:
    response = anonymous.get("/readyz")
    checks = {"database": True, "migrations": True}
    assert (response.status_code, response.json()) == (200, {"status": "ready", "checks": checks})


def test_a_database_behind_its_migrations_is_not_ready(anonymous, database: Database) -> None:
    migrate_down(database.engine)
    response = anonymous.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": True, "migrations": False}
    assert anonymous.get("/healthz").status_code == 200


def test_a_database_that_does_not_answer_is_not_ready() -> None:
    url = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"
    with TestClient(create_app(Settings(database_url=url))) as client:
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] is False


def test_requests_are_counted_by_route_and_status(anonymous: TestClient) -> None:
    for _ in range(3):
        anonymous.get("/version")
    anonymous.get("/v1/nothing")
    anonymous.get("/v1/users/acc_x")
    lines = anonymous.get("/metrics").text.splitlines()
    assert 'allocator_requests_total{method="GET",route="/version",status="200"} 3.0' in lines
    assert 'allocator_requests_total{method="GET",route="",status="404"} 1.0' in lines
    assert 'allocator_requests_total{method="GET",route="/v1/users/{account_id}",status="401"} 1.0' in lines


def test_methods_that_callers_make_up_are_counted_as_one(anonymous: TestClient) -> None:
    for number in range(3):
        assert anonymous.request(f"MADE{number}", "/healthz").status_code == 405
    lines = [line for line in anonymous.get("/metrics").text.splitlines() if 'method="other"' in line]
    assert 'allocator_requests_total{method="other",route="",status="405"} 3.0' in lines
    assert "MADE" not in anonymous.get("/metrics").text
