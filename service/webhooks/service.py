"""What can be done with webhooks."""

import base64
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from allocator.texts import worded
from service.audit.repository import record
from service.auth.principal import Principal
from service.db.models import Webhook, WebhookDelivery
from service.ids import new_id
from service.problems.problem import FieldError, Problem
from service.webhooks import repository
from service.webhooks.addresses import RefusedAddress, destination
from service.webhooks.schemas import WebhookChange, WebhookCreate
from service.webhooks.sending import SECRET_PREFIX


def check_url(url: str, allowed_hosts: Sequence[str]) -> None:
    """Resolve the address before anything is stored.

    Raises
    ------
    Problem
        `refused-address` with the reason.
    """
    try:
        destination(url, allowed_hosts)
    except RefusedAddress as refusal:
        reason = refusal.args[0]
        raise Problem("refused-address", reason=reason, errors=[FieldError("/url", reason)]) from refusal


def check_kinds(kinds: Sequence[str], principal: Principal) -> None:
    """HR hears of releases only.

    Raises
    ------
    Problem
        `invalid` with the kinds that are not theirs.
    """
    foreign = [kind for kind in kinds if principal.role == "hr" and not kind.startswith("release.")]
    if foreign:
        errors = [FieldError("/kinds", worded("fault.webhook.not_for_hr", kind=kind)) for kind in foreign]
        raise Problem("invalid", errors=errors, count=len(errors))


def create_webhook(session: Session, principal: Principal, wanted: WebhookCreate, now: datetime) -> Webhook:
    """Make a webhook with a secret of its own; it hears of what happens from now on."""
    check_kinds(wanted.kinds, principal)
    made = Webhook(
        webhook_id=new_id("whk", now),
        account_id=principal.account_id,
        url=wanted.url,
        secret=SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode(),
        kinds=_listed(wanted.kinds),
        is_active=True,
        created_at=now,
    )
    session.add(made)
    session.flush()
    record(
        session,
        now,
        principal.account_id,
        "webhook.create",
        made.webhook_id,
        before=None,
        after=_audited(made),
    )
    return made


def change_webhook(
    session: Session,
    principal: Principal,
    webhook_id: str,
    change: WebhookChange,
    version: int | None,
    now: datetime,
) -> Webhook:
    """Change the version of a webhook that the caller has seen (None: of any)."""
    webhook = find_webhook(session, principal, webhook_id)
    if version is not None and webhook.version != version:
        raise Problem("stale")
    before = _audited(webhook)
    if change.url is not None:
        webhook.url = change.url
    if change.kinds is not None:
        check_kinds(change.kinds, principal)
        webhook.kinds = _listed(change.kinds)
    if change.is_active is not None:
        webhook.is_active = change.is_active
    session.flush()
    record(
        session,
        now,
        principal.account_id,
        "webhook.change",
        webhook_id,
        before=before,
        after=_audited(webhook),
    )
    return webhook


def drop_webhook(session: Session, principal: Principal, webhook_id: str, now: datetime) -> None:
    """Delete a webhook; nothing more is sent to it."""
    webhook = find_webhook(session, principal, webhook_id)
    before = _audited(webhook)
    repository.drop_webhook(session, webhook)
    record(session, now, principal.account_id, "webhook.drop", webhook_id, before=before, after=None)


def redeliver(
    session: Session, principal: Principal, webhook_id: str, delivery_id: str, now: datetime
) -> WebhookDelivery:
    """Let a delivery begin anew, also one that has arrived or was given up."""
    webhook = find_webhook(session, principal, webhook_id)
    delivery = repository.find_delivery(session, webhook.webhook_id, delivery_id)
    if delivery is None:
        raise Problem("not-found")
    before = {"status": delivery.status, "attempts": delivery.attempts}
    delivery.status, delivery.attempts, delivery.next_at = "pending", 0, now
    session.flush()
    after = {"status": "pending", "attempts": 0}
    record(session, now, principal.account_id, "webhook.redeliver", delivery_id, before=before, after=after)
    return delivery


def find_webhook(session: Session, principal: Principal, webhook_id: str) -> Webhook:
    """Return a webhook, or `not-found` for what is foreign and what is not there alike."""
    found = repository.find_webhook(session, principal, webhook_id)
    if found is None:
        raise Problem("not-found")
    return found


def _listed(kinds: Sequence[str]) -> str:
    return json.dumps(sorted(set(kinds)))


def _audited(webhook: Webhook) -> dict[str, Any]:
    return {"url": webhook.url, "kinds": json.loads(webhook.kinds), "is_active": webhook.is_active}
