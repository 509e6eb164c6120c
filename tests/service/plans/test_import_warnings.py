"""What is improbable in a file that is sent in, also what only a workbook shows."""

import io
from pathlib import Path

from fastapi.testclient import TestClient
from openpyxl import load_workbook

from tests.languages import is_chinese
from tests.plans import plan_texts, write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_an_import_says_what_is_improbable_and_keeps_it(admin: TestClient, tmp_path: Path) -> None:
    org = plan_texts()["org"].replace("李娜,1002", "李娜,1001")
    book = load_workbook(write_workbook(tmp_path / "plan.xlsx", org=org))
    book["potential"].row_dimensions[4].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    checked = admin.post(
        "/v1/imports",
        params={"name": "book"},
        content=stream.getvalue(),
        headers={"Content-Type": XLSX},
    )
    assert checked.status_code == 201, checked.text
    place = checked.headers["location"]
    told = admin.get(place).json()
    assert [(one["code"], one["file"], one["row"]) for one in told["warnings"]] == [
        ("employee-id-of-several", "org.csv", 10),
        ("hidden-rows", "potential", 4),
    ]
    chinese = admin.get(place, headers={"Accept-Language": "zh"}).json()["warnings"]
    assert all(is_chinese(one["effect"]) and is_chinese(one["hint"]) for one in chinese)
    assert not is_chinese(told["warnings"][1]["message"])
