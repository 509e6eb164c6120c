"""kill -9 of services and workers at random moments: every accepted run ends exactly once, and right."""

from pathlib import Path

from tests.plans import write_plan
from tests.service.kills.campaign import run_campaign

CYCLES = 26


def test_runs_survive_the_death_of_services_and_workers(database_url: str, tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "plan")
    report = run_campaign(database_url, tmp_path / "storage", plan, CYCLES, seed=6)
    assert report.wrong == []
    assert report.accepted == CYCLES
    assert report.services_killed + report.workers_killed == CYCLES
    assert min(report.services_killed, report.workers_killed) > 0
