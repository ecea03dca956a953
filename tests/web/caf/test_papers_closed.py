"""A colleague to whom the family's records are closed is given no paper about it, though they are in the team."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import PaperCopy
from locality.caf.operations.commands import AddTeamMember
from locality.caf.operations.membership import add_team_member
from locality.caf.rules.words import CaseRoleKind
from locality.kernel.ids import AccountId, new_id
from locality.people.operations.restricting import NewRestriction, restrict
from locality.people.rules.restricting import REVIEW_WITHIN, Ground, Mode
from tests.factories.caf import an_action
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story


def test_nothing_is_given_to_a_colleague_to_whom_the_records_are_closed(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    role, colleague = new_id(), AccountId(story.at_work.colleague_account.id)
    with uow(story.at_work.lead) as unit:
        an_action(unit, story.episode_id)
        add_team_member(
            unit,
            AddTeamMember(
                role_id=role, episode_id=story.episode_id, kind=CaseRoleKind.TEAM_MEMBER, account_id=colleague
            ),
        )
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.episode}/papers/new"
    sent = browse.post(path, {**browse.get(path).form(), "recipients": [str(role)], "what": "plan"})
    with uow() as unit:
        new = NewRestriction(
            id=new_id(), people=[story.leah], mode=Mode.CLOSED_TO, accounts=[colleague], ground=Ground.OWN_FAMILY,
            reason="Her niece", whole_family=True, review_on=unit.today + REVIEW_WITHIN,
        )  # fmt: skip
        restrict(unit, new)
    refused = browse.post(str(sent.location), {"was_read": "y"}, status=422)
    assert "may not open this family’s records, so nothing is given to them" in refused.main
    assert session.scalars(select(PaperCopy.given_at)).all() == [None]
