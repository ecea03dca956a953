"""Who may hold which role, where, and what it opens. Pure."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from locality.access.parts import FRONT_DOOR, management_of
from locality.kernel.actor import ROLE_LABELS, Reach, Role, Scope, ScopeKind
from locality.kernel.errors import Reason

ROLE_SCOPES: MappingProxyType[Role, tuple[ScopeKind, ...]] = MappingProxyType(
    {
        Role.SPOC_OFFICER: (ScopeKind.AUTHORITY,),
        Role.LEAD_PROFESSIONAL: (ScopeKind.NONE, ScopeKind.TEAM, ScopeKind.CLUSTER),
        Role.SERVICE_WORKER: (ScopeKind.SERVICE, ScopeKind.TEAM),
        Role.CLUSTER_MEMBER: (ScopeKind.CLUSTER,),
        Role.SUPERVISOR: (ScopeKind.CLUSTER, ScopeKind.LOCALITY, ScopeKind.TEAM, ScopeKind.AUTHORITY),
        Role.MANAGER: (ScopeKind.AUTHORITY, ScopeKind.LOCALITY, ScopeKind.CLUSTER),
        Role.DATA_PROTECTION: (ScopeKind.AUTHORITY,),
        Role.ADMINISTRATOR: (ScopeKind.AUTHORITY,),
    }
)
# Who sees to accounts or to the audit trail sees no case content (design 1; trust T10), so these roles stand alone.
STANDS_ALONE = frozenset({Role.ADMINISTRATOR, Role.DATA_PROTECTION})
SCOPES_WITHOUT_PLACE = frozenset({ScopeKind.AUTHORITY, ScopeKind.NONE})


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """What the rules need to know before somebody is given a role."""

    giver_is_holder: bool
    held: frozenset[Role]
    role: Role
    kind: ScopeKind
    place: uuid.UUID | None
    account_is_active: bool


def reasons_not_to_give_role(facts: RoleFacts) -> tuple[Reason, ...]:
    """Why the role may not be given; empty when it may. Nobody gives themself a role (trust T10)."""
    reasons = []
    if facts.giver_is_holder:
        reasons.append(Reason(None, "You cannot give yourself a role. Ask another administrator"))
    if not facts.account_is_active:
        reasons.append(Reason(None, "This account is disabled, so it cannot be given a role"))
    reasons.extend(_reasons_against_scope(facts))
    reasons.extend(_reasons_against_mixing(facts))
    return tuple(reasons)


def _reasons_against_mixing(facts: RoleFacts) -> tuple[Reason, ...]:
    others = facts.held - {facts.role}
    if not others or not ({facts.role} | others) & STANDS_ALONE:
        return ()
    held = role_words(others)
    if facts.role in STANDS_ALONE:
        label = ROLE_LABELS[facts.role]
        return (Reason("role", f"{label} cannot be held with another role. End first: {held}"),)
    return (Reason("role", f"This person holds a role that stands alone: {held}. End it first"),)


def role_words(roles: Iterable[Role]) -> str:
    """Roles as people read them, in one order, such as "Cluster team member, Supervisor"."""
    held = set(roles)
    return ", ".join(ROLE_LABELS[role] for role in Role if role in held)


def _reasons_against_scope(facts: RoleFacts) -> tuple[Reason, ...]:
    label = ROLE_LABELS[facts.role]
    if facts.kind not in ROLE_SCOPES[facts.role]:
        kinds = " or ".join(_KIND_WORDS[kind] for kind in ROLE_SCOPES[facts.role])
        return (Reason("where", f"{label} is a role for {kinds}. Select where it applies"),)
    needs_place = facts.kind not in SCOPES_WITHOUT_PLACE
    if needs_place != (facts.place is not None):
        return (Reason("where", "Select where this role applies"),)
    return ()


_KIND_WORDS = {
    ScopeKind.AUTHORITY: "the whole authority",
    ScopeKind.LOCALITY: "a locality",
    ScopeKind.CLUSTER: "a cluster",
    ScopeKind.TEAM: "a team",
    ScopeKind.SERVICE: "a service",
    ScopeKind.NONE: "their own families",
}


def scope_words(kind: ScopeKind, place_name: str | None) -> str:
    """Where a role applies, for people: "Whole authority", "Their own families", or the place's name."""
    if kind in SCOPES_WITHOUT_PLACE:
        words = _KIND_WORDS[kind].removeprefix("the ")
        return words[0].upper() + words[1:]
    return place_name or f"A {kind.value} that is no longer listed"


def reasons_not_to_end_role(*, is_own: bool, role: Role, other_administrators: int | None) -> tuple[Reason, ...]:
    """Why a role may not be ended; ``other_administrators`` counts who else holds it (None: not that role)."""
    if role is Role.ADMINISTRATOR and is_own:
        return (Reason(None, "You cannot end your own administrator role. Ask another administrator"),)
    if role is Role.ADMINISTRATOR and other_administrators == 0:
        return (Reason(None, "There must always be one administrator"),)
    return ()


_OVERSEERS = frozenset({Role.SUPERVISOR, Role.MANAGER})


def principals_of(account: uuid.UUID, scopes: Iterable[Scope]) -> tuple[uuid.UUID, ...]:
    """All names under which somebody may have been given grants: their account, teams, clusters, services, duties."""
    found = {account: None}
    for scope in scopes:
        if scope.role is Role.SPOC_OFFICER:
            found[FRONT_DOOR] = None
        if scope.id is None:
            continue
        if scope.role in _OVERSEERS and scope.kind is ScopeKind.CLUSTER:
            found[management_of(scope.id)] = None
        found[scope.id] = None
    return tuple(found)


def reach_of(roles: Iterable[Role]) -> Reach:
    """What somebody may read beyond grants because of a role."""
    held = set(roles)
    if Role.DATA_PROTECTION in held:
        return Reach.AUDIT
    if Role.SPOC_OFFICER in held:
        return Reach.PEOPLE_INDEX
    return Reach.NONE
