"""Every sentence the product says, in English and Chinese."""

from collections.abc import Mapping
from functools import cache

from allocator.text_catalogue import (
    agreement,
    attainment,
    backtest,
    basis,
    changes,
    cli,
    comparison,
    diagnosis,
    explanation,
    fairness,
    faults_changes,
    faults_plan,
    faults_rows,
    faults_rules,
    faults_runs,
    faults_scenarios,
    faults_service,
    faults_settings,
    limits,
    matrix,
    presence,
    replan,
    report,
    review,
    rules,
    scenarios,
    service,
    subtree,
    summary,
    warnings,
)
from allocator.wording import Wording, in_language

CATALOGUE: Mapping[str, Mapping[str, str]] = {
    **agreement.TEXTS,
    **attainment.TEXTS,
    **backtest.TEXTS,
    **basis.TEXTS,
    **changes.TEXTS,
    **cli.TEXTS,
    **comparison.TEXTS,
    **diagnosis.TEXTS,
    **explanation.TEXTS,
    **fairness.TEXTS,
    **faults_changes.TEXTS,
    **faults_plan.TEXTS,
    **faults_rules.TEXTS,
    **faults_rows.TEXTS,
    **faults_runs.TEXTS,
    **faults_scenarios.TEXTS,
    **faults_settings.TEXTS,
    **faults_service.TEXTS,
    **limits.TEXTS,
    **presence.TEXTS,
    **replan.TEXTS,
    **report.TEXTS,
    **review.TEXTS,
    **rules.TEXTS,
    **scenarios.TEXTS,
    **service.TEXTS,
    **subtree.TEXTS,
    **summary.TEXTS,
    **warnings.TEXTS,
    **matrix.TEXTS,
}


def text(key: str, lang: str, /, **values: object) -> str:
    """Return the sentence `key` in `en` or `zh` with the values put in; wordings in the same language.

    Raises
    ------
    KeyError
        If there is no such sentence.
    """
    return CATALOGUE[key][lang].format(**{name: in_language(value, lang) for name, value in values.items()})


def worded(key: str, /, **values: object) -> Wording:
    """Return the sentence `key` in both languages (see `text`)."""
    return _filled(key, **values) if values else _plain(key)


@cache
def _plain(key: str) -> Wording:
    """Sentences without values are made once: reading a plan asks for many that nobody will hear."""
    return _filled(key)


def _filled(key: str, /, **values: object) -> Wording:
    return Wording(text(key, "en", **values), text(key, "zh", **values))
