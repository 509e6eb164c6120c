"""What the chances of a sweep's runs rest on."""

from collections.abc import Sequence

from allocator.attainment.basis import basis_lines
from allocator.report.markup import Markup, join
from allocator.report.part import note
from allocator.texts import text
from scenarios.acceptance import Acceptance
from scenarios.curves.sections import run_name
from scenarios.kpis import CHANCES
from scenarios.runs.outcome import Outcome


def chance_lines(outcomes: Sequence[Outcome], lang: str, measure: str | None = None) -> list[str]:
    """Say it once where the runs (of one measure, or of all) rest on the same, else by run and measure."""
    measures = dict.fromkeys(name for one in outcomes for name in one.figures["measures"])
    said = {
        name: basis_lines(
            {
                run_name(one.run.name, lang): one.figures["measures"][name]["chance_basis"]
                for one in outcomes
                if name in one.figures["measures"]
            },
            lang,
        )
        for name in measures
        if measure in (None, name)
    }
    if len({tuple(lines) for lines in said.values()}) <= 1:
        return next(iter(said.values()), [])
    return [text("basis.of", lang, names=name, said=line) for name, lines in said.items() for line in lines]


def chance_note(outcomes: Sequence[Outcome], lang: str, measure: str | None = None) -> Markup:
    """Return the same as small print under a table or drawings."""
    return join([note(line) for line in chance_lines(outcomes, lang, measure)])


def is_about_chances(rules: Sequence[Acceptance]) -> bool:
    """Whether some rule asks for a chance."""
    return any(rule.kpi in CHANCES for rule in rules)
