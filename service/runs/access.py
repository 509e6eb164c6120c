"""Who may see what of runs and scenarios, which speak of the whole company."""

from service.auth.principal import Principal
from service.problems.problem import Problem

PLANNERS = ("admin", "finance", "analyst")
"""Roles that make scenarios and ask for runs."""


def sees_whole_company(principal: Principal) -> bool:
    """Whether nothing of the company is hidden from the caller."""
    return principal.role in PLANNERS and not principal.scope_path


def require_whole_company(principal: Principal) -> None:
    """Answer `not-found` to who sees a part of the company only."""
    if not sees_whole_company(principal):
        raise Problem("not-found")
