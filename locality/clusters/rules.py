"""The rules of integrated locality working: where a child belongs, what a case weighs, what a caseload says.

Pure: no database, no web. Sources: domain reference 3.6 (place), 4 and 4.2 (caseload weighting).
"""

import datetime as dt
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# The authority as a whole stands beside its localities and clusters wherever something is counted by place.
AUTHORITY_PLACE = uuid.UUID("a0000000-0000-4000-8000-000000000001")


class PlaceKind(StrEnum):
    """The three sizes of place."""

    AUTHORITY = "authority"
    LOCALITY = "locality"
    CLUSTER = "cluster"


class SchoolPhase(StrEnum):
    """Kinds of school, as the national register of schools groups them."""

    NURSERY = "nursery"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    ALL_THROUGH = "all_through"
    SPECIAL = "special"
    ALTERNATIVE = "alternative"


PHASE_LABELS: dict[SchoolPhase, str] = {
    SchoolPhase.NURSERY: "Nursery",
    SchoolPhase.PRIMARY: "Primary",
    SchoolPhase.SECONDARY: "Secondary",
    SchoolPhase.ALL_THROUGH: "All-through",
    SchoolPhase.SPECIAL: "Special",
    SchoolPhase.ALTERNATIVE: "Alternative provision",
}


class Sector(StrEnum):
    """Sectors of the agencies that work together (domain 4)."""

    COUNCIL = "council"
    SOCIAL_CARE = "social_care"
    EDUCATION = "education"
    HEALTH = "health"
    POLICE = "police"
    HOUSING = "housing"
    VOLUNTARY = "voluntary"
    JUSTICE = "justice"


SECTOR_LABELS: dict[Sector, str] = {
    Sector.COUNCIL: "Council",
    Sector.SOCIAL_CARE: "Children's social care",
    Sector.EDUCATION: "Schools and education",
    Sector.HEALTH: "Health",
    Sector.POLICE: "Police",
    Sector.HOUSING: "Housing",
    Sector.VOLUNTARY: "Voluntary sector",
    Sector.JUSTICE: "Youth justice and probation",
}


# --- Where a child belongs ---------------------------------------------------------------------------------------


class PlacePrecedence(StrEnum):
    """Which fact decides the cluster when school and home point to different ones (domain 3.6, rule 5a)."""

    SCHOOL_CLUSTER_FIRST = "SCHOOL_CLUSTER_FIRST"
    ADDRESS_FIRST = "ADDRESS_FIRST"


_SECTOR_OF_POSTCODE = re.compile(r"^([A-Z]{1,2}\d[A-Z\d]?) ?(\d)[A-Z]{2}$")


def postcode_prefixes(postcode: str) -> tuple[str, ...]:
    """Sector and district of a postcode, narrowest first: ``SS2 6ER`` gives ``SS2 6`` and ``SS2``.

    Empty for anything not shaped like a postcode. These are whole units, so ``SS1`` never stands for ``SS17``.
    """
    match = _SECTOR_OF_POSTCODE.match(" ".join(postcode.upper().split()))
    if match is None:
        return ()
    district, sector = match.groups()
    return (f"{district} {sector}", district)


