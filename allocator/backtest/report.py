"""The back-test as lines for people."""

from typing import Any

from allocator.backtest.backtest import METHOD, Backtest
from allocator.texts import text


def backtest_lines(found: Backtest, lang: str) -> list[str]:
    """Return a table of all rules, one line per period, and the bias of the method."""
    document = found.as_dict()
    overall = document["overall"]
    count = overall[METHOD]["n"] if overall[METHOD] else 0
    lines = [
        text(
            "backtest.title",
            lang,
            plan=found.plan,
            measure=found.measure,
            n=count,
            periods=len(found.periods),
        ),
        text("backtest.head", lang),
    ]
    rows = {METHOD: overall[METHOD], **overall["naive"]}
    lines += [_row(text(f"backtest.{name}", lang), scored, lang) for name, scored in rows.items()]
    lines += ["", text("backtest.by_period", lang)]
    lines += [
        f"{period['period']}  n={period['n']:<4d} "
        + "  ".join(f"{_number(one and one['wape'])}" for one in (period[METHOD], *period["naive"].values()))
        for period in document["periods"]
    ]
    return [*lines, "", *_bias(overall[METHOD], lang)]


def _row(name: str, scored: dict[str, Any] | None, lang: str) -> str:
    if scored is None:
        return text("backtest.row_empty", lang, name=name)
    return text(
        "backtest.row",
        lang,
        wape=_number(scored["wape"]),
        gini=_number(scored["gini"]),
        goal=_number(scored["share_at_goal"]),
        n=f"{scored['n']:>5d}",
        name=name,
    )


def _bias(scored: dict[str, Any] | None, lang: str) -> list[str]:
    """Say whom the method favoured."""
    if scored is None:
        return []
    bias = scored["bias"]
    lines = [
        text(
            "backtest.bias",
            lang,
            **{name: _number(bias[name]).strip() for name in ("size", "volume_change", "growth")},
        )
    ]
    if bias["median_by_size"] is not None:
        medians = {name: _number(value).strip() for name, value in bias["median_by_size"].items()}
        lines.append(text("backtest.medians", lang, **medians))
    return lines


def _number(value: float | None) -> str:
    return "    -" if value is None else f"{value:5.3f}"
