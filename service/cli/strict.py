"""The choice `--strict` of commands that warn."""

import argparse


def add_strict(parser: argparse.ArgumentParser) -> None:
    """Declare the choice."""
    parser.add_argument(
        "--strict", action="store_true", help="warnings that plan.yaml does not accept are faults (exit 2)"
    )
