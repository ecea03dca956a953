"""Tables of what has changed for children: scales with their versions, scores, needs and how far they are met."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.caf.rules.outcomes import Achieved, Occasion
from locality.caf.rules.scales import Better, Respondent
from locality.kernel.db import Base, JsonObject, text_enum
from locality.kernel.ids import AccountId, EpisodeId, PersonId

_ID = UUID(as_uuid=True)
_IDS = ARRAY(_ID)


class Scale(Base):
    """A tool that gives scores: one that comes with the product, or one that an administrator defined."""

    __tablename__ = "scale"
    __table_args__ = (Index("scale_code_key", "code", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    is_built_in: Mapped[bool]
    created_at: Mapped[dt.datetime]
    created_by_name: Mapped[str]


class ScaleVersion(Base):
    """One version of a scale; it never changes, since scores rest on it. A change is a next version."""

    __tablename__ = "scale_version"
    __table_args__ = (Index("scale_version_key", "scale_id", "number", unique=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    scale_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scale.id"))
    number: Mapped[int]
    label: Mapped[str]
    items: Mapped[list[JsonObject]] = mapped_column(JSONB)
    better: Mapped[Better] = mapped_column(text_enum(Better))
    respondents: Mapped[list[str]]
    bands: Mapped[JsonObject] = mapped_column(JSONB)
    source: Mapped[str]
    licence: Mapped[str]
    is_in_use: Mapped[bool]
    created_at: Mapped[dt.datetime]
    created_by_name: Mapped[str]


class Score(Base):
    """What a scale gave for one child on one day, and who answered it; struck out when it was a mistake."""

    __tablename__ = "score"
    __table_args__ = (
        Index("score_episode_id_idx", "episode_id", "scored_on"),
        Index("score_person_id_idx", "person_id", "scored_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    scale_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scale_version.id"))
    respondent: Mapped[Respondent] = mapped_column(text_enum(Respondent))
    scored_on: Mapped[dt.date]
    points: Mapped[JsonObject] = mapped_column(JSONB)
    total: Mapped[int]
    note: Mapped[str]
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    recorded_by_name: Mapped[str]
    struck_at: Mapped[dt.datetime | None]
    struck_by_name: Mapped[str]
    struck_why: Mapped[str]


class FamilyNeed(Base):
    """A need under one of the ten outcome headings, with the evidence on which it was seen."""

    __tablename__ = "family_need"
    __table_args__ = (Index("family_need_episode_id_idx", "episode_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    episode_id: Mapped[EpisodeId] = mapped_column(_ID, ForeignKey("episode.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    outcome_code: Mapped[int]
    need: Mapped[str]
    evidence: Mapped[str]
    identified_on: Mapped[dt.date]
    created_at: Mapped[dt.datetime]
    created_by_name: Mapped[str]


class NeedCheck(Base):
    """How far a need was met on one day, and how we know; only ever added to."""

    __tablename__ = "need_check"
    __table_args__ = (Index("need_check_need_id_idx", "need_id", "checked_on"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    need_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family_need.id"))
    about: Mapped[list[PersonId]] = mapped_column(_IDS)
    occasion: Mapped[Occasion] = mapped_column(text_enum(Occasion))
    achieved: Mapped[Achieved] = mapped_column(text_enum(Achieved))
    evidence: Mapped[str]
    checked_on: Mapped[dt.date]
    recorded_at: Mapped[dt.datetime]
    recorded_by_name: Mapped[str]
