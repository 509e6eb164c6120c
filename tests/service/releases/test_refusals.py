"""Nothing is released whose files do not add up, whose gates failed, or that never succeeded."""

import io
import json
from collections.abc import Callable, Mapping

import pandas as pd
from sqlalchemy import select

from allocator.verification.hashing import fingerprint
from service.blobs.repository import contents_of
from service.db.models import Release, Run
from service.plans.service import create_plan
from service.plans.store import read_files
from service.runs.outcome import Outcome
from service.runs.repository import artifact_hashes
from tests.plans import plan_texts
from tests.service.conftest import SYSTEM, worked_off
from tests.service.releases.conftest import Desk, tiny_files

Files = dict[str, bytes]
KEYS = ["measure", "node_id", "product_id"]


def files_of(desk: Desk, run: Run) -> Files:
    with desk.database.reads() as session:
        hashes = artifact_hashes(session, run.run_id)
        contents = contents_of(session, hashes.values())
    return {name: contents[sha256] for name, sha256 in hashes.items()}


def certified(files: Mapping[str, bytes]) -> Files:
    """Return the files with a certificate that speaks of just these tables."""
    tables = {name: content for name, content in files.items() if name.endswith(".csv")}
    certificate = json.loads(files["certificate.json"]) | {"result_hash": fingerprint(tables)}
    return {**files, "certificate.json": json.dumps(certificate).encode()}


def added(files: Files, name: str, amount: int, column: str = "target", **where: str) -> Files:
    """Add an amount to the first row of a table that bears these values, or to all with `every`."""
    table = pd.read_csv(io.BytesIO(files[name]), dtype=str, keep_default_na=False)
    found = pd.Series(True, table.index)
    for key, value in where.items():
        found &= table[key] == value
    first = table.index[found][0]
    table.loc[first, column] = str(int(table.loc[first, column]) + amount)
    return {**files, name: table.to_csv(index=False, lineterminator="\n").encode()}


def lifted(files: Files, amount: int) -> Files:
    """Raise one rep everywhere where it is said of the rep itself: all sums hold, the ledger does not."""
    rep = {"measure": "revenue", "node_id": "e11"}
    files = added(files, "cells.csv", amount, **rep, product_id="road")
    for product in ("road", "bikes", "*"):
        files = added(files, "targets.csv", amount, **rep, product_id=product)
        files = added(
            files, "targets.csv", amount, "children_sum", measure="revenue", node_id="e1", product_id=product
        )
        files = added(files, "targets_monthly.csv", amount, **rep, product_id=product)
    return files


def changed_judgement(files: Files, name: str) -> Files:
    document = json.loads(files[name])
    document["measures"]["revenue"]["failures"] = [{"sentence": "the senior peers are treated unfairly"}]
    return {**files, name: json.dumps(document).encode()}


FORGERIES: dict[str, tuple[Callable[[Files], Files], str]] = {
    "a unit more at a region": (
        lambda files: added(files, "targets.csv", 1000, measure="revenue", node_id="east", product_id="*"),
        "every node is the sum of its children",
    ),
    "a unit more in a month": (
        lambda files: added(
            files, "targets_monthly.csv", 1000, measure="revenue", node_id="w2", product_id="gloves"
        ),
        "months of every row sum to its year",
    ),
    "a rep beyond the over-assignment of the team": (
        lambda files: lifted(files, 9000),
        "children of an over-assigned level",
    ),
    "a target that is no whole multiple": (
        lambda files: added(files, "targets.csv", 1, measure="revenue", node_id="acme", product_id="*"),
        "whole multiples",
    ),
    "a table missing": (
        lambda files: {name: one for name, one in files.items() if name != "targets_monthly.csv"},
        "targets_monthly.csv",
    ),
    "a table cut": (
        lambda files: {**files, "targets.csv": files["targets.csv"][:3000]},
        "targets.csv",
    ),
    "a failed gate": (lambda files: changed_judgement(files, "fairness.json"), "treated unfairly"),
    "a failed second gate": (lambda files: changed_judgement(files, "attainment.json"), "treated unfairly"),
    "no judgement": (
        lambda files: {name: one for name, one in files.items() if name != "fairness.json"},
        "fairness.json",
    ),
}


