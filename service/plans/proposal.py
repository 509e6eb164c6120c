"""The whole of a plan as it would be: checked before anything of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from allocator.plan.faults import FaultCollector
from allocator.plan.plan import Plan
from allocator.plan.reading import check_source
from allocator.plan.source import PLAN_FILE, Source, source_of_files
from service.plans.table_files import stored_csv


@dataclass(frozen=True)
class Proposal:
    """Files that make a plan without fault, and the plan that they make."""

    files: Mapping[str, bytes]
    plan: Plan


def proposal_of_files(files: Mapping[str, bytes]) -> Proposal:
    """Check the files of a plan.

    Raises
    ------
    InputFaults
        With every fault, by file, row and column.
    """
    faults = FaultCollector()
    return Proposal(files, check_source(source_of_files(files, faults), (), faults))


def proposal_of_source(source: Source, faults: FaultCollector) -> Proposal:
    """Check a plan some of whose tables were no csv files; what is kept in the end are csv files.

    Parameters
    ----------
    source
        Its `files` hold plan.yaml and the csv files that are kept byte for byte; other tables are
        written anew.
    faults
        What was wrong with their form.

    Raises
    ------
    InputFaults
        With every fault of form and content, by file or sheet, row and column.
    """
    plan = check_source(source, (), faults)
    present = [sheet for sheet in source.sheets.values() if sheet.is_present]
    kept = {sheet.table.file: source.files.get(sheet.table.file) or stored_csv(sheet) for sheet in present}
    files = {PLAN_FILE: source.files[PLAN_FILE], **kept}
    if files == source.files:
        return Proposal(files, plan)
    written = proposal_of_files(files)
    # what a workbook hides is not seen in the files made of it
    return Proposal(files, replace(written.plan, noticed=plan.noticed))
