"""Tables of the front door: contacts, who is named in them, and what was decided for each child."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, Versioned, text_enum
from locality.kernel.ids import (
    AccountId,
    ContactChildId,
    ContactId,
    EpisodeId,
    PersonId,
    ReferralId,
)
from locality.referrals.rules.codes import (
    AgreementKnown,
    ContactReason,
    Outcome,
    Rag,
    ShareGround,
    Source,
)
from locality.referrals.rules.screening import ContactState

_ID = UUID(as_uuid=True)
_IDS = ARRAY(_ID)


class Contact(Versioned, Base):
    """One approach to the front door about one or more children, as it was told."""

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("cardinality(about) > 0", name="about_somebody"),
        Index("contact_open_idx", "due_at", postgresql_where=text("state = 'open'")),
        Index("contact_decided_idx", "decided_at", postgresql_where=text("state = 'decided'")),
    )

    id: Mapped[ContactId] = mapped_column(_ID, primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    source: Mapped[Source] = mapped_column(text_enum(Source))
    source_agency: Mapped[str | None]
    reasons: Mapped[list[str]]
    main_reason: Mapped[ContactReason | None] = mapped_column(text_enum(ContactReason))
    what_said: Mapped[str]
    family_wants: Mapped[str]
    agreement_known: Mapped[AgreementKnown] = mapped_column(text_enum(AgreementKnown))
    safeguarding_concern: Mapped[bool]
    immediate_danger: Mapped[bool]
    rag: Mapped[Rag | None] = mapped_column(text_enum(Rag))
    rag_by: Mapped[str | None]
    rag_at: Mapped[dt.datetime | None]
    state: Mapped[ContactState] = mapped_column(text_enum(ContactState))
    held_by: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    held_by_name: Mapped[str | None]
    held_at: Mapped[dt.datetime | None]
    received_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    external_key: Mapped[str | None] = mapped_column(unique=True)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[dt.datetime]


class ContactReferrer(Base):
    """Who got in touch: kept apart, because a referrer may ask that the family is never told.

    ``safe_contact`` says how and when they are reached without danger, ``sharing`` whom they agree that we talk to and
    whom not: for the front door's eyes, never a part of the account that travels on to services.
    """

    __tablename__ = "contact_referrer"

    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    name: Mapped[str]
    role: Mapped[str]
    organisation: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    keep_private: Mapped[bool]
    wants_feedback: Mapped[bool]
    safe_contact: Mapped[str] = mapped_column(server_default="")
    sharing: Mapped[str] = mapped_column(server_default="")


class ContactChild(Versioned, Base):
    """One child named in a contact, and what a named officer decided for this child.

    ``likely_known``: the child was named as new, and another record looks like the same child's. ``known_by_link``: a
    link says that another record is the same child's. Both follow links as they are decided and undone. ``entered_as``:
    the record that was entered for this child, who was then recognised as ``person_id``.
    """

    __tablename__ = "contact_child"
    __table_args__ = (
        UniqueConstraint("contact_id", "person_id"),
        CheckConstraint("(outcome IS NULL) = (decided_at IS NULL)", name="decided_with_outcome"),
        CheckConstraint("stage BETWEEN 1 AND 4", name="stage"),
        Index("contact_child_person_id_idx", "person_id"),
    )

    id: Mapped[ContactChildId] = mapped_column(_ID, primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(_ID, ForeignKey("contact.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    known_before: Mapped[bool]
    likely_known: Mapped[bool] = mapped_column(server_default="false")
    known_by_link: Mapped[bool] = mapped_column(server_default="false")
    entered_as: Mapped[PersonId | None] = mapped_column(_ID, ForeignKey("person.id"))
    outcome: Mapped[Outcome | None] = mapped_column(text_enum(Outcome))
    stage: Mapped[int | None]
    reason: Mapped[str | None]
    need_codes: Mapped[list[str]]
    agreed: Mapped[bool | None]
    ground: Mapped[ShareGround | None] = mapped_column(text_enum(ShareGround))
    family_told: Mapped[bool | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[dt.datetime | None]
    referral_id: Mapped[ReferralId | None] = mapped_column(_ID, ForeignKey("referral.id"))
    added_at: Mapped[dt.datetime]


class ContactAdult(Base):
    """An adult named in a contact, and who they are to the children in it."""

    __tablename__ = "contact_adult"
    __table_args__ = (UniqueConstraint("contact_id", "person_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[ContactId] = mapped_column(_ID, ForeignKey("contact.id"))
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    relationship: Mapped[str]
    known_before: Mapped[bool]
    added_at: Mapped[dt.datetime]


class CaseNews(Base):
    """New information about a child with an open case, put before its lead professional (``lead_account_id``).

    It waits for ``waits_principal``: whoever leads now, those who manage the case, or the front door.
    """

    __tablename__ = "case_news"
    __table_args__ = (
        CheckConstraint("waits_name <> ''", name="waits"),
        Index("case_news_waits_idx", "waits_principal", postgresql_where=text("seen_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"))
    contact_id: Mapped[ContactId] = mapped_column(_ID, ForeignKey("contact.id"))
    episode_id: Mapped[EpisodeId] = mapped_column(_ID)
    lead_account_id: Mapped[AccountId | None] = mapped_column(_ID, ForeignKey("account.id"))
    waits_principal: Mapped[uuid.UUID]
    waits_name: Mapped[str]
    line: Mapped[str]
    told_by_name: Mapped[str]
    told_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime | None]
