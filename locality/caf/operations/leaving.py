"""Questions to lead that wait for somebody who left: they go back to whoever asked. Who leads now goes on."""

from dataclasses import replace

from sqlalchemy import select

from locality.access.scope import elevated
from locality.accounts import api as accounts
from locality.caf.models import Episode, LeadRequest
from locality.caf.operations.telling import Line, tell
from locality.caf.queries.reaching import address_of
from locality.caf.rules.leading import LeadRequestState
from locality.kernel.actor import SYSTEM
from locality.kernel.ids import AccountId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.people import api as people


def give_back_questions(uow: UnitOfWork, _left: AccountId | None = None) -> None:
    """Give every question to somebody who is gone back to who asked, with a word why; safe any number of times."""
    unit = replace(uow, actor=SYSTEM)
    with elevated(
        uow.session, "questions to lead that wait for somebody who left, whose families the actor cannot see"
    ):
        waits = select(LeadRequest).where(LeadRequest.state == LeadRequestState.ASKED).order_by(LeadRequest.id)
        asked = uow.session.scalars(waits.with_for_update().execution_options(populate_existing=True)).all()
        gone = accounts.gone_among(uow.session, {AccountId(one.account_id) for one in asked}, today=uow.today)
        for request in asked:
            if request.account_id in gone:
                _give_back(unit, request)


def _give_back(uow: UnitOfWork, request: LeadRequest) -> None:
    request.state, request.answered_at = LeadRequestState.WITHDRAWN, uow.now
    request.answer = f"{request.name} works here no more. {request.asked_by_name} asks somebody else."
    uow.session.flush()
    words = f"{request.name} works here no more, so somebody else is to be asked to become lead professional"
    tell(
        uow,
        "lead.given_back",
        about=request.about,
        record=("lead_request", request.id),
        line=Line(people.StoryKind.TEAM, words),
    )
    address = None if request.asked_by is None else address_of(uow.session, request.asked_by)
    reference = uow.session.scalar(select(Episode.reference).where(Episode.id == request.episode_id))
    if address is None or reference is None:
        return
    messages.queue_message(
        uow,
        key=f"lead_given_back:{request.id}",
        to=address,
        template="worker_lead_given_back",
        about=[PersonId(person) for person in request.about],
        values={"reference": reference},
        record=("lead_request", request.id),
    )
