"""Seconds by phase, counted where a run passes through."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter


class Phases:
    """Adds up the seconds spent in named phases; phases with one name add up."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the time of the block under `name`."""
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start
