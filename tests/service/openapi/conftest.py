"""The filled company on either database."""

from pathlib import Path

import pytest

from service.db.database import Database
from tests.service.openapi.company import Company, filled_company


@pytest.fixture
def company(database: Database, database_url: str, tmp_path: Path) -> Company:
    return filled_company(database, database_url, tmp_path)
