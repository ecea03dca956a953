"""Reading agreements: what is in force for whom, and the history of a family's."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import any_, bindparam, select
from sqlalchemy.orm import Session, aliased

from locality.access.facts import AccessFacts
from locality.access.scope import facts_of_record
from locality.consent.models import Agreement, AgreementWithdrawal, ShareOverride, ShareOverridePerson
from locality.consent.rules import (
    OPEN,
    Ground,
    Purpose,
    RiskView,
    Scope,
    Status,
    Taken,
    Terms,
    Topic,
    agencies_left_out,
    covers_agency,
    covers_cluster_team,
    covers_topic,
    status_of,
)
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.kernel.errors import NotFound
from locality.kernel.ids import AgencyId, AgreementId, FamilyId, PersonId
from locality.kernel.slots import Slot
from locality.people.models import FamilyMember


@dataclass(frozen=True, slots=True)
class WithdrawalRow:
    """What was taken back of an agreement."""

    taken: Taken
    withdrawn_by: PersonId
    reason: str
    withdrawn_on: dt.date
    risk: RiskView
    risk_words: str
    recorded_by_name: str


@dataclass(frozen=True, slots=True)
class AgreementSummary:
    """One agreement with what became of it, as it stands on ``today``."""

    id: AgreementId
    family_id: FamilyId
    terms: Terms
    withdrawals: tuple[WithdrawalRow, ...]
    status: Status
    recorded_at: dt.datetime
    recorded_by_name: str
    today: dt.date

    @property
    def is_open(self) -> bool:
        """Whether it is in force, wholly or in part."""
        return self.status in OPEN

    @property
    def review_is_late(self) -> bool:
        """Whether it should have been gone over again by now."""
        due = self.terms.review_due_on
        return self.is_open and due is not None and due < self.today

    @property
    def covers_cluster_team(self) -> bool:
        """Whether the cluster team may see the family's plan."""
        return self.is_open and covers_cluster_team(self.terms, self._taken)

    def covers(self, agency_id: AgencyId, *, topic: Topic | None = None) -> bool:
        """Whether an agency may be told (about a topic, when one is given)."""
        return self.is_open and covers_agency(self.terms, self._taken, agency_id, topic=topic)

    def leaves_out(self, agency_id: uuid.UUID) -> bool:
        """Whether the family said of an agency that it must not be told."""
        return agency_id in agencies_left_out(self.terms, self._taken)

    def covers_topic(self, topic: Topic) -> bool:
        """Whether a topic may be shared at all."""
        return self.is_open and covers_topic(self.terms, self._taken, topic)

    @property
    def _taken(self) -> tuple[Taken, ...]:
        return tuple(row.taken for row in self.withdrawals)


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """An agency that a family may agree to tell, by the name that people know."""

    id: AgencyId
    name: str


# The room of agencies stands above this one and appends them, in the order in which forms show them.
agency_choices: Slot[[Session, list[AgencyChoice]]] = Slot("consent: agencies to choose from")


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """Information shared without agreement."""

    id: uuid.UUID
    people: tuple[PersonId, ...]
    ground: Ground
    what: str
    to_whom: str
    manager_consulted: str
    family_told: bool
    why_not_told: str
    decided_at: dt.datetime
    decided_by_name: str


def agreement_facts(
    session: Session, actor: Actor, *, agreement_id: AgreementId, **_others: uuid.UUID
) -> AccessFacts | None:
    """What the policy asks about an agreement; None when there is none that the actor may see."""
    about = "SELECT about FROM agreement WHERE id = %(id)s"
    return facts_of_record(session, actor, about, ("agreement", agreement_id))


def history(session: Session, family_id: FamilyId, *, today: dt.date) -> tuple[AgreementSummary, ...]:
    """Every agreement of a family, newest first, each with what became of it; one statement."""
    return _summaries(_OF_FAMILY.rows(session, family_id=family_id), today)


