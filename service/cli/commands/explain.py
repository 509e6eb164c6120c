"""`allocator explain`: why a number is what it is, what moved it, what an appeal would cost."""

import argparse
import json
import re
from pathlib import Path
from typing import Any

from allocator.errors import Fault, InputFaults
from allocator.explanation.counterfactuals import Case, solve_case
from allocator.explanation.numbers import read_numbers
from allocator.explanation.report import number_json, number_lines, questions_json, questions_lines
from allocator.model.labels import label_plan
from allocator.phases import Phases
from allocator.pipeline import solve_measure
from allocator.plan.plan import Plan
from allocator.plan.reading import read_plan
from allocator.results.standing import later_run
from allocator.texts import text, worded
from allocator.wording import in_language
from scenarios.replan.explaining import read_rest, remaining_plan, year_line
from scenarios.replan.verification import is_replan
from service.cli.engines import add_engine, engine_named
from service.cli.output import Output
from solver_models.engines.base import EngineOptions

NEGATIVE = re.compile(r"-(?:\d+\.?\d*|\.\d+)%?$")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    # argparse takes -10 for a value but -10% for an option unless it is told
    parser._negative_number_matcher = NEGATIVE
    parser.add_argument("out", type=Path, metavar="OUT", help="result folder, or that of a re-plan")
    parser.add_argument("--node", required=True, metavar="NODE")
    parser.add_argument(
        "--product", default="*", metavar="PRODUCT", help="product or product line (default: all)"
    )
    parser.add_argument("--measure", action="append", default=[], help="default: every measure")
    parser.add_argument(
        "--plan",
        type=Path,
        default=None,
        metavar="DIR",
        help="the plan it came from: solve what-if questions too",
    )
    parser.add_argument(
        "--appeal", default=None, metavar="PERCENT", help="what if the node gets, say, -10%% (needs --plan)"
    )
    add_engine(parser)


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Read the numbers, answer the questions, say both."""
    share = _share(arguments.appeal, arguments.plan)
    asked = (arguments.node, arguments.product, arguments.measure)
    of_rest = read_rest(arguments.out, *asked, output.lang) if is_replan(arguments.out) else []
    numbers = [one.number for one in of_rest] or read_numbers(arguments.out, *asked)
    plan = None if arguments.plan is None else _plan_of(arguments.plan, arguments.out)
    documents: list[dict[str, Any]] = []
    lines: list[str] = []
    for k, number in enumerate(numbers):
        document = number_json(number)
        lines += ["", *number_lines(number, output.lang)]
        if of_rest:
            document["year"] = of_rest[k].year
            lines += ["", year_line(of_rest[k], output.lang)]
        if plan is not None:
            output.progress(f"{number.measure}: {text('phase.solve', output.lang)}")
            case = _case(plan, number.measure, arguments.engine)
            answers = questions_json(case, number.node_id, number.product_id, share)
            lines += questions_lines(case, number.node_id, answers, output.lang)
            document |= answers
        documents.append(document)
    later = later_run(arguments.out)
    told = {"later_run": in_language(later, output.lang)} if later else {}
    lines = [*(["", *told.values()] if told else []), *lines]
    output.show("\n".join(lines[1:]), {"status": "ok", **told, "numbers": documents})
    return 0


def _case(plan: Plan, measure: str, engine_name: str) -> Case:
    """Solve one measure of the plan again."""
    engine, options, labels = engine_named(engine_name), EngineOptions(), label_plan(plan)
    solved = solve_measure(plan, labels, measure, engine, options, Phases())
    return solve_case(plan, labels, measure, solved, engine, options)


def _share(written: str | None, plan: Path | None) -> float | None:
    """Return the share of `--appeal -10%` (or -0.1); anything else is an input fault."""
    if written is None:
        return None
    if plan is None:
        raise _appeal_fault(written, "appeal_plan")
    try:
        share = float(written.removesuffix("%")) / (100.0 if written.endswith("%") else 1.0)
    except ValueError:
        share = float("nan")
    if not -1 <= share <= 10:
        raise _appeal_fault(written, "appeal_share")
    return share


def _appeal_fault(written: str, what: str) -> InputFaults:
    message, hint = worded(f"fault.option.{what}"), worded(f"fault.option.{what}.hint")
    return InputFaults([Fault("--appeal", 0, "", written, "bad-appeal", message, hint)])


def _plan_of(folder: Path, out: Path) -> Plan:
    """Read the plan of a result; that of a re-plan is the plan of the months that remain."""
    if is_replan(out):
        return _same_plan(remaining_plan(out, folder), out / "remaining")
    return _same_plan(folder, out)


def _same_plan(folder: Path, out: Path) -> Plan:
    """Read the plan with the overrides of the result; another plan than the result's is an input fault."""
    path = out / "certificate.json"
    certificate = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    plan = read_plan(folder, certificate.get("overrides", []))
    if plan.input_hash == certificate.get("input_hash"):
        return plan
    raise InputFaults(
        [
            Fault(
                str(folder),
                0,
                "",
                "",
                "another-plan",
                worded("fault.option.another_plan", out=out),
                worded("fault.option.another_plan.hint"),
            )
        ]
    )
