"""Who asks: one account with its role and the part of the company that it sees."""

from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import InstrumentedAttribute

Role = Literal["admin", "finance", "manager", "rep", "hr", "analyst"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Principal:
    """The account behind a request; `scope_path` is `/a/b/` or empty for the whole company."""

    account_id: str
    name: str
    role: Role
    scope_path: str


def within_scope(path: InstrumentedAttribute[str], principal: Principal) -> ColumnElement[bool]:
    """scope <= path < scope with its last `/` raised to `0`: the subtree, found by index.

    Every query of rows that belong to a node carries this predicate.
    """
    if not principal.scope_path:
        return true()
    return and_(path >= principal.scope_path, path < principal.scope_path[:-1] + "0")
