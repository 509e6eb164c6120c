"""Rows from blocks in memory are the rows of the table, near each other or far, with much room or none."""

from random import Random
from typing import get_args

import pytest

from service.db.database import Database
from service.releases.formats import Head, LineFormat, lines
from service.releases.row_blocks import ROWS, RowBlocks
from service.releases.rows_repository import all_rows
from tests.service.releases.conftest import Desk


@pytest.mark.parametrize("most_bytes", [1, 64 * 1024 * 1024])
def test_rows_of_blocks_are_the_rows_of_the_table(desk: Desk, database: Database, most_bytes: int) -> None:
    made = desk.release(desk.run())
    head = Head(made["release_id"], made["version"], "final", None, made["sha256"])
    blocks, chance = RowBlocks(most_bytes), Random(1)
    with database.reads() as session:
        rows = all_rows(session, head.release_id)
        assert len(rows) > 2 * ROWS
        for form in get_args(LineFormat):
            written = lines(form, head, rows)
            for count in (0, 1, 2, 40, 500, len(rows)):
                start = chance.randrange(len(rows) - count + 1)
                for numbers in (
                    list(range(start + 1, start + count + 1)),
                    sorted(chance.sample(range(1, len(rows) + 1), count)),
                ):
                    found = blocks.lines(session, form, head, numbers)
                    assert found == [written[number - 1] for number in numbers]
