"""What goes in and out of accounts, keys and logins."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from service.auth.principal import Role

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
ScopePath = Annotated[str, Field(max_length=2000, pattern=r"^(/([^/\x00-\x1f\x7f]+/)+)?$")]
EmployeeId = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


def _no_number(given: object) -> object:
    if isinstance(given, bool | str):
        raise PydanticCustomError("no_number", "Input should be a number")
    return given


def _no_amount(given: object) -> object:
    if isinstance(given, bool):
        raise PydanticCustomError("no_amount", "Input should be a number or decimal text")
    return given


NUMBER, AMOUNT = BeforeValidator(_no_number), BeforeValidator(_no_amount)
"""Marks of numbers in bodies: `true` is none, and `"5"` only where decimal text is welcome."""
Password = Annotated[str, Field(min_length=12, max_length=200)]


class Schema(BaseModel):
    """Unknown fields are refused; nothing changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountCreate(Schema):
    """A new account; without a password it can be used with API keys only."""

    name: Name
    role: Role
    scope_path: ScopePath = ""
    employee_id: EmployeeId = ""
    password: Password | None = None


class AccountChange(Schema):
    """What an admin may change; what is left out stays."""

    role: Role | None = None
    scope_path: ScopePath | None = None
    employee_id: EmployeeId | None = None


class AccountView(Schema):
    """An account as others see it."""

    account_id: str
    name: str
    role: Role
    scope_path: str
    employee_id: str
    created_at: datetime
    version: int


class AccountPage(Schema):
    """Accounts by id; `next` is the cursor of the next page."""

    items: list[AccountView]
    next: str | None


class Me(Schema):
    """Who the caller is."""

    account_id: str
    name: str
    role: Role
    scope_path: str
    employee_id: str


class KeyCreate(Schema):
    """A key for oneself or, as an admin, for another account."""

    label: Name
    account_id: Annotated[str, Field(max_length=64, pattern=r"^[a-z0-9_]+$")] | None = None


class KeyView(Schema):
    """A key without its secret."""

    key_id: str
    account_id: str
    label: str
    created_at: datetime
    revoked_at: datetime | None


class KeyCreated(KeyView):
    """A new key; `secret` is shown this once."""

    secret: str


class Login(Schema):
    """Name and password."""

    name: Name
    password: Annotated[str, Field(max_length=200)]


class Token(Schema):
    """A bearer token."""

    access_token: str
    token_type: str
    expires_in: int
