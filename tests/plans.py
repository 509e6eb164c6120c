"""A tiny valid company for tests, written as a plan folder or as a workbook."""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pandas as pd
import yaml
from openpyxl import Workbook

PLAN_YAML = """\
plan: fy2020
name: 财年 2020
start: 2019-07
months: 12
currency: USD
measures:
  revenue:       {kind: outcome,  unit: USD,   round_to: 1000, total: 42000000}
  new_customers: {kind: activity, unit: count, round_to: 1,    total: {growth: 0.15}}
product_totals:
  revenue: {accessories: {min: 7000000, max: 9500000}}
baseline: {history: 0.6, potential: 0.2, commitment: 0.2}
commitment_cap: 0.5
over_assignment: {region: 0.0, rep: 0.02}
seasonality: history
stretch_levels: {base: 1.0, stretch: 1.1, challenge: 1.2}
"""

ORG = """\
node_id,parent_id,level,name,employee_id,role,email,start,end,ramp,peer_group
acme,,company,Acme 公司,,,,,,,
east,acme,region,华东大区 East,,,,,,,
west,acme,region,West,,,,,,,
e1,east,team,上海团队,,,,,,,
e2,east,team,杭州团队,,,,,,,
w1,west,team,Team W1,,,,,,,
w2,west,team,Team W2,,,,,,,
e11,e1,rep,张伟,1001,rep,zhang.wei@example.com,2015-03-01,,,senior
e12,e1,rep,李娜,1002,rep,li.na@example.com,2016-01-04,,,senior
e13,e1,rep,王芳,1003,rep,wang.fang@example.com,2016-09-01,,,senior
e21,e2,rep,刘洋,1004,rep,liu.yang@example.com,,,,
e22,e2,rep,陈静,1005,rep,chen.jing@example.com,,,,
e23,e2,rep,赵磊,1006,rep,zhao.lei@example.com,2019-06-01,,0/0.25/0.5,
w11,w1,rep,Ann Lee,1007,rep,ann@example.com,,,,
w12,w1,rep,Bob O'Neil,1008,rep,bob@example.com,,,,
w13,w1,rep,"Fox, Carl",1009,rep,carl@example.com,,,,
w21,w2,rep,Dora,1010,rep,dora@example.com,,,,
w22,w2,rep,Emil,1011,rep,emil@example.com,,2019-03-31,,
w23,w2,rep,vacant seat,,open,,,,,
"""

PRODUCTS = """\
product_id,parent_id,name,margin,effort
bikes,,Bikes,,
accessories,,配件 Accessories,,
road,bikes,Road bikes,0.30,0.001
mountain,bikes,Mountain bikes,0.25,0.001
helmets,accessories,Helmets,0.45,0.002
gloves,accessories,手套 Gloves,0.50,0.003
"""

RULES = """\
rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner,note
r-range,range,revenue,region,,,10000000,32000000,,hard,CFO,
r-growth,growth,revenue,team,,,-0.3,0.6,last_year,2,Sales,
r-capacity,capacity,revenue,,e11,,,6000000,amount,hard,HR,
r-effort,capacity,revenue,team,,,,25000,effort,1,HR,hours
r-mix,mix,revenue,team,,accessories,0.1,0.4,share,hard,Product,strategic
r-fair,fairness,revenue,rep,,,,0.5,anchor,3,HR,
r-commit,commitment,revenue,rep,,*,0.6,1.6,ratio,1,Sales,
r-link,link,revenue,,acme,,10000000,,margin,hard,CFO,profit
"""

PINS = """\
node_id,product_id,measure,amount,reason,owner
w11,helmets,revenue,400000,contract signed,W1 manager
"""

CALENDAR_DAYS = (23, 22, 21, 18, 21, 22, 17, 20, 22, 21, 19, 21)
REPS = ("e11", "e12", "e13", "e21", "e22", "w11", "w12", "w13", "w21", "w22", "w23")
WEIGHTS = {
    "e11": 14,
    "e12": 11,
    "e13": 9,
    "e21": 12,
    "e22": 10,
    "w11": 13,
    "w12": 8,
    "w13": 10,
    "w21": 12,
    "w22": 9,
    "w23": 7,
}
PRODUCT_WEIGHTS = {"road": 48, "mountain": 32, "helmets": 12, "gloves": 8}
SEASON = (9, 9, 10, 10, 11, 12, 8, 8, 10, 11, 11, 11)


