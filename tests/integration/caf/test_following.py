"""What the CAF room does when other rooms tell it that something happened."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.parts import FRONT_DOOR, GrantReason
from locality.access.scope import facts_about
from locality.caf import api as caf
from locality.caf.models import CaseRole, Episode, EpisodeReferral
from locality.clusters import api as clusters
from locality.clusters.models import Agency, CaseloadEntry
from locality.consent import api as consent
from locality.consent.models import ShareOverride
from locality.kernel.actor import Actor, Role, Scope, ScopeKind
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import AccountId, EpisodeId, PersonId, StageMoveId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals import api as referrals
from locality.referrals.models import Offer, Referral
from locality.stages import api as stages
from tests.factories.accounts import an_account, an_actor
from tests.factories.caf import Helpers, Household, a_draft, a_family, a_led_episode, an_agreement, an_episode
from tests.factories.clusters import a_school, a_team, a_worker, an_agency
from tests.factories.referrals import a_referral, a_service
from tests.factories.stages import a_proposal
from tests.support.database import OpenUnit


def _accept(uow: OpenUnit, session: Session, at_work: Helpers) -> tuple[EpisodeId, PersonId, Actor]:
    """A family worker of a service accepts a referral for a child of a family on record."""
    school = a_school(session, cluster=at_work.cluster)
    with uow() as unit:
        service_id = a_service(unit, session.get_one(Agency, at_work.team.agency_id), cluster=at_work.cluster)
        family = a_family(unit)
        clusters.enrol(unit, person_id=family.children[0], school_id=school.id, from_on=dt.date(2024, 9, 1))
        a_referral(unit, *family.children, family_id=family.id, stage=3)
    account = an_account(session, name="Priya Shah", job_title="Family worker")
    a_worker(session, account, team=at_work.team)
    worker = an_actor(account, Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, service_id))
    offer_id = session.scalar(select(Offer.id).where(Offer.service_id == service_id))
    assert offer_id is not None
    with uow(worker) as unit:
        referrals.accept_offer(unit, offer_id)
    episode_id = caf.open_episode_of(session, family.id)
    assert episode_id is not None
    return episode_id, family.children[0], worker


def test_accepting_a_referral_opens_the_episode_at_its_stage(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    episode_id, child, _ = _accept(uow, session, at_work)
    assert stages.current_stages(session, [child])[child].stage == 3
    assert session.get_one(CaseloadEntry, episode_id).next_step == "Name a lead professional"
    assert session.scalar(select(EpisodeReferral.episode_id)) == episode_id


def test_the_service_that_accepted_names_who_leads(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    episode_id, child, worker = _accept(uow, session, at_work)
    assert worker.account_id is not None
    with uow(worker) as unit:
        caf.name_lead(unit, caf.NameLead(episode_id, worker.account_id, ""))
    assert GrantReason.LEAD_PROFESSIONAL in facts_about(session, worker, [child]).reasons
    assert session.get_one(CaseloadEntry, episode_id).lead_name == "Priya Shah"


def test_starting_the_caf_starts_the_referral_and_closing_ends_it(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    episode_id, child, worker = _accept(uow, session, at_work)
    assert worker.account_id is not None
    family_id = people.family_of(session, child)
    assert family_id is not None
    with uow(worker) as unit:
        caf.name_lead(unit, caf.NameLead(episode_id, worker.account_id, ""))
    with uow() as unit:
        mother = next(m.id for m in people.family_members(session, family_id) if m.kind is people.PersonKind.ADULT)
        an_agreement(unit, Household(family_id, (child,), mother))
    with uow(worker) as unit:
        a_draft(unit, episode_id)
    state = select(Referral.state).where(Referral.family_id == family_id)
    assert session.scalar(state) is referrals.ReferralState.STARTED
    with uow(worker) as unit:
        caf.close_episode(
            unit,
            caf.CloseEpisode(
                episode_id,
                caf.ClosureReason.NOT_ENGAGED,
                dt.date(2026, 3, 3),
                rating=caf.ClosureRating.NONE,
                note="Four visits, three letters",
                risk_considered="School sees her every day",
            ),
        )
    assert session.scalar(state) is referrals.ReferralState.ENDED


def test_whoever_accepts_the_step_down_leads(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    colleague = AccountId(at_work.colleague_account.id)
    move_id = StageMoveId(new_id())
    with uow(at_work.lead) as unit:
        stages.propose_move(
            unit,
            a_proposal(
                family.children[0],
                move_id=move_id,
                to_stage=2,
                receiver=stages.Receiver(colleague, "Sean Byrne", ""),
            ),
        )
    with uow(at_work.manager) as unit:
        stages.take_step(unit, stages.TakeStep(move_id, stages.Step.AGREE))
    with uow(at_work.colleague) as unit:
        stages.accept_move(unit, move_id)
    entry = session.get_one(CaseloadEntry, episode_id)
    assert (entry.stage, entry.lead_name) == (2, "Sean Byrne")
    assert not facts_about(session, at_work.lead, family.children).grants


def test_whoever_accepted_a_step_down_sees_the_child_by_the_role_alone(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    receiver = stages.Receiver(at_work.colleague_account.id, "Sean Byrne", "")
    move_id = StageMoveId(new_id())
    with uow(at_work.lead) as unit:
        stages.propose_move(unit, a_proposal(family.children[0], move_id=move_id, to_stage=2, receiver=receiver))
    with uow(at_work.colleague) as unit:
        stages.accept_move(unit, move_id)
    assert facts_about(session, at_work.colleague, family.children).reasons == {GrantReason.LEAD_PROFESSIONAL}
    with uow(at_work.colleague) as unit:
        caf.name_lead(unit, caf.NameLead(episode_id, AccountId(at_work.lead_account.id), "Moving away"))
    assert not facts_about(session, at_work.colleague, family.children).grants


def test_whoever_accepted_a_step_up_joins_the_team(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    with uow() as unit:
        family = a_family(unit)
        episode_id = an_episode(unit, family, at_work.cluster, stage=2)
        caf.name_lead(unit, caf.NameLead(episode_id, AccountId(at_work.lead_account.id), ""))
    receiver = stages.Receiver(at_work.colleague_account.id, "Sean Byrne", "")
    move_id = StageMoveId(new_id())
    with uow(at_work.lead) as unit:
        stages.propose_move(unit, a_proposal(family.children[0], move_id=move_id, to_stage=3, receiver=receiver))
    with uow(at_work.colleague) as unit:
        stages.accept_move(unit, move_id)
    assert facts_about(session, at_work.colleague, family.children).reasons == {GrantReason.TEAM_AROUND_CHILD}


def test_one_child_stepping_down_brings_a_worker_into_the_team(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, names=("Leah", "Tom"))
    colleague = AccountId(at_work.colleague_account.id)
    move_id = StageMoveId(new_id())
    with uow(at_work.lead) as unit:
        stages.propose_move(
            unit,
            a_proposal(
                family.children[0],
                move_id=move_id,
                to_stage=2,
                receiver=stages.Receiver(colleague, "Sean Byrne", ""),
            ),
        )
    with uow(at_work.manager) as unit:
        stages.take_step(unit, stages.TakeStep(move_id, stages.Step.AGREE))
    with uow(at_work.colleague) as unit:
        stages.accept_move(unit, move_id)
    roles = session.execute(
        select(CaseRole.name, CaseRole.kind).where(CaseRole.episode_id == episode_id, CaseRole.until_on.is_(None))
    )
    assert {tuple(row) for row in roles} == {
        ("Amira Khan", caf.CaseRoleKind.LEAD_PROFESSIONAL),
        ("Sean Byrne", caf.CaseRoleKind.ALLOCATED_WORKER),
    }
    assert session.get_one(CaseloadEntry, episode_id).stage == 3


def test_a_step_up_to_stage_four_refers_to_social_care(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    officer = an_actor(an_account(session, name="Mary Osei"), Role.SPOC_OFFICER)
    session.commit()
    assert FRONT_DOOR in officer.principals
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    move_id = StageMoveId(new_id())
    with uow(at_work.lead) as unit:
        stages.propose_move(
            unit,
            stages.ProposeMove(
                move_id, family.children[0], 4, urgent=True, evidence="Leah told her teacher that she is being hit"
            ),
        )
    with uow(officer) as unit:
        stages.accept_move(unit, move_id)
    row = session.scalars(select(Referral)).one()
    assert (row.kind, row.source) == (referrals.ReferralKind.SOCIAL_CARE, referrals.Source.EARLY_HELP)
    assert session.get_one(CaseloadEntry, episode_id).stage == 4


@pytest.mark.parametrize(
    ("parent", "basis", "told"),
    [
        (stages.Said(stages.Agreement.AGREED), referrals.AgreementBasis.AGREED, []),
        (
            stages.Said(stages.Agreement.NOT_ASKED, "Her father may be listening"),
            referrals.AgreementBasis.SHARED_WITHOUT,
            ["Her father may be listening"],
        ),
    ],
)
def test_a_step_up_carries_what_the_parents_said(
    uow: OpenUnit,
    session: Session,
    at_work: Helpers,
    parent: stages.Said,
    basis: referrals.AgreementBasis,
    told: list[str],
) -> None:
    officer = an_actor(an_account(session, name="Mary Osei"), Role.SPOC_OFFICER)
    session.commit()
    with uow() as unit:
        _, family = a_led_episode(unit, at_work)
    move_id = StageMoveId(new_id())
    with uow(at_work.lead) as unit:
        stages.propose_move(unit, stages.ProposeMove(move_id, family.children[0], 4, urgent=True, parent=parent))
    with uow(officer) as unit:
        stages.accept_move(unit, move_id)
    assert session.scalars(select(Referral.agreement)).all() == [basis]
    assert session.scalars(select(ShareOverride.why_not_told)).all() == told


def test_withdrawing_agreement_ends_the_cluster_teams_access_at_once(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    member_scope = Scope(Role.CLUSTER_MEMBER, ScopeKind.CLUSTER, at_work.cluster.id)
    member = an_actor(an_account(session, name="Ines Costa"), member_scope)
    session.commit()
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, agreed=False)
        an_agreement(unit, family, cluster_team=True)
    assert facts_about(session, member, family.children).reasons == {GrantReason.CLUSTER_AGREEMENT}
    agreement = consent.open_agreement(session, family.children, today=dt.date(2026, 3, 3))
    assert agreement is not None
    with uow(at_work.lead) as unit:
        consent.withdraw(
            unit,
            consent.Withdraw(
                agreement_id=agreement.id,
                scope=consent.Scope.WHOLE,
                withdrawn_by=family.mother,
                reason="We manage alone now",
                withdrawn_on=dt.date(2026, 3, 3),
                risk=consent.RiskView.UNLIKELY,
            ),
        )
    assert not facts_about(session, member, family.children).grants
    entry = session.get_one(CaseloadEntry, episode_id)
    assert (entry.next_step, entry.shared_with_cluster) == ("Record the family’s agreement", False)


def _withdraw(unit: UnitOfWork, family: Household, **scope: object) -> None:
    agreement = consent.open_agreement(unit.session, family.children, today=unit.today)
    assert agreement is not None
    usual: dict[str, object] = {
        "agreement_id": agreement.id, "scope": consent.Scope.WHOLE, "withdrawn_by": family.mother,
        "reason": "Enough for now", "withdrawn_on": unit.today, "risk": consent.RiskView.UNLIKELY,
    }  # fmt: skip
    consent.withdraw(unit, consent.Withdraw(**(usual | scope)))  # type: ignore[arg-type]


def _with_members(uow: OpenUnit, session: Session, at_work: Helpers) -> tuple[EpisodeId, Household, Actor, Agency]:
    """A team with the colleague and a teacher of another agency."""
    agency = an_agency(session, name="Garon School")
    team = a_team(session, agency=agency, cluster=at_work.cluster)
    teacher = an_account(session, name="Ines Costa", job_title="Teacher")
    a_worker(session, teacher, team=team)
    session.commit()
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, names=("Leah", "Tom"))
        for account_id, kind in (
            (at_work.colleague_account.id, caf.CaseRoleKind.ALLOCATED_WORKER),
            (teacher.id, caf.CaseRoleKind.TEAM_MEMBER),
        ):
            caf.add_team_member(unit, caf.AddTeamMember(new_id(), episode_id, kind, account_id=AccountId(account_id)))
    return episode_id, family, an_actor(teacher), agency


def _in_team(session: Session, episode_id: EpisodeId) -> set[str]:
    rows = select(CaseRole.name).where(CaseRole.episode_id == episode_id, CaseRole.until_on.is_(None))
    return set(session.scalars(rows))


def test_withdrawing_one_agency_ends_what_its_workers_see(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    episode_id, family, teacher, agency = _with_members(uow, session, at_work)
    with uow(teacher) as unit:
        _withdraw(unit, family, scope=consent.Scope.AGENCY, agency_id=agency.id)
    assert not facts_about(session, teacher, family.children).grants
    assert facts_about(session, at_work.colleague, family.children).reasons == {GrantReason.TEAM_AROUND_CHILD}
    assert _in_team(session, episode_id) == {"Amira Khan", "Sean Byrne"}


def test_withdrawing_everything_leaves_those_who_lead_and_manage(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    episode_id, family, teacher, _ = _with_members(uow, session, at_work)
    with uow(at_work.lead) as unit:
        _withdraw(unit, family)
    for member in (teacher, at_work.colleague):
        assert not facts_about(session, member, family.children).grants
    assert facts_about(session, at_work.lead, family.children).reasons == {GrantReason.LEAD_PROFESSIONAL}
    assert facts_about(session, at_work.manager, family.children).reasons == {GrantReason.MANAGEMENT}
    assert _in_team(session, episode_id) == {"Amira Khan"}


def test_a_withdrawal_reaches_the_help_for_a_childs_other_family(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    episode_id, family, teacher, _ = _with_members(uow, session, at_work)
    leah, tom = family.children
    with uow() as unit:
        other = people.create_family(unit, name="Novák", members=[leah])
        father = people.create_person(
            unit, people.NewPerson(kind=people.PersonKind.ADULT, given_name="Jan", family_name="Novák")
        )
        people.add_to_family(unit, other, father)
        people.give_parental_responsibility(
            unit, people.NewResponsibility(child_id=leah, adult_id=father, basis=people.PrBasis.COURT_ORDER)
        )
        theirs = Household(other, (leah,), father)
        an_agreement(unit, theirs)
        (found,) = [
            one for one in consent.open_agreements(unit.session, [leah], today=unit.today) if one.family_id == other
        ]
        _withdraw(unit, theirs, agreement_id=found.id)
    assert not facts_about(session, teacher, [leah]).grants
    # The brother's help goes on as his mother agreed.
    assert facts_about(session, teacher, [tom]).reasons == {GrantReason.TEAM_AROUND_CHILD}
    assert "Ines Costa" in _in_team(session, episode_id)


@pytest.fixture
def imported(at_work: Helpers, uow: OpenUnit) -> caf.ImportedAssessment:
    """One assessment of another system."""
    with uow() as unit:
        child = a_family(unit).children[0]
    return caf.ImportedAssessment(
        external_key="annex-a:2:17",
        person_id=child,
        started_on=dt.date(2025, 11, 3),
        completed_on=dt.date(2025, 12, 1),
        organisation="Garon Primary School",
        cluster_id=at_work.cluster.id,
    )


def test_an_imported_assessment_comes_in_once(
    uow: OpenUnit, session: Session, imported: caf.ImportedAssessment
) -> None:
    with uow() as unit:
        first = caf.record_imported_assessment(unit, imported)
        again = caf.record_imported_assessment(unit, imported)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.assessment_id == again.assessment_id
    episode = session.get_one(Episode, first.episode_id)
    assert (episode.opened_on, episode.origin) == (dt.date(2025, 11, 3), caf.EpisodeOrigin.IMPORT)
    assert session.get_one(CaseloadEntry, first.episode_id).next_step == "Name a lead professional"


def test_an_imported_draft_goes_on_through_the_main_job(
    uow: OpenUnit, session: Session, at_work: Helpers, imported: caf.ImportedAssessment
) -> None:
    with uow() as unit:
        taken = caf.record_imported_assessment(unit, replace(imported, completed_on=None))
        caf.name_lead(unit, caf.NameLead(taken.episode_id, AccountId(at_work.lead_account.id), ""))
    with uow(at_work.lead) as unit:
        saved = caf.save_element(
            unit, caf.SaveElement(taken.assessment_id, "D1.2", imported.person_id, 0, caf.Answer(strengths="Kind"))
        )
    assert saved.version == 1


def test_dates_that_cannot_be_are_refused_in_words(uow: OpenUnit, imported: caf.ImportedAssessment) -> None:
    with pytest.raises(RuleBroken, match="completed before it starts"), uow() as unit:
        caf.record_imported_assessment(unit, replace(imported, completed_on=dt.date(2025, 1, 1)))


def test_without_any_place_the_import_says_what_is_missing(uow: OpenUnit, imported: caf.ImportedAssessment) -> None:
    with pytest.raises(RuleBroken, match="No cluster could be found"), uow() as unit:
        caf.record_imported_assessment(unit, replace(imported, cluster_id=None))
