"""Tables of accounts, and who may reach which of them.

Names of colleagues are no secret inside the authority, so ``account`` and ``role_assignment`` are open to everybody who
is signed in. What would let somebody act as another person is not in those tables:

- ``account_secret`` (password hashes) shows a row to its own account and to the sign-in step, which acts under a name
  of its own (``queries.signing_in.SIGNING_IN``). A page that forgets a filter reads nothing.
- ``signed_in_session`` shows a row to its own account and to whoever presents its token; the table holds only the
  token's hash, so that reading the table does not let anybody in.
- ``sign_in_attempt`` and ``known_device`` are for the sign-in step alone.

Rows are ended, never deleted, except sessions, old attempts and old devices: the audit trail keeps what matters of
those.
"""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from locality.accounts.rules.attempts import AttemptOutcome
from locality.kernel.actor import Role, ScopeKind
from locality.kernel.db import Base, JsonObject, Versioned, text_enum


class Account(Versioned, Base):
    """One person who may sign in, of whichever agency; the e-mail address is kept in lower case."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("active = (disabled_at IS NULL)", name="disabled"),
        Index("account_name_idx", "name", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    job_title: Mapped[str]
    active: Mapped[bool]
    password_change_due: Mapped[bool]
    is_demonstration: Mapped[bool]
    disabled_at: Mapped[dt.datetime | None]
    disabled_by: Mapped[uuid.UUID | None]
    disabled_reason: Mapped[str | None]
    created_at: Mapped[dt.datetime]
    created_by: Mapped[uuid.UUID | None]
    last_signed_in_at: Mapped[dt.datetime | None]


class AccountSecret(Base):
    """How one account proves who it is; ``usable_until`` ends a first password that somebody else has seen."""

    __tablename__ = "account_secret"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[dt.datetime]
    usable_until: Mapped[dt.datetime | None]


class RoleAssignment(Base):
    """A role that an account holds, and where; ``until_on`` is the last day, ``ended_at`` an end that came sooner.

    ``follows_id`` names the wider role (a whole authority or locality) from which this one follows and with which it
    ends.
    """

    __tablename__ = "role_assignment"
    __table_args__ = (
        Index(
            "role_assignment_open_key",
            "account_id",
            "role",
            "scope_kind",
            "scope_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("role_assignment_role_idx", "role", "scope_id", postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("given_by IS DISTINCT FROM account_id", name="not_self"),
        CheckConstraint("(scope_kind IN ('authority', 'none')) = (scope_id IS NULL)", name="scope"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    scope_kind: Mapped[ScopeKind] = mapped_column(text_enum(ScopeKind))
    scope_id: Mapped[uuid.UUID | None]
    follows_id: Mapped[uuid.UUID | None]
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date | None]
    given_at: Mapped[dt.datetime]
    given_by: Mapped[uuid.UUID | None]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[uuid.UUID | None]


class SignedInSession(Base):
    """One browser in which somebody is signed in now; ``id`` names it on pages, ``token_hash`` finds it."""

    __tablename__ = "signed_in_session"
    __table_args__ = (
        Index("signed_in_session_account_idx", "account_id"),
        Index("signed_in_session_expires_idx", "expires_at"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(unique=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    data: Mapped[JsonObject]
    device: Mapped[str]
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]


class SignInAttempt(Base):
    """One attempt to sign in. The typed address is kept only as a hash: people type passwords into the wrong field."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("sign_in_attempt_email_idx", "email_hash", "attempted_at"),
        Index("sign_in_attempt_client_idx", "client_address", "attempted_at"),
        Index("sign_in_attempt_at_idx", "attempted_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email_hash: Mapped[bytes] = mapped_column(LargeBinary)
    client_address: Mapped[str]
    known_device: Mapped[bool]
    outcome: Mapped[AttemptOutcome] = mapped_column(text_enum(AttemptOutcome))
    attempted_at: Mapped[dt.datetime]


class KnownDevice(Base):
    """A browser in which somebody has signed in before: their right password works there while others guess at it."""

    __tablename__ = "known_device"
    __table_args__ = (Index("known_device_account_idx", "account_id"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    seen_at: Mapped[dt.datetime]
