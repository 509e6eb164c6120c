"""The performance page says what the record says, and nothing by hand between the markers."""

import json

import pytest

from benchmarks.bench import write_record
from benchmarks.peers.routes import ROUTES
from benchmarks.report_page import PAGE, PICTURES, RECORD, SECTIONS, fill_page, read_record


def test_the_page_is_what_its_record_says() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert fill_page(page, read_record(RECORD)) == page


def test_the_page_shows_both_pictures_and_they_can_be_read() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in ("peers.svg", "phases.svg"):
        assert f"performance/{name}" in page
        assert "<svg" in (PICTURES / name).read_text(encoding="utf-8")


def test_no_contestant_is_left_out_of_the_record() -> None:
    record = read_record(RECORD)
    for cells in {result.cells for result in record.peers}:
        shown = [result.route for result in record.peers if result.cells == cells]
        assert shown == [route.name for route in ROUTES]


@pytest.mark.parametrize("name", list(SECTIONS))
def test_a_page_without_a_marker_is_refused(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8").replace(f"<!-- measured: {name} -->", "")
    with pytest.raises(ValueError, match=name):
        fill_page(page, read_record(RECORD))


def test_a_record_comes_back_from_its_file_as_it_was(tmp_path) -> None:
    record = read_record(RECORD)
    write_record(record, tmp_path / "record.json")
    assert read_record(tmp_path / "record.json") == record
    assert "hostname" not in json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))["machine"]
