"""What a balance request stands on, and how it is written into the chain of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allocator.plan.plan import Plan
from service.agreement.balance_requests.schemas import PinLine
from service.runs.job import FRAME


@dataclass(frozen=True)
class Ground:
    """The run that a request stands on.

    Parameters
    ----------
    plan
        Of its revision, without scenarios.
    files
        Of its revision, by name.
    chain
        Its scenarios, then the balance requests that were accepted on top (with the key `frame`).
    engine, lang
        What the run was asked with.
    """

    plan: Plan
    files: Mapping[str, bytes]
    chain: Sequence[Mapping[str, Any]]
    engine: str
    lang: str


def chain_step(request_id: str, node_id: str, pins: Sequence[PinLine], owner: str) -> dict[str, Any]:
    """Return an accepted request as the last link of a run's chain."""
    changes = [
        {
            "kind": "set_pin",
            "measure": pin.measure,
            "node": pin.node_id,
            "product": pin.product_id,
            "amount": pin.amount,
            "reason": pin.reason,
            "owner": owner,
        }
        for pin in pins
    ]
    frame = {"node_id": node_id, "measures": sorted({pin.measure for pin in pins})}
    return {"name": f"balance {request_id}", "changes": changes, FRAME: frame}
