"""The tables of the performance page."""

from collections.abc import Iterable, Sequence

from benchmarks.peers.routes import OURS_PASSES, TEXTBOOK_LP
from benchmarks.record import (
    FINISHED,
    STOPPED,
    BenchmarkRecord,
    CommandResult,
    PeerResult,
    RunResult,
    WarmResult,
)
from benchmarks.whole_run import exponent

SAME_ANSWER = 1e-6
CONTEST_SIZE = 10_000
LP_ROUTES = (TEXTBOOK_LP, OURS_PASSES)
SOLVE_PHASES = ("solve",)
# What was asked for: cells -> seconds to solve, seconds and MB of the whole run.
WANTED = {10_000: (0.03, 1, 300), 100_000: (0.4, 5, 1_000), 1_000_000: (7, 60, 6_000)}

WANTED_CELLS, WANTED_RULES = 100_000, 1_009
# What was asked for at that size: command -> seconds.
WANTED_SECONDS = {
    "run": 6,
    "verify": 5,
    "whatif": 3,
    "compare": 5,
    "limits": 10,
    "explain --plan": 5,
    "run, impossible total": 10,
}


def machine_text(record: BenchmarkRecord) -> str:
    """Say where, when and with which versions."""
    machine = record.machine
    used = [machine.versions, *(result.versions for result in record.peers)]
    pairs = sorted({pair for versions in used for pair in versions.items() if pair[1] != "not installed"})
    listed = ", ".join(f"{name} {version}" for name, version in pairs)
    return (
        f"Measured on {machine.date}: {machine.processor}, {machine.cores} cores, "
        f"{machine.memory_gib:g} GiB,\n{machine.system}, Python {machine.python}; {listed}.\n"
        f"Whole runs and what-if: engine `{record.engine}`. Every contestant may take "
        f"{record.limit_seconds:g} s; the command took {record.minutes:g} minutes."
    )


def speed_table(record: BenchmarkRecord) -> str:
    """Compare ours with the LP routes at 10,000 cells, in the same run."""
    here = [r for r in record.peers if r.cells == CONTEST_SIZE]
    ours = next((r for r in here if r.formulation == "ours" and r.outcome == FINISHED), None)
    if ours is None:
        return "No engine of ours finished."
    rows = [
        (f"{r.label} ({r.formulation})", *_times_slower(r, ours, record.limit_seconds))
        for r in here
        if r is not ours
    ]
    title = f"Ours at {CONTEST_SIZE:,} cells: {ours.label}, {seconds_text(ours.total)} s.\n\n"
    table = _table(("contestant", "seconds", "times ours", "same answer"), rows)
    return f"{title}{table}\n\n{_asked_for(here, ours)}"


def _asked_for(here: Sequence[PeerResult], ours: PeerResult) -> str:
    """Set the times of PuLP -> CBC and of the best generic LP route beside what was asked for."""
    routes = [r for r in here if r.formulation in LP_ROUTES and r.outcome == FINISHED]
    cbc = [r for r in routes if r.route.startswith("pulp-cbc")]
    texts = [
        f"{name}: {best.total / ours.total:,.0f} times ours with {best.label} ({best.formulation}); "
        f"asked for: {wanted}"
        for name, group, wanted in (("PuLP -> CBC", cbc, 100), ("Best generic LP route", routes, 20))
        if group
        for best in [min(group, key=lambda result: result.total)]
    ]
    return ".\n".join([*texts, ""]).strip()


def _times_slower(result: PeerResult, ours: PeerResult, limit: float) -> tuple[str, str, str]:
    if result.outcome == STOPPED:
        return f"> {limit:g}", f"> {limit / ours.total:,.0f}", "-"
    if result.outcome != FINISHED:
        return result.outcome, "-", "-"
    return seconds_text(result.total), f"{result.total / ours.total:,.1f}", _same(result)


def _same(result: PeerResult) -> str:
    if result.check is None:
        return "no reference"
    return "yes" if result.check.largest <= SAME_ANSWER else f"to {result.check.largest:.0e}"


