"""The tiny company with something at every address of the service, made over HTTP, and those who ask."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.accounts.service import create_first_admin
from service.app import create_app
from service.db.database import Database
from service.plans.store import PlanStore
from service.runs.job import Job
from service.runs.outcome import Outcome
from service.runs.repository import claim, finish
from service.runs.work import work
from service.settings import Settings
from service.webhooks.delivery import deliver_due
from service.webhooks.sending import Receipt
from tests.plans import plan_texts
from tests.service.conftest import Moment

OUTCOMES: dict[tuple[str, str], Outcome] = {}
CALLERS: dict[str, tuple[str, str, str]] = {
    "finance": ("finance", "", ""),
    "hr": ("hr", "", ""),
    "analyst": ("analyst", "", ""),
    "east": ("manager", "/acme/east/", ""),
    "west": ("manager", "/acme/west/", ""),
    "team e1": ("manager", "/acme/east/e1/", ""),
    "rep e11": ("rep", "/acme/east/e1/e11/", "1001"),
    "finance of the east": ("finance", "/acme/east/", ""),
    "hr of the west": ("hr", "/acme/west/", ""),
    "analyst of the east": ("analyst", "/acme/east/", ""),
    "manager of nothing": ("manager", "", ""),
}
"""Role, part of the company and employee of everybody who asks beside the admin."""
HOST = "203.0.113.7"
SCALED = [{"kind": "scale_total", "measure": "new_customers", "factor": 1.1}]
PIN = {
    "measure": "revenue",
    "node_id": "e11",
    "product_id": "*",
    "amount": "3000000",
    "reason": "agreed",
}


TYPED = {"measure": "revenue", "node_id": "e11", "product_id": "road", "amount": "1000"}


@dataclass
class Company:
    """A served application, the keys of the callers, and the ids that it knows by the name of the field."""

    app: FastAPI
    database: Database
    moment: Moment
    folder: Path
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, list[Any]] = field(default_factory=dict)

    def client(self, caller: str) -> TestClient:
        return TestClient(self.app, headers={"Authorization": f"Bearer {self.keys[caller]}"})

    def ask(self, caller: str, method: str, path: str, **sent: Any) -> Any:
        self.moment.now += timedelta(seconds=1)
        answer = self.client(caller).request(method, path, **sent)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json() if answer.content else None

    def knows(self, **ids: Any) -> None:
        for name, one in ids.items():
            self.ids.setdefault(name, []).append(one)

    def work_off(self) -> None:
        """Work off every run that waits; the same work is done once for all companies."""
        plans = PlanStore(self.database, self.folder / "plans")
        while True:
            self.moment.now += timedelta(seconds=1)
            with self.database.writes.begin() as session:
                run = claim(session, "test", self.moment(), timedelta(minutes=5))
            if run is None:
                return
            plan = plans.plan(run.revision_id)
            if (plan.input_hash, run.chain) not in OUTCOMES:
                OUTCOMES[plan.input_hash, run.chain] = work(Job(run.run_id, run.chain), plan)
            with self.database.writes.begin() as session:
                outcome = OUTCOMES[plan.input_hash, run.chain]
                assert finish(session, run.run_id, run.fence, outcome, self.moment())


def tiny_texts() -> dict[str, str]:
    """Return the files of the tiny company by their names; so small a company is unfair by chance."""
    texts = plan_texts()
    texts["plan"] += "fairness: {gap: 0.9, effect: 1.0}\n"
    return {("plan.yaml" if name == "plan" else f"{name}.csv"): text for name, text in texts.items()}


def filled_company(database: Database, url: str, folder: Path) -> Company:
    """Return the company; nobody waits for a rate limit in it."""
    settings = Settings(
        database_url=url,
        storage=folder,
        body_limit=1_000_000,
        requests_per_minute=10**9,
        logins_per_minute=10**9,
        runs_per_account=10,
        webhook_hosts=(HOST,),
    )
    moment = Moment()
    company = Company(create_app(settings, moment, moment.seconds, database), database, moment, folder)
    with database.writes.begin() as session:
        company.keys["admin"] = str(create_first_admin(session, moment()))
    _add_accounts(company)
    plan_id = _add_plan(company)
    run_id = _add_analyses(company, plan_id)
    _add_talks(company, plan_id, run_id)
    _add_releases(company, plan_id, run_id)
    _add_webhook(company)
    return company


def _add_accounts(company: Company) -> None:
    for name, (role, scope_path, employee_id) in CALLERS.items():
        wanted = {"name": name, "role": role, "scope_path": scope_path, "employee_id": employee_id}
        made = company.ask("admin", "POST", "/v1/users", json=wanted)
        key = {"label": "test", "account_id": made["account_id"]}
        company.keys[name] = company.ask("admin", "POST", "/v1/api-keys", json=key)["secret"]
    for number in range(3):
        spare = {"name": f"spare {number}", "role": "manager", "scope_path": "/acme/west/w1/"}
        made = company.ask("admin", "POST", "/v1/users", json=spare)
        key = {"label": "spare", "account_id": made["account_id"]}
        made_key = company.ask("admin", "POST", "/v1/api-keys", json=key)
        company.knows(account_id=made["account_id"], key_id=made_key["key_id"])


def _add_plan(company: Company) -> str:
    made = company.ask("finance", "POST", "/v1/plans", json={"name": "tiny", "files": tiny_texts()})
    plan_id = str(made["plan_id"])
    text = plan_texts()["pins"]
    company.knows(plan_id=plan_id, plan=plan_id, node_id="e11", node="e11", node_ids="e1", table="rules")
    company.knows(node_id="acme", node="e1", product_id="*", product="bikes", measure="revenue")
    company.knows(node_id="w1", node="w11", table="pins", employee_id="1001", level="rep", scope_path="")
    company.knows(period="2019-07", number="1", code="not-found", lang="en", scope_path="/acme/east/")
    company.knows(files=tiny_texts(), changes=SCALED, rules=["gini <= 0.9"], amount="5000000", engine="auto")
    company.knows(grid={"total": {"measure": "revenue", "values": ["-2%"]}}, url=f"http://{HOST}/new")
    company.knows(kind="growth", upsert=[{"rule_id": "r-growth", "max": "0.7"}], effective_from="2020-01-01")
    company.knows(due_at="2027-02-01T00:00:00Z", rows=[TYPED, {**TYPED, "node_id": "e12"}])
    checked = company.ask(
        "finance",
        "POST",
        "/v1/imports",
        params={"plan_id": plan_id, "table": "pins"},
        content=text.encode(),
        headers={"Content-Type": "text/csv"},
    )
    company.knows(import_id=checked["import_id"])
    return plan_id


def _add_analyses(company: Company, plan_id: str) -> str:
    run = company.ask("finance", "POST", f"/v1/plans/{plan_id}/runs", json={})
    scenarios = f"/v1/plans/{plan_id}/scenarios"
    made = company.ask("analyst", "POST", scenarios, json={"name": "more", "changes": SCALED})
    child = {"name": "child", "parent_id": made["scenario_id"]}
    for name in ("child", "spare"):
        wanted = {**child, "name": name}
        company.knows(scenario_id=company.ask("analyst", "POST", scenarios, json=wanted)["scenario_id"])
    company.knows(
        scenario_id=made["scenario_id"], scenario=made["scenario_id"], parent_id=made["scenario_id"]
    )
    other = company.ask("analyst", "POST", f"/v1/scenarios/{made['scenario_id']}/runs", json={})
    wanted = {"plan_id": plan_id, "name": "both", "scenario_ids": [made["scenario_id"]]}
    experiment = company.ask("analyst", "POST", "/v1/experiments", json=wanted)["experiment_id"]
    company.work_off()
    company.knows(run_id=run["run_id"], run_ids=run["run_id"], experiment_id=experiment)
    company.knows(run_id=other["run_id"], run_ids=other["run_id"], baseline_run_id=run["run_id"])
    rules = {"rules": ["gini <= 0.9"]}
    company.ask("analyst", "POST", f"/v1/experiments/{experiment}/acceptance", json=rules)
    compared = {"run_ids": [run["run_id"], other["run_id"]]}
    made = company.ask("analyst", "POST", "/v1/comparisons", json=compared)
    company.knows(comparison_id=made["comparison_id"])
    for name in ("comparison.json", "movers.csv", "targets.csv", "certificate.json"):
        company.knows(name=name)
    return str(run["run_id"])


def _add_talks(company: Company, plan_id: str, run_id: str) -> None:
    for caller, node in (("east", "e1"), ("west", "w1")):
        lines = {"items": [{"measure": "revenue", "amount": "5000000"}]}
        address = f"/v1/plans/{plan_id}/commitments/{node}"
        company.ask(caller, "PUT", address, json=lines, headers={"If-Match": "*"})
    due = {"due_at": datetime(2027, 1, 1).isoformat() + "Z"}
    company.ask("finance", "POST", f"/v1/plans/{plan_id}/submissions", json=due)
    for one in company.ask("finance", "GET", f"/v1/plans/{plan_id}/submissions")["items"]:
        company.knows(submission_id=one["submission_id"])
    for caller, node, rep in (("east", "east", "e11"), ("west", "west", "w12"), ("team e1", "e1", "e12")):
        row = _target(company, run_id, rep)
        company.knows(pins=[{**PIN, "node_id": rep, "amount": str(int(row) - 20_000)}])
        pins = [{**PIN, "node_id": rep, "amount": str(int(row) - 10_000)}]
        wanted = {"plan_id": plan_id, "run_id": run_id, "node_id": node, "pins": pins}
        made = company.ask(caller, "POST", "/v1/balance-requests", json=wanted)
        company.knows(request_id=made["request_id"])


def _target(company: Company, run_id: str, node: str) -> str:
    asked = {"measure": "revenue", "node": node, "product": "*"}
    return str(company.ask("finance", "GET", f"/v1/runs/{run_id}/result", params=asked)["items"][0]["target"])


def _add_releases(company: Company, plan_id: str, run_id: str) -> None:
    for day in ("2019-07-01", "2019-10-01"):
        wanted = {"run_id": run_id, "effective_from": day}
        address = f"/v1/plans/{plan_id}/releases"
        made = company.ask("finance", "POST", address, json=wanted, headers={"If-Match": "*"})
        taken = {"sha256": made["sha256"], "rows": made["rows"]}
        company.ask("hr", "POST", f"/v1/releases/{made['release_id']}/acks", json=taken)
        company.knows(**taken)
        company.knows(release_id=made["release_id"], since_release=made["release_id"])


def _add_webhook(company: Company) -> None:
    for _ in range(2):
        wanted = {"url": f"http://{HOST}/hook", "kinds": ["release.acknowledged"]}
        made = company.ask("admin", "POST", "/v1/webhooks", json=wanted)
        company.knows(webhook_id=made["webhook_id"])
    taken = company.ask("finance", "GET", f"/v1/releases/{company.ids['release_id'][-1]}")
    told: Mapping[str, Any] = {"sha256": taken["sha256"], "rows": taken["rows"]}
    company.ask("hr", "POST", f"/v1/releases/{taken['release_id']}/acks", json=told)
    deliver_due(company.database, company.moment, (HOST,), lambda *_: Receipt(204, ""))
    listed = company.ask("admin", "GET", f"/v1/webhooks/{made['webhook_id']}/deliveries")
    for one in json.loads(json.dumps(listed["items"])):
        company.knows(delivery_id=one["delivery_id"])
