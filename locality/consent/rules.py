"""Agreement to take part: who may give it, what it covers, what became of it. Pure.

Agreement is a practice and ethical requirement of early help. It is not the lawful basis of the record, which is
usually public task (UK GDPR article 6(1)(e)), and its withdrawal ends the work without deleting what was recorded.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from locality.kernel.errors import Reason
from locality.kernel.ids import PersonId

ADULT_FROM = 18
YOUNG_PERSON_FROM = 16  # presumed able to decide for themselves (Family Law Reform Act 1969 s8, by extension)
REVIEW_WITHIN = dt.timedelta(days=366)
# An agreement whose review was missed by so long is treated as lapsed; until then the page says that it is late.
LAPSES_AFTER = dt.timedelta(days=366)


class Capacity(StrEnum):
    """In what capacity somebody agrees."""

    PR_HOLDER = "pr_holder"
    SELF_GILLICK = "self_gillick"
    SELF_16_17 = "self_16_17"
    SELF_ADULT = "self_adult"
    COURT = "court"
    OTHER = "other"


CAPACITIES = {
    Capacity.PR_HOLDER: "Holds parental responsibility",
    Capacity.SELF_GILLICK: "For themselves, under 16 and able to decide this",
    Capacity.SELF_16_17: "For themselves, aged 16 or 17",
    Capacity.SELF_ADULT: "For themselves, an adult",
    Capacity.COURT: "By order of a court",
    Capacity.OTHER: "In another capacity",
}


class Purpose(StrEnum):
    """What is agreed to; basic and additional information are agreed separately."""

    ASSESS = "assess"
    STORE = "store"
    SHARE_BASIC = "share_basic"
    SHARE_ADDITIONAL = "share_additional"
    CONTACT = "contact"
    EVALUATION = "evaluation"


PURPOSES = {
    Purpose.ASSESS: "Talk together about strengths and needs, and write an assessment",
    Purpose.STORE: "Keep the record",
    Purpose.SHARE_BASIC: "Share basic information: names, dates of birth, school, doctor, who the carers are",
    Purpose.SHARE_ADDITIONAL: "Share additional information: needs, health, and what was found together",
    Purpose.CONTACT: "Get in touch with the family about help",
    Purpose.EVALUATION: "Use the record, without names, to see whether help works",
}
SHARING = frozenset({Purpose.SHARE_BASIC, Purpose.SHARE_ADDITIONAL})


class ShareWith(StrEnum):
    """Which agencies may be told."""

    HELPING = "helping"
    NAMED = "named"
    NOBODY = "nobody"


SHARE_WITH = {
    ShareWith.HELPING: "Every agency that is helping the family, except those named below",
    ShareWith.NAMED: "Only the agencies ticked below",
    ShareWith.NOBODY: "No other agency",
}


class Topic(StrEnum):
    """A topic that a family may want kept out of what is shared."""

    PHYSICAL_HEALTH = "physical_health"
    MENTAL_HEALTH = "mental_health"
    SEXUAL_HEALTH = "sexual_health"
    SUBSTANCE_USE = "substance_use"
    DOMESTIC_ABUSE = "domestic_abuse"
    OFFENDING = "offending"
    IMMIGRATION = "immigration"
    MONEY = "money"
    FAMILY_HISTORY = "family_history"
    ETHNICITY_RELIGION = "ethnicity_religion"


TOPICS = {
    Topic.PHYSICAL_HEALTH: "Physical health",
    Topic.MENTAL_HEALTH: "Mental health",
    Topic.SEXUAL_HEALTH: "Sexual health",
    Topic.SUBSTANCE_USE: "Alcohol and drugs",
    Topic.DOMESTIC_ABUSE: "Domestic abuse",
    Topic.OFFENDING: "Offending",
    Topic.IMMIGRATION: "Immigration",
    Topic.MONEY: "Money and work",
    Topic.FAMILY_HISTORY: "Family history",
    Topic.ETHNICITY_RELIGION: "Ethnicity and religion",
}


class Method(StrEnum):
    """How agreement was given."""

    WET_INK_HELD = "wet_ink_held"
    E_SIGNATURE = "e_signature"
    VERBAL_RECORDED = "verbal_recorded"


METHODS = {
    Method.WET_INK_HELD: "Signed on paper, which we hold",
    Method.E_SIGNATURE: "Signed on a screen",
    Method.VERBAL_RECORDED: "Said aloud, and recorded here",
}


class Status(StrEnum):
    """What an agreement is worth today."""

    ACTIVE = "active"
    PARTIAL = "partial"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


STATUSES = {
    Status.ACTIVE: "Agreed",
    Status.PARTIAL: "Agreed in part",
    Status.REFUSED: "Refused",
    Status.WITHDRAWN: "Withdrawn",
    Status.EXPIRED: "Lapsed",
    Status.SUPERSEDED: "Replaced by a later one",
}
OPEN = frozenset({Status.ACTIVE, Status.PARTIAL})


class Scope(StrEnum):
    """How much of an agreement is withdrawn."""

    WHOLE = "whole"
    AGENCY = "agency"
    TOPIC = "topic"
    CLUSTER_TEAM = "cluster_team"


SCOPES = {
    Scope.WHOLE: "All of it: the family no longer wants to take part",
    Scope.AGENCY: "Sharing with one agency",
    Scope.TOPIC: "Sharing one topic",
    Scope.CLUSTER_TEAM: "Sharing with the cluster team",
}


class RiskView(StrEnum):
    """What the worker thinks will happen without help; asked on every withdrawal."""

    UNLIKELY = "unlikely"
    WATCH = "watch"
    REFER = "refer"


RISK_VIEWS = {
    RiskView.UNLIKELY: "Needs are unlikely to get worse without help",
    RiskView.WATCH: "Needs may get worse: the school or health visitor keeps an eye on it",
    RiskView.REFER: "Somebody may be at risk of significant harm: I am referring to social care now",
}


class Ground(StrEnum):
    """On what ground information is shared without agreement."""

    CHILD_AT_RISK = "child_at_risk"
    ADULT_AT_RISK = "adult_at_risk"
    SERIOUS_CRIME = "serious_crime"
    STATUTORY_DUTY = "statutory_duty"


GROUNDS = {
    Ground.CHILD_AT_RISK: "Not sharing may leave a child at risk of harm",
    Ground.ADULT_AT_RISK: "To help an adult at risk",
    Ground.SERIOUS_CRIME: "To prevent or detect serious crime",
    Ground.STATUTORY_DUTY: "A law or a court requires it",
}


@dataclass(frozen=True, slots=True)
class Giver:
    """What the rules need to know of who agrees: when they were born, and whether they are on record as an adult."""

    person_id: uuid.UUID
    is_adult: bool
    born_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was agreed or refused, by whom, how; the facts of one agreement."""

    people: Sequence[PersonId]
    given_by: uuid.UUID
    capacity: Capacity
    capacity_words: str = ""
    gillick_assessed_by: str = ""
    gillick_reasons: str = ""
    refused: bool = False
    refusal_reason: str = ""
    purposes: frozenset[Purpose] = frozenset()
    share_with: ShareWith = ShareWith.HELPING
    agencies_in: frozenset[uuid.UUID] = frozenset()
    agencies_out: frozenset[uuid.UUID] = frozenset()
    agencies_out_words: str = ""
    topics_out: frozenset[Topic] = frozenset()
    cluster_team: bool = False
    explained_how: str = ""
    interpreter: str = ""
    method: Method | None = None
    signed_on: dt.date
    review_due_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One withdrawal: how much, and of which agency or topic."""

    scope: Scope
    agency_id: uuid.UUID | None = None
    topic: Topic | None = None


def reasons_against(terms: Terms, giver: Giver, today: dt.date) -> tuple[Reason, ...]:
    """What stands against recording these terms, beside the field that each belongs to; empty when nothing does."""
    reasons = [
        *_who(terms, giver),
        *(_refusal(terms) if terms.refused else _what(terms)),
        *_when(terms, today),
    ]
    return tuple(reasons)


def _who(terms: Terms, giver: Giver) -> list[Reason]:
    reasons = []
    if not terms.people:
        reasons.append(Reason("people", "Select the people whom the agreement is about"))
    if terms.capacity in (Capacity.SELF_GILLICK, Capacity.SELF_16_17, Capacity.SELF_ADULT):
        if giver.person_id not in terms.people:
            reasons.append(Reason("people", "Somebody who agrees for themselves must be among those it is about"))
        reasons.extend(_age(terms, giver))
    if terms.capacity is Capacity.SELF_GILLICK:
        if not terms.gillick_assessed_by:
            reasons.append(Reason("gillick_assessed_by", "Enter who judged that the young person can decide this"))
        if not terms.gillick_reasons:
            reasons.append(Reason("gillick_reasons", "Enter why the young person can decide this"))
    if terms.capacity in (Capacity.COURT, Capacity.OTHER) and not terms.capacity_words:
        reasons.append(Reason("capacity_words", "Enter the order of the court, or in what capacity they agree"))
    return reasons


def _age(terms: Terms, giver: Giver) -> list[Reason]:
    if giver.born_on is None:
        return []
    born, signed = giver.born_on, terms.signed_on
    years = signed.year - born.year - ((signed.month, signed.day) < (born.month, born.day))
    fits = {
        Capacity.SELF_GILLICK: years < YOUNG_PERSON_FROM,
        Capacity.SELF_16_17: YOUNG_PERSON_FROM <= years < ADULT_FROM,
        Capacity.SELF_ADULT: years >= ADULT_FROM,
    }[terms.capacity]
    return [] if fits else [Reason("capacity", f"This person was {years} on that day: select another capacity")]


def _refusal(terms: Terms) -> list[Reason]:
    return [] if terms.refusal_reason else [Reason("refusal_reason", "Enter why, in their words if you can")]


def _what(terms: Terms) -> list[Reason]:
    reasons = []
    if not terms.purposes:
        reasons.append(Reason("purposes", "Select what they agreed to"))
    if Purpose.SHARE_ADDITIONAL in terms.purposes and Purpose.SHARE_BASIC not in terms.purposes:
        reasons.append(Reason("purposes", "Additional information can only be shared together with basic information"))
    if not terms.explained_how:
        reasons.append(Reason("explained_how", "Enter how you explained it"))
    if terms.method is None:
        reasons.append(Reason("method", "Select how they agreed"))
    return [*reasons, *_agencies(terms)]


def _agencies(terms: Terms) -> list[Reason]:
    if terms.agencies_in & terms.agencies_out:
        return [Reason("agencies_out", "The same agency cannot be both told and not told")]
    if terms.share_with is ShareWith.NAMED and not terms.agencies_in and terms.purposes & SHARING:
        return [Reason("share_with", "Select the agencies that may be told, or another answer")]
    return []


def _when(terms: Terms, today: dt.date) -> list[Reason]:
    reasons = []
    if terms.signed_on > today:
        reasons.append(Reason("signed_on", "The date of the agreement must be today or in the past"))
    if terms.review_due_on is None:
        if not terms.refused:
            reasons.append(Reason("review_due_on", "Enter when the agreement will be gone over again"))
    elif not terms.signed_on < terms.review_due_on <= terms.signed_on + REVIEW_WITHIN:
        reasons.append(Reason("review_due_on", "The review must be within a year after the agreement"))
    return reasons


def status_of(terms: Terms, taken: Collection[Taken], today: dt.date, *, replaced: bool = False) -> Status:
    """What an agreement is worth today, given its withdrawals and whether its giver made a later one."""
    if any(one.scope is Scope.WHOLE for one in taken):
        return Status.WITHDRAWN
    if replaced:
        return Status.SUPERSEDED
    if terms.refused:
        return Status.REFUSED
    if terms.review_due_on is not None and today > terms.review_due_on + LAPSES_AFTER:
        return Status.EXPIRED
    limited = taken or terms.agencies_out or terms.topics_out or not terms.purposes >= SHARING | {Purpose.ASSESS}
    return Status.PARTIAL if limited or terms.agencies_out_words else Status.ACTIVE


def covers_agency(terms: Terms, taken: Collection[Taken], agency_id: uuid.UUID, *, topic: Topic | None = None) -> bool:
    """Whether terms in force let an agency be told (about a topic, when one is given)."""
    if not terms.purposes & SHARING or terms.share_with is ShareWith.NOBODY:
        return False
    if agency_id in agencies_left_out(terms, taken):
        return False
    if topic is not None and not covers_topic(terms, taken, topic):
        return False
    return terms.share_with is ShareWith.HELPING or agency_id in terms.agencies_in


def agencies_left_out(terms: Terms, taken: Collection[Taken]) -> frozenset[uuid.UUID]:
    """The agencies of which the family said that they must not be told, then or since."""
    since = {one.agency_id for one in taken if one.scope is Scope.AGENCY and one.agency_id is not None}
    return terms.agencies_out | since


def covers_topic(terms: Terms, taken: Collection[Taken], topic: Topic) -> bool:
    """Whether terms in force let a topic be shared at all."""
    out = terms.topics_out | {one.topic for one in taken if one.scope is Scope.TOPIC}
    return Purpose.SHARE_ADDITIONAL in terms.purposes and topic not in out


def covers_cluster_team(terms: Terms, taken: Collection[Taken]) -> bool:
    """Whether terms in force let the cluster team see the family's plan."""
    return (
        terms.cluster_team
        and bool(terms.purposes & SHARING)
        and not any(one.scope is Scope.CLUSTER_TEAM for one in taken)
    )
