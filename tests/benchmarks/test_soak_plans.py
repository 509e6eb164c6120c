"""The campaign of nasty plans says which seeds fail and why, and ends accordingly."""

import pytest

from benchmarks import soak_plans
from tests.nasty_campaign import Failure, Trial


def test_the_campaign_names_failing_seeds_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def trial(seed: int, engines: tuple[str, ...], *, with_files: bool) -> Trial:
        failures = (Failure("too nasty", f"with files: {with_files}"),) if seed in (6, 8) else ()
        return Trial("feasible", failures)

    monkeypatch.setattr(soak_plans, "try_seed", trial)
    assert soak_plans.main("--plans 6 --seed 4 --files 3 --processes 1".split()) == 1  # noqa: SIM905
    told = capsys.readouterr().out
    assert "6: too nasty: with files: True" in told
    assert "8: too nasty: with files: False" in told
    assert "6 plans from seed 4" in told
    assert "2  too nasty: seeds 6 8" in told
    assert soak_plans.main("--plans 2 --processes 1".split()) == 0  # noqa: SIM905
