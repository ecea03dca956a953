"""Joining a team by the family's agreement, and what a member sees whose own access a withdrawal ends."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.caf import api as caf
from locality.caf.models import CaseRole
from locality.consent import api as consent
from locality.consent.models import ShareOverride
from locality.kernel.ids import AccountId, new_id
from tests.factories.accounts import an_account
from tests.factories.clusters import a_team, a_worker, an_agency
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story


@pytest.fixture
def teacher(session: Session, story: Story) -> Account:
    """Somebody of another agency than the lead professional."""
    made = an_account(session, name="Ines Costa", job_title="Teacher")
    school = an_agency(session, name="Garon School")
    a_worker(session, made, team=a_team(session, agency=school, cluster=story.at_work.cluster))
    session.commit()
    return made


def _withdraw_all(uow: OpenUnit, story: Story) -> None:
    with uow() as unit:
        standing = consent.open_agreement(unit.session, story.family.children, today=unit.today)
        assert standing is not None
        consent.withdraw(
            unit,
            consent.Withdraw(
                agreement_id=standing.id, scope=consent.Scope.WHOLE, withdrawn_by=story.family.mother,
                reason="Enough", withdrawn_on=unit.today, risk=consent.RiskView.UNLIKELY,
            ),
        )  # fmt: skip


def test_a_worker_joins_without_agreement_only_by_a_decision_that_is_kept(
    browse: Browse, uow: OpenUnit, session: Session, story: Story, teacher: Account
) -> None:
    _withdraw_all(uow, story)
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.episode}/team/add"
    joins = {"account_id": str(teacher.id), "kind": "team_member"}
    refused = browse.post(path, {**browse.get(path).form(), **joins}, status=422)
    assert "The family has not agreed that Garon School is told about Leah" in refused.error_beside("account_id")
    assert "whoever leads or helps can record their agreement" in refused.error_beside("account_id")
    half = browse.post(path, {**refused.form(), **joins, "ground": "child_at_risk"}, status=422)
    assert "Enter which manager you asked" in half.error_beside("manager_consulted")
    assert session.scalars(select(ShareOverride)).all() == []
    decided = {"ground": "child_at_risk", "manager_consulted": "Ruth Cole", "family_told": "yes"}
    browse.post(path, {**half.form(), **joins, **decided})
    assert session.scalars(select(ShareOverride.to_whom)).all() == ["Ines Costa, Teacher, Garon School"]
    open_roles = select(CaseRole.name).where(CaseRole.until_on.is_(None), CaseRole.account_id == teacher.id)
    assert session.scalars(open_roles).all() == ["Ines Costa"]


def test_who_ends_their_own_access_by_what_they_record_is_told_so(
    browse: Browse, uow: OpenUnit, session: Session, story: Story, teacher: Account
) -> None:
    with uow(story.at_work.lead) as unit:
        kind = caf.CaseRoleKind.TEAM_MEMBER
        caf.add_team_member(unit, caf.AddTeamMember(new_id(), story.episode_id, kind, account_id=AccountId(teacher.id)))
        standing = consent.open_agreement(unit.session, story.family.children, today=unit.today)
    assert standing is not None
    browse.sign_in(teacher)
    path = f"/families/{story.family.id}/agreement/{standing.id}/withdraw"
    said = {
        "scope": "whole", "withdrawn_by": str(story.leah), "reason": "Enough", "risk": "unlikely",
        "withdrawn_on-day": "3", "withdrawn_on-month": "3", "withdrawn_on-year": "2026",
    }  # fmt: skip
    sent = browse.post(path, {**browse.get(path).form(), **said})
    assert sent.location == "/"
    page = browse.get("/account")
    assert "The withdrawal has been recorded" in page.text
    assert "You no longer see this family’s record" in page.text
    assert "lead professional or the front door can tell you" in page.text
