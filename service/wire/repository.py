"""SQL of the answers that are kept for repeated requests."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.db.models import IdempotencyRecord

KEPT_FOR = timedelta(hours=72)


def find_answer(session: Session, account_id: str, key: str) -> IdempotencyRecord | None:
    """Return the answer that an account got under a key."""
    return session.scalars(
        select(IdempotencyRecord).where(
            IdempotencyRecord.account_id == account_id, IdempotencyRecord.key == key
        )
    ).first()


def keep_answer(session: Session, answer: IdempotencyRecord) -> None:
    """Keep an answer, and forget those that are too old to be asked for again."""
    session.execute(
        delete(IdempotencyRecord).where(IdempotencyRecord.created_at < answer.created_at - KEPT_FOR)
    )
    session.add(answer)
    session.flush()
