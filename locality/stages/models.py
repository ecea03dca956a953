"""Tables of the stages: the ledger of moves, what follows from it, and the counts kept beside it."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, text_enum
from locality.kernel.ids import AccountId, ClusterId, EpisodeId, LocalityId, PersonId, StageMoveId
from locality.stages.rules.moves import Agreement, Direction, MoveState, Step

_ID = UUID(as_uuid=True)


class StageMove(Base):
    """One row of a child's ledger: an entry, a move proposed or made, an end, or a correction of the last of them.

    Effective rows have ``effective_on`` and a ``sequence`` in the child's order. A row that is settled never changes;
    a mistake is put right by a new row that names it in ``corrects_id``.
    """

    __tablename__ = "stage_move"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "sequence"),
        sa.Index(
            "stage_move_one_open",
            "person_id",
            unique=True,
            postgresql_where=sa.text("state IN ('proposed', 'more_info', 'agreed')"),
        ),
        sa.Index(
            "stage_move_waiting",
            "receiver_id",
            postgresql_where=sa.text("state IN ('proposed', 'more_info', 'agreed')"),
        ),
        sa.Index(
            "stage_move_to_agree",
            "from_cluster_id",
            postgresql_where=sa.text("state = 'proposed' AND needs_manager"),
        ),
    )

    id: Mapped[StageMoveId] = mapped_column(_ID, primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, sa.ForeignKey("person.id"))
    episode_id: Mapped[EpisodeId | None] = mapped_column(_ID, index=True)
    direction: Mapped[Direction] = mapped_column(text_enum(Direction))
    state: Mapped[MoveState] = mapped_column(text_enum(MoveState))
    sequence: Mapped[int | None]
    from_stage: Mapped[int | None]
    to_stage: Mapped[int | None]
    from_cluster_id: Mapped[ClusterId | None] = mapped_column(_ID, sa.ForeignKey("cluster.id"))
    from_locality_id: Mapped[LocalityId | None] = mapped_column(_ID, sa.ForeignKey("locality.id"))
    to_cluster_id: Mapped[ClusterId | None] = mapped_column(_ID, sa.ForeignKey("cluster.id"))
    to_locality_id: Mapped[LocalityId | None] = mapped_column(_ID, sa.ForeignKey("locality.id"))
    planned: Mapped[bool]
    on_protection_plan: Mapped[bool | None]
    needs_manager: Mapped[bool]
    reasons: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    evidence: Mapped[str]
    risks_remaining: Mapped[str]
    contingency: Mapped[str]
    child_agreement: Mapped[Agreement | None] = mapped_column(text_enum(Agreement))
    child_agreement_why: Mapped[str]
    parent_agreement: Mapped[Agreement | None] = mapped_column(text_enum(Agreement))
    parent_agreement_why: Mapped[str]
    receiver_id: Mapped[uuid.UUID | None]
    receiver_name: Mapped[str | None]
    requested_by: Mapped[AccountId | None] = mapped_column(_ID)
    requested_by_name: Mapped[str]
    requested_at: Mapped[dt.datetime]
    settled_by: Mapped[AccountId | None] = mapped_column(_ID)
    settled_by_name: Mapped[str | None]
    settled_at: Mapped[dt.datetime | None]
    effective_on: Mapped[dt.date | None]
    corrects_id: Mapped[StageMoveId | None] = mapped_column(_ID, sa.ForeignKey("stage_move.id"), unique=True)


class StageMoveStep(Base):
    """What somebody did with a proposal, when, and why; never changed."""

    __tablename__ = "stage_move_step"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    move_id: Mapped[StageMoveId] = mapped_column(_ID, sa.ForeignKey("stage_move.id"), index=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, sa.ForeignKey("person.id"))
    receiver_id: Mapped[uuid.UUID | None]
    step: Mapped[Step] = mapped_column(text_enum(Step))
    note: Mapped[str]
    taken_by: Mapped[AccountId | None] = mapped_column(_ID)
    taken_by_name: Mapped[str]
    taken_at: Mapped[dt.datetime]


class StageSpan(Base):
    """A child's time in one position; follows from the ledger. ``is_void`` marks one whose entry was taken back."""

    __tablename__ = "stage_span"
    __table_args__ = (
        sa.Index(
            "stage_span_one_open",
            "person_id",
            unique=True,
            postgresql_where=sa.text("until_on IS NULL AND NOT is_void"),
        ),
        sa.Index("stage_span_person_id_from_on_idx", "person_id", "from_on"),
    )

    move_id: Mapped[StageMoveId] = mapped_column(_ID, sa.ForeignKey("stage_move.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, sa.ForeignKey("person.id"))
    episode_id: Mapped[EpisodeId | None] = mapped_column(_ID)
    sequence: Mapped[int]
    stage: Mapped[int]
    cluster_id: Mapped[ClusterId] = mapped_column(_ID, sa.ForeignKey("cluster.id"))
    locality_id: Mapped[LocalityId] = mapped_column(_ID, sa.ForeignKey("locality.id"))
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date | None]
    is_void: Mapped[bool]

    @classmethod
    def is_now(cls) -> sa.ColumnElement[bool]:
        """That it is where the child stands; a child has no more than one such span."""
        return cls.until_on.is_(None) & cls.is_void.is_(False)


class StageMonth(Base):
    """Counts of one place, month and stage, right in the same transaction as the move that they count."""

    __tablename__ = "stage_month"

    place_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    month: Mapped[dt.date] = mapped_column(primary_key=True)
    stage: Mapped[int] = mapped_column(primary_key=True)
    entered: Mapped[int]
    left_stage: Mapped[int]
    up_in: Mapped[int]
    up_out: Mapped[int]
    up_out_unplanned: Mapped[int]
    down_in: Mapped[int]
    down_out: Mapped[int]


class StageReturn(Base):
    """How many children came back in a month to a stage that they had last left in ``left_month``."""

    __tablename__ = "stage_return"

    place_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    month: Mapped[dt.date] = mapped_column(primary_key=True)
    stage: Mapped[int] = mapped_column(primary_key=True)
    left_month: Mapped[dt.date] = mapped_column(primary_key=True)
    n: Mapped[int]
