"""A company of three reps and two products, small enough to be solved by other means."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, linprog, minimize

from service.cli.main import main

REPS, PRODUCTS, MONTHS = ("r1", "r2", "r3"), ("a", "b"), 6
CELLS = [(rep, product) for rep in REPS for product in PRODUCTS]
HISTORY = {"r1": (60, 20), "r2": (50, 30), "r3": (30, 10)}
RULES = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner"
Company = tuple[Path, Path]


def publish(root: Path, rules: Sequence[str] = (), total: int = 1200) -> Company:
    """Write the plan of a half-year and allocate it: the plan and its result."""
    plan = write_plan(root, rules, total)
    assert main(["run", str(plan), "--out", str(root / "out"), "--no-workbook"]) == 0
    return plan, root / "out"


def write_plan(root: Path, rules: Sequence[str] = (), total: int = 1200) -> Path:
    """Write the plan of a half-year."""
    plan = root / "plan"
    plan.mkdir(parents=True)
    (plan / "plan.yaml").write_text(
        f"plan: tiny\nstart: 2020-01\nmonths: {MONTHS}\nseasonality: even\nbaseline: {{history: 1}}\n"
        f"measures: {{sales: {{unit: EUR, total: {total}}}}}\n"
    )
    org = "node_id,parent_id,level,name\nco,,company,\n" + "".join(f"{rep},co,rep,\n" for rep in REPS)
    (plan / "org.csv").write_text(org)
    (plan / "products.csv").write_text("product_id,parent_id,name\na,,\nb,,\n")
    rows = [
        f"2019-{month:02d},{rep},{product},sales,{amount}"
        for month in range(1, MONTHS + 1)
        for rep in REPS
        for product, amount in zip(PRODUCTS, HISTORY[rep], strict=True)
    ]
    (plan / "history.csv").write_text("\n".join(["period,node_id,product_id,measure,amount", *rows, ""]))
    (plan / "rules.csv").write_text("\n".join([RULES, *rules, ""]))
    return plan


def again(company: Company, out: Path, sold: Mapping[tuple[str, str], Sequence[float]], *more: str) -> Any:
    """Re-plan with these sales by cell and month; return replan.json."""
    plan, published = company
    done = len(next(iter(sold.values())))
    rows = [
        f"2020-{month + 1:02d},{rep},{product},sales,{amounts[month]}"
        for (rep, product), amounts in sold.items()
        for month in range(done)
    ]
    file = out.with_suffix(".csv")
    file.write_text("\n".join(["period,node_id,product_id,measure,amount", *rows, ""]))
    arguments = ["replan", str(plan), "--actuals", str(file), "--as-of", f"2020-{done:02d}"]
    assert main([*arguments, "--published", str(published), "--out", str(out), *more]) == 0
    return json.loads((out / "replan.json").read_text())


def even(sold: Mapping[tuple[str, str], float], done: int = 3) -> dict[tuple[str, str], list[float]]:
    """The same sales in every month."""
    return {cell: [amount] * done for cell, amount in sold.items()}


def years(out: Path, column: str = "target") -> pd.Series:
    """Return a column of replan.csv by node and product."""
    return pd.read_csv(out / "replan.csv").set_index(["node_id", "product_id"])[column]


def unrounded(out: Path) -> np.ndarray:
    """Return the unrounded remainder by cell."""
    table = pd.read_csv(out / "remaining" / "cells.csv").set_index(["node_id", "product_id"])
    return np.array([float(table.loc[cell, "unrounded"]) for cell in CELLS])


def nearest(anchor: np.ndarray, total: float, rows: np.ndarray, low: np.ndarray) -> np.ndarray:
    """Solve min sum (x - a)^2 / (2 a), sum x = total, rows x >= low, x >= 0 with a general solver."""
    start = anchor * total / anchor.sum()
    found = minimize(
        lambda x: float((x**2 / (2 * anchor) - x).sum()),
        start,
        jac=lambda x: x / anchor - 1,
        hess=lambda x: np.diag(1 / anchor),
        method="trust-constr",
        bounds=[(0, None)] * len(anchor),
        constraints=[
            LinearConstraint(np.ones((1, len(anchor))), total, total),
            LinearConstraint(rows, low, np.inf),
        ],
        options={"gtol": 1e-10, "xtol": 1e-12, "maxiter": 5000},
    )
    return np.asarray(found.x)


def least_shortfall(total: float, rows: np.ndarray, low: np.ndarray) -> float:
    """Smallest largest shortfall of `rows x >= low` over all x >= 0 that sum to the total."""
    n = rows.shape[1]
    found = linprog(
        np.r_[np.zeros(n), 1.0],
        A_ub=np.hstack([-rows, -np.ones((len(rows), 1))]),
        b_ub=-low,
        A_eq=np.r_[np.ones(n), 0.0][None, :],
        b_eq=[total],
    )
    return float(found.fun)
