"""Random lives of a plan, against a reference model, on both databases."""

from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.service.machine.machine import ServiceMachine
from tests.service.machine.world import World

SEQUENCES, STEPS = 25, 40


def test_the_service_answers_as_its_model_predicts(database_url: str, tmp_path: Path) -> None:
    with World(database_url, tmp_path / "storage") as world:
        run_state_machine_as_test(
            lambda: ServiceMachine(world),
            settings=settings(
                max_examples=SEQUENCES,
                stateful_step_count=STEPS,
                derandomize=True,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
