"""Every event arrives at those who listen, signed, at least once; nothing goes into a private network."""

import base64
import hashlib
import hmac
import ipaddress
import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from service.app import create_app
from service.db.database import Database
from service.runs.repository import add_outbox_event
from service.settings import Settings
from service.webhooks.addresses import RefusedAddress, destination, is_public
from service.webhooks.delivery import LEASE, Deliverer, deliver_due
from service.webhooks.repository import PAUSES, claim_due, settle
from service.webhooks.sending import Receipt
from tests.languages import is_chinese
from tests.waiting import until

PUBLIC = "93.184.215.14"


class Receiver:
    """A real server that keeps what it got and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status = receiver.answers.pop(0) if receiver.answers else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"{receiver.url}/elsewhere")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def settings(database_url: str, tmp_path, receiver: Receiver) -> Settings:
    return Settings(
        database_url=database_url, storage=tmp_path, body_limit=100_000, webhook_hosts=(receiver.host,)
    )


def tell(database: Database, moment, *subjects: str, kind: str = "run.ended") -> None:
    with database.writes.begin() as session:
        for subject in subjects:
            moment.now += timedelta(milliseconds=1)
            add_outbox_event(session, kind, subject, {"name": subject, "text": "目标"}, moment())


def registered(client: TestClient, url: str, *kinds: str) -> dict:
    made = client.post("/v1/webhooks", json={"url": url, "kinds": kinds or ["run.ended"]})
    assert made.status_code == 201, made.text
    return made.json()


def test_an_event_arrives_signed_as_the_standard_says(admin, database, moment, receiver, settings) -> None:
    secret = registered(admin, f"{receiver.url}/hook?x=1")["secret"]
    tell(database, moment, "run_1")
    assert deliver_due(database, moment, settings.webhook_hosts) == 1
    headers, body = receiver.got[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert int(headers["webhook-timestamp"]) == int(moment().timestamp())
    event = json.loads(body)
    assert (event["specversion"], event["type"], event["subject"]) == (
        "1.0",
        "target-allocator.run.ended",
        "run_1",
    )
    assert event["id"] == headers["webhook-id"]
    assert event["data"] == {"name": "run_1", "text": "目标"}
    assert datetime.fromisoformat(event["time"]) == moment()
    assert deliver_due(database, moment, settings.webhook_hosts) == 0


def test_what_fails_is_tried_again_after_growing_pauses_and_given_up_at_last(
    admin, database, moment, receiver, settings
) -> None:
    webhook = registered(admin, receiver.url)
    tell(database, moment, "run_1")
    receiver.answers = [500, 302, 404, *[503] * 20]
    for pause in PAUSES:
        assert deliver_due(database, moment, settings.webhook_hosts) == 1
        moment.now += pause - timedelta(microseconds=1)
        assert deliver_due(database, moment, settings.webhook_hosts) == 0
        moment.now += timedelta(microseconds=1)
    assert deliver_due(database, moment, settings.webhook_hosts) == 1
    moment.now += timedelta(days=30)
    assert deliver_due(database, moment, settings.webhook_hosts) == 0
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    path = f"/v1/webhooks/{webhook['webhook_id']}/deliveries"
    told = admin.get(path).json()["items"][0]
    assert (told["status"], told["attempts"], told["last_status"]) == ("given_up", len(PAUSES) + 1, 503)
    receiver.answers = []
    assert admin.post(f"{path}/{told['delivery_id']}:redeliver").status_code == 202
    assert deliver_due(database, moment, settings.webhook_hosts) == 1
    assert admin.get(path).json()["items"][0]["status"] == "delivered"


def test_each_listener_hears_of_its_kinds_from_its_beginning_and_only_while_active(
    admin, database, moment, receiver, settings
) -> None:
    tell(database, moment, "before")
    moment.now += timedelta(seconds=1)
    runs = registered(admin, f"{receiver.url}/runs")
    registered(admin, f"{receiver.url}/releases", "release.published")
    tell(database, moment, "a")
    tell(database, moment, "b", kind="release.published")
    assert deliver_due(database, moment, settings.webhook_hosts) == 2
    heard = sorted((headers["host"], json.loads(body)["subject"]) for headers, body in receiver.got)
    assert heard == [(receiver.host, "a"), (receiver.host, "b")]
    path = f"/v1/webhooks/{runs['webhook_id']}"
    assert admin.patch(path, json={"is_active": False}).status_code == 428
    assert admin.patch(path, json={"is_active": False}, headers={"If-Match": '"7"'}).status_code == 412
    assert admin.patch(path, json={"is_active": False}, headers={"If-Match": '"1"'}).status_code == 200
    tell(database, moment, "c")
    assert deliver_due(database, moment, settings.webhook_hosts) == 0
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404


def test_a_try_that_died_is_made_again_and_its_late_word_counts_no_more(
    admin, database, moment, receiver
) -> None:
    registered(admin, receiver.url)
    tell(database, moment, "run_1")
    deliver_due(database, moment, (), lambda place, headers, body: Receipt(None, "down"), lambda h, p: [])
    moment.now += PAUSES[0]
    with database.writes.begin() as session:
        died = claim_due(session, moment(), LEASE)
    with database.writes.begin() as session:
        assert claim_due(session, moment(), LEASE) is None
    moment.now += LEASE
    with database.writes.begin() as session:
        second = claim_due(session, moment(), LEASE)
    assert died is not None
    assert second is not None
    assert second.attempt == died.attempt + 1
    with database.writes.begin() as session:
        settle(session, died, Receipt(200, ""), moment())
    assert admin.get("/v1/webhooks").json()["items"]
    with database.writes.begin() as session:
        settle(session, second, Receipt(200, ""), moment())
        assert claim_due(session, moment() + timedelta(days=99), LEASE) is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "fec0::1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "::a00:1", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_by_any_spelling(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(RefusedAddress) as refusal:
        destination("https://hook.example/", (), lambda host, port: [PUBLIC, address])
    assert is_chinese(refusal.value.args[0].chinese)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_inside_ipv6_as_it_is_alone(address) -> None:
    for inside in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(ipaddress.ip_address(inside)) == is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/", "https://user:pass@hook.example/", "https://hook.example/#x", "https:///x",
        "ftp://hook.example/", "https://hook.example:99999/", "https://[::1/", "https://hook example/",
        "https://hook.example\\@10.0.0.1/", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_url_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress) as refusal:
        destination(url, (), lambda host, port: [PUBLIC])
    assert is_chinese(refusal.value.args[0].chinese)


@pytest.mark.parametrize(
    "url", ["https://localhost/", "https://127.0.0.1/", "https://2130706433/", "https://[::1]/"]
)
def test_a_private_address_is_refused_when_it_is_registered_and_nothing_is_stored(admin, url: str) -> None:
    refused = admin.post("/v1/webhooks", json={"url": url, "kinds": ["run.ended"]})
    assert refused.status_code == 422, refused.text
    assert refused.json()["type"] == "/problems/refused-address"
    assert admin.get("/v1/webhooks").json()["items"] == []


def test_a_name_that_turns_private_later_is_refused_when_it_is_used(
    admin, database, moment, receiver
) -> None:
    registered(admin, receiver.url)
    tell(database, moment, "run_1")
    sent: list[str] = []

    def never(place, headers, body) -> Receipt:
        sent.append(place.address)
        return Receipt(200, "")

    assert deliver_due(database, moment, (), never, lambda host, port: ["10.1.2.3"]) == 1
    assert sent == []


def test_only_those_who_may_listen_do_and_none_sees_the_webhooks_of_others(
    admin, client_of, receiver
) -> None:
    finance, hr = client_of("f", "finance", ""), client_of("h", "hr", "")
    own = registered(finance, receiver.url)
    assert "secret" not in finance.get(f"/v1/webhooks/{own['webhook_id']}").json()
    assert hr.get(f"/v1/webhooks/{own['webhook_id']}").status_code == 404
    assert hr.get("/v1/webhooks").json()["items"] == []
    assert len(admin.get("/v1/webhooks").json()["items"]) == 1
    assert hr.post("/v1/webhooks", json={"url": receiver.url, "kinds": ["run.ended"]}).status_code == 422
    registered(hr, receiver.url, "release.published")
    for role in ("manager", "rep", "analyst"):
        client = client_of(role, role, "/a/")
        assert (
            client.post("/v1/webhooks", json={"url": receiver.url, "kinds": ["run.ended"]}).status_code == 403
        )


def test_the_thread_of_a_serving_process_delivers_by_itself_and_readyz_knows_of_it(
    settings, database, moment, admin, receiver
) -> None:
    registered(admin, receiver.url)
    quick = settings.model_copy(update={"webhook_seconds": 0.01})
    with TestClient(create_app(quick, moment, moment.seconds, database, [Deliverer])) as client:
        tell(database, moment, "run_1", "run_2")
        until(lambda: len(receiver.got) == 2, "both are delivered")
        assert client.get("/readyz").json()["checks"]["webhooks"] is True
    assert [json.loads(body)["subject"] for _, body in receiver.got] == ["run_1", "run_2"]