def peer_tables(record: BenchmarkRecord) -> str:
    """One table per size: seconds by phase, memory, distance of the answer."""
    head = (
        "contestant",
        "formulation",
        "build",
        "solve",
        "extract",
        "total",
        "CPU",
        "MB",
        "rms",
        "largest",
        "objective gap",
        "violation",
    )
    parts = []
    for cells in dict.fromkeys(result.cells for result in record.peers):
        rows = [_peer_row(result, len(head)) for result in record.peers if result.cells == cells]
        parts.append(f"### {cells:,} cells\n{_table(head, rows)}")
    return "\n\n".join(parts) or "Not measured."


def _peer_row(result: PeerResult, width: int) -> tuple[str, ...]:
    start = (result.label, result.formulation)
    if result.outcome != FINISHED:
        memory = f", {result.megabytes:.0f} MB by then" if result.outcome == STOPPED else ""
        return (*start, f"{result.outcome}: {result.note}{memory}", *[""] * (width - 3))
    phases = [seconds_text(result.seconds[phase]) for phase in ("build", "solve", "extract")]
    cpu = sum(result.cpu_seconds[phase] for phase in ("build", "solve", "extract"))
    check = result.check
    distances = ("", "", "", "") if check is None else (check.rms, check.largest, check.gap, check.violation)
    shown = [one if isinstance(one, str) else f"{one:.0e}" for one in distances]
    return (
        *start,
        *phases,
        seconds_text(result.total),
        seconds_text(cpu),
        f"{result.megabytes:,.0f}",
        *shown,
    )


def run_table(record: BenchmarkRecord) -> str:
    """Whole runs by phase, with what was asked for beside it."""
    runs = record.runs
    phases = list(dict.fromkeys(phase for run in runs for phase in run.phases))
    rows = [
        ("**whole process, s**", *[_whole(run) for run in runs]),
        ("asked for, s", *[_wanted(run, 1) for run in runs]),
        ("CPU, s", *[seconds_text(run.cpu_seconds) for run in runs]),
        ("**peak memory, MB**", *[f"{run.megabytes:,.0f}" for run in runs]),
        ("asked for, MB", *[_wanted(run, 2) for run in runs]),
        ("**solve (soft tiers, balance), s**", *[_solve_seconds(run) for run in runs]),
        ("asked for, s", *[_wanted(run, 0) for run in runs]),
    ]
    rows += [
        (phase, *[seconds_text(run.phases[phase]) if phase in run.phases else "-" for run in runs])
        for phase in phases
    ]
    return _table(("", *[run.name for run in runs]), rows) if runs else "Not measured."


def _whole(run: RunResult) -> str:
    return seconds_text(run.seconds) if run.outcome == FINISHED else f"not finished in {run.seconds:.0f}"


def _wanted(run: RunResult, which: int) -> str:
    wanted = WANTED.get(run.cells)
    return f"{wanted[which]:g}" if wanted else "-"


def _solve_seconds(run: RunResult) -> str:
    if run.outcome != FINISHED:
        return "-"
    return seconds_text(sum(run.phases.get(phase, 0.0) for phase in SOLVE_PHASES))


def growth_table(record: BenchmarkRecord) -> str:
    """Fitted exponents: seconds and memory ~ value^e."""
    rows = [
        (
            series.varied,
            series.fixed,
            ", ".join(f"{value:,}" for value in series.value),
            ", ".join(seconds_text(one) for one in series.seconds),
            _exponent(series.time_exponent),
            _exponent(exponent(series.value[-2:], series.seconds[-2:])),
            ", ".join(f"{one:,.0f}" for one in series.megabytes),
            _exponent(series.memory_exponent),
        )
        for series in record.growth
    ]
    head = ("varied", "fixed", "values", "seconds", "time e", "of the last step", "MB", "memory e")
    return _table(head, rows) if rows else "Not measured."


