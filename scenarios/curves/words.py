"""A sweep for the terminal."""

from collections.abc import Iterator
from pathlib import Path

from allocator.plan.plan import Plan
from allocator.results.columns_of_text import decimals
from allocator.texts import text
from scenarios.curves.chances import chance_lines, is_about_chances
from scenarios.curves.findings import Findings
from scenarios.curves.folder import judged
from scenarios.curves.limits import PlanLimits
from scenarios.files.sweep_file import SweepFile

SHOWN = 20
SHOWN_PLANS = 5
SHOWN_NODES = 8


def sweep_text(plan: Plan, sweep: SweepFile, findings: Findings, out: Path, lang: str) -> str:
    """Return what became of the runs, how far targets can go, and what is not accepted."""
    outcomes = findings.outcomes
    status = [one.figures["status"] for one in outcomes]
    counts = {name: status.count(name) for name in ("done", "infeasible")}
    counts["failed"] = len(status) - sum(counts.values())
    lines = [text("sweep.summary", lang, name=sweep.name, count=len(status), out=out, **counts)]
    for one in [one for one in outcomes if one.figures["status"] != "done"][:SHOWN]:
        words = text(f"sweep.status.{one.figures['status']}", lang)
        lines.append(
            text("sweep.not_done", lang, run=one.run.name, status=words, reason=one.figures["reason"])
        )
    lines += _limit_lines(plan, findings, lang)
    lines += _breakpoint_lines(findings, lang)
    return "\n".join([*lines, *_acceptance_lines(sweep, findings, lang)])


def _limit_lines(plan: Plan, findings: Findings, lang: str) -> Iterator[str]:
    """The largest feasible targets of the plan itself and the first scenarios."""
    plans = [one for one in findings.limits.plans if not one.axis]
    for one in plans[:SHOWN_PLANS]:
        yield from _largest(one, plan, lang)
    more = len(plans) - SHOWN_PLANS
    if more > 0:
        yield text("sweep.more", lang, count=more, file="limits")
    if findings.limits.left_out:
        yield text("sweep.limits_left_out", lang, count=findings.limits.left_out)


def _largest(one: PlanLimits, plan: Plan, lang: str) -> Iterator[str]:
    name = text("sweep.base", lang) if one.scenario == "base" else one.scenario
    if one.found["status"] != "done":
        yield text("sweep.no_limits", lang, name=name, reason=one.found["reason"])
        return
    for measure, found in one.found["measures"].items():
        if found["status"] != "done":
            yield text("sweep.no_limits", lang, name=f"{name}, {measure}", reason=found["reason"])
            continue
        spec = plan.spec.measures.get(measure)
        places, unit = (0, "") if spec is None else (decimals(spec.round_to), spec.unit)
        open_words = text("sweep.open", lang)
        key = "sweep.largest" if found["company"]["largest"] is not None else "sweep.unlimited"
        amounts = [
            open_words if limit["largest"] is None else f"{limit['largest']:,.{places}f}"
            for limit in (found["company"], *found["nodes"])
        ]
        stops = ", ".join(dict.fromkeys(stop["name"] for stop in found["company"]["stops_above"]))
        stopped = text("sweep.stopped", lang, stops=stops) if stops else ""
        yield text(key, lang, name=name, measure=measure, amount=amounts[0], unit=unit, stopped=stopped)
        names = [one.found["names"].get(limit["node_id"]) or limit["node_id"] for limit in found["nodes"]]
        shown = [f"{name} {amount}" for name, amount in zip(names, amounts[1:], strict=True)][:SHOWN_NODES]
        if shown:
            more = len(names) - SHOWN_NODES
            tail = text("limits.more", lang, count=more) if more > 0 else ""
            yield text("sweep.largest_nodes", lang, nodes=", ".join(shown) + tail)


def _breakpoint_lines(findings: Findings, lang: str) -> Iterator[str]:
    """How exactly breakpoints are known; nothing where there are none."""
    found = findings.breakpoints
    if not found.brackets:
        return
    count = sum(len(one.starts) + len(one.stops) for one in found.brackets)
    yield text("sweep.found_breakpoints", lang, count=count)
    if not found.most:
        yield "  " + text("sweep.steps", lang)
        return
    words = "sweep.capped" if found.is_capped else "sweep.narrowed"
    yield "  " + text(words, lang, runs=found.runs, most=found.most)


def _acceptance_lines(sweep: SweepFile, findings: Findings, lang: str) -> Iterator[str]:
    if not sweep.acceptance:
        return
    asked = judged(findings.outcomes)
    refused = [one for one in asked if not one.is_accepted]
    if not refused:
        yield text("sweep.accepted", lang, count=len(asked))
        return
    yield text("sweep.refused", lang, count=len(refused))
    for one in refused[:SHOWN]:
        failed = [verdict.sentence(lang) for verdict in one.verdicts if not verdict.passed]
        yield f"  {one.run.name}: {'; '.join(failed) or one.figures['reason']}"
    if is_about_chances(sweep.acceptance):
        yield from chance_lines(refused[:SHOWN], lang)
