"""The sign-in step: counting attempts, letting somebody in, refusing.

Two short transactions with the slow password check between them. The first counts the attempt and commits, so that an
attempt is on record whatever happens next; the second says what became of it. All act under a name of their own
(``queries.signing_in.SIGNING_IN``). Unknown and known e-mail addresses take the same steps (trust G17).
"""

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from locality.accounts.models import Account, AccountSecret, KnownDevice, SignInAttempt
from locality.accounts.operations.passwords import PasswordHash
from locality.accounts.operations.sessions import StartSession, start_session
from locality.accounts.queries import signing_in as queries
from locality.accounts.queries.sessions import actor_with
from locality.accounts.rules import attempts as rules
from locality.accounts.rules.attempts import AttemptOutcome
from locality.accounts.rules.sessions import DEVICE_KNOWN_FOR
from locality.audit import log as audit
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class BeginAttempt:
    """What came with the sign-in form; ``device_token`` is the cookie of a browser used before."""

    email: str
    client_address: str | None
    device_token: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted attempt: what to check the password against, or when to try again."""

    id: uuid.UUID
    try_again_at: datetime | None
    credentials: queries.Credentials | None


@dataclass(frozen=True, slots=True)
class LetIn:
    """Somebody whose password matched; ``new_hash`` replaces one made with yesterday's parameters."""

    credentials: queries.Credentials
    user_agent: str = ""
    new_hash: PasswordHash | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The tokens that the browser is to keep, and whether a first password must be changed before anything else."""

    session_token: str
    device_token: str | None
    password_change_due: bool


def begin_attempt(uow: UnitOfWork, command: BeginAttempt) -> Attempt:
    """Count an attempt to sign in; when there were too many, say when the next one is allowed."""
    email = rules.tidy_email(command.email)
    email_hash = queries.digest(email)
    client = rules.client_network(command.client_address)
    queries.wait_for_turn(uow.session, email_hash, client=client)
    credentials = queries.find_credentials(uow.session, email, device_token=command.device_token, now=uow.now)
    known_device = credentials is not None and credentials.is_known_device
    try_again_at = queries.find_try_again_at(
        uow.session, email_hash, client=client, from_known_device=known_device, now=uow.now
    )
    attempt = SignInAttempt(
        id=new_id(),
        email_hash=email_hash,
        client_address=client,
        known_device=known_device,
        outcome=AttemptOutcome.TOO_MANY if try_again_at else AttemptOutcome.TRYING,
        attempted_at=uow.now,
    )
    uow.session.add(attempt)
    uow.session.flush()
    if try_again_at is not None:
        _note_refusal(uow, "account.sign_in_put_off", credentials)
    return Attempt(attempt.id, try_again_at, credentials)


def settle_attempt(uow: UnitOfWork, attempt: Attempt, *, matched: bool) -> None:
    """Say whether the password of an attempt matched; it did not when nobody has the address."""
    outcome = AttemptOutcome.MATCHED if matched else AttemptOutcome.REFUSED
    uow.session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt.id).values(outcome=outcome))
    if not matched:
        _note_refusal(uow, "account.sign_in_refused", attempt.credentials)


def let_in(uow: UnitOfWork, command: LetIn) -> SignedIn:
    """Start a session with a new token for somebody whose password matched, and remember the browser."""
    person = command.credentials
    uow.session.execute(update(Account).where(Account.id == person.account_id).values(last_signed_in_at=uow.now))
    if command.new_hash is not None:
        uow.session.execute(
            update(AccountSecret)
            .where(AccountSecret.account_id == person.account_id)
            .values(password_hash=command.new_hash)
        )
    device_token = None if person.is_known_device else _remember_device(uow, person)
    _forget_old(uow)
    themself = replace(uow, actor=actor_with(person.account_id, name=person.name, job_title=person.job_title))
    data = {"password_change_due": True} if person.password_change_due else {}
    session_token = start_session(themself, StartSession(person.account_id, command.user_agent, data))
    audit.record(themself, "account.signed_in", record=("account", person.account_id))
    return SignedIn(session_token, device_token, person.password_change_due)


def _remember_device(uow: UnitOfWork, person: queries.Credentials) -> str:
    token = secrets.token_urlsafe(32)
    row = {"token_hash": queries.digest(token), "account_id": person.account_id, "seen_at": uow.now}
    uow.session.execute(insert(KnownDevice), [row])
    return token


def _forget_old(uow: UnitOfWork) -> None:
    oldest = uow.now - rules.ATTEMPTS_KEPT_FOR
    uow.session.execute(delete(SignInAttempt).where(SignInAttempt.attempted_at < oldest))
    uow.session.execute(delete(KnownDevice).where(KnownDevice.seen_at < uow.now - DEVICE_KNOWN_FOR))


def _note_refusal(uow: UnitOfWork, action: str, credentials: queries.Credentials | None) -> None:
    # For an address that nobody has, the log says only that it happened: people type passwords into the wrong field.
    record = None if credentials is None else ("account", credentials.account_id)
    audit.record_read(uow.session, uow.actor, action, record=record, outcome="refused")
