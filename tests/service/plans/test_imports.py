"""An import is checked first, changes nothing until it is committed, and is committed once."""

from concurrent.futures import ThreadPoolExecutor

from fastapi.testclient import TestClient

from service.wire.media_types import CSV, XLSX
from tests.languages import is_chinese
from tests.service.plans.conftest import company_files
from tests.service.plans.files_to_send import PINS, commit, send, workbook


def test_a_faulty_import_lists_its_faults_page_by_page_and_cannot_be_committed(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")
    rows = "".join(f"N{k},*,revenue,x{k},r,o\n" for k in range(30))
    content = PINS.format(amount=16_000_000) + rows
    job = send(finance, content.encode(), CSV, plan_id=demo_plan.plan_id, table="pins")
    assert (job.status_code, job.json()["status"], job.json()["fault_count"]) == (201, "faulty", 60)
    assert job.json()["files"] == []
    faults, cursor = [], 0
    while cursor is not None:
        page = finance.get(job.headers["location"], params={"limit": 25, "cursor": cursor}).json()
        faults += page["faults"]
        cursor = page["next"]
    assert [(fault["row"], fault["column"]) for fault in faults] == [
        (row, column) for row in range(3, 33) for column in ("node_id", "amount")
    ]
    assert all(fault["file"] == "pins.csv" and fault["hint"] for fault in faults)
    assert commit(finance, job).status_code == 409
    assert finance.get(f"/v1/plans/{demo_plan.plan_id}").json()["version"] == 1
    asked = {"params": {"limit": 60}, "headers": {"Accept-Language": "zh"}}
    chinese = finance.get(job.headers["location"], **asked).json()["faults"]
    unknown = {fault["row"]: fault for fault in chinese if fault["column"] == "node_id"}
    assert len(unknown) == 30
    assert all(is_chinese(fault["message"]) and is_chinese(fault["hint"]) for fault in unknown.values())
    places = [{name: fault[name] for name in fault.keys() - {"message", "hint"}} for fault in faults]
    assert [{name: fault[name] for name in fault.keys() - {"message", "hint"}} for fault in chinese] == places
    assert not any(is_chinese(fault["message"]) or is_chinese(fault["hint"]) for fault in faults)


def test_faults_of_a_workbook_name_its_sheets_and_rows(client_of) -> None:
    finance, files = client_of("f", "finance", ""), company_files()
    files["pins.csv"] = files["pins.csv"].replace(b"E0101", b"nobody")
    files["plan.yaml"] = files["plan.yaml"].replace(b"commitment_cap: 0.5", b"commitment_cap: 5")
    job = send(finance, workbook(files), XLSX, name="new")
    faults = finance.get(job.headers["location"]).json()["faults"]
    places = {(fault["file"], fault["column"]) for fault in faults}
    assert {("plan", "commitment_cap"), ("pins", "node_id")} <= places
    assert all(fault["row"] > 1 for fault in faults)


def test_a_commit_is_made_once_and_refused_when_the_plan_went_on(client_of, demo_plan) -> None:
    finance = client_of("f", "finance", "")

    def job_of(amount: int):
        content = PINS.format(amount=amount).encode()
        return send(finance, content, CSV, plan_id=demo_plan.plan_id, table="pins")

    first, second = job_of(16_000_000), job_of(15_000_000)
    assert commit(finance, first, None).status_code == 428
    assert commit(finance, first, '"9"').status_code == 412
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: commit(finance, first, '"1"'), range(6)))
    assert {(answer.status_code, answer.json()["revision"]) for answer in answers} == {(200, 2)}
    assert commit(finance, second, '"2"').status_code == 412
    assert commit(finance, second, "*").status_code == 412
    assert finance.get(first.headers["location"]).json()["committed_revision"] == 2
    assert finance.get(f"/v1/plans/{demo_plan.plan_id}").json()["revision"] == 2


def test_the_same_key_gives_the_same_import_and_other_queries_another(client_of, demo_plan) -> None:
    finance, content = client_of("f", "finance", ""), PINS.format(amount=16_000_000).encode()
    params = {"plan_id": demo_plan.plan_id, "table": "pins"}
    first, again = (send(finance, content, CSV, "k", **params) for _ in range(2))
    assert first.content == again.content
    assert send(finance, content, CSV, "k", **{**params, "table": "rules"}).status_code == 422
    assert len(finance.get("/v1/imports", params={"plan_id": demo_plan.plan_id}).json()["items"]) == 1


def test_only_planners_import_and_a_part_sees_its_own_only(client_of, demo_plan) -> None:
    finance, content = client_of("f", "finance", ""), PINS.format(amount=16_000_000).encode()
    params = {"plan_id": demo_plan.plan_id, "table": "pins"}
    job = send(finance, content, CSV, **params)
    part = client_of("p", "finance", "/lanhai/east/")
    assert send(part, content, CSV, **params).status_code == 403
    assert part.get(job.headers["location"]).status_code == 404
    assert commit(part, job).status_code == 404
    assert part.get("/v1/imports").json()["items"] == []
    for role in ("manager", "rep", "hr", "analyst"):
        client = client_of(role, role, "/lanhai/")
        assert send(client, content, CSV, **params).status_code == 403
        assert client.get(job.headers["location"]).status_code == 403
        assert commit(client, job).status_code == 403


def test_an_import_that_goes_nowhere_is_refused(admin: TestClient) -> None:
    wrong: list[dict[str, str]] = [
        {},
        {"plan_id": "plan_x", "name": "both"},
        {"name": "new", "table": "pins"},
        {"plan_id": "plan_x", "table": "colours"},
        {"plan_id": "UPPER", "table": "pins"},
        {"name": "a\nb"},
        {"name": "new", "note": "\x1b"},
    ]
    for params in wrong:
        assert send(admin, PINS.encode(), CSV, **params).status_code == 422, params


def test_an_import_into_an_unknown_plan_is_not_found(admin: TestClient) -> None:
    assert send(admin, PINS.encode(), CSV, plan_id="plan_none", table="pins").status_code == 404
    assert admin.get("/v1/imports/imp_none").status_code == 404
    assert admin.post("/v1/imports/imp_none:commit", headers={"If-Match": "*"}).status_code == 404
