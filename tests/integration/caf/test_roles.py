"""Who does what: access begins with a role and ends with it, in the same transaction."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason, Part
from locality.access.scope import facts_about
from locality.accounts.models import Account, RoleAssignment
from locality.caf import api as caf
from locality.caf.models import CaseRole
from locality.caf.operations.commands import OpenEpisode
from locality.caf.operations.opening import open_episode
from locality.clusters.models import CaseloadEntry
from locality.kernel.actor import Role
from locality.kernel.errors import NotFound, RuleBroken
from locality.kernel.ids import AccountId, EpisodeId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from tests.factories.accounts import an_account, an_actor
from tests.factories.caf import Helpers, a_family, a_led_episode, an_episode
from tests.factories.clusters import a_worker
from tests.support.database import OpenUnit
from tests.support.layers import layer


def _leads(session: Session, episode_id: object) -> list[tuple[str, bool]]:
    rows = session.execute(
        select(CaseRole.name, CaseRole.until_on.is_(None))
        .where(CaseRole.episode_id == episode_id, CaseRole.kind == "lead_professional")
        .order_by(CaseRole.recorded_at, CaseRole.until_on.nulls_last())
    )
    return [(name, is_open) for name, is_open in rows]


def test_the_manager_names_a_lead_professional_who_then_sees_the_family(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    with uow() as unit:
        family = a_family(unit)
        episode_id = an_episode(unit, family, at_work.cluster)
    with uow(at_work.manager) as unit:
        caf.name_lead(unit, caf.NameLead(episode_id, AccountId(at_work.lead_account.id), ""))
    facts = facts_about(session, at_work.lead, [*family.children, family.mother])
    assert facts.reasons == {GrantReason.LEAD_PROFESSIONAL}
    assert {grant.person_id for grant in facts.grants} == {*family.children, family.mother}
    assert session.get_one(CaseloadEntry, episode_id).lead_name == "Amira Khan"


def test_family_members_whom_the_help_is_not_about_open_by_identity_alone(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    with uow() as unit:
        family = a_family(unit, names=("Leah", "Tom"))
        leah, tom = family.children
        command = OpenEpisode(
            family_id=family.id, children=(leah,), stage=3, cluster_id=at_work.cluster.id, why="Front door"
        )
        episode_id = open_episode(unit, command)
    with uow(at_work.manager) as unit:
        caf.name_lead(unit, caf.NameLead(episode_id, AccountId(at_work.lead_account.id), ""))
    for actor in (at_work.lead, at_work.manager):
        assert facts_about(session, actor, [family.mother, tom]).parts == {Part.IDENTITY}
        assert {Part.STORY, Part.WHEREABOUTS} <= facts_about(session, actor, [leah]).parts
    with uow(at_work.lead) as unit:
        assert {m.name for m in people.family_members(unit.session, family.id)} == {
            "Grace Adeyemi", "Leah Adeyemi", "Tom Adeyemi",
        }  # fmt: skip
        assert set(people.holders_of_responsibility(unit.session, [leah])) == {leah}


def test_taking_over_needs_a_reason(uow: OpenUnit, at_work: Helpers) -> None:
    with uow() as unit:
        episode_id, _ = a_led_episode(unit, at_work)
    with pytest.raises(RuleBroken, match="why the lead professional changes"), uow(at_work.manager) as unit:
        caf.name_lead(unit, caf.NameLead(episode_id, AccountId(at_work.colleague_account.id), ""))


def test_a_lead_professional_hands_over_and_sees_nothing_afterwards(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        caf.name_lead(unit, caf.NameLead(episode_id, AccountId(at_work.colleague_account.id), "Maternity leave"))
    assert _leads(session, episode_id) == [("Amira Khan", False), ("Sean Byrne", True)]
    assert not facts_about(session, at_work.lead, family.children).grants
    assert facts_about(session, at_work.colleague, family.children).reasons == {GrantReason.LEAD_PROFESSIONAL}


def test_somebody_who_does_not_work_here_cannot_lead(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    stranger = an_account(session, name="Nobody Here")
    with uow() as unit:
        episode_id, _ = a_led_episode(unit, at_work)
    with pytest.raises(NotFound), uow(at_work.manager) as unit:
        caf.name_lead(unit, caf.NameLead(episode_id, AccountId(stranger.id), "Because"))


def test_a_team_member_sees_the_children_until_leaving(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    role_id = new_id()
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        member = caf.AddTeamMember(
            role_id, episode_id, caf.CaseRoleKind.TEAM_MEMBER, account_id=AccountId(at_work.colleague_account.id)
        )
        caf.add_team_member(unit, member)
        caf.add_team_member(unit, member)
    assert facts_about(session, at_work.colleague, family.children).reasons == {GrantReason.TEAM_AROUND_CHILD}
    assert not facts_about(session, at_work.colleague, [family.mother]).grants
    with uow(at_work.lead) as unit:
        caf.end_role(unit, episode_id=episode_id, role_id=role_id, reason="Her part is done")
    assert not facts_about(session, at_work.colleague, family.children).grants


def test_the_mother_is_listed_in_the_team_without_an_account(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        caf.add_team_member(
            unit, caf.AddTeamMember(new_id(), episode_id, caf.CaseRoleKind.FAMILY, person_id=family.mother)
        )
    row = session.execute(select(CaseRole).where(CaseRole.person_id == family.mother)).scalar_one()
    assert (row.name, row.account_id) == ("Grace Adeyemi", None)


def test_somebody_of_another_family_cannot_join(uow: OpenUnit, at_work: Helpers) -> None:
    with uow() as unit:
        episode_id, _ = a_led_episode(unit, at_work)
        other = a_family(unit, family_name="Novák")
    with pytest.raises(NotFound), uow(at_work.lead) as unit:
        caf.add_team_member(
            unit, caf.AddTeamMember(new_id(), episode_id, caf.CaseRoleKind.FAMILY, person_id=other.mother)
        )


def test_without_a_lead_the_caseload_says_so(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    with uow() as unit:
        episode_id, _ = a_led_episode(unit, at_work)
    role_id = session.scalar(select(CaseRole.id).where(CaseRole.episode_id == episode_id))
    assert role_id is not None
    with uow(at_work.lead) as unit:
        caf.end_role(unit, episode_id=episode_id, role_id=role_id, reason="Long illness")
    entry = session.get_one(CaseloadEntry, episode_id)
    assert (entry.lead_account_id, entry.next_step) == (None, "Name a lead professional")


def _may_lead(session: Session, account_id: object) -> bool:
    roles = select(RoleAssignment.role).where(
        RoleAssignment.account_id == account_id, RoleAssignment.ended_at.is_(None)
    )
    return Role.LEAD_PROFESSIONAL in set(session.scalars(roles))


@layer
def teacher(session: Session, at_work: Helpers) -> Account:
    """A worker whom nobody gave the lead professional's pages."""
    made = an_account(session, name="Ines Costa", job_title="Teacher")
    a_worker(session, made, team=at_work.team)
    session.commit()
    return made


