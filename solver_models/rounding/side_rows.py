"""Rows that rounding must keep although they belong to neither laminar family."""

from dataclasses import dataclass

from solver_models.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class SideRows:
    """lower <= sum over product leaves p of weight[k, p] * X[node[k], p] <= upper, in units.

    Parameters
    ----------
    node
        Shape (m,): positions in the org.
    weight
        Shape (m, n_product).
    lower, upper
        Shape (m,), may be infinite.
    """

    node: IntArray
    weight: FloatArray
    lower: FloatArray
    upper: FloatArray

    def __len__(self) -> int:
        return len(self.node)
