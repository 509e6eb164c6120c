"""Every table; the migrations are checked against this package."""

from service.db.models.accounts import AccessToken, Account, ApiKey
from service.db.models.agreement import AgreementStep, BalanceRequest, Commitment, Submission
from service.db.models.base import Base
from service.db.models.plans import Blob, ImportJob, PlanNode, PlanRecord, PlanRevision, RevisionFile
from service.db.models.releases import Release, ReleaseAck, ReleaseSnapshot, ReleaseTarget
from service.db.models.runs import (
    Acceptance,
    Comparison,
    Experiment,
    ExperimentRun,
    Run,
    RunArtifact,
    RunEvent,
    ScenarioRecord,
)
from service.db.models.trail import AuditEntry, IdempotencyRecord
from service.db.models.webhooks import OutboxEvent, Webhook, WebhookDelivery

__all__ = [
    "Acceptance",
    "AccessToken",
    "Account",
    "AgreementStep",
    "ApiKey",
    "AuditEntry",
    "BalanceRequest",
    "Base",
    "Blob",
    "Commitment",
    "Comparison",
    "Experiment",
    "ExperimentRun",
    "IdempotencyRecord",
    "ImportJob",
    "OutboxEvent",
    "PlanNode",
    "PlanRecord",
    "PlanRevision",
    "Release",
    "ReleaseAck",
    "ReleaseSnapshot",
    "ReleaseTarget",
    "RevisionFile",
    "Run",
    "RunArtifact",
    "RunEvent",
    "ScenarioRecord",
    "Submission",
    "Webhook",
    "WebhookDelivery",
]
