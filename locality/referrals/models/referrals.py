"""Tables of referrals: services, referrals, offers, how each was routed, and counts."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from locality.kernel.db import Base, JsonObject, Versioned, text_enum
from locality.kernel.ids import (
    AgencyId,
    ClusterId,
    ContactId,
    FamilyId,
    LocalityId,
    OfferId,
    PersonId,
    ReferralId,
    ServiceId,
    TeamId,
)
from locality.referrals.rules.codes import (
    AgreementBasis,
    AreaKind,
    DeclineReason,
    ReferralKind,
    ShareGround,
    Source,
    Urgency,
)
from locality.referrals.rules.lifecycle import OfferState, Party, ReferralState

_ID = UUID(as_uuid=True)
_IDS = ARRAY(_ID)


class Service(Versioned, Base):
    """What one agency's team offers to families."""

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("min_age >= 0 AND max_age >= min_age", name="ages"),
        CheckConstraint("(area_kind = 'authority') = (area_id IS NULL)", name="area"),
        CheckConstraint("closes_on > opens_on", name="dates"),
    )

    id: Mapped[ServiceId] = mapped_column(_ID, primary_key=True)
    name: Mapped[str]
    kind: Mapped[ReferralKind] = mapped_column(text_enum(ReferralKind))
    agency_id: Mapped[AgencyId] = mapped_column(_ID, ForeignKey("agency.id"), index=True)
    team_id: Mapped[TeamId | None] = mapped_column(_ID, ForeignKey("team.id"))
    summary: Mapped[str]
    eligibility: Mapped[str]
    eligible_needs: Mapped[list[str]] = mapped_column(server_default="{}")
    needs: Mapped[list[str]]
    min_age: Mapped[int]
    max_age: Mapped[int]
    takes_unborn: Mapped[bool]
    stages: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    area_kind: Mapped[AreaKind] = mapped_column(text_enum(AreaKind))
    area_id: Mapped[uuid.UUID | None]
    has_waiting_list: Mapped[bool]
    is_open: Mapped[bool]
    response_days: Mapped[int]
    languages: Mapped[list[str]]
    days: Mapped[list[str]]
    access: Mapped[list[str]]
    hours: Mapped[str]
    venue: Mapped[str]
    address: Mapped[str]
    town: Mapped[str]
    postcode: Mapped[str]
    cost: Mapped[str]
    how_to_refer: Mapped[str]
    contact_name: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    url: Mapped[str]
    opens_on: Mapped[dt.date | None]
    closes_on: Mapped[dt.date | None]
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]


class ServiceCapacity(Base):
    """How many families a service can hold in one cluster, how many it holds, how many wait for its answer."""

    __tablename__ = "service_capacity"
    __table_args__ = (CheckConstraint("places >= 0 AND taken >= 0 AND offered >= 0", name="places"),)

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), primary_key=True)
    cluster_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cluster.id"), primary_key=True)
    places: Mapped[int]
    taken: Mapped[int]
    offered: Mapped[int]


