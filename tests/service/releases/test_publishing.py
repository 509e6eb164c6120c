"""A release is exact, numbered without gaps, immutable and won by one."""

from fastapi.testclient import TestClient

from tests.service.releases.conftest import Desk


def test_first(desk: Desk, hr: TestClient) -> None:
    run = desk.run()
    made = desk.post(run)
    print(made.text[:3000])
    assert made.status_code == 201
