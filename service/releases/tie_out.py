"""Before anything is released: the files of the run are read anew and every sum is made again."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from allocator.errors import InputFaults
from allocator.fairness.gate import gate_failures
from allocator.plan.plan import Plan
from allocator.texts import worded
from allocator.verification.company import Company, found_company
from allocator.verification.frame import read_frame
from allocator.verification.measure_result import MeasureResult, Names, order_rows, read_measures, row_keys
from allocator.verification.plan_files import PlanFiles
from allocator.verification.report import Check, list_faults
from allocator.verification.result_tables import ResultTables, read_result
from allocator.verification.sums import check_result_sums, check_tree_sums
from allocator.wording import Wording
from service.plans.store import write_files

TABLES = ("cells", "targets", "targets_monthly")
JUDGEMENTS = ("fairness.json", "attainment.json")


@dataclass(frozen=True)
class TiedOut:
    """The numbers of a run, and everything that speaks against releasing them."""

    company: Company
    measures: tuple[MeasureResult, ...]
    refusals: tuple[str, ...]


def tie_out(files: Mapping[str, bytes], plan: Plan) -> TiedOut:
    """Add the children of every node up again, exactly, and look at the gates.

    Parameters
    ----------
    files
        What the run left behind.
    plan
        The plan under its scenarios, as the run saw it.
    """
    with tempfile.TemporaryDirectory(prefix="release-") as folder:
        write_files(Path(folder), files)
        result = read_result(Path(folder))
        gates = _gates(Path(folder), files)
    company = company_of(plan)
    measures, checks = _numbers(company, result)
    checks += [_certified(result, plan)]
    for measure in measures:
        frame, framed = read_frame(company, measure, result.certificate)
        room = np.zeros(len(company.org)) if frame is None else frame.room
        checks += [*framed, *check_result_sums(measure), *check_tree_sums(company, measure, room)]
    faults = [sentence for name in TABLES for sentence in result.faults.get(f"{name}.csv", [])]
    broken = [f"{c.measure}: {c.message}" if c.measure else c.message for c in checks if not c.passed]
    return TiedOut(company, tuple(measures), (*faults, *broken, *gates))


def company_of(plan: Plan) -> Company:
    """Return the trees, levels and over-assignments of a plan as the auditor sees them."""
    tables = {"org": plan.org, "products": plan.products}
    return found_company(PlanFiles({}, plan.spec.model_dump(mode="json"), tables))


def _numbers(company: Company, result: ResultTables) -> tuple[list[MeasureResult], list[Check]]:
    """Read the three tables in the order of the contract; no measures where they are damaged."""
    names = Names(
        company.measures,
        company.org.ids,
        tuple(company.org.ids[v] for v in company.org.leaves),
        company.products.ids,
        tuple(company.products.ids[q] for q in company.products.leaves),
        company.periods,
        tuple(company.unit(measure) for measure in company.measures),
    )
    ordered, checks = {}, []
    for name, keys in row_keys(names).items():
        if name not in result.tables:
            continue
        found, check = order_rows(name, result.tables[name], keys)
        checks.append(check)
        if found is not None:
            ordered[name] = found
    if len(ordered) < len(TABLES):
        return [], checks
    measures, found_checks = read_measures(names, ordered)
    return measures or [], checks + found_checks


def _certified(result: ResultTables, plan: Plan) -> Check:
    """The certificate speaks of these tables and of this plan."""
    stated = result.certificate
    faults = []
    if stated.get("result_hash") != result.result_hash:
        faults.append(f"the tables give {result.result_hash}, certified is {stated.get('result_hash')}")
    if stated.get("input_hash") != plan.input_hash:
        faults.append(f"the plan gives {plan.input_hash}, certified is {stated.get('input_hash')}")
    promise = "the files are those of the certificate and of this plan"
    return list_faults("certificate", "", promise, 2, faults)


def _gates(folder: Path, files: Mapping[str, bytes]) -> list[Wording]:
    missing = [name for name in JUDGEMENTS if name not in files]
    if missing:
        return [worded("fault.release.no_judgement", file=name) for name in missing]
    try:
        return [worded("fault.release.gate", sentence=sentence) for sentence in gate_failures(folder)]
    except (InputFaults, ValueError, KeyError, TypeError) as error:
        return [worded("fault.release.unreadable_judgement", error=repr(error))]
