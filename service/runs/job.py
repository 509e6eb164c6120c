"""What a run is, without what it takes to work it off."""

import json
from dataclasses import dataclass

from allocator.plan.faults import FaultCollector
from scenarios.changes.kinds import read_changes
from scenarios.scenario import Chain, Scenario

FRAME = "frame"
"""Key of a link of a chain that balances a subtree: its node and its measures."""


@dataclass(frozen=True)
class Job:
    """What a worker needs to know of a run.

    Parameters
    ----------
    chain
        JSON list of {name, changes}, the oldest first.
    engine
        As given to `--engine`.
    time_limit
        Seconds that each solve may take.
    lang
        Language of the texts in the result files.
    with_workbook
        Whether matrix.xlsx is written too.
    """

    run_id: str
    chain: str
    engine: str = "auto"
    time_limit: float = float("inf")
    lang: str = "en"
    with_workbook: bool = False


def read_chain(written: str) -> Chain:
    """Return the scenarios of a stored chain.

    Raises
    ------
    InputFaults
        If a change cannot be read; the scenario's name is the file.
    """
    faults = FaultCollector()
    chain: list[Scenario] = []
    for one in json.loads(written):
        changes = read_changes(one["changes"], one["name"], faults)
        parent = chain[-1].name if chain else None
        chain.append(Scenario(one["name"], changes, parent, file=one["name"]))
    faults.raise_if_any()
    return tuple(chain)
