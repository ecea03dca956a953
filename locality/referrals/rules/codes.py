"""The code sets of the front door, each with the words a reader sees.

Sources are the national contact and referral sources (the code set of the children in need census,
with 5D, which marks a referral that early help itself sent). Codes are stored; words are shown.
"""

from collections.abc import Mapping
from enum import StrEnum


class Source(StrEnum):
    """Who approached the front door: the 22 national codes."""

    FAMILY = "1A"
    ACQUAINTANCE = "1B"
    SELF = "1C"
    OTHER_INDIVIDUAL = "1D"
    SCHOOL = "2A"
    EDUCATION = "2B"
    GP = "3A"
    HEALTH_VISITOR = "3B"
    SCHOOL_NURSE = "3C"
    PRIMARY_HEALTH = "3D"
    EMERGENCY_DEPARTMENT = "3E"
    OTHER_HEALTH = "3F"
    HOUSING = "4"
    COUNCIL_SOCIAL_CARE = "5A"
    COUNCIL_OTHER = "5B"
    OTHER_COUNCIL = "5C"
    EARLY_HELP = "5D"
    POLICE = "6"
    LEGAL = "7"
    OTHER = "8"
    ANONYMOUS = "9"
    UNKNOWN = "10"


SOURCE_WORDS: Mapping[Source, str] = {
    Source.FAMILY: "Family member, relative or carer",
    Source.ACQUAINTANCE: "Neighbour, childminder or other acquaintance",
    Source.SELF: "The child or young person",
    Source.OTHER_INDIVIDUAL: "Another individual, such as a stranger or MP",
    Source.SCHOOL: "School",
    Source.EDUCATION: "Education service",
    Source.GP: "GP",
    Source.HEALTH_VISITOR: "Health visitor",
    Source.SCHOOL_NURSE: "School nurse",
    Source.PRIMARY_HEALTH: "Other primary health service",
    Source.EMERGENCY_DEPARTMENT: "Accident and emergency department",
    Source.OTHER_HEALTH: "Other health service, such as a hospice",
    Source.HOUSING: "Council housing or housing association",
    Source.COUNCIL_SOCIAL_CARE: "Council social care, such as adults",
    Source.COUNCIL_OTHER: "Another service of this council",
    Source.OTHER_COUNCIL: "Another council",
    Source.EARLY_HELP: "Early help in this council",
    Source.POLICE: "Police",
    Source.LEGAL: "Court, probation, immigration, Cafcass or prison",
    Source.OTHER: "Children’s centre, independent provider or voluntary group",
    Source.ANONYMOUS: "Anonymous",
    Source.UNKNOWN: "Not known",
}


