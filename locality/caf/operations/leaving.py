"""Questions to lead that wait for somebody who left: they go back to whoever asked. Who leads now, if anybody, goes on.

Where whoever asked is gone too, who leads is told; where nobody leads, who supervises or manages the cluster.
"""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import select

from locality.access.scope import elevated
from locality.accounts import api as accounts
from locality.caf.models import Episode, LeadRequest
from locality.caf.operations.telling import Line, tell
from locality.caf.queries.listening import find_lead
from locality.caf.queries.reaching import address_of
from locality.caf.rules.leading import LeadRequestState
from locality.kernel.actor import SYSTEM, Role
from locality.kernel.ids import AccountId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.people import api as people

_LED: Final = "Whoever leads now goes on."
_NOT_LED: Final = "Nobody leads now."


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
    present = _present(uow, request)
    asks = request.asked_by_name if present.asker else "Whoever leads now, or manages the cluster,"
    request.answer = f"{request.name} works here no more. {asks} asks somebody else."
    uow.session.flush()
    words = f"{request.name} works here no more, so somebody else is to be asked to become lead professional"
    tell(
        uow,
        "lead.given_back",
        about=request.about,
        record=("lead_request", request.id),
        line=Line(people.StoryKind.TEAM, words),
    )
    for account_id in present.to_tell:
        address = address_of(uow.session, account_id)
        if address is None:
            continue
        messages.queue_message(
            uow,
            key=f"lead_given_back:{request.id}:{account_id}",
            to=address,
            template="worker_lead_given_back",
            about=[PersonId(person) for person in request.about],
            values={"reference": present.reference, "next_step": _LED if present.is_led else _NOT_LED},
            record=("lead_request", request.id),
        )


@dataclass(frozen=True, slots=True)
class _Present:
    """Who of a case is there now: whoever asked, whether somebody leads, and who is told."""

    reference: str
    asker: AccountId | None
    is_led: bool
    to_tell: tuple[AccountId, ...]


def _present(uow: UnitOfWork, request: LeadRequest) -> _Present:
    episode = uow.session.get_one(Episode, request.episode_id)
    lead = find_lead(uow.session, episode.id)
    asker = None if request.asked_by is None else AccountId(request.asked_by)
    known = {one for one in (asker, None if lead is None else lead.account_id) if one is not None}
    here = known - accounts.gone_among(uow.session, known, today=uow.today).keys()
    is_led = lead is not None and lead.account_id in here
    if asker in here:
        return _Present(episode.reference, asker, is_led, (asker,))
    if lead is not None and is_led:
        return _Present(episode.reference, None, is_led, (lead.account_id,))
    for role in (Role.SUPERVISOR, Role.MANAGER):
        held = accounts.list_accounts_with_role(uow.session, role, episode.cluster_id, today=uow.today)
        if held:
            return _Present(episode.reference, None, is_led, tuple(one.id for one in held))
    return _Present(episode.reference, None, is_led, ())
