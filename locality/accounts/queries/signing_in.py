"""Reading what the sign-in step needs; it acts under a name of its own, for which alone the tables open."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from locality.accounts.models import Account, AccountSecret, KnownDevice, SignInAttempt
from locality.accounts.rules import attempts as rules
from locality.accounts.rules.sessions import DEVICE_KNOWN_FOR
from locality.kernel.actor import Actor
from locality.kernel.ids import AccountId

# Migration 0002 knows this name.
SIGNING_IN = Actor(account_id=None, name="Sign-in")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the sign-in step checks a typed password against; ``password_hash`` None where nothing can match."""

    account_id: AccountId
    name: str
    job_title: str
    password_hash: str | None
    is_known_device: bool
    password_change_due: bool


def digest(value: str) -> bytes:
    """The SHA-256 under which a token or a typed e-mail address is kept. Tokens are 256 random bits: no salt needed."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()


def find_credentials(session: Session, email: str, *, device_token: str | None, now: dt.datetime) -> Credentials | None:
    """What to check a password against for a tidied e-mail address; None when no account has it.

    A disabled account, or a first password that has lapsed, gives credentials that nothing matches.
    """
    known = (
        select(KnownDevice.account_id)
        .where(
            KnownDevice.token_hash == digest(device_token or ""),
            KnownDevice.account_id == Account.id,
            KnownDevice.seen_at > now - DEVICE_KNOWN_FOR,
        )
        .exists()
    )
    row = session.execute(
        select(
            Account.id, Account.name, Account.job_title, Account.active, Account.password_change_due,
            AccountSecret.password_hash, AccountSecret.usable_until, known.label("is_known_device"),
        )
        .join(AccountSecret, AccountSecret.account_id == Account.id)
        .where(Account.email == email)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    usable = row.active and (row.usable_until is None or row.usable_until > now)
    return Credentials(
        account_id=AccountId(row.id),
        name=row.name,
        job_title=row.job_title,
        password_hash=row.password_hash if usable else None,
        is_known_device=row.is_known_device,
        password_change_due=row.password_change_due,
    )


def find_try_again_at(
    session: Session, email_hash: bytes, *, client: str, from_known_device: bool, now: dt.datetime
) -> dt.datetime | None:
    """When the next attempt is allowed; None when it is now.

    A browser in which the account has signed in before is counted by itself, so that guesses made elsewhere do not
    shut its owner out.
    """
    tenth = _nth_attempt(rules.ACCOUNT_TRIES, since=now - rules.ACCOUNT_WINDOW).where(
        SignInAttempt.email_hash == email_hash, SignInAttempt.known_device.is_(from_known_device)
    )
    hundredth = _nth_attempt(rules.ADDRESS_TRIES, since=now - rules.ADDRESS_WINDOW).where(
        SignInAttempt.client_address == client
    )
    row = session.execute(
        select(tenth.scalar_subquery().label("tenth"), hundredth.scalar_subquery().label("hundredth"))
    ).one()
    return rules.try_again_at(
        tenth_by_account=row.tenth,
        hundredth_by_address=None if from_known_device else row.hundredth,
        now=now,
    )


def _nth_attempt(number: int, *, since: dt.datetime) -> Select[dt.datetime]:
    return (
        select(SignInAttempt.attempted_at)
        .where(SignInAttempt.attempted_at > since, SignInAttempt.outcome.in_(rules.COUNTED_OUTCOMES))
        .order_by(SignInAttempt.attempted_at.desc())
        .offset(number - 1)
        .limit(1)
    )


_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(:account, 7)), pg_advisory_xact_lock(hashtextextended(:client, 8))"
)


def wait_for_turn(session: Session, email_hash: bytes, *, client: str) -> None:
    """Let attempts on one account, and from one address, be counted one after the other until the transaction ends."""
    session.execute(_LOCK, {"account": email_hash.hex(), "client": client})
