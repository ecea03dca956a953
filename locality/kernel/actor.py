"""Who acts: a frozen value that travels with every transaction."""

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from locality.kernel.ids import AccountId


class Role(StrEnum):
    """What a person comes to Locality for (design 1)."""

    SPOC_OFFICER = "spoc_officer"
    LEAD_PROFESSIONAL = "lead_professional"
    SERVICE_WORKER = "service_worker"
    CLUSTER_MEMBER = "cluster_member"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    DATA_PROTECTION = "data_protection"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: dict[Role, str] = {
    Role.SPOC_OFFICER: "Front door officer",
    Role.LEAD_PROFESSIONAL: "Lead professional",
    Role.SERVICE_WORKER: "Service team member",
    Role.CLUSTER_MEMBER: "Cluster team member",
    Role.SUPERVISOR: "Supervisor",
    Role.MANAGER: "Manager",
    Role.DATA_PROTECTION: "Data protection lead",
    Role.ADMINISTRATOR: "Administrator",
}


class ScopeKind(StrEnum):
    """What a role is limited to."""

    AUTHORITY = "authority"
    LOCALITY = "locality"
    CLUSTER = "cluster"
    TEAM = "team"
    SERVICE = "service"
    NONE = "none"


class Reach(StrEnum):
    """What an actor may read beyond grants; row-level security knows these words."""

    NONE = "none"
    PEOPLE_INDEX = "people_index"  # the front door: that somebody exists and who they are, to avoid doubles
    AUDIT = "audit"  # the data-protection lead: who looked, and no case content
    SYSTEM = "system"  # jobs, imports and set-up


@dataclass(frozen=True, slots=True)
class Scope:
    """One role held, and where."""

    role: Role
    kind: ScopeKind = ScopeKind.NONE
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system itself) acting now.

    ``principals`` are all the names under which grants may have been given: the account itself, its teams, clusters,
    services and management remits.
    """

    account_id: AccountId | None
    name: str
    job_title: str = ""
    scopes: tuple[Scope, ...] = ()
    principals: tuple[uuid.UUID, ...] = ()
    reach: Reach = Reach.NONE
    roles: frozenset[Role] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", frozenset(scope.role for scope in self.scopes))

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds any of these roles."""
        return not self.roles.isdisjoint(roles)

    def scope_ids(self, kind: ScopeKind, *roles: Role) -> tuple[uuid.UUID, ...]:
        """Ids of the places of a kind in which the actor holds any of ``roles`` (any role, when none is named)."""
        wanted = set(roles) or set(Role)
        found = {s.id: None for s in self.scopes if s.kind == kind and s.role in wanted and s.id is not None}
        return tuple(found)


SYSTEM = Actor(account_id=None, name="Locality", reach=Reach.SYSTEM)
NOBODY = Actor(account_id=None, name="Nobody signed in")
