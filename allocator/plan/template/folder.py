"""An empty plan as a folder: plan.yaml with remarks, the header of every table, and a guide."""

import codecs
from collections.abc import Iterable
from pathlib import Path

from allocator.plan.tables import TABLES
from allocator.plan.template.guide import Section, guide
from allocator.plan.template.keys import KEYS, Key
from allocator.plan.template.wording import Wording as W

PLAN_FILE = "plan.yaml"
GUIDE_FILE = W("README.md", "说明.md")
REMARK_COLUMN = 24
_HEAD = W(
    "# Settings of the plan. What stands behind # is a remark. {guide} explains every table and rule.",
    "# 计划设置。# 之后是注释。各表与规则的说明见 {guide}。",
)


def write_folder(folder: Path, lang: str) -> list[Path]:
    """Write the files of an empty plan into an empty (or new) folder and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {PLAN_FILE: plan_yaml(lang).encode("utf-8")}
    for table in TABLES:
        # The mark lets spreadsheet programs keep UTF-8 when they save the table.
        files[table.file] = codecs.BOM_UTF8 + f"{','.join(table.column_names)}\n".encode()
    files[GUIDE_FILE.spoken(lang)] = _markdown(guide(lang, is_workbook=False)).encode("utf-8")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def plan_yaml(lang: str) -> str:
    """Return plan.yaml with every key and a remark to each; examples stand behind `#`."""
    head = _HEAD.spoken(lang).format(guide=GUIDE_FILE.spoken(lang))
    return "\n".join([head, "", *(_yaml_line(key, lang) for key in KEYS)]) + "\n"


def _yaml_line(key: Key, lang: str) -> str:
    *above, name = key.path.split(".")
    indent = "  " * len(above)
    line = f"{'# ' if key.is_example else ''}{indent}{name}:{f' {key.value}' if key.value else ''}"
    return f"{line:<{REMARK_COLUMN}}  # {key.meaning.spoken(lang)}"


def _markdown(sections: Iterable[Section]) -> str:
    """Return the guide as a page; the first section is its title."""
    blocks: list[str] = []
    for place, section in enumerate(sections):
        blocks.append(f"{'##' if place else '#'} {section.title}")
        blocks.append("\n".join(section.sentences) if place else "\n\n".join(section.sentences))
        if section.rows:
            header, *rows = section.rows
            lines = [header, ("---",) * len(header), *rows]
            blocks.append("\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _cell(text: str) -> str:
    """Keep a bar inside a cell from ending it."""
    return text.replace("|", "\\|")
