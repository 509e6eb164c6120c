"""Files as clients send them."""

import io
import zipfile
from pathlib import Path

import pandas as pd
import xlsxwriter
from fastapi.testclient import TestClient

from allocator.plan.faults import FaultCollector
from allocator.plan.source import source_of_files
from allocator.plan.yaml_source import leaves
from service.plans.store import PlanStore, read_files
from tests.service.conftest import plan_files

PINS = "node_id,product_id,measure,amount,reason,owner\nE0101,*,revenue,{amount},agreed,Chen\n"


def send(client: TestClient, content: bytes, media_type: str, key: str = "", **params: str):
    headers = {"Content-Type": media_type, **({"Idempotency-Key": key} if key else {})}
    return client.post("/v1/imports", content=content, headers=headers, params=params)


def commit(client: TestClient, job, if_match: str | None = "*", key: str = ""):
    headers = {"If-Match": if_match} if if_match else {}
    headers |= {"Idempotency-Key": key} if key else {}
    return client.post(f"/v1/imports/{job.json()['import_id']}:commit", headers=headers)


def zipped(files: dict[str, bytes], folder: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{folder}{name}", content)
    return out.getvalue()


def workbook(files: dict[str, bytes]) -> bytes:
    """Return the plan as a workbook made without our code: dotted keys, and each cell as text or number."""
    source = source_of_files(files, FaultCollector())
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("plan")
        page.write_row(0, 0, ["key", "value"])
        for row, (path, scalar) in enumerate(leaves(source.tree), start=1):
            page.write_string(row, 0, ".".join(path))
            page.write_string(row, 1, scalar.text)
        for name, sheet in source.sheets.items():
            if sheet.is_present:
                page = book.add_worksheet(name)
                page.write_row(0, 0, list(sheet.columns))
                for place, column in enumerate(sheet.columns.values()):
                    for row, text in enumerate(column.texts(), start=1):
                        page.write_string(row, place, text)
    return out.getvalue()


def stored(client: TestClient, answer, database, folder: Path) -> dict[str, bytes]:
    plan = answer.json()
    address = f"/v1/plans/{plan['plan_id']}/revisions/{plan['revision']}"
    return plan_files(PlanStore(database, folder).folder(client.get(address).json()["revision_id"]))


def same_plan(one: dict[str, bytes], other: dict[str, bytes]) -> bool:
    left, right = read_files(one), read_files(other)
    assert left.spec == right.spec
    for name in ("org", "products", "history", "commitments", "potential", "rules", "pins", "calendar"):
        pd.testing.assert_frame_equal(getattr(left, name), getattr(right, name))
    return True