def _led_by(uow: OpenUnit, at_work: Helpers, lead: Account) -> EpisodeId:
    with uow() as unit:
        episode_id = an_episode(unit, a_family(unit), at_work.cluster)
    with uow(at_work.manager) as unit:
        caf.name_lead(unit, caf.NameLead(episode_id, AccountId(lead.id), ""))
    return episode_id


def _close(unit: UnitOfWork, episode_id: EpisodeId) -> None:
    reason, rating = caf.ClosureReason.NOT_ENGAGED, caf.ClosureRating.NONE
    risk = "School sees her every day"
    command = caf.CloseEpisode(episode_id, reason, unit.today, rating=rating, note="Four visits", risk_considered=risk)
    caf.close_episode(unit, command)


def test_the_leads_pages_go_when_the_last_family_is_handed_on(
    uow: OpenUnit, session: Session, at_work: Helpers, teacher: Account
) -> None:
    first, second = _led_by(uow, at_work, teacher), _led_by(uow, at_work, teacher)
    assert _may_lead(session, teacher.id)
    with uow(at_work.manager) as unit:
        caf.name_lead(unit, caf.NameLead(first, AccountId(at_work.lead_account.id), "Closer to home"))
    assert _may_lead(session, teacher.id), "she leads for another family"
    with uow(at_work.manager) as unit:
        caf.name_lead(unit, caf.NameLead(second, AccountId(at_work.lead_account.id), "Closer to home"))
    assert not _may_lead(session, teacher.id)


def test_the_leads_pages_go_when_the_help_ends_or_they_leave(
    uow: OpenUnit, session: Session, at_work: Helpers, teacher: Account
) -> None:
    with uow(an_actor(teacher)) as unit:
        _close(unit, _led_by(uow, at_work, teacher))
    assert not _may_lead(session, teacher.id)
    episode_id = _led_by(uow, at_work, teacher)
    assert _may_lead(session, teacher.id)
    role_id = session.scalars(select(CaseRole.id).where(CaseRole.episode_id == episode_id)).one()
    with uow(at_work.manager) as unit:
        caf.end_role(unit, episode_id=episode_id, role_id=role_id, reason="Long illness")
    assert not _may_lead(session, teacher.id)


def test_a_role_that_an_administrator_gave_stays_when_the_help_ends(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    episode_id = _led_by(uow, at_work, at_work.lead_account)
    with uow(at_work.lead) as unit:
        _close(unit, episode_id)
    assert _may_lead(session, at_work.lead_account.id)
