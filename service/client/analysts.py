"""Experiments and comparisons."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.client.transport import Transport
from service.comparisons.schemas import ComparisonCreate, ComparisonView
from service.experiments.schemas import (
    AcceptanceCreate,
    AcceptanceView,
    ExperimentCreate,
    ExperimentPage,
    ExperimentRunPage,
    ExperimentRunView,
    ExperimentView,
)


class Experiments:
    """/v1/experiments."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def create(
        self, plan_id: str, name: str, grid: Mapping[str, Any], scenario_ids: Sequence[str] = ()
    ) -> ExperimentView:
        """Queue the plan, the scenarios, and the grid over each of them."""
        wanted = {"plan_id": plan_id, "name": name, "grid": grid, "scenario_ids": list(scenario_ids)}
        return self._http.post("/v1/experiments", ExperimentView, ExperimentCreate.model_validate(wanted))

    def all(self, plan_id: str = "") -> Iterator[ExperimentView]:
        """Yield experiments."""
        return self._http.pages("/v1/experiments", ExperimentPage, {"plan_id": plan_id})

    def get(self, experiment_id: str) -> ExperimentView:
        """Return how far an experiment is."""
        return self._http.get(f"/v1/experiments/{experiment_id}", ExperimentView)

    def runs(self, experiment_id: str) -> Iterator[ExperimentRunView]:
        """Yield its runs with their key figures."""
        return self._http.pages(f"/v1/experiments/{experiment_id}/runs", ExperimentRunPage)

    def accept(self, experiment_id: str, rules: Sequence[str], baseline: int = 0) -> AcceptanceView:
        """Judge all its runs by rules such as `gini <= baseline`."""
        wanted = AcceptanceCreate(rules=list(rules), baseline=baseline)
        return self._http.post(f"/v1/experiments/{experiment_id}/acceptance", AcceptanceView, wanted)


class Comparisons:
    """/v1/comparisons."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def create(self, run_ids: Sequence[str], published_run_id: str | None = None) -> ComparisonView:
        """Compare runs with the first of them."""
        wanted = ComparisonCreate(run_ids=list(run_ids), published_run_id=published_run_id)
        return self._http.post("/v1/comparisons", ComparisonView, wanted)

    def file(self, comparison_id: str, name: str) -> bytes:
        """Return comparison.csv, movers.csv, comparison.html or comparison.xlsx."""
        return self._http.request("GET", f"/v1/comparisons/{comparison_id}/files/{name}").content
