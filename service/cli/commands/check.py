"""`allocator check`: read a plan and list everything that is wrong with it."""

import argparse
from pathlib import Path

from allocator.anchors.presence_notes import presence_lines, presence_notes
from allocator.model.labels import label_plan
from allocator.plan.reading import read_plan
from allocator.texts import text
from allocator.warnings.registry import plan_warnings, refuse_warnings
from allocator.warnings.words import warning_lines
from service.cli.output import Output
from service.cli.strict import add_strict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    add_strict(parser)
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Check and say what the plan holds."""
    plan = read_plan(arguments.plan, arguments.overrides)
    labels = label_plan(plan)
    grid, presence = labels.grid, presence_notes(plan, labels)
    counts = {
        "plan": plan.spec.plan,
        "measures": len(plan.spec.measures),
        "nodes": len(grid.org),
        "reps": grid.n_rep,
        "products": grid.n_product,
        "rules": len(plan.rules),
        "pins": len(plan.pins),
        "history_rows": len(plan.history),
    }
    warned = plan_warnings(plan, labels)
    if arguments.strict:
        refuse_warnings(warned)
    lines = [text("cli.check_ok", output.lang, **counts), *presence_lines(presence, output.lang)]
    lines += ["", *warning_lines(warned, output.lang)]
    noted = {
        "presence": [one.as_dict() for one in presence],
        "warnings": [one.as_dict(output.lang) for one in warned],
    }
    output.show("\n".join(lines), {"status": "ok", **counts, **noted, "input_hash": plan.input_hash})
    return 0