def get_agreement(session: Session, agreement_id: AgreementId, *, today: dt.date) -> AgreementSummary:
    """One agreement as it stands on a day; one statement. Raises ``NotFound``."""
    for one in _summaries(_BESIDE.rows(session, agreement_id=agreement_id), today):
        if one.id == agreement_id:
            return one
    raise NotFound("There is no such agreement, or none that you may see")


def open_agreements(session: Session, people: Iterable[PersonId], *, today: dt.date) -> tuple[AgreementSummary, ...]:
    """The agreements in force that are about any of these people, newest first; one statement."""
    wanted = set(people)
    if not wanted:
        return ()
    found = _summaries(_OF_PEOPLE.rows(session, people=list(wanted)), today)
    return tuple(one for one in found if one.is_open and not wanted.isdisjoint(one.terms.people))


def open_agreement(session: Session, people: Iterable[PersonId], *, today: dt.date) -> AgreementSummary | None:
    """The newest agreement in force that is about all of these people; None when there is none."""
    wanted = set(people)
    found = open_agreements(session, wanted, today=today)
    return next((one for one in found if wanted and wanted <= set(one.terms.people)), None)


def agreements_cover(
    session: Session, people: Iterable[PersonId], agency_id: AgencyId, *, today: dt.date, topic: Topic | None = None
) -> bool:
    """Whether an agency may be told of every one of these people, by agreements in force."""
    wanted = set(people)
    found = open_agreements(session, wanted, today=today)
    if topic is not None:
        found = tuple(one for one in found if one.covers_topic(topic) or one.leaves_out(agency_id))
    return bool(wanted) and wanted <= people_covered(found, [agency_id])


def people_covered(
    found: Iterable[AgreementSummary], agencies: Collection[uuid.UUID], *, helping: bool = False
) -> frozenset[PersonId]:
    """The people about whom a worker of these agencies may be told, by agreements in force.

    ``helping``: one of the agencies helps the family already and so is none of the other agencies that an agreement
    speaks of; only being left out by name keeps it out.
    """
    in_force = [one for one in found if one.is_open]
    told = {
        person
        for one in in_force
        if helping or any(one.covers(AgencyId(agency)) for agency in agencies)
        for person in one.terms.people
    }
    kept = {
        person for one in in_force if any(one.leaves_out(agency) for agency in agencies) for person in one.terms.people
    }
    return frozenset(told - kept)


def agencies_told(session: Session, people: Iterable[PersonId], *, today: dt.date) -> frozenset[uuid.UUID]:
    """The agencies that agreements in force name as those that may be told; whom to tell of a withdrawal."""
    found = open_agreements(session, people, today=today)
    return frozenset(agency for one in found for agency in one.terms.agencies_in)


def overrides(session: Session, people: Iterable[PersonId]) -> tuple[OverrideRow, ...]:
    """What was shared about any of these people without agreement, newest first."""
    # By the people's rows: under row-level security only plain equality may use an index.
    whom = select(ShareOverridePerson.override_id).where(ShareOverridePerson.person_id.in_(list(people)))
    rows = session.scalars(
        select(ShareOverride)
        .where(ShareOverride.id.in_(whom))
        .order_by(ShareOverride.decided_at.desc(), ShareOverride.id)
    )
    return tuple(
        OverrideRow(
            row.id,
            tuple(PersonId(person) for person in row.about),
            row.ground,
            row.what,
            row.to_whom,
            row.manager_consulted,
            row.family_told,
            row.why_not_told,
            row.decided_at,
            row.decided_by_name,
        )
        for row in rows
    )


