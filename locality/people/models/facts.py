"""Tables of the story as it was told: facts, what became of them, and how often they were asked again."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from locality.access.parts import Part
from locality.kernel.db import Base, text_enum
from locality.people.rules.facts import FactAgreement, FactSource, FactState, Reuse, Settling, Topic


def _refers_to(key: str = "person.id") -> Mapped[uuid.UUID]:
    return mapped_column(sa.ForeignKey(key))


class ToldFact(Base):
    """One thing told about one person: its words, who told it and where, and what became of it.

    Lines are added, never overwritten: only ``state``, ``replaced_by`` and who settled it change, and each settling is
    a row of ``fact_settled``. ``part`` is the compartment that must be open for the row to be seen. ``under`` is the
    code of the question of an assessment that the line answers (``D3.3``), None where it answers none.
    """

    __tablename__ = "told_fact"
    __table_args__ = (
        sa.Index("told_fact_person_idx", "person_id", "topic"),
        sa.Index("told_fact_telling_idx", "telling_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    telling_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = _refers_to()
    topic: Mapped[Topic] = mapped_column(text_enum(Topic))
    part: Mapped[Part] = mapped_column(text_enum(Part))
    words: Mapped[str]
    told_on: Mapped[dt.date]
    teller: Mapped[str]
    own_words: Mapped[bool]
    source_kind: Mapped[FactSource] = mapped_column(text_enum(FactSource))
    source_id: Mapped[uuid.UUID]
    agreement: Mapped[FactAgreement] = mapped_column(text_enum(FactAgreement))
    state: Mapped[FactState] = mapped_column(text_enum(FactState))
    replaced_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("told_fact.id"))
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[uuid.UUID | None]
    recorded_by_name: Mapped[str]
    settled_on: Mapped[dt.date | None]
    settled_by_name: Mapped[str]
    under: Mapped[str | None] = mapped_column(default=None)


class FactSettled(Base):
    """Each time that a line was confirmed, corrected or said to be so no longer; only ever added to."""

    __tablename__ = "fact_settled"
    __table_args__ = (sa.Index("fact_settled_fact_idx", "fact_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    fact_id: Mapped[uuid.UUID] = _refers_to("told_fact.id")
    person_id: Mapped[uuid.UUID] = _refers_to()
    part: Mapped[Part] = mapped_column(text_enum(Part))
    how: Mapped[Settling] = mapped_column(text_enum(Settling))
    settled_at: Mapped[dt.datetime]
    settled_by: Mapped[uuid.UUID | None]
    settled_by_name: Mapped[str]


class FactReuse(Base):
    """What a record did with something known: used it again or asked it again; once a topic. Seen with the person."""

    __tablename__ = "fact_reuse"
    __table_args__ = (sa.UniqueConstraint("record_id", "topic", name="fact_reuse_once"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    record_kind: Mapped[FactSource] = mapped_column(text_enum(FactSource))
    record_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = _refers_to()
    topic: Mapped[Topic] = mapped_column(text_enum(Topic))
    reuse: Mapped[Reuse] = mapped_column(text_enum(Reuse))
    counted_on: Mapped[dt.date]


class ReuseMonth(Base):
    """How many known facts records of a kind confirmed, corrected and asked again in a month; nobody is named."""

    __tablename__ = "reuse_month"

    month: Mapped[dt.date] = mapped_column(primary_key=True)
    record_kind: Mapped[FactSource] = mapped_column(text_enum(FactSource), primary_key=True)
    confirmed: Mapped[int]
    corrected: Mapped[int]
    re_asked: Mapped[int]
