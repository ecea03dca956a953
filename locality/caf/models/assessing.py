"""Tables around the assessment: the checklist before it, its further sections, and who is writing in it now."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.caf.rules import checklist as checking
from locality.caf.rules.sections import SectionCode
from locality.kernel.db import Base, JsonObject, Versioned, text_enum
from locality.kernel.ids import AccountId, AssessmentId, PersonId

_ID = UUID(as_uuid=True)
_IDS = ARRAY(_ID)
_ANSWER = text_enum(checking.Answer)


class Checklist(Versioned, Base):
    """Five questions about one child before an assessment, and what was decided; ``outcome`` None until decided."""

    __tablename__ = "checklist"
    __table_args__ = (
        Index("checklist_person_id_idx", "person_id"),
        CheckConstraint("outcome IS NULL OR safe <> 'no' OR safeguarding IS NOT NULL", name="checklist_safe_first"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    asked_on: Mapped[dt.date]
    healthy: Mapped[checking.Answer] = mapped_column(_ANSWER)
    safe: Mapped[checking.Answer] = mapped_column(_ANSWER)
    learning: Mapped[checking.Answer] = mapped_column(_ANSWER)
    positive: Mapped[checking.Answer] = mapped_column(_ANSWER)
    free_of_poverty: Mapped[checking.Answer] = mapped_column(_ANSWER)
    safeguarding: Mapped[checking.Safeguarding | None] = mapped_column(text_enum(checking.Safeguarding), default=None)
    safeguarding_who: Mapped[str] = mapped_column(default="")
    safeguarding_why: Mapped[str] = mapped_column(default="")
    safeguarding_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    services_needed: Mapped[str] = mapped_column(default="")
    own_service: Mapped[checking.Answer | None] = mapped_column(_ANSWER, default=None)
    would_help: Mapped[checking.Answer | None] = mapped_column(_ANSWER, default=None)
    who_does: Mapped[str] = mapped_column(default="")
    family_aware: Mapped[bool | None] = mapped_column(default=None)
    family_words: Mapped[str] = mapped_column(default="")
    outcome: Mapped[checking.Outcome | None] = mapped_column(text_enum(checking.Outcome), default=None)
    outcome_why: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    recorded_by_name: Mapped[str]


class SectionAnswer(Versioned, Base):
    """A section of the assessment in free words; ``person_id`` is None when it is about the whole family.

    ``facts`` holds the text of each question of the section by its name, ``page_id`` and ``page_turn`` say which page
    sent it, and as its how-manieth.
    """

    __tablename__ = "section_answer"
    __table_args__ = (
        Index("one_section", "assessment_id", "code", "person_id", unique=True, postgresql_nulls_not_distinct=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"))
    person_id: Mapped[PersonId | None] = mapped_column(_ID, ForeignKey("person.id"), default=None)
    code: Mapped[SectionCode] = mapped_column(text_enum(SectionCode))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    facts: Mapped[JsonObject]
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"), default=None)
    saved_by_name: Mapped[str]
    page_id: Mapped[uuid.UUID | None] = mapped_column(default=None)
    page_turn: Mapped[int] = mapped_column(default=0, server_default="0")


class CafPresence(Base):
    """Where in a draft somebody was last seen writing; one row a writer, replaced as they go on."""

    __tablename__ = "caf_presence"

    assessment_id: Mapped[AssessmentId] = mapped_column(_ID, ForeignKey("assessment.id"), primary_key=True)
    account_id: Mapped[AccountId] = mapped_column(_ID, ForeignKey("account.id"), primary_key=True)
    place: Mapped[str]
    name: Mapped[str]
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    seen_at: Mapped[dt.datetime]
