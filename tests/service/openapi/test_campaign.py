"""Whatever is sent, the service answers as its document says; the long run is benchmarks/soak_api.py."""

import json

from tests.service.openapi.campaign import campaign
from tests.service.openapi.company import CALLERS, Company


def test_no_request_of_anybody_gets_an_answer_that_the_document_does_not_know(company: Company) -> None:
    on_files = company.database.engine.dialect.name == "sqlite"
    callers = ["admin", *CALLERS] if on_files else ["admin"]
    covered, examples = (10, 2) if on_files else (5, 1)
    found = campaign(company, callers, examples, 1, covered)
    assert found.flaws == {}, json.dumps(list(found.flaws.values()), indent=1)
    assert max(found.statuses) < 500
    assert found.cases > (1200 if on_files else 600)
    assert len(found.succeeded) > 50
