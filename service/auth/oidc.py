"""Bearer tokens of an OpenID Connect issuer: who somebody is; what they may do stands in their account."""

from importlib import import_module
from typing import Any, Protocol

from service.settings import Settings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures with a public key only: with a shared secret, whoever can verify could also sign."""
LEEWAY_SECONDS = 30
FETCH_SECONDS = 5
KEYS_LIVE_SECONDS = 600
REFETCH_SECONDS = 10
LONGEST_TOKEN = 16_384


class IssuerSilent(Exception):
    """The issuer's keys cannot be had now; the token is neither good nor bad."""


class Identity(Protocol):
    """Turns a token into the name of an account."""

    def account_name(self, token: str) -> str | None:
        """Return the name that the token proves, None if it proves nothing."""
        ...


class Oidc:
    """Verifies signature, issuer, audience and times of a token with the keys that its issuer publishes.

    The keys are kept for ten minutes; a key that is not among them is looked for again, at most
    every ten seconds, so that keys may be changed at any time and nobody can make us ask on and on.
    """

    def __init__(self, issuer: str, audience: str, jwks_url: str, claim: str) -> None:
        # the library and its cryptography are loaded only where an issuer is set
        self._jwt: Any = import_module("jwt")
        self._issuer, self._audience, self._claim = issuer, audience, claim
        self._keys = self._jwt.PyJWKClient(
            jwks_url, lifespan=KEYS_LIVE_SECONDS, timeout=FETCH_SECONDS, cooldown_duration=REFETCH_SECONDS
        )

    def account_name(self, token: str) -> str | None:
        """Return the claim that names the account.

        Raises
        ------
        IssuerSilent
            If the issuer's keys cannot be fetched.
        """
        if len(token) > LONGEST_TOKEN or token.count(".") != 2:
            return None
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            claims = self._jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"], "strict_aud": False},
            )
        except self._jwt.PyJWKClientConnectionError as error:
            raise IssuerSilent(str(error)) from error
        except (self._jwt.PyJWTError, ValueError):
            return None
        return _named(claims, self._claim)


def identity_of(settings: Settings) -> Identity | None:
    """Return what verifies tokens of people, None where no issuer is set."""
    if not settings.oidc_issuer:
        return None
    return Oidc(
        settings.oidc_issuer, settings.oidc_audience, settings.oidc_jwks_url, settings.oidc_account_claim
    )


def _named(claims: dict[str, Any], claim: str) -> str | None:
    """An address that its issuer has not verified could be anybody's."""
    if claim == "email" and claims.get("email_verified") is False:
        return None
    name = claims.get(claim)
    return name if isinstance(name, str) and name else None
