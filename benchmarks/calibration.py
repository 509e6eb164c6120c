"""Do stated chances come true? Companies of known luck, foretold by the product, at every level.

    python -m benchmarks.calibration [--companies 20] [--seed 1] [--informed]

prints the tables of docs/attainment.md: of each fifth of stated chances how many came true, and how many
outcomes fell into the stated 80 % intervals. With `--informed` whoever foretells knows beforehand which sizes
of company luck there are and how often; only that of the company before him he does not know: what is still
off then is what the years do not show. Nothing is timed.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from allocator.anchors.build import build_anchors
from allocator.attainment.growth import USUAL_SIZES, company_growth
from allocator.attainment.noise import learn_luck, replay_past
from allocator.model.labels import label_plan
from allocator.plan.reading import read_plan
from solver_models.arrays import FloatArray
from solver_models.attainment import LuckyDraws, chance, simulate
from solver_models.common_luck import SIZES

LUCK = {"none": (0.0, 0.0), "company 8 %": (0.08, 0.0), "region 15 %": (0.0, 0.15)}
"""Standard deviation of what the whole company, and what each region, shares in a year (log)."""
YEARS_ON_FILE = (2, 3)
REGIONS, TEAMS, REPS = 4, 3, 4
OWN_LUCK, MONTH_LUCK, GROWTH = 0.2, 0.3, 0.03
FACTORS = (0.75, 0.85, 0.95, 1.0, 1.05, 1.15, 1.3)
"""Targets, as multiples of what is expected."""
UNHEARD_OF = 1e-12
INFORMED = np.select([SIZES == 0.01, SIZES == 0.08], [2 / 3, 1 / 3], UNHEARD_OF)
"""Weights of the sizes of company luck for who knows `LUCK`, each kind equally often."""
LEVELS = ("rep", "team", "region", "company")
PLAN = (
    "plan: luck\nstart: 2020-01\nbaseline: auto\n"
    "measures:\n  revenue: {unit: USD, round_to: 1, total: {growth: 0.0}}\n"
)


@dataclass(frozen=True)
class Foretold:
    """Stated chances of targets and what happened, and the places of outcomes in what was foretold."""

    level: tuple[str, ...]
    stated: FloatArray
    reached: FloatArray
    place: FloatArray


def write_company(folder: Path, luck: tuple[float, float], years: int, seed: int) -> dict[str, float]:
    """Write a plan of sellers with steady levels; return what each sells in the plan's year."""
    rng = np.random.default_rng([seed, years])
    n, n_region = REGIONS * TEAMS * REPS, TEAMS * REPS
    size, steps = np.exp(rng.normal(np.log(200_000), 0.5, n)), np.arange(years + 1)[:, None]
    shared = luck[0] * rng.standard_normal((years + 1, 1))
    shared = shared + (luck[1] * rng.standard_normal((years + 1, REGIONS))).repeat(n_region, axis=1)
    log = shared + OWN_LUCK * rng.standard_normal((years + 1, n)) - OWN_LUCK**2 / 2 + GROWTH * steps
    month = np.exp(MONTH_LUCK * rng.standard_normal((years + 1, n, 12)) - MONTH_LUCK**2 / 2) / 12
    sold = (size * np.exp(log))[:, :, None] * month
    rep = [f"r{k:02d}" for k in range(n)]
    org = ["node_id,parent_id,level,name", "co,,company,Co"]
    org += [f"g{g},co,region," for g in range(REGIONS)]
    org += [f"t{t},g{t // TEAMS},team," for t in range(REGIONS * TEAMS)]
    org += [f"{one},t{k // REPS},rep," for k, one in enumerate(rep)]
    past = sold[:-1].transpose(1, 0, 2).reshape(n, -1)
    period = [f"{2020 - years + m // 12}-{m % 12 + 1:02d}" for m in range(12 * years)]
    rows = {"period": period * n, "node_id": np.repeat(rep, 12 * years), "product_id": "p"}
    folder.mkdir(parents=True)
    (folder / "plan.yaml").write_text(PLAN, "utf-8")
    (folder / "org.csv").write_text("\n".join(org) + "\n", "utf-8")
    (folder / "products.csv").write_text("product_id,parent_id,name\np,,P\n", "utf-8")
    pd.DataFrame(rows | {"measure": "revenue", "amount": past.ravel().round(2)}).to_csv(
        folder / "history.csv", index=False
    )
    return dict(zip(rep, sold[-1].sum(axis=1).tolist(), strict=True))