def mid_sentence(words: str) -> str:
    """Words as they stand within a sentence: no capital at the beginning but of a name or of letters, like GP."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


class ContactReason(StrEnum):
    """Why somebody got in touch: the families of the national assessment factors and our own.

    There is no national list of contact reasons; the factor families keep later figures comparable.
    """

    ALCOHOL = "alcohol"
    DRUGS = "drugs"
    DOMESTIC_ABUSE = "domestic_abuse"
    DOMESTIC_ABUSE_NOTIFICATION = "domestic_abuse_notification"
    MENTAL_HEALTH = "mental_health"
    LEARNING_DISABILITY = "learning_disability"
    PHYSICAL_DISABILITY = "physical_disability"
    YOUNG_CARER = "young_carer"
    PRIVATE_FOSTERING = "private_fostering"
    ASYLUM = "asylum"
    MISSING_EPISODE = "missing_episode"
    EXPLOITATION = "exploitation"
    GANGS = "gangs"
    BEHAVIOUR = "behaviour"
    SELF_HARM = "self_harm"
    NEGLECT = "neglect"
    ABUSE = "abuse"
    HARMFUL_PRACTICES = "harmful_practices"
    PARENTING_SUPPORT = "parenting_support"
    ATTENDANCE = "attendance"
    SEND = "send"
    HOUSING_MONEY = "housing_money"
    BEREAVEMENT = "bereavement"
    INFORMATION_ONLY = "information_only"
    OTHER = "other"


REASON_WORDS: Mapping[ContactReason, str] = {
    ContactReason.ALCOHOL: "Alcohol",
    ContactReason.DRUGS: "Drugs",
    ContactReason.DOMESTIC_ABUSE: "Domestic abuse",
    ContactReason.DOMESTIC_ABUSE_NOTIFICATION: "Domestic abuse notification from the police",
    ContactReason.MENTAL_HEALTH: "Mental health",
    ContactReason.LEARNING_DISABILITY: "Learning disability",
    ContactReason.PHYSICAL_DISABILITY: "Physical disability or illness",
    ContactReason.YOUNG_CARER: "Young carer",
    ContactReason.PRIVATE_FOSTERING: "Private fostering",
    ContactReason.ASYLUM: "Seeking asylum without family",
    ContactReason.MISSING_EPISODE: "Went missing",
    ContactReason.EXPLOITATION: "Exploitation or trafficking",
    ContactReason.GANGS: "Gangs",
    ContactReason.BEHAVIOUR: "Behaviour",
    ContactReason.SELF_HARM: "Self-harm",
    ContactReason.NEGLECT: "Neglect",
    ContactReason.ABUSE: "Emotional, physical or sexual abuse",
    ContactReason.HARMFUL_PRACTICES: "Female genital mutilation, or abuse linked to faith or belief",
    ContactReason.PARENTING_SUPPORT: "Support with parenting",
    ContactReason.ATTENDANCE: "School attendance",
    ContactReason.SEND: "Special educational needs or disability",
    ContactReason.HOUSING_MONEY: "Housing or money",
    ContactReason.BEREAVEMENT: "Bereavement",
    ContactReason.INFORMATION_ONLY: "Information only",
    ContactReason.OTHER: "Something else",
}


class Rag(StrEnum):
    """How quickly a contact needs a person: set at first look, reviewed as facts arrive."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"


RAG_WORDS: Mapping[Rag, str] = {
    Rag.RED: "Red",
    Rag.AMBER: "Amber",
    Rag.GREEN: "Green",
    Rag.BLUE: "Blue",
}
RAG_HINTS: Mapping[Rag, str] = {
    Rag.RED: "A child may be suffering significant harm. Work on it until it is done.",
    Rag.AMBER: "Several needs, or needs that may grow. Decide today.",
    Rag.GREEN: "One need that a service can meet.",
    Rag.BLUE: "Advice or information is enough.",
}


class AgreementKnown(StrEnum):
    """What the person getting in touch knows about the family's agreement."""

    AGREED = "agreed"
    SOME = "some"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"
    UNKNOWN = "unknown"


AGREEMENT_WORDS: Mapping[AgreementKnown, str] = {
    AgreementKnown.AGREED: "The family agrees",
    AgreementKnown.SOME: "The family agrees to share with some only",
    AgreementKnown.REFUSED: "The family does not agree",
    AgreementKnown.NOT_ASKED: "The family has not been asked",
    AgreementKnown.UNKNOWN: "Not known",
}


class ShareGround(StrEnum):
    """The ground on which information is shared without the family's agreement."""

    CHILD_AT_RISK = "child_at_risk"
    ADULT_AT_RISK = "adult_at_risk"
    SERIOUS_CRIME = "serious_crime"


GROUND_WORDS: Mapping[ShareGround, str] = {
    ShareGround.CHILD_AT_RISK: "A child may be at risk of harm",
    ShareGround.ADULT_AT_RISK: "An adult may be at risk of harm",
    ShareGround.SERIOUS_CRIME: "To prevent or detect a serious crime",
}


class Outcome(StrEnum):
    """What the front door decided for one child of a contact."""

    NFA = "nfa"
    INFO_ADVICE = "info_advice"
    SIGNPOST_UNIVERSAL = "signpost_universal"
    EARLY_HELP_SINGLE_AGENCY = "early_help_single_agency"
    EARLY_HELP_MULTI_AGENCY = "early_help_multi_agency"
    LINK_TO_OPEN_CASE = "link_to_open_case"
    SOCIAL_CARE_REFERRAL = "social_care_referral"
    STRATEGY_DISCUSSION = "strategy_discussion"
    TRANSFER_OTHER_LA = "transfer_other_la"
    RETURNED_NO_CONSENT = "returned_no_consent"


OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.NFA: "No further action",
    Outcome.INFO_ADVICE: "Information and advice",
    Outcome.SIGNPOST_UNIVERSAL: "Signpost to a universal service",
    Outcome.EARLY_HELP_SINGLE_AGENCY: "Early help from one service",
    Outcome.EARLY_HELP_MULTI_AGENCY: "Early help from several services, with an assessment",
    Outcome.LINK_TO_OPEN_CASE: "Pass to the open case",
    Outcome.SOCIAL_CARE_REFERRAL: "Refer to children’s social care",
    Outcome.STRATEGY_DISCUSSION: "Strategy discussion with social care and police",
    Outcome.TRANSFER_OTHER_LA: "Transfer to another council",
    Outcome.RETURNED_NO_CONSENT: "Return to the referrer: the family does not agree",
}
OUTCOME_HINTS: Mapping[Outcome, str] = {
    Outcome.NFA: "The child’s needs are met.",
    Outcome.INFO_ADVICE: "You gave it, or will give it today.",
    Outcome.SIGNPOST_UNIVERSAL: "Open to every family: no referral is made.",
    Outcome.EARLY_HELP_SINGLE_AGENCY: "One service can meet the need. A referral is made and routed.",
    Outcome.EARLY_HELP_MULTI_AGENCY: "Needs that have to be met together. A referral is made.",
    Outcome.LINK_TO_OPEN_CASE: "New information about a child who already has a lead professional.",
    Outcome.SOCIAL_CARE_REFERRAL: "The child may be in need. Acknowledged in 1 working day.",
    Outcome.STRATEGY_DISCUSSION: "Significant harm is suspected. Do not wait for agreement.",
    Outcome.TRANSFER_OTHER_LA: "The child lives in another council’s area.",
    Outcome.RETURNED_NO_CONSENT: "No agreement, and nobody suspects harm.",
}

EARLY_HELP_OUTCOMES = frozenset({Outcome.EARLY_HELP_SINGLE_AGENCY, Outcome.EARLY_HELP_MULTI_AGENCY})
SOCIAL_CARE_OUTCOMES = frozenset({Outcome.SOCIAL_CARE_REFERRAL, Outcome.STRATEGY_DISCUSSION})


class ReferralKind(StrEnum):
    """A request for early help, or a referral to children's social care."""

    EARLY_HELP = "early_help"
    SOCIAL_CARE = "social_care"


KIND_WORDS: Mapping[ReferralKind, str] = {
    ReferralKind.EARLY_HELP: "Early help",
    ReferralKind.SOCIAL_CARE: "Children’s social care",
}


class Urgency(StrEnum):
    """How soon the receiving service must answer."""

    ROUTINE = "routine"
    URGENT = "urgent"


URGENCY_WORDS: Mapping[Urgency, str] = {Urgency.ROUTINE: "Routine", Urgency.URGENT: "Urgent"}


class AgreementBasis(StrEnum):
    """On what footing a referral travels to a service."""

    AGREED = "agreed"
    SHARED_WITHOUT = "shared_without"
    NONE = "none"


BASIS_WORDS: Mapping[AgreementBasis, str] = {
    AgreementBasis.AGREED: "The family agrees",
    AgreementBasis.SHARED_WITHOUT: "Shared without agreement, with a recorded ground",
    AgreementBasis.NONE: "No agreement recorded",
}


class DeclineReason(StrEnum):
    """Why a service says no."""

    OUTSIDE_CRITERIA = "outside_criteria"
    NO_CAPACITY = "no_capacity"
    NO_CONSENT = "no_consent"
    ALREADY_OPEN = "already_open"
    WRONG_AREA = "wrong_area"
    INCOMPLETE = "incomplete"
    OTHER = "other"


DECLINE_WORDS: Mapping[DeclineReason, str] = {
    DeclineReason.OUTSIDE_CRITERIA: "The need is not one we work with",
    DeclineReason.NO_CAPACITY: "We have no places",
    DeclineReason.NO_CONSENT: "The family does not agree",
    DeclineReason.ALREADY_OPEN: "We already work with this family",
    DeclineReason.WRONG_AREA: "The family lives outside our area",
    DeclineReason.INCOMPLETE: "We were told too little",
    DeclineReason.OTHER: "Another reason",
}


class AreaKind(StrEnum):
    """How far a service reaches."""

    AUTHORITY = "authority"
    LOCALITY = "locality"
    CLUSTER = "cluster"
