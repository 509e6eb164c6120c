"""What a released row says, and the hashes over it; light, since receivers use it, too."""

import hashlib
import json
from collections.abc import Iterable
from typing import NamedTuple

Key = tuple[str, str, str, str]
"""Node, measure, product, period."""
HASH_DIGITS = 16
"""So many digits tell whether a row changed; a pull of many rows is half as long as with all 64."""


class Target(NamedTuple):
    """What the hashes cover, in their order."""

    employee_id: str
    email: str
    node_id: str
    org_path: str
    position: str
    measure: str
    unit: str
    currency: str
    product_id: str
    period: str
    period_start: str
    period_end: str
    amount: str

    @property
    def key(self) -> Key:
        """What makes two rows of two releases the same target."""
        return (self.node_id, self.measure, self.product_id, self.period)

    @property
    def digest(self) -> str:
        """sha256 of the JSON list of all fields, without spaces, in UTF-8."""
        return hashlib.sha256(
            json.dumps(self, ensure_ascii=False, separators=(",", ":")).encode()
        ).hexdigest()

    @property
    def row_hash(self) -> str:
        """The first 16 digits of the digest."""
        return self.digest[:HASH_DIGITS]


def release_sha256(targets: Iterable[Target]) -> str:
    """sha256 over the whole digest of every row in their order, each with a line feed."""
    return hashlib.sha256("".join(f"{target.digest}\n" for target in targets).encode()).hexdigest()
