"""Plans, their tables and their scenarios."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from service.client.transport import Transport
from service.plans.schemas import (
    FileName,
    NodePage,
    NodeView,
    PlanCreate,
    PlanPage,
    PlanView,
    TablePatch,
    TableRows,
)
from service.scenarios.schemas import (
    ScenarioChange,
    ScenarioCreate,
    ScenarioPage,
    ScenarioView,
    Scores,
    Typed,
    Validation,
)


class Plans:
    """/v1/plans."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def create(self, name: str, files: Mapping[FileName, str], note: str = "") -> PlanView:
        """Make a plan of the texts of its files."""
        return self._http.post("/v1/plans", PlanView, PlanCreate(name=name, note=note, files=dict(files)))

    def create_from_folder(self, name: str, folder: Path, note: str = "") -> PlanView:
        """Make a plan of a plan folder."""
        files = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}
        return self._http.post("/v1/plans", PlanView, {"name": name, "note": note, "files": files})

    def all(self) -> Iterator[PlanView]:
        """Yield every plan that the caller has a part in."""
        return self._http.pages("/v1/plans", PlanPage)

    def named(self, name: str) -> PlanView:
        """Return the plan of a name.

        Raises
        ------
        LookupError
            If the caller sees none of this name.
        """
        for plan in self.all():
            if plan.name == name:
                return plan
        raise LookupError(f"no plan is called {name}")

    def get(self, plan_id: str) -> PlanView:
        """Return a plan."""
        return self._http.get(f"/v1/plans/{plan_id}", PlanView)

    def nodes(self, plan_id: str) -> Iterator[NodeView]:
        """Yield the nodes that the caller sees, parents first."""
        return self._http.pages(f"/v1/plans/{plan_id}/nodes", NodePage)

    def table(self, plan_id: str, table: str) -> list[dict[str, Any]]:
        """Return a table as rows of texts."""
        found = self._http.get(f"/v1/plans/{plan_id}/tables/{table}", TableRows, {"format": "json"})
        return list(found.rows)

    def patch_table(self, plan: PlanView, table: str, patch: TablePatch) -> PlanView:
        """Put rows in, change or take out; makes the next revision of the version that was seen."""
        return self._http.edit(
            "PATCH", f"/v1/plans/{plan.plan_id}/tables/{table}", PlanView, patch, plan.version
        )


class Scenarios:
    """/v1/scenarios: a parent and a list of changes."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def create(
        self,
        plan_id: str,
        name: str,
        changes: list[dict[str, Any]],
        parent_id: str | None = None,
        note: str = "",
    ) -> ScenarioView:
        """Make a scenario over the plan, or over another scenario."""
        wanted = ScenarioCreate(name=name, parent_id=parent_id, changes=changes, note=note)
        return self._http.post(f"/v1/plans/{plan_id}/scenarios", ScenarioView, wanted)

    def all(self, plan_id: str) -> Iterator[ScenarioView]:
        """Yield the scenarios of a plan."""
        return self._http.pages(f"/v1/plans/{plan_id}/scenarios", ScenarioPage)

    def get(self, scenario_id: str) -> ScenarioView:
        """Return a scenario."""
        return self._http.get(f"/v1/scenarios/{scenario_id}", ScenarioView)

    def change(self, scenario: ScenarioView, change: ScenarioChange) -> ScenarioView:
        """Edit the version that was seen."""
        path = f"/v1/scenarios/{scenario.scenario_id}"
        return self._http.edit("PATCH", path, ScenarioView, change, scenario.version)

    def validate(self, scenario_id: str) -> Validation:
        """Say what is wrong without a solve."""
        return self._http.post(f"/v1/scenarios/{scenario_id}:validate", Validation)

    def evaluate(self, scenario_id: str, typed: Typed) -> Scores:
        """Score numbers that a person typed."""
        return self._http.post(f"/v1/scenarios/{scenario_id}:evaluate", Scores, typed)
