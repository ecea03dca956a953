"""Tables of the people room, by what they keep: records, links between records, told facts."""

from locality.people.models.facts import FactReuse, FactSettled, ReuseMonth, ToldFact
from locality.people.models.links import LinkDecision, LinkedPerson, LinkReturn
from locality.people.models.records import (
    Address,
    ChronologyEntry,
    ContactPoint,
    Family,
    FamilyMember,
    Household,
    HouseholdMember,
    ParentalResponsibility,
    Person,
    PersonEarlier,
    Postcode,
    Relationship,
)
from locality.people.models.restrictions import (
    Restriction,
    RestrictionAccount,
    RestrictionPerson,
    RestrictionReview,
)

__all__ = [
    "Address",
    "ChronologyEntry",
    "ContactPoint",
    "FactReuse",
    "FactSettled",
    "Family",
    "FamilyMember",
    "Household",
    "HouseholdMember",
    "LinkDecision",
    "LinkReturn",
    "LinkedPerson",
    "ParentalResponsibility",
    "Person",
    "PersonEarlier",
    "Postcode",
    "Relationship",
    "Restriction",
    "RestrictionAccount",
    "RestrictionPerson",
    "RestrictionReview",
    "ReuseMonth",
    "ToldFact",
]
