"""Every fault that a test here comes upon must be told in both languages."""

from collections.abc import Iterator, Sequence

import pytest

from allocator.errors import Fault, InputFaults
from allocator.plan.faults import FaultCollector
from tests.languages import told_in_english_only

OF_THE_PLAN = ("bad-override", "min-above-max", "not-a-multiple", "unknown-path")
"""Found by the reading of plans, whose own tests look at their words."""


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
    assert told_in_english_only(fault for fault in found if fault.code not in OF_THE_PLAN) == []
