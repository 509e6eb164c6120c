"""What can go wrong, in the user's words; every class knows the exit code of the command."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from allocator.wording import Wording, in_language


class AllocatorError(Exception):
    """Base of all errors that a user can be told about."""

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with the input: where it is, what it is, what to do.

    Parameters
    ----------
    file
        Table file or sheet, e.g. ``rules.csv``.
    row
        Line number as a spreadsheet shows it (the header is 1); 0 when the whole file is meant.
    column
        Column, or the path inside ``plan.yaml``; empty when the whole row is meant.
    value
        The offending text as written.
    code
        Stable short name of the kind of fault, e.g. ``unknown-node``.
    message, hint
        One sentence each: what is wrong, what to do; wordings where both languages are known.
    """

    file: str
    row: int
    column: str
    value: str
    code: str
    message: str
    hint: str

    def sentence(self, lang: str = "en") -> str:
        """Return `file:row column: message -> hint` on one line."""
        place = self.file + (f":{self.row}" if self.row else "") + (f" {self.column}" if self.column else "")
        return f"{place}: {in_language(self.message, lang)} -> {in_language(self.hint, lang)}"

    def worded(self) -> Wording:
        """Return the sentence in both languages."""
        return Wording(self.sentence("en"), self.sentence("zh"))

    def as_dict(self, lang: str = "en") -> dict[str, Any]:
        """Return the fault as plain JSON types."""
        return {name: in_language(value, lang) for name, value in vars(self).items()}


class InputFaults(AllocatorError):
    """The plan cannot be used as it stands; `faults` lists everything found, in file order."""

    exit_code = 2

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.sentence() for fault in self.faults))


class InfeasiblePlan(AllocatorError):
    """No targets can satisfy all hard rules at once; `diagnosis` says which and by how much."""

    exit_code = 3

    def __init__(self, diagnosis: dict[str, Any]) -> None:
        self.diagnosis = diagnosis
        super().__init__(str(diagnosis.get("summary", "the plan is infeasible")))


class RunStopped(AllocatorError):
    """The run ended before its answer was proved optimal (time limit or stop)."""

    exit_code = 4


class EngineFailure(AllocatorError):
    """An engine ended in a way that proves nothing; its own words are kept in the message."""
