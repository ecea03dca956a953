"""What stands in the log, in words that a family may read too. Pure.

One list for every page that shows the log: the rooms write codes, people read these.
"""

from locality.access.parts import OTHERS_REASONS, GrantReason

_DONE = {
    "person.entered": "Entered the person",
    "person.edited": "Changed the details",
    "birth.recorded": "Recorded the birth",
    "household.made": "Made a household",
    "household.joined": "Added somebody to a household",
    "household.left": "Took somebody out of a household",
    "address.recorded": "Recorded an address",
    "address.ended": "Ended an address",
    "address.hidden": "Hid an address",
    "contact_point.recorded": "Recorded a number or email address",
    "contact_point.ended": "Ended a number or email address",
    "relationship.recorded": "Recorded who is related",
    "relationship.ended": "Ended a relationship",
    "parental_responsibility.recorded": "Recorded parental responsibility",
    "parental_responsibility.ended": "Ended parental responsibility",
    "family.made": "Made a family",
    "family.joined": "Added somebody to the family",
    "family.left": "Took somebody out of the family",
    "agreement.recorded": "Recorded an agreement",
    "agreement.refused": "Recorded a refusal",
    "agreement.withdrawn": "Recorded that an agreement was withdrawn",
    "share.overridden": "Shared information without agreement",
    "people.linked": "Linked the record with another of the same person",
    "people.housed": "Decided who shares a household",
    "people.told_apart": "Decided that two records are not the same person",
    "link.undone": "Undid a decision about two records",
    "link.returned": "Gave something back to the person whom it is about",
    "conflict.declared": "Said that they know the family, and closed the record to themself",
    "record.restricted": "Closed the record to somebody",
    "restriction.reviewed": "Looked again whether the record must stay closed",
    "restriction.lifted": "Opened a closed record again",
    "people.asked_for_closed": "Asked for exactly this person, whose record is closed to them",
    "people.searched": "Saw the name in a search",
    "people.said_to_exist": "Asked for exactly this person and was told that a record exists",
    "people.matched": "Saw the name while entering somebody",
    "action.added": "Added an action to the plan",
    "action.updated": "Said how an action goes",
    "assessment.completed": "Completed the assessment",
    "assessment.header_saved": "Wrote in the assessment",
    "assessment.started": "Began the assessment",
    "comments.saved": "Wrote down what the family says of the assessment",
    "conclusion.saved": "Wrote the conclusion",
    "contact.adult_added": "Added an adult to a contact",
    "contact.child_added": "Added a child to a contact",
    "contact.child_recognised": "Said that a child in a contact is on record already",
    "contact.child_given_back": "Undid that a child in a contact is on record already",
    "contact.corrected": "Corrected a decision at the front door",
    "contact.decided": "Decided at the front door",
    "contact.held": "Took a contact to work on",
    "contact.rated": "Rated a contact",
    "contact.recorded": "Recorded a contact",
    "contact.released": "Gave a contact back to the queue",
    "decision.looked_at_again": "Looked again at a decision of the front door",
    "draft.carried_on": "Carried on with a colleague’s draft",
    "draft.forgotten": "Threw a draft away",
    "element.draft_saved": "Wrote in the assessment",
    "element.saved": "Wrote in the assessment",
    "element.settled": "Settled two versions of the assessment",
    "enquiry.answered": "Wrote down what a partner agency answered",
    "enquiry.asked": "Asked a partner agency",
    "enrolment.recorded": "Recorded the school",
    "episode.closed": "Closed the case",
    "episode.joined": "Added a child to the case",
    "episode.lead_named": "Named the lead professional",
    "episode.opened": "Opened the case",
    "episode.team_joined": "Added somebody to the team around the child",
    "episode.team_left": "Took somebody out of the team around the child",
    "episode.team_narrowed": "Narrowed what somebody in the team may see",
    "fact.settled": "Confirmed or corrected what the family told",
    "facts.told": "Wrote down what the family told",
    "family.renamed": "Renamed the family",
    "help_request.sent": "Asked for help",
    "hub.noted": "Wrote a restricted note",
    "message.queued": "Sent a message",
    "paper.prepared": "Printed or saved the document",
    "referral.accepted": "Accepted the referral",
    "referral.allocated": "Gave the referral to a worker",
    "referral.asked": "Asked the referrer something",
    "referral.answered": "Answered a question about the referral",
    "referral.declined": "Declined the referral",
    "referral.ended": "Ended the help",
    "referral.expired": "Did not answer the offer in time",
    "referral.given_back": "Gave the referral back",
    "referral.offered": "Offered the referral to a service",
    "referral.routed": "Looked for a service",
    "referral.sent": "Sent the referral",
    "referral.started": "Began to help",
    "referral.waitlisted": "Put the referral on a waiting list",
    "referrer.told": "Told whoever got in touch",
    "review.planned": "Planned a review",
    "review.settled": "Recorded a review",
    "stage_move.accepted": "Accepted a move to another stage",
    "stage_move.proposed": "Proposed a move to another stage",
    "voice.recorded": "Wrote down what the child said",
    "voice.not_obtained": "Wrote down why the child was not heard",
    "account.created": "Created an account",
    "account.disabled": "Disabled an account",
    "account.enabled": "Opened a disabled account again",
    "account.first_password_issued": "Issued a first password",
    "account.other_sessions_ended": "Signed out everywhere else",
    "account.password_changed": "Changed their password",
    "account.role_ended": "Ended a role",
    "account.role_given": "Gave a role",
    "account.session_ended": "Signed out of another device",
    "account.sign_in_put_off": "Sign-in refused: too many attempts",
    "account.sign_in_refused": "Sign-in refused",
    "account.signed_in": "Signed in",
    "account.signed_out": "Signed out",
    "audit.name_asked": "Looked up a name in the list of who looked",
    "audit.searched": "Looked at the list of who looked",
    "audit.verified": "Checked the audit chain",
    "operations.handed_over": "Handed over failed work",
    "operations.retried": "Tried failed work again",
}
# Pages that show no part of one person's record, by endpoint.
_PAGES = {
    "accounts.audit_trail": "the list of who looked",
    "caf.my_families": "the families they help",
    "clusters.caseload": "the caseload",
    "people.compare_records": "two records side by side",
    "people.links": "which records are linked",
    "people.same": "who may be the same person",
    "people.seen": "who has looked",
    "people.who_can_see": "who can see the record",
    "people.restrictions": "which records are closed",
    "people.restriction": "why a record is closed",
    "referrals.queue": "the front door’s queue",
    "referrals.inbox": "a service’s inbox",
    "stages.history": "how the stages went",
    "messages.read_message": "a message",
    "drafts.read": "a draft",
}
_PARTS = {
    "identity": "who they are",
    "whereabouts": "where they live",
    "story": "their story",
    "assessment": "the assessment",
    "health": "their health",
    "plan": "the plan",
    "voice": "their own words",
    "restricted": "restricted notes",
    "referrer": "who made contact",
    "hidden_whereabouts": "an address that must not be disclosed",
}
_OUTCOMES = {"done": "Done", "shown": "Shown", "refused": "Refused"}
_LOOKS_FOR = {"people.searched": "Searched", "people.matched": "Looked whether somebody is on record"}


