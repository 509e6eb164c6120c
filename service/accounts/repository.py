"""SQL of accounts, keys and tokens."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from service.auth.principal import Principal, Role, within_scope
from service.db.locks import lock_until_commit
from service.db.models import AccessToken, Account, ApiKey

WHOLE_COMPANY = ("admin",)
_BY_KEY = select(ApiKey.account_id).where(
    ApiKey.key_hash == bindparam("secret_hash"), ApiKey.revoked_at.is_(None)
)
_BY_TOKEN = select(AccessToken.account_id).where(
    AccessToken.token_hash == bindparam("secret_hash"), AccessToken.expires_at > bindparam("now")
)
# built once, since every request asks for it
_BEARER = select(
    Account.account_id, Account.name, Account.role, Account.scope_path, Account.employee_id
).where(or_(Account.account_id.in_(_BY_KEY), Account.account_id.in_(_BY_TOKEN)))


def principal_of(session: Session, secret_hash: str, now: datetime) -> Principal | None:
    """Return who bears this key or token, unless it is revoked or expired."""
    row = session.connection().execute(_BEARER, {"secret_hash": secret_hash, "now": now}).first()
    if row is None:
        return None
    account_id, name, role, scope_path, employee_id = row
    return Principal(account_id, name, cast(Role, role), scope_path, employee_id)


def principal_named(session: Session, name: str) -> Principal | None:
    """Return who bears this name."""
    account = account_named(session, name)
    return None if account is None else _principal(account)


def visible(principal: Principal) -> ColumnElement[bool]:
    """Admins see all accounts, managers those of their subtree, everybody their own."""
    own = Account.account_id == principal.account_id
    if principal.role in WHOLE_COMPANY:
        return within_scope(Account.scope_path, principal)
    if principal.role == "manager" and principal.scope_path:
        return or_(own, within_scope(Account.scope_path, principal))
    return own


def find_account(session: Session, principal: Principal, account_id: str) -> Account | None:
    """Return an account that the principal may see."""
    return session.scalars(
        select(Account).where(Account.account_id == account_id, visible(principal))
    ).first()


def page_of_accounts(session: Session, principal: Principal, after: str, limit: int) -> Sequence[Account]:
    """Return up to `limit` accounts after an id."""
    return session.scalars(
        select(Account)
        .where(Account.account_id > after, visible(principal))
        .order_by(Account.account_id)
        .limit(limit)
    ).all()


def account_named(session: Session, name: str) -> Account | None:
    """Return the account of a name."""
    return session.scalars(select(Account).where(Account.name == name)).first()


def has_accounts(session: Session) -> bool:
    """Whether anybody is known; asked under a lock, so that one of several first starts wins."""
    lock_until_commit(session, "first-start")
    return session.scalars(select(Account.account_id).limit(1)).first() is not None


def lock_name(session: Session, name: str) -> None:
    """Let one transaction at a time take this name."""
    lock_until_commit(session, f"account {name}")


def keys_of(session: Session, principal: Principal) -> Sequence[ApiKey]:
    """Return the keys of the accounts that the principal may manage: all for admins, else the own."""
    rows = select(ApiKey).join(Account, Account.account_id == ApiKey.account_id)
    return session.scalars(rows.where(_manageable(principal)).order_by(ApiKey.key_id)).all()


def find_key(session: Session, principal: Principal, key_id: str) -> ApiKey | None:
    """Return a key that the principal may manage."""
    rows = select(ApiKey).join(Account, Account.account_id == ApiKey.account_id)
    return session.scalars(rows.where(ApiKey.key_id == key_id, _manageable(principal))).first()


def forget_expired_tokens(session: Session, now: datetime) -> None:
    """Delete tokens that no longer open anything."""
    session.execute(delete(AccessToken).where(AccessToken.expires_at <= now))


def add(session: Session, row: Account | ApiKey | AccessToken) -> None:
    """Add a row; what the database refuses is raised here, not at the end of the request."""
    session.add(row)
    session.flush()


def _principal(account: Account) -> Principal:
    role = cast(Role, account.role)
    return Principal(account.account_id, account.name, role, account.scope_path, account.employee_id)


def _manageable(principal: Principal) -> ColumnElement[bool]:
    if principal.role in WHOLE_COMPANY:
        return within_scope(Account.scope_path, principal)
    return Account.account_id == principal.account_id
