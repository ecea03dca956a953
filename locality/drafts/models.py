"""Tables of the drafts: one row for a form at a place, one for each field somebody has typed in."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from locality.access.parts import Part
from locality.kernel.db import Base, text_enum


class Draft(Base):
    """What one account has typed into one form at one address and not sent; ``about`` are the people of that page.

    ``desk_id`` is the principal whose holders may find it: the front door, for what is typed there. A deputy finds it
    when ``part`` of the record is open to them; None: no deputy does.
    """

    __tablename__ = "draft"
    __table_args__ = (
        sa.UniqueConstraint("owner_id", "place", "form"),
        sa.Index("draft_place_form_idx", "place", "form"),
        sa.Index("draft_typed_at_idx", "typed_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"))
    owner_name: Mapped[str]
    place: Mapped[str]
    form: Mapped[str]
    about: Mapped[list[uuid.UUID]]
    desk_id: Mapped[uuid.UUID | None]
    part: Mapped[Part | None] = mapped_column(text_enum(Part))
    typed_at: Mapped[dt.datetime]


class DraftField(Base):
    """One field of a draft: every text sent under its name, and how often it was kept.

    ``page_id`` is the page that wrote it last, as it was opened; None where it is not known.
    """

    __tablename__ = "draft_field"

    draft_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    texts: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    version: Mapped[int]
    page_id: Mapped[uuid.UUID | None]


class DraftSent(Base):
    """A page whose form has succeeded, and how often it had sent by then: what it sent before is not kept any more."""

    __tablename__ = "draft_sent"
    __table_args__ = (sa.Index("draft_sent_at_idx", "sent_at"),)

    page_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"))
    turn: Mapped[int]
    sent_at: Mapped[dt.datetime]
