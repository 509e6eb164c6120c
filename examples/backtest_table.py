"""Print the table of docs/backtest.md: the back-test on both sample companies.

Run it with the folder that holds `adventureworks` and `crm_opportunities`:

    python -m examples.backtest_table DATA
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from allocator.backtest.backtest import backtest
from allocator.plan.reading import read_plan
from examples.adventureworks.build_plan import build_plan as adventureworks
from examples.crm_opportunities.build_plan import build_plan as crm_opportunities

HEAD = ("| data | split by | n | WAPE | Gini | share at goal |", "|---|---|---|---|---|---|")


def documents(data: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """Build both plans inside `folder`, back-test them by quarter and return the documents by name."""
    plans = {
        "adventureworks": adventureworks(data / "adventureworks", folder / "aw", start="2020-07"),
        "crm_opportunities": crm_opportunities(data / "crm_opportunities", folder / "crm"),
    }
    return {name: backtest(read_plan(plan), "quarter").as_dict() for name, plan in plans.items()}


def table_rows(found: dict[str, dict[str, Any]]) -> list[str]:
    """Return one Markdown row per data set and rule that had something to go by."""
    rows = []
    for name, document in found.items():
        rules = {"auto": document["overall"]["method"], **document["overall"]["naive"]}
        rows += [
            f"| {name} | {rule} | {scored['n']} | {scored['wape']:.4f} | {scored['gini']:.4f} | "
            f"{scored['share_at_goal']:.3f} |"
            for rule, scored in rules.items()
            if scored is not None
        ]
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Print the table of docs/backtest.md.")
    parser.add_argument("data", type=Path)
    parsed = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = documents(parsed.data, Path(folder))
        except FileNotFoundError as error:
            parser.exit(2, f"{error}\n")
    print("\n".join([*HEAD, *table_rows(found)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
