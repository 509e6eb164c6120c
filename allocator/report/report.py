"""report.html: the sections, in the order of the page, and the page around them."""

from collections.abc import Sequence
from pathlib import Path

from allocator.allocation import Allocation
from allocator.plan.plan import month_text
from allocator.report.markup import Content, Markup, element, join, raw
from allocator.report.part import Extras, Part, Section
from allocator.report.sections.backtest import backtest
from allocator.report.sections.fairness import fairness
from allocator.report.sections.history import ROWS_ON_PAGE, history, review_body
from allocator.report.sections.matrix import matrix
from allocator.report.sections.probabilities import probabilities
from allocator.report.sections.proof import proof, reading
from allocator.report.sections.rules import rules
from allocator.report.sections.summary import summary
from allocator.report.sections.waterfalls import waterfalls
from allocator.report.style import STYLE
from allocator.review.review import Review
from allocator.texts import text

SECTIONS: tuple[Section, ...] = (
    summary,
    matrix,
    waterfalls,
    rules,
    fairness,
    probabilities,
    history,
    backtest,
    proof,
    reading,
)
"""A new section is a function (allocation, extras, lang) -> Part or None, added here."""
LANGUAGES = {"en": "en", "zh": "zh-CN"}
DIGEST_SHOWN = 12


def write_report(allocation: Allocation, path: Path, lang: str, extras: Extras | None = None) -> None:
    """Write the report of a run as one self-contained page.

    The same allocation gives the same bytes: there is no date, no time and nothing random in it.

    Parameters
    ----------
    extras
        `result_hash`; `fairness` and `attainment` (fairness.json, attainment.json); `backtest` (the document
        of `allocator backtest --json`) where it was run. Each may be absent.
    """
    extras = extras or {}
    parts = [part for section in SECTIONS if (part := section(allocation, extras, lang)) is not None]
    spec, labels = allocation.plan.spec, allocation.labels
    months = allocation.plan.month_numbers
    facts = text(
        "report.facts",
        lang,
        plan=spec.plan,
        first=month_text(months[0]),
        last=month_text(months[-1]),
        currency=spec.currency or "–",
        nodes=f"{len(labels.node_id):,}",
        reps=f"{labels.grid.n_rep:,}",
        products=f"{labels.grid.n_product:,}",
        rules=f"{len(allocation.plan.rules):,}",
    )
    digest = str(extras.get("result_hash", ""))[:DIGEST_SHOWN]
    footer = text("report.footer", lang, digest=digest)
    over = text("report.over", lang)
    path.write_text(
        page(spec.name or spec.plan, over, facts, parts, footer, lang), encoding="utf-8", newline="\n"
    )


def write_review(review: Review, path: Path, lang: str) -> None:
    """Write a history review alone as one self-contained page."""
    heading = text("review.heading", lang)
    part = Part("review", heading, review_body(review, lang, ROWS_ON_PAGE))
    title = review.name or review.plan
    words = page(title, heading, review.plan, [part], review.plan, lang)
    fresh = path.with_name(f".{path.name}.part")
    fresh.write_text(words, encoding="utf-8", newline="\n")
    fresh.replace(path)


def page(title: str, over: str, facts: str, parts: Sequence[Part], footer: str, lang: str) -> str:
    """Return a self-contained page: title, facts, parts with links to them, footer."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name_="viewport", content_="width=device-width, initial-scale=1"),
        element("title", f"{title} – {over}"),
        element("style", raw(STYLE)),
    )
    links = [element("a", part.title, href=f"#{part.key}") for part in parts]
    body: list[Content] = [
        element(
            "header",
            element("div", over, class_="over"),
            element("h1", title),
            element("p", facts, class_="facts"),
        ),
        element("nav", links) if len(parts) > 1 else None,
        [_section(part) for part in parts],
        element("footer", footer),
    ]
    html = element("html", head, "\n", element("body", body), lang=LANGUAGES[lang])
    return join(raw("<!DOCTYPE html>\n"), html, "\n")


def _section(part: Part) -> Markup:
    class_ = "page" if part.starts_page else None
    return join("\n", element("section", element("h2", part.title), part.body, id=part.key, class_=class_))
