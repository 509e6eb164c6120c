"""A file of a whole plan, or of one of its tables, as the plan that it would make."""

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo

from allocator.plan.faults import FaultCollector
from allocator.plan.source import FILES, PLAN_FILE, Source, refuse_misspelled_files, source_of_files
from allocator.plan.tables import TABLES
from allocator.plan.workbook_source import read_workbook_bytes
from service.files.archives import Budget, blocks, opened_archive
from service.files.kinds import Kind, kind_of
from service.files.parquets import check_parquet
from service.files.workbooks import check_workbook, refusing_damage
from service.imports.settings_text import settings_text
from service.plans.editing import table_of, with_sheet
from service.plans.formulas import restored_sheet
from service.plans.proposal import Proposal, proposal_of_source
from service.plans.table_reading import encoding_of
from service.plans.uploaded_table import sheet_of_upload
from service.wire.upload import Upload

KINDS_OF_PLANS: tuple[Kind, ...] = ("xlsx", "zip")
_MAC_FOLDER = "__MACOSX"


def table_proposal(upload: Upload, table: str, files: Mapping[str, bytes]) -> Proposal:
    """Return the plan of these files with one table replaced.

    Raises
    ------
    InputFaults
        With every fault of the plan.
    Problem
        When the file is not even looked into.
    """
    faults = FaultCollector()
    sheet, raw = sheet_of_upload(upload, table_of(table), encoding_of(files), faults)
    return with_sheet(files, sheet, faults, raw)


def plan_proposal(upload: Upload) -> Proposal:
    """Return the plan of a workbook or of a zipped folder, with the same refusals."""
    faults = FaultCollector()
    is_workbook = kind_of(upload, *KINDS_OF_PLANS) == "xlsx"
    source = _workbook_source(upload, faults) if is_workbook else _folder_source(upload, faults)
    return proposal_of_source(source, faults)


def _workbook_source(upload: Upload, faults: FaultCollector) -> Source:
    check_workbook(upload.content)
    with refusing_damage():
        source = read_workbook_bytes(upload.content.read(), upload.name or "workbook.xlsx", faults)
    sheets = {name: restored_sheet(sheet) for name, sheet in source.sheets.items()}
    settings = settings_text(source.tree) if source.tree else b""
    return replace(source, sheets=sheets, files={PLAN_FILE: settings})


def _folder_source(upload: Upload, faults: FaultCollector) -> Source:
    """Read the files of the folder that holds plan.yaml; csv files stay byte for byte where they can."""
    with opened_archive(upload.content, "zip") as archive:
        present = _folder_entries(archive)
        budget = Budget(upload.content.seek(0, 2))
        files = {
            name: b"".join(blocks(archive, entry, budget)) for name, entry in present.items() if name in FILES
        }
    for table in TABLES:
        if table.parquet_file in files:
            check_parquet(io.BytesIO(files[table.parquet_file]))
    source = source_of_files(files, faults)
    refuse_misspelled_files(sorted(present), set(files), faults)
    sheets = {
        name: sheet if sheet.file == table_of(name).parquet_file else restored_sheet(sheet)
        for name, sheet in source.sheets.items()
    }
    as_sent = [PLAN_FILE, *(f"{name}.csv" for name in sheets if sheets[name] is source.sheets[name])]
    kept = {name: files[name] for name in as_sent if name in files}
    return replace(source, sheets=sheets, files={PLAN_FILE: b"", **kept})


def _folder_entries(archive: ZipFile) -> dict[str, ZipInfo]:
    """Return the files of the folder of plan.yaml, or of the only folder that holds tables."""
    places = {
        PurePosixPath(entry.filename): entry
        for entry in archive.infolist()
        if not entry.is_dir() and not entry.filename.startswith(_MAC_FOLDER)
    }
    with_settings = {place.parent for place in places if place.name == PLAN_FILE}
    with_tables = {place.parent for place in places if place.name in FILES}
    folders = sorted(with_settings or with_tables or {place.parent for place in places})
    folder = folders[0] if folders else PurePosixPath()
    return {place.name: entry for place, entry in places.items() if place.parent == folder}
