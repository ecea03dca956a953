"""Tables of screening: ratings, who held a contact, partners' answers, every decision and second look."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, text_enum
from locality.kernel.ids import AccountId, AgencyId, ContactId, PersonId, ReferralId
from locality.referrals.rules.codes import Outcome, Rag, ShareGround
from locality.referrals.rules.screening import HoldingKind

_ID = UUID(as_uuid=True)


class ContactRating(Base):
    """One rating of a contact and why; the contact itself carries the last."""

    __tablename__ = "contact_rating"
    __table_args__ = (Index("contact_rating_contact_id_idx", "contact_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(_ID, ForeignKey("contact.id"))
    rag: Mapped[Rag] = mapped_column(text_enum(Rag))
    reason: Mapped[str]
    rated_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    rated_by_name: Mapped[str]
    rated_at: Mapped[dt.datetime]


class ContactHolding(Base):
    """That somebody took a contact, took it over from somebody, or put it back."""

    __tablename__ = "contact_holding"
    __table_args__ = (Index("contact_holding_contact_id_idx", "contact_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(_ID, ForeignKey("contact.id"))
    kind: Mapped[HoldingKind] = mapped_column(text_enum(HoldingKind))
    by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    by_name: Mapped[str]
    from_whom: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    from_name: Mapped[str | None]
    at: Mapped[dt.datetime]


class PartnerEnquiry(Base):
    """What a partner agency was asked about one child, and by when it answers. What it answered is a ``HubNote``."""

    __tablename__ = "partner_enquiry"
    __table_args__ = (
        Index("partner_enquiry_contact_id_idx", "contact_id"),
        Index("partner_enquiry_open_idx", "due_at", postgresql_where=text("replied_at IS NULL")),
        CheckConstraint("(replied_at IS NULL) = (reply_recorded_by_name IS NULL)", name="replied_with_recorder"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(_ID, ForeignKey("contact.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    agency_id: Mapped[AgencyId] = mapped_column(_ID, ForeignKey("agency.id"))
    agency_name: Mapped[str]
    question: Mapped[str]
    rag: Mapped[Rag] = mapped_column(text_enum(Rag))
    asked_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    asked_by_name: Mapped[str]
    asked_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    replied_at: Mapped[dt.datetime | None]
    is_known_there: Mapped[bool | None]
    reply_recorded_by_name: Mapped[str | None]


class HubNote(Base):
    """What a partner told the hub about a child. It opens with a part of its own."""

    __tablename__ = "hub_note"
    __table_args__ = (Index("hub_note_contact_id_idx", "contact_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(_ID, ForeignKey("contact.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    enquiry_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("partner_enquiry.id"))
    told_by: Mapped[str]
    note: Mapped[str]
    written_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    written_by_name: Mapped[str]
    written_at: Mapped[dt.datetime]


class ContactDecision(Base):
    """One decision for one child, never overwritten; ``corrects`` names the one before it and ``why_corrected`` why."""

    __tablename__ = "contact_decision"
    __table_args__ = (
        Index("contact_decision_contact_id_idx", "contact_id", "person_id", "decided_at"),
        CheckConstraint("(corrects IS NULL) = (why_corrected IS NULL)", name="corrected_with_reason"),
        CheckConstraint("stage BETWEEN 1 AND 4", name="stage"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(_ID, ForeignKey("contact.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    outcome: Mapped[Outcome] = mapped_column(text_enum(Outcome))
    stage: Mapped[int | None]
    reason: Mapped[str]
    need_codes: Mapped[list[str]]
    agreed: Mapped[bool]
    ground: Mapped[ShareGround | None] = mapped_column(text_enum(ShareGround))
    manager_consulted: Mapped[str]
    shared_what: Mapped[str]
    shared_with: Mapped[str]
    family_told: Mapped[bool | None]
    why_not_told: Mapped[str]
    referral_id: Mapped[ReferralId | None] = mapped_column(_ID, ForeignKey("referral.id"))
    decided_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    decided_by_name: Mapped[str]
    decided_at: Mapped[dt.datetime]
    corrects: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact_decision.id"))
    why_corrected: Mapped[str | None]


class SecondLook(Base):
    """Another officer looked at the decision for a child, and agreed or not."""

    __tablename__ = "second_look"
    __table_args__ = (
        Index("second_look_contact_id_idx", "contact_id", "person_id", "looked_at"),
        CheckConstraint("agrees OR note <> ''", name="disagrees_with_reason"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(_ID, ForeignKey("contact.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    agrees: Mapped[bool]
    note: Mapped[str]
    looked_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    looked_by_name: Mapped[str]
    looked_at: Mapped[dt.datetime]


class ReferrerTold(Base):
    """That an officer told the referrer the outcome in person, where no message could."""

    __tablename__ = "referrer_told"
    __table_args__ = (Index("referrer_told_contact_id_idx", "contact_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(_ID, ForeignKey("contact.id"))
    how: Mapped[str]
    told_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    told_by_name: Mapped[str]
    told_at: Mapped[dt.datetime]