def test_a_forged_run_is_refused_with_every_reason_and_nothing_is_released(desk: Desk) -> None:
    true = files_of(desk, desk.run())
    for forgery, (forge, words) in FORGERIES.items():
        answer = desk.post(desk.ended(Outcome("succeeded", "", certified(forge(true)))))
        assert answer.status_code == 409, forgery
        assert answer.json()["type"] == "/problems/release-refused"
        assert words in " ".join(error["message"] for error in answer.json()["errors"]), (
            forgery,
            answer.text,
        )
    both = certified(changed_judgement(FORGERIES["a unit more in a month"][0](true), "fairness.json"))
    errors = desk.post(desk.ended(Outcome("succeeded", "", both))).json()["errors"]
    assert any("gate" in error["message"] for error in errors)
    assert any("months" in error["message"] for error in errors)
    uncertified = FORGERIES["a unit more at a region"][0](true)
    answer = desk.post(desk.ended(Outcome("succeeded", "", uncertified)))
    assert "certified is" in answer.text
    with desk.database.reads() as session:
        assert session.scalars(select(Release)).all() == []
    assert desk.post(desk.ended(Outcome("succeeded", "", true)), products="total").status_code == 201


def test_files_of_other_scenarios_are_not_those_of_this_run(desk: Desk) -> None:
    chain = [{"name": "more", "changes": [{"kind": "scale_total", "measure": "revenue", "factor": 1.05}]}]
    other = files_of(desk, desk.run(chain))
    answer = desk.post(desk.ended(Outcome("succeeded", "", other)))
    assert answer.status_code == 409
    assert "the plan gives" in answer.text


def test_a_run_that_did_not_succeed_or_is_of_another_plan_is_refused(desk: Desk) -> None:
    for status in ("stopped", "failed", "infeasible", "cancelled"):
        answer = desk.post(desk.ended(Outcome(status, "because")))
        assert answer.status_code == 409
        assert status in answer.json()["errors"][0]["message"]
    files = tiny_files(plan=plan_texts()["plan"].replace("fy2020", "other"))
    with desk.database.writes.begin() as session:
        other = create_plan(session, SYSTEM, "other", files, read_files(files), "", desk.moment())
    foreign = worked_off(desk.database, other, [], desk.moment, desk.folder)
    for run_id in (foreign.run_id, "run_unknown"):
        answer = desk.post(foreign, run_id=run_id)
        assert answer.status_code == 409
        assert "no run" in answer.json()["errors"][0]["message"]


def test_a_later_release_may_not_begin_before_the_one_before_and_reasons_must_name_what_is_there(
    desk: Desk,
) -> None:
    run = desk.run()
    desk.release(run, products="total", effective_from="2019-10-01")
    early = desk.post(run, products="total", effective_from="2019-09-30")
    assert early.status_code == 409
    assert early.json()["errors"][0]["pointer"] == "/effective_from"
    wrong = [{"reason": "x", "node_id": "north"}, {"reason": "y", "measure": "revenues"}]
    answer = desk.post(run, products="total", effective_from="2019-10-01", reasons=wrong)
    assert answer.status_code == 409
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert pointers == ["/reasons/0/node_id", "/reasons/1/measure"]


def test_employee_ids_that_pay_cannot_be_keyed_by_are_refused_unless_accepted(desk: Desk) -> None:
    texts = plan_texts()
    org = texts["org"].replace("李娜,1002", "李娜,1001").replace("Dora,1010", "Dora,1.23457E+15")
    desk.revise(org=org)
    answer = desk.post(desk.run())
    assert answer.status_code == 409
    messages = [error["message"] for error in answer.json()["errors"]]
    assert len(messages) == 2
    assert "employee_id 1.23457E+15 of w21 looks like a number that a spreadsheet has rounded" in messages[0]
    assert "employee_id 1001 stands for 张伟 / 李娜" in messages[1]
    accepted = (
        "accepted_warnings: {employee-id-rounded: HR keeps it, employee-id-of-several: one key for both}\n"
    )
    desk.revise(org=org, plan=texts["plan"] + accepted)
    assert desk.post(desk.run(), products="total").status_code == 201
