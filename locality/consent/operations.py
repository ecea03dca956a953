"""Recording agreement, its withdrawal, and sharing without it. Nothing is overwritten."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from locality.access.scope import elevated
from locality.audit import log
from locality.consent.models import Agreement, AgreementWithdrawal, ShareOverride, ShareOverridePerson
from locality.consent.queries import get_agreement
from locality.consent.rules import CAPACITIES, GROUNDS, TOPICS, Giver, Ground, RiskView, Scope, Terms, Topic
from locality.consent.rules import reasons_against as reasons_against_terms
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import AgencyId, AgreementId, FamilyId, PersonId, new_id
from locality.kernel.slots import Slot
from locality.kernel.uow import UnitOfWork
from locality.people import api as people


@dataclass(frozen=True, slots=True)
class Agreed:
    """What higher rooms are told when an agreement (or a refusal) was recorded."""

    agreement_id: AgreementId
    family_id: FamilyId
    terms: Terms


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What higher rooms are told when an agreement was withdrawn: end what followed from it, in this transaction.

    ``people`` are those whom the agreement was about; ``agency_id`` and ``topic`` are given for those scopes.
    """

    agreement_id: AgreementId
    family_id: FamilyId
    people: tuple[PersonId, ...]
    scope: Scope
    agency_id: AgencyId | None = None
    topic: Topic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """What is taken back, by whom and why. ``risk`` is the worker's answer to "what will happen without help?"."""

    agreement_id: AgreementId
    scope: Scope
    withdrawn_by: PersonId
    reason: str
    withdrawn_on: dt.date
    risk: RiskView
    risk_words: str = ""
    agency_id: AgencyId | None = None
    topic: Topic | None = None
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A decision to share without agreement."""

    people: Sequence[PersonId]
    ground: Ground
    what: str
    to_whom: str
    manager_consulted: str
    family_told: bool
    why_not_told: str = ""
    family_id: FamilyId | None = None
    id: uuid.UUID | None = None


agreed: Slot[[UnitOfWork, Agreed]] = Slot("consent: an agreement was recorded")
withdrawn: Slot[[UnitOfWork, Withdrawn]] = Slot("consent: an agreement was withdrawn")


def record_agreement(
    uow: UnitOfWork, family_id: FamilyId, terms: Terms, *, agreement_id: AgreementId | None = None
) -> AgreementId:
    """Record what somebody agreed to or refused, for some members of a family.

    A later agreement of the same giver about the same people replaces the earlier one, which stays in the history.
    Raises ``NotFound`` for people outside the family, ``RuleBroken`` with a reason beside each field. Recording the
    same ``agreement_id`` again changes nothing.
    """
    made = agreement_id or AgreementId(new_id())
    with elevated(uow.session, "a form sent twice must find the agreement it recorded"):
        if uow.session.execute(select(Agreement.id).where(Agreement.id == made)).first() is not None:
            return made
    giver = _giver(uow, family_id, terms)
    reasons = reasons_against_terms(terms, _facts(giver), uow.today)
    if reasons:
        raise RuleBroken(reasons)
    uow.session.execute(insert(Agreement), [_row(uow, terms) | {"id": made, "family_id": family_id}])
    people.note_story(
        uow,
        terms.people,
        happened_on=terms.signed_on,
        kind=people.StoryKind.AGREEMENT,
        line=_line(giver, terms),
        record=("agreement", made),
    )
    agreed(uow, Agreed(made, family_id, terms))
    log.record(
        uow,
        "agreement.refused" if terms.refused else "agreement.recorded",
        subjects=terms.people,
        record=("agreement", made),
        detail={"capacity": terms.capacity.value, "purposes": sorted(terms.purposes)},
    )
    return made


def withdraw(uow: UnitOfWork, command: Withdraw) -> None:
    """Take back an agreement, or its share with an agency, a topic or the cluster team.

    Tells higher rooms (slot ``withdrawn``), which end in this transaction what followed from it. Raises ``NotFound``,
    ``RuleBroken``, or ``Conflict`` for an agreement that is no longer in force.
    """
    standing = get_agreement(uow.session, command.agreement_id, today=uow.today)
    if command.id is not None and _recorded(uow, command.id):
        return
    if not standing.is_open:
        raise Conflict([Reason(None, "This agreement is no longer in force: there is nothing left to withdraw")])
    _check_withdrawal(uow, command, standing.family_id)
    about = [*standing.terms.people]
    uow.session.execute(insert(AgreementWithdrawal), [_withdrawal_row(uow, command, about)])
    people.note_story(
        uow,
        about,
        happened_on=command.withdrawn_on,
        kind=people.StoryKind.AGREEMENT,
        line=_withdrawal_line(command),
        record=("agreement", command.agreement_id),
    )
    log.record(
        uow,
        "agreement.withdrawn",
        subjects=about,
        record=("agreement", command.agreement_id),
        detail={"scope": command.scope.value, "risk": command.risk.value},
    )
    told = tuple(PersonId(person) for person in about)
    withdrawn(
        uow,
        Withdrawn(command.agreement_id, standing.family_id, told, command.scope, command.agency_id, command.topic),
    )


def share_override(uow: UnitOfWork, command: Override) -> uuid.UUID:
    """Record that information was shared without agreement: ground, what, to whom, who decided, whether they were told.

    Raises ``RuleBroken`` with a reason beside each field that is missing.
    """
    reasons = _against_override(command)
    if reasons:
        raise RuleBroken(reasons)
    made = command.id or new_id()
    with elevated(uow.session, "a form sent twice must find what it recorded"):
        if uow.session.execute(select(ShareOverride.id).where(ShareOverride.id == made)).first() is not None:
            return made
    row = {
        "id": made,
        "family_id": command.family_id,
        "about": list(command.people),
        "ground": command.ground,
        "what": command.what,
        "to_whom": command.to_whom,
        "manager_consulted": command.manager_consulted,
        "family_told": command.family_told,
        "why_not_told": command.why_not_told,
        "decided_at": uow.now,
        "decided_by": uow.actor.account_id,
        "decided_by_name": uow.actor.name,
    }
    uow.session.execute(insert(ShareOverride), [row])
    whom = [{"override_id": made, "person_id": person} for person in dict.fromkeys(command.people)]
    uow.session.execute(insert(ShareOverridePerson), whom)
    people.note_story(
        uow,
        command.people,
        happened_on=uow.today,
        kind=people.StoryKind.AGREEMENT,
        line=f"Information was shared without agreement. {GROUNDS[command.ground]}.",
        record=("share_override", made),
    )
    log.record(
        uow,
        "share.overridden",
        subjects=command.people,
        record=("share_override", made),
        detail={"ground": command.ground.value, "family_told": command.family_told},
    )
    return made


def _giver(uow: UnitOfWork, family_id: FamilyId, terms: Terms) -> people.PersonSummary:
    """Who agrees; they and everybody whom it is about must belong to the family."""
    family = people.get_family(uow.session, family_id)
    belong = set(family.about)
    if not set(terms.people) <= belong:
        raise NotFound([Reason("people", "Select people who belong to this family")])
    known = people.summaries(uow.session, [terms.given_by])
    giver = known.get(PersonId(terms.given_by)) if terms.given_by in belong else None
    if giver is None:
        raise NotFound([Reason("given_by", "Select somebody who belongs to this family")])
    return giver


def _facts(giver: people.PersonSummary) -> Giver:
    return Giver(giver.id, giver.kind is people.PersonKind.ADULT, giver.born_on)


def _row(uow: UnitOfWork, terms: Terms) -> dict[str, object]:
    return {
        "about": list(dict.fromkeys(terms.people)),
        "given_by": terms.given_by,
        "capacity": terms.capacity,
        "capacity_words": terms.capacity_words,
        "gillick_assessed_by": terms.gillick_assessed_by,
        "gillick_reasons": terms.gillick_reasons,
        "refused": terms.refused,
        "refusal_reason": terms.refusal_reason,
        "purposes": sorted(terms.purposes),
        "share_with": terms.share_with,
        "agencies_in": sorted(terms.agencies_in),
        "agencies_out": sorted(terms.agencies_out),
        "agencies_out_words": terms.agencies_out_words,
        "topics_out": sorted(terms.topics_out),
        "cluster_team": terms.cluster_team,
        "explained_how": terms.explained_how,
        "interpreter": terms.interpreter,
        "method": terms.method,
        "signed_on": terms.signed_on,
        "review_due_on": terms.review_due_on,
        "recorded_at": uow.now,
        "recorded_by": uow.actor.account_id,
        "recorded_by_name": uow.actor.name,
    }


def _line(giver: people.PersonSummary, terms: Terms) -> str:
    if terms.refused:
        return f"{giver.name} did not agree to take part."
    capacity = CAPACITIES[terms.capacity]
    return f"{giver.name} agreed to take part ({capacity[:1].lower()}{capacity[1:]})."


def _withdrawal_line(command: Withdraw) -> str:
    if command.scope is Scope.AGENCY:
        return "Agreement to share with one agency was withdrawn."
    if command.scope is Scope.TOPIC and command.topic is not None:
        return f"Agreement to share one topic was withdrawn: {TOPICS[command.topic].lower()}."
    if command.scope is Scope.CLUSTER_TEAM:
        return "Agreement to share with the cluster team was withdrawn."
    return "Agreement to take part was withdrawn."


def _withdrawal_row(uow: UnitOfWork, command: Withdraw, about: Sequence[uuid.UUID]) -> dict[str, object]:
    return {
        "id": command.id or new_id(),
        "agreement_id": command.agreement_id,
        "about": list(about),
        "scope": command.scope,
        "agency_id": command.agency_id,
        "topic": command.topic,
        "withdrawn_by": command.withdrawn_by,
        "reason": command.reason,
        "withdrawn_on": command.withdrawn_on,
        "risk": command.risk,
        "risk_words": command.risk_words,
        "recorded_at": uow.now,
        "recorded_by": uow.actor.account_id,
        "recorded_by_name": uow.actor.name,
    }


def _recorded(uow: UnitOfWork, withdrawal_id: uuid.UUID) -> bool:
    found = select(AgreementWithdrawal.id).where(AgreementWithdrawal.id == withdrawal_id)
    return uow.session.execute(found).first() is not None


def _check_withdrawal(uow: UnitOfWork, command: Withdraw, family_id: FamilyId) -> None:
    family = people.get_family(uow.session, family_id)
    reasons = []
    if command.withdrawn_by not in family.about:
        reasons.append(Reason("withdrawn_by", "Select somebody who belongs to this family"))
    if not command.reason:
        reasons.append(Reason("reason", "Enter why, in their words if you can"))
    if command.withdrawn_on > uow.today:
        reasons.append(Reason("withdrawn_on", "The date must be today or in the past"))
    if command.scope is Scope.AGENCY and command.agency_id is None:
        reasons.append(Reason("agency", "Select the agency that is no longer to be told"))
    if command.scope is Scope.TOPIC and command.topic is None:
        reasons.append(Reason("topic", "Select the topic that is no longer to be shared"))
    if reasons:
        raise RuleBroken(reasons)


def _against_override(command: Override) -> list[Reason]:
    needed = {
        "people": (command.people, "Select the people whom the information is about"),
        "what": (command.what, "Enter what was shared"),
        "to_whom": (command.to_whom, "Enter to whom it was given"),
        "manager_consulted": (command.manager_consulted, "Enter which manager you asked, or why there was no time"),
        "why_not_told": (command.family_told or command.why_not_told, "Enter why the family was not told"),
    }
    return [Reason(field, message) for field, (given, message) in needed.items() if not given]
