"""Names of nodes and products beside their ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from allocator.plan.plan import Plan

BETWEEN = " x "
"""Stands between node and product where a place is written as one text."""


@dataclass(frozen=True)
class Names:
    """Id -> name of nodes and of products; ids without a name of their own are not there."""

    nodes: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)

    def node(self, node_id: str) -> str:
        """Return `name (id)`, or the id alone."""
        return beside_id(self.nodes.get(node_id, ""), node_id)

    def product(self, product_id: str) -> str:
        """Return `name (id)`, or the id alone."""
        return beside_id(self.products.get(product_id, ""), product_id)

    def place(self, place: str) -> str:
        """Return a place (`NODE` or `NODE x PRODUCT`) with names."""
        node, between, product = place.rpartition(BETWEEN)
        if not between or place in self.nodes:
            return self.node(place)
        return f"{self.node(node)}{BETWEEN}{self.product(product)}"


def beside_id(name: str, an_id: str) -> str:
    """Return `name (id)`, or the id alone where there is no other name."""
    return f"{name} ({an_id})" if name and name != an_id else an_id


def joined_names(found: Iterable[Names]) -> Names:
    """Put names together; where results differ, the first one that has a name counts."""
    nodes: dict[str, str] = {}
    products: dict[str, str] = {}
    for one in found:
        nodes = {**one.nodes, **nodes}
        products = {**one.products, **products}
    return Names(nodes, products)


def plan_names(plan: Plan) -> Names:
    """Return the names of a plan."""
    nodes = zip(plan.org["node_id"], plan.org["name"], strict=True)
    products = zip(plan.products["product_id"], plan.products["name"], strict=True)
    return Names(
        {str(key): str(name) for key, name in nodes}, {str(key): str(name) for key, name in products}
    )


def column(names: Mapping[str, str], ids: np.ndarray) -> np.ndarray:
    """Return the names of a column of ids; empty where there is none."""
    return np.array([names.get(one, "") for one in ids.tolist()], object)
