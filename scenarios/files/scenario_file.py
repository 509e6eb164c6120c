"""A file with one scenario, or a list of them, with parents by name or by file."""

from collections.abc import Mapping
from pathlib import Path

from allocator.plan.faults import FaultCollector, NearMatches
from allocator.texts import worded
from scenarios.changes.kinds import read_changes
from scenarios.files.plain import read_plain
from scenarios.scenario import BASE, Chain, Scenario, chain_of

KEYS = ("name", "parent", "note", "changes")
ENDINGS = (".yaml", ".yml", ".json")


def read_scenario(path: Path) -> Chain:
    """Return the scenario of a file with its parents, which may stand in other files.

    Raises
    ------
    InputFaults
        With every fault of all files on the way.
    """
    faults = FaultCollector()
    known: dict[str, Scenario] = {}
    scenario = _follow(path, known, faults, ())
    chain: Chain = () if scenario is None else chain_of(scenario, known, faults)
    faults.raise_if_any()
    return chain


def _follow(
    path: Path, known: dict[str, Scenario], faults: FaultCollector, seen: tuple[Path, ...]
) -> Scenario | None:
    """Read a file and the files of its parents; scenarios of files are known by their full path."""
    whole = path.resolve()
    if whole in seen:
        circle = " -> ".join(one.name for one in (*seen[seen.index(whole) :], whole))
        message = worded("fault.scenario.circle", circle=circle)
        hint = worded("fault.scenario.circle.hint")
        faults.add(path.name, 0, "parent", path.name, code="cycle", message=message, hint=hint)
        return None
    written = read_plain(path, faults)
    if written is None:
        return None
    found = scenario_of(written, path.name, "", faults, path.stem)
    if found is None:
        return None
    parent = found.parent
    if parent is not None and parent.endswith(ENDINGS):
        above = _follow(path.parent / parent, known, faults, (*seen, whole))
        parent = above.name if above else None
    scenario = Scenario(str(whole), found.changes, parent, found.note, found.file)
    known[scenario.name] = scenario
    return scenario


def scenario_of(written: object, file: str, where: str, faults: FaultCollector, name: str) -> Scenario | None:
    """Return one scenario from plain values.

    Parameters
    ----------
    where
        Path of the scenario inside the file, for faults.
    name
        Used where the scenario has no name of its own.
    """
    if not isinstance(written, Mapping):
        faults.add(
            file,
            0,
            where,
            "",
            code="not-a-scenario",
            message=worded("fault.scenario.form"),
            hint=worded("fault.scenario.form.hint"),
        )
        return None
    refuse_unknown_keys(written, KEYS, file, where, faults)
    given = written.get("name") or name
    if str(given) == BASE:
        message, hint = worded("fault.scenario.reserved", name=BASE), worded("fault.scenario.reserved.hint")
        faults.add(file, 0, f"{where}.name", given, code="reserved-name", message=message, hint=hint)
    changes = written.get("changes")
    if changes is not None and not isinstance(changes, list):
        faults.add(
            file,
            0,
            f"{where}.changes".lstrip("."),
            "",
            code="wrong-shape",
            message=worded("fault.scenario.changes"),
            hint=worded("fault.scenarios.write_changes"),
        )
        changes = None
    label = f"{file}#{given}" if where else file
    parent = written.get("parent")
    return Scenario(
        str(given),
        read_changes(changes or [], label, faults),
        None if parent is None else str(parent),
        str(written.get("note") or ""),
        label,
    )


def refuse_unknown_keys(
    written: Mapping[str, object], known: tuple[str, ...], file: str, where: str, faults: FaultCollector
) -> None:
    """Add a fault, with near matches, for every key that does not exist."""
    hint = NearMatches(known, worded("fault.scenario_file.keys_here", names=", ".join(known)))
    for key in written:
        if key not in known:
            place = f"{where}.{key}".lstrip(".")
            message = worded("fault.scenario_file.no_key", key=key)
            faults.add(file, 0, place, key, code="unknown-key", message=message, hint=hint(key))
