"""Warnings as people read them: by code, the first ones in full, accepted ones with their reason."""

from collections.abc import Sequence
from itertools import groupby

from allocator.plan.warning import PlanWarning, open_ones
from allocator.texts import text
from allocator.wording import in_language

SHOWN_PER_CODE = 3


def warning_lines(found: Sequence[PlanWarning], lang: str) -> list[str]:
    """Return the lines that a command prints; one line where there is nothing to warn of."""
    return [*open_lines(found, lang), *accepted_lines(found, lang)] or [text("warning.none", lang)]


def open_lines(found: Sequence[PlanWarning], lang: str) -> list[str]:
    """Return a head and the warnings that nobody has accepted, the first of each code."""
    pending = open_ones(found)
    if not pending:
        return []
    lines = [text("warning.head", lang, count=len(pending))]
    for code, group in groupby(pending, key=lambda one: one.code):
        of_code = list(group)
        lines += [f"  {one.sentence(lang)}" for one in of_code[:SHOWN_PER_CODE]]
        if len(of_code) > SHOWN_PER_CODE:
            more = text("warning.more", lang, count=len(of_code) - SHOWN_PER_CODE, code=code)
            lines.append(f"  {more}")
    return lines


def accepted_lines(found: Sequence[PlanWarning], lang: str) -> list[str]:
    """Return a head and one line per accepted warning, the first of each code, with the reason."""
    accepted = [one for one in found if one.accepted]
    if not accepted:
        return []
    lines = [text("warning.accepted_head", lang, count=len(accepted))]
    for _, group in groupby(accepted, key=lambda one: one.code):
        for one in list(group)[:SHOWN_PER_CODE]:
            words = in_language(one.message, lang)
            lines.append(
                f"  {text('warning.accepted', lang, code=one.code, message=words, reason=one.accepted)}"
            )
    return lines