@dataclass(frozen=True, slots=True)
class Pointer:
    """A cluster that some fact about the child points to, and the fact in words."""

    cluster_id: uuid.UUID
    because: str


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What is known for placing a child; None where a fact is missing or points nowhere."""

    sibling: Pointer | None
    school: Pointer | None
    home: Pointer | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceDecision:
    """The cluster decided on, or None, and how it was decided in words."""

    cluster_id: uuid.UUID | None
    how: str


def decide_place(facts: PlaceFacts, *, precedence: PlacePrecedence) -> PlaceDecision:
    """Choose the cluster: an open sibling's first, then school or home by the authority's precedence.

    A school outside the authority has no cluster, so the home address decides; so it does for a child who is in no
    school (domain 3.6, rules 5a to 5d). Never guesses: without any fact the decision is None and says what is missing.
    """
    school_first = precedence is PlacePrecedence.SCHOOL_CLUSTER_FIRST
    by_fact = (facts.school, facts.home) if school_first else (facts.home, facts.school)
    order = [pointer for pointer in (facts.sibling, *by_fact) if pointer is not None]
    if not order:
        missing = "; ".join(facts.missing) or "no school and no home postcode known"
        return PlaceDecision(None, f"No cluster could be found: {missing}.")
    first, others = order[0], order[1:]
    how = f"{first.because}."
    unlike = [pointer for pointer in others if pointer.cluster_id != first.cluster_id]
    if unlike:
        how += f" ({unlike[0].because}, but {_why_first(facts, first, school_first=school_first)}.)"
    return PlaceDecision(first.cluster_id, how)


def _why_first(facts: PlaceFacts, first: Pointer, *, school_first: bool) -> str:
    if first is facts.sibling:
        return "brothers and sisters stay with one cluster"
    return "the school decides first here" if school_first else "the home address decides first here"


# --- What a case weighs ------------------------------------------------------------------------------------------


class CasePhase(StrEnum):
    """Where the work with a family stands, for its weight."""

    ASSESSMENT = "assessment"
    PLAN = "plan"
    REVIEW_ONLY = "review_only"


# Defaults of domain 4.2. The stage of the child who stands highest counts.
BASE_WEIGHT: dict[int, int] = {1: 1, 2: 2, 3: 4, 4: 8}
MOST_EXTRA_SIBLINGS = 3
PHASE_WEIGHT: dict[CasePhase, int] = {CasePhase.ASSESSMENT: 1, CasePhase.PLAN: 0, CasePhase.REVIEW_ONLY: -1}


@dataclass(frozen=True, slots=True)
class WeightFacts:
    """What makes a case heavy or light for its worker."""

    stage: int
    children: int = 1
    is_lead: bool = True
    risk: int = 0
    travel: bool = False
    interpreter: bool = False
    phase: CasePhase = CasePhase.PLAN


def case_weight(facts: WeightFacts) -> int:
    """Points of one case (domain 4.2): base by stage, siblings, lead, risk, travel, interpreter and phase.

    Never less than 1. Raises ``ValueError`` for a stage or a risk that does not exist.
    """
    if facts.stage not in BASE_WEIGHT:
        raise ValueError("a stage is 1, 2, 3 or 4")
    if facts.risk not in {0, 1, 2}:
        raise ValueError("risk is 0, 1 or 2")
    siblings = min(max(facts.children - 1, 0), MOST_EXTRA_SIBLINGS)
    extras = int(facts.is_lead) + facts.risk + int(facts.travel) + int(facts.interpreter)
    return max(BASE_WEIGHT[facts.stage] + siblings + extras + PHASE_WEIGHT[facts.phase], 1)


class LoadFlag(StrEnum):
    """How full a worker is: 90 per cent and more is amber, over 100 red (domain 4.2)."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


LOAD_LABELS: dict[LoadFlag, str] = {
    LoadFlag.GREEN: "Has room",
    LoadFlag.AMBER: "Nearly full",
    LoadFlag.RED: "Over the limit",
}
# A dozen families at stages 2 and 3 with their lead: about four points each, and the allowance.
CAPACITY_POINTS = 60
# 15 of 100 points go to supervision, training and meetings in the scheme that domain 4.2 follows; 9 of 60 is as much.
STABLE_ALLOWANCE = 9
NEWLY_QUALIFIED_FACTOR = 0.9


@dataclass(frozen=True, slots=True)
class Load:
    """A worker's caseload against what they can hold. ``capacity`` is in points, after the stable allowance."""

    families: int
    children: int
    weight: int
    capacity: int
    percent: int
    flag: LoadFlag


