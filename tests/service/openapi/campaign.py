"""Requests made from the OpenAPI document by Schemathesis, sent by every role, judged by the document."""

import copy
import random
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from tests.plans import plan_texts
from tests.service.openapi.company import Company
from tests.waiting import HANG_SECONDS

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
FILES = (
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/x-ndjson",
    "application/zip",
    "text/csv",
)
PINS = plan_texts()["pins"]
BOTH = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
KNOWN = 0.9
"""How often a field of a sound request gets a value that the company knows."""
ETAGS = ("*", "*", '"1"', '"2"')


@schemathesis.serializer(*FILES)
def file_bytes(_context: Any, value: Any) -> bytes:
    """Send a file as it was drawn."""
    return value if isinstance(value, bytes) else str(value).encode()


SOUND = "Invalid component: positive test case"
"""What the tool says of a request that it meant to spoil and did not."""


@dataclass
class Findings:
    """What a campaign did: requests by status, and the first request of each kind of flaw."""

    statuses: Counter[int] = field(default_factory=Counter)
    turned_away: dict[str, set[str]] = field(default_factory=dict)
    succeeded: set[str] = field(default_factory=set)
    flaws: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        return self.statuses.total()


def campaign(
    company: Company, callers: list[str], examples: int, start: int, covered: int | None = None
) -> Findings:
    """Send up to `covered` systematic requests and `examples` random ones per operation and kind."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", company.app)
    schema.config.generation.update(with_security_parameters=False)
    schema.config.checks.negative_data_rejection.expected_statuses = ["4XX"]
    found, chance = Findings(), random.Random(start)
    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result.err()
        operation = result.ok()
        for case in _systematic(schema, operation, covered, chance):
            _send(company, case, callers, found, chance)
        takes_something = {"parameters", "requestBody"} & operation.definition.raw.keys()
        for mode in BOTH if takes_something else BOTH[:1]:
            try_out(company, operation.as_strategy(mode), callers, examples, found, chance)
    return found


def _systematic(schema: Any, operation: Any, covered: int | None, chance: random.Random) -> Iterator[Any]:
    config = schema.config.generation_for(operation=operation)
    cases = list(schema.iter_coverage_cases(operation, generation_modes=list(BOTH), generation_config=config))
    yield from cases if covered is None or len(cases) <= covered else chance.sample(cases, covered)


def try_out(
    company: Company,
    strategy: st.SearchStrategy[Any],
    callers: list[str],
    examples: int,
    found: Findings,
    chance: random.Random,
) -> None:
    """Draw and send requests; a flaw is noted and does not end the campaign."""

    @seed(chance.randrange(2**32))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def one(case: Any) -> None:
        _send(company, case, callers, found, chance)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        one()


def _send(company: Company, case: Any, callers: list[str], found: Findings, chance: random.Random) -> None:
    _fill_in(company, case, chance)
    caller = _caller(case.operation.label, callers, found, chance)
    headers = {"Authorization": f"Bearer {company.keys[caller]}"}
    response = case.call(headers=headers, timeout=HANG_SECONDS)
    found.statuses[response.status_code] += 1
    if response.status_code == 403:
        found.turned_away.setdefault(case.operation.label, set()).add(caller)
    if response.status_code < 300:
        found.succeeded.add(case.operation.label)
    try:
        case.validate_response(response, checks=CHECKS, headers=headers)
    except FailureGroup as group:
        for failure in group.exceptions:
            assert isinstance(failure, Failure), failure
            if SOUND in str(failure):
                # a random change that happened to leave the request within its schema
                continue
            kind = (case.operation.label, failure.title)
            found.flaws.setdefault(kind, f"{caller}: {failure}\n{case.as_curl_command()}")


def _caller(label: str, callers: list[str], found: Findings, chance: random.Random) -> str:
    """Return anybody, but seldom those who were turned away from this operation before."""
    turned_away = found.turned_away.get(label, set())
    welcome = [one for one in callers if one not in turned_away]
    return chance.choice(welcome if welcome and chance.random() < KNOWN else callers)


def _fill_in(company: Company, case: Any, chance: random.Random) -> None:
    """Let what is sound in a request name what the company knows."""
    parts = {
        ParameterLocation.PATH: case.path_parameters,
        ParameterLocation.QUERY: case.query,
        ParameterLocation.BODY: case.body,
    }
    for location, part in parts.items():
        if not case.meta.is_negative_at(location) and isinstance(part, dict | list):
            _name_known(part, company.ids, chance)
    sound = case.meta.generation.mode is GenerationMode.POSITIVE
    if sound and case.media_type == "text/csv" and chance.random() < KNOWN:
        case.body = PINS
    sound = not case.meta.is_negative_at(ParameterLocation.HEADER)
    if sound and "if-match" in (case.headers or {}) and chance.random() < KNOWN:
        case.headers["if-match"] = chance.choice(ETAGS)


def _name_known(part: Any, ids: dict[str, list[Any]], chance: random.Random) -> None:
    for key in part if isinstance(part, dict) else range(len(part)):
        value = part[key]
        known = ids.get(key, []) if isinstance(key, str) and chance.random() < KNOWN else []
        fitting = [one for one in known if type(one) is type(value)]
        if fitting:
            part[key] = copy.deepcopy(chance.choice(fitting))
        elif known and isinstance(value, list) and all(isinstance(one, str) for one in value):
            part[key] = chance.sample(known, min(len(value), len(known))) or value
        elif isinstance(value, dict | list):
            _name_known(value, ids, chance)
