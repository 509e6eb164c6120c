"""What is improbable in a plan: it stops nothing, and says what it does to the numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from allocator.errors import Fault
from allocator.texts import text, worded
from allocator.wording import in_language

AFTER_THE_RUN = ("rule-binds-everywhere", "chance-below-limits")
"""Codes that only targets can give."""
CODES = (
    "incomplete-base-year",
    "month-far-from-neighbours",
    "row-far-from-neighbours",
    "unit-switch",
    "growth-improbable",
    "total-in-another-unit",
    "percent-as-whole-number",
    "rule-cannot-bind",
    "band-contradicts-growth",
    "rep-without-history",
    "rep-without-actuals",
    "rep-with-negative-sales",
    "margin-out-of-range",
    "implied-margin",
    "employee-id-of-several",
    "employee-id-rounded",
    "several-seats",
    "level-skipped",
    "name-twice",
    "currency-differs",
    "hidden-sheet",
    "hidden-rows",
    *AFTER_THE_RUN,
)
"""Every code in the order in which warnings are listed (docs/warnings.md)."""
LISTED_PER_CODE = 50


@dataclass(frozen=True, order=True)
class PlanWarning(Fault):
    """One thing that is improbable: where it is, what it is, what it does to the numbers, what to do.

    Parameters
    ----------
    node_id
        Node of the org that is meant; empty where it is none in particular.
    effect
        One sentence: what becomes of the numbers if nothing is done.
    accepted
        Reason that plan.yaml gives for accepting warnings of this code; empty while nobody has.
    """

    node_id: str = ""
    effect: str = ""
    accepted: str = ""

    def sentence(self, lang: str = "en") -> str:
        """Return `file:row column (node): message. effect -> hint` on one line."""
        place = self.file + (f":{self.row}" if self.row else "") + (f" {self.column}" if self.column else "")
        parts = {name: in_language(getattr(self, name), lang) for name in ("message", "effect", "hint")}
        return text("warning.sentence", lang, place=place, code=self.code, **parts).strip()

    def as_fault(self) -> Fault:
        """Return what `--strict` makes of it."""
        return Fault(self.file, self.row, self.column, self.value, self.code, self.message, self.hint)


def warning(
    code: str,
    place: tuple[str, int],
    column: str = "",
    value: object = "",
    /,
    *,
    node_id: str = "",
    kind: str = "",
    **values: object,
) -> PlanWarning:
    """Return a warning in the words of its code; `kind` picks one of several sentences of a code."""
    key = f"warning.{code}" + (f".{kind}" if kind else "")
    return PlanWarning(
        *place,
        column,
        str(value)[:200],
        code,
        worded(key, **values),
        worded(f"warning.{code}.hint", **values),
        node_id=node_id,
        effect=worded(f"warning.{code}.effect", **values),
    )


def in_order(found: Sequence[PlanWarning], accepted: Mapping[str, str]) -> tuple[PlanWarning, ...]:
    """Return warnings by code, file and row, long groups cut short, with the reasons given.

    Parameters
    ----------
    accepted
        Code -> reason, as plan.yaml gives them.
    """
    listed: list[PlanWarning] = []
    for code in CODES:
        group = [replace(one, accepted=accepted.get(code, "")) for one in found if one.code == code]
        group.sort(key=lambda one: (one.file, one.row))
        listed += group[:LISTED_PER_CODE]
        if len(group) > LISTED_PER_CODE:
            more = worded("warning.more_of_the_same", count=len(group) - LISTED_PER_CODE)
            listed.append(replace(group[LISTED_PER_CODE], row=0, value="", node_id="", message=more))
    return tuple(listed)


def open_ones(found: Sequence[PlanWarning]) -> list[PlanWarning]:
    """Return the warnings that nobody has accepted."""
    return [one for one in found if not one.accepted]
