"""Who asks: one account with its role and the part of the company that it sees."""

from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import ColumnElement, and_, false, true
from sqlalchemy.orm import InstrumentedAttribute

Role = Literal["admin", "finance", "manager", "rep", "hr", "analyst"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Principal:
    """The account behind a request; `scope_path` is `/a/b/` or empty for the whole company.

    For managers and reps an empty path is no path: they see nothing until an admin gives them one.
    """

    account_id: str
    name: str
    role: Role
    scope_path: str
    employee_id: str = ""

    @property
    def sees_nothing(self) -> bool:
        """Whether no part of the company is this caller's."""
        return not self.scope_path and self.role in ("manager", "rep")


def within_scope(path: InstrumentedAttribute[str], principal: Principal) -> ColumnElement[bool]:
    """scope <= path < scope with its last `/` raised to `0`: the subtree, found by index.

    Every query of rows that belong to a node carries this predicate.
    """
    if principal.sees_nothing:
        return false()
    if not principal.scope_path:
        return true()
    return and_(path >= principal.scope_path, path < principal.scope_path[:-1] + "0")


def is_within_scope(path: str, principal: Principal) -> bool:
    """Say of one path what `within_scope` says of a column."""
    return path.startswith(principal.scope_path) and not principal.sees_nothing
