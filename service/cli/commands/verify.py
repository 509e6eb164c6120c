"""`allocator verify`: recompute every promise of a result from the files alone."""

import argparse
from pathlib import Path

from allocator.results.standing import later_run
from allocator.texts import text
from allocator.verification import verify_results
from allocator.wording import in_language
from scenarios.replan.verification import is_replan, verify_replan
from service.cli.output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("out", type=Path, metavar="OUT", help="result folder, or that of a re-plan")
    parser.add_argument("--all", action="store_true", help="list the checks that hold, too")
    parser.add_argument("--plan", type=Path, default=None, metavar="DIR", help="the plan it came from")
    parser.add_argument(
        "--before",
        type=Path,
        default=None,
        metavar="OUT",
        help="the result that stood before, where a subtree was balanced again",
    )


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Check and list what was checked; exit code 1 if a promise does not hold."""
    if is_replan(arguments.out):
        report = verify_replan(arguments.out, arguments.plan)
    else:
        report = verify_results(arguments.out, arguments.plan, arguments.before)
    shown = [check for check in report.checks if arguments.all or not check.passed]
    lines = [
        f"{text('verify.ok' if check.passed else 'verify.failed', output.lang)}  {check.message}"
        for check in shown
    ]
    if report.overrides:
        changes = "; ".join(report.overrides)
        lines.insert(0, text("verify.overrides", output.lang, changes=changes))
    later = later_run(arguments.out)
    if later:
        lines.insert(0, in_language(later, output.lang))
    lines.append(
        text("verify.all_ok" if report.passed else "verify.not_ok", output.lang, count=len(report.checks))
    )
    lines += [text("verify.part", output.lang, measure=measure, node=node) for measure, node in report.parts]
    told = {"later_run": in_language(later, output.lang)} if later else {}
    output.show("\n".join(lines), {**report.as_dict(), **told})
    return 0 if report.passed else 1
