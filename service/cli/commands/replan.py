"""`allocator replan`: actuals to date locked, the rest of the year allocated anew with least change."""

import argparse
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from allocator.plan.reading import read_plan
from allocator.results.standing import later_run
from allocator.results.text_table import text_table
from allocator.results.whole_folder import check_target
from allocator.texts import text
from allocator.wording import in_language
from scenarios.replan.folder import FOLDER, write_replan
from scenarios.replan.order import StabilityTier
from scenarios.replan.page import notes_of_actuals
from scenarios.replan.remainder import Policy
from scenarios.replan.replan import Request
from service.cli.engines import add_engine, engine_named
from service.cli.force import add_force
from service.cli.output import Output
from solver_models.engines.base import EngineOptions

HELP = "re-plan in mid-year: actuals locked, the rest allocated with least change"
AMOUNTS = (
    "published",
    "actual_to_date",
    "gap",
    "forgiven",
    "remaining_published",
    "remaining",
    "target",
)
SHARES = ("churn", "reps_changed", "largest_change")
COUNTS = ("reps_to_nothing", "reps_from_nothing")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook of the full year"
    )
    parser.add_argument("--actuals", type=Path, required=True, metavar="FILE", help="actuals.csv")
    parser.add_argument("--as-of", required=True, metavar="YYYY-MM", help="last month with actuals")
    parser.add_argument(
        "--published", type=Path, required=True, metavar="OUT", help="result that is in force"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help="folder to write")
    parser.add_argument("--moves", type=Path, default=None, metavar="FILE", help="territory moves (csv)")
    parser.add_argument(
        "--keep-gap",
        type=_share,
        default=Decimal(1),
        metavar="0..1",
        help="share of the gap that is kept (1)",
    )
    parser.add_argument(
        "--stability", type=_share, default=Decimal("0.1"), metavar="0..1", help="soft band per rep (0.1)"
    )
    parser.add_argument(
        "--stability-tier",
        type=_tier,
        default="auto",
        metavar="auto|first|last|TIER",
        help="where stability stands among the soft rules: before the plan's tier TIER, before all, after "
        "all, or (auto) before those that the published year did not keep; with --keep-gap 0, before all",
    )
    parser.add_argument(
        "--productivity",
        choices=("keep", "learn"),
        default="keep",
        help="anchors of the rest: the current targets (keep), or times what was sold of them so far (learn)",
    )
    parser.add_argument(
        "--missing-actuals",
        choices=("ask", "zero"),
        default="ask",
        help="reps with targets to date and no row of actuals: a fault each (ask), or nothing sold (zero)",
    )
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")
    add_engine(parser)
    parser.add_argument("--time-limit", type=float, default=float("inf"), metavar="SECONDS")
    add_force(parser)


def _share(words: str) -> Decimal:
    try:
        return Decimal(words)
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"{words} is no number") from None


def _tier(words: str) -> StabilityTier:
    if words in ("auto", "first", "last"):
        return words  # type: ignore[return-value]
    if words.isdecimal() and int(words) > 0:
        return int(words)
    raise argparse.ArgumentTypeError(f"{words} is neither auto, first, last nor a tier (1, 2 ...)")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read, re-plan, write."""
    engine = engine_named(arguments.engine)
    check_target(arguments.out, FOLDER, force=arguments.force)
    plan = read_plan(arguments.plan, arguments.overrides)
    request = Request(
        arguments.actuals,
        arguments.published,
        arguments.as_of,
        Policy(
            arguments.keep_gap,
            float(arguments.stability),
            arguments.stability_tier,
            arguments.productivity == "learn",
        ),
        arguments.moves,
        arguments.missing_actuals == "zero",
    )
    options = EngineOptions(time_limit=arguments.time_limit)
    document = write_replan(plan, request, arguments.out, engine, output.lang, options, force=arguments.force)
    later = later_run(arguments.published)
    told = {"later_run": in_language(later, output.lang)} if later else {}
    output.show("\n".join([*told.values(), _words(document, arguments.out, output.lang)]), document | told)
    return 0


def _words(document: dict[str, Any], out: Path, lang: str) -> str:
    lines = [text("replan.title", lang, plan=document["plan"], as_of=document["as_of"])]
    for measure, found in document["measures"].items():
        rows = [[measure, ""]]
        rows += [[text(f"replan.{key}", lang), f"{found[key]:,}"] for key in AMOUNTS]
        rows += [
            [text(f"replan.{key}", lang), "-" if found[key] is None else f"{found[key]:.1%}"]
            for key in SHARES
        ]
        rows += [[text(f"replan.{key}", lang), f"{found[key]:,}"] for key in COUNTS]
        told = text(
            "replan.missed_of", lang, missed=found["rules"]["missed"], checked=found["rules"]["checked"]
        )
        lines += ["", *text_table([*rows, [text("replan.rules_missed", lang), told]])]
    notes = notes_of_actuals(
        document["as_of"], document["actuals_left_out"], document["without_actuals"], lang
    )
    lines += ["", *notes] if notes else []
    if document["hard_amounts_gave_way"]:
        lines += ["", text("replan.gave_way", lang)]
    return "\n".join([*lines, "", text("replan.written", lang, out=out)])
