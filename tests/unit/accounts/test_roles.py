"""Who may hold which role, and what it opens."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.access.parts import FRONT_DOOR, management_of
from locality.accounts.rules.accounts import reasons_not_to_disable, reasons_not_to_reset_password
from locality.accounts.rules.roles import (
    ROLE_SCOPES,
    SCOPES_WITHOUT_PLACE,
    STANDS_ALONE,
    RoleFacts,
    principals_of,
    reach_of,
    reasons_not_to_end_role,
    reasons_not_to_give_role,
    role_words,
    scope_words,
)
from locality.kernel.actor import Reach, Role, Scope, ScopeKind

AMIRA = uuid.UUID("aaaaaaaa-0000-4000-8000-000000000001")
LEIGH = uuid.UUID("cccccccc-0000-4000-8000-000000000001")
SLEEP_SERVICE = uuid.UUID("dddddddd-0000-4000-8000-000000000001")


def facts(
    role: Role = Role.CLUSTER_MEMBER,
    kind: ScopeKind = ScopeKind.CLUSTER,
    place: uuid.UUID | None = LEIGH,
    *,
    held: frozenset[Role] = frozenset(),
    own: bool = False,
    active: bool = True,
) -> RoleFacts:
    return RoleFacts(giver_is_holder=own, held=held, role=role, kind=kind, place=place, account_is_active=active)


def said(given_facts: RoleFacts) -> list[str]:
    return [reason.message for reason in reasons_not_to_give_role(given_facts)]


def test_a_role_at_its_place_is_given() -> None:
    assert said(facts()) == []


def test_nobody_gives_themself_a_role() -> None:
    assert said(facts(own=True)) == ["You cannot give yourself a role. Ask another administrator"]


def test_a_disabled_account_gets_no_role() -> None:
    assert said(facts(active=False)) == ["This account is disabled, so it cannot be given a role"]


def test_a_role_needs_the_kind_of_place_that_goes_with_it() -> None:
    assert said(facts(kind=ScopeKind.AUTHORITY, place=None)) == [
        "Cluster team member is a role for a cluster. Select where it applies"
    ]


def test_a_role_at_a_place_needs_the_place() -> None:
    assert said(facts(place=None)) == ["Select where this role applies"]


def test_a_role_of_the_whole_authority_takes_no_place() -> None:
    assert said(facts(Role.MANAGER, ScopeKind.AUTHORITY, LEIGH)) == ["Select where this role applies"]


@pytest.mark.parametrize("alone", sorted(STANDS_ALONE))
def test_a_role_without_sight_of_cases_is_not_added_to_one_that_has_it(alone: Role) -> None:
    (message,) = said(facts(alone, ScopeKind.AUTHORITY, None, held=frozenset({Role.SPOC_OFFICER})))
    assert message.endswith("cannot be held with another role. End first: Front door officer")


@pytest.mark.parametrize("alone", sorted(STANDS_ALONE))
def test_a_role_with_sight_of_cases_is_not_added_to_one_without(alone: Role) -> None:
    (message,) = said(facts(held=frozenset({alone})))
    assert message.startswith("This person holds a role that stands alone: ")


@given(st.sampled_from(list(Role)), st.sets(st.sampled_from(list(Role))))
def test_no_row_of_gifts_ever_joins_a_role_that_stands_alone_with_another(role: Role, held: set[Role]) -> None:
    kind = ROLE_SCOPES[role][0]
    place = None if kind in SCOPES_WITHOUT_PLACE else LEIGH
    if not said(facts(role, kind, place, held=frozenset(held))):
        together = held | {role}
        assert len(together) == 1 or not together & STANDS_ALONE


def test_every_role_says_where_it_may_apply() -> None:
    assert set(ROLE_SCOPES) == set(Role)


def test_the_last_administrator_keeps_the_role() -> None:
    (reason,) = reasons_not_to_end_role(is_own=False, role=Role.ADMINISTRATOR, other_administrators=0)
    assert reason.message == "There must always be one administrator"


def test_one_of_two_administrators_may_lose_the_role() -> None:
    assert reasons_not_to_end_role(is_own=False, role=Role.ADMINISTRATOR, other_administrators=1) == ()


def test_an_administrator_does_not_end_their_own_role() -> None:
    (reason,) = reasons_not_to_end_role(is_own=True, role=Role.ADMINISTRATOR, other_administrators=3)
    assert reason.message == "You cannot end your own administrator role. Ask another administrator"


def test_any_other_role_may_be_ended() -> None:
    assert reasons_not_to_end_role(is_own=True, role=Role.MANAGER, other_administrators=None) == ()


@pytest.mark.parametrize(
    ("own", "active", "last", "message"),
    [
        pytest.param(True, True, False, "You cannot disable your own account. Ask another administrator", id="own"),
        pytest.param(False, False, False, "This account is already disabled", id="disabled already"),
        pytest.param(False, True, True, "There must always be one administrator", id="the last administrator"),
    ],
)
def test_an_account_is_not_disabled(*, own: bool, active: bool, last: bool, message: str) -> None:
    (reason,) = reasons_not_to_disable(is_own=own, is_active=active, is_last_administrator=last)
    assert reason.message == message


def test_another_active_account_is_disabled() -> None:
    assert reasons_not_to_disable(is_own=False, is_active=True, is_last_administrator=False) == ()


def test_a_first_password_is_for_somebody_else_who_may_sign_in() -> None:
    assert reasons_not_to_reset_password(is_own=False, is_active=True) == ()
    assert len(reasons_not_to_reset_password(is_own=True, is_active=True)) == 1
    assert len(reasons_not_to_reset_password(is_own=False, is_active=False)) == 1


def test_the_front_door_acts_for_the_front_door() -> None:
    assert principals_of(AMIRA, [Scope(Role.SPOC_OFFICER, ScopeKind.AUTHORITY)]) == (AMIRA, FRONT_DOOR)


def test_a_supervisor_acts_for_the_cluster_and_its_management() -> None:
    scope = Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, LEIGH)
    assert principals_of(AMIRA, [scope]) == (AMIRA, management_of(LEIGH), LEIGH)


def test_a_cluster_team_member_does_not_act_for_its_management() -> None:
    assert management_of(LEIGH) not in principals_of(AMIRA, [Scope(Role.CLUSTER_MEMBER, ScopeKind.CLUSTER, LEIGH)])


def test_a_service_worker_acts_for_the_service() -> None:
    scope = Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, SLEEP_SERVICE)
    assert principals_of(AMIRA, [scope, scope]) == (AMIRA, SLEEP_SERVICE)


@pytest.mark.parametrize(
    ("roles", "reach"),
    [
        ([Role.SPOC_OFFICER], Reach.PEOPLE_INDEX),
        ([Role.DATA_PROTECTION], Reach.AUDIT),
        ([Role.ADMINISTRATOR], Reach.NONE),
        ([Role.MANAGER, Role.SUPERVISOR, Role.CLUSTER_MEMBER], Reach.NONE),
        ([], Reach.NONE),
    ],
)
def test_only_two_roles_reach_beyond_grants(roles: list[Role], reach: Reach) -> None:
    assert reach_of(roles) is reach


@given(st.sets(st.sampled_from(list(Role))))
def test_no_role_ever_has_the_systems_reach(roles: set[Role]) -> None:
    assert reach_of(roles) is not Reach.SYSTEM


def test_roles_are_read_in_one_order() -> None:
    assert role_words([Role.SUPERVISOR, Role.LEAD_PROFESSIONAL, Role.SUPERVISOR]) == "Lead professional, Supervisor"


def test_where_a_role_applies_is_said_in_words() -> None:
    assert scope_words(ScopeKind.AUTHORITY, None) == "Whole authority"
    assert scope_words(ScopeKind.NONE, None) == "Their own families"
    assert scope_words(ScopeKind.CLUSTER, "Leigh") == "Leigh"
    assert scope_words(ScopeKind.SERVICE, None) == "A service that is no longer listed"
