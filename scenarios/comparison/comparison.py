"""A comparison: a base, other results, and for each what moved, whom it moved, what the rules do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from allocator.attainment.basis import Basis
from allocator.errors import Fault, InputFaults
from allocator.explanation.waterfall import STEPS
from allocator.plan.faults import FaultCollector
from allocator.results.standing import later_run
from allocator.texts import worded
from allocator.wording import Wording
from scenarios.comparison.board import Board, Causes, MeasureSide, causes_by_step, lay_out
from scenarios.comparison.key_figures import Figures, chance_basis, key_figures, rule_changes
from scenarios.comparison.names import joined_names
from scenarios.comparison.result_folder import Result, different_terms, read_result_folder
from scenarios.comparison.tidy import (
    COMPARISON,
    MOVERS,
    churn,
    comparison_table,
    joined,
    movers_table,
)

FEWEST, MOST = 2, 10


@dataclass(frozen=True)
class Against:
    """One measure of one other result against the base.

    Parameters
    ----------
    position
        Place of the other result on the board.
    rules
        Where rules start or stop to bind or to give way (see `rule_changes`).
    """

    scenario: str
    position: int
    causes: Causes
    table: pd.DataFrame
    movers: pd.DataFrame
    rules: list[dict[str, Any]]


@dataclass(frozen=True)
class MeasureComparison:
    """One measure of all results.

    Parameters
    ----------
    figures
        Key figures, result by result.
    bases
        What the chances rest on, result by result; None where a folder does not say.
    churn
        Distance from the published result, result by result; None without one.
    """

    measure: str
    unit: str
    board: Board
    figures: tuple[Figures, ...]
    bases: tuple[Basis | None, ...]
    churn: tuple[Figures, ...] | None
    against: tuple[Against, ...]


@dataclass(frozen=True)
class Comparison:
    """All measures of all results; the first name is the base."""

    names: tuple[str, ...]
    results: tuple[Result, ...]
    published: str | None
    measures: tuple[MeasureComparison, ...]

    @property
    def table(self) -> pd.DataFrame:
        """comparison.csv."""
        return joined([one.table for measure in self.measures for one in measure.against], COMPARISON)

    @property
    def later_runs(self) -> tuple[Wording, ...]:
        """What is to be said of folders whose last run ended without targets."""
        return tuple(said for one in self.results if (said := later_run(one.path)))

    @property
    def movers(self) -> pd.DataFrame:
        """movers.csv."""
        return joined([one.movers for measure in self.measures for one in measure.against], MOVERS)


def compare_folders(
    folders: Sequence[Path],
    names: Sequence[str] = (),
    base: Path | None = None,
    published: Path | None = None,
) -> Comparison:
    """Read result folders and compare each of them with the base.

    Parameters
    ----------
    folders
        Two to ten result folders.
    names
        Names of the results, in the order of the folders; by default the names of the folders.
    base
        One of the folders, or another one; by default the first.
    published
        The result that churn is counted against; without it there is no churn.

    Raises
    ------
    InputFaults
        With everything that is wrong with the folders and their names.
    """
    chosen = [base, *folders] if base is not None and not _is_among(base, folders) else list(folders)
    called = _names(chosen, [base.name, *names] if names and len(chosen) > len(folders) and base else names)
    faults = FaultCollector()
    read = [read_result_folder(folder, name, faults) for folder, name in zip(chosen, called, strict=True)]
    last = None
    if published is not None and not _is_among(published, chosen):
        last = read_result_folder(published, published.name, faults)
    faults.raise_if_any()
    results = [one for one in read if one is not None]
    if base is not None:
        first = next(k for k, folder in enumerate(chosen) if folder.resolve() == base.resolve())
        results.insert(0, results.pop(first))
    if published is not None and last is None:
        last = next(one for one in results if one.path.resolve() == published.resolve())
    wrong = different_terms([*results, *([last] if last else [])])
    if wrong:
        raise InputFaults(wrong)
    return _compare(results, last)


def _is_among(folder: Path, folders: Sequence[Path]) -> bool:
    return folder.resolve() in {other.resolve() for other in folders}


def _names(folders: Sequence[Path], names: Sequence[str]) -> list[str]:
    """Return one name per folder, all different; faults of number and of names together."""
    faults = []
    if not FEWEST <= len(folders) <= MOST:
        message = worded("fault.compare.number", count=len(folders), fewest=FEWEST, most=MOST)
        hint = worded("fault.compare.number.hint")
        faults.append(Fault("compare", 0, "OUT", str(len(folders)), "wrong-number", message, hint))
    seen: set[Path] = set()
    for folder in folders:
        if folder.resolve() in seen:
            message, hint = worded("fault.compare.twice"), worded("fault.compare.twice.hint")
            faults.append(Fault(str(folder), 0, "OUT", "", "same-result", message, hint))
        seen.add(folder.resolve())
    called = list(names) or _different(folders)
    if len(called) != len(folders):
        message = worded("fault.compare.names", names=len(called), results=len(folders))
        hint = worded("fault.compare.names.hint")
        faults.append(Fault("--names", 0, "", ",".join(called), "wrong-number", message, hint))
    for name in dict.fromkeys(called):
        if not name.strip() or called.count(name) > 1:
            key = "fault.compare.name_twice" if name.strip() else "fault.compare.name_empty"
            message, hint = worded(key, name=name), worded("fault.compare.name.hint")
            faults.append(Fault("--names", 0, "", name, "bad-name", message, hint))
    if faults:
        raise InputFaults(faults)
    return called


def _different(folders: Sequence[Path]) -> list[str]:
    """Names of the folders; with the folder above, then the whole path, where two are alike."""
    resolved = [folder.resolve() for folder in folders]
    for names in ([one.name for one in resolved], [f"{one.parent.name}/{one.name}" for one in resolved]):
        if len(set(names)) == len(set(resolved)):
            return names
    return [str(one) for one in resolved]


def _compare(results: Sequence[Result], published: Result | None) -> Comparison:
    measures = list(dict.fromkeys(measure for one in results for measure in one.sides))
    found = tuple(_measure(measure, results, published) for measure in measures)
    return Comparison(
        tuple(one.name for one in results), tuple(results), published.name if published else None, found
    )


def _measure(measure: str, results: Sequence[Result], published: Result | None) -> MeasureComparison:
    sides: list[MeasureSide | None] = [one.sides.get(measure) for one in results]
    last = published.sides.get(measure) if published else None
    names = joined_names(one.names for one in results)
    board = lay_out(measure, [*sides, last] if last else sides, STEPS, names)
    return MeasureComparison(
        measure,
        _unit(measure, results),
        board,
        tuple(key_figures(board, k, one) for k, one in enumerate(results)),
        tuple(chance_basis(one, measure) for one in results),
        tuple(churn(board, len(results), k) for k in range(len(results))) if last else None,
        tuple(_against(board, k, results) for k in range(1, len(results))),
    )


def _unit(measure: str, results: Sequence[Result]) -> str:
    units = [one.certificate["measures"][measure].get("unit") for one in results if measure in one.sides]
    return next((str(unit) for unit in units if unit), "")


def _against(board: Board, k: int, results: Sequence[Result]) -> Against:
    causes = causes_by_step(board, 0, k)
    name = results[k].name
    return Against(
        name,
        k,
        causes,
        comparison_table(board, 0, k, causes, name),
        movers_table(board, 0, k, causes, name),
        rule_changes(results[0], results[k], board.measure),
    )