def history_text() -> str:
    """Two years of monthly history (2017-07 .. 2019-06) of every rep but e23, who is new."""
    lines = ["period,node_id,product_id,measure,amount,segment"]
    for month in range(24):
        period = f"{2017 + (6 + month) // 12}-{(6 + month) % 12 + 1:02d}"
        for rank, rep in enumerate(REPS):
            for product, share in PRODUCT_WEIGHTS.items():
                size = WEIGHTS[rep] * share * SEASON[month % 12]
                revenue = size * (285 if month < 12 else 290 + 3 * rank)
                customers = 1 + (size + 7 * rank + month) // 1500
                lines.append(f"{period},{rep},{product},revenue,{revenue / 10},")
                lines.append(f"{period},{rep},{product},new_customers,{customers},")
    return "\n".join(lines) + "\n"


def commitments_text() -> str:
    """Two past years with actuals and this year's commitment of eight reps; the first one sandbags."""
    lines = ["node_id,product_id,measure,amount,confidence,period,actual"]
    for rank, rep in enumerate(REPS[:8]):
        size = WEIGHTS[rep] * 300_000
        lines.append(f"{rep},*,revenue,{size},mid,fy2018,{size + (8 - 3 * rank) * 25_000}")
        lines.append(f"{rep},*,revenue,{size + 100_000},mid,fy2019,{size + (12 - 3 * rank) * 25_000}")
        lines.append(f"{rep},*,revenue,{size + 200_000},{('low', 'mid', 'high')[rank % 3]},,")
    return "\n".join(lines) + "\n"


def potential_text() -> str:
    """Potential of every rep (all products) in revenue."""
    lines = ["node_id,product_id,measure,amount"]
    lines += [f"{rep},*,revenue,{(WEIGHTS[rep] + 3) * 900_000}" for rep in REPS]
    return "\n".join(lines) + "\n"


def calendar_text() -> str:
    """Working days of the twelve months of the plan."""
    months = [f"{2019 + (6 + month) // 12}-{(6 + month) % 12 + 1:02d}" for month in range(12)]
    return "period,working_days\n" + "".join(
        f"{month},{days}\n" for month, days in zip(months, CALENDAR_DAYS, strict=True)
    )


def plan_texts() -> dict[str, str]:
    """Return the tiny company: `plan` (plan.yaml) and every table but seasonality, as texts."""
    return {
        "plan": PLAN_YAML,
        "org": ORG,
        "products": PRODUCTS,
        "history": history_text(),
        "commitments": commitments_text(),
        "potential": potential_text(),
        "rules": RULES,
        "pins": PINS,
        "calendar": calendar_text(),
    }


def write_plan(folder: Path, **tables: str | pd.DataFrame | None) -> Path:
    """Write the tiny company into `folder` and return it.

    Parameters
    ----------
    tables
        Replacements by table name (`plan` is plan.yaml): text, a frame, or None to leave it out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts: dict[str, str | pd.DataFrame | None] = {**plan_texts(), **tables}
    for name, content in texts.items():
        if content is None:
            continue
        text = content.to_csv(index=False) if isinstance(content, pd.DataFrame) else content
        file = folder / ("plan.yaml" if name == "plan" else f"{name}.csv")
        file.write_bytes(text.encode("utf-8"))
    return folder


def write_workbook(path: Path, **tables: str | pd.DataFrame | None) -> Path:
    """Write the tiny company (or replacements) as one workbook with typed cells and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts: dict[str, str | pd.DataFrame | None] = {**plan_texts(), **tables}
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, content in texts.items():
        if content is None:
            continue
        sheet = book.create_sheet(name)
        if name == "plan":
            sheet.append(["key", "value"])
            for key, value in _dotted(yaml.safe_load(str(content))):
                sheet.append([key, value])
            continue
        frame = content if isinstance(content, pd.DataFrame) else pd.read_csv(StringIO(content), dtype=str)
        sheet.append(list(frame.columns))
        for row in frame.itertuples(index=False):
            sheet.append([_typed(value) for value in row])
    book.save(path)
    return path


def _dotted(tree: Mapping[str, object], prefix: str = "") -> list[tuple[str, object]]:
    """Flatten a mapping into dotted keys."""
    found: list[tuple[str, object]] = []
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found += _dotted(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", value))
    return found


def _typed(value: object) -> object:
    """Return numbers as numbers, as a person's workbook has them."""
    if not isinstance(value, str):
        return None if value is None or pd.isna(value) else value  # type: ignore[call-overload]
    try:
        number = float(value)
    except ValueError:
        return value
    return int(number) if number.is_integer() else number