def _exponent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def command_tables(record: BenchmarkRecord) -> str:
    """One table per number of cells: seconds and peak memory of every command by lines of rules.csv."""
    parts = []
    for cells in dict.fromkeys(result.cells for result in record.commands):
        here = [result for result in record.commands if result.cells == cells]
        rules = sorted({result.rules for result in here})
        is_asked = cells == WANTED_CELLS and WANTED_RULES in rules
        rows = [
            (
                f"`{command}`",
                *[_command_text(here, command, lines) for lines in rules],
                *([f"{WANTED_SECONDS[command]} s" if command in WANTED_SECONDS else ""] if is_asked else []),
            )
            for command in dict.fromkeys(result.command for result in here)
        ]
        head = ("command", *[f"{lines:,} rule lines" for lines in rules])
        asked = (f"asked at {WANTED_RULES:,}",) if is_asked else ()
        parts.append(f"### {cells:,} cells, every command\n{_table((*head, *asked), rows)}")
    return "\n\n".join(parts) or "Not measured."


def _command_text(results: Sequence[CommandResult], command: str, rules: int) -> str:
    for result in results:
        if (result.command, result.rules) == (command, rules):
            if result.outcome == FINISHED:
                return f"{seconds_text(result.seconds)} s, {result.megabytes:,.0f} MB"
            return f"{result.outcome} ({seconds_text(result.seconds)} s)"
    return "-"


def warm_table(record: BenchmarkRecord) -> str:
    """Medians of re-solves after one change."""
    rows = [
        (
            f"{warm.cells:,}",
            f"{warm.engine}, {'warm' if warm.is_warm else 'fresh (this version keeps no state)'}",
            f"{warm.changes}",
            seconds_text(warm.cold_seconds),
            *[_median(warm, kind) for kind in ("total", "bound", "pin", "rule", "all")],
            seconds_text(warm.slowest_seconds),
            f"{warm.infeasible}",
            f"{warm.largest_difference:.0e}",
        )
        for warm in record.warm
    ]
    head = (
        "cells that move",
        "engine",
        "changes",
        "fresh solve",
        "total",
        "bound",
        "pin",
        "rule",
        "all",
        "slowest 5 %",
        "infeasible",
        "difference",
    )
    return _table(head, rows) if rows else "Not measured."


def service_table(record: BenchmarkRecord) -> str:
    """Pulls beside a ping; start-up, memory and what-if with what was asked for."""
    if not record.service:
        return "Not measured."
    found = record.service[0]
    head = ("question", "answers a second", "of a bare ping", "median ms", "p99 ms")
    rows = [
        (pull.name, f"{pull.rate:,.0f}", f"{pull.of_ping:.2f}", f"{pull.p50_ms:.1f}", f"{pull.p99_ms:.1f}")
        for pull in found.pulls
    ]
    single = [
        ("start-up to the first yes of /readyz", f"{found.start_seconds:.2f} s", "2 s"),
        ("resident memory, idle", f"{found.idle_megabytes:.0f} MB", "200 MB"),
        ("first what-if of 10,000 cells over HTTP", f"{found.first_what_if_seconds:.2f} s", ""),
        ("later ones, median", f"{found.what_if_seconds:.2f} s", "1 s"),
    ]
    return "\n\n".join(
        [
            f"A release of {found.release_rows:,} rows ({found.gzip_megabytes:.2f} MB with gzip), "
            f"{found.pulls[0].connections} connections, client and server on the same two cores:",
            _table(head, rows),
            _table(("figure", "measured", "asked for"), single),
        ]
    )


def _median(warm: WarmResult, kind: str) -> str:
    return seconds_text(warm.median_seconds[kind]) if kind in warm.median_seconds else "-"


def seconds_text(seconds: float) -> str:
    """Return seconds with as many digits as matter."""
    if seconds >= 10:
        return f"{seconds:,.0f}"
    if seconds >= 1:
        return f"{seconds:.1f}"
    return f"{seconds:.2g}" if seconds >= 0.0001 else "0"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
