"""`allocator fairness`: how fair the targets of a plan are, and what more fairness would cost."""

import argparse
from pathlib import Path

from allocator.fairness.curve import fairness_curve
from allocator.fairness.report import fairness_document
from allocator.fairness.words import fairness_lines
from allocator.pipeline import allocate
from allocator.plan.reading import read_plan
from service.cli.engines import add_engine, engine_named
from service.cli.output import Output
from solver_models.engines.base import EngineOptions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    parser.add_argument(
        "--curve", action="store_true", help="price of fairness too: solves the plan about a dozen times"
    )
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")
    add_engine(parser)


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Allocate, judge, say."""
    engine = engine_named(arguments.engine)
    plan = read_plan(arguments.plan, arguments.overrides)
    allocation = allocate(plan, engine)
    document = fairness_document(allocation, output.lang)
    if arguments.curve:
        for measure, judged in document["measures"].items():
            judged["curve"] = fairness_curve(plan, allocation.labels, measure, engine, EngineOptions())
    output.show("\n".join(fairness_lines(document, output.lang)), document)
    return 0
