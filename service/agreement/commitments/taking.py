"""commitments.csv of the next revision: what was collected, and the past as it stands."""

import csv
import io
from collections.abc import Mapping, Sequence, Set

import yaml

from allocator.plan.encoding import decode, is_utf8
from service.db.models import Commitment

FILE = "commitments.csv"
COLUMNS = ("node_id", "product_id", "measure", "amount", "confidence", "period", "actual")


def rewritten(files: Mapping[str, bytes], collected: Sequence[Commitment], spoke: Set[str]) -> bytes:
    """Return the table for the next revision.

    Parameters
    ----------
    files
        Those of the revision before.
    spoke
        Nodes that said anything: their earlier rows for this plan go, those of others stay.
    """
    settings = yaml.safe_load(decode(files["plan.yaml"]))
    declared = str(settings.get("encoding", "utf-8"))
    reader = csv.DictReader(io.StringIO(decode(files.get(FILE, b""), declared)))
    columns = list(reader.fieldnames or COLUMNS)
    columns += [name for name in COLUMNS if name not in columns]
    rows: list[Mapping[str, str]] = [row for row in reader if _stays(row, spoke)]
    rows += [_row(one) for one in collected]
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    # the mark of UTF-8 wins over another encoding that plan.yaml declares
    return written.getvalue().encode("utf-8" if is_utf8(declared) else "utf-8-sig")


def _stays(row: Mapping[str, str], spoke: Set[str]) -> bool:
    is_past = bool((row.get("actual") or "").strip())
    return is_past or (row.get("node_id") or "").strip() not in spoke


def _row(one: Commitment) -> Mapping[str, str]:
    return {
        "node_id": one.node_id,
        "product_id": one.product_id,
        "measure": one.measure,
        "amount": one.amount,
        "confidence": one.confidence,
    }
