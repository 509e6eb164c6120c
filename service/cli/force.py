"""The option of every command that writes a folder."""

import argparse


def add_force(parser: argparse.ArgumentParser) -> None:
    """Declare `--force`."""
    parser.add_argument(
        "--force", action="store_true", help="write over files of the folder that were changed by hand"
    )
