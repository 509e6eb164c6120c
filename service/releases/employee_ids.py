"""Pay is keyed by employee_id: ids that may be somebody else's are not released."""

from collections.abc import Iterator

from allocator.plan.plan import Plan
from allocator.texts import worded
from allocator.warnings.people import is_rounded, people_of_several_names
from allocator.wording import Wording

SHOWN = 20


def doubtful_ids(plan: Plan) -> list[Wording]:
    """Return why the employee_ids of a plan cannot be released; nothing where plan.yaml accepts the warning.

    The same ids have the warnings `employee-id-rounded` and `employee-id-of-several` (docs/warnings.md).
    """
    return [*_rounded(plan), *_of_several(plan)][:SHOWN]


def _rounded(plan: Plan) -> Iterator[Wording]:
    if "employee-id-rounded" in plan.spec.accepted_warnings:
        return
    people = plan.org.loc[is_rounded(plan.org["employee_id"]), ["node_id", "employee_id"]]
    for node, employee in people.itertuples(index=False):
        yield worded("fault.release.employee_id_rounded", node=node, id=employee)


def _of_several(plan: Plan) -> Iterator[Wording]:
    if "employee-id-of-several" in plan.spec.accepted_warnings:
        return
    for employee, names in people_of_several_names(plan.org).items():
        yield worded("fault.release.employee_id_of_several", id=employee, names=" / ".join(names))
