"""The back-test, where one was run."""

from typing import Any

from allocator.allocation import Allocation
from allocator.report.amounts import percent, ratio
from allocator.report.markup import Markup, element, join
from allocator.report.part import Extras, Part, cells, heads, note, table
from allocator.texts import text


def backtest(allocation: Allocation, extras: Extras, lang: str) -> Part | None:
    """Return the scores of the method and of the naive rules; None where no back-test was run.

    `extras["backtest"]` is the document of `allocator backtest --json`; `extras["backtest_missing"]` says why
    one that was asked for could not be made.
    """
    title, document = text("report.backtest", lang), extras.get("backtest")
    if not document:
        reason = extras.get("backtest_missing")
        words = text("report.backtest_missing", lang, reason=reason)
        return Part("backtest", title, note(words)) if reason else None
    overall = document["overall"]
    count = overall["method"]["n"] if overall["method"] else 0
    words = text("report.backtest_note", lang, n=count, periods=len(document["periods"]))
    scored = {"method": overall["method"], **overall["naive"]}
    rows = [_row(name, one, lang) for name, one in scored.items()]
    keys = ("split_by", "wape", "gini", "at_goal")
    body = join(
        element("h3", str(document["measure"])),
        element("p", words, class_="lead"),
        table(heads(*(text(f"report.{key}", lang) for key in keys)), rows),
    )
    return Part("backtest", title, body)


def _row(name: str, scored: dict[str, Any] | None, lang: str) -> Markup:
    one = scored or {}
    numbers = [_number(one.get("wape")), _number(one.get("gini")), _share(one.get("share_at_goal"))]
    label = text(f"backtest.{name}", lang)
    return element("tr", cells(label, *numbers), class_="sum" if name == "method" else None)


def _number(value: float | None) -> str:
    return ratio(float("nan") if value is None else value, 3)


def _share(value: float | None) -> str:
    return percent(float("nan") if value is None else value)
