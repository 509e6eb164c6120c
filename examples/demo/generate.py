"""Write the demo plan folder: `python -m examples.demo.generate [FOLDER]`.

Everything is invented and comes from one seed: the same script writes the same bytes.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from examples.demo.bottom_up import build_commitments, build_potential
from examples.demo.company import build_company
from examples.demo.rules import build_pins, build_rules
from examples.demo.sales import build_history
from examples.demo.working_days import working_days

SEED = 20260101
PLAN_FOLDER = Path(__file__).resolve().parent / "plan"
PLAN_YAML = """\
# 蓝海仪器 Lanhai Instruments, targets for 2026. An invented company; written by examples/demo/generate.py.
plan: fy2026
name: 2026 财年销售目标 Sales targets 2026
start: 2026-01
months: 12
currency: CNY
measures:
  revenue:       {kind: outcome,  unit: CNY,   round_to: 1000, total: 1336000000}   # 销售额
  new_customers: {kind: activity, unit: count, round_to: 1,    total: {growth: 0.15}}   # 新客户数
product_totals:
  revenue:
    portable: 18000000                 # a new product: no history, a stated total
    cells: {growth: 0.25}
    service: {min: 200000000, max: 260000000}
baseline: {history: 0.6, potential: 0.15, commitment: 0.25}
commitment_cap: 0.5
over_assignment: {team: 0.02, rep: 0.03}
seasonality: history
stretch_levels: {base: 1.0, stretch: 1.1, challenge: 1.2}   # 目标 / 冲刺 / 挑战
"""


def generate(folder: Path) -> list[Path]:
    """Write plan.yaml and all tables into a folder and return the files written."""
    random = np.random.Generator(np.random.PCG64(SEED))
    company = build_company(random)
    history = build_history(company, random)
    tables = {
        "org": company.org,
        "products": company.products,
        "history": history,
        "commitments": build_commitments(company, history, random),
        "potential": build_potential(company, history, random),
        "rules": build_rules(),
        "pins": build_pins(),
        "calendar": working_days("2026-01", 12),
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "plan.yaml"]
    written[0].write_text(PLAN_YAML, encoding="utf-8", newline="\n")
    for name, table in tables.items():
        written.append(folder / f"{name}.csv")
        _write(table, written[-1])
    return written


def _write(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the plan folder and list its files."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    for path in generate(Path(words[0]) if words else PLAN_FOLDER):
        print(f"{path.name:16} {path.stat().st_size:>9,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
