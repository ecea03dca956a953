"""Asking one named person from outside the team to audit one assessment; it ends by itself, or with the audit."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason
from locality.access.scope import elevated
from locality.caf.models import QualityInvitation
from locality.caf.operations.commands_team import AuditQuality
from locality.caf.operations.loading import raise_if
from locality.caf.operations.papers.audit import Audited, says_a_name, says_a_topic, write_for_audit
from locality.caf.operations.quality import audit_caf
from locality.caf.operations.telling import tell
from locality.caf.queries.agreement import Sharing, sharing_of
from locality.caf.queries.auditing import InvitationRow, agrees_to_audit, has_audited, is_in_team
from locality.caf.queries.papers import (
    names_around,
    places_and_names_around,
    places_around,
    read_contents,
    referrers_of,
)
from locality.caf.queries.plan import list_reviews
from locality.caf.queries.quality import Subject, get_subject
from locality.caf.queries.reaching import address_of
from locality.caf.queries.sections import AssessmentRow, get_assessment
from locality.caf.queries.team import agencies_of
from locality.caf.rules.answers import too_long
from locality.caf.rules.inviting import InvitationFacts, reasons_not_to_invite
from locality.caf.rules.meetings import name_parts, names_in
from locality.caf.rules.papers import Place, unsayable
from locality.caf.rules.quality import QualityScore, Standing
from locality.caf.rules.words import AssessmentState
from locality.clusters import api as clusters
from locality.consent import api as consent
from locality.kernel.clock import LONDON
from locality.kernel.errors import NotFound, Reason
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.papers.paper import Paper, Quote, Text, from_json, to_json
from locality.people import api as people

_SENT, _AGREEMENT, _TAKEN_BACK = "The audit was sent", "The family’s agreement changed", "Taken back"
_DAY_PASSED, _WRITTEN_ANEW = "The day has passed", "Written anew: something in it may not be shown any more"
Invited: TypeAlias = QualityInvitation | InvitationRow


@dataclass(frozen=True, slots=True)
class InviteAuditor:
    """Who is asked to audit which assessment, why and up to which day; ``label`` is what the authority calls a CAF."""

    invitation_id: uuid.UUID
    assessment_id: AssessmentId
    account_id: AccountId
    reason: str
    until_on: dt.date
    label: str


def invite_auditor(uow: UnitOfWork, command: InviteAuditor) -> None:
    """Ask somebody to audit one assessment: they read what is written down now, without names, and nothing else.

    Raises ``RuleBroken`` with whatever stands against it, ``NotFound`` for somebody who does not work here. Sent
    twice, they are asked once.
    """
    assessment = get_assessment(uow.session, command.assessment_id)
    known = select(QualityInvitation.id).where(QualityInvitation.id == command.invitation_id)
    if uow.session.execute(known).first() is not None:
        return
    worker = clusters.find_worker(uow.session, command.account_id)
    if worker is None:
        raise NotFound([Reason("account_id", "Select a worker from the list")])
    subject = get_subject(uow.session, command.assessment_id)
    with elevated(uow.session, "what the family agreed to, before somebody outside the team reads an assessment"):
        sharing = sharing_of(uow.session, subject.episode_id, assessment.about, today=uow.today)
        facts = _facts(uow, command, subject, worker=worker, sharing=sharing)
    raise_if(reasons_not_to_invite(facts, today=uow.today) + too_long("reason", command.reason))
    row = _row(uow, command, assessment, worker=worker, sharing=sharing)
    past = _past(uow, command)
    _end(uow, [one for one in past if one.until_at <= uow.now], why=_DAY_PASSED)
    _end(uow, [one for one in past if one.until_at > uow.now], why=_WRITTEN_ANEW)
    uow.session.execute(insert(QualityInvitation), [row])
    tell(
        uow,
        "quality.invited",
        about=assessment.about,
        record=("quality_invitation", command.invitation_id),
        detail={"account": str(command.account_id), "until": command.until_on.isoformat()},
    )
    # It opens no part of anybody's record: it says who was let in, why and until when.
    grants.give(
        uow, assessment.about, principal=command.account_id, reason=GrantReason.QUALITY_AUDIT,
        record=command.invitation_id, parts=frozenset(), until_at=_end_of(command.until_on),
    )  # fmt: skip
    _write_to(uow, command, assessment)


def audit_by_invitation(uow: UnitOfWork, invitation_id: uuid.UUID, command: AuditQuality) -> QualityScore:
    """Keep the audit of somebody who was asked; with it they read nothing any more.

    Raises ``NotFound`` for an invitation that is not theirs or is over, and what auditing raises.
    """
    row = uow.session.execute(
        select(QualityInvitation)
        .where(QualityInvitation.id == invitation_id, QualityInvitation.account_id == uow.actor.account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None or row.assessment_id != command.assessment_id or row.until_at <= uow.now:
        raise NotFound("There is no such invitation, or it has ended")
    with elevated(uow.session, "the one assessment that somebody was asked to audit"):
        score = audit_caf(uow, command, standing=Standing.PEER)
    _end(uow, [row], why=_SENT)
    return score


def says_more_than_now(session: Session, invitation: Invited, paper: Paper, *, today: dt.date) -> bool:
    """Whether what somebody was asked to audit may not be shown as things stand now; asked each time it is opened.

    So when the family's agreement has come to its end by its date or been taken back, leaves their agency or a topic
    of it out, and when an address, number or name stands in it that was recorded since it was written. Three
    statements, beyond the reader's sight.
    """
    with elevated(session, "whether an assessment may still be read by whoever was asked to audit it"):
        agreed = Sharing(consent.open_agreements(session, invitation.about, today=today), frozenset())
        agencies = agencies_of(session, AccountId(invitation.account_id))
        places, names = places_and_names_around(session, invitation.episode_id)
    return (
        not agrees_to_audit(agreed, invitation.about)
        or agreed.leaves_out(agencies)
        or says_a_topic(paper, agreed.found)
        or _says_a_place(paper, places)
        or says_a_name(paper, names)
    )


def _says_a_place(paper: Paper, places: Iterable[Place]) -> bool:
    """Whether free words say where somebody lives or a number of theirs, or anything says what is hidden."""
    words = "\n".join(one.text for section in paper.sections for one in section.blocks if isinstance(one, Text | Quote))
    everything = str(to_json(paper))
    return any(
        unsayable(place.marks).taken_out(text) != text
        for place in places
        for text in (words, everything if place.is_hidden else "")
    )


def take_invitation_back(uow: UnitOfWork, assessment_id: AssessmentId, invitation_id: uuid.UUID) -> None:
    """End an invitation before its day. Raises ``NotFound``; one that is over stays as it ended."""
    row = uow.session.get(QualityInvitation, invitation_id)
    if row is None or row.assessment_id != assessment_id:
        raise NotFound("There is no such invitation")
    if row.ended_at is None:
        _end(uow, [row], why=_TAKEN_BACK)


def end_invitations(uow: UnitOfWork, episode_id: EpisodeId, about: Sequence[PersonId], *, sharing: Sharing) -> None:
    """End what rested on an agreement that changed: of those whose agency or topic it leaves out, or of all."""
    with elevated(uow.session, "who reads an assessment by an agreement that changed"):
        rows = uow.session.scalars(
            select(QualityInvitation).where(
                QualityInvitation.episode_id == episode_id, QualityInvitation.ended_at.is_(None)
            )
        ).all()
        agreed = not rows or agrees_to_audit(sharing, about)
        over = [
            row
            for row in rows
            if not agreed
            or sharing.leaves_out(agencies_of(uow.session, row.account_id))
            or says_a_topic(from_json(row.content), sharing.found)
        ]
        _end(uow, over, why=_AGREEMENT)


def _past(uow: UnitOfWork, command: InviteAuditor) -> Sequence[QualityInvitation]:
    """An earlier invitation of the same person that ended by itself, or shows them nothing any more."""
    mine = select(QualityInvitation).where(
        QualityInvitation.assessment_id == command.assessment_id, QualityInvitation.account_id == command.account_id
    )
    return [
        row
        for row in uow.session.scalars(mine.where(QualityInvitation.ended_at.is_(None))).all()
        if row.until_at <= uow.now or says_more_than_now(uow.session, row, from_json(row.content), today=uow.today)
    ]


def _end(uow: UnitOfWork, rows: Sequence[QualityInvitation], *, why: str) -> None:
    ended = [(row.id, list(row.about)) for row in rows]
    for row in rows:
        row.ended_at, row.ended_why = uow.now, why
    with elevated(uow.session, "an invitation ends, which then nobody asked may see"):
        uow.session.flush()
    for invitation_id, about in ended:
        tell(uow, "quality.invitation_ended", about=about, record=("quality_invitation", invitation_id))
        grants.end(uow, record=invitation_id, before_its_day=True)


def _facts(
    uow: UnitOfWork, command: InviteAuditor, subject: Subject, *, worker: clusters.WorkerRow, sharing: Sharing
) -> InvitationFacts:
    who = command.account_id
    return InvitationFacts(
        name=worker.name,
        is_complete=subject.state is AssessmentState.COMPLETE,
        is_writer=who in subject.writers,
        is_in_team=is_in_team(uow.session, subject.episode_id, who),
        has_audited=has_audited(uow.session, subject.id, who),
        is_closed_to=bool(people.kept_out(uow.session, subject.about, [who])),
        agency_left_out=sharing.leaves_out(agencies_of(uow.session, who)),
        is_agreed=agrees_to_audit(sharing, subject.about),
        reason=command.reason,
        until_on=command.until_on,
        reason_names=bool(names_in(command.reason, _names(uow, subject.episode_id))),
    )


def _names(uow: UnitOfWork, episode_id: EpisodeId) -> set[str]:
    """Every name by which one of the family goes or went, and what it is made of."""
    return {part for name in names_around(uow.session, episode_id) for part in name_parts(name)}


def _row(
    uow: UnitOfWork, command: InviteAuditor, assessment: AssessmentRow, *, worker: clusters.WorkerRow, sharing: Sharing
) -> dict[str, object]:
    contents = read_contents(uow.session, assessment.episode_id, assessment.family_id, caf=assessment)
    with elevated(uow.session, "what nobody outside may read, wherever it stands in a text"):
        marks = {mark for place in places_around(uow.session, assessment.episode_id) for mark in place.marks}
        referrers = referrers_of(uow.session, assessment.about)
        names = names_around(uow.session, assessment.episode_id)
    reviews = list_reviews(uow.session, assessment.episode_id)
    audited = Audited(assessment, contents, sharing.found, reviews, unsayable(marks | referrers), names)
    return {
        "id": command.invitation_id, "assessment_id": assessment.id, "episode_id": assessment.episode_id,
        "about": list(assessment.about), "caf_reference": assessment.reference, "account_id": command.account_id,
        "name": worker.name, "described": ", ".join(p for p in (worker.job_title, worker.employer_name) if p),
        "reason": command.reason, "until_at": _end_of(command.until_on),
        "content": to_json(write_for_audit(audited, label=command.label)), "invited_at": uow.now,
        "invited_by": uow.actor.account_id, "invited_by_name": uow.actor.name, "ended_at": None, "ended_why": "",
    }  # fmt: skip


def _write_to(uow: UnitOfWork, command: InviteAuditor, assessment: AssessmentRow) -> None:
    address = address_of(uow.session, command.account_id)
    if address is not None:
        messages.queue_message(
            uow, key=f"quality-invitation:{command.invitation_id}", to=address, template="worker_asked_to_audit",
            about=assessment.about, record=("quality_invitation", command.invitation_id),
            values={"reference": assessment.reference, "asked_by": uow.actor.name,
                    "due": f"{command.until_on.day} {command.until_on:%B %Y}"},
        )  # fmt: skip


def _end_of(day: dt.date) -> dt.datetime:
    """The end of a day in England, in UTC."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(0), LONDON).astimezone(dt.UTC)
