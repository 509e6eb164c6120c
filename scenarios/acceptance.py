"""Acceptance: rules that key figures of a scenario must meet, alone or against a baseline."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allocator.plan.faults import FaultCollector, NearMatches
from allocator.texts import text, worded
from scenarios.files.values import number
from scenarios.kpis import KPIS

SLACK = 1e-9
"""What is off by less than this (relative to the limit, at least absolutely) is noise of a solver."""
FORM = re.compile(
    r"\s*([a-z_0-9]+)\s*(<=|>=)\s*(?:(baseline)\s*(?:([+-])\s*([0-9.]+%?))?|([+-]?[0-9.]+%?))\s*"
    r"(?:(?:for|in)\s+(.+?))?\s*"
)
EXAMPLES = "gini <= baseline, rep_growth_max <= 25%, company_probability >= 0.7, total >= baseline - 2%"


@dataclass(frozen=True)
class Acceptance:
    """One rule: key figure, `<=` or `>=`, a number or the baseline's figure with an allowance.

    Parameters
    ----------
    limit
        The number itself, or the allowance added to the baseline's figure.
    is_share
        The allowance is a share of the baseline's figure (`baseline + 5%`).
    measure
        None = every measure for which the figure is defined.
    """

    text: str
    kpi: str
    is_upper: bool
    limit: float
    against_baseline: bool = False
    is_share: bool = False
    measure: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What became of one rule in one measure; None where the figure is not defined, which is not a pass."""

    rule: Acceptance
    measure: str
    value: float | None
    limit: float | None
    passed: bool

    def sentence(self, lang: str) -> str:
        """Return the verdict in words."""
        key = "acceptance.passed" if self.passed else "acceptance.failed"
        if self.value is None or self.limit is None:
            key = "acceptance.undefined"
        return text(
            key,
            lang,
            measure=self.measure,
            kpi=text(f"kpi.{self.rule.kpi}", lang),
            value="-" if self.value is None else f"{self.value:,.6g}",
            sign="<=" if self.rule.is_upper else ">=",
            limit="-" if self.limit is None else f"{self.limit:,.6g}",
        )


def read_acceptance(written: object, file: str, faults: FaultCollector) -> tuple[Acceptance, ...]:
    """Read rules such as `gini <= baseline` or `company_probability >= 0.7 for revenue`."""
    if written is None:
        return ()
    listed = written if isinstance(written, list) else [written]
    found = []
    for k, one in enumerate(listed, start=1):
        column = f"acceptance.{k}"
        match = FORM.fullmatch(one) if isinstance(one, str) else None
        if match is None:
            message = worded("fault.acceptance.form", rule=one)
            hint: str = worded("fault.acceptance.form.hint", examples=EXAMPLES)
            faults.add(file, 0, column, one, code="bad-acceptance", message=message, hint=hint)
        elif match[1] not in KPIS:
            otherwise = worded("fault.acceptance.kpi.hint", names=", ".join(KPIS))
            hint = NearMatches(KPIS, otherwise)(match[1])
            message = worded("fault.acceptance.kpi", name=match[1])
            faults.add(file, 0, column, match[1], code="unknown-kpi", message=message, hint=hint)
        else:
            found.append(_rule(one, match))
    return tuple(found)


def _rule(written: str, match: re.Match[str]) -> Acceptance:
    allowance = f"{match[4]}{match[5]}" if match[5] else "0"
    limit = float(number(allowance if match[3] else match[6]))
    is_share = bool(match[5] and match[5].endswith("%"))
    return Acceptance(written.strip(), match[1], match[2] == "<=", limit, bool(match[3]), is_share, match[7])


def judge(
    rules: Sequence[Acceptance],
    kpis: Mapping[str, Mapping[str, float | None]],
    baseline: Mapping[str, Mapping[str, float | None]],
) -> tuple[Verdict, ...]:
    """Judge a scenario.

    Parameters
    ----------
    kpis, baseline
        Measure -> key figure -> number.

    Returns
    -------
    One verdict per rule and measure it speaks of. A rule without a measure speaks of every measure whose
    figure is defined here or in the baseline; if there is none, it fails.
    """
    verdicts: list[Verdict] = []
    for rule in rules:
        measures = (
            [rule.measure]
            if rule.measure
            else [
                name
                for name in kpis
                if kpis[name].get(rule.kpi) is not None or baseline.get(name, {}).get(rule.kpi) is not None
            ]
        )
        if not measures:
            verdicts.append(Verdict(rule, "-", None, None, False))
        verdicts += [_verdict(rule, name, kpis.get(name, {}), baseline.get(name, {})) for name in measures]
    return tuple(verdicts)


def _verdict(
    rule: Acceptance, measure: str, kpis: Mapping[str, float | None], baseline: Mapping[str, float | None]
) -> Verdict:
    value, limit = kpis.get(rule.kpi), rule.limit
    if rule.against_baseline:
        base = baseline.get(rule.kpi)
        if base is None:
            return Verdict(rule, measure, value, None, False)
        limit = base + (rule.limit * abs(base) if rule.is_share else rule.limit)
    if value is None:
        return Verdict(rule, measure, None, limit, False)
    slack = SLACK * max(1.0, abs(limit))
    passed = value <= limit + slack if rule.is_upper else value >= limit - slack
    return Verdict(rule, measure, value, limit, passed)
