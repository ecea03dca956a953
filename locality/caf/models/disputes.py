"""What somebody of the family sees differently in an assessment, and what the worker says to it."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.caf.rules.disputes import Settled
from locality.kernel.db import Base, Versioned, text_enum
from locality.kernel.ids import AssessmentId, PersonId

_ID = UUID(as_uuid=True)


class Dispute(Versioned, Base):
    """A statement beside one part of one version of a CAF; the part is ``code`` and, where about one, the child.

    The words of the family are never changed; ``settled`` says what came of it.
    """

    __tablename__ = "dispute"
    __table_args__ = (Index("dispute_assessment_id_idx", "assessment_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"))
    about: Mapped[list[PersonId]] = mapped_column(ARRAY(_ID))
    code: Mapped[str]
    person_id: Mapped[PersonId | None] = mapped_column(_ID, ForeignKey("person.id"))
    said_by_id: Mapped[PersonId | None] = mapped_column(_ID, ForeignKey("person.id"))
    said_by: Mapped[str]
    words: Mapped[str]
    said_on: Mapped[dt.date]
    recorded_at: Mapped[dt.datetime]
    recorded_by_name: Mapped[str]
    answer: Mapped[str]
    settled: Mapped[Settled | None] = mapped_column(text_enum(Settled))
    answered_at: Mapped[dt.datetime | None]
    answered_by_name: Mapped[str]
