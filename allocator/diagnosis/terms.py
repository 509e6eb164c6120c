"""What a solution needs of each rule, in the rule's own terms."""

from dataclasses import dataclass

from allocator.model.labels import Labels
from allocator.model.outcomes import row_amounts, values_in_own_terms
from allocator.model.problem import MeasureProblem
from allocator.plan.plan import Plan
from solver_models.arrays import FloatArray


@dataclass(frozen=True)
class Bound:
    """Values of a solution by rule instance, and the company's by product.

    Parameters
    ----------
    value, amount
        Shape (n_instance,): in the rule's own terms, and as an amount.
    company
        Shape (n_product_node,).
    node_id, product_id
        Labels by position.
    """

    value: FloatArray
    amount: FloatArray
    company: FloatArray
    node_id: tuple[str, ...]
    product_id: tuple[str, ...]


def bound_in_own_terms(
    plan: Plan, labels: Labels, problem: MeasureProblem, node_amounts: FloatArray
) -> Bound:
    """Evaluate every rule at node amounts of shape (n_node, n_product_node)."""
    amount, _, _ = row_amounts(plan, labels, problem.lines, node_amounts)
    value = values_in_own_terms(problem.lines, amount, node_amounts)
    return Bound(value, amount, node_amounts[0], labels.node_id, labels.product_id)
