"""`allocator audit`: the fairest targets that the rules allow, beside the answer."""

import argparse
from pathlib import Path

from allocator.fairness.audit import audit_measure
from allocator.fairness.words import audit_lines
from allocator.model.labels import label_plan
from allocator.plan.reading import read_plan
from service.cli.engines import add_engine, engine_named
from service.cli.output import Output
from solver_models.engines.base import EngineOptions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook, at most 300 reps"
    )
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")
    add_engine(parser)
    parser.add_argument("--time-limit", type=float, default=float("inf"), metavar="SECONDS")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Solve both ways, compare, say."""
    engine = engine_named(arguments.engine)
    plan = read_plan(arguments.plan, arguments.overrides)
    labels = label_plan(plan)
    options = EngineOptions(time_limit=arguments.time_limit)
    document = {
        "plan": plan.spec.plan,
        "input_hash": plan.input_hash,
        "measures": {
            measure: audit_measure(plan, labels, measure, engine, options) for measure in plan.spec.measures
        },
    }
    output.show("\n".join(audit_lines(document, output.lang)), document)
    return 0
