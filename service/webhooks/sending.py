"""One signed POST to one checked address."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

from service.webhooks.addresses import Destination

SECRET_PREFIX = "whsec_"
MEDIA_TYPE = "application/cloudevents+json"
SECONDS, CONNECT_SECONDS = 10.0, 5.0


@dataclass(frozen=True)
class Event:
    """What is told; `data` is JSON text."""

    event_id: str
    kind: str
    subject: str
    at: datetime
    data: str


@dataclass(frozen=True)
class Receipt:
    """What the receiver said: its status, or what went wrong on the way."""

    status: int | None
    error: str

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has taken it."""
        return self.status is not None and 200 <= self.status < 300


class Send(Protocol):
    """Sends one body to one place."""

    def __call__(self, place: Destination, headers: dict[str, str], body: bytes) -> Receipt:
        """Return what became of it; never raises."""
        ...


def envelope(event: Event) -> bytes:
    """Return the event as CloudEvents 1.0 JSON."""
    document: dict[str, Any] = {
        "specversion": "1.0",
        "id": event.event_id,
        "source": "/v1",
        "type": f"target-allocator.{event.kind}",
        "subject": event.subject,
        "time": event.at.isoformat(),
        "datacontenttype": "application/json",
        "data": json.loads(event.data),
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(secret: str, event_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """base64(HMAC-SHA256(secret, "id.timestamp.body")), as the Standard Webhooks specification has it."""
    moment = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.new(key, f"{event_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": MEDIA_TYPE,
        "webhook-id": event_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def send(place: Destination, headers: dict[str, str], body: bytes) -> Receipt:
    """POST to the very address that was checked; follow no redirect, read nothing of the answer."""
    # loaded by those who send only
    httpx = import_module("httpx")
    timeout = httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)
    bracketed = f"[{place.address}]" if ":" in place.address else place.address
    url = f"{place.scheme}://{bracketed}:{place.port}{place.path}"
    host = f"[{place.host}]" if ":" in place.host else place.host
    named = {**headers, "Host": f"{host}:{place.port}", "User-Agent": "target-allocator"}
    try:
        with (
            httpx.Client(timeout=timeout, trust_env=False) as client,
            client.stream(
                "POST", url, content=body, headers=named, extensions={"sni_hostname": place.host}
            ) as answer,
        ):
            return Receipt(answer.status_code, "" if answer.is_success else f"answered {answer.status_code}")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Receipt(None, f"{type(error).__name__}: {error}"[:500])
