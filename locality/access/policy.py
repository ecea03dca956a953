"""The access policy, as data: which facts give which permission. Pure; readable by a data-protection lead.

Two tables. ``READS`` and ``CHANGES`` say which parts of a record each reason opens. ``POLICY`` says, for each
permission, the alternatives of which one must hold. What is not listed is refused.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from locality.access.facts import AccessFacts
from locality.access.parts import REASON_WORDS, GrantReason, Part
from locality.access.permissions import Permission
from locality.kernel.actor import Actor, Reach, Role

Predicate = Callable[[Actor, AccessFacts], bool]

_HELP = frozenset(
    {
        Part.IDENTITY,
        Part.WHEREABOUTS,
        Part.STORY,
        Part.ASSESSMENT,
        Part.HEALTH,
        Part.PLAN,
        Part.VOICE,
    }
)
_SHARED = frozenset({Part.IDENTITY, Part.STORY, Part.ASSESSMENT, Part.PLAN})

READS: Mapping[GrantReason, frozenset[Part]] = {
    GrantReason.FRONT_DOOR: frozenset({Part.IDENTITY, Part.WHEREABOUTS, Part.STORY, Part.REFERRER, Part.RESTRICTED}),
    GrantReason.LEAD_PROFESSIONAL: _HELP,
    GrantReason.TEAM_AROUND_CHILD: _SHARED,
    GrantReason.RECEIVING_SERVICE: frozenset({Part.IDENTITY, Part.STORY, Part.PLAN}),
    GrantReason.CLUSTER_AGREEMENT: frozenset({Part.IDENTITY, Part.STORY, Part.PLAN}),
    GrantReason.SUPERVISOR: _HELP | {Part.HIDDEN_WHEREABOUTS},
    GrantReason.MANAGEMENT: _HELP,
    GrantReason.COVER: _HELP,
    GrantReason.BREAK_GLASS: frozenset({Part.IDENTITY, Part.WHEREABOUTS, Part.STORY, Part.ASSESSMENT, Part.PLAN}),
    GrantReason.RECORDED_IT: frozenset({Part.HIDDEN_WHEREABOUTS}),
    GrantReason.SEES_TO_REFERRAL: frozenset({Part.IDENTITY, Part.STORY}),
    GrantReason.AFTER_CLOSURE: frozenset({Part.IDENTITY, Part.STORY, Part.ASSESSMENT, Part.PLAN}),
    GrantReason.QUALITY_AUDIT: frozenset(),
}

CHANGES: Mapping[GrantReason, frozenset[Part]] = {
    GrantReason.FRONT_DOOR: frozenset({Part.IDENTITY, Part.WHEREABOUTS, Part.STORY}),
    GrantReason.LEAD_PROFESSIONAL: _HELP,
    GrantReason.TEAM_AROUND_CHILD: frozenset({Part.PLAN}),
    GrantReason.SUPERVISOR: _HELP,
    GrantReason.MANAGEMENT: frozenset({Part.IDENTITY, Part.STORY, Part.PLAN}),
    GrantReason.COVER: _HELP,
}


def holds(*roles: Role) -> Predicate:
    """The actor holds one of the roles."""
    return lambda actor, _facts: actor.has(*roles)


def reads(part: Part) -> Predicate:
    """A live grant opens this part for reading."""
    return lambda _actor, facts: part in facts.parts


def changes(part: Part) -> Predicate:
    """A live grant that opens this part comes from a reason that may change it."""
    return lambda _actor, facts: any(
        part in grant.parts and part in CHANGES.get(grant.reason, frozenset()) for grant in facts.grants
    )


def because(*reasons: GrantReason) -> Predicate:
    """A live grant has one of these reasons."""
    return lambda _actor, facts: not facts.reasons.isdisjoint(reasons)


def addressed() -> Predicate:
    """The record is addressed to the actor or to a team or service of theirs."""
    return lambda actor, facts: not facts.holders.isdisjoint(actor.principals)


def in_remit(*roles: Role) -> Predicate:
    """The actor holds one of the roles for the place in which the record is held."""
    return lambda actor, facts: any(scope.role in roles and scope.id in facts.places for scope in actor.scopes)


def indexes_people() -> Predicate:
    """The actor keeps the one index of people (the front door)."""
    return lambda actor, _facts: actor.reach is Reach.PEOPLE_INDEX


def works_with_families() -> Predicate:
    """Somebody with an account of their own, volunteers too; not those who keep the system or its trail."""
    return lambda actor, _facts: (
        actor.account_id is not None and not actor.has(Role.ADMINISTRATOR, Role.DATA_PROTECTION)
    )


def help_is_over() -> Predicate:
    """The help of which the record is a part has ended."""
    return lambda _actor, facts: facts.over


def every(*predicates: Predicate) -> Predicate:
    """All of these hold."""
    return lambda actor, facts: all(predicate(actor, facts) for predicate in predicates)


_WORKERS = (
    Role.SPOC_OFFICER, Role.LEAD_PROFESSIONAL, Role.SERVICE_WORKER, Role.CLUSTER_MEMBER, Role.SUPERVISOR, Role.MANAGER,
)  # fmt: skip
_OVERSIGHT = (GrantReason.SUPERVISOR, GrantReason.MANAGEMENT)
_LEADING = (GrantReason.LEAD_PROFESSIONAL, GrantReason.COVER)

POLICY: Mapping[Permission, tuple[Predicate, ...]] = {
    Permission.ACCOUNTS_ADMINISTER: (holds(Role.ADMINISTRATOR),),
    # Whoever runs the plan, and whoever carries the action, that one alone.
    Permission.ACTION_UPDATE: (because(*_LEADING, *_OVERSIGHT), addressed()),
    Permission.AGREEMENT_RECORD: (
        changes(Part.PLAN),
        because(GrantReason.FRONT_DOOR, GrantReason.RECEIVING_SERVICE),
    ),
    Permission.AGREEMENT_VIEW: (reads(Part.IDENTITY),),
    Permission.AUDIT_VIEW: (holds(Role.DATA_PROTECTION),),
    Permission.CAF_EDIT: (changes(Part.ASSESSMENT),),
    Permission.CAF_VIEW: (reads(Part.ASSESSMENT),),
    Permission.CASELOAD_VIEW: (in_remit(Role.CLUSTER_MEMBER, Role.SUPERVISOR, Role.MANAGER),),
    Permission.CHECKLIST_RECORD: (every(holds(*_WORKERS), reads(Part.STORY)),),
    Permission.CLUSTERS_LIST: (holds(Role.CLUSTER_MEMBER, Role.SUPERVISOR, Role.MANAGER, Role.SPOC_OFFICER),),
    Permission.CONFLICT_DECLARE: (reads(Part.IDENTITY), indexes_people()),
    Permission.CONTACT_CREATE: (holds(*_WORKERS),),
    Permission.CONTACT_DECIDE: (every(holds(Role.SPOC_OFFICER), because(GrantReason.FRONT_DOOR)),),
    Permission.CONTACT_VIEW: (
        every(holds(Role.SPOC_OFFICER), because(GrantReason.FRONT_DOOR)),
        because(*_OVERSIGHT),
        addressed(),
    ),
    # The family's right to have it noted outlasts the help: whoever looks back at the record keeps it then, not before.
    Permission.DISPUTE_RECORD: (
        changes(Part.ASSESSMENT),
        every(help_is_over(), because(GrantReason.AFTER_CLOSURE, GrantReason.BREAK_GLASS)),
    ),
    Permission.DRAFT_READ: (because(GrantReason.SUPERVISOR, GrantReason.COVER), addressed()),
    Permission.EPISODE_EDIT: (changes(Part.PLAN),),
    Permission.EPISODE_LEAD: (because(*_OVERSIGHT, *_LEADING), addressed()),
    Permission.EPISODE_VIEW: (reads(Part.PLAN),),
    Permission.FAMILY_EDIT: (changes(Part.IDENTITY),),
    Permission.FAMILY_VIEW: (reads(Part.IDENTITY), indexes_people()),
    Permission.FRONT_DOOR_VIEW: (holds(Role.SPOC_OFFICER),),
    Permission.INBOX_VIEW: (holds(Role.SERVICE_WORKER),),
    Permission.LEAD_ANSWER: (addressed(),),
    Permission.LINK_DECIDE: (indexes_people(),),
    Permission.LINK_UNDO: (indexes_people(), holds(Role.DATA_PROTECTION)),
    Permission.MESSAGES_VIEW: (holds(Role.ADMINISTRATOR),),
    Permission.MESSAGE_READ: (reads(Part.REFERRER),),
    Permission.MY_ACTIONS_VIEW: (works_with_families(),),
    Permission.MY_FAMILIES_VIEW: (holds(Role.LEAD_PROFESSIONAL),),
    Permission.OFFER_RESPOND: (every(holds(Role.SERVICE_WORKER), addressed()),),
    Permission.OPERATIONS_MEND: (holds(Role.ADMINISTRATOR),),
    Permission.OPERATIONS_VIEW: (holds(Role.ADMINISTRATOR, Role.MANAGER),),
    Permission.PAPER_GIVE: (because(*_LEADING, *_OVERSIGHT),),
    Permission.PEOPLE_SEARCH: (holds(*_WORKERS),),
    Permission.PERSON_CREATE: (holds(Role.SPOC_OFFICER),),
    Permission.PERSON_EDIT: (changes(Part.IDENTITY),),
    Permission.PERSON_TRAIL_VIEW: (because(*_LEADING, *_OVERSIGHT), holds(Role.DATA_PROTECTION)),
    Permission.PERSON_VIEW: (reads(Part.IDENTITY), indexes_people()),
    Permission.PLACES_ADMINISTER: (holds(Role.ADMINISTRATOR),),
    Permission.PLAN_EDIT: (because(*_LEADING, *_OVERSIGHT),),
    Permission.QUALITY_AUDIT: (
        every(holds(Role.LEAD_PROFESSIONAL, Role.SUPERVISOR, Role.MANAGER), reads(Part.ASSESSMENT)),
    ),
    Permission.QUALITY_FIGURES_VIEW: (holds(Role.MANAGER, Role.SUPERVISOR),),
    Permission.QUALITY_INVITE: (because(*_LEADING, *_OVERSIGHT),),
    # Whoever was asked, while that lasts; it opens that one assessment, without names, and nothing else.
    Permission.QUALITY_INVITED: (every(addressed(), because(GrantReason.QUALITY_AUDIT)),),
    Permission.QUALITY_READ: (reads(Part.ASSESSMENT), addressed()),
    Permission.REFERRAL_CREATE: (holds(*_WORKERS),),
    Permission.REFERRAL_VIEW: (
        every(holds(Role.SPOC_OFFICER), because(GrantReason.FRONT_DOOR)),
        because(*_OVERSIGHT, *_LEADING, GrantReason.SEES_TO_REFERRAL),
        addressed(),
    ),
    Permission.RESTRICTIONS_VIEW: (holds(Role.DATA_PROTECTION, Role.MANAGER),),
    Permission.RESTRICTION_SET: (
        holds(Role.DATA_PROTECTION),
        every(holds(Role.MANAGER), because(*_OVERSIGHT)),
    ),
    Permission.RULES_APPROVE: (holds(Role.MANAGER),),
    Permission.RULES_EDIT: (holds(Role.ADMINISTRATOR),),
    Permission.RULES_VIEW: (holds(Role.ADMINISTRATOR, Role.MANAGER),),
    Permission.SCALES_ADMINISTER: (holds(Role.ADMINISTRATOR),),
    Permission.SCORES_VIEW: (reads(Part.ASSESSMENT),),
    Permission.SCORE_RECORD: (every(changes(Part.PLAN), reads(Part.ASSESSMENT)),),
    Permission.SERVICES_ADMINISTER: (holds(Role.ADMINISTRATOR),),
    Permission.SERVICES_LIST: (holds(*_WORKERS, Role.ADMINISTRATOR),),
    Permission.STAGE_DECIDE: (
        addressed(),
        every(holds(Role.SUPERVISOR, Role.MANAGER), because(*_OVERSIGHT)),
    ),
    Permission.STAGE_PROPOSE: (because(*_LEADING, *_OVERSIGHT),),
    Permission.STAGE_VIEW: (reads(Part.STORY), addressed()),
    Permission.STORY_EDIT: (changes(Part.STORY),),
    Permission.STORY_VIEW: (reads(Part.STORY),),
    Permission.TRIANGLE_VIEW: (holds(Role.MANAGER, Role.SUPERVISOR),),
    Permission.VOICE_EDIT: (changes(Part.VOICE),),
    Permission.VOICE_VIEW: (reads(Part.VOICE),),
    Permission.WHEREABOUTS_EDIT: (changes(Part.WHEREABOUTS),),
    Permission.WHEREABOUTS_VIEW: (reads(Part.WHEREABOUTS),),
}


def allows(permission: Permission, actor: Actor, facts: AccessFacts | None = None) -> bool:
    """Whether the actor has the permission, given what is known about the record (nothing, for lists).

    A record that is closed to the actor opens by nothing.
    """
    known = facts or AccessFacts()
    return not known.closed and any(predicate(actor, known) for predicate in POLICY[permission])


def why(facts: AccessFacts, actor: Actor) -> tuple[str, dt.datetime | None] | None:
    """Why the actor sees the record: words after "You see this because", and since when; None without a reason."""
    if facts.grants:
        order = list(GrantReason)
        first = min(facts.grants, key=lambda grant: (order.index(grant.reason), grant.since))
        return REASON_WORDS[first.reason], first.since
    if actor.reach is Reach.PEOPLE_INDEX:
        return "the front door keeps the index of people", None
    return None
