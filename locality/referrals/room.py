"""What the referrals room brings to the application."""

from locality.access.permissions import Permission
from locality.accounts import api as accounts
from locality.consent import api as consent
from locality.kernel import constraints
from locality.kernel.actor import Role
from locality.people import api as people
from locality.referrals.operations import likely, recognising
from locality.referrals.operations.counting import count_again_anew
from locality.referrals.operations.leaving import when_disabled
from locality.referrals.operations.withdrawn import when_agreed, when_withdrawn
from locality.referrals.queries.finding import find_by_reference
from locality.referrals.queries.professionals import add_professionals, name_services
from locality.referrals.views import (
    changing,
    contacts,
    decisions,
    disagreements,
    front_door,
    inbox,
    records,
    referrals,
    rule_sets,
    rule_sets_ending,
    screening,
    services,
    services_admin,
    why,
)
from locality.referrals.views.exporting import EXPORT_SERVICES
from locality.referrals.views.pages import blueprint
from locality.search.find import records_by_reference
from locality.web.registration import NavItem, Room

constraints.say(
    "offer_one_live", field=None, message="This referral has just been offered to a service. Look at it again"
)
constraints.say(
    "disagreement_one_open", field=None, message="Somebody raised a disagreement about this referral. Open that one"
)
constraints.say("referral_pkey", field=None, message="This referral has been sent already")

PAGES = (
    changing, contacts, decisions, disagreements, front_door, inbox, records, referrals, rule_sets, rule_sets_ending,
    screening, services, services_admin, why,
)  # fmt: skip

records_by_reference.register(find_by_reference)
people.professionals.register(add_professionals)
people.grant_holders.register(name_services)
people.links_changed.register(recognising.when_links_changed)
people.links_changed.register(likely.when_links_changed)
people.links_changed.register(count_again_anew)
accounts.disabled.register(when_disabled)
consent.agreed.register(when_agreed)
consent.withdrawn.register(when_withdrawn)


@people.record_tabs.register
def add_tab(tabs: list[people.RecordTab]) -> None:
    """Contacts and referrals about a child are a tab of the child's record."""
    tabs.append(people.RecordTab("Referrals", "referrals.record", 50, frozenset({people.PersonKind.CHILD})))


ROOM = Room(
    name="referrals",
    blueprints=(blueprint,),
    nav=(
        NavItem("Front door", "referrals.queue", Permission.FRONT_DOOR_VIEW, 10, also="/contacts"),
        NavItem("Inbox", "referrals.inbox", Permission.INBOX_VIEW, 12),
        NavItem("Referrals", "referrals.own_referrals", Permission.REFERRAL_CREATE, 40),
        NavItem("Services", "referrals.services", Permission.SERVICES_LIST, 60),
        NavItem("Routing rules", "referrals.rule_set_list", Permission.RULES_VIEW, 65),
    ),
    homes={Role.SPOC_OFFICER: "referrals.queue", Role.SERVICE_WORKER: "referrals.inbox"},
    commands=(EXPORT_SERVICES,),
    tasks={
        "referrals.route": "find a service for a referral",
        "referrals.rehearse": "rehearse a set of routing rules",
        "referrals.offer_elsewhere": "offer a referral elsewhere because its service closed",
        "referrals.look_at_offer": "remind a service or a sender of a late answer, or offer elsewhere",
        "referrals.look_at_referral": "remind somebody of a referral that waits for them",
        "referrals.look_at_disagreement": "remind somebody of a late answer to a disagreement",
    },
)
