"""Random plan folders: uneven trees, odd units, missing history, every kind of rule."""

from pathlib import Path

import numpy as np
import yaml

LEVELS = ("company", "region", "team", "rep")


def write_random_plan(folder: Path, seed: int) -> Path:
    """Write a valid plan that depends on the seed alone; it may be infeasible."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    org = _org(rng)
    products = _products(rng)
    reps = [row for row in org if row["node_id"] not in {other["parent_id"] for other in org}]
    leaves = [
        row["product_id"] for row in products if row["product_id"] not in {o["parent_id"] for o in products}
    ]
    unit = float(rng.choice([0.01, 1, 5, 1000]))
    months = int(rng.choice([3, 6, 12, 12, 12]))
    history = _history(rng, reps, leaves)
    last_year = sum(row["amount"] for row in history if row["period"] >= "2023-01")
    if last_year < 400 * unit:  # too little to allocate: one old sale, and a total of its own
        history.append(
            {
                "period": "2021-02",
                "node_id": reps[0]["node_id"],
                "product_id": leaves[0],
                "measure": "m",
                "amount": 1000 * unit + abs(last_year),
            }
        )
        last_year = 1000 * unit + abs(last_year)
    total = max(1, round(last_year * rng.uniform(0.9, 1.2) / unit))
    plan = {
        "plan": f"random-{seed}",
        "start": "2024-01",
        "months": months,
        "measures": {"m": {"unit": "USD", "round_to": unit, "total": round(total * unit, 2)}},
        "over_assignment": {"team": float(rng.choice([0, 0.02])), "rep": float(rng.choice([0, 0, 0.05]))},
        "baseline": "auto" if rng.random() < 0.5 else {"history": 0.7, "potential": 0.1, "commitment": 0.2},
        "seasonality": str(rng.choice(["history", "even"])),
    }
    levels = {row["level"] for row in org}
    plan["over_assignment"] = {k: v for k, v in plan["over_assignment"].items() if k in levels}
    (folder / "plan.yaml").write_text(yaml.safe_dump(plan), encoding="utf-8")
    _write(
        folder / "org.csv",
        org,
        ("node_id", "parent_id", "level", "name", "role", "start", "end", "ramp", "peer_group"),
    )
    _write(folder / "products.csv", products, ("product_id", "parent_id", "name", "margin", "effort"))
    _write(folder / "history.csv", history, ("period", "node_id", "product_id", "measure", "amount"))
    _write(folder / "commitments.csv", _commitments(rng, reps, last_year), COMMITMENTS)
    _write(folder / "potential.csv", _potential(rng, reps), ("node_id", "product_id", "measure", "amount"))
    scale = total * unit / max(1, len(reps))
    rules = _rules(rng, org, reps, products, leaves, scale, levels)
    _write(folder / "rules.csv", rules, RULES)
    return folder


COMMITMENTS = ("node_id", "product_id", "measure", "amount", "confidence", "period", "actual")
RULES = (
    "rule_id kind measure level node_id product_id min max basis tier owner".split()  # noqa: SIM905
)


def _write(path: Path, rows: list[dict[str, object]], columns: tuple[str, ...] | list[str]) -> None:
    lines = [",".join(columns)] + [",".join(str(row.get(column, "")) for column in columns) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _org(rng: np.random.Generator) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [{"node_id": "c", "parent_id": "", "level": "company", "name": "公司"}]
    number = 0

    def rep(parent: str) -> None:
        nonlocal number
        number += 1
        row: dict[str, object] = {
            "node_id": f"r{number}",
            "parent_id": parent,
            "level": "rep",
            "name": f"人 {number}",
        }
        kind = rng.integers(0, 12)
        if kind == 0:
            row |= {"role": "open"}
        elif kind == 1:
            row |= {"start": "2024-02-15", "ramp": "0/0.5"}
        elif kind == 2:
            row |= {"end": "2023-06-30"}
        elif kind == 3:
            row |= {"end": "2024-03-10"}
        row["peer_group"] = str(rng.choice(["", "a", "b"]))
        rows.append(row)

    for region in range(int(rng.integers(1, 4))):
        rows.append({"node_id": f"g{region}", "parent_id": "c", "level": "region", "name": ""})
        if rng.random() < 0.25:
            for _ in range(int(rng.integers(1, 4))):
                rep(f"g{region}")
            continue
        for team in range(int(rng.integers(1, 3))):
            rows.append(
                {"node_id": f"t{region}{team}", "parent_id": f"g{region}", "level": "team", "name": ""}
            )
            for _ in range(int(rng.integers(1, 5))):
                rep(f"t{region}{team}")
    return rows


def _products(rng: np.random.Generator) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for line in range(int(rng.integers(1, 4))):
        rows.append({"product_id": f"l{line}", "parent_id": "", "name": "", "margin": "0.3", "effort": "0.5"})
        for item in range(int(rng.integers(0, 3))):
            rows.append(
                {
                    "product_id": f"l{line}p{item}",
                    "parent_id": f"l{line}",
                    "name": "",
                    "margin": round(float(rng.uniform(0.1, 0.5)), 2),
                    "effort": round(float(rng.uniform(0.1, 1)), 2),
                }
            )
    return rows


def _history(
    rng: np.random.Generator, reps: list[dict[str, object]], leaves: list[str]
) -> list[dict[str, object]]:
    rows = []
    scale = float(rng.choice([3, 300, 30000]))
    for rep in reps:
        if rng.random() < 0.15:
            continue
        for product in leaves:
            if rng.random() < 0.2:
                continue
            size = float(rng.lognormal(0, 1)) * scale
            for year in (2022, 2023):
                for month in range(1, 13):
                    if rng.random() < 0.3:
                        continue
                    amount = round(
                        size * float(rng.uniform(0.3, 1.7)) * (-0.2 if rng.random() < 0.05 else 1), 2
                    )
                    rows.append(
                        {
                            "period": f"{year}-{month:02d}",
                            "node_id": rep["node_id"],
                            "product_id": product,
                            "measure": "m",
                            "amount": amount,
                        }
                    )
    return rows


def _commitments(
    rng: np.random.Generator, reps: list[dict[str, object]], last_year: float
) -> list[dict[str, object]]:
    rows = []
    share = last_year / max(1, len(reps))
    for rep in reps:
        if rng.random() < 0.5:
            amount = round(share * float(rng.uniform(0.5, 1.5)), 2)
            base = {"node_id": rep["node_id"], "product_id": "*", "measure": "m"}
            rows.append({**base, "amount": amount, "confidence": str(rng.choice(["", "low", "high"]))})
            past = round(share * float(rng.uniform(0.5, 1.5)), 2)
            actual = round(past * float(rng.uniform(0.7, 1.4)), 2)
            rows.append({**base, "amount": past, "period": "2023-01", "actual": actual})
    return rows


def _potential(rng: np.random.Generator, reps: list[dict[str, object]]) -> list[dict[str, object]]:
    return [
        {
            "node_id": rep["node_id"],
            "product_id": "*",
            "measure": "m",
            "amount": round(float(rng.uniform(1, 9)), 2),
        }
        for rep in reps
        if rng.random() < 0.7
    ]


def _rules(
    rng: np.random.Generator,
    org: list[dict[str, object]],
    reps: list[dict[str, object]],
    products: list[dict[str, object]],
    leaves: list[str],
    scale: float,
    levels: set[object],
) -> list[dict[str, object]]:
    def tier() -> str:
        return str(rng.choice(["hard", "1", "2"]))

    any_product = str(rng.choice([str(row["product_id"]) for row in products]))
    level = str(rng.choice(sorted(str(name) for name in levels)))
    choices: list[dict[str, object]] = [
        {"kind": "growth", "level": level, "min": -0.4, "max": 0.6, "tier": tier()},
        {"kind": "growth", "level": "rep", "product_id": str(rng.choice(leaves)), "min": -0.6, "tier": "1"},
        {"kind": "range", "node_id": "g0", "min": round(scale * 0.3, 2), "tier": tier()},
        {
            "kind": "range",
            "node_id": "g0",
            "product_id": any_product,
            "max": round(scale * 3, 2),
            "tier": tier(),
        },
        {"kind": "capacity", "level": "rep", "max": round(scale * 2.5, 2), "tier": tier()},
        {
            "kind": "capacity",
            "level": "region",
            "max": round(scale * 8, 2),
            "basis": "effort",
            "tier": tier(),
        },
        {"kind": "mix", "level": "region", "product_id": any_product, "min": 0.05, "max": 0.9, "tier": "2"},
        {
            "kind": "fairness",
            "level": "rep",
            "max": 0.4,
            "basis": str(rng.choice(["anchor", "history"])),
            "tier": tier(),
        },
        {"kind": "fairness", "level": "rep", "max": 0.5, "basis": "potential", "tier": "3"},
        {"kind": "commitment", "level": "rep", "min": 0.7, "max": 1.5, "tier": "1"},
        {"kind": "link", "node_id": "c", "min": round(scale * 0.1, 2), "basis": "margin", "tier": tier()},
    ]
    chosen = [rule for rule in choices if rng.random() < 0.5]
    return [{"rule_id": f"x{i}", "measure": "m", "owner": "CFO", **rule} for i, rule in enumerate(chosen)]
