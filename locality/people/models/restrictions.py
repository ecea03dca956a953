"""Tables of records that are closed to named accounts, or to everybody but a few."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, text_enum
from locality.people.rules.restricting import Ground, Mode


class Restriction(Base):
    """Whose records are closed, to whom or to whom not, why, by whom, until when, and when somebody looks again.

    ``about`` are the people named. ``whole_family`` closes everybody who is in a family with them, newcomers too.
    ``declared`` says that the worker themself told of a conflict of interest.
    """

    __tablename__ = "restriction"
    __table_args__ = (
        sa.Index("restriction_review_idx", "review_on", "id", postgresql_where=sa.text("lifted_at IS NULL")),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_reason IS NULL)", name="lifted"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    about: Mapped[list[uuid.UUID]]
    mode: Mapped[Mode] = mapped_column(text_enum(Mode))
    ground: Mapped[Ground] = mapped_column(text_enum(Ground))
    reason: Mapped[str]
    whole_family: Mapped[bool]
    declared: Mapped[bool]
    decided_at: Mapped[dt.datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_by_name: Mapped[str]
    until_at: Mapped[dt.datetime | None]
    review_on: Mapped[dt.date]
    lifted_at: Mapped[dt.datetime | None]
    lifted_by_name: Mapped[str | None]
    lifted_reason: Mapped[str | None]


class RestrictionPerson(Base):
    """Somebody whose record a restriction closes."""

    __tablename__ = "restriction_person"
    __table_args__ = (sa.Index("restriction_person_person_idx", "person_id"),)

    restriction_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("restriction.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)


class RestrictionAccount(Base):
    """An account that a restriction names: whom it keeps out, or whom alone it lets in."""

    __tablename__ = "restriction_account"

    restriction_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("restriction.id"), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"), primary_key=True)


class RestrictionReview(Base):
    """Somebody looked whether a restriction is still needed, and it was; the next look is on ``review_on``."""

    __tablename__ = "restriction_review"
    __table_args__ = (sa.Index("restriction_review_restriction_idx", "restriction_id", sa.text("reviewed_at DESC")),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    restriction_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("restriction.id"))
    reviewed_at: Mapped[dt.datetime]
    reviewed_by_name: Mapped[str]
    note: Mapped[str]
    review_on: Mapped[dt.date]
