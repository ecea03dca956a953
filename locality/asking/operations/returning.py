"""Coming back to a request with its reference and a memorable answer.

Counted and throttled in PostgreSQL as signing in is. A wrong answer, an unknown reference and a request without an
answer take the same steps and the same time. The hash is slow on purpose: no transaction is open while it is checked.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import insert, update

from locality.asking import queries
from locality.asking.models import HelpAttempt, HelpRequest
from locality.asking.operations.writing import hold
from locality.asking.rules.returning import tidy_answer
from locality.audit import log as audit
from locality.kernel.ids import find_reference, new_id
from locality.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted try: when to try again, or what to check the answer against."""

    id: uuid.UUID
    try_again_at: datetime | None
    request_id: uuid.UUID | None
    answer_hash: str | None


def hash_answer(answer: str, *, fast: bool = False) -> str:
    """The hash under which a memorable answer is kept. ``fast`` is for tests and demonstrations."""
    return _hasher(fast).hash(tidy_answer(answer))


def answer_matches(answer_hash: str | None, answer: str, *, fast: bool = False) -> bool:
    """Whether an answer is the one that was hashed; takes as long to say no when there is nothing to match."""
    try:
        _hasher(fast).verify(answer_hash or _nobodys_hash(fast), tidy_answer(answer))
    except (VerificationError, InvalidHashError):
        return False
    return answer_hash is not None


def choose_answer(uow: UnitOfWork, request_id: uuid.UUID, answer_hash: str) -> None:
    """Let somebody come back to a request by the answer that was hashed."""
    uow.session.execute(
        update(HelpRequest).where(HelpRequest.id == request_id).values(answer_hash=answer_hash),
        execution_options={"synchronize_session": False},
    )
    audit.record(uow, "help_request.answer_chosen", record=("help_request", request_id))


def begin_attempt(uow: UnitOfWork, typed_reference: str, *, client: str) -> Attempt:
    """Count a try to come back, under the step's own name; it counts as failed until it is settled."""
    reference = find_reference(typed_reference) or typed_reference.strip().upper()[:40]
    queries.wait_for_turn(uow.session, reference, client=client)
    try_again_at = queries.find_try_again_at(uow.session, reference, client=client, now=uow.now)
    found = queries.find_secret(uow.session, reference)
    attempt_id = new_id()
    row = {
        "id": attempt_id, "step": "return", "reference_hash": queries.digest(reference), "client_address": client,
        "matched": False, "attempted_at": uow.now,
    }  # fmt: skip
    if try_again_at is None:
        uow.session.execute(insert(HelpAttempt).values(row))
    request_id, answer_hash = found or (None, None)
    return Attempt(attempt_id, try_again_at, request_id, answer_hash)


def let_back_in(uow: UnitOfWork, attempt: Attempt) -> str:
    """Let a browser hold the request of an attempt whose answer matched; its secret."""
    if attempt.request_id is None:
        msg = "an attempt that found nothing cannot match"
        raise ValueError(msg)
    token = secrets.token_urlsafe(32)
    hold(uow, attempt.request_id, queries.holder_of(token))
    uow.session.execute(
        update(HelpAttempt).where(HelpAttempt.id == attempt.id).values(matched=True),
        execution_options={"synchronize_session": False},
    )
    audit.record(uow, "help_request.returned_to", record=("help_request", attempt.request_id))
    return token


@lru_cache(maxsize=2)
def _hasher(fast: bool) -> PasswordHasher:  # noqa: FBT001 - a cache key
    if fast:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@lru_cache(maxsize=2)
def _nobodys_hash(fast: bool) -> str:  # noqa: FBT001 - a cache key
    return _hasher(fast).hash(secrets.token_urlsafe(32))
