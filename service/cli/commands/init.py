"""`allocator init`: write an annotated empty plan."""

import argparse
from pathlib import Path

from allocator.plan.template import write_template
from allocator.texts import text
from service.cli.output import Output


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="folder (or .xlsx workbook) to write")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Write the template and list what was written."""
    written = [str(path) for path in write_template(arguments.plan, output.lang)]
    listing = "\n".join(f"  {path}" for path in written)
    output.show(
        f"{text('cli.init_done', output.lang, path=arguments.plan)}\n{listing}",
        {"status": "ok", "files": written},
    )
    return 0
