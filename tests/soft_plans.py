"""Random plan folders whose rules stand in each other's way: soft rules of every kind at every level."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import yaml

Row = tuple[str, ...]
Cells = dict[tuple[str, str], float]
SOFT_RULES = "rule_id,kind,measure,level,node_id,product_id,min,max,basis,tier,owner"


def write_soft_plan(folder: Path, seed: int) -> Path:
    """Write a plan that depends on the seed alone; totals may not add up, hard rules may be impossible."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    unit = float(rng.choice([0.01, 1, 1, 10, 1000]))
    scale = unit * float(rng.choice([50, 3000, 200000]))
    org, reps = _org(rng)
    products, leaves = _products(rng)
    cell: Cells = {}
    for rep in reps:
        for leaf in leaves:
            if rng.random() < 0.75:
                cell[rep, leaf] = scale * float(rng.lognormal(0, rng.choice([0.3, 1.5])))
    if not cell:
        cell[reps[0], leaves[0]] = scale
    _lines(folder / "history.csv", "period,node_id,product_id,measure,amount", _history(rng, cell))
    year = sum(cell.values())
    total = _whole(year * float(rng.uniform(0.85, 1.25)), unit)
    plan: dict[str, object] = {
        "plan": f"soft-{seed}",
        "start": "2024-01",
        "measures": {"m": {"unit": "EUR", "round_to": unit, "total": total}},
    }
    totals = _product_totals(rng, products, cell, total / year, unit) if rng.random() < 0.5 else {}
    if totals:
        plan["product_totals"] = {"m": totals}
    if rng.random() < 0.3:
        plan["over_assignment"] = {"rep": float(rng.choice([0.02, 0.1]))}
    (folder / "plan.yaml").write_text(yaml.safe_dump(plan), "utf-8")
    _lines(folder / "org.csv", "node_id,parent_id,level,name,end,peer_group", map(",".join, org))
    _lines(folder / "products.csv", "product_id,parent_id,name,margin,effort", _with_weights(rng, products))
    rules = _rules(rng, org, [p for p, _ in products], cell, total / year)
    _lines(folder / "rules.csv", SOFT_RULES, rules)
    if rng.random() < 0.25:
        rep, leaf = list(cell)[int(rng.integers(len(cell)))]
        amount = _whole(cell[rep, leaf] * float(rng.choice([0, 0.5, 1.2])), unit)
        pin = f"{rep},{leaf},m,{amount},deal,Ann"
        _lines(folder / "pins.csv", "node_id,product_id,measure,amount,reason,owner", [pin])
    return folder


def _lines(path: Path, header: str, lines: Iterable[str]) -> None:
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")


def _whole(amount: float, unit: float) -> float:
    return round(round(amount / unit) * unit, 2)


def _history(rng: np.random.Generator, cell: Cells) -> list[str]:
    return [
        f"{year}-{month:02d},{rep},{leaf},m,{round(amount * float(rng.uniform(0.7, 1.3)) / 3, 2)}"
        for (rep, leaf), amount in cell.items()
        for year in (2022, 2023)
        for month in (2, 7, 11)
    ]


def _with_weights(rng: np.random.Generator, products: list[Row]) -> list[str]:
    return [f"{p},{up},{p},{rng.uniform(0, 0.6):.2f},{rng.uniform(0.1, 2):.2f}" for p, up in products]


def _product_totals(
    rng: np.random.Generator, products: list[Row], cell: Cells, growth: float, unit: float
) -> dict[str, object]:
    totals: dict[str, object] = {}
    for product, _ in products:
        if rng.random() < 0.4:
            own = growth * sum(a for (_, leaf), a in cell.items() if _is_below(leaf, product))
            low, high = sorted(_whole(own * float(rng.uniform(0.8, 1.2)), unit) for _ in range(2))
            forms = ({"max": high}, {"min": low}, {"min": low, "max": high}, low)
            totals[product] = forms[int(rng.integers(0, 4))]
    return totals


def _is_below(leaf: str, product: str) -> bool:
    return product in ("", leaf) or leaf.startswith(product + "-")


def _org(rng: np.random.Generator) -> tuple[list[Row], list[str]]:
    rows: list[Row] = [("c", "", "company", "", "", "")]
    reps: list[str] = []
    for region in range(int(rng.integers(1, 4))):
        rows.append((f"g{region}", "c", "region", "", "", str(rng.choice(["", "n"]))))
        for _ in range(int(rng.integers(1, 4))):
            rep = f"r{len(reps)}"
            end = "2023-06-30" if rng.random() < 0.05 else ""
            rows.append((rep, f"g{region}", "rep", "", end, str(rng.choice(["", "a", "b"]))))
            reps.append(rep)
    return rows, reps


def _products(rng: np.random.Generator) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    leaves: list[str] = []
    for line in range(int(rng.integers(1, 4))):
        items = int(rng.integers(0, 3))
        rows.append((f"l{line}", ""))
        for item in range(items):
            rows.append((f"l{line}-{item}", f"l{line}"))
            leaves.append(f"l{line}-{item}")
        if not items:
            leaves.append(f"l{line}")
    return rows, leaves


def _rules(
    rng: np.random.Generator, org: list[Row], products: list[str], cell: Cells, growth: float
) -> list[str]:
    below = {row[0]: {row[0]} for row in org}
    for node, parent, *_ in reversed(org):
        if parent:
            below[parent] |= below[node]

    def amounts(node: str, product: str, low: float, high: float) -> list[float]:
        own = sum(a for (rep, leaf), a in cell.items() if rep in below[node] and _is_below(leaf, product))
        return sorted(round(own * growth * float(rng.uniform(low, high)), 2) for _ in range(2))

    found = []
    for k in range(int(rng.integers(1, 8))):
        kind = str(rng.choice(["range", "growth", "capacity", "mix", "mix", "fairness", "fairness", "link"]))
        node, level = str(rng.choice([row[0] for row in org])), str(rng.choice(["region", "rep"]))
        product = "" if kind == "link" else str(rng.choice(["", *products]))
        tier = str(rng.choice(["hard", "1", "1", "2", "3"]))
        basis, side = "", int(rng.integers(0, 3))
        low: float | str
        high: float | str
        if kind == "range":
            low, high = amounts(node, product, 0, 2)
            low = 0 if rng.random() < 0.15 else low
        elif kind == "growth":
            low, high = sorted(round(float(rng.uniform(-1, 1)), 4) for _ in range(2))
        elif kind == "capacity":
            low, high = "", amounts(node, product, 0.2, 1.3)[1]
            basis = "effort" if rng.random() < 0.3 else ""
            side = 2
        elif kind == "mix":
            low, high = sorted(float(rng.choice([0, 0.1, 0.25, 0.5, 0.9, 1])) for _ in range(2))
            low, high = (0.5, 0.5) if rng.random() < 0.3 else (low, high)
            product = product or products[-1]
        elif kind == "fairness":
            low, high = "", max(float(rng.choice([0, 0, 0.01, 0.1, 0.5, 1])), 0.1 * (tier == "hard"))
            basis, side = str(rng.choice(["anchor", "history"])), 2
        else:
            low, high = amounts(node, "", 0, 0.6)
            basis = "margin"
        low, high = (low, "") if side == 0 else ("", high) if side == 1 else (low, high)
        if kind == "fairness" or rng.random() < 0.4:
            node = ""
        else:
            level = ""
        found.append(f"x{k},{kind},m,{level},{node},{product},{low},{high},{basis},{tier},CFO")
    return found
