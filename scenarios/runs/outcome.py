"""A run and what became of it."""

from dataclasses import dataclass
from typing import Any

from scenarios.acceptance import Verdict
from scenarios.runs.plan_of_runs import Run


@dataclass(frozen=True)
class Outcome:
    """A run and what became of it.

    Parameters
    ----------
    key
        Hash of its inputs.
    figures
        As `run_scenario` returns them.
    verdicts
        Acceptance, rule by rule; empty where there are no rules.
    """

    run: Run
    key: str
    figures: dict[str, Any]
    verdicts: tuple[Verdict, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Solved, and every acceptance rule holds."""
        return self.figures["status"] == "done" and all(verdict.passed for verdict in self.verdicts)

    def kpis(self) -> dict[str, dict[str, float | None]]:
        """Key figures by measure."""
        return {name: one["kpis"] for name, one in self.figures["measures"].items()}