_SUMMARIES = (
    select(
        Agreement, AgreementWithdrawal.id.label("withdrawal_id"), AgreementWithdrawal.scope,
        AgreementWithdrawal.agency_id, AgreementWithdrawal.topic, AgreementWithdrawal.withdrawn_by,
        AgreementWithdrawal.reason, AgreementWithdrawal.withdrawn_on, AgreementWithdrawal.risk,
        AgreementWithdrawal.risk_words, AgreementWithdrawal.recorded_by_name.label("withdrawal_recorded_by_name"),
    )
    .outerjoin(AgreementWithdrawal, AgreementWithdrawal.agreement_id == Agreement.id)
    .order_by(
        Agreement.signed_on.desc(),
        Agreement.recorded_at.desc(),
        Agreement.id,
        AgreementWithdrawal.recorded_at,
        AgreementWithdrawal.id,
    )
)  # fmt: skip
_OF_FAMILY = direct.Prepared(_SUMMARIES.where(Agreement.family_id == bindparam("family_id")))
_ONE = aliased(Agreement)
_BESIDE = direct.Prepared(
    _SUMMARIES.where(
        Agreement.family_id == select(_ONE.family_id).where(_ONE.id == bindparam("agreement_id")).scalar_subquery()
    )
)
# By the people's families: under row-level security only plain equality may use an index.
_OF_PEOPLE = direct.Prepared(
    _SUMMARIES.where(
        Agreement.family_id.in_(
            select(FamilyMember.family_id).where(FamilyMember.person_id == any_(bindparam("people")))
        )
    )
)


def _summaries(rows: Iterable[Any], today: dt.date) -> tuple[AgreementSummary, ...]:
    agreements: dict[uuid.UUID, Any] = {}
    withdrawals: dict[uuid.UUID, tuple[WithdrawalRow, ...]] = {}
    for row in rows:
        agreements.setdefault(row.id, row)
        if row.withdrawal_id is not None:
            withdrawals[row.id] = (*withdrawals.get(row.id, ()), _withdrawal(row))
    said: dict[uuid.UUID, set[uuid.UUID]] = {}
    found = []
    for row in agreements.values():
        later = said.setdefault(row.given_by, set())
        found.append(_summary(row, withdrawals.get(row.id, ()), today, replaced=set(row.about) <= later))
        later.update(row.about)
    return tuple(found)


def _summary(row: Any, withdrawals: tuple[WithdrawalRow, ...], today: dt.date, *, replaced: bool) -> AgreementSummary:
    terms = terms_of(row)
    return AgreementSummary(
        AgreementId(row.id),
        FamilyId(row.family_id),
        terms,
        withdrawals,
        status_of(terms, [one.taken for one in withdrawals], today, replaced=replaced),
        row.recorded_at,
        row.recorded_by_name,
        today,
    )


def _withdrawal(row: Any) -> WithdrawalRow:
    return WithdrawalRow(
        Taken(Scope(row.scope), row.agency_id, row.topic),
        PersonId(row.withdrawn_by),
        row.reason,
        row.withdrawn_on,
        row.risk,
        row.risk_words,
        row.withdrawal_recorded_by_name,
    )


def terms_of(row: Any) -> Terms:
    """The terms that a row holds."""
    return Terms(
        people=tuple(PersonId(person) for person in row.about),
        given_by=row.given_by,
        capacity=row.capacity,
        capacity_words=row.capacity_words,
        gillick_assessed_by=row.gillick_assessed_by,
        gillick_reasons=row.gillick_reasons,
        refused=row.refused,
        refusal_reason=row.refusal_reason,
        purposes=frozenset(Purpose(purpose) for purpose in row.purposes),
        share_with=row.share_with,
        agencies_in=frozenset(row.agencies_in),
        agencies_out=frozenset(row.agencies_out),
        agencies_out_words=row.agencies_out_words,
        topics_out=frozenset(Topic(topic) for topic in row.topics_out),
        cluster_team=row.cluster_team,
        explained_how=row.explained_how,
        interpreter=row.interpreter,
        method=row.method,
        signed_on=row.signed_on,
        review_due_on=row.review_due_on,
    )
