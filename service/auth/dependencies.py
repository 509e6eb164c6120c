"""From the header Authorization to a principal, and from a principal to permission."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from service.accounts import repository
from service.auth.principal import Principal, Role
from service.auth.tokens import secret_hash
from service.context import ContextDep
from service.problems.problem import Problem

_BEARER = HTTPBearer(auto_error=False, description="An API key or a token from POST /v1/auth/token")


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
    with context.database.reads() as session:
        found = repository.principal_of(session, secret_hash(credentials.credentials), context.clock())
    if found is None:
        context.requests.take(f"address {address}")
        raise _unauthorized()
    context.requests.take(found.account_id)
    return found


Caller = Annotated[Principal, Depends(caller)]


def allowed(*roles: Role) -> Callable[[Principal], Principal]:
    """Return a dependency that lets these roles pass."""

    def permit(principal: Caller) -> Principal:
        if principal.role not in roles:
            raise Problem("forbidden", role=principal.role, roles=", ".join(roles))
        return principal

    return permit


Admin = Annotated[Principal, Depends(allowed("admin"))]


def _unauthorized() -> Problem:
    return Problem("unauthorized", headers={"WWW-Authenticate": "Bearer"})
