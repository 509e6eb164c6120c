"""The pages of one list are of one release (or revision, or state), whatever happens between two of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import URL

from service.openapi.__main__ import PLACE
from tests.plans import ORG
from tests.service.releases.conftest import Clients, Desk

REP = "/acme/east/e1/e11/"
MOVED = ORG.replace("e13,e1,rep", "e13,w1,rep")
DOCUMENT: dict[str, Any] = json.loads(PLACE.read_bytes())
GONE, MOST = 410, 3
MORE = [{"name": "more", "changes": [{"kind": "scale_total", "measure": "revenue", "factor": 1.05}]}]
Ask = tuple[TestClient, str, dict[str, Any]]

BY_ID = {
    "list_acks": "ack_id",
    "list_comparisons": "comparison_id",
    "list_deliveries": "delivery_id",
    "list_experiment_runs": "position",
    "list_experiments": "experiment_id",
    "list_imports": "import_id",
    "list_plans": "plan_id",
    "list_requests": "request_id",
    "list_revisions": "number",
    "list_runs": "run_id",
    "list_scenarios": "scenario_id",
    "list_users": "account_id",
    "list_webhooks": "webhook_id",
}
"""Each row is one thing with an id of its own that no other row takes the place of."""
NEVER_CHANGE = {
    "get_result": "the targets of a run that has ended",
    "read_import": "the faults that a check has found",
}


def paged() -> dict[str, dict[str, Any]]:
    """Every operation of the document that takes a cursor."""
    return {
        operation["operationId"]: operation
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        if any(one.get("name") == "cursor" for one in operation.get("parameters", ()))
    }


class World:
    """The tiny company, published twice and talked about, and another plan; and what happens to them."""

    def __init__(self, desk: Desk, client_of: Clients) -> None:
        self.desk, self.finance = desk, desk.finance
        self.hr, self.rep = client_of("hr", "hr", ""), client_of("zhang", "rep", REP)
        self.other = Desk(desk.database, desk.moment, desk.folder, desk.finance, "other")
        self.run = desk.run()
        self.releases = [desk.release(self.run, products="total"), self.other.release(self.other.run())]
        more = {"effective_from": "2019-08-01", "reasons": [{"reason": "more"}]}
        self.releases += [desk.release(desk.run(MORE), products="total", **more)]
        self.plan = f"/v1/plans/{desk.plan.plan_id}"
        for number, node in enumerate(("e11", "e12", "w11"), start=1):
            self.commit(node, f"{number}000000")
        self.ask_for_submissions("2026-03-01T00:00:00Z")
        self.happened = 0

    def commit(self, node: str, amount: str) -> None:
        line = {"measure": "revenue", "product_id": "*", "amount": amount}
        answer = self.finance.put(
            f"{self.plan}/commitments/{node}",
            json={"items": [line]},
            headers={"If-Match": "*"},
        )
        assert answer.status_code == 200, answer.text

    def ask_for_submissions(self, due_at: str) -> None:
        answer = self.finance.post(f"{self.plan}/submissions", json={"due_at": due_at})
        assert answer.status_code == 201, answer.text

    def go_on(self) -> None:
        """A revision, a release of other targets for each plan, a commitment, a date: all anew."""
        if self.happened == MOST:
            return
        self.happened += 1
        self.desk.revise(org=MOVED if self.happened % 2 else ORG)
        reasons = [{"reason": "again"}]
        later = {"effective_from": f"2019-{8 + self.happened:02d}-01", "reasons": reasons}
        self.desk.release(self.desk.run(), products="total", **later)
        self.other.release(self.other.run(), **later)
        self.commit("e12", f"{7 + self.happened}000000")
        self.ask_for_submissions(f"2026-04-0{self.happened}T00:00:00Z")

    def asks(self) -> dict[str, Ask]:
        """What is asked of every list that stands on something that is superseded."""
        plan = {"plan": self.desk.plan.plan_id}
        release = self.releases[2]["release_id"]
        since = {"since_release": self.releases[0]["release_id"]}
        gap = {"run_id": self.run.run_id, "measure": "revenue"}
        return {
            "pull_newest_targets": (self.hr, "/v1/releases/latest/targets", {**plan, "limit": 40}),
            "pull_targets": (self.hr, f"/v1/releases/{release}/targets", {"limit": 40}),
            "read_changes": (self.hr, "/v1/targets/changes", {**since, "limit": 40}),
            "read_own_targets": (self.rep, "/v1/targets/me", {"limit": 7}),
            "list_releases": (self.hr, "/v1/releases", {"limit": 1, "as_of": "2019-12-31"}),
            "list_releases_of_plan": (self.hr, f"{self.plan}/releases", {"limit": 1}),
            "list_nodes": (self.finance, f"{self.plan}/nodes", {"limit": 3}),
            "list_commitments": (self.finance, f"{self.plan}/commitments", {"limit": 1}),
            "list_submissions": (self.finance, f"{self.plan}/submissions", {"limit": 2}),
            "read_gap": (self.finance, f"{self.plan}/gap", {**gap, "limit": 3}),
            "read_progress": (self.finance, f"{self.plan}/progress", {"limit": 2}),
        }


OLD_TO_THE_END = {"pull_newest_targets", "pull_targets", "read_changes", "list_nodes"}
PINNED = OLD_TO_THE_END | {
    "read_own_targets",
    "list_releases",
    "list_releases_of_plan",
    "list_commitments",
    "list_submissions",
    "read_gap",
    "read_progress",
}


STAY = {"read_progress"}
"""A new first page says just what the old one did, since nobody has handed anything in."""


@pytest.fixture
def world(desk: Desk, client_of: Clients) -> World:
    return World(desk, client_of)


def walk(ask: Ask, between: Callable[[], None]) -> tuple[list[dict[str, Any]], int, str]:
    """Read page after page; return the rows, how many pages there were, and where to begin again, if told."""
    client, path, params = ask
    rows: list[dict[str, Any]] = []
    cursor, pages = {}, 0
    while True:
        answer = client.get(path, params={**params, **cursor})
        if answer.status_code == GONE:
            return rows, pages, answer.headers["link"]
        assert answer.status_code == 200, answer.text
        rows, pages = rows + answer.json()["items"], pages + 1
        if answer.json()["next"] is None:
            return rows, pages, ""
        cursor = {"cursor": answer.json()["next"]}
        between()


def test_no_paged_list_is_left_out_of_this_page() -> None:
    assert set(paged()) == PINNED | set(BY_ID) | set(NEVER_CHANGE)
    assert sum(map(len, (PINNED, BY_ID, NEVER_CHANGE))) == len(paged())


@pytest.mark.parametrize("operation_id", sorted(BY_ID))
def test_rows_that_nothing_takes_the_place_of_have_an_id_of_their_own(operation_id: str) -> None:
    schemas = DOCUMENT["components"]["schemas"]
    answer = paged()[operation_id]["responses"]["200"]["content"]["application/json"]["schema"]
    items = schemas[answer["$ref"].rpartition("/")[2]]["properties"]["items"]["items"]
    assert BY_ID[operation_id] in schemas[items["$ref"].rpartition("/")[2]]["required"]


@pytest.mark.parametrize("operation_id", sorted(PINNED))
def test_what_happens_between_two_pages_never_mixes_them(world: World, operation_id: str) -> None:
    ask = world.asks()[operation_id]
    before, pages, link = walk(ask, lambda: None)
    assert (pages > 1, link) == (True, "")
    assert [json.dumps(row) for row in before].__len__() == len({json.dumps(row) for row in before})
    found, _, link = walk(ask, world.go_on)
    assert world.happened > 0
    if operation_id in OLD_TO_THE_END:
        assert (found, link) == (before, "")
    else:
        assert found == before[: len(found)]
        address = link.partition(">")[0].removeprefix("<")
        assert link.endswith('>; rel="first"')
        url = URL(address)
        again, further, link = walk((ask[0], url.path, dict(url.params)), lambda: None)
        assert (further > 0, link) == (True, "")
        assert again
    after, _, link = walk(ask, lambda: None)
    assert link == ""
    assert (after == before) == (operation_id in STAY)


def test_a_cursor_of_another_release_or_revision_is_none_of_this_one(world: World) -> None:
    first, other = (one["release_id"] for one in world.releases[:2])
    plan = {"plan": world.desk.plan.plan_id}
    for path, params in (
        (f"/v1/releases/{first}/targets", {"cursor": f"{other}.f.1"}),
        ("/v1/releases/latest/targets", {**plan, "cursor": f"{other}.f.1"}),
        ("/v1/releases/latest/targets", {**plan, "cursor": "rel_none.s.1"}),
        (f"{world.plan}/nodes", {"revision": 1, "cursor": "2.acme"}),
    ):
        assert world.hr.get(path, params=params).status_code == 404, path


def test_the_refusal_says_where_to_begin_again_in_both_languages(world: World) -> None:
    client, path, params = world.asks()["read_own_targets"]
    cursor = client.get(path, params=params).json()["next"]
    world.go_on()
    for lang in ("en", "zh"):
        answer = client.get(path, params={**params, "cursor": cursor}, headers={"Accept-Language": lang})
        assert (answer.status_code, answer.json()["type"]) == (GONE, "/problems/list-changed")
        assert "/v1/targets/me?limit=7" in answer.json()["hint"]
