"""`allocator backtest`: how well `baseline: auto` would have split the plan's own past."""

import argparse
from pathlib import Path

from allocator.backtest.backtest import backtest
from allocator.backtest.periods import MONTHS
from allocator.backtest.report import backtest_lines
from allocator.plan.reading import read_plan
from service.cli.output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    parser.add_argument(
        "--period", choices=tuple(MONTHS), default="quarter", help="what is foretold at a time"
    )
    parser.add_argument("--measure", default=None, metavar="ID", help="the plan's first measure by default")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Replay, then show one line per rule overall and by period."""
    plan = read_plan(arguments.plan, arguments.overrides)
    found = backtest(plan, arguments.period, arguments.measure)
    output.show("\n".join(backtest_lines(found, output.lang)), found.as_dict())
    return 0
