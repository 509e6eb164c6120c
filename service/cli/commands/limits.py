"""`allocator limits`: how far targets can go before hard rules forbid it."""

import argparse
from pathlib import Path

from allocator.plan.reading import read_plan
from allocator.texts import text
from scenarios.frontier.limits import feasible_limits
from scenarios.frontier.words import limits_json, limits_text
from service.cli.engines import add_engine, engine_named
from service.cli.output import Output
from solver_models.engines.base import EngineOptions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    parser.add_argument("--measure", action="append", default=[], help="default: every measure")
    parser.add_argument(
        "--level", action="append", default=[], help="default: the nodes right below the company"
    )
    parser.add_argument(
        "--products",
        choices=("follow", "hold"),
        default="follow",
        help="stated product totals keep their proportion to the company's total, or stay as they are",
    )
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")
    add_engine(parser)
    parser.add_argument("--time-limit", type=float, default=float("inf"), metavar="SECONDS")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read, find the limits of every measure, say them."""
    engine = engine_named(arguments.engine)
    options = EngineOptions(time_limit=arguments.time_limit)
    plan = read_plan(arguments.plan, arguments.overrides)
    found = []
    for measure in arguments.measure or list(plan.spec.measures):
        output.progress(f"{measure}: {text('phase.solve', output.lang)}")
        levels = arguments.level or None
        found.append(
            feasible_limits(plan, measure, engine, options, levels=levels, products=arguments.products)
        )
    output.show(limits_text(plan, found, output.lang), limits_json(found))
    return 0
