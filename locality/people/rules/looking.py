"""The log of a record in words that a family may read too. Pure."""

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
    "people.searched": "Saw the name in a search",
    "people.said_to_exist": "Asked for exactly this person and was told that a record exists",
    "people.matched": "Saw the name while entering somebody",
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
}


def looked_at(action: str, part: str | None) -> str:
    """What somebody did, for whoever asks who looked: "Looked at their story", "Changed the details"."""
    known = _DONE.get(action)
    if known is not None:
        return known
    if action.startswith("page."):
        return f"Looked at {_PARTS.get(part or '', 'the record')}"
    plain = action.replace(".", " ").replace("_", " ")
    return plain[:1].upper() + plain[1:]
