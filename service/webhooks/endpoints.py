"""/v1/webhooks and their deliveries."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from service.auth.dependencies import allowed
from service.auth.principal import Principal
from service.context import ContextDep, ReadSession, WriteSession
from service.db.models import Webhook, WebhookDelivery
from service.webhooks import repository, service
from service.webhooks.schemas import (
    DeliveryPage,
    DeliveryView,
    Redelivery,
    WebhookChange,
    WebhookCreate,
    WebhookCreated,
    WebhookPage,
    WebhookView,
)
from service.wire.idempotency import Answer, AttemptDep, answer_once
from service.wire.versions import etag, seen_version

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_]+$")]
Cursor = Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")]
Limit = Annotated[int, Query(ge=1, le=500)]
Listener = Annotated[Principal, Depends(allowed("admin", "finance", "hr"))]


@router.get("")
def list_webhooks(
    session: ReadSession, caller: Listener, cursor: Cursor = "", limit: Limit = 100
) -> WebhookPage:
    """Return the webhooks that the caller manages, by id."""
    rows = repository.page_of_webhooks(session, caller, cursor, limit + 1)
    items = [_view(row) for row in rows[:limit]]
    return WebhookPage(items=items, next=items[-1].webhook_id if len(rows) > limit else None)


@router.post("", status_code=201, response_model=WebhookCreated)
def create_webhook(
    session: WriteSession, context: ContextDep, caller: Listener, attempt: AttemptDep, wanted: WebhookCreate
) -> Response:
    """Make a webhook; its secret is shown in this answer only, not when the request is repeated."""
    service.check_url(wanted.url, context.settings.webhook_hosts)
    now = context.clock()

    def act() -> Answer:
        webhook = service.create_webhook(session, caller, wanted, now)
        made = WebhookCreated(**_view(webhook).model_dump(), secret=webhook.secret)
        kept = made.model_copy(update={"secret": ""}).model_dump_json().encode()
        return Answer(201, made.model_dump_json().encode(), f"/v1/webhooks/{webhook.webhook_id}", kept)

    return answer_once(session, caller, attempt, now, act)


@router.get("/{webhook_id}")
def read_webhook(session: ReadSession, caller: Listener, webhook_id: Id, response: Response) -> WebhookView:
    """Return one webhook with its ETag."""
    webhook = service.find_webhook(session, caller, webhook_id)
    response.headers["ETag"] = etag(webhook.version)
    return _view(webhook)


@router.patch("/{webhook_id}")
def change_webhook(
    session: WriteSession,
    context: ContextDep,
    caller: Listener,
    webhook_id: Id,
    change: WebhookChange,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> WebhookView:
    """Change address, kinds or activity of the version that If-Match names."""
    version = seen_version(if_match)
    if change.url is not None:
        service.check_url(change.url, context.settings.webhook_hosts)
    webhook = service.change_webhook(session, caller, webhook_id, change, version, context.clock())
    response.headers["ETag"] = etag(webhook.version)
    return _view(webhook)


@router.delete("/{webhook_id}", status_code=204)
def drop_webhook(session: WriteSession, context: ContextDep, caller: Listener, webhook_id: Id) -> None:
    """Delete a webhook."""
    service.drop_webhook(session, caller, webhook_id, context.clock())


@router.get("/{webhook_id}/deliveries")
def list_deliveries(
    session: ReadSession, caller: Listener, webhook_id: Id, cursor: Cursor = "", limit: Limit = 100
) -> DeliveryPage:
    """Return what was sent to a webhook and what waits, by id."""
    webhook = service.find_webhook(session, caller, webhook_id)
    rows = repository.page_of_deliveries(session, webhook.webhook_id, cursor, limit + 1)
    items = [_delivery(row, kind) for row, kind in rows[:limit]]
    return DeliveryPage(items=items, next=items[-1].delivery_id if len(rows) > limit else None)


@router.post("/{webhook_id}/deliveries/{delivery_id}:redeliver", status_code=202, response_model=Redelivery)
def redeliver_event(
    session: WriteSession,
    context: ContextDep,
    caller: Listener,
    attempt: AttemptDep,
    webhook_id: Id,
    delivery_id: Id,
) -> Response:
    """Send an event once more."""
    now = context.clock()

    def act() -> Answer:
        service.redeliver(session, caller, webhook_id, delivery_id, now)
        return Answer(202, Redelivery().model_dump_json().encode(), f"/v1/webhooks/{webhook_id}/deliveries")

    return answer_once(session, caller, attempt, now, act)


def _view(webhook: Webhook) -> WebhookView:
    return WebhookView(
        webhook_id=webhook.webhook_id,
        account_id=webhook.account_id,
        url=webhook.url,
        kinds=json.loads(webhook.kinds),
        is_active=webhook.is_active,
        created_at=webhook.created_at,
        version=webhook.version,
    )


def _delivery(delivery: WebhookDelivery, kind: str) -> DeliveryView:
    names = [name for name in DeliveryView.model_fields if name != "kind"]
    return DeliveryView.model_validate({**{name: getattr(delivery, name) for name in names}, "kind": kind})
