"""Whose word it is: the manager who asks for his subtree, and the level above him."""

from service.agreement.balance_requests.schemas import Side
from service.auth.principal import Principal
from service.problems.problem import Problem


def side_of(principal: Principal, asked_from: str) -> Side | None:
    """Return the side of a caller in a talk that a manager of the scope `asked_from` began."""
    if principal.role in ("admin", "finance"):
        return "above"
    if principal.role != "manager" or not principal.scope_path:
        return None
    if principal.scope_path == asked_from:
        return "below"
    return "above" if asked_from.startswith(principal.scope_path) else None


def require_other_side(principal: Principal, asked_from: str, by: Side) -> Side:
    """Return the caller's side; only the one that did not make the proposal decides on it."""
    side = side_of(principal, asked_from)
    if side is None or side == by:
        who = {
            "below": {"en": "finance or a manager above", "zh": "财务或上级经理"},
            "above": {"en": "the manager who asked", "zh": "提出请求的经理"},
        }
        raise Problem("not-the-one", who=who[by])
    return side
