"""SQL of webhooks and of their deliveries."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, true
from sqlalchemy.orm import Session

from service.auth.principal import Principal
from service.db.models import OutboxEvent, Webhook, WebhookDelivery
from service.ids import new_id
from service.webhooks.sending import Event, Receipt

EVENTS_AT_ONCE = 200
PAUSES = tuple(timedelta(seconds=pause) for pause in (5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600, 24 * 3600))
"""Pauses before the second try, the third, and so on; after the last the delivery is given up."""


@dataclass(frozen=True)
class Due:
    """A delivery that was claimed for one try."""

    delivery_id: str
    attempt: int
    url: str
    secret: str
    event: Event


def page_of_webhooks(session: Session, principal: Principal, after: str, limit: int) -> Sequence[Webhook]:
    """Return up to `limit` webhooks after an id: all for admins, else the own."""
    return session.scalars(
        select(Webhook)
        .where(Webhook.webhook_id > after, _manageable(principal))
        .order_by(Webhook.webhook_id)
        .limit(limit)
    ).all()


def find_webhook(session: Session, principal: Principal, webhook_id: str) -> Webhook | None:
    """Return a webhook that the caller may manage."""
    return session.scalars(
        select(Webhook).where(Webhook.webhook_id == webhook_id, _manageable(principal))
    ).first()


def drop_webhook(session: Session, webhook: Webhook) -> None:
    """Delete a webhook with its deliveries; the events stay."""
    session.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.webhook_id))
    session.delete(webhook)
    session.flush()


def page_of_deliveries(
    session: Session, webhook_id: str, after: str, limit: int
) -> Sequence[tuple[WebhookDelivery, str]]:
    """Return up to `limit` deliveries after an id, each with the kind of its event."""
    rows = session.execute(
        select(WebhookDelivery, OutboxEvent.kind)
        .join(OutboxEvent, OutboxEvent.event_id == WebhookDelivery.event_id)
        .where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.delivery_id > after)
        .order_by(WebhookDelivery.delivery_id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def find_delivery(session: Session, webhook_id: str, delivery_id: str) -> WebhookDelivery | None:
    """Return a delivery of a webhook."""
    return session.scalars(
        select(WebhookDelivery).where(
            WebhookDelivery.delivery_id == delivery_id, WebhookDelivery.webhook_id == webhook_id
        )
    ).first()


def fan_out(session: Session, now: datetime) -> int:
    """Turn new events into a delivery for each webhook that listens; return how many events there were."""
    events = session.scalars(
        select(OutboxEvent)
        .where(OutboxEvent.fanned_out.is_(False))
        .order_by(OutboxEvent.event_id)
        .limit(EVENTS_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    webhooks = session.scalars(select(Webhook).where(Webhook.is_active.is_(True))).all() if events else ()
    for event in events:
        event.fanned_out = True
        session.add_all(
            WebhookDelivery(
                delivery_id=new_id("dlv", now),
                webhook_id=webhook.webhook_id,
                event_id=event.event_id,
                status="pending",
                attempts=0,
                next_at=now,
                last_status=None,
                last_error="",
                delivered_at=None,
            )
            for webhook in webhooks
            if event.kind in json.loads(webhook.kinds) and event.at >= webhook.created_at
        )
    session.flush()
    return len(events)


def claim_due(session: Session, now: datetime, lease: timedelta) -> Due | None:
    """Take the delivery that has waited longest; nobody else tries it before the lease is over."""
    row = session.execute(
        select(WebhookDelivery, Webhook, OutboxEvent)
        .join(Webhook, Webhook.webhook_id == WebhookDelivery.webhook_id)
        .join(OutboxEvent, OutboxEvent.event_id == WebhookDelivery.event_id)
        .where(
            WebhookDelivery.status == "pending", WebhookDelivery.next_at <= now, Webhook.is_active.is_(True)
        )
        .order_by(WebhookDelivery.next_at, WebhookDelivery.event_id)
        .limit(1)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    ).first()
    if row is None:
        return None
    delivery, webhook, event = row
    delivery.attempts += 1
    delivery.next_at = now + lease
    session.flush()
    told = Event(event.event_id, event.kind, event.subject, event.at, event.document)
    return Due(delivery.delivery_id, delivery.attempts, webhook.url, webhook.secret, told)


def settle(session: Session, due: Due, receipt: Receipt, now: datetime) -> None:
    """Note what became of a try: delivered, tried again after a pause, or given up."""
    delivery = session.get(WebhookDelivery, due.delivery_id)
    if delivery is None or delivery.status != "pending" or delivery.attempts != due.attempt:
        return
    delivery.last_status, delivery.last_error = receipt.status, receipt.error
    if receipt.is_delivered:
        delivery.status, delivery.delivered_at = "delivered", now
    elif due.attempt > len(PAUSES):
        delivery.status = "given_up"
    else:
        delivery.next_at = now + PAUSES[due.attempt - 1]
    session.flush()


def _manageable(principal: Principal) -> ColumnElement[bool]:
    return true() if principal.role == "admin" else Webhook.account_id == principal.account_id
