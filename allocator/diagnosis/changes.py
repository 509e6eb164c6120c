"""Changes of single numbers, as they are printed and as `--set` takes them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanChange:
    """One number of the plan that changes.

    Parameters
    ----------
    path
        `measures.M.total`, `product_totals.M.P[.min|.max]`, `rules.R.min|max|tier`, `pins.M.N.P.amount`.
    old, new
        In the terms of the plan, as they are written there.
    owner
        Who owns the number.
    """

    path: str
    old: str
    new: str
    owner: str

    @property
    def override(self) -> str:
        """The change as `--set` takes it."""
        return f"{self.path}={self.new}"
