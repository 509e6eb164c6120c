"""The command run in the test's own process."""

from collections.abc import Callable

import pytest

from service.cli.main import main

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def allocator(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process; returns exit code and stdout."""

    def run(*arguments: object) -> tuple[int, str]:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        return code, capfd.readouterr().out

    return run
