"""From the header Authorization to a principal, and from a principal to permission."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from service.accounts import repository
from service.auth.oidc import IssuerSilent
from service.auth.principal import Principal, Role
from service.auth.tokens import KEY_PREFIX, TOKEN_PREFIX, secret_hash
from service.context import Context, ContextDep
from service.problems.problem import Problem

OWN_PREFIXES = (KEY_PREFIX, TOKEN_PREFIX)
_BEARER = HTTPBearer(
    auto_error=False, description="An API key, a token from POST /v1/auth/token, or one of the issuer"
)


def caller(
    request: Request,
    context: ContextDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> Principal:
    """Return who asks; unknown, expired and revoked credentials are refused in the same words."""
    address = request.client.host if request.client else ""
    if credentials is None:
        context.requests.take(f"address {address}")
        raise _unauthorized()
    found = _principal(context, credentials.credentials)
    if found is None:
        context.requests.take(f"address {address}")
        raise _unauthorized()
    request.state.rate_limit = context.requests.take(found.account_id)
    return found


Caller = Annotated[Principal, Depends(caller)]


def allowed(*roles: Role) -> Callable[[Principal], Awaitable[Principal]]:
    """Return a dependency that lets these roles pass."""

    async def permit(principal: Caller) -> Principal:
        if principal.role not in roles:
            raise Problem("forbidden", role=principal.role, roles=", ".join(roles))
        return principal

    return permit


Admin = Annotated[Principal, Depends(allowed("admin"))]


def _principal(context: Context, secret: str) -> Principal | None:
    """Find the account of one of our own secrets, or of a token of the issuer."""
    if context.identity is None or secret.startswith(OWN_PREFIXES):
        with context.database.reads() as session:
            return repository.principal_of(session, secret_hash(secret), context.clock())
    try:
        name = context.identity.account_name(secret)
    except IssuerSilent as silence:
        raise Problem("unavailable", part="OpenID Connect", headers={"Retry-After": "10"}) from silence
    if name is None:
        return None
    with context.database.reads() as session:
        return repository.principal_named(session, name)


def _unauthorized() -> Problem:
    return Problem("unauthorized", headers={"WWW-Authenticate": "Bearer"})
