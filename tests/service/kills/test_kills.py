"""kill -9 at random moments: accepted runs end once and right, acknowledged releases are whole."""

from pathlib import Path

from tests.plans import write_plan
from tests.service.kills.campaign import run_campaign
from tests.service.kills.publishing import run_publishing_campaign

CYCLES = 14
PUBLISHING_CYCLES = 14


def test_runs_survive_the_death_of_services_and_workers(database_url: str, tmp_path: Path) -> None:
    plan = write_plan(tmp_path / "plan")
    report = run_campaign(database_url, tmp_path / "storage", plan, CYCLES, seed=6)
    assert report.wrong == []
    assert report.accepted == CYCLES
    assert report.services_killed + report.workers_killed == CYCLES
    assert min(report.services_killed, report.workers_killed) > 0


def test_releases_survive_the_death_of_services_whole_and_once(database_url: str, tmp_path: Path) -> None:
    report = run_publishing_campaign(database_url, tmp_path / "storage", PUBLISHING_CYCLES, seed=6)
    assert report.wrong == []
    assert report.killed == PUBLISHING_CYCLES
    # how many are published between two deaths is for the machine to say; that they go on is ours
    assert len(report.published) > PUBLISHING_CYCLES // 4
    assert report.repeats > 0
