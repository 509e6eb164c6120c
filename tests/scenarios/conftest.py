"""Every fault that a test here comes upon must be told in both languages."""

from collections.abc import Iterator, Sequence

import pytest

from allocator.errors import Fault, InputFaults
from allocator.plan.faults import FaultCollector
from tests.languages import not_in_both


@pytest.fixture(autouse=True)
def _faults_are_told_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    found: list[Fault] = []
    start, listed = InputFaults.__init__, FaultCollector.listed

    def init(self: InputFaults, faults: Sequence[Fault]) -> None:
        found.extend(faults)
        start(self, faults)

    def listed_and_kept(self: FaultCollector) -> tuple[Fault, ...]:
        faults = listed(self)
        found.extend(faults)
        return faults

    monkeypatch.setattr(InputFaults, "__init__", init)
    monkeypatch.setattr(FaultCollector, "listed", listed_and_kept)
    yield
    assert not_in_both(found) == []