def foretell(
    folder: Path, luck: tuple[float, float], years: int, seed: int, prior: FloatArray = USUAL_SIZES
) -> Foretold:
    """Foretell one company and hold it against what happened."""
    outcome = write_company(folder, luck, years, seed)
    plan = read_plan(folder, [])
    labels = label_plan(plan)
    org = labels.grid.org
    anchors = build_anchors(plan, labels, "revenue")
    past = replay_past(plan, labels, "revenue", anchors.observed)
    past = replace(past, growth=company_growth(plan, labels, anchors.observed, prior))
    model = learn_luck(plan, labels, "revenue", anchors, past).model
    sold = org.roll_up(np.array([outcome[one] for one in labels.rep_id]))
    expected = org.roll_up(model.expected)
    inner = np.flatnonzero(~org.is_leaf)
    draws = LuckyDraws(labels.grid.n_rep, int(model.group.max()) + 1, plan.spec.attainment.seed)
    sales = simulate(model, org, inner, draws).sales

    def chances(target: FloatArray) -> FloatArray:
        found = np.empty(len(target))
        found[org.leaf] = chance(model, target[org.leaf])
        found[inner] = (sales >= target[inner, None]).mean(axis=1)
        return found

    stated = np.array([chances(factor * expected) for factor in FACTORS])
    reached = np.array([(sold >= factor * expected).astype(float) for factor in FACTORS])
    return Foretold(labels.level, stated, reached, 1.0 - chances(sold))


def rows_of(found: list[Foretold]) -> list[str]:
    """Return one table row per level: n, stated/reached of each fifth, share inside the 80 % intervals."""
    rows = []
    for level in LEVELS:
        chosen = [np.array(one.level) == level for one in found]
        stated, reached = (
            np.concatenate([getattr(one, name)[:, at].ravel() for one, at in zip(found, chosen, strict=True)])
            for name in ("stated", "reached")
        )
        place = np.concatenate([one.place[at] for one, at in zip(found, chosen, strict=True)])
        fifths = np.minimum((stated * 5).astype(int), 4)
        cells = [
            f"{stated[fifths == k].mean():.2f} / {reached[fifths == k].mean():.2f}"
            if (fifths == k).any()
            else ""
            for k in range(5)
        ]
        rows.append(f"| {level} | {len(place)} | {' | '.join(cells)} | {inside(place):.0%} |")
    return rows


def inside(place: FloatArray) -> float:
    """Share of outcomes between the stated tenth and ninetieth percentiles."""
    return float(((place >= 0.1) & (place <= 0.9)).mean())


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Print the calibration tables of docs/attainment.md.")
    parser.add_argument("--companies", type=int, default=20, help="of each kind of luck")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--informed", action="store_true", help="foretell knowing which sizes there are")
    asked = parser.parse_args(arguments)
    prior = INFORMED if asked.informed else USUAL_SIZES
    head = "| luck, years | level | n | 0-20 % | 20-40 % | 40-60 % | 60-80 % | 80-100 % | in 80 % |"
    print(head + "\n" + "|---" * 9 + "|")
    with tempfile.TemporaryDirectory() as folder:
        for years in YEARS_ON_FILE:
            pooled: list[Foretold] = []
            for kind, luck in LUCK.items():
                seeds = range(1000 * asked.seed, 1000 * asked.seed + asked.companies)
                found = [foretell(Path(folder) / f"{kind}{years}{k}", luck, years, k, prior) for k in seeds]
                pooled += found
                print("\n".join(f"| {kind}, {years} {row}" for row in rows_of(found)), flush=True)
            print("\n".join(f"| all, {years} {row}" for row in rows_of(pooled)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
