"""Where each node of a plan stands: the path that scopes are compared with."""

from urllib.parse import quote

from allocator.plan.plan import Plan
from service.db.models import PlanNode


def path_of(ids: list[str]) -> str:
    """Return `/company/region/rep/`; a slash inside an id is written %2F."""
    return "/" + "".join(f"{one.replace('%', '%25').replace('/', quote('/', safe=''))}/" for one in ids)


def paths_of(plan: Plan) -> dict[str, str]:
    """Return node -> path of every node of the org, in file order."""
    parent = dict(zip(plan.org["node_id"], plan.org["parent_id"], strict=True))
    paths: dict[str, str] = {"": "/"}

    def path(node: str) -> str:
        waiting, above = [], node
        while above not in paths:
            waiting.append(above)
            above = parent[above]
        for one in reversed(waiting):
            paths[one] = paths[parent[one]] + path_of([one])[1:]
        return paths[node]

    return {str(node): path(str(node)) for node in parent}


def nodes_of(plan: Plan, revision_id: str) -> list[PlanNode]:
    """Return a row per node of the org, in file order."""
    org, paths = plan.org, paths_of(plan)
    parents = set(org["parent_id"])
    columns = ("node_id", "parent_id", "level", "name", "employee_id", "email", "role")
    rows = zip(*(org[column].tolist() for column in columns), strict=True)
    return [
        PlanNode(
            revision_id=revision_id,
            node_id=node,
            parent_id=above,
            org_path=paths[node],
            level=level,
            name=name,
            employee_id=employee,
            email=email,
            position=role,
            is_rep=node not in parents,
        )
        for node, above, level, name, employee, email, role in rows
    ]
