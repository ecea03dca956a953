"""The access policy: default deny, and each promise of who sees what."""

import dataclasses
import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.access.facts import AccessFacts, HeldGrant
from locality.access.parts import GrantReason, Part
from locality.access.permissions import Permission
from locality.access.policy import CHANGES, POLICY, READS, allows, why
from locality.kernel.actor import NOBODY, Actor, Reach, Role, Scope, ScopeKind

SINCE = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
CHILD = uuid.UUID(int=1)
PLACE = uuid.UUID(int=2)


def an_actor(*roles: Role, reach: Reach = Reach.NONE, place: uuid.UUID | None = None) -> Actor:
    scopes = tuple(Scope(role, ScopeKind.CLUSTER if place else ScopeKind.NONE, place) for role in roles)
    return Actor(account_id=None, name="Someone", scopes=scopes, reach=reach)


def held(*reasons: GrantReason, parts: frozenset[Part] | None = None) -> AccessFacts:
    grants = tuple(HeldGrant(CHILD, r, READS[r] if parts is None else parts, SINCE) for r in reasons)
    return AccessFacts(people=(CHILD,), grants=grants)


RECORD = [
    p
    for p in Permission
    if p
    in {
        Permission.PERSON_VIEW, Permission.STORY_VIEW, Permission.WHEREABOUTS_VIEW, Permission.CAF_VIEW,
        Permission.CAF_EDIT, Permission.VOICE_VIEW, Permission.EPISODE_VIEW, Permission.REFERRAL_VIEW,
        Permission.CONTACT_VIEW, Permission.AGREEMENT_VIEW, Permission.STAGE_VIEW,
    }
]  # fmt: skip


@pytest.mark.parametrize("permission", list(Permission), ids=str)
def test_nobody_has_no_permission(permission: Permission) -> None:
    assert not allows(permission, NOBODY, AccessFacts())


@pytest.mark.parametrize("permission", RECORD, ids=str)
@pytest.mark.parametrize("role", list(Role), ids=str)
def test_no_role_alone_opens_a_record(permission: Permission, role: Role) -> None:
    assert not allows(permission, an_actor(role), AccessFacts(people=(CHILD,)))


@pytest.mark.parametrize("permission", RECORD, ids=str)
def test_an_administrator_opens_no_record(permission: Permission) -> None:
    assert not allows(permission, an_actor(Role.ADMINISTRATOR), AccessFacts(people=(CHILD,)))


@given(st.sets(st.sampled_from(GrantReason)), st.sampled_from(GrantReason), st.sampled_from(list(Permission)))
def test_one_more_grant_never_takes_a_permission_away(
    reasons: set[GrantReason], more: GrantReason, permission: Permission
) -> None:
    actor = an_actor(*Role)
    if allows(permission, actor, held(*reasons)):
        assert allows(permission, actor, held(*reasons, more))


@pytest.mark.parametrize("reason", list(GrantReason), ids=str)
def test_what_a_reason_may_change_it_may_read(reason: GrantReason) -> None:
    assert CHANGES.get(reason, frozenset()) <= READS[reason]


@pytest.mark.parametrize("reason", [GrantReason.TEAM_AROUND_CHILD, GrantReason.RECEIVING_SERVICE,
                                    GrantReason.CLUSTER_AGREEMENT, GrantReason.FRONT_DOOR], ids=str)  # fmt: skip
def test_a_hidden_address_and_the_childs_voice_are_closed_to_partners_and_the_front_door(reason: GrantReason) -> None:
    assert Part.HIDDEN_WHEREABOUTS not in READS[reason]
    assert Part.VOICE not in READS[reason]


@pytest.mark.parametrize("reason", [GrantReason.TEAM_AROUND_CHILD, GrantReason.RECEIVING_SERVICE], ids=str)
def test_partners_see_no_whereabouts(reason: GrantReason) -> None:
    assert not allows(Permission.WHEREABOUTS_VIEW, an_actor(*Role), held(reason))


def test_a_caseload_opens_only_in_ones_own_cluster() -> None:
    member = an_actor(Role.CLUSTER_MEMBER, place=PLACE)
    assert allows(Permission.CASELOAD_VIEW, member, AccessFacts(places=frozenset({PLACE})))
    assert not allows(Permission.CASELOAD_VIEW, member, AccessFacts(places=frozenset({CHILD})))


def test_the_front_door_knows_who_people_are_but_not_their_story() -> None:
    officer = an_actor(Role.SPOC_OFFICER, reach=Reach.PEOPLE_INDEX)
    nothing = AccessFacts(people=(CHILD,))
    assert allows(Permission.PERSON_VIEW, officer, nothing)
    assert not allows(Permission.STORY_VIEW, officer, nothing)
    assert not allows(Permission.CAF_VIEW, officer, nothing)


def test_the_reason_for_seeing_is_told() -> None:
    words = why(held(GrantReason.TEAM_AROUND_CHILD), an_actor())
    assert words == ("you are in the team around them", SINCE)
    assert why(AccessFacts(), an_actor()) is None


def test_every_reason_has_parts() -> None:
    assert set(READS) == set(GrantReason)
    assert set(POLICY) == set(Permission)


@pytest.mark.parametrize("reason", [GrantReason.AFTER_CLOSURE, GrantReason.BREAK_GLASS], ids=str)
def test_whoever_looks_back_notes_what_the_family_sees_differently_only_once_help_is_over(reason: GrantReason) -> None:
    ongoing = held(reason)
    assert not allows(Permission.DISPUTE_RECORD, an_actor(*Role), ongoing)
    assert allows(Permission.DISPUTE_RECORD, an_actor(*Role), dataclasses.replace(ongoing, over=True))
    assert allows(Permission.DISPUTE_RECORD, an_actor(), held(GrantReason.LEAD_PROFESSIONAL))
