"""Where a plan comes from: a folder of csv or Parquet files or one workbook, told apart and fingerprinted."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from allocator.plan.csv_source import read_csv_sheet
from allocator.plan.encoding import UnreadableText, decode
from allocator.plan.faults import FaultCollector
from allocator.plan.setting_keys import TOP_KEYS
from allocator.plan.sheet import Sheet, empty_sheet
from allocator.plan.tables import REQUIRED_TABLES, TABLES, TRACKING_TABLES, Table
from allocator.plan.yaml_source import Branch, Scalar, read_yaml
from allocator.texts import worded

PLAN_FILE = "plan.yaml"
FILES = (PLAN_FILE, *(name for table in TABLES for name in (table.file, table.parquet_file)))
TABLE_ENDINGS = (".csv", ".parquet", ".txt", ".tsv", ".xls", ".xlsx")
_ENCODING_LINE = re.compile(rb"^encoding[ \t]*:[ \t]*[\"']?([A-Za-z0-9_.-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """A plan as it was written.

    Parameters
    ----------
    file
        Name of plan.yaml or of the sheet `plan`.
    tree
        What it says; None when it is absent or unreadable.
    sheets
        Every table of the contract by name; absent ones are empty.
    files
        Bytes of each file that counts for the input hash.
    """

    file: str
    tree: Branch | None
    sheets: Mapping[str, Sheet]
    files: Mapping[str, bytes]


def read_folder(folder: Path, faults: FaultCollector) -> Source:
    """Read a folder with plan.yaml and the tables as csv or Parquet; faults of form go to `faults`."""
    present = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    files = {name: (folder / name).read_bytes() for name in sorted(FILES) if name in present}
    source = source_of_files(files, faults)
    refuse_misspelled_files(present, set(files), faults)
    return source


def source_of_files(files: Mapping[str, bytes], faults: FaultCollector) -> Source:
    """Read the files of a plan folder, all of them of names in `FILES`; faults of form go to `faults`."""
    tree = _read_plan_file(files.get(PLAN_FILE), faults)
    encoding = declared_encoding(tree)
    sheets = {table.name: _read_table(table, files, encoding, faults) for table in TABLES}
    return Source(PLAN_FILE, tree, sheets, files)


def _read_table(table: Table, files: Mapping[str, bytes], encoding: str, faults: FaultCollector) -> Sheet:
    """Read a table from its csv or its Parquet file; both at once are a fault."""
    if table.file in files and table.parquet_file in files:
        faults.add(
            table.parquet_file,
            0,
            "",
            "",
            code="two-files",
            message=worded("fault.file.twice", one=table.file, other=table.parquet_file),
            hint=worded("fault.file.twice.hint"),
        )
    if table.file in files:
        return read_csv_sheet(files[table.file], table, encoding, faults)
    if table.parquet_file in files:
        # loaded only for plans that hold Parquet
        parquet_source = import_module("allocator.plan.parquet_source")
        sheet: Sheet = parquet_source.read_parquet_sheet(
            files[table.parquet_file], table, table.parquet_file, faults
        )
        return sheet
    return absent_sheet(table, table.file, faults)


def input_hash(files: Mapping[str, bytes], overrides: Sequence[str]) -> str:
    """sha256 over name, NUL, byte length, NUL, bytes of each file by name, then each override and NUL.

    Returns
    -------
    Hexadecimal digest, as docs/contract.md section 3 defines it.
    """
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    for override in overrides:
        digest.update(override.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def absent_sheet(table: Table, file: str, faults: FaultCollector) -> Sheet:
    """Return an empty sheet; for a table that no plan can do without that is a fault."""
    if table.name not in REQUIRED_TABLES:
        return empty_sheet(table, file, is_present=False)
    faults.add(
        file,
        0,
        "",
        "",
        code="missing-file",
        message=worded("fault.file.missing", file=file),
        hint=worded("fault.file.missing.hint", names=", ".join(table.required_names)),
    )
    return empty_sheet(table, file, is_present=False, is_complete=False)


def near_table(name: str, absent: Iterable[str]) -> str | None:
    """Return the absent table that a file or sheet name probably means."""
    found = get_close_matches(name.strip().casefold(), list(absent), n=1, cutoff=0.75)
    return found[0] if found else None


def _read_plan_file(raw: bytes | None, faults: FaultCollector) -> Branch | None:
    if raw is None:
        faults.add(
            PLAN_FILE,
            0,
            "",
            "",
            code="missing-file",
            message=worded("fault.settings.missing"),
            hint=worded("fault.settings.missing.hint"),
        )
        return None
    declared = _ENCODING_LINE.search(raw)
    try:
        text = decode(raw, declared[1].decode("ascii") if declared else "utf-8")
    except UnreadableText as fault:
        faults.add(PLAN_FILE, 0, "", fault.value, code=fault.code, message=fault.message, hint=fault.hint)
        return None
    if not text.strip():
        faults.add(
            PLAN_FILE,
            0,
            "",
            "",
            code="empty-file",
            message=worded("fault.settings.empty"),
            hint=worded("fault.settings.empty.hint", names=", ".join(TOP_KEYS)),
        )
        return None
    return read_yaml(text, PLAN_FILE, faults)


def declared_encoding(tree: Branch | None) -> str:
    """Return the encoding that plan.yaml names, UTF-8 by default."""
    node = tree.at(("encoding",)) if tree else None
    return node.text if isinstance(node, Scalar) and node.text else "utf-8"


def refuse_misspelled_files(present: Sequence[str], read: set[str], faults: FaultCollector) -> None:
    """Files whose name is nearly that of a table which the folder lacks are faults; others are ignored."""
    tables = {table.name: table for table in TABLES if not {table.file, table.parquet_file} & read}
    for name in present:
        stem, _, ending = name.casefold().partition(".")
        if name in read or stem in TRACKING_TABLES:
            continue
        meant = None
        if f".{ending}".endswith(TABLE_ENDINGS):
            near = near_table(stem, tables)
            if near:
                meant = tables[near].parquet_file if ending == "parquet" else tables[near].file
        elif PLAN_FILE not in read and ending in ("yaml", "yml") and near_table(stem, ["plan"]):
            meant = PLAN_FILE
        if meant:
            faults.add(
                name,
                0,
                "",
                name,
                code="misspelled-file",
                message=worded("fault.file.misspelled", name=name),
                hint=worded("fault.file.misspelled.hint", meant=meant),
            )
