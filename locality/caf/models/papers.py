"""Papers that leave the system: what was prepared for whom, what was left out of it, who gave it and when.

A copy keeps the words that its recipient gets. Nothing in it changes once it is given.
"""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.caf.rules.papers import PaperKind, RecipientKind
from locality.kernel.db import Base, JsonObject, Versioned, text_enum
from locality.kernel.ids import AccountId, EpisodeId, PersonId

_ID = UUID(as_uuid=True)
_IDS = ARRAY(_ID)


class PaperBatch(Base):
    """One time that somebody prepared a paper of an episode, for one recipient or for several."""

    __tablename__ = "paper_batch"
    __table_args__ = (Index("paper_batch_episode_id_idx", "episode_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    kind: Mapped[PaperKind] = mapped_column(text_enum(PaperKind))
    prepared_at: Mapped[dt.datetime]
    prepared_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    prepared_by_name: Mapped[str]


class PaperCopy(Versioned, Base):
    """What one recipient gets: prepared, then given, then made as a file (``made_at``).

    ``recipient_id`` is a person of the family or a role of the team. ``agreement_id`` or ``override_id`` is what giving
    it to an agency rests on; ``left_out`` says in words what the recipient does not get.
    """

    __tablename__ = "paper_copy"
    __table_args__ = (Index("paper_copy_batch_id_idx", "batch_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("paper_batch.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    recipient: Mapped[RecipientKind] = mapped_column(text_enum(RecipientKind))
    recipient_id: Mapped[uuid.UUID]
    recipient_name: Mapped[str]
    title: Mapped[str]
    content: Mapped[JsonObject]
    left_out: Mapped[list[str]]
    topics_out: Mapped[list[str]]
    agreement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agreement.id"), default=None)
    override_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("share_override.id"), default=None)
    given_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    given_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    given_by_name: Mapped[str] = mapped_column(default="")
    made_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    pdf: Mapped[bytes | None] = mapped_column(default=None)
