"""One contact as its page shows it: what was said, who is named, what was decided."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, func, literal, null, select, true, union_all
from sqlalchemy.orm import Session

from locality.clusters.models import Cluster
from locality.kernel import direct
from locality.kernel.errors import NotFound
from locality.kernel.ids import AccountId, ContactId, PersonId, ReferralId
from locality.people import api as people
from locality.people.models import Person
from locality.referrals.models import (
    Contact,
    ContactAdult,
    ContactChild,
    ContactHolding,
    ContactReferrer,
    PartnerEnquiry,
    Referral,
    ReferrerTold,
)
from locality.referrals.rules.codes import AgreementKnown, ContactReason, Outcome, Rag, Source
from locality.referrals.rules.screening import ContactState, HoldingKind
from locality.stages.models import StageSpan


@dataclass(frozen=True, slots=True)
class ReferrerView:
    """Who got in touch, for those who may know."""

    name: str
    role: str
    organisation: str
    phone: str
    email: str
    keep_private: bool
    wants_feedback: bool
    safe_contact: str
    sharing: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """That somebody took a contact over from somebody else."""

    by_name: str
    from_whom: AccountId | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ToldInPerson:
    """That an officer told whoever got in touch."""

    how: str
    by_name: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact as it was told, and who is working on it."""

    id: ContactId
    reference: str
    source: Source
    source_agency: str | None
    reasons: tuple[ContactReason, ...]
    main_reason: ContactReason | None
    what_said: str
    family_wants: str
    agreement_known: AgreementKnown
    safeguarding_concern: bool
    immediate_danger: bool
    rag: Rag | None
    rag_by: str | None
    rag_at: dt.datetime | None
    state: ContactState
    held_by: AccountId | None
    held_by_name: str | None
    held_at: dt.datetime | None
    received_at: dt.datetime
    due_at: dt.datetime
    referrer: ReferrerView | None
    handed_over: HandOver | None
    told_in_person: ToldInPerson | None
    asked: int
    asked_late: int

    def taken_from(self, account_id: AccountId | None) -> HandOver | None:
        """Who took this contact over from somebody, when that is how it stands."""
        moved = self.handed_over
        return moved if moved is not None and account_id is not None and moved.from_whom == account_id else None


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A child or adult named in a contact. ``relationship`` is set for adults, outcome and stage for children."""

    person_id: PersonId
    name: str
    called: str
    reference: str
    given_name: str
    family_name: str
    born_on: dt.date | None
    due_on: dt.date | None
    sex: people.Sex
    known_before: bool
    relationship: str | None
    outcome: Outcome | None
    stage: int | None
    reason: str | None
    decided_by_name: str | None
    decided_at: dt.datetime | None
    referral_id: ReferralId | None
    summary_sent: str | None
    open_stage: int | None
    open_cluster: str | None

    @property
    def is_child(self) -> bool:
        """Whether this is one of the children whom the contact is about."""
        return self.relationship is None


_CONTACT = (
    Contact.id,
    Contact.reference,
    Contact.source,
    Contact.source_agency,
    Contact.reasons,
    Contact.main_reason,
    Contact.what_said,
    Contact.family_wants,
    Contact.agreement_known,
    Contact.safeguarding_concern,
    Contact.immediate_danger,
    Contact.rag,
    Contact.rag_by,
    Contact.rag_at,
    Contact.state,
    Contact.held_by,
    Contact.held_by_name,
    Contact.held_at,
    Contact.received_at,
    Contact.due_at,
)
_REFERRER = (
    ContactReferrer.name,
    ContactReferrer.role,
    ContactReferrer.organisation,
    ContactReferrer.phone,
    ContactReferrer.email,
    ContactReferrer.keep_private,
    ContactReferrer.wants_feedback,
    ContactReferrer.safe_contact,
    ContactReferrer.sharing,
)
_LAST_HELD = (
    select(ContactHolding.kind, ContactHolding.by_name, ContactHolding.from_whom, ContactHolding.at)
    .where(ContactHolding.contact_id == Contact.id)
    .order_by(ContactHolding.at.desc())
    .limit(1)
    .lateral("last_held")
)
_TOLD = (
    select(ReferrerTold.how, ReferrerTold.told_by_name, ReferrerTold.told_at)
    .where(ReferrerTold.contact_id == Contact.id)
    .order_by(ReferrerTold.told_at.desc())
    .limit(1)
    .lateral("told")
)
_ASKED = (
    select(
        func.count().label("asked"),
        func.count().filter(PartnerEnquiry.due_at < func.now()).label("asked_late"),
    )
    .where(PartnerEnquiry.contact_id == Contact.id, PartnerEnquiry.replied_at.is_(None))
    .lateral("enquiries")
)
_AROUND = (
    *(column.label(f"moved_{column.key}") for column in _LAST_HELD.c),
    *(column.label(f"told_{column.key}") for column in _TOLD.c),
    *_ASKED.c,
)


def get_contact(session: Session, contact_id: uuid.UUID) -> ContactView:
    """A contact with its referrer where the actor may know, and how it stands; one statement. Raises ``NotFound``."""
    row = (
        session.execute(
            select(*_CONTACT, *_REFERRER, *_AROUND)
            .outerjoin(ContactReferrer, ContactReferrer.contact_id == Contact.id)
            .outerjoin(_LAST_HELD, true())
            .outerjoin(_TOLD, true())
            .outerjoin(_ASKED, true())
            .where(Contact.id == contact_id)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound("There is no such contact, or none that you may see")
    values = {column.key: row[column.key] for column in _CONTACT}
    values["reasons"] = tuple(ContactReason(reason) for reason in values["reasons"])
    told = {column.key: row[column.key] for column in _REFERRER}
    return ContactView(
        **values,
        referrer=None if told["name"] is None else ReferrerView(**told),
        handed_over=_hand_over(row),
        told_in_person=None
        if row["told_told_at"] is None
        else ToldInPerson(row["told_how"], row["told_told_by_name"], row["told_told_at"]),
        asked=row["asked"],
        asked_late=row["asked_late"],
    )


def _hand_over(row: RowMapping) -> HandOver | None:
    if row["moved_kind"] is not HoldingKind.TAKEN_OVER:
        return None
    return HandOver(row["moved_by_name"], row["moved_from_whom"], row["moved_at"])


_PERSON = (
    Person.id,
    Person.given_name,
    Person.family_name,
    Person.known_as,
    Person.reference,
    Person.born_on,
    Person.due_on,
    Person.sex,
)


def named_people(session: Session, contact_id: uuid.UUID) -> tuple[NamedPerson, ...]:
    """Everybody named in a contact, children first, each in the order of naming; one statement.

    ``open_stage`` and ``open_cluster`` say where a child is helped already, ``summary_sent`` what travels with the
    referral that was decided, where the reader may see it.
    """
    return tuple(_named(row._asdict()) for row in _NAMED.rows(session, contact_id=contact_id))


_CHILD_NAMED = (
    select(
        *_PERSON,
        (ContactChild.known_before | ContactChild.known_by_link).label("known_before"),
        null().label("relationship"),
        ContactChild.outcome,
        ContactChild.stage,
        ContactChild.reason,
        ContactChild.decided_by_name,
        ContactChild.decided_at,
        ContactChild.referral_id,
        Referral.summary.label("summary_sent"),
        StageSpan.stage.label("open_stage"),
        Cluster.name.label("open_cluster"),
        literal(0).label("place"),
        ContactChild.added_at,
    )
    .join(Person, Person.id == ContactChild.person_id)
    .outerjoin(StageSpan, and_(StageSpan.person_id == Person.id, StageSpan.is_now()))
    .outerjoin(Cluster, Cluster.id == StageSpan.cluster_id)
    .outerjoin(Referral, Referral.id == ContactChild.referral_id)
    .where(ContactChild.contact_id == bindparam("contact_id"))
)
_NOTHING = [null() for _ in range(9)]
_ADULT_NAMED = (
    select(*_PERSON, ContactAdult.known_before, ContactAdult.relationship, *_NOTHING, literal(1))
    .add_columns(ContactAdult.added_at)
    .join(Person, Person.id == ContactAdult.person_id)
    .where(ContactAdult.contact_id == bindparam("contact_id"))
)
_EVERYBODY = union_all(_CHILD_NAMED, _ADULT_NAMED).subquery()
# Those named at once stand by age, the eldest first and a baby on the way last.
_ORDER = (_EVERYBODY.c.place, _EVERYBODY.c.added_at, _EVERYBODY.c.born_on.asc().nulls_last(), _EVERYBODY.c.id)
_NAMED = direct.Prepared(select(_EVERYBODY).order_by(*_ORDER))


def _named(row: Mapping[str, Any]) -> NamedPerson:
    unborn = row["due_on"] is not None
    name = people.display_name(row["given_name"], row["family_name"], unborn=unborn)
    return NamedPerson(
        person_id=PersonId(row["id"]),
        name=name,
        called=row["known_as"] or row["given_name"] or name,
        **{
            key: row[key]
            for key in (
                "reference",
                "given_name",
                "family_name",
                "born_on",
                "due_on",
                "sex",
                "known_before",
                "relationship",
                "outcome",
                "stage",
                "reason",
                "decided_by_name",
                "decided_at",
                "referral_id",
                "summary_sent",
                "open_stage",
                "open_cluster",
            )
        },
    )
