"""Who sees what of the demonstration is what the rooms' own operations give for the same facts."""

import pytest
from sqlalchemy import delete, func, select, update

from locality.access.grants import AccessGrant
from locality.access.parts import GrantReason
from locality.caf.models import CaseRole, Episode, EpisodeChild, EpisodeReferral
from locality.caf.operations.commands import AcceptedFrom, AddTeamMember, NameLead, OpenEpisode
from locality.caf.operations.membership import add_team_member
from locality.caf.operations.opening import open_episode
from locality.caf.operations.roles import name_lead
from locality.caf.rules.words import CaseRoleKind, EpisodeState
from locality.kernel.actor import SYSTEM
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork
from locality.stages.models import StageMove
from locality.stages.rules.moves import OPEN_STATES
from tests.support.database import NOW

SAMPLE = 4
_LEAD = CaseRoleKind.LEAD_PROFESSIONAL


@pytest.fixture
def unit(session):
    return UnitOfWork(session=session, actor=SYSTEM, now=NOW)


def _roles(session, episode_id):
    return session.scalars(
        select(CaseRole).where(
            CaseRole.episode_id == episode_id, CaseRole.account_id.is_not(None), CaseRole.until_on.is_(None)
        )
    ).all()


def _open_grants(session, episode_id):
    """Who sees whom, why and how far, by the episode itself and by the roles in it."""
    records = [episode_id, *session.scalars(select(CaseRole.id).where(CaseRole.episode_id == episode_id))]
    rows = session.execute(
        select(AccessGrant.person_id, AccessGrant.principal_id, AccessGrant.reason, AccessGrant.parts).where(
            AccessGrant.record_id.in_(records), AccessGrant.until_at.is_(None)
        )
    )
    return {(row.person_id, row.principal_id, row.reason, frozenset(row.parts)) for row in rows}


def _open_episodes_seen_by(session, reason):
    """Some open episodes in which somebody sees a child for a reason."""
    by_role = select(CaseRole.episode_id).join(AccessGrant, AccessGrant.record_id == CaseRole.id)
    by_itself = select(AccessGrant.record_id)
    seen = [by_role.where(AccessGrant.reason == reason, AccessGrant.until_at.is_(None)),
            by_itself.where(AccessGrant.reason == reason, AccessGrant.until_at.is_(None))]  # fmt: skip
    return session.scalars(
        select(Episode.id)
        .where(Episode.state == EpisodeState.OPEN, Episode.id.in_(seen[0]) | Episode.id.in_(seen[1]))
        .order_by(Episode.id)
        .limit(SAMPLE)
    ).all()


def _told_again(unit, episode_id):
    """The same help, as the product opens it: the access that it gives. What was loaded makes room first."""
    session = unit.session
    episode = session.get_one(Episode, episode_id)
    family_id, cluster_id, children = episode.family_id, episode.cluster_id, tuple(episode.about)
    roles = [(role.kind, role.account_id) for role in _roles(session, episode_id)]
    accepted = session.execute(
        select(EpisodeReferral.referral_id, EpisodeReferral.service_id).where(EpisodeReferral.episode_id == episode_id)
    ).one()
    session.execute(delete(EpisodeReferral).where(EpisodeReferral.episode_id == episode_id))
    session.execute(update(EpisodeChild).where(EpisodeChild.episode_id == episode_id).values(until_on=unit.today))
    closed = {"state": EpisodeState.CLOSED, "closed_on": unit.today}
    session.execute(update(Episode).where(Episode.id == episode_id).values(**closed))
    session.execute(
        update(CaseRole).where(CaseRole.episode_id == episode_id, CaseRole.kind == _LEAD).values(until_on=unit.today)
    )
    command = OpenEpisode(family_id, children, 2, cluster_id, "Again", referral=AcceptedFrom(*accepted))
    again = open_episode(unit, command)
    for kind, account_id in sorted(roles, key=lambda role: role[0] is not _LEAD):
        if kind is _LEAD:
            name_lead(unit, NameLead(again, account_id, ""))
        else:
            add_team_member(unit, AddTeamMember(new_id(), again, kind, account_id=account_id))
    return again


@pytest.mark.parametrize(
    "reason",
    [GrantReason.LEAD_PROFESSIONAL, GrantReason.TEAM_AROUND_CHILD, GrantReason.RECEIVING_SERVICE,
     GrantReason.CLUSTER_AGREEMENT, GrantReason.MANAGEMENT],
)  # fmt: skip
def test_who_sees_an_episode_is_who_the_product_would_let_see_it(session, unit, reason):
    sampled = _open_episodes_seen_by(session, reason)
    assert sampled
    for episode_id in sampled:
        loaded = _open_grants(session, episode_id)
        again = _told_again(unit, episode_id)
        given = _open_grants(session, again)
        service = session.scalars(select(EpisodeReferral.service_id).where(EpisodeReferral.episode_id == again)).one()
        if not _agreed_still(loaded):
            # The family said no after the service had accepted.
            given = {seen for seen in given if seen[1] != service}
        assert loaded == given


def _agreed_still(loaded):
    return any(reason is GrantReason.RECEIVING_SERVICE for _, _, reason, _ in loaded)


def test_nobody_but_the_lead_and_management_stays_when_a_family_takes_its_agreement_back(session):
    withdrawn = session.scalars(
        select(CaseRole.episode_id)
        .join(Episode, Episode.id == CaseRole.episode_id)
        .where(CaseRole.end_reason == "The family’s agreement was withdrawn", Episode.state == EpisodeState.OPEN)
    ).all()
    assert withdrawn
    for episode_id in withdrawn:
        reasons = {reason for _, _, reason, _ in _open_grants(session, episode_id)}
        assert reasons == {GrantReason.LEAD_PROFESSIONAL, GrantReason.MANAGEMENT}


def test_a_lead_sees_of_parents_no_more_than_who_they_are(session):
    parents = session.scalar(
        select(func.count())
        .select_from(AccessGrant)
        .where(AccessGrant.reason == GrantReason.LEAD_PROFESSIONAL, AccessGrant.parts == ["identity"])
    )
    assert parents > 0


def test_whoever_a_proposed_move_waits_for_sees_the_child_by_it_as_long_as_it_waits(session):
    seen = select(AccessGrant.record_id).where(
        AccessGrant.person_id == StageMove.person_id,
        AccessGrant.principal_id == StageMove.receiver_id,
        AccessGrant.reason == GrantReason.RECEIVING_SERVICE,
        AccessGrant.until_at.is_(None),
    )
    sees = StageMove.id.in_(seen)
    proposed = session.execute(select(StageMove.state, sees).where(StageMove.receiver_id.is_not(None))).all()
    assert {state for state, _ in proposed} >= OPEN_STATES
    assert [state for state, may in proposed if may != (state in OPEN_STATES)] == []
