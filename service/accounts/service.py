"""What can be done with accounts; every write leaves an audit entry in the same transaction."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from service.accounts import repository
from service.accounts.schemas import AccountChange, AccountCreate, KeyCreate
from service.audit.repository import record
from service.auth.passwords import hash_password
from service.auth.principal import Principal
from service.auth.tokens import KEY_PREFIX, TOKEN_PREFIX, new_secret, secret_hash
from service.db.models import AccessToken, Account, ApiKey
from service.ids import new_id
from service.problems.problem import Problem

SYSTEM = "system"


def create_first_admin(session: Session, now: datetime) -> str | None:
    """Make the account `admin` and its key where nobody is known; return the key, else None."""
    if repository.has_accounts(session):
        return None
    account = _new_account(AccountCreate(name="admin", role="admin"), None, now)
    repository.add(session, account)
    record(session, now, SYSTEM, "account.create", account.account_id, before=None, after=_audited(account))
    _, secret = _add_key(session, SYSTEM, account.account_id, "first start", now)
    return secret


def create_account(
    session: Session, principal: Principal, wanted: AccountCreate, password_hash: str | None, now: datetime
) -> Account:
    """Make an account inside the scope of the admin.

    Raises
    ------
    Problem
        `conflict` when the name is taken, `not-found` when the scope is not the admin's to give.
    """
    _require_in_scope(principal, wanted.scope_path)
    repository.lock_name(session, wanted.name)
    if repository.account_named(session, wanted.name):
        raise Problem("conflict", name=wanted.name)
    account = _new_account(wanted, password_hash, now)
    repository.add(session, account)
    record(
        session,
        now,
        principal.account_id,
        "account.create",
        account.account_id,
        before=None,
        after=_audited(account),
    )
    return account


def change_account(
    session: Session,
    principal: Principal,
    account_id: str,
    change: AccountChange,
    version: int | None,
    now: datetime,
) -> Account:
    """Change role or scope of the version that the caller has seen (None: of any)."""
    account = find_account(session, principal, account_id)
    if version is not None and account.version != version:
        raise Problem("stale")
    before = _audited(account)
    if change.scope_path is not None:
        _require_in_scope(principal, change.scope_path)
        account.scope_path = change.scope_path
    if change.employee_id is not None:
        account.employee_id = change.employee_id
    if change.role is not None:
        account.role = change.role
    session.flush()
    record(
        session,
        now,
        principal.account_id,
        "account.change",
        account_id,
        before=before,
        after=_audited(account),
    )
    return account


def find_account(session: Session, principal: Principal, account_id: str) -> Account:
    """Return an account, or `not-found` for what is foreign and what is not there alike."""
    account = repository.find_account(session, principal, account_id)
    if account is None:
        raise Problem("not-found")
    return account


def create_key(
    session: Session, principal: Principal, wanted: KeyCreate, now: datetime
) -> tuple[ApiKey, str]:
    """Make a key; only admins make one for another account. The secret is not kept."""
    account_id = wanted.account_id or principal.account_id
    if account_id != principal.account_id and principal.role != "admin":
        raise Problem("not-found")
    find_account(session, principal, account_id)
    return _add_key(session, principal.account_id, account_id, wanted.label, now)


def revoke_key(session: Session, principal: Principal, key_id: str, now: datetime) -> None:
    """Revoke a key; doing it twice changes nothing."""
    key = repository.find_key(session, principal, key_id)
    if key is None:
        raise Problem("not-found")
    if key.revoked_at is None:
        key.revoked_at = now
        before, after = {"revoked_at": None}, {"revoked_at": now.isoformat()}
        record(session, now, principal.account_id, "key.revoke", key_id, before=before, after=after)


def give_token(session: Session, account_id: str, seconds: int, now: datetime) -> str:
    """Make a bearer token for an account whose password was right."""
    repository.forget_expired_tokens(session, now)
    token = new_secret(TOKEN_PREFIX)
    expires = now + timedelta(seconds=seconds)
    repository.add(
        session, AccessToken(token_hash=secret_hash(token), account_id=account_id, expires_at=expires)
    )
    record(
        session, now, account_id, "login", account_id, before=None, after={"expires_at": expires.isoformat()}
    )
    return token


def password_hash_of(wanted: AccountCreate) -> str | None:
    """Return the slow hash; called before the transaction begins, so that no lock waits for it."""
    return hash_password(wanted.password) if wanted.password is not None else None


def _new_account(wanted: AccountCreate, password_hash: str | None, now: datetime) -> Account:
    return Account(
        account_id=new_id("acc", now),
        name=wanted.name,
        role=wanted.role,
        scope_path=wanted.scope_path,
        employee_id=wanted.employee_id,
        password_hash=password_hash,
        created_at=now,
    )


def _add_key(session: Session, by: str, account_id: str, label: str, now: datetime) -> tuple[ApiKey, str]:
    secret = new_secret(KEY_PREFIX)
    key = ApiKey(
        key_id=new_id("key", now),
        account_id=account_id,
        label=label,
        key_hash=secret_hash(secret),
        created_at=now,
    )
    repository.add(session, key)
    after = {"account_id": account_id, "label": label}
    record(session, now, by, "key.create", key.key_id, before=None, after=after)
    return key, secret


def _require_in_scope(principal: Principal, scope_path: str) -> None:
    if not scope_path.startswith(principal.scope_path):
        raise Problem("not-found")


def _audited(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "role": account.role,
        "scope_path": account.scope_path,
        "employee_id": account.employee_id,
    }
