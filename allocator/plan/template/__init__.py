"""An annotated empty plan, in English or Chinese, as a folder or as one workbook."""

from pathlib import Path

from allocator.errors import Fault, InputFaults
from allocator.plan.template.folder import write_folder
from allocator.plan.template.workbook import write_workbook
from allocator.texts import worded

WORKBOOK_ENDING = ".xlsx"


def write_template(target: Path, lang: str) -> list[Path]:
    """Write an empty plan that explains itself; filled in, it is read like any other plan.

    Parameters
    ----------
    target
        Folder to write into, or the path of a workbook if it ends with `.xlsx`.
    lang
        `en` or `zh`: language of the remarks and the guide; keys and columns are the same in both.

    Returns
    -------
    The files written.

    Raises
    ------
    InputFaults
        If the folder holds anything or the workbook exists; nothing is written then.
    """
    if target.suffix.casefold() == WORKBOOK_ENDING:
        if target.exists():
            raise _in_the_way(target, "file-exists", "file_exists")
        return write_workbook(target, lang)
    if target.exists() and not target.is_dir():
        raise _in_the_way(target, "file-exists", "no_folder")
    if target.is_dir() and any(target.iterdir()):
        raise _in_the_way(target, "folder-not-empty", "not_empty")
    return write_folder(target, lang)


def _in_the_way(target: Path, code: str, what: str) -> InputFaults:
    message, hint = worded(f"fault.init.{what}"), worded(f"fault.init.{what}.hint")
    return InputFaults([Fault(target.name, 0, "", str(target), code, message, hint)])
