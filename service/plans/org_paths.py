"""Where each node of a plan stands: the path that scopes are compared with."""

from urllib.parse import quote

from allocator.plan.plan import Plan
from service.db.models import PlanNode


def path_of(ids: list[str]) -> str:
    """Return `/company/region/rep/`; a slash inside an id is written %2F."""
    return "/" + "".join(f"{one.replace('%', '%25').replace('/', quote('/', safe=''))}/" for one in ids)


def nodes_of(plan: Plan, revision_id: str) -> list[PlanNode]:
    """Return a row per node of the org, in file order."""
    org = plan.org
    parent = dict(zip(org["node_id"], org["parent_id"], strict=True))
    parents = set(parent.values())
    paths: dict[str, str] = {"": "/"}

    def path(node: str) -> str:
        waiting = []
        while node not in paths:
            waiting.append(node)
            node = parent[node]
        for one in reversed(waiting):
            paths[one] = paths[parent[one]] + path_of([one])[1:]
        return paths[waiting[0]] if waiting else paths[node]

    columns = ("node_id", "parent_id", "level", "name", "employee_id", "email", "role")
    rows = zip(*(org[column].tolist() for column in columns), strict=True)
    return [
        PlanNode(
            revision_id=revision_id,
            node_id=node,
            parent_id=above,
            org_path=path(node),
            level=level,
            name=name,
            employee_id=employee,
            email=email,
            position=role,
            is_rep=node not in parents,
        )
        for node, above, level, name, employee, email, role in rows
    ]
