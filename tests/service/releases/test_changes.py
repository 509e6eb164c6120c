"""The feed of changes: whoever applies it to an old release has the newest one."""

from typing import Any

from fastapi.testclient import TestClient

from tests.service.releases.conftest import Desk
from tests.service.releases.test_scopes import CHANGES, pages, targets_of

KEY = ("node_id", "measure", "product_id", "period")
GROW = {"kind": "scale_total", "measure": "revenue", "factor": 1.05}
HIRE = {"kind": "hire", "node": "e24", "parent": "e2", "name": "Neu", "employee_id": "2001"}


def chain(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": "changed", "changes": list(changes)}]


def applied(rows: list[dict[str, Any]], changes: list[dict[str, Any]]) -> dict[tuple[str, ...], str]:
    state = {tuple(row[name] for name in KEY): row["row_hash"] for row in rows}
    for change in changes:
        key = tuple(change[name] for name in KEY)
        assert (key in state) == (change["change"] != "create")
        if change["change"] == "remove":
            del state[key]
        else:
            state[key] = change["row_hash"]
    return state


def test_the_feed_turns_each_older_release_into_the_newest(desk: Desk, hr: TestClient) -> None:
    plain, hired, grown = desk.run(), desk.run(chain(HIRE)), desk.run(chain(GROW))
    made = [
        desk.release(plain, products="total"),
        desk.release(hired, products="total", reasons=[{"reason": "hired Neu"}]),
        desk.release(grown, products="total", reasons=[{"reason": "Neu left, growth"}]),
    ]
    rows = [pages(hr, targets_of(one)) for one in made]
    newest = {tuple(row[name] for name in KEY): row["row_hash"] for row in rows[-1]}
    for k in range(3):
        changes = pages(hr, CHANGES, since_release=made[k]["release_id"])
        assert applied(rows[k], changes) == newest
        amounts = {tuple(row[name] for name in KEY): row["amount"] for row in rows[k]}
        for change in changes:
            assert change["previous_amount"] == amounts.get(tuple(change[name] for name in KEY))
            assert change["change_reason"]
    assert pages(hr, CHANGES, since_release=made[2]["release_id"]) == []
    since_second = pages(hr, CHANGES, since_release=made[1]["release_id"])
    gone = [change for change in since_second if change["change"] == "remove"]
    assert {change["node_id"] for change in gone} == {"e24"}
    assert {change["amount"] for change in gone} == {None}
    assert {change["change_reason"] for change in gone} == {"Neu left, growth"}
    assert len(gone) == 2 * 13
    first_to_second = {row["change_reason"] for row in rows[1] if row["node_id"] == "e24"}
    assert first_to_second == {"hired Neu"}


def test_pages_of_the_feed_stay_with_the_release_they_began_with(desk: Desk, hr: TestClient) -> None:
    plain, grown = desk.run(), desk.run(chain(GROW))
    since = desk.release(plain, products="total")
    second = desk.release(grown, products="total", reasons=[{"reason": "growth"}])
    asked = {"since_release": since["release_id"], "limit": 5}
    first_page = hr.get(CHANGES, params=asked).json()
    desk.release(plain, products="total", reasons=[{"reason": "back"}])
    next_page = hr.get(CHANGES, params={**asked, "cursor": first_page["next"]}).json()
    assert first_page["release_id"] == next_page["release_id"] == second["release_id"]
    assert hr.get(CHANGES, params=asked).json()["items"] == []
    for wrong in ({"cursor": "x"}, {"cursor": "rel_none.u.1"}, {"limit": 0}, {"since_release": ""}):
        status = hr.get(CHANGES, params={**asked, **wrong}).status_code
        assert status == (404 if wrong.get("cursor") == "rel_none.u.1" else 422)
    assert hr.get(CHANGES).status_code == 422
    assert hr.get(CHANGES, params={"since_release": "rel_none"}).status_code == 404
