"""The team sees what the family agrees to: joining takes agreement, and what is taken back ends at once."""

import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason
from locality.access.scope import facts_about
from locality.accounts.models import Account
from locality.caf import api as caf
from locality.caf.models import CaseRole
from locality.caf.operations.commands import AcceptedFrom, OpenEpisode
from locality.caf.operations.opening import open_episode
from locality.clusters.models import Agency
from locality.consent import api as consent
from locality.consent.queries import overrides
from locality.kernel.actor import Actor, Role, Scope, ScopeKind
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import AccountId, EpisodeId, PersonId, ServiceId, new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import Referral
from tests.factories.accounts import an_account, an_actor
from tests.factories.caf import Helpers, Household, a_family, a_led_episode
from tests.factories.clusters import a_team, a_worker, an_agency
from tests.factories.consent import EVERYTHING
from tests.factories.referrals import a_referral, a_service
from tests.support.database import OpenUnit
from tests.support.layers import layer

TODAY = dt.date(2026, 3, 3)
YESTERDAY = dt.date(2026, 3, 2)


@dataclass(frozen=True)
class School:
    """A teacher, the school that employs her, and a service of the school."""

    agency: Agency
    account: Account
    actor: Actor


@layer
def school(session: Session, at_work: Helpers) -> School:
    """Another agency than the lead professional's."""
    agency = an_agency(session, name="Garon School")
    account = an_account(session, name="Ines Costa", job_title="Teacher")
    a_worker(session, account, team=a_team(session, agency=agency, cluster=at_work.cluster))
    session.commit()
    return School(agency, account, an_actor(account))


def _agree(unit: UnitOfWork, family: Household, **changed: object) -> None:
    usual: dict[str, object] = {
        "people": family.children, "given_by": family.mother, "capacity": consent.Capacity.PR_HOLDER,
        "purposes": EVERYTHING, "explained_how": "At home", "method": consent.Method.WET_INK_HELD,
        "signed_on": TODAY, "review_due_on": TODAY + dt.timedelta(days=180),
    }  # fmt: skip
    consent.record_agreement(unit, family.id, consent.Terms(**(usual | changed)))  # type: ignore[arg-type]


_REFUSAL: dict[str, object] = {
    "refused": True, "refusal_reason": "Not now", "purposes": frozenset(), "method": None, "review_due_on": None,
    "share_with": consent.ShareWith.NOBODY,
}  # fmt: skip


def _join(unit: UnitOfWork, episode_id: EpisodeId, account: Account, **more: object) -> None:
    usual: dict[str, object] = {
        "role_id": new_id(), "episode_id": episode_id, "kind": caf.CaseRoleKind.TEAM_MEMBER,
        "account_id": AccountId(account.id),
    }  # fmt: skip
    caf.add_team_member(unit, caf.AddTeamMember(**(usual | more)))  # type: ignore[arg-type]


def _in_team(session: Session, episode_id: EpisodeId) -> set[str]:
    rows = select(CaseRole.name).where(CaseRole.episode_id == episode_id, CaseRole.until_on.is_(None))
    return set(session.scalars(rows))


@pytest.mark.parametrize(
    ("agreement", "why"),
    [
        (None, "has not agreed that Garon School is told about Leah"),
        ({"share_with": consent.ShareWith.NOBODY}, "has not agreed that Garon School is told about Leah"),
        ({"agencies_out": "school"}, "does not want Garon School to be told about Leah"),
        (_REFUSAL, "has not agreed that Garon School is told about Leah"),
    ],
    ids=["no agreement", "nobody else", "left out by name", "refused"],
)
def test_a_worker_joins_only_where_the_family_agrees_that_their_agency_is_told(
    uow: OpenUnit, session: Session, at_work: Helpers, school: School, agreement: dict[str, object] | None, why: str
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, agreed=False)
        if agreement is not None:
            out = {"agencies_out": frozenset({school.agency.id})} if "agencies_out" in agreement else {}
            _agree(unit, family, **(agreement | out))
    with pytest.raises(RuleBroken, match=why) as refused, uow(at_work.lead) as unit:
        _join(unit, episode_id, school.account)
    assert "whoever leads or helps can record their agreement" in str(refused.value)
    assert not facts_about(session, school.actor, family.children).grants


def test_a_colleague_of_the_lead_is_nobody_else(uow: OpenUnit, session: Session, at_work: Helpers) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, agreed=False)
        _agree(unit, family, share_with=consent.ShareWith.NOBODY)
    with uow(at_work.lead) as unit:
        _join(unit, episode_id, at_work.colleague_account)
    assert facts_about(session, at_work.colleague, family.children).reasons == {GrantReason.TEAM_AROUND_CHILD}


