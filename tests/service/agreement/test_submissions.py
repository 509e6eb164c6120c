"""Plans come up the tree: each step by the one whose it is, in order, and none is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.db.models import PlanRecord
from tests.service.conftest import Moment

Make = Callable[[str, str, str], TestClient]
PATHS = {
    "E01": "/lanhai/east/E01/",
    "E02": "/lanhai/east/E02/",
    "S01": "/lanhai/south/S01/",
    "east": "/lanhai/east/",
    "south": "/lanhai/south/",
}
DUE = "2026-01-10T18:00:00+08:00"


@pytest.fixture
def people(client_of: Make) -> dict[str, TestClient]:
    return {
        **{name: client_of(name, "manager", path) for name, path in PATHS.items()},
        "finance": client_of("finance", "finance", ""),
        "rep": client_of("rep", "rep", "/lanhai/east/E01/E0101/"),
    }


@pytest.fixture
def owed(people: dict[str, TestClient], demo_plan: PlanRecord) -> dict[str, str]:
    """Node -> id of its submission, after finance has asked."""
    address = f"/v1/plans/{demo_plan.plan_id}/submissions"
    asked = people["finance"].post(address, json={"due_at": DUE})
    assert (asked.status_code, asked.json()["created"]) == (201, 6), asked.text
    return {one["node_id"]: one["submission_id"] for one in people["finance"].get(address).json()["items"]}


def step(
    client: TestClient, submission_id: str, action: str, status: int = 200, **body: Any
) -> dict[str, Any]:
    answer = client.post(f"/v1/submissions/{submission_id}:{action}", json=body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def test_every_node_above_the_reps_owes_and_asking_again_moves_the_date(
    people: dict[str, TestClient], owed: dict[str, str], demo_plan: PlanRecord
) -> None:
    assert set(owed) == {"lanhai", *PATHS}
    address = f"/v1/plans/{demo_plan.plan_id}/submissions"
    again = people["finance"].post(address, json={"due_at": "2026-02-01T00:00:00Z"}).json()
    assert (again["created"], again["moved"]) == (0, 6)
    assert people["east"].post(address, json={"due_at": DUE}).status_code == 403
    for bad in ("2026-02-01T00:00:00", "0001-01-01T00:00:00+14:00", "soon", None, 5):
        assert people["finance"].post(address, json={"due_at": bad}).status_code == 422
    seen = people["east"].get(address).json()["items"]
    assert [one["node_id"] for one in seen] == ["east", "E01", "E02"]
    first = people["east"].get(address, params={"limit": 2}).json()
    rest = people["east"].get(address, params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["node_id"] for one in first["items"] + rest["items"]] == ["east", "E01", "E02"]
    assert people["rep"].get(address).status_code == 403


def test_a_plan_comes_up_the_tree_in_order_by_the_right_people_only(
    people: dict[str, TestClient], owed: dict[str, str]
) -> None:
    for stranger, code in (("east", 403), ("south", 404), ("finance", 403), ("rep", 403)):
        step(people[stranger], owed["E01"], "submit", code)
    early = step(people["east"], owed["east"], "submit", 409)
    assert "E01, E02" in early["detail"]
    assert step(people["E01"], owed["E01"], "submit", comment="here it is")["round"] == 1
    step(people["E01"], owed["E01"], "submit", 409)
    step(people["E01"], owed["E01"], "approve", 403)
    step(people["finance"], owed["E01"], "approve", 403)
    step(people["E02"], owed["E01"], "approve", 404)
    step(people["east"], owed["E01"], "reject", 422)
    step(people["east"], owed["E01"], "reject", comment="too low")
    step(people["E01"], owed["E01"], "submit")
    step(people["E01"], owed["E01"], "recall")
    step(people["E01"], owed["E01"], "submit")
    done = step(people["east"], owed["E01"], "approve", comment="good")
    assert done["round"] == 3
    actions = [one["action"] for one in done["history"]]
    assert actions == ["submit", "reject", "submit", "recall", "submit", "approve"]
    step(people["E01"], owed["E01"], "recall", 409)
    assert "E02" in step(people["east"], owed["east"], "submit", 409)["detail"]
    left_out = step(people["east"], owed["east"], "submit", without=["E02"], comment="E02 is on leave")
    assert left_out["history"][-1]["document"]["without"] == ["E02"]
    step(people["south"], owed["east"], "approve", 404)
    assert step(people["finance"], owed["east"], "approve")["status"] == "approved"
    step(people["finance"], owed["lanhai"], "submit", without=["south"])
    assert step(people["finance"], owed["lanhai"], "approve")["status"] == "approved"


def test_progress_counts_every_subtree_and_lists_who_is_late(
    people: dict[str, TestClient], owed: dict[str, str], demo_plan: PlanRecord, moment: Moment
) -> None:
    step(people["E01"], owed["E01"], "submit")
    step(people["east"], owed["E01"], "approve")
    step(people["E02"], owed["E02"], "submit")
    address = f"/v1/plans/{demo_plan.plan_id}/progress"
    assert people["finance"].get(address).json()["overdue"] == []
    moment.now += timedelta(days=30)
    found = people["finance"].get(address).json()
    lines = {one["node_id"]: one for one in found["items"]}
    counts = ("owed", "submitted", "approved", "overdue")
    assert [lines["lanhai"][name] for name in counts] == [6, 2, 1, 4]
    assert [lines["east"][name] for name in counts] == [3, 2, 1, 1]
    assert (lines["east"]["submitted_share"], lines["east"]["approved_share"]) == (0.6667, 0.3333)
    assert {one["node_id"] for one in found["overdue"]} == {"lanhai", "east", "south", "S01"}
    south = people["south"].get(address).json()
    assert {one["node_id"] for one in south["items"]} == {"south", "S01"}
    assert {one["node_id"] for one in south["overdue"]} == {"south", "S01"}


def test_of_two_steps_at_once_one_wins_and_a_repeated_one_has_one_effect(
    people: dict[str, TestClient], owed: dict[str, str]
) -> None:
    submitted = people["E01"].post(
        f"/v1/submissions/{owed['E01']}:submit", json={}, headers={"Idempotency-Key": "once"}
    )
    again = people["E01"].post(
        f"/v1/submissions/{owed['E01']}:submit", json={}, headers={"Idempotency-Key": "once"}
    )
    assert again.json() == submitted.json()
    seen = {"If-Match": people["E01"].get(f"/v1/submissions/{owed['E01']}").headers["ETag"]}
    acts: list[tuple[str, str, dict[str, str]]] = [
        ("east", "approve", {}),
        ("east", "reject", {"comment": "no"}),
        ("E01", "recall", {}),
    ]

    def act(one: tuple[str, str, dict[str, str]]) -> int:
        who, action, body = one
        address = f"/v1/submissions/{owed['E01']}:{action}"
        return int(people[who].post(address, json=body, headers=seen).status_code)

    with ThreadPoolExecutor(3) as threads:
        codes = sorted(threads.map(act, acts))
    assert codes[0] == 200
    assert set(codes[1:]) <= {409, 412}
