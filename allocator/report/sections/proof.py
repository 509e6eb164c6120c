"""What ties the page to its input and result, and how to read it."""

from allocator.allocation import Allocation
from allocator.report.markup import Markup, element, join
from allocator.report.part import Extras, Part
from allocator.results.certificate import versions
from allocator.texts import text

READING = ("anchor", "target", "ratio", "binding", "price", "over", "files")


def proof(allocation: Allocation, extras: Extras, lang: str) -> Part:
    """Return status, engine, hashes and versions of the run."""
    plan = allocation.plan
    overrides = "; ".join(plan.overrides) or text("report.no_overrides", lang)
    words = ", ".join(f"{name} {number}" for name, number in versions().items())
    entries = [
        (text("matrix.status", lang), text(f"report.status_{allocation.status}", lang)),
        (text("matrix.engine", lang), allocation.engine),
        (text("matrix.input_hash", lang), _mono(plan.input_hash)),
        (text("matrix.result_hash", lang), _mono(str(extras.get("result_hash", "")))),
        (text("matrix.overrides", lang), overrides),
        (text("report.versions", lang), words),
    ]
    lead = element("p", text("report.proof_note", lang), class_="lead")
    return Part("proof", text("report.proof", lang), join(lead, _list(entries)))


def reading(allocation: Allocation, extras: Extras, lang: str) -> Part:
    """Return what the words of the page mean."""
    entries = [(text(f"report.read_{key}", lang), text(f"report.read_{key}_text", lang)) for key in READING]
    return Part("reading", text("report.reading", lang), _list(entries))


def _list(entries: list[tuple[str, str]]) -> Markup:
    return element("dl", [[element("dt", name), element("dd", words)] for name, words in entries])


def _mono(words: str) -> Markup:
    return element("span", words, class_="mono")
