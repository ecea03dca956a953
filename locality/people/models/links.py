"""Tables of what was decided about two records: the same person, one household, or not the same."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, JsonObject, text_enum
from locality.people.rules.linking import LinkKind


def _refers_to(key: str = "person.id") -> Mapped[uuid.UUID]:
    return mapped_column(sa.ForeignKey(key))


class LinkDecision(Base):
    """What somebody decided about two records: one person, one household, or not the same; undone or standing.

    ``findings`` are what agreed and differed at the time. ``one_id`` is the smaller of the two ids.
    """

    __tablename__ = "link_decision"
    __table_args__ = (
        sa.Index(
            "link_decision_one_open",
            "one_id",
            "other_id",
            unique=True,
            postgresql_where=sa.text("undone_at IS NULL AND kind <> 'same_household'"),
        ),
        sa.Index(
            "link_decision_one_household",
            "one_id",
            "other_id",
            unique=True,
            postgresql_where=sa.text("undone_at IS NULL AND kind = 'same_household'"),
        ),
        sa.Index("link_decision_one_idx", "one_id"),
        sa.Index("link_decision_other_idx", "other_id"),
        sa.Index("link_decision_decided_idx", sa.text("decided_at DESC"), "id"),
        sa.CheckConstraint("one_id < other_id", name="in_order"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_reason IS NULL)", name="undone"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    one_id: Mapped[uuid.UUID] = _refers_to()
    other_id: Mapped[uuid.UUID] = _refers_to()
    kind: Mapped[LinkKind] = mapped_column(text_enum(LinkKind))
    reason: Mapped[str]
    findings: Mapped[list[JsonObject]] = mapped_column(JSONB())
    decided_at: Mapped[dt.datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_by_name: Mapped[str]
    household_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("household.id", ondelete="SET NULL"))
    undone_at: Mapped[dt.datetime | None]
    undone_by: Mapped[uuid.UUID | None]
    undone_by_name: Mapped[str | None]
    undone_reason: Mapped[str | None]


class LinkedPerson(Base):
    """Who belongs to a set of linked records, flattened. ``lead_id`` is the record that leads."""

    __tablename__ = "linked_person"
    __table_args__ = (sa.Index("linked_person_lead_idx", "lead_id"),)

    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    lead_id: Mapped[uuid.UUID] = _refers_to()


class LinkReturn(Base):
    """Something recorded while two records were linked, given to the other one when the link was undone."""

    __tablename__ = "link_return"
    __table_args__ = (sa.Index("link_return_decision_idx", "decision_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    decision_id: Mapped[uuid.UUID] = _refers_to("link_decision.id")
    record_kind: Mapped[str]
    record_id: Mapped[uuid.UUID]
    from_id: Mapped[uuid.UUID] = _refers_to()
    to_id: Mapped[uuid.UUID] = _refers_to()
    returned_at: Mapped[dt.datetime]
    returned_by: Mapped[uuid.UUID | None]
    returned_by_name: Mapped[str]
