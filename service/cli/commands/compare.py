"""`allocator compare`: result folders side by side, and what moved every target."""

import argparse
from pathlib import Path

from allocator.results.whole_folder import check_target
from scenarios.comparison.comparison import MOST, compare_folders
from scenarios.comparison.document import comparison_text
from scenarios.comparison.folder import FOLDER, write_comparison
from service.cli.force import add_force
from service.cli.output import Output

HELP = "compare 2 to 10 results: who moved, and what moved them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("results", type=Path, nargs="+", metavar="OUT", help=f"result folders, up to {MOST}")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--names", default="", metavar="A,B,...", help="names of the results, in their order")
    parser.add_argument("--base", type=Path, default=None, metavar="OUT", help="default: the first result")
    parser.add_argument(
        "--published", type=Path, default=None, metavar="OUT", help="the result that churn is counted against"
    )
    add_force(parser)


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read all folders, compare, write."""
    check_target(arguments.out, FOLDER, force=arguments.force)
    names = [name.strip() for name in arguments.names.split(",")] if arguments.names else []
    comparison = compare_folders(arguments.results, names, arguments.base, arguments.published)
    document = write_comparison(comparison, arguments.out, output.lang, force=arguments.force)
    output.show(
        comparison_text(comparison, arguments.out, [*FOLDER.written, FOLDER.mark], output.lang), document
    )
    return 0
