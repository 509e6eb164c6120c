"""`allocator limits`: how far the totals of a plan can go, and the rules that stop them."""

import argparse
from pathlib import Path

from allocator.errors import Fault, InputFaults
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from allocator.results.tables import decimals
from allocator.results.text_table import text_table
from allocator.texts import text
from scenarios.frontier.limits import Limit, limits
from service.cli.commands.run import engine_named
from service.cli.output import Output
from solver_models.engines.base import EngineOptions

HELP = "the largest and smallest feasible totals, and the rules that stop them"
SHOWN_STOPS = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("plan", type=Path, metavar="DIR", help="plan folder or .xlsx workbook")
    parser.add_argument(
        "--level", action="append", default=[], metavar="LEVEL", help="nodes of this level too"
    )
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", dest="overrides")
    parser.add_argument("--engine", default="auto", help="auto, highs or pulp:NAME (default: auto)")
    parser.add_argument("--time-limit", type=float, default=float("inf"), metavar="SECONDS")


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read, solve one LP per side and node, show."""
    engine = engine_named(arguments.engine)
    plan = read_plan(arguments.plan, arguments.overrides)
    known = list(dict.fromkeys(plan.org["level"]))
    unknown = [level for level in arguments.level if level not in known]
    if unknown:
        hint = f"the levels are {', '.join(known)}"
        message = "the org has no level of this name"
        raise InputFaults([Fault("--level", 0, "", name, "unknown-level", message, hint) for name in unknown])
    found = limits(plan, engine, arguments.level, EngineOptions(time_limit=arguments.time_limit))
    document = {
        "status": "limits",
        "plan": plan.spec.plan,
        "limits": [
            {
                "measure": one.measure,
                "node_id": one.node_id,
                "side": one.side,
                "amount": one.amount,
                "current": one.current,
                "is_feasible": one.is_feasible,
                "stopped_by": [vars(stop) for stop in one.stops],
            }
            for one in found
        ],
    }
    output.show(_words(plan, found, output.lang), document)
    return 0


def _words(plan: Plan, found: tuple[Limit, ...], lang: str) -> str:
    lines = [text("limits.title", lang, plan=plan.spec.plan)]
    for measure, spec in plan.spec.measures.items():
        head = [text(f"limits.{key}", lang) for key in ("node", "side", "amount", "stops")]
        rows = []
        for one in (limit for limit in found if limit.measure == measure):
            names = list(dict.fromkeys(f"{stop.rule_id} ({stop.node_id})" for stop in one.stops))
            more = " …" if len(names) > SHOWN_STOPS else ""
            open_end = text("limits.open" if one.is_feasible else "limits.infeasible", lang)
            amount = open_end if one.amount is None else f"{one.amount:,.{decimals(spec.round_to)}f}"
            side = text(f"limits.{one.side}", lang)
            rows.append([one.node_id, side, amount, ", ".join(names[:SHOWN_STOPS]) + more])
        lines += ["", f"{measure} ({spec.unit})", *text_table([head, *rows])]
    return "\n".join(lines)
