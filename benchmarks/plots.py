"""Pictures of a record: time and memory against size, drawn so that the same record gives the same bytes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from matplotlib import colormaps, rc_context, use
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from benchmarks.peers.routes import OURS, OURS_PASSES, OURS_SCALED
from benchmarks.record import FINISHED, BenchmarkRecord, PeerResult, RunResult

use("svg")
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "target-allocator",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.grid": True,
    "grid.alpha": 0.3,
}
LINE_OF = {OURS_PASSES: "--", OURS_SCALED: "--"}
INSIDE = ("read", "anchors", "build", "solve", "round", "months", "rules", "explain", "judge")


def draw_peers(record: BenchmarkRecord, path: Path) -> None:
    """Seconds in all, to build and to solve, and peak memory of every contestant against cells, log-log."""
    panels: dict[str, Callable[[PeerResult], float]] = {
        "seconds: build, solve, extract": lambda result: result.total,
        "peak memory, MB": lambda result: result.megabytes,
        "seconds to build the model": lambda result: result.seconds["build"],
        "seconds to solve it": lambda result: result.seconds["solve"],
    }
    with rc_context(STYLE):
        figure = Figure(figsize=(10.0, 9.0), layout="constrained")
        axes = figure.subplots(2, 2).ravel()
        routes = list(dict.fromkeys(result.route for result in record.peers))
        labels = list(dict.fromkeys(result.label for result in record.peers))
        for route in routes:
            done = [r for r in record.peers if r.route == route and r.outcome == FINISHED]
            for panel, value in zip(axes, panels.values(), strict=True):
                if done:
                    _line(panel, done, [value(result) for result in done], labels)
        for panel, title in zip(axes, panels, strict=True):
            _finish(panel, title, record.peers)
        _legend(figure, axes[0], 6)
        _save(figure, path)


def draw_runs(record: BenchmarkRecord, path: Path) -> None:
    """Seconds by phase and peak memory of our whole run against cells, log-log."""
    runs = [run for run in record.runs if run.outcome == FINISHED and run.name != "demo"]
    with rc_context(STYLE):
        figure = Figure(figsize=(10.0, 5.6), layout="constrained")
        axes = figure.subplots(1, 2)
        phases = list(dict.fromkeys(phase for run in runs for phase in run.phases))
        colour = colormaps["tab20"]
        for number, phase in enumerate(phases):
            has = [run for run in runs if run.phases.get(phase, 0.0) > 0]
            seconds = [run.phases[phase] for run in has]
            axes[0].plot(
                [run.cells for run in has], seconds, "-o", ms=3, lw=1, color=colour(number), label=phase
            )
        cells = [run.cells for run in runs]
        axes[0].plot(cells, [run.seconds for run in runs], "k-o", ms=4, lw=2, label="whole process")
        axes[1].plot(cells, [run.megabytes for run in runs], "k-o", ms=4, lw=2)
        _finish(axes[0], "seconds by phase", runs)
        _finish(axes[1], "peak memory, MB", runs)
        _legend(figure, axes[0], 6)
        _save(figure, path)


def _line(axes: Any, results: Sequence[PeerResult], values: Sequence[float], labels: Sequence[str]) -> None:
    first = results[0]
    is_ours = first.formulation == OURS
    peers = [label for label in labels if not label.startswith(OURS)]
    colour = None if is_ours else colormaps["tab10"](peers.index(first.label))
    axes.plot(
        [result.cells for result in results],
        values,
        LINE_OF.get(first.formulation, "-"),
        marker="s" if is_ours else "o",
        ms=5 if is_ours else 3,
        lw=2.5 if is_ours else 1.2,
        color="0.0" if is_ours and not labels.index(first.label) else "0.35" if is_ours else colour,
        label=first.label if is_ours else f"{first.label} ({first.formulation})",
    )


def _finish(axes: Any, title: str, results: Sequence[PeerResult] | Sequence[RunResult]) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("cells (reps x products)")
    axes.set_title(title, fontsize=10)
    axes.set_xticks(
        sorted({result.cells for result in results if result.outcome == FINISHED and result.cells})
    )
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda cells, _: f"{cells:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _legend(figure: Any, axes: Any, rows: int) -> None:
    lines, names = axes.get_legend_handles_labels()
    columns = -(-len(lines) // rows)
    figure.legend(lines, names, loc="outside lower center", ncols=columns, fontsize=7, frameon=False)


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
