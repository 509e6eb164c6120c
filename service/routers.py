"""Every part of the API; the order is that of the document."""

from service.accounts.endpoints import router as accounts
from service.agreement.balance_requests.endpoints import router as balance_requests
from service.agreement.commitments.endpoints import router as commitments
from service.agreement.submissions.endpoints import router as submissions
from service.audit.endpoints import router as audit
from service.comparisons.endpoints import router as comparisons
from service.experiments.endpoints import router as experiments
from service.health.endpoints import router as health
from service.imports.endpoints import router as imports
from service.plans.endpoints import router as plans
from service.plans.table_endpoints import router as tables
from service.problems.endpoints import router as problems
from service.releases.endpoints import router as releases
from service.releases.target_endpoints import router as targets
from service.runs.endpoints import router as runs
from service.runs.result_endpoints import router as results
from service.scenarios.endpoints import router as scenarios
from service.webhooks.endpoints import router as webhooks

ROUTERS = (
    accounts,
    audit,
    balance_requests,
    commitments,
    comparisons,
    experiments,
    health,
    imports,
    plans,
    problems,
    releases,
    results,
    runs,
    scenarios,
    submissions,
    tables,
    targets,
    webhooks,
)
