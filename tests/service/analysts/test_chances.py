"""Every answer that shows a chance says what it rests on; every answer to a check what it inferred."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.db.database import Database
from tests.chances import ASSUMED, short_company, silent_places, speaks_of_a_chance
from tests.service.conftest import Moment, plan_files, work_off

RULES = ["company_probability >= 0.99", "gini <= 0.9"]
KINDS = {
    **{"/json": "json", "+json": "json", "ndjson": "ndjson", "csv": "csv", "html": "html"},
    **{"spreadsheetml": "xlsx", "text/": "txt", "parquet": "parquet", "yaml": "yaml"},
}
"""Ending of a file by a part of its media type."""
ZH = {"Accept-Language": "zh"}


def made(answer: Any) -> Any:
    assert answer.status_code in (200, 201, 202), answer.text
    return answer.json()


@pytest.fixture
def known(admin: TestClient, database: Database, moment: Moment, tmp_path: Path) -> dict[str, str]:
    """A company with 22 months on file, tried in every way there is: ids by the name of their parameter."""
    files = {name: content.decode() for name, content in plan_files(short_company(tmp_path / "plan")).items()}
    plan = made(admin.post("/v1/plans", json={"name": "short", "files": files}))["plan_id"]
    changes = [{"kind": "scale_total", "measure": "revenue", "factor": 1.02}]
    scenario = made(admin.post(f"/v1/plans/{plan}/scenarios", json={"name": "more", "changes": changes}))[
        "scenario_id"
    ]
    grid = {"total": {"measure": "revenue", "values": ["-2%", "+1%"]}}
    experiment = made(
        admin.post(
            "/v1/experiments",
            json={"plan_id": plan, "name": "far", "grid": grid, "scenario_ids": [scenario]},
        )
    )["experiment_id"]
    assert work_off(database, moment, tmp_path) == 4
    runs = made(admin.get(f"/v1/experiments/{experiment}/runs"))["items"]
    ids = [run["run_id"] for run in runs]
    return {
        "plan_id": plan,
        "scenario_id": scenario,
        "experiment_id": experiment,
        "run_id": ids[0],
        "comparison_id": made(admin.post("/v1/comparisons", json={"run_ids": ids[:2]}))["comparison_id"],
        "number": "1",
        "table": "org",
        "node_id": "co",
    }


def test_every_answer_with_a_chance_says_what_it_rests_on(
    app: FastAPI, admin: TestClient, known: dict[str, str]
) -> None:
    judged = admin.post(f"/v1/experiments/{known['experiment_id']}/acceptance", json={"rules": RULES})
    verdicts = made(judged)["runs"][0]["verdicts"]
    assert [one["chance_basis"] is not None for one in verdicts] == [True, False]
    assert ASSUMED["en"] in verdicts[0]["chance_basis"]["sentence"]
    refused = admin.post(
        f"/v1/plans/{known['plan_id']}/releases",
        json={"run_id": known["run_id"], "effective_from": "2026-01-01"},
        headers={"If-Match": '"1"'},
    )
    assert refused.status_code >= 400
    assert "probability" in refused.text
    answers = {"POST acceptance.json": judged.content, "POST release.json": refused.content}
    for path, operations in app.openapi()["paths"].items():
        if "get" not in operations:
            continue
        for address in addresses(admin, path, known):
            answer = admin.get(address, params={"node": "r1"} if "explanation" in address else {})
            if answer.status_code == 200:
                answers[f"{address}{ending(address, answer.headers['content-type'])}"] = answer.content
    silent = [place for name, content in answers.items() for place in silent_places(name, content)]
    assert silent == []
    words = {name: content.decode("utf-8", "ignore") for name, content in answers.items()}
    shown = {name for name, said in words.items() if speaks_of_a_chance(said)}
    run, comparison = f"/v1/runs/{known['run_id']}", f"/v1/comparisons/{known['comparison_id']}"
    experiment = f"/v1/experiments/{known['experiment_id']}"
    assert {
        *("POST acceptance.json", "POST release.json", "/v1/runs.json", f"{run}.json"),
        *(f"{run}/files/attainment.json", f"{run}/files/report.html", f"{comparison}.json"),
        *(
            f"{comparison}/files/comparison.html",
            f"{experiment}/runs.json",
            f"{experiment}/acceptance.json",
        ),
    } <= shown


def ending(address: str, media: str) -> str:
    """Return the ending of a file of this media type; a file of its own name has one already."""
    if "/files/" in address:
        return ""
    return "." + next(name for part, name in KINDS.items() if part in media)


def addresses(client: TestClient, path: str, known: dict[str, str]) -> list[str]:
    """Return the addresses of an operation whose parameters are known; of files one per name."""
    path = path.replace(":id", "").replace(":table", "")
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    if path.endswith("/files/{name}"):
        owner = path.removesuffix("/files/{name}")
        return [f"{owner}/files/{name}" for name in made(client.get(owner))["files"]]
    return [] if "{" in path else [path]


def test_the_sentence_is_in_the_language_of_who_asks(admin: TestClient, known: dict[str, str]) -> None:
    path = f"/v1/experiments/{known['experiment_id']}/runs"
    for lang, headers in (("en", {}), ("zh", ZH)):
        for run in made(admin.get(path, headers=headers))["items"]:
            basis = run["chance_basis"]["revenue"]
            assert (basis["growth"], basis["season"], basis["is_wide"]) == ("assumed", "learned", True)
            assert ASSUMED[lang] in basis["sentence"]
    run = made(admin.get(f"/v1/runs/{known['run_id']}"))
    assert run["kpis"]["revenue"]["chance_basis"]["spread"] == "assumed"


def seldom_sellers(folder: Path) -> dict[str, str]:
    """The same company without `start` in org.csv: r0 sells every 11 months, r1 came in its second year."""
    files = {name: content.decode() for name, content in plan_files(short_company(folder)).items()}
    head, *rows = files["history.csv"].splitlines()
    months = sorted({row.split(",")[0] for row in rows})
    kept = {"r0": {months[5], months[16]}, "r1": set(months[14:])}
    rows = [row for row in rows if row.split(",")[0] in kept.get(row.split(",")[1], set(months))]
    return {**files, "history.csv": "\n".join([head, *rows]) + "\n"}


@pytest.mark.parametrize(
    ("headers", "first", "seldom"),
    [
        (
            {},
            "1 rep(s) are counted from their first sale: r1 (2025-05)",
            "1 rep(s) who sell in less than half",
        ),
        (ZH, "1 名销售自首笔销售起计：r1 (2025-05)", "1 名销售有销售的月份不足一半"),
    ],
    ids=["en", "zh"],
)
def test_a_check_says_what_was_inferred_about_when_reps_came(
    admin: TestClient, tmp_path: Path, headers: dict[str, str], first: str, seldom: str
) -> None:
    files = seldom_sellers(tmp_path / "plan")
    plan = made(admin.post("/v1/plans", json={"name": "seldom", "files": files}))["plan_id"]
    sent = files["history.csv"].encode()
    checked = admin.post(
        "/v1/imports",
        params={"plan_id": plan, "table": "history"},
        content=sent,
        headers={"Content-Type": "text/csv", **headers},
    )
    scenario = made(admin.post(f"/v1/plans/{plan}/scenarios", json={"name": "as it is"}))["scenario_id"]
    validated = made(admin.post(f"/v1/scenarios/{scenario}:validate", headers=headers))
    kept = made(admin.get(checked.headers["location"], headers=headers))
    for answer in (made(checked), kept, validated):
        said = " ".join(answer["presence"])
        assert first in said
        assert seldom in said
    listed = made(admin.get("/v1/imports", headers=headers))["items"]
    assert [one["presence"] for one in listed] == [kept["presence"]]


def test_the_explanation_of_a_number_says_it_too(
    admin: TestClient, database: Database, moment: Moment, tmp_path: Path
) -> None:
    plan = made(admin.post("/v1/plans", json={"name": "seldom", "files": seldom_sellers(tmp_path / "plan")}))
    run = made(admin.post(f"/v1/plans/{plan['plan_id']}/runs", json={}))
    assert work_off(database, moment, tmp_path) == 1
    for node, words in (("r0", "does not tell an arrival"), ("r1", "the month of the first sale")):
        told = made(admin.get(f"/v1/runs/{run['run_id']}/explanation", params={"node": node}))
        assert words in json.dumps(told)


def test_a_plan_with_a_fault_is_told_nothing_about_presence(admin: TestClient, tmp_path: Path) -> None:
    files = seldom_sellers(tmp_path / "plan")
    plan = made(admin.post("/v1/plans", json={"name": "seldom", "files": files}))["plan_id"]
    checked = admin.post(
        "/v1/imports",
        params={"plan_id": plan, "table": "history"},
        content=files["history.csv"].replace("r1", "nobody").encode(),
        headers={"Content-Type": "text/csv"},
    )
    assert made(checked)["status"] == "faulty"
    assert checked.json()["presence"] == []
