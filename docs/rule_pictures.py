"""Draw the pictures of the rule pages: anchors and targets of a small company with and without the rule.

Run from the project's root: `python -m docs.rule_pictures`. Every bar is computed by the balance itself.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from solver_models.arrays import FloatArray
from solver_models.balance.solve import solve_balance
from solver_models.engines.base import EngineOptions
from solver_models.engines.highs import HighsEngine
from solver_models.grid import Grid
from solver_models.hierarchy import Hierarchy
from solver_models.model import BalanceModel, Rows, SoftRows
from solver_models.terms.kinds import add_amounts, add_fairness, add_mix, add_total, add_weighted
from solver_models.terms.rows import RowCollector

FOLDER = Path(__file__).parent / "images" / "rules"
REPS = ("Ann", "Bo", "Cai", "Dee")
ANCHOR = np.array([[30.0, 10.0], [24.0, 16.0], [36.0, 4.0], [20.0, 20.0]])
TOTAL = 160.0
INF = np.inf


def _grid() -> Grid:
    return Grid(
        Hierarchy(np.array([-1, 0, 0, 0, 0], np.int32)),
        Hierarchy(np.array([-1, 0, 0], np.int32)),
        np.zeros(5),
    )


def _one(value: float) -> FloatArray:
    return np.array([value])


def _int(value: int) -> np.ndarray:
    return np.array([value], np.int64)


def _amount(kind: str, node: int, product: int, low: float, high: float) -> Callable[[RowCollector], None]:
    def add(rows: RowCollector) -> None:
        add_amounts(rows, kind, _int(node), _int(product), _one(low), _one(high), _int(0), np.ones(1))

    return add


def _mix(rows: RowCollector) -> None:
    add_mix(rows, _int(3), _int(2), _one(0.2), np.array([True]), _int(0), np.ones(1))


def _fairness(rows: RowCollector) -> None:
    _amount("range", 2, 0, 52.0, INF)(rows)
    node = np.tile(np.arange(1, 5, dtype=np.int64), 2)
    add_fairness(
        rows,
        node,
        np.zeros(8, np.int64),
        np.tile(ANCHOR.sum(axis=1), 2),
        np.zeros(8, np.int64),
        np.repeat([0.75, 1.31], 4),
        np.arange(8) < 4,
        np.zeros(8, np.int64),
        np.ones(8),
    )
    _amount("growth", 1, 0, 44.0, INF)(rows)


def _link(rows: RowCollector) -> None:
    add_weighted(
        rows, "link", _int(0), _int(0), np.array([[0.2, 0.5]]), _one(50.0), _one(INF), _int(0), np.ones(1)
    )


PICTURES: dict[str, tuple[Callable[[RowCollector], None], str]] = {
    "range": (
        _amount("range", 2, 0, 48.0, INF),
        "range: Bo carries at least 48; the others give a little, in proportion",
    ),
    "growth": (_amount("growth", 3, 0, -INF, 34.0), "growth: Cai, 32 last year, may grow by 6 % at most: 34"),
    "capacity": (
        _amount("capacity", 1, 0, -INF, 31.0),
        "capacity: Ann can carry 31; the rest share what is left",
    ),
    "mix": (_mix, "mix: at least 20 % of Cai's target is product B"),
    "fairness": (_fairness, "fairness: Bo and Ann are asked for more; nobody may leave the peers' band"),
    "commitment": (
        _amount("commitment", 4, 0, 46.0, 54.0),
        "commitment: Dee promised 50; the target stays within 8 % of it",
    ),
    "link": (_link, "link: the profit implied by all targets (0.2 A + 0.5 B) reaches 50"),
    "pins": (_amount("pin", 4, 2, 26.0, 26.0), "pin: Dee's product B is fixed at 26"),
}


def targets(add: Callable[[RowCollector], None]) -> FloatArray:
    """Balance the small company under one rule. Shape (n_rep, n_product)."""
    rows = RowCollector(_grid())
    add_total(rows, TOTAL)
    add(rows)
    joined = rows.joined()
    none = np.zeros(0)
    nothing = SoftRows(
        csr_array((0, joined.matrix.shape[1])), none, none, none.astype(np.int64), none, none.astype(np.int64)
    )
    order = np.arange(len(joined), dtype=np.int64)
    hard = Rows(joined.matrix, joined.lower, joined.upper, order, np.zeros(len(joined), np.int64))
    anchor = ANCHOR.ravel()
    model = BalanceModel(anchor, anchor, np.zeros(8), np.full(8, INF), rows.n_group, hard, nothing)
    return solve_balance(model, HighsEngine(), EngineOptions()).x.reshape(ANCHOR.shape)


def picture(kind: str) -> str:
    """Return the SVG of one rule: grey = anchor, blue and green = target by product."""
    add, caption = PICTURES[kind]
    found = targets(add)
    width, height, base, scale = 640, 270, 215, 2.9
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="20" y="26" font-size="15" fill="#1f3864">{caption}</text>',
    ]
    for i, name in enumerate(REPS):
        x = 40 + i * 145
        for shift, amounts, colours in (
            (0, ANCHOR[i], ("#c9ced6", "#dde1e7")),
            (52, found[i], ("#2f6db5", "#62a87c")),
        ):
            y = float(base)
            for amount, colour in zip(amounts, colours, strict=True):
                tall = amount * scale
                y -= tall
                parts.append(
                    f'<rect x="{x + shift}" y="{y:.1f}" width="44" height="{tall:.1f}" fill="{colour}"/>'
                )
            total = amounts.sum()
            place = f'x="{x + shift + 22}" y="{y - 5:.1f}"'
            parts.append(f'<text {place} font-size="12" text-anchor="middle">{total:.1f}</text>')
        parts.append(f'<text x="{x + 48}" y="{base + 18}" font-size="13" text-anchor="middle">{name}</text>')
    legend = (
        ("#c9ced6", "anchor A"),
        ("#dde1e7", "anchor B"),
        ("#2f6db5", "target A"),
        ("#62a87c", "target B"),
    )
    for k, (colour, words) in enumerate(legend):
        parts.append(f'<rect x="{40 + k * 120}" y="{height - 24}" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{58 + k * 120}" y="{height - 13}" font-size="12">{words}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind in PICTURES:
        (FOLDER / f"{kind}.svg").write_text(picture(kind), encoding="utf-8")


if __name__ == "__main__":
    main()
