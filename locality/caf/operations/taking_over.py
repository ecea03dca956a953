"""Changing the lead professional: the new one is asked and accepts; until then the one who leads goes on."""

import uuid

from sqlalchemy import insert, select, update

from locality.access.scope import elevated
from locality.caf.models import Episode, LeadRequest
from locality.caf.operations.commands import NameLead
from locality.caf.operations.commands_team import AnswerLead, AskToLead
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.roles import name_lead, open_lead, worker_named
from locality.caf.operations.telling import Line, tell
from locality.caf.queries.reaching import address_of
from locality.caf.rules.answers import too_long
from locality.caf.rules.leading import LeadRequestState, reasons_against_answer, reasons_against_asking
from locality.kernel.errors import NotFound
from locality.kernel.ids import EpisodeId
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.people import api as people


def ask_to_lead(uow: UnitOfWork, command: AskToLead) -> None:
    """Ask a worker to take the lead over; whoever names themselves, or a family without a lead, needs no answer.

    Raises ``NotFound`` for somebody who does not work here, ``RuleBroken`` without a reason or while one is asked.
    """
    episode = open_episode_row(uow, command.episode_id)
    present = open_lead(uow, command.episode_id)
    if _is_known(uow, command):
        return
    if present is None or command.account_id == uow.actor.account_id:
        name_lead(uow, NameLead(command.episode_id, command.account_id, command.reason))
        return
    worker = worker_named(uow, command.account_id)
    raise_if(
        reasons_against_asking(
            reason=command.reason,
            is_same=present.account_id == command.account_id,
            is_waiting=_waits(uow, command.episode_id),
        )
        + too_long("reason", command.reason)
    )
    row = {
        "id": command.request_id, "episode_id": episode.id, "about": episode.about,
        "account_id": command.account_id, "name": worker.name, "from_account_id": present.account_id,
        "from_name": present.name, "reason": command.reason, "state": LeadRequestState.ASKED, "asked_at": uow.now,
        "asked_by": uow.actor.account_id, "asked_by_name": uow.actor.name, "answered_at": None, "answer": "",
    }  # fmt: skip
    uow.session.execute(insert(LeadRequest), [row])
    tell(
        uow,
        "lead.asked",
        about=episode.about,
        record=("lead_request", command.request_id),
        line=Line(people.StoryKind.TEAM, f"{worker.name} was asked to become lead professional"),
        detail={"account": str(command.account_id)},
    )
    _write(uow, command.request_id, episode, to=command.account_id)


def answer_lead(uow: UnitOfWork, command: AnswerLead) -> bool:
    """Say yes or no to leading; with a yes the lead changes in the same moment. Whether it did.

    Raises ``NotFound`` for a question that is somebody else's or answered already, ``RuleBroken`` for a no without why.
    """
    request = uow.session.execute(
        select(LeadRequest)
        .where(
            LeadRequest.id == command.request_id,
            LeadRequest.account_id == uow.actor.account_id,
            LeadRequest.state == LeadRequestState.ASKED,
        )
        .with_for_update()
    ).scalar_one_or_none()
    if request is None:
        raise NotFound("This question has been answered or taken back")
    raise_if(reasons_against_answer(accepts=command.accepts, words=command.words) + too_long("answer", command.words))
    request.state = LeadRequestState.ACCEPTED if command.accepts else LeadRequestState.DECLINED
    request.answered_at, request.answer = uow.now, command.words
    uow.session.flush()
    line = None if command.accepts else Line(people.StoryKind.TEAM, f"{request.name} cannot be lead professional")
    tell(
        uow,
        "lead.accepted" if command.accepts else "lead.declined",
        about=request.about,
        record=("lead_request", request.id),
        line=line,
    )
    if command.accepts:
        with elevated(uow.session, "a worker who accepts to lead a family that they could not see yet"):
            name_lead(uow, NameLead(EpisodeId(request.episode_id), request.account_id, request.reason))
    return command.accepts


def take_back_question(uow: UnitOfWork, *, episode_id: EpisodeId, request_id: uuid.UUID) -> None:
    """The asker thinks again. Raises ``NotFound`` when it was answered in the meantime."""
    done = uow.session.execute(
        update(LeadRequest)
        .where(
            LeadRequest.id == request_id,
            LeadRequest.episode_id == episode_id,
            LeadRequest.state == LeadRequestState.ASKED,
        )
        .values(state=LeadRequestState.WITHDRAWN, answered_at=uow.now)
        .returning(LeadRequest.about)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if done is None:
        raise NotFound("This question has been answered or taken back")
    tell(uow, "lead.taken_back", about=done.about, record=("lead_request", request_id))


def drop_questions(uow: UnitOfWork, episode_id: EpisodeId) -> None:
    """Nobody needs to answer any more: the help ends."""
    uow.session.execute(
        update(LeadRequest)
        .where(LeadRequest.episode_id == episode_id, LeadRequest.state == LeadRequestState.ASKED)
        .values(state=LeadRequestState.WITHDRAWN, answered_at=uow.now)
        .execution_options(synchronize_session=False)
    )


def _write(uow: UnitOfWork, request_id: uuid.UUID, episode: Episode, *, to: uuid.UUID) -> None:
    address = address_of(uow.session, to)
    if address is None:
        return
    messages.queue_message(
        uow,
        key=f"lead:{request_id}",
        to=address,
        template="worker_asked_to_lead",
        about=episode.about,
        values={"reference": episode.reference, "asked_by": uow.actor.name},
        record=("lead_request", request_id),
    )


def _waits(uow: UnitOfWork, episode_id: EpisodeId) -> bool:
    found = select(LeadRequest.id).where(
        LeadRequest.episode_id == episode_id, LeadRequest.state == LeadRequestState.ASKED
    )
    return uow.session.execute(found).first() is not None


def _is_known(uow: UnitOfWork, command: AskToLead) -> bool:
    found = select(LeadRequest.id).where(LeadRequest.id == command.request_id)
    return uow.session.execute(found).first() is not None
