"""Every sentence the product says, in English and Chinese."""

from collections.abc import Mapping

from allocator.text_catalogue import (
    agreement,
    attainment,
    backtest,
    changes,
    cli,
    comparison,
    diagnosis,
    explanation,
    fairness,
    limits,
    matrix,
    replan,
    report,
    review,
    rules,
    scenarios,
    service,
    subtree,
    summary,
)

CATALOGUE: Mapping[str, Mapping[str, str]] = {
    **agreement.TEXTS,
    **attainment.TEXTS,
    **backtest.TEXTS,
    **changes.TEXTS,
    **cli.TEXTS,
    **comparison.TEXTS,
    **diagnosis.TEXTS,
    **explanation.TEXTS,
    **fairness.TEXTS,
    **limits.TEXTS,
    **replan.TEXTS,
    **report.TEXTS,
    **review.TEXTS,
    **rules.TEXTS,
    **scenarios.TEXTS,
    **service.TEXTS,
    **subtree.TEXTS,
    **summary.TEXTS,
    **matrix.TEXTS,
}


def text(key: str, lang: str, **values: object) -> str:
    """Return the sentence `key` in `en` or `zh` with the values put in.

    Raises
    ------
    KeyError
        If there is no such sentence.
    """
    return CATALOGUE[key][lang].format(**values)
