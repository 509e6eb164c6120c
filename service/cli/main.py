"""Entry point of the command `allocator`."""

import argparse
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import TextIO

from allocator.errors import AllocatorError, Fault, InfeasiblePlan, InputFaults
from allocator.texts import text
from service.cli.output import Output, claim_stdout

COMMANDS = {
    "init": "write an annotated empty plan",
    "check": "read a plan and list every fault; writes nothing",
    "run": "allocate the targets of a plan and write the result folder",
    "explain": "explain one number of a result folder",
    "verify": "recompute every promise of a result folder, without a solver",
    "backtest": "replay the plan's own history and judge the split against naive rules",
    "review": "review the plan's history: sales, growth, mix, order value, concentration, season",
    "limits": "the largest and smallest targets that the hard rules of a plan allow",
    "fairness": "judge how fair the targets of a plan are",
    "audit": "compare the answer of a small plan with the leximin",
    "whatif": "show what one change or a few changes do to the targets",
    "sweep": "run many scenarios of a plan: grids, lists, draws; curves out",
    "compare": "compare 2 to 10 results: who moved, and what moved them",
    "serve": "serve the API over HTTP",
    "replan": "lock the actuals of the year so far and allocate the rest with least change",
}
"""Help by command: a command's module is loaded only when it is called."""
SHOWN_FAULTS = 200
GC_THRESHOLD = 100_000
"""Objects made between two searches for cycles; with the default, 700, a run takes some 5 % more time."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 done, 1 our fault, 2 input, 3 infeasible, 4 stopped, 5 a gate failed.
    """
    with claim_stdout() as stream:
        return _dispatch(list(sys.argv[1:] if arguments is None else arguments), stream)


def _dispatch(argv: list[str], stream: TextIO) -> int:
    """Find the command; without one, say which there are."""
    name = next((word for word in argv if not word.startswith("-")), "")
    if name in COMMANDS:
        return _run(name, argv, stream)
    parser = argparse.ArgumentParser(
        prog="allocator", description="Sales targets: allocated, exact, explained, verified."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command, purpose in COMMANDS.items():
        commands.add_parser(command, help=purpose, add_help=False)
    sys.stdout = stream
    parser.parse_args(argv)
    return 2


def _run(name: str, argv: list[str], stream: TextIO) -> int:
    """Parse the arguments of one command, run it, and turn errors into words and an exit code."""
    # read when Arrow is loaded: its own pool keeps memory that the next step needs, and is slower here
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # what is loaded stays: no search for cycles looks through it, now or later
    gc.disable()
    command = import_module(f"service.cli.commands.{name}")
    gc.freeze()
    gc.enable()
    # a run makes many small objects that live to its end: looking through them finds next to none
    gc.set_threshold(GC_THRESHOLD)
    parser = argparse.ArgumentParser(prog=f"allocator {name}", description=COMMANDS[name])
    parser.add_argument("--json", action="store_true", help="write nothing but JSON to stdout")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of texts")
    command.add_arguments(parser)
    argv.remove(name)
    sys.stdout, redirected = stream, sys.stdout
    try:
        parsed = parser.parse_args(argv)
    finally:
        sys.stdout = redirected
    output = Output(parsed.json, parsed.lang, stream)
    try:
        return int(command.run(parsed, output))
    except InputFaults as error:
        output.show(
            _fault_text(error.faults, output.lang),
            {"status": "faults", "faults": [f.as_dict(output.lang) for f in error.faults]},
        )
        return error.exit_code
    except InfeasiblePlan as error:
        diagnosis = import_module("allocator.diagnosis.diagnose")
        words = diagnosis.diagnosis_text(error.diagnosis, output.lang)
        output.show(words, {"status": "infeasible", "diagnosis": error.diagnosis})
        return error.exit_code
    except AllocatorError as error:
        status = "stopped" if error.exit_code == 4 else "failed"
        output.show(
            f"{text('cli.' + status, output.lang)}: {error}", {"status": status, "message": str(error)}
        )
        return error.exit_code
    except KeyboardInterrupt:
        output.show(text("cli.stopped", output.lang), {"status": "stopped", "message": "interrupted"})
        return 4
    except Exception as error:
        traceback.print_exc()
        output.show(
            f"{text('cli.failed', output.lang)}: {error}", {"status": "failed", "message": repr(error)}
        )
        return 1


def _fault_text(faults: Sequence[Fault], lang: str) -> str:
    """Return all faults, one line each; very long lists are cut on the terminal, never in JSON."""
    lines = [text("cli.faults", lang, count=len(faults))]
    lines += [f"  {fault.sentence(lang)}" for fault in faults[:SHOWN_FAULTS]]
    if len(faults) > SHOWN_FAULTS:
        lines.append(text("cli.more_faults", lang, count=len(faults) - SHOWN_FAULTS))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
