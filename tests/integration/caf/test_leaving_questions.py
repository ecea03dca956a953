"""A question to lead never waits for somebody who left: it goes back to who asked, who is told."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from locality.accounts import api as accounts
from locality.accounts.models import Account, RoleAssignment
from locality.caf import api
from locality.caf.models import CaseRole, Episode, LeadRequest
from locality.caf.operations.commands_team import AskToLead
from locality.caf.operations.taking_over import ask_to_lead
from locality.caf.rules.leading import LeadRequestState
from locality.caf.rules.words import CaseRoleKind
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import AccountId, new_id
from locality.messages.models import Message, MessageText
from tests.factories.accounts import an_account, an_actor
from tests.factories.caf import Helpers, a_led_episode
from tests.support.database import OpenUnit


@pytest.mark.parametrize("how", ["the account is shut", "every role ended"])
def test_a_question_to_somebody_who_left_is_back_with_who_asked(
    session: Session, uow: OpenUnit, at_work: Helpers, how: str
) -> None:
    asked, asker = at_work.colleague_account, at_work.manager
    with uow() as unit:
        episode_id, _ = a_led_episode(unit, at_work)
    with uow(asker) as unit:
        ask_to_lead(unit, AskToLead(new_id(), episode_id, AccountId(asked.id), "Closer to home"))
    with uow() as unit:
        api.give_back_questions(unit)
    assert session.scalars(select(LeadRequest.state)).one() is LeadRequestState.ASKED, "whoever works here is asked on"
    if how == "the account is shut":
        administrator = an_actor(an_account(session, roles=[Role.ADMINISTRATOR]), Role.ADMINISTRATOR)
        with uow(administrator) as unit:
            accounts.disable_account(unit, AccountId(asked.id), reason="Left the council")
    else:
        ended = update(RoleAssignment).where(RoleAssignment.account_id == asked.id)
        session.execute(ended.values(ended_at=asked.created_at))
    with uow() as unit:
        api.give_back_questions(unit)
        api.give_back_questions(unit)
    session.expire_all()
    found = session.scalars(select(LeadRequest)).one()
    assert (found.state, found.answer) == (
        LeadRequestState.WITHDRAWN, f"{asked.name} works here no more. {asker.name} asks somebody else.",
    )  # fmt: skip
    told = select(MessageText.to_address).join(Message).where(Message.template == "worker_lead_given_back")
    assert session.scalars(told).all() == [session.get_one(Account, asker.account_id).email]


@pytest.mark.parametrize("is_led", [True, False])
@pytest.mark.parametrize("asker_left", [True, False])
def test_who_is_told_and_what_depends_on_who_is_still_there(
    session: Session, uow: OpenUnit, at_work: Helpers, is_led: bool, asker_left: bool
) -> None:
    asked, asker = at_work.colleague_account, at_work.manager
    with uow() as unit:
        episode_id, _ = a_led_episode(unit, at_work)
    over = Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, session.get_one(Episode, episode_id).cluster_id)
    grace = an_account(session, name="Grace Lin", roles=[over])
    with uow(asker) as unit:
        ask_to_lead(unit, AskToLead(new_id(), episode_id, AccountId(asked.id), "Closer to home"))
    if not is_led:
        its = (CaseRole.episode_id == episode_id, CaseRole.kind == CaseRoleKind.LEAD_PROFESSIONAL)
        with uow(asker) as unit:
            role_id = session.scalars(select(CaseRole.id).where(*its, CaseRole.until_on.is_(None))).one()
            api.end_role(unit, episode_id=episode_id, role_id=role_id, reason="Left")
    gone = [asked.id, asker.account_id] if asker_left else [asked.id]
    session.execute(update(Account).where(Account.id.in_(gone)).values(active=False, disabled_at=asked.created_at))
    with uow() as unit:
        api.give_back_questions(unit)
    session.expire_all()
    told = select(MessageText.to_address, MessageText.body).join(Message)
    rows = session.execute(told.where(Message.template == "worker_lead_given_back")).all()
    instead = at_work.lead_account.email if is_led else grace.email
    asker_email = session.get_one(Account, asker.account_id).email
    assert [row.to_address for row in rows] == [instead if asker_left else asker_email]
    assert ("Whoever leads now goes on." in rows[0].body, "Nobody leads now." in rows[0].body) == (is_led, not is_led)
