"""What other rooms may ask of the front door. Everything else in this room is private.

The path::

    receive_contact(uow, NewContact(..., children=()), children=[ToldPerson(...)], adults=[ToldAdult(...)])
        everybody at once, on record (``existing``) or entered now; the actor may have no account, and is then called
        what the story shall name as its source: Actor(account_id=None, name="Asked for help online")
    create_contact(uow, NewContact(contact_id=..., received_at=..., source=Source..., children=(NamedChild(...),), ...))
    add_child / add_adult(uow, contact_id, person_id=...)
    decide_child(uow, DecideChild(contact_id=..., person_id=..., outcome=Outcome..., reason=...)) -> ReferralId | None
    refer(uow, NewReferral(referral_id=..., children=(...), need_codes=(...), stage=2, summary=..., agreement=...))
    refer_to_social_care(uow, NewSocialCareReferral(referral_id=..., children=(...), summary=...))   source 5D

Both ``refer`` commit the intent to route; a worker finds the service. A service answers with ``accept_offer``,
``decline_offer``, ``ask_about_offer`` or ``put_on_waiting_list``; ``answer_question`` is for the sender.

After acceptance: the slot ``accepted(uow, AcceptedReferral)`` is called in the same transaction, for early help only.
``start_referral`` when help begins, ``end_referral(uow, id, reason=...)`` when it ends and the place is free again.

Directory: ``add_service``, ``set_capacity``, ``list_services(session, kind=...)``. Reading: ``find_referral``,
``referrals_about(session, people)``, and ``list_news(session, actor)`` / ``count_news(session, actor)`` for what
it put before a lead professional, ``list_left_alone(session, actor, today=...)`` for services that nobody works in.
Imports, once a key: ``record_imported_contact``, ``record_imported_referral``.
``NewReferral.wishes`` (``Wishes``) is what the family needs to take part and whom it asks for.
Loading in bulk: ``enquiry_due``, ``listener_for``, ``outcome_told``, ``teller_of``, ``language_code`` and
``FAMILY_ACCESS`` are what the front door itself goes by.
"""

from locality.referrals.operations.commands import (
    AcceptedReferral,
    DecideChild,
    ImportedContact,
    ImportedReferral,
    NamedChild,
    NewContact,
    NewReferral,
    NewService,
    NewSocialCareReferral,
    Referrer,
    Sharing,
)
from locality.referrals.operations.contacts import add_adult, add_child, create_contact
from locality.referrals.operations.counting import rebuild_months
from locality.referrals.operations.deciding import decide_child
from locality.referrals.operations.ending import end_referral, start_referral
from locality.referrals.operations.entering import ToldAdult, ToldPerson, receive_contact
from locality.referrals.operations.importing import (
    record_imported_contact,
    record_imported_referral,
)
from locality.referrals.operations.offers import (
    accept_offer,
    accepted,
    answer_question,
    ask_about_offer,
    decline_offer,
)
from locality.referrals.operations.sending import refer, refer_to_social_care
from locality.referrals.operations.services import add_service, set_capacity
from locality.referrals.operations.told import teller_of
from locality.referrals.operations.waiting import put_on_waiting_list
from locality.referrals.operations.waiting import reckon_all as reckon_waiting_lists
from locality.referrals.queries.counting import MonthDifference, month_differences
from locality.referrals.queries.helping import Helped, helped
from locality.referrals.queries.referrals import NewsRow, count_news, list_news
from locality.referrals.queries.summaries import (
    ReferralSummary,
    ServiceChoice,
    find_referral,
    list_services,
    referrals_about,
)
from locality.referrals.queries.team import list_left_alone
from locality.referrals.rules.codes import (
    AGREEMENT_WORDS,
    REASON_WORDS,
    SOURCE_WORDS,
    AgreementBasis,
    AgreementKnown,
    AreaKind,
    ContactReason,
    DeclineReason,
    Outcome,
    Rag,
    ReferralKind,
    ShareGround,
    Source,
    Urgency,
    mid_sentence,
)
from locality.referrals.rules.enquiries import enquiry_due
from locality.referrals.rules.lifecycle import ReferralState
from locality.referrals.rules.needs import NEED_WORDS
from locality.referrals.rules.telling import listener_for
from locality.referrals.rules.telling import told as outcome_told
from locality.referrals.rules.wishes import FAMILY_ACCESS, Wishes, language_code

__all__ = [
    "AGREEMENT_WORDS",
    "FAMILY_ACCESS",
    "NEED_WORDS",
    "REASON_WORDS",
    "SOURCE_WORDS",
    "AcceptedReferral",
    "AgreementBasis",
    "AgreementKnown",
    "AreaKind",
    "ContactReason",
    "DecideChild",
    "DeclineReason",
    "Helped",
    "ImportedContact",
    "ImportedReferral",
    "MonthDifference",
    "NamedChild",
    "NewContact",
    "NewReferral",
    "NewService",
    "NewSocialCareReferral",
    "NewsRow",
    "Outcome",
    "Rag",
    "ReferralKind",
    "ReferralState",
    "ReferralSummary",
    "Referrer",
    "ServiceChoice",
    "ShareGround",
    "Sharing",
    "Source",
    "ToldAdult",
    "ToldPerson",
    "Urgency",
    "Wishes",
    "accept_offer",
    "accepted",
    "add_adult",
    "add_child",
    "add_service",
    "answer_question",
    "ask_about_offer",
    "count_news",
    "create_contact",
    "decide_child",
    "decline_offer",
    "end_referral",
    "enquiry_due",
    "find_referral",
    "helped",
    "language_code",
    "list_left_alone",
    "list_news",
    "list_services",
    "listener_for",
    "mid_sentence",
    "month_differences",
    "outcome_told",
    "put_on_waiting_list",
    "rebuild_months",
    "receive_contact",
    "reckon_waiting_lists",
    "record_imported_contact",
    "record_imported_referral",
    "refer",
    "refer_to_social_care",
    "referrals_about",
    "set_capacity",
    "start_referral",
    "teller_of",
]