def action_words(action: str, part: str | None = None) -> str:
    """What somebody did: "Looked at their story", "Changed the details"; ``part`` is the part of the record shown."""
    known = _DONE.get(action)
    if known is not None:
        return known
    if action.startswith("page."):
        endpoint = action.removeprefix("page.")
        return f"Looked at {_PAGES.get(endpoint) or _PARTS.get(part or '', 'the record')}"
    return _plain(action)


def found_words(action: str, found: int) -> str | None:
    """What somebody looked for and how many they saw, for whoever reads the whole log; None for other actions."""
    looked = _LOOKS_FOR.get(action)
    if looked is None:
        return None
    return f"{looked}: {'nobody' if not found else '1 person' if found == 1 else f'{found} people'} found"


def outcome_words(outcome: str) -> str:
    """Done, shown or refused."""
    return _OUTCOMES.get(outcome, _plain(outcome))


def reason_words(reason: str | None, outcome: str) -> str:
    """Why somebody could see it, as others read it: the reason of their grant; "" where there is nothing to say.

    Of a page that was refused the log keeps the permission that was missing (``people:view``).
    """
    if outcome == "refused":
        return "They had no reason that lets them in" if reason and ":" in reason else ""
    if reason in set(GrantReason):
        return OTHERS_REASONS[GrantReason(reason)]
    return ""


def _plain(code: str) -> str:
    plain = code.replace(".", " ").replace("_", " ").replace("-", " ")
    return plain[:1].upper() + plain[1:]
