"""Idempotency-Key: the same POST twice, within three days, has one effect and one answer."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from service.auth.principal import Principal
from service.db.locks import lock_until_commit
from service.db.models import IdempotencyRecord
from service.problems.problem import Problem
from service.wire.repository import find_answer, keep_answer


@dataclass(frozen=True)
class Attempt:
    """The key that the caller sent, if any, and the hash of what was asked."""

    key: str | None
    request_hash: str


@dataclass(frozen=True)
class Answer:
    """What is answered now; `kept` replaces the body at a repetition where it holds a secret."""

    status: int
    body: bytes
    location: str
    kept: bytes | None = None


def attempt(
    request: Request,
    idempotency_key: Annotated[str | None, Header(max_length=200, pattern=r"^[\x21-\x7e]+$")] = None,
) -> Attempt:
    """Hash method, address, type and body; the body was hashed where it came in."""
    media_type = request.headers.get("content-type", "").partition(";")[0]
    asked = f"{request.method} {request.url.path}?{request.url.query}\n{media_type}\n"
    digest = hashlib.sha256(asked.encode())
    digest.update(request.scope["state"]["body_sha256"])
    return Attempt(idempotency_key, digest.hexdigest())


AttemptDep = Annotated[Attempt, Depends(attempt)]


def is_answered(session: Session, principal: Principal, attempt: Attempt) -> bool:
    """Whether `answer_once` will repeat an answer: long work before it can be left out then."""
    if attempt.key is None:
        return False
    return session.get(IdempotencyRecord, (principal.account_id, attempt.key)) is not None


def answer_once(
    session: Session, principal: Principal, attempt: Attempt, now: datetime, act: Callable[[], Answer]
) -> Response:
    """Act, or repeat the answer of the first time; the answer is stored in the transaction of the act.

    Raises
    ------
    Problem
        `key-reused` when the key came with another request.
    """
    if attempt.key is None:
        return _response(act())
    lock_until_commit(session, f"idempotency {principal.account_id} {attempt.key}")
    known = find_answer(session, principal.account_id, attempt.key)
    if known is None:
        answer = act()
        keep_answer(
            session,
            IdempotencyRecord(
                account_id=principal.account_id,
                key=attempt.key,
                request_hash=attempt.request_hash,
                status=answer.status,
                location=answer.location,
                body=answer.body if answer.kept is None else answer.kept,
                created_at=now,
            ),
        )
        return _response(answer)
    if known.request_hash != attempt.request_hash:
        raise Problem("key-reused")
    return _response(Answer(known.status, known.body, known.location), {"Idempotent-Replayed": "true"})


def _response(answer: Answer, headers: dict[str, str] | None = None) -> Response:
    return Response(
        answer.body,
        answer.status,
        headers={"Location": answer.location, **(headers or {})},
        media_type="application/json",
    )