def _without(**changed: object) -> caf.WithoutAgreement:
    usual: dict[str, object] = {
        "ground": consent.Ground.CHILD_AT_RISK, "manager_consulted": "Ruth Cole", "family_told": False,
        "why_not_told": "It might put Leah at more risk",
    }  # fmt: skip
    return caf.WithoutAgreement(**(usual | changed))  # type: ignore[arg-type]


def test_a_decision_to_share_without_agreement_is_kept_and_outlasts_a_refusal(
    uow: OpenUnit, session: Session, at_work: Helpers, school: School
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, agreed=False)
    with pytest.raises(RuleBroken, match="which manager you asked"), uow(at_work.lead) as unit:
        _join(unit, episode_id, school.account, without=_without(manager_consulted=""))
    with uow(at_work.lead) as unit:
        _join(unit, episode_id, school.account, without=_without())
    (kept,) = overrides(session, family.children)
    assert (kept.to_whom, kept.people) == ("Ines Costa, Teacher, Garon School", family.children)
    with uow(at_work.lead) as unit:
        _agree(unit, family, **_REFUSAL)
    assert facts_about(session, school.actor, family.children).reasons == {GrantReason.TEAM_AROUND_CHILD}


@pytest.mark.parametrize("answer", ["left out", "refused"])
def test_a_new_answer_that_leaves_an_agency_out_ends_what_its_workers_see(
    uow: OpenUnit, session: Session, at_work: Helpers, school: School, answer: str
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work, agreed=False)
        _agree(unit, family, signed_on=YESTERDAY)
        _join(unit, episode_id, school.account)
        _join(unit, episode_id, at_work.colleague_account)
    with uow(at_work.lead) as unit:
        _agree(unit, family, **({"agencies_out": frozenset({school.agency.id})} if answer == "left out" else _REFUSAL))
    assert not facts_about(session, school.actor, family.children).grants
    stays = {"Amira Khan", "Sean Byrne"} if answer == "left out" else {"Amira Khan"}
    assert _in_team(session, episode_id) == stays
    assert facts_about(session, at_work.lead, family.children).reasons == {GrantReason.LEAD_PROFESSIONAL}


def _helped_by_service(uow: OpenUnit, session: Session, at_work: Helpers, agency: Agency) -> tuple[Household, Actor]:
    """A family whose help began with a service that accepted the referral."""
    with uow() as unit:
        service_id = a_service(unit, agency, cluster=at_work.cluster)
        family = a_family(unit, names=("Leah", "Tom"))
        _agree(unit, family, signed_on=dt.date(2026, 2, 2))
        a_referral(unit, *family.children, family_id=family.id)
        referral_id = session.scalars(select(Referral.id)).one()
        accepted = AcceptedFrom(referral_id, ServiceId(service_id))  # type: ignore[arg-type]
        open_episode(
            unit,
            OpenEpisode(family.id, family.children, 2, at_work.cluster.id, "Accepted", referral=accepted),
        )
    scope = Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, service_id)
    return family, an_actor(an_account(session, name="Priya Shah"), scope)


def _episode_grants(session: Session, actor: Actor, people: tuple[PersonId, ...]) -> set[PersonId]:
    return {PersonId(grant.person_id) for grant in facts_about(session, actor, people).grants}


@pytest.mark.parametrize("scope", [consent.Scope.WHOLE, consent.Scope.AGENCY])
def test_a_withdrawal_ends_what_the_service_sees_that_accepted(
    uow: OpenUnit, session: Session, at_work: Helpers, school: School, scope: consent.Scope
) -> None:
    family, worker = _helped_by_service(uow, session, at_work, school.agency)
    assert _episode_grants(session, worker, family.children) == set(family.children)
    agreement = consent.open_agreement(session, family.children, today=TODAY)
    assert agreement is not None
    with uow() as unit:
        consent.withdraw(
            unit,
            consent.Withdraw(
                agreement_id=agreement.id, scope=scope, withdrawn_by=family.mother, reason="Enough",
                withdrawn_on=TODAY, risk=consent.RiskView.UNLIKELY,
                agency_id=school.agency.id if scope is consent.Scope.AGENCY else None,
            ),
        )  # fmt: skip
    assert _episode_grants(session, worker, family.children) == set()


def test_a_service_that_helps_is_no_other_agency_unless_it_is_left_out(
    uow: OpenUnit, session: Session, at_work: Helpers, school: School
) -> None:
    family, worker = _helped_by_service(uow, session, at_work, school.agency)
    with uow() as unit:
        _agree(unit, family, share_with=consent.ShareWith.NOBODY, signed_on=YESTERDAY)
    assert _episode_grants(session, worker, family.children) == set(family.children)
    with uow() as unit:
        _agree(unit, family, agencies_out=frozenset({school.agency.id}))
    assert _episode_grants(session, worker, family.children) == set()
