"""The table of contents of a verification."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from allocator.verification.baseline.blend import baseline_of
from allocator.verification.baseline.checks import check_baseline
from allocator.verification.bounds import cell_bounds, check_cell_bounds
from allocator.verification.causes.pushes import pushes_of
from allocator.verification.certified import check_evidence, check_plan_facts
from allocator.verification.columns import check_plan_columns, check_result_columns, check_unrounded_totals
from allocator.verification.company import Company, found_company
from allocator.verification.explanation import Explained, check_explanation, check_steps
from allocator.verification.frame import (
    framed_parts,
    framed_point,
    framed_sides,
    read_frame,
    stands_as_before,
    steps_as_before,
)
from allocator.verification.hashing import fingerprint
from allocator.verification.measure_result import (
    DIM_TABLES,
    MeasureResult,
    Names,
    names_of_result,
    order_rows,
    read_measures,
    row_keys,
)
from allocator.verification.months import check_months
from allocator.verification.nearest import check_nearest
from allocator.verification.optimality import check_optimality, check_rule_prices, final_point
from allocator.verification.plan_files import UnreadablePlan, plan_source, read_plan_files
from allocator.verification.price_rows import match_prices
from allocator.verification.report import Check, VerificationReport, list_faults, not_checked
from allocator.verification.result_tables import (
    ResultTables,
    as_mapping,
    read_result,
)
from allocator.verification.rule_checks import check_hard_rules, is_side_row, row_amounts
from allocator.verification.rule_file import check_rule_texts, check_rule_values, match_rules
from allocator.verification.rule_nodes import spell_out
from allocator.verification.sides import all_sides
from allocator.verification.sums import check_result_sums, check_totals, check_tree_sums

RESULT_PROMISES = ("sums", "months", "columns")
PLAN_PROMISES = ("tree_sums", "totals", "within_one_unit", "cell_bounds", "rules", "optimality")


def verify_results(out: Path, plan: Path | None = None, before: Path | None = None) -> VerificationReport:
    """Recompute every promise of a result folder from its files, with no solver and no code of the pipeline.

    Parameters
    ----------
    out
        Result folder of a run.
    plan
        Plan folder or workbook of that run. Without it only what the result files say of
        themselves is checked: fingerprint, sums of products and months, derived columns, bounds.
    before
        Result folder that stood when a subtree was balanced again. A result that tells of such a
        frame is proved inside it only, and refused without this one.

    Returns
    -------
    One check per promise and measure. A damaged file never raises; it fails its checks.
    """
    result = read_result(Path(out))
    checks = _check_files(result)
    company, found = (None, []) if plan is None else _open_plan(Path(plan), result)
    checks += found
    overrides = tuple(map(str, result.certificate.get("overrides", [])))
    if plan is not None and company is None:
        because = "the plan is not the one of this result"
        return VerificationReport((*checks, *not_checked(PLAN_PROMISES, "", because)), overrides)
    measures, found = _read_numbers(result, company)
    checks += found
    if measures is None:
        promises = RESULT_PROMISES + (PLAN_PROMISES if company else ())
        because = "cells or targets are damaged (see above)"
        return VerificationReport((*checks, *not_checked(promises, "", because)), overrides)
    standing = _read_before(before, company)
    for measure in measures:
        checks += check_result_sums(measure)
        checks += check_result_columns(measure)
        explained = None
        if "explanation" in result.tables:
            found, explained = check_explanation(measure, result.tables["explanation"])
            checks += found
        if company is not None:
            checks += _check_against_plan(company, measure, result, standing, explained)
    return VerificationReport(tuple(checks), overrides, framed_parts(result.certificate))


def _check_files(result: ResultTables) -> list[Check]:
    """Every file is there and readable, and the result is the one that was certified."""
    checks = [
        list_faults("files", name, f"{name} is there and readable", 1, result.faults.get(name, []))
        for name in ("certificate.json", *(name for forms in result.files.values() for name in forms))
    ]
    written = result.certificate.get("result_hash")
    faults = (
        []
        if written == result.result_hash
        else [f"the tables give {result.result_hash}, certified is {written}"]
    )
    checks.append(list_faults("result_hash", "", "the tables are the ones that were certified", 1, faults))
    certified = as_mapping(result.certificate.get("files"))
    faults = [
        f"{name} is not there" if not found else f"{name} is not the file that was certified"
        for name, found in result.other_files.items()
        if not found or certified.get(name) != found
    ]
    promise = "names, judgements, report and workbook are the files that were certified"
    checks.append(list_faults("file_hashes", "", promise, len(result.other_files), faults))
    return checks


def _open_plan(path: Path, result: ResultTables) -> tuple[Company | None, list[Check]]:
    """Read the plan if it is the one of the certificate, with the overrides recorded there."""
    overrides = [str(text) for text in result.certificate.get("overrides", [])]
    promise = "the plan and its overrides are the ones the result was made from"
    try:
        source = plan_source(path)
        found, written = fingerprint(source, overrides), result.certificate.get("input_hash")
        if found != written:
            fault = f"the plan gives {found}, certified is {written}"
            return None, [list_faults("input_hash", "", promise, len(source), [fault])]
        company = found_company(read_plan_files(source, overrides))
    except UnreadablePlan as error:
        return None, [list_faults("input_hash", "", promise, 0, [str(error)])]
    checks = [list_faults("input_hash", "", promise, len(source), [])]
    return company, [*checks, check_plan_facts(company, result.certificate)]


def _read_numbers(
    result: ResultTables, company: Company | None
) -> tuple[list[MeasureResult] | None, list[Check]]:
    """Bring cells, targets and months into order and read their numbers."""
    if any(name not in result.tables for name in DIM_TABLES):
        return None, []
    names = names_of_result(result.tables, result.certificate) if company is None else _names_of_plan(company)
    ordered, checks = {}, []
    for name, keys in row_keys(names).items():
        found, check = order_rows(name, result.tables[name], keys)
        checks.append(check)
        if found is not None:
            ordered[name] = found
    if len(ordered) < len(DIM_TABLES):
        return None, checks
    measures, found_checks = read_measures(names, ordered)
    return measures, checks + found_checks


def _names_of_plan(company: Company) -> Names:
    return Names(
        company.measures,
        company.org.ids,
        tuple(company.org.ids[v] for v in company.org.leaves),
        company.products.ids,
        tuple(company.products.ids[q] for q in company.products.leaves),
        company.periods,
        tuple(company.unit(measure) for measure in company.measures),
    )


@dataclass(frozen=True)
class _Before:
    """The result that stood before, by measure: its numbers, and its steps where they can be read."""

    results: dict[str, MeasureResult]
    steps: dict[str, Explained]


def _read_before(before: Path | None, company: Company | None) -> _Before | str:
    """The result that stood before, or why it cannot be read."""
    if before is None or company is None:
        return "the result that stood before is needed to prove a part (--before)"
    result = read_result(before)
    if result.certificate.get("result_hash") != result.result_hash:
        return f"the tables in {before} are not the ones that were certified there"
    measures, _ = _read_numbers(result, company)
    if measures is None:
        return f"cells or targets in {before} are damaged, or of other nodes and products"
    table = result.tables.get("explanation")
    steps = {} if table is None else {one.measure: check_explanation(one, table)[1] for one in measures}
    return _Before({measure.measure: measure for measure in measures}, steps)


def _check_against_plan(
    company: Company,
    measure: MeasureResult,
    result: ResultTables,
    standing: _Before | str,
    explained: Explained | None,
) -> list[Check]:
    """All promises of one measure that need the plan."""
    frame, checks = read_frame(company, measure, result.certificate)
    if frame is not None:
        known = standing if isinstance(standing, str) else standing.results
        checks.append(stands_as_before(company, measure, frame, known))
    room = np.zeros(len(company.org)) if frame is None else frame.room
    checks += [
        *check_tree_sums(company, measure, room),
        *check_totals(company, measure),
        *check_plan_columns(company, measure, room),
        *check_unrounded_totals(company, measure, room),
        *check_months(company, measure, result.certificate),
    ]
    baseline = baseline_of(company, measure)
    checks += check_baseline(measure, baseline)
    rules = spell_out(company, measure)
    sides = all_sides(company, rules, measure.cell_anchor)
    amounts = row_amounts(company, measure, sides)
    checks += check_nearest(company, measure, is_side_row(company, sides)) if frame is None else []
    found, is_open = check_cell_bounds(company, measure, rules)
    checks += found + check_hard_rules(company, measure, sides, amounts, room)
    file = None
    if "rules" in result.tables:
        file, check = match_rules(company, measure, rules, result.tables["rules"])
        checks += [check, *check_rule_texts(measure, rules, file)]
        checks += check_rule_values(company, measure, sides, amounts, file)
    else:
        checks += not_checked(["rules"], measure.measure, "rules.csv is damaged")
    if "prices" not in result.tables:
        return checks + not_checked(["optimality"], measure.measure, "prices.csv is damaged")
    if frame is not None:
        sides = framed_sides(company, measure, rules, is_open, frame)
        amounts = row_amounts(company, measure, sides)
    prices, check = match_prices(company, measure, sides, result.tables["prices"])
    point = final_point(measure, sides, amounts, cell_bounds(company, rules), is_open)
    if frame is not None:
        point = framed_point(company, point, frame)
    found, balance = check_optimality(company, measure, sides, amounts, point, prices)
    checks += [check, *found]
    checks.append(check_evidence(company, measure, sides, point, result.certificate))
    among = np.ones(len(company.org), bool) if frame is None else frame.below(company)
    pushes = pushes_of(company, sides, point, prices, amounts.before)
    if explained is not None:
        checks += check_steps(company, measure, explained, baseline, balance, pushes, among)
    if explained is not None and frame is not None and not isinstance(standing, str):
        then = standing.steps.get(measure.measure)
        units = None if then is None else then.units
        checks.append(steps_as_before(company, measure, frame, explained.units, units))
    return checks if file is None else [*checks, check_rule_prices(balance, pushes, file)]
