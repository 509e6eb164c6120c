"""Tokens of an issuer open exactly the account that they prove, and nothing else does."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi.testclient import TestClient
from pydantic import ValidationError

from service.app import create_app
from service.auth.oidc import REFETCH_SECONDS, Oidc
from service.settings import Settings

ISSUER, AUDIENCE = "https://issuer.example", "target-allocator"
RSA_KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def public(key: Any, kid: str) -> dict[str, Any]:
    algorithm = (
        jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    )
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}


class Issuer:
    """A real server of keys that counts how often it is asked."""

    def __init__(self) -> None:
        self.keys, self.asked = [public(RSA_KEY, "rsa"), public(EC_KEY, "ec")], 0
        issuer = self

        class Keys(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                body = json.dumps({"keys": issuer.keys}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/keys"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def person(settings: Settings, database, moment, issuer: Issuer, admin: TestClient) -> TestClient:
    admin.post("/v1/users", json={"name": "ann@example.com", "role": "manager", "scope_path": "/a/"})
    with_issuer = settings.model_copy(
        update={"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_jwks_url": issuer.url}
    )
    return TestClient(create_app(with_issuer, moment, moment.seconds, database))


def claims(**changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    whole = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "1",
        "iat": now,
        "exp": now + timedelta(minutes=5),
        "email": "ann@example.com",
        **changed,
    }
    return {name: value for name, value in whole.items() if value is not None}


def asks(person: TestClient, token: str) -> Any:
    return person.get("/v1/me", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(RSA_KEY, "RS256", "rsa"), (EC_KEY, "ES256", "ec")])
def test_a_token_of_the_issuer_opens_the_account_it_names(person, key, algorithm, kid) -> None:
    answer = asks(person, jwt.encode(claims(), key, algorithm, {"kid": kid}))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["name"], answer.json()["role"], answer.json()["scope_path"]) == (
        "ann@example.com",
        "manager",
        "/a/",
    )


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://other.example"},
        {"aud": "somebody-else"},
        {"exp": datetime.now(UTC) - HOUR},
        {"nbf": datetime.now(UTC) + HOUR},
        {"iat": datetime.now(UTC) + HOUR},
        {"exp": None},
        {"aud": None},
        {"sub": None},
        {"email": None},
        {"email": "nobody@example.com"},
        {"email": ["ann@example.com"]},
        {"email_verified": False},
    ],
    ids=lambda changed: "-".join(changed),
)
def test_a_token_with_a_wrong_claim_opens_nothing(person, changed) -> None:
    answer = asks(person, jwt.encode(claims(**changed), RSA_KEY, "RS256", {"kid": "rsa"}))
    assert answer.status_code == 401, answer.text


def part(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def test_a_token_that_the_issuer_did_not_sign_opens_nothing(person, issuer: Issuer) -> None:
    times = {name: value.timestamp() for name, value in claims().items() if isinstance(value, datetime)}
    body = part({**claims(), **times})
    forged = {
        "no signature": f"{part({'alg': 'none', 'kid': 'rsa'})}.{body}.",
        "another key": jwt.encode(claims(), OTHER_KEY, "RS256", {"kid": "rsa"}),
        "public key as secret": f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{body}.{'A' * 43}",
        "other kind of key": jwt.encode(claims(), RSA_KEY, "RS256", {"kid": "ec"}),
        "no kid": jwt.encode(claims(), OTHER_KEY, "RS256"),
        "cut": jwt.encode(claims(), RSA_KEY, "RS256", {"kid": "rsa"})[:-4],
        "no token": "a.b.c",
        "long": "a." + "b" * 20_000 + ".c",
    }
    assert {name: asks(person, token).status_code for name, token in forged.items()} == dict.fromkeys(
        forged, 401
    )


def test_a_new_key_of_the_issuer_is_found_and_unknown_keys_do_not_make_us_ask_on_and_on(
    issuer: Issuer, monkeypatch
) -> None:
    verifier = Oidc(ISSUER, AUDIENCE, issuer.url, "email")
    now = [1000.0]
    monkeypatch.setattr("jwt.jwks_client.time.monotonic", lambda: now[0])
    assert verifier.account_name(jwt.encode(claims(), RSA_KEY, "RS256", {"kid": "rsa"})) == "ann@example.com"
    fresh = jwt.encode(claims(), OTHER_KEY, "RS256", {"kid": "next"})
    for _ in range(20):
        assert verifier.account_name(fresh) is None
    assert issuer.asked == 1
    issuer.keys = [public(OTHER_KEY, "next")]
    now[0] += REFETCH_SECONDS + 1
    assert verifier.account_name(fresh) == "ann@example.com"
    assert issuer.asked == 2


def test_a_silent_issuer_is_told_apart_from_a_bad_token(person, issuer: Issuer) -> None:
    issuer.server.shutdown()
    issuer.server.server_close()
    answer = asks(person, jwt.encode(claims(), RSA_KEY, "RS256", {"kid": "rsa"}))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")


def test_our_own_keys_work_beside_the_issuer(person, admin: TestClient) -> None:
    assert person.get("/v1/me", headers=admin.headers).json()["name"] == "admin"


def test_settings_of_an_issuer_are_all_there_or_none() -> None:
    with pytest.raises(ValidationError, match="ALLOCATOR_OIDC_AUDIENCE, ALLOCATOR_OIDC_JWKS_URL"):
        Settings(oidc_issuer=ISSUER)
