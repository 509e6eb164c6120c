"""`allocator review`: what the last one to three years say, before anything is planned."""

import argparse
from pathlib import Path

from allocator.errors import Fault, InputFaults
from allocator.model.labels import label_plan
from allocator.plan.reading import read_plan
from allocator.report.report import write_review
from allocator.review.document import review_json
from allocator.review.lines import review_lines
from allocator.review.review import review_history
from allocator.texts import text, worded
from service.cli.output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    parser.add_argument("--out", type=Path, default=None, metavar="FILE.html", help="write a page as well")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read the plan, review its history, show tables; with `--out` write the page too."""
    _check_out(arguments.out)
    plan = read_plan(arguments.plan, arguments.overrides)
    review = review_history(plan, label_plan(plan))
    lines, document = review_lines(review, output.lang), review_json(review, output.lang)
    if arguments.out is not None:
        write_review(review, arguments.out, output.lang)
        lines += ["", text("review.written", output.lang, path=arguments.out)]
        document["out"] = str(arguments.out)
    output.show("\n".join(lines), document)
    return 0


def _check_out(out: Path | None) -> None:
    """Refuse a page that is no .html file or whose folder is not there."""
    if out is None:
        return
    if out.suffix.lower() not in (".html", ".htm") or out.is_dir():
        message, hint = worded("fault.option.page"), worded("fault.option.page.hint")
    elif not out.parent.is_dir():
        message = worded("fault.option.page_folder", folder=out.parent)
        hint = worded("fault.option.page_folder.hint")
    else:
        return
    raise InputFaults([Fault("--out", 0, "", str(out), "bad-out", message, hint)])
