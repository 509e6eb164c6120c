"""What goes in and out of webhooks."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from service.accounts.schemas import Schema

Kind = Literal["run.ended", "release.published", "release.acknowledged", "balance_request.decided"]
Url = Annotated[str, Field(min_length=8, max_length=2000, pattern=r"^https?://[\x21-\x7e]+$")]
Kinds = Annotated[list[Kind], Field(min_length=1, max_length=20)]


class WebhookCreate(Schema):
    """Where to send and what to tell."""

    url: Url
    kinds: Kinds


class WebhookChange(Schema):
    """What may be changed; what is left out stays."""

    url: Url | None = None
    kinds: Kinds | None = None
    is_active: bool | None = None


class WebhookView(Schema):
    """A webhook without its secret."""

    webhook_id: str
    account_id: str
    url: str
    kinds: list[str]
    is_active: bool
    created_at: datetime
    version: int


class WebhookCreated(WebhookView):
    """A new webhook; `secret` is shown this once."""

    secret: str


class WebhookPage(Schema):
    """Webhooks by id; `next` is the cursor of the next page."""

    items: list[WebhookView]
    next: str | None


class DeliveryView(Schema):
    """One event on its way to one webhook."""

    delivery_id: str
    event_id: str
    kind: str
    status: Literal["pending", "delivered", "given_up"]
    attempts: int
    next_at: datetime
    last_status: int | None
    last_error: str
    delivered_at: datetime | None


class Redelivery(Schema):
    """It will be sent; the list of deliveries says when it was."""


class DeliveryPage(Schema):
    """Deliveries by id; `next` is the cursor of the next page."""

    items: list[DeliveryView]
    next: str | None
