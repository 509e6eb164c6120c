"""What each hard row is called: rule, pin or total, and whose it is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocator.model.labels import Labels
from allocator.model.problem import MeasureProblem
from solver_models.arrays import BoolArray, IntArray
from solver_models.conflicts import ALWAYS

TOTALS = ("total", "product_total")
NO_RULE = ("group", "cell")


@dataclass(frozen=True)
class RowNames:
    """What each row of `feasibility_program` is called, side by side.

    Parameters
    ----------
    instance
        Shape (2, n_row): rule instance behind the lower and the upper bound, -1 = a total.
    name
        Shape (2, n_row): rule id, `total`, `product_total P` or `pin N P`.
    kind, rule_id, owner
        Shape (2, n_row).
    node, product
        Shape (n_row,).
    group
        Shape (2, n_row): position of the name in `names`; `ALWAYS` for sides that are nobody's.
    names
        Every name once.
    """

    instance: IntArray
    name: np.ndarray
    kind: np.ndarray
    rule_id: np.ndarray
    owner: np.ndarray
    node: IntArray
    product: IntArray
    group: IntArray
    names: tuple[str, ...]

    def groups_of(self, names: list[str]) -> list[int]:
        """Positions of some names."""
        position = {name: at for at, name in enumerate(self.names)}
        return [position[name] for name in names]

    def is_of(self, name: str) -> BoolArray:
        """True for the sides of one name, shape (2, n_row)."""
        mask: BoolArray = self.group == self.names.index(name)
        return mask


def name_rows(labels: Labels, problem: MeasureProblem) -> RowNames:
    """Name the rows of `feasibility_program`: the model's rows, then the cells."""
    grid, shape = labels.grid, problem.lines.shape
    source, cell = problem.model.rows.source, problem.cell
    ledger = {
        name: problem.ledger[name].to_numpy()[source] for name in ("instance", "kind", "node", "product")
    }
    of_rows = ledger["instance"].astype(np.int64)
    instance = np.hstack([np.vstack([of_rows, of_rows]), problem.bound_by[:, cell]])
    node = np.concatenate([ledger["node"], grid.org.leaf.astype(np.int64)[grid.cell_rep[cell]]])
    product = np.concatenate(
        [ledger["product"], grid.products.leaf.astype(np.int64)[grid.cell_product[cell]]]
    )
    kind = np.concatenate([ledger["kind"].astype(object), np.full(len(cell), "cell", object)])
    own = kind.copy()
    for row in np.flatnonzero(kind[: len(source)] == "product_total").tolist():
        own[row] = f"product_total {labels.product_id[product[row]]}"
    of_instance = shape.rule_id.copy()
    for pin in np.flatnonzero(shape.kind == "pin").tolist():
        place = labels.node_id[shape.node[pin]], labels.product_id[shape.product[pin]]
        of_instance[pin] = "pin {} {}".format(*place)
    name = _by_side(own, of_instance, instance)
    code, names = pd.factorize(name.ravel())
    group = code.reshape(name.shape).astype(np.int64)
    group[(instance < 0) & np.isin(kind, NO_RULE)] = ALWAYS
    nobody = np.full(len(kind), "", object)
    return RowNames(
        instance=instance,
        name=name,
        kind=_by_side(kind, shape.kind, instance),
        rule_id=_by_side(kind, shape.rule_id, instance),
        owner=_by_side(nobody, shape.owner, instance),
        node=node.astype(np.int64),
        product=product.astype(np.int64),
        group=group,
        names=tuple(str(one) for one in names),
    )


def _by_side(default: np.ndarray, of_instance: np.ndarray, instance: IntArray) -> np.ndarray:
    values = np.vstack([default, default])
    known = instance >= 0
    values[known] = of_instance[instance[known]]
    return values
