"""How the machine is played: briefly and always the same in the suite, long from a seed in the soak."""

from collections.abc import Callable

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def play(
    make: Callable[[], RuleBasedStateMachine], sequences: int, steps: int, chosen: int | None = None
) -> None:
    """Play so many sequences of so many steps; without a seed always the same ones.

    Raises
    ------
    AssertionError
        At the first answer that was not predicted, with the shortest sequence that leads to it.
    """
    chosen_settings = settings(
        max_examples=sequences,
        stateful_step_count=steps,
        derandomize=chosen is None,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    seeded = make if chosen is None else seed(chosen)(make)
    run_state_machine_as_test(seeded, settings=chosen_settings)
