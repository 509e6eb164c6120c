"""Who sees a part of the company sees no row of another, at whatever address, in whatever form."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from fastapi.testclient import TestClient

from tests.plans import plan_texts
from tests.service.openapi.company import CALLERS, Company
from tests.service.openapi.test_document import OPERATIONS

UNKNOWN = "nothing_such"
MOST_ADDRESSES = 16
"""Of one operation; with more known ids than that, the last ones are left out."""
OPTIONAL = ("format",)
PLACES = ("node_id", "org_path", "employee_id", "email")
SKIPPED = {"follow_run", "metrics"}
"""A stream that may wait, and numbers of the process."""
# A rule that moved a target may stand above it, and people are told whom above to talk to: names, no numbers.
ABOVE = ("rules", "talk")


@dataclass
class Tally:
    """What was asked and seen."""

    requests: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    foreign: int = 0


def test_nobody_sees_a_row_of_another_part_and_foreign_ids_are_unknown(company: Company) -> None:
    paths, owners = paths_of_nodes(), owners_of_records(company)
    tally = Tally()
    for caller in CALLERS:
        with company.client(caller) as client:
            for address in (one for one in sorted(OPERATIONS) if one.startswith("GET ")):
                if OPERATIONS[address]["operationId"] not in SKIPPED:
                    ask_everything(company, client, caller, address, paths, owners, tally)
    assert tally.requests > 2000, tally.requests
    assert tally.foreign > 100, tally.foreign
    for caller, (role, scope, _) in CALLERS.items():
        sees = tally.rows[caller]
        assert (sees > 0) == (role not in ("manager", "rep") or bool(scope)), (caller, sees)
    assert tally.rows["east"] > tally.rows["team e1"] > tally.rows["rep e11"]


def ask_everything(
    company: Company,
    client: TestClient,
    caller: str,
    address: str,
    paths: dict[str, str],
    owners: dict[str, str],
    tally: Tally,
) -> None:
    """Ask one address for every id that the company knows, and for one that it does not."""
    closed = is_closed(company, client, address, tally)
    for path, params, named in addresses(company, address):
        answer = client.get(path, params=params)
        tally.requests += 1
        tally.statuses[caller, answer.status_code] += 1
        assert answer.status_code < 500, (caller, path, answer.text)
        assert (answer.status_code == 403) == closed, (caller, path, answer.text)
        foreign = [one for one in named if one in owners and not sees(caller, owners[one])]
        if foreign and not closed:
            tally.foreign += 1
            assert answer.status_code == 404, (caller, path, answer.status_code, answer.text)
        if answer.status_code == 200:
            for row in rows_of(answer):
                where = row.get("org_path") or paths.get(str(row.get("node_id") or ""))
                where = where or paths.get(f"employee {row.get('employee_id')}")
                if where is not None:
                    tally.rows[caller] += 1
                    assert sees(caller, where), (caller, path, params, row)


def is_closed(company: Company, client: TestClient, address: str, tally: Tally) -> bool:
    """Whether the role is turned away before any id is looked at."""
    path = address.partition(" ")[2]
    names = {one["name"]: UNKNOWN for one in OPERATIONS[address].get("parameters", ()) if one["in"] == "path"}
    names |= {name: company.ids[name][0] for name in names.keys() & {"table", "name", "number"}}
    params = {name: UNKNOWN for name in needed(address) if name not in names}
    answer = client.get(path.format(**names), params=params)
    tally.requests += 1
    assert answer.status_code in (200, 400, 403, 404, 422), (address, answer.text)
    return answer.status_code == 403


def needed(address: str) -> list[str]:
    """Return the names of the parameters without which there is no answer."""
    return [
        one["name"]
        for one in OPERATIONS[address].get("parameters", ())
        if one["in"] != "header" and one.get("required")
    ]


def addresses(company: Company, address: str) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Yield path, parameters and the ids that they name: all known ids, in every form of the answer."""
    path = address.partition(" ")[2]
    parameters = {one["name"]: one for one in OPERATIONS[address].get("parameters", ())}
    names = needed(address)
    choices = [[one for one in known(company, name) if isinstance(one, str)] for name in names]
    forms: list[Any] = [None]
    if "format" in parameters:
        forms += [one for one in ("csv", "ndjson", "json") if one in json.dumps(parameters["format"])]
    for chosen in list(product(*choices))[:MOST_ADDRESSES]:
        for form in forms:
            named = dict(zip(names, chosen, strict=True))
            params: dict[str, Any] = {name: one for name, one in named.items() if f"{{{name}}}" not in path}
            if form:
                params["format"] = form
            elif "limit" in parameters:
                params["limit"] = 500
            yield path.format(**named), params, list(chosen)


def known(company: Company, name: str) -> list[Any]:
    if name in ("node", "node_id"):
        return ["e11", "e1", "east", "w11", "w1", "west", "acme", "e21"]
    return company.ids[name]


def rows_of(answer: Any) -> Iterator[dict[str, Any]]:
    """Yield everything in the answer that names a place: objects of JSON, lines of csv and NDJSON."""
    kind = answer.headers["content-type"].partition(";")[0]
    if kind == "application/json":
        yield from objects_of(answer.json())
    elif kind == "application/x-ndjson":
        yield from (json.loads(line) for line in answer.text.splitlines())
    elif kind == "text/csv":
        yield from csv.DictReader(io.StringIO(answer.text))


def objects_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if set(PLACES) & set(value):
            yield value
        for name, inner in value.items():
            if name not in ABOVE:
                yield from objects_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects_of(inner)


def sees(caller: str, path: str) -> bool:
    role, scope, _ = CALLERS[caller]
    return path.startswith(scope) and (bool(scope) or role not in ("manager", "rep"))


def paths_of_nodes() -> dict[str, str]:
    """Return the path of every node and, as `employee N`, of every employee, from the file itself."""
    paths: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(plan_texts()["org"])):
        paths[row["node_id"]] = f"{paths.get(row['parent_id'], '/')}{row['node_id']}/"
        if row["employee_id"]:
            paths[f"employee {row['employee_id']}"] = paths[row["node_id"]]
    return paths


def owners_of_records(company: Company) -> dict[str, str]:
    """Return whose each node, submission, request and account is, as the admin reads it."""
    owners = dict(paths_of_nodes())
    client = company.client("admin")
    for address, name in (("submissions", "submission_id"), ("balance-requests", "request_id")):
        for one in company.ids[name]:
            owners[one] = client.get(f"/v1/{address}/{one}").json()["org_path"]
    for one in company.ids["account_id"]:
        owners[one] = client.get(f"/v1/users/{one}").json()["scope_path"]
    return owners
