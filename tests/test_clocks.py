"""No test is judged by the clock: found by reading the sources of the tests."""

import ast
from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).resolve().parent
WAITING = TESTS / "waiting.py"
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time", "time_ns"}
LIMITS = {"timeout", "deadline"}


def name_of(called: ast.expr) -> str:
    """The last word of what is called; for methods of `time` alone where the word is a common one."""
    if isinstance(called, ast.Attribute):
        of_time = isinstance(called.value, ast.Name) and called.value.id == "time"
        return called.attr if of_time or called.attr not in ("time", "time_ns") else ""
    return called.id if isinstance(called, ast.Name) else ""


def looks_at_clocks(source: str) -> list[str]:
    """Say where a test reads the clock, bounds a wait by a number, or gives Hypothesis a deadline."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        if name_of(node.func) in CLOCKS:
            found.append(f"line {node.lineno}: {ast.unparse(node)}")
        for word in node.keywords:
            is_number = isinstance(word.value, ast.Constant) and isinstance(word.value.value, int | float)
            if word.arg in LIMITS and is_number:
                found.append(f"line {node.lineno}: {word.arg}={ast.unparse(word.value)}")
    return found


@pytest.mark.parametrize("source", sorted(TESTS.rglob("*.py")), ids=lambda path: path.stem)
def test_a_test_waits_for_events_and_does_not_look_at_the_clock(source: Path) -> None:
    """`tests/waiting.py` alone does, to end what hangs; processor time may be counted."""
    found = looks_at_clocks(source.read_text(encoding="utf-8"))
    assert source == WAITING or found == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("import time\nassert time.monotonic() - start < 5", 1),
        ("from time import perf_counter\nassert perf_counter() < 5", 1),
        ("process.wait(timeout=30)", 1),
        ("@settings(deadline=200)\ndef test(): ...", 1),
        ("@settings(deadline=None)\ndef test(): ...", 0),
        ("assert time.process_time() - start < 5", 0),
        ("moment.time()", 0),
        ("process.wait(timeout=HANG_SECONDS)", 0),
    ],
)
def test_what_looks_at_the_clock_is_seen(source: str, count: int) -> None:
    assert len(looks_at_clocks(source)) == count


def test_hypothesis_has_no_deadline_where_a_test_says_nothing() -> None:
    assert settings().deadline is None
