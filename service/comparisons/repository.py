"""SQL of comparisons."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.db.models import Comparison


def get_comparison(session: Session, comparison_id: str) -> Comparison | None:
    """Return a comparison."""
    return session.get(Comparison, comparison_id)


def page_of_comparisons(session: Session, plan_id: str, after: str, limit: int) -> Sequence[Comparison]:
    """Return up to `limit` comparisons after an id, of one plan or (empty) of all."""
    rows = select(Comparison).where(Comparison.comparison_id > after)
    if plan_id:
        rows = rows.where(Comparison.plan_id == plan_id)
    return session.scalars(rows.order_by(Comparison.comparison_id).limit(limit)).all()
