"""Who asks: one account with its role and the part of the company that it sees."""

from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, false, true
from sqlalchemy.orm import InstrumentedAttribute

Role = Literal["admin", "finance", "manager", "rep", "hr", "analyst"]
Reach = Literal["nothing", "part", "whole"]
ROLES: tuple[Role, ...] = get_args(Role)

Bound = str | BindParameter[str]
SCOPE_FROM, SCOPE_TO = "scope_from", "scope_to"


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
    def reach(self) -> Reach:
        """How much of the company is this caller's."""
        if self.scope_path:
            return "part"
        return "nothing" if self.role in ("manager", "rep") else "whole"

    @property
    def sees_nothing(self) -> bool:
        """Whether no part of the company is this caller's."""
        return self.reach == "nothing"

    @property
    def bounds(self) -> dict[str, str]:
        """Values for the parameters of `within_reach`."""
        return {SCOPE_FROM: self.scope_path, SCOPE_TO: self.scope_path[:-1] + "0"} if self.scope_path else {}


def within_scope(path: InstrumentedAttribute[str], principal: Principal) -> ColumnElement[bool]:
    """scope <= path < scope with its last `/` raised to `0`: the subtree, found by index.

    Every query of rows that belong to a node carries this predicate, or `within_reach`.
    """
    if principal.reach == "part":
        return _between(path, *principal.bounds.values())
    return within_reach(path, principal.reach)


def within_reach(path: InstrumentedAttribute[str], reach: Reach) -> ColumnElement[bool]:
    """The predicate of `within_scope` for a statement that is built once and executed with `bounds`.

    The parameters have no values of their own: whoever forgets the caller's gets an error, no rows.
    """
    if reach == "nothing":
        return false()
    if reach == "whole":
        return true()
    return _between(path, bindparam(SCOPE_FROM, required=True), bindparam(SCOPE_TO, required=True))


def is_within_scope(path: str, principal: Principal) -> bool:
    """Say of one path what `within_scope` says of a column."""
    return path.startswith(principal.scope_path) and not principal.sees_nothing


def _between(path: InstrumentedAttribute[str], start: Bound, end: Bound) -> ColumnElement[bool]:
    return and_(path >= start, path < end)
