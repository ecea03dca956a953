"""Sets of routing rules and their rehearsals."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, JsonObject, text_enum
from locality.referrals.rules.rule_sets import SetState

_IDS = ARRAY(Uuid)


class RuleSet(Base):
    """A version of the routing rules; of the approved ones the one that began last routes.

    ``ended``: a draft was put aside, or an approved set withdrawn before it was live.
    """

    __tablename__ = "rule_set"

    __table_args__ = (
        Index("rule_set_live_from_key", "live_from", unique=True, postgresql_where=text("state = 'approved'")),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rules: Mapped[JsonObject]
    live_from: Mapped[dt.datetime | None]
    note: Mapped[str]
    state: Mapped[SetState] = mapped_column(text_enum(SetState))
    revision: Mapped[int]
    asks_of_children: Mapped[bool]
    based_on: Mapped[int | None] = mapped_column(ForeignKey("rule_set.version"))
    drafted_by_name: Mapped[str]
    drafted_at: Mapped[dt.datetime]
    editors: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    approved_by_name: Mapped[str | None]
    approved_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    ended_by_name: Mapped[str | None]
    ended_why: Mapped[str | None]


class RuleSetEvent(Base):
    """One thing that happened to a set of rules, in words; never changed."""

    __tablename__ = "rule_set_event"
    __table_args__ = (Index("rule_set_event_version_idx", "version", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("rule_set.version"))
    at: Mapped[dt.datetime]
    by_name: Mapped[str]
    line: Mapped[str]
    words: Mapped[str]


class RuleSetRehearsal(Base):
    """One rehearsal of one revision of a set: how far it is, and what it counted."""

    __tablename__ = "rule_set_rehearsal"
    __table_args__ = (
        Index("rule_set_rehearsal_one_running", "version", unique=True, postgresql_where=text("state = 'running'")),
        Index("rule_set_rehearsal_version_idx", "version", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("rule_set.version"))
    revision: Mapped[int]
    state: Mapped[str]
    against: Mapped[int] = mapped_column(ForeignKey("rule_set.version"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime]
    from_at: Mapped[dt.datetime]
    total: Mapped[int]
    looked_at: Mapped[int]
    reached_at: Mapped[dt.datetime]
    reached_id: Mapped[uuid.UUID]
    tally: Mapped[JsonObject]
    finished_at: Mapped[dt.datetime | None]


class RehearsalMoved(Base):
    """A referral that a rehearsed set would have sent elsewhere; a few of all that were counted."""

    __tablename__ = "rehearsal_moved"

    rehearsal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rule_set_rehearsal.id"), primary_key=True)
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    was: Mapped[str]
    becomes: Mapped[str]
