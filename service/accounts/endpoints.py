"""/v1/me, /v1/auth/token, /v1/users and /v1/api-keys."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response

from service.accounts import repository, service
from service.accounts.schemas import (
    AccountChange,
    AccountCreate,
    AccountPage,
    AccountView,
    KeyCreate,
    KeyCreated,
    KeyView,
    Login,
    Me,
    Token,
)
from service.auth.dependencies import Admin, Caller
from service.auth.passwords import is_password
from service.context import ContextDep, ReadSession, WriteSession
from service.db.models import Account, ApiKey
from service.problems.problem import Problem
from service.wire.idempotency import Answer, AttemptDep, answer_once
from service.wire.versions import etag, seen_version

router = APIRouter(prefix="/v1", tags=["accounts"])
Id = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_]+$")]


@router.post("/auth/token")
def log_in(request: Request, context: ContextDep, login: Login) -> Token:
    """Exchange name and password for a bearer token."""
    address = request.client.host if request.client else ""
    context.logins.take(f"address {address}")
    context.logins.take(f"name {login.name}")
    with context.database.reads() as session:
        account = repository.account_named(session, login.name)
    if not is_password(login.password, account.password_hash if account else None) or account is None:
        raise Problem("unauthorized", headers={"WWW-Authenticate": "Bearer"})
    seconds = context.settings.token_seconds
    with context.database.writes.begin() as session:
        token = service.give_token(session, account.account_id, seconds, context.clock())
    return Token(access_token=token, token_type="Bearer", expires_in=seconds)


@router.get("/me")
def who_am_i(caller: Caller) -> Me:
    """Return the caller's account, role and scope."""
    return Me.model_validate({name: getattr(caller, name) for name in Me.model_fields})


@router.get("/users")
def list_users(
    session: ReadSession,
    caller: Caller,
    cursor: Annotated[str, Query(max_length=64, pattern=r"^[a-z0-9_]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AccountPage:
    """Return the accounts that the caller may see, by id."""
    rows = repository.page_of_accounts(session, caller, cursor, limit + 1)
    items = [_account_view(row) for row in rows[:limit]]
    return AccountPage(items=items, next=items[-1].account_id if len(rows) > limit else None)


@router.post("/users", status_code=201, response_model=AccountView)
def create_user(context: ContextDep, admin: Admin, attempt: AttemptDep, wanted: AccountCreate) -> Response:
    """Make an account."""
    password_hash = service.password_hash_of(wanted)
    now = context.clock()
    with context.database.writes.begin() as session:

        def act() -> Answer:
            made = _account_view(service.create_account(session, admin, wanted, password_hash, now))
            return Answer(201, made.model_dump_json().encode(), f"/v1/users/{made.account_id}")

        return answer_once(session, admin, attempt, now, act)


@router.get("/users/{account_id}")
def read_user(session: ReadSession, caller: Caller, account_id: Id, response: Response) -> AccountView:
    """Return one account with its ETag."""
    account = service.find_account(session, caller, account_id)
    response.headers["ETag"] = etag(account.version)
    return _account_view(account)


@router.patch("/users/{account_id}")
def change_user(
    session: WriteSession,
    context: ContextDep,
    admin: Admin,
    account_id: Id,
    change: AccountChange,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> AccountView:
    """Change role or scope of the version that If-Match names."""
    version = seen_version(if_match)
    account = service.change_account(session, admin, account_id, change, version, context.clock())
    response.headers["ETag"] = etag(account.version)
    return _account_view(account)


@router.get("/api-keys")
def list_keys(session: ReadSession, caller: Caller) -> list[KeyView]:
    """Return the keys that the caller manages, without their secrets."""
    return [_key_view(key) for key in repository.keys_of(session, caller)]


@router.post("/api-keys", status_code=201, response_model=KeyCreated)
def create_key(
    session: WriteSession, context: ContextDep, caller: Caller, attempt: AttemptDep, wanted: KeyCreate
) -> Response:
    """Make a key; its secret is shown in this answer only, not when the request is repeated."""
    now = context.clock()

    def act() -> Answer:
        key, secret = service.create_key(session, caller, wanted, now)
        made = KeyCreated(**_key_view(key).model_dump(), secret=secret)
        kept = made.model_copy(update={"secret": ""}).model_dump_json().encode()
        return Answer(201, made.model_dump_json().encode(), f"/v1/api-keys/{key.key_id}", kept)

    return answer_once(session, caller, attempt, now, act)


@router.delete("/api-keys/{key_id}", status_code=204)
def revoke_key(session: WriteSession, context: ContextDep, caller: Caller, key_id: Id) -> None:
    """Revoke a key at once."""
    service.revoke_key(session, caller, key_id, context.clock())


def _account_view(account: Account) -> AccountView:
    return AccountView.model_validate({name: getattr(account, name) for name in AccountView.model_fields})


def _key_view(key: ApiKey) -> KeyView:
    return KeyView.model_validate({name: getattr(key, name) for name in KeyView.model_fields})
