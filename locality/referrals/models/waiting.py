"""Tables of what happens to offers meanwhile: families moved ahead of others, and what a late answer led to."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, text_enum
from locality.referrals.rules.clocks import ClockStep

_IDS = ARRAY(UUID(as_uuid=True))


class WaitingJump(Base):
    """One family moved ahead of others on a waiting list, by whom and why. Never changed."""

    __tablename__ = "waiting_jump"
    __table_args__ = (
        CheckConstraint("to_place >= 1 AND to_place < from_place", name="places"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("waiting_jump_offer_id_idx", "offer_id", "moved_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id"))
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    from_place: Mapped[int]
    to_place: Mapped[int]
    reason: Mapped[str]
    moved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    moved_by_name: Mapped[str]
    moved_at: Mapped[dt.datetime]


class OfferNotice(Base):
    """A step that a late answer led to. One row for each due time and step: that is why it happens once."""

    __tablename__ = "offer_notice"

    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id"), primary_key=True)
    due_at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    step: Mapped[ClockStep] = mapped_column(text_enum(ClockStep), primary_key=True)
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    given_at: Mapped[dt.datetime]
