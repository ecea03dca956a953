"""Tables of the front door and of referrals, by what they keep.

A contact is any approach; a referral asks one service for help; they are counted apart. ``about`` names the people a
row concerns, for row-level security; it is never shown.
"""

from locality.referrals.models.answers import Disagreement, DisagreementStep, ReferralChange, SocialCareAnswer
from locality.referrals.models.contacts import (
    CaseNews,
    Contact,
    ContactAdult,
    ContactChild,
    ContactReferrer,
)
from locality.referrals.models.referrals import (
    Offer,
    Referral,
    ReferralChild,
    ReferralEvent,
    ReferralMonth,
    RoutingDecision,
    Service,
    ServiceCapacity,
)
from locality.referrals.models.rule_sets import RehearsalMoved, RuleSet, RuleSetEvent, RuleSetRehearsal
from locality.referrals.models.screening import (
    ContactDecision,
    ContactHolding,
    ContactRating,
    HubNote,
    PartnerEnquiry,
    ReferrerTold,
    SecondLook,
)
from locality.referrals.models.services import ServiceEdition, ServicePlaces
from locality.referrals.models.waiting import OfferNotice, WaitingJump

__all__ = [
    "CaseNews",
    "Contact",
    "ContactAdult",
    "ContactChild",
    "ContactDecision",
    "ContactHolding",
    "ContactRating",
    "ContactReferrer",
    "Disagreement",
    "DisagreementStep",
    "HubNote",
    "Offer",
    "OfferNotice",
    "PartnerEnquiry",
    "Referral",
    "ReferralChange",
    "ReferralChild",
    "ReferralEvent",
    "ReferralMonth",
    "ReferrerTold",
    "RehearsalMoved",
    "RoutingDecision",
    "RuleSet",
    "RuleSetEvent",
    "RuleSetRehearsal",
    "SecondLook",
    "Service",
    "ServiceCapacity",
    "ServiceEdition",
    "ServicePlaces",
    "SocialCareAnswer",
    "WaitingJump",
]
