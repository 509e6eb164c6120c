"""Random lives of a plan, against a reference model, on both databases."""

from pathlib import Path

from tests.service.machine.machine import ServiceMachine
from tests.service.machine.play import play
from tests.service.machine.world import World

SEQUENCES, STEPS = 15, 35


def test_the_service_answers_as_its_model_predicts(database_url: str, tmp_path: Path) -> None:
    with World(database_url, tmp_path / "storage") as world:
        play(lambda: ServiceMachine(world), SEQUENCES, STEPS)
    assert world.told["published"] > 0
    assert world.told["ended"] > SEQUENCES