def worker_load(
    *, weights: Iterable[int], children: int, full_time: float = 1.0, newly_qualified: bool = False
) -> Load:
    """The load of a worker with these case weights; families and children are counted separately (domain 4.2).

    ``full_time`` is the share of a full-time week, above 0. Raises ``ValueError`` otherwise.
    """
    if not 0 < full_time <= 1.5:
        raise ValueError("the share of full time lies between 0 and 1.5")
    points = list(weights)
    limit = CAPACITY_POINTS * full_time * (NEWLY_QUALIFIED_FACTOR if newly_qualified else 1.0)
    percent = round(100 * (STABLE_ALLOWANCE + sum(points)) / limit) if points else round(100 * STABLE_ALLOWANCE / limit)
    flag = LoadFlag.RED if percent > 100 else LoadFlag.AMBER if percent >= 90 else LoadFlag.GREEN
    capacity = max(round(limit) - STABLE_ALLOWANCE, 1)
    return Load(len(points), children, sum(points), capacity, percent, flag)


# --- What a caseload says ----------------------------------------------------------------------------------------


class CaseFlag(StrEnum):
    """Words beside a family in the caseload. Each has a reason on the family's record; none names a person."""

    NO_AGREEMENT = "no_agreement"
    NO_VOICE = "no_voice"
    NO_TEAM = "no_team"
    DRIFT = "drift"
    UNBORN = "unborn"
    INTERPRETER = "interpreter"
    SOCIAL_CARE = "social_care"
    STEP_DOWN_WAITING = "step_down_waiting"


FLAG_LABELS: dict[CaseFlag, str] = {
    CaseFlag.NO_AGREEMENT: "No agreement yet",
    CaseFlag.NO_VOICE: "Child not yet heard",
    CaseFlag.NO_TEAM: "No team yet",
    CaseFlag.DRIFT: "Open over a year",
    CaseFlag.UNBORN: "Unborn baby",
    CaseFlag.INTERPRETER: "Interpreter",
    CaseFlag.SOCIAL_CARE: "With social care",
    CaseFlag.STEP_DOWN_WAITING: "Step-down waiting",
}

# Stands for "no lead professional" in the kept counts, where the key may not be empty.
NO_LEAD = uuid.UUID(int=0)
WITHHELD_NAME = "Name withheld: no agreement to share with the cluster"


class CaseloadSort(StrEnum):
    """Orders of the caseload; the first is the usual one."""

    REVIEW = "review"
    FAMILY = "family"
    STAGE = "stage"
    LEAD = "lead"
    SEEN = "seen"
    WEIGHT = "weight"


SORT_LABELS: dict[CaseloadSort, str] = {
    CaseloadSort.REVIEW: "Next review",
    CaseloadSort.FAMILY: "Family",
    CaseloadSort.STAGE: "Stage",
    CaseloadSort.LEAD: "Lead professional",
    CaseloadSort.SEEN: "Last seen",
    CaseloadSort.WEIGHT: "Weight",
}


def caseload_sentence(*, children: int, families: int, late: int, without_lead: int) -> str:
    """The caseload in one sentence: what there is first, then what is wrong."""
    if families == 0:
        return "No families are open in this cluster."
    held = f"{_many(children, 'child', 'children')} in {_many(families, 'family', 'families')}"
    reviews = f"{_many(late, 'review', 'reviews')} late" if late else "no review late"
    leads = (
        f"{_many(without_lead, 'family', 'families')} without a lead professional"
        if without_lead
        else "every family has a lead professional"
    )
    return f"{held}; {reviews}; {leads}."


def days_late(due_on: dt.date | None, *, today: dt.date) -> int:
    """By how many days a review is late; 0 when it is not, or none is set."""
    return max((today - due_on).days, 0) if due_on is not None else 0


def _many(n: int, one: str, several: str) -> str:
    return f"{n:,} {one if n == 1 else several}"
