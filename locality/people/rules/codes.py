"""The codes of a person's record and their words.

National codes are those of the children in need census and the Standard Safeguarding Dataset; the others are ours.
"""

from collections.abc import Sequence
from enum import StrEnum

from locality.kernel.errors import Reason


class PersonKind(StrEnum):
    """Whether somebody is on record as a child (born or not) or as an adult."""

    CHILD = "child"
    ADULT = "adult"


PERSON_KINDS = {PersonKind.CHILD: "Child or unborn baby", PersonKind.ADULT: "Adult"}


class Sex(StrEnum):
    """Sex as the census has asked for it since 2024-25; an unborn baby is always U (CIN rules)."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


SEXES = {Sex.FEMALE: "Female", Sex.MALE: "Male", Sex.UNKNOWN: "Not known"}


class GenderIdentity(StrEnum):
    """How somebody describes their gender, where they wish to say (Standard Safeguarding Dataset)."""

    NOT_KNOWN = "00"
    MAN_OR_BOY = "01"
    WOMAN_OR_GIRL = "02"
    SELF_DESCRIBED = "09"


GENDER_IDENTITIES = {
    GenderIdentity.NOT_KNOWN: "Not known",
    GenderIdentity.MAN_OR_BOY: "Man or boy",
    GenderIdentity.WOMAN_OR_GIRL: "Woman or girl",
    GenderIdentity.SELF_DESCRIBED: "Prefers to describe it in their own words",
}


class Ethnicity(StrEnum):
    """The 20 codes of the Department for Education; refused and not yet obtained are different answers."""

    WBRI = "WBRI"
    WIRI = "WIRI"
    WIRT = "WIRT"
    WROM = "WROM"
    WOTH = "WOTH"
    MWBC = "MWBC"
    MWBA = "MWBA"
    MWAS = "MWAS"
    MOTH = "MOTH"
    AIND = "AIND"
    APKN = "APKN"
    ABAN = "ABAN"
    AOTH = "AOTH"
    BCRB = "BCRB"
    BAFR = "BAFR"
    BOTH = "BOTH"
    CHNE = "CHNE"
    OOTH = "OOTH"
    REFU = "REFU"
    NOBT = "NOBT"


ETHNICITIES = {
    Ethnicity.WBRI: "White British",
    Ethnicity.WIRI: "White Irish",
    Ethnicity.WIRT: "Traveller of Irish heritage",
    Ethnicity.WROM: "Gypsy or Roma",
    Ethnicity.WOTH: "Any other White background",
    Ethnicity.MWBC: "White and Black Caribbean",
    Ethnicity.MWBA: "White and Black African",
    Ethnicity.MWAS: "White and Asian",
    Ethnicity.MOTH: "Any other Mixed background",
    Ethnicity.AIND: "Indian",
    Ethnicity.APKN: "Pakistani",
    Ethnicity.ABAN: "Bangladeshi",
    Ethnicity.AOTH: "Any other Asian background",
    Ethnicity.BCRB: "Caribbean",
    Ethnicity.BAFR: "African",
    Ethnicity.BOTH: "Any other Black background",
    Ethnicity.CHNE: "Chinese",
    Ethnicity.OOTH: "Any other ethnic group",
    Ethnicity.REFU: "Asked, and preferred not to say",
    Ethnicity.NOBT: "Not yet asked",
}


class Disability(StrEnum):
    """The 13 codes of the children in need census; NONE stands alone."""

    NONE = "NONE"
    MOB = "MOB"
    HAND = "HAND"
    PC = "PC"
    INC = "INC"
    COMM = "COMM"
    LD = "LD"
    HEAR = "HEAR"
    VIS = "VIS"
    BEH = "BEH"
    CON = "CON"
    AUT = "AUT"
    DDA = "DDA"


DISABILITIES = {
    Disability.NONE: "No disability",
    Disability.MOB: "Mobility",
    Disability.HAND: "Hand function",
    Disability.PC: "Personal care",
    Disability.INC: "Incontinence",
    Disability.COMM: "Communication",
    Disability.LD: "Learning",
    Disability.HEAR: "Hearing",
    Disability.VIS: "Vision",
    Disability.BEH: "Behaviour",
    Disability.CON: "Consciousness",
    Disability.AUT: "Autism",
    Disability.DDA: "Other disability",
}


class UpnUnknown(StrEnum):
    """Why a child has no unique pupil number (children in need census)."""

    NOT_OF_SCHOOL_AGE = "UN1"
    NEVER_MAINTAINED_SCHOOL = "UN2"
    OUTSIDE_ENGLAND = "UN3"
    NEWLY_KNOWN = "UN4"
    SOURCES_DIFFER = "UN5"
    UNBORN = "UN6"
    NO_FURTHER_ACTION = "UN7"


UPN_UNKNOWN = {
    UpnUnknown.NOT_OF_SCHOOL_AGE: "Not yet of school age",
    UpnUnknown.NEVER_MAINTAINED_SCHOOL: "Never at a maintained school in England",
    UpnUnknown.OUTSIDE_ENGLAND: "Taught outside England",
    UpnUnknown.NEWLY_KNOWN: "Newly known to us",
    UpnUnknown.SOURCES_DIFFER: "Sources give different numbers",
    UpnUnknown.UNBORN: "Not born yet",
    UpnUnknown.NO_FURTHER_ACTION: "Referral needed no further action",
}


class NhsStatus(StrEnum):
    """Whether an NHS number was traced against the national register."""

    TRACED = "PRESENT_TRACED"
    NOT_TRACED = "PRESENT_NOT_TRACED"
    ABSENT = "ABSENT"


class RelationKind(StrEnum):
    """What one person is to another: "(person) is the MOTHER of (other)"."""

    MOTHER = "mother"
    FATHER = "father"
    PARENT = "parent"
    STEP_PARENT = "step_parent"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    HALF_SIBLING = "half_sibling"
    STEP_SIBLING = "step_sibling"
    AUNT_OR_UNCLE = "aunt_or_uncle"
    COUSIN = "cousin"
    PARTNER = "partner"
    FORMER_PARTNER = "former_partner"
    FOSTER_CARER = "foster_carer"
    SPECIAL_GUARDIAN = "special_guardian"
    CARER = "carer"
    FRIEND = "friend"
    OTHER = "other"


RELATIONS = {
    RelationKind.MOTHER: "Mother",
    RelationKind.FATHER: "Father",
    RelationKind.PARENT: "Parent",
    RelationKind.STEP_PARENT: "Step-parent",
    RelationKind.GRANDPARENT: "Grandparent",
    RelationKind.SIBLING: "Brother or sister",
    RelationKind.HALF_SIBLING: "Half-brother or half-sister",
    RelationKind.STEP_SIBLING: "Step-brother or step-sister",
    RelationKind.AUNT_OR_UNCLE: "Aunt or uncle",
    RelationKind.COUSIN: "Cousin",
    RelationKind.PARTNER: "Partner",
    RelationKind.FORMER_PARTNER: "Former partner",
    RelationKind.FOSTER_CARER: "Foster carer",
    RelationKind.SPECIAL_GUARDIAN: "Special guardian",
    RelationKind.CARER: "Other carer",
    RelationKind.FRIEND: "Friend of the family",
    RelationKind.OTHER: "Other",
}

# What the other person is to the first, read from the other side. Kinds not named here read the same both ways.
RELATIONS_TURNED = {
    RelationKind.MOTHER: "Child",
    RelationKind.FATHER: "Child",
    RelationKind.PARENT: "Child",
    RelationKind.STEP_PARENT: "Step-child",
    RelationKind.GRANDPARENT: "Grandchild",
    RelationKind.AUNT_OR_UNCLE: "Niece or nephew",
    RelationKind.FOSTER_CARER: "Foster child",
    RelationKind.SPECIAL_GUARDIAN: "Child under special guardianship",
    RelationKind.CARER: "Child cared for",
}


class PrBasis(StrEnum):
    """How somebody came to hold parental responsibility (Children Act 1989 ss2-5, 12, 14C; HFE Act 2008 s43)."""

    BIRTH_MOTHER = "birth_mother"
    MARRIED_FATHER = "married_father"
    REGISTERED_FATHER = "registered_father"
    SECOND_FEMALE_PARENT = "second_female_parent"
    AGREEMENT = "agreement"
    COURT_ORDER = "court_order"
    CHILD_ARRANGEMENTS_ORDER = "child_arrangements_order"
    SPECIAL_GUARDIANSHIP = "special_guardianship"
    STEP_PARENT = "step_parent"
    ADOPTION = "adoption"
    GUARDIAN = "guardian"
    SAID_NOT_SEEN = "said_not_seen"


PR_BASES = {
    PrBasis.BIRTH_MOTHER: "Gave birth to the child",
    PrBasis.MARRIED_FATHER: "Father, married to the mother",
    PrBasis.REGISTERED_FATHER: "Father, on the birth certificate since December 2003",
    PrBasis.SECOND_FEMALE_PARENT: "Second female parent",
    PrBasis.AGREEMENT: "Parental responsibility agreement",
    PrBasis.COURT_ORDER: "Parental responsibility order",
    PrBasis.CHILD_ARRANGEMENTS_ORDER: "Child arrangements order",
    PrBasis.SPECIAL_GUARDIANSHIP: "Special guardianship order",
    PrBasis.STEP_PARENT: "Step-parent agreement or order",
    PrBasis.ADOPTION: "Adoption order",
    PrBasis.GUARDIAN: "Guardian appointed after a death",
    PrBasis.SAID_NOT_SEEN: "We were told so; nothing seen yet",
}


class AddressKind(StrEnum):
    """What an address is to the person."""

    HOME = "home"
    SECOND_HOME = "second_home"
    TEMPORARY = "temporary"
    LETTERS = "letters"


ADDRESS_KINDS = {
    AddressKind.HOME: "Home",
    AddressKind.SECOND_HOME: "Second home",
    AddressKind.TEMPORARY: "Temporary",
    AddressKind.LETTERS: "For letters only",
}


class ContactKind(StrEnum):
    """A way to reach somebody."""

    MOBILE = "mobile"
    PHONE = "phone"
    EMAIL = "email"


CONTACT_KINDS = {
    ContactKind.MOBILE: "Mobile phone",
    ContactKind.PHONE: "Phone at home or work",
    ContactKind.EMAIL: "E-mail",
}


class StoryKind(StrEnum):
    """What kind of event a line of the story tells."""

    CONTACT = "contact"
    REFERRAL = "referral"
    AGREEMENT = "agreement"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    REVIEW = "review"
    TEAM = "team"
    STAGE = "stage"
    VOICE = "voice"
    FAMILY = "family"
    SCHOOL = "school"
    CLOSURE = "closure"
    NOTE = "note"


STORY_KINDS = {
    StoryKind.CONTACT: "Contact",
    StoryKind.REFERRAL: "Referral",
    StoryKind.AGREEMENT: "Agreement",
    StoryKind.ASSESSMENT: "Assessment",
    StoryKind.PLAN: "Plan",
    StoryKind.REVIEW: "Review",
    StoryKind.TEAM: "Team",
    StoryKind.STAGE: "Stage",
    StoryKind.VOICE: "In their own words",
    StoryKind.FAMILY: "Family",
    StoryKind.SCHOOL: "School",
    StoryKind.CLOSURE: "Closure",
    StoryKind.NOTE: "Note",
}


def relation_words(kind: RelationKind, *, turned: bool) -> str:
    """What the person is to the other; ``turned``: what the other is to the person."""
    if turned:
        return RELATIONS_TURNED.get(kind, RELATIONS[kind])
    return RELATIONS[kind]


def reasons_against_disabilities(codes: Sequence[str]) -> tuple[Reason, ...]:
    """NONE stands alone, and no code comes twice (CIN rules 8540)."""
    if Disability.NONE in codes and len(codes) > 1:
        return (Reason("disabilities", "Select “No disability” or the disabilities, not both"),)
    if len(set(codes)) != len(codes):
        return (Reason("disabilities", "Select each disability once"),)
    return ()