class Referral(Versioned, Base):
    """A request to one service for one or more children of a family. Owned by somebody, always.

    ``reminded_at`` and ``manager_told_at`` are of what was due last: before ``response_due_at`` they say nothing.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("cardinality(about) > 0", name="about_somebody"),
        CheckConstraint("stage BETWEEN 1 AND 4", name="stage"),
        CheckConstraint(
            "owner_name <> '' AND CASE"
            " WHEN state IN ('received', 'waitlisted', 'accepted') THEN owner_kind = 'service'"
            " WHEN state = 'unplaced' THEN owner_kind = 'front_door'"
            " WHEN state IN ('draft', 'sent', 'returned_for_info', 'declined', 'expired')"
            " THEN owner_principal = sender_principal"
            " WHEN state IN ('allocated', 'started') THEN owner_kind IN ('service', 'worker') ELSE true END",
            name="owner",
        ),
        Index(
            "referral_waiting_idx",
            "owner_principal",
            "response_due_at",
            postgresql_where=text(
                "state IN ('sent', 'unplaced', 'declined', 'expired', 'returned_for_info', 'allocated')"
            ),
        ),
        Index("referral_sender_idx", "sender_principal", postgresql_where=text("state NOT IN ('ended', 'withdrawn')")),
        Index("referral_about_idx", "about", postgresql_using="gin"),
        Index("referral_contact_id_idx", "contact_id"),
        Index("referral_sent_at_idx", "sent_at", "id", postgresql_where=text("kind = 'early_help'")),
    )

    id: Mapped[ReferralId] = mapped_column(_ID, primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ReferralKind] = mapped_column(text_enum(ReferralKind))
    contact_id: Mapped[ContactId | None] = mapped_column(_ID, ForeignKey("contact.id"))
    family_id: Mapped[FamilyId | None] = mapped_column(_ID, ForeignKey("family.id"))
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    source: Mapped[Source] = mapped_column(text_enum(Source))
    state: Mapped[ReferralState] = mapped_column(text_enum(ReferralState))
    owner_principal: Mapped[uuid.UUID]
    owner_kind: Mapped[Party] = mapped_column(text_enum(Party))
    owner_name: Mapped[str]
    sender_principal: Mapped[uuid.UUID]
    sender_kind: Mapped[Party] = mapped_column(text_enum(Party))
    sender_name: Mapped[str]
    urgency: Mapped[Urgency] = mapped_column(text_enum(Urgency))
    immediate_danger: Mapped[bool]
    stage: Mapped[int | None]
    need_codes: Mapped[list[str]]
    preferred_service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id"))
    language: Mapped[str] = mapped_column(server_default="")
    interpreter_needed: Mapped[bool | None]
    access_needs: Mapped[list[str]] = mapped_column(server_default="{}")
    preferred_agency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agency.id"))
    preferred_worker: Mapped[str] = mapped_column(server_default="")
    preferred_worker_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    unwanted_agencies: Mapped[list[uuid.UUID]] = mapped_column(_IDS, server_default="{}")
    summary: Mapped[str]
    agreement: Mapped[AgreementBasis] = mapped_column(text_enum(AgreementBasis))
    ground: Mapped[ShareGround | None] = mapped_column(text_enum(ShareGround))
    cluster_id: Mapped[ClusterId | None] = mapped_column(_ID, ForeignKey("cluster.id"))
    locality_id: Mapped[LocalityId | None] = mapped_column(_ID, ForeignKey("locality.id"))
    out_of_locality: Mapped[bool]
    why_here: Mapped[str]
    sent_at: Mapped[dt.datetime | None]
    response_due_at: Mapped[dt.datetime]
    reminded_at: Mapped[dt.datetime | None]
    manager_told_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    end_reason: Mapped[str | None]
    no_further_action: Mapped[bool | None]
    allocated_team: Mapped[str | None]
    allocated_worker: Mapped[str | None]
    allocated_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    external_key: Mapped[str | None] = mapped_column(unique=True)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[dt.datetime]


class ReferralChild(Base):
    """One child of a referral, with the cluster that school or home point to."""

    __tablename__ = "referral_child"
    __table_args__ = (Index("referral_child_person_id_idx", "person_id"),)

    referral_id: Mapped[ReferralId] = mapped_column(_ID, ForeignKey("referral.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(_ID, ForeignKey("person.id"), primary_key=True)
    position: Mapped[int]
    cluster_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cluster.id"))
    locality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("locality.id"))
    placed_how: Mapped[str]


class ReferralEvent(Base):
    """One thing that happened to a referral and that its readers should know, in words."""

    __tablename__ = "referral_event"
    __table_args__ = (Index("referral_event_referral_id_idx", "referral_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referral.id"))
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    at: Mapped[dt.datetime]
    by_name: Mapped[str]
    line: Mapped[str]
    words: Mapped[str]


class RoutingDecision(Base):
    """Why a referral went where it went: facts used, every step, every service looked at."""

    __tablename__ = "routing_decision"
    __table_args__ = (Index("routing_decision_referral_id_idx", "referral_id", "decided_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    referral_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("referral.id"))
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    decided_at: Mapped[dt.datetime]
    rule_set: Mapped[int] = mapped_column(ForeignKey("rule_set.version"))
    result: Mapped[str]
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id"))
    line: Mapped[str]
    trace: Mapped[JsonObject]


class Offer(Base):
    """One referral offered to one service, and its answer. At most one is live for a referral.

    ``listed_at``: when it joined the waiting list; ``expected_basis``: from what the expected date was reckoned.
    ``acknowledged_at``: when social care said that it has the referral, before it decided.
    """

    __tablename__ = "offer"
    __table_args__ = (
        Index(
            "offer_one_live",
            "referral_id",
            unique=True,
            postgresql_where=text("state IN ('open', 'asked', 'waiting')"),
        ),
        Index(
            "offer_inbox_idx",
            "service_id",
            "due_at",
            postgresql_where=text("state IN ('open', 'asked', 'waiting')"),
        ),
        Index("offer_due_idx", "due_at", postgresql_where=text("state IN ('open', 'asked')")),
        Index("offer_referral_id_idx", "referral_id"),
        Index("offer_accepted_idx", "service_id", "responded_at", postgresql_where=text("state = 'accepted'")),
        Index(
            "offer_waiting_idx",
            "service_id",
            "cluster_id",
            "waiting_position",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[OfferId] = mapped_column(_ID, primary_key=True)
    referral_id: Mapped[ReferralId] = mapped_column(_ID, ForeignKey("referral.id"))
    service_id: Mapped[ServiceId] = mapped_column(_ID, ForeignKey("service.id"))
    cluster_id: Mapped[ClusterId | None] = mapped_column(_ID, ForeignKey("cluster.id"))
    about: Mapped[list[uuid.UUID]] = mapped_column(_IDS)
    state: Mapped[OfferState] = mapped_column(text_enum(OfferState))
    offered_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    reminded_at: Mapped[dt.datetime | None]
    manager_told_at: Mapped[dt.datetime | None]
    responded_at: Mapped[dt.datetime | None]
    responded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    responded_by_name: Mapped[str | None]
    decline_reason: Mapped[DeclineReason | None] = mapped_column(text_enum(DeclineReason))
    note: Mapped[str | None]
    suggested_alternative: Mapped[str | None]
    waiting_position: Mapped[int | None]
    expected_on: Mapped[dt.date | None]
    took_place: Mapped[bool]
    listed_at: Mapped[dt.datetime | None]
    expected_basis: Mapped[str | None]
    acknowledged_at: Mapped[dt.datetime | None]
    acknowledged_by_name: Mapped[str | None]


class ReferralMonth(Base):
    """How many children were referred in a month, by cluster and kind; kept with each referral.

    ``again``: of these, how many to social care had been referred there in the twelve months before (domain M02).
    """

    __tablename__ = "referral_month"
    __table_args__ = (UniqueConstraint("cluster_id", "month", "kind", postgresql_nulls_not_distinct=True),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    cluster_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("cluster.id"))
    month: Mapped[dt.date]
    kind: Mapped[ReferralKind] = mapped_column(text_enum(ReferralKind))
    children: Mapped[int]
    again: Mapped[int]
