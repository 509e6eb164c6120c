"""The closed list of kinds, and reading a change from plain values."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeAlias, get_args

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from allocator.plan.faults import FaultCollector, NearMatches
from allocator.texts import worded
from scenarios.changes.chance import Attrition, ScatterCommitments
from scenarios.changes.change import Change
from scenarios.changes.people import Hire, Leave, Move, SetHeadCount
from scenarios.changes.policy import SetBlend, SetKey, SetOverAssignment, SetSeasonality
from scenarios.changes.promises import DropCommitment, DropPin, ScaleCommitments, SetCommitment, SetPin
from scenarios.changes.rules import AddRule, DropRule, RelaxRule, SetCapacity, SetFairnessBand, SetRule
from scenarios.changes.structure import AddProduct, DropProduct, MergeRegions, SplitRegion
from scenarios.changes.totals import DropTotal, ScaleTotal, SetTotal
from scenarios.library_words import said_of_value

AnyChange: TypeAlias = Annotated[
    SetTotal
    | ScaleTotal
    | DropTotal
    | AddRule
    | SetRule
    | RelaxRule
    | DropRule
    | SetCapacity
    | SetFairnessBand
    | SetHeadCount
    | Hire
    | Leave
    | Move
    | MergeRegions
    | SplitRegion
    | AddProduct
    | DropProduct
    | SetBlend
    | SetOverAssignment
    | SetSeasonality
    | SetPin
    | DropPin
    | SetCommitment
    | ScaleCommitments
    | DropCommitment
    | ScatterCommitments
    | Attrition
    | SetKey,
    Field(discriminator="kind"),
]
ADAPTER: TypeAdapter[Change] = TypeAdapter(AnyChange)
KINDS: dict[str, type[Change]] = {
    str(one.model_fields["kind"].default): one for one in get_args(get_args(AnyChange)[0])
}


EXAMPLE = "{kind: scale_total, measure: revenue, factor: 1.1}"


def read_changes(written: Sequence[object], file: str, faults: FaultCollector) -> tuple[Change, ...]:
    """Return the changes of a list of plain values (from YAML or JSON).

    Whatever is wrong goes to `faults`: file, position of the change (from 1) as row, field as column.
    """
    found = []
    for position, one in enumerate(written, start=1):
        change = read_change(one, file, position, faults)
        if change is not None:
            found.append(change)
    return tuple(found)


def read_change(written: object, file: str, position: int, faults: FaultCollector) -> Change | None:
    """Return one change, or None where it cannot be read."""
    if not isinstance(written, Mapping):
        faults.add(
            file,
            position,
            "",
            written,
            code="not-a-change",
            message=worded("fault.change.form"),
            hint=worded("fault.change.form.hint", example=EXAMPLE),
        )
        return None
    kind = written.get("kind")
    if kind not in KINDS:
        known = NearMatches(KINDS, worded("fault.change.kinds", names=", ".join(KINDS)))
        message = worded("fault.change.unknown_kind", kind=kind) if kind else worded("fault.change.no_kind")
        code = "unknown-kind" if kind else "missing-kind"
        faults.add(file, position, "kind", kind, code=code, message=message, hint=known(str(kind or "")))
        return None
    try:
        return ADAPTER.validate_python(dict(written))
    except ValidationError as error:
        for detail in error.errors():
            _tell(detail, str(kind), file, position, faults)
    return None


def _tell(detail: ErrorDetails, kind: str, file: str, position: int, faults: FaultCollector) -> None:
    """Tell one finding in the user's words."""
    path = [str(part) for part in detail["loc"][1:]]
    column = ".".join(path)
    fields = [name for name in KINDS[kind].model_fields if name != "kind"]
    value: Any = "" if isinstance(detail["input"], Mapping) else detail["input"]
    listed = worded("fault.change.fields", kind=kind, names=", ".join(fields))
    if detail["type"] == "extra_forbidden":
        hint: str = NearMatches(fields, listed)(path[-1])
        message, code = worded("fault.change.unknown_field", kind=kind, field=column), "unknown-field"
    elif detail["type"] == "missing":
        message, code = worded("fault.change.needs_field", kind=kind, field=column), "missing-field"
        hint = listed
    else:
        found = said_of_value(detail)
        code, hint = "bad-value", worded("fault.change.correct_field", field=column) if column else listed
        key = "fault.change.field" if column else "fault.change.named"
        message = worded(key, kind=kind, field=column, message=found)
    faults.add(file, position, column, value, code=code, message=message, hint=hint)
