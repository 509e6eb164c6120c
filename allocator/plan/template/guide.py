"""The guide that comes with an empty plan: sections of text and tables, for a page or for a sheet."""

from dataclasses import dataclass

from allocator.plan.tables import REQUIRED_TABLES, TABLES, Table
from allocator.plan.template.columns import COLUMN_MEANINGS, KIND_MEANINGS, TABLE_MEANINGS
from allocator.plan.template.keys import KEYS
from allocator.plan.template.wording import Wording as W

TITLE = W("An empty plan for the Target Allocator", "销售目标分解：空白计划")
_INTRODUCTION = (
    W("1. Fill in the plan: the settings first, then the tables.", "1. 填写计划：先填设置，再填各表。"),
    W(
        "2. `allocator check PLAN` lists everything that is still missing or wrong.",
        "2. 运行 `allocator check 计划`，列出所有缺失或错误之处。",
    ),
    W(
        "3. `allocator run PLAN --out RESULT` allocates the targets.",
        "3. 运行 `allocator run 计划 --out 结果`，分解目标。",
    ),
    W(
        "An empty cell means `not given`, which is not 0. Amounts are plain numbers (1234.5, no thousands "
        "separators, no currency signs). Ids are text; months are YYYY-MM, dates YYYY-MM-DD.",
        "空单元格表示“未给出”，不等于 0。金额写成纯数字（1234.5，不带千分位和货币符号）。"
        "编号是文本；月份写 YYYY-MM，日期写 YYYY-MM-DD。",
    ),
    W(
        "Tables that are not required may stay empty or be deleted.",
        "非必填的表可以留空或删除。",
    ),
)
_FOLDER_ONLY = W(
    "Save tables as `CSV UTF-8` with commas. Other encodings are named in plan.yaml (`encoding: gbk`).",
    "表格请另存为“CSV UTF-8（逗号分隔）”；如为其他编码，请在 plan.yaml 中写明（`encoding: gbk`）。",
)
_SETTINGS = W("Settings", "设置")
_FURTHER_KEYS = W("Keys that an empty plan does not have, with an example", "空白计划中没有的键及示例")
_KIND_TITLE = W("Kinds of rules", "规则类型")
_KIND_NOTE = W(
    "A rule names a level, a node, or both. `tier`: hard = must hold; 1, 2, 3 ... = as far as possible, in "
    "this order. One-sided rules leave min or max empty.",
    "每条规则指定层级、节点或两者。`tier`：hard 表示必须满足；1、2、3……表示按此顺序尽量满足。"
    "单边规则将 min 或 max 留空。",
)
_REQUIRED_TABLE = W("required", "必填")
_OPTIONAL_TABLE = W("optional", "可选")
_COLUMN = W("column", "列")
_NEEDED = W("needed", "是否必需")
_MEANING = W("meaning", "含义")
_KEY = W("key", "键")
_EXAMPLE = W("example", "示例")
_KIND = W("kind", "类型")
_BASIS = W("basis (default first)", "口径（默认在前）")
_SAYS = W("says", "含义")
_IN_HEADER = W("in the header", "列名必需")
_MAY_BE_ABSENT = W("may be absent", "可省略")


@dataclass(frozen=True)
class Section:
    """A headline, sentences, and a table under them.

    Parameters
    ----------
    rows
        Header row first; empty where the section has no table.
    """

    title: str
    sentences: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()


def guide(lang: str, *, is_workbook: bool) -> tuple[Section, ...]:
    """Return the sections of the guide in `en` or `zh`."""
    introduction = [line.spoken(lang) for line in _INTRODUCTION]
    if not is_workbook:
        introduction.append(_FOLDER_ONLY.spoken(lang))
    return (
        Section(TITLE.spoken(lang), tuple(introduction)),
        _settings_section(lang, is_workbook=is_workbook),
        *(_table_section(table, lang, is_workbook=is_workbook) for table in TABLES),
        _kinds_section(lang),
    )


def _settings_section(lang: str, *, is_workbook: bool) -> Section:
    """Keys with their meaning; a workbook's own sheet shows most, so only further ones are listed there."""
    chosen = [key for key in KEYS if not key.is_branch and (key.is_example or not is_workbook)]
    rows = [(key.path, key.value, key.meaning.spoken(lang)) for key in chosen]
    header = (_KEY.spoken(lang), _EXAMPLE.spoken(lang), _MEANING.spoken(lang))
    name = "plan" if is_workbook else "plan.yaml"
    sentences = (_FURTHER_KEYS.spoken(lang),) if is_workbook else ()
    return Section(f"{name}: {_SETTINGS.spoken(lang)}", sentences, (header, *rows))


def _table_section(table: Table, lang: str, *, is_workbook: bool) -> Section:
    needed = _REQUIRED_TABLE if table.name in REQUIRED_TABLES else _OPTIONAL_TABLE
    rows = [
        (
            column.name,
            (_IN_HEADER if column.required else _MAY_BE_ABSENT).spoken(lang),
            COLUMN_MEANINGS[table.name][column.name].spoken(lang),
        )
        for column in table.columns
    ]
    header = (_COLUMN.spoken(lang), _NEEDED.spoken(lang), _MEANING.spoken(lang))
    name = table.name if is_workbook else table.file
    return Section(
        f"{name} ({needed.spoken(lang)})", (TABLE_MEANINGS[table.name].spoken(lang),), (header, *rows)
    )


def _kinds_section(lang: str) -> Section:
    rows = [(kind, basis, says.spoken(lang)) for kind, (basis, says) in KIND_MEANINGS.items()]
    header = (_KIND.spoken(lang), _BASIS.spoken(lang), _SAYS.spoken(lang))
    return Section(_KIND_TITLE.spoken(lang), (_KIND_NOTE.spoken(lang),), (header, *rows))
