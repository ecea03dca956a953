"""What a family needs and asks for: what closes a service, what chooses among those that fit, what a trace tells."""

import json
import math
import re
import uuid
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.referrals.rules import nearness, trace, trace_for_family, wishes
from locality.referrals.rules.codes import AgreementBasis, AreaKind, ReferralKind
from locality.referrals.rules.directory import LANGUAGE_WORDS, Access
from locality.referrals.rules.facts import ReferralFacts, Room, RouteResult, ServiceFacts
from locality.referrals.rules.routing import route
from locality.referrals.rules.wishes import Wishes
from tests.unit.referrals.test_routing import (
    AGED_8,
    EAST,
    FACTS,
    LEIGH,
    NOW,
    RULES,
    SHOEBURY,
    TEAM,
    a_case,
    a_random_directory,
    a_random_referral,
    a_service,
    chosen,
    directories,
    many,
    referrals,
    some_of,
    why_dropped,
)

HARBOUR, LANTERN = uuid.UUID(int=41), uuid.UUID(int=42)
HOME = (585_000, 187_000)


def at_home(*homes: tuple[int, int], hidden: bool = False) -> ReferralFacts:
    return replace(FACTS, children=(replace(AGED_8, homes=homes, hides_home=hidden),))


@pytest.mark.parametrize(
    ("facts", "service", "why"),
    [
        ({"language": "pl"}, {}, "Nobody there speaks Polish, and it has no interpreter"),
        ({"interpreter": True}, {"languages": frozenset({"pl"})}, "Has no interpreter"),
        (
            {"access": frozenset({"step_free", "home_visits"})},
            {"access": frozenset({"creche"})},
            "Does not offer what the family needs: step-free, visits at home",
        ),
        ({"unwanted": frozenset({HARBOUR})}, {"agency_id": HARBOUR}, "The family does not want its agency"),
        ({}, {"eligible": frozenset({"3B"})}, "Only for families with: Domestic abuse of a parent"),
    ],
    ids=["language", "interpreter", "access", "agency not wanted", "eligibility"],
)
def test_a_service_that_the_family_cannot_use_is_dropped_with_the_reason(
    facts: dict[str, object], service: dict[str, object], why: str
) -> None:
    assert why_dropped(replace(FACTS, **facts), a_service(**service)) == why  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "service"),
    [
        ({"language": "pl"}, {"languages": frozenset({"en", "pl"})}),
        ({"language": "pl"}, {"access": frozenset({"interpreter"})}),
        ({"language": "pl", "interpreter": False}, {}),
        ({"language": "en"}, {}),
        ({"language": "bfi", "interpreter": True}, {"access": frozenset({"sign_language"})}),
        ({"access": frozenset({"step_free", "transport"})}, {"access": frozenset({"home_visits"})}),
        ({"unwanted": frozenset({HARBOUR})}, {"agency_id": LANTERN}),
        ({}, {"eligible": frozenset({"ATTENDANCE", "3B"})}),
    ],
    ids=["speaks it", "interpreter", "none needed", "English", "signs", "comes to the home", "another", "eligible"],
)
def test_a_service_that_the_family_can_use_is_kept(facts: dict[str, object], service: dict[str, object]) -> None:
    assert chosen(replace(FACTS, **facts), a_service(**service)) == "Service 101"  # type: ignore[arg-type]


def test_social_care_is_asked_whatever_language_access_or_agency_the_family_names() -> None:
    facts = replace(
        FACTS,
        kind=ReferralKind.SOCIAL_CARE,
        language="pl",
        access=frozenset({"step_free"}),
        unwanted=frozenset({HARBOUR}),
    )
    assert chosen(facts, a_service(kind=ReferralKind.SOCIAL_CARE, agency_id=HARBOUR)) == "Service 101"


def wished(facts: ReferralFacts, *services: ServiceFacts) -> tuple[str | None, str]:
    decided = route(facts, services, rules=RULES, now=NOW)
    step = next(step.found for step in decided.steps if step.rule == "wish")
    return (None if decided.service is None else decided.service.name), step


@pytest.mark.parametrize(
    "asked",
    [{"preferred_id": uuid.UUID(int=102)}, {"preferred_agency_id": HARBOUR}, {"preferred_team_id": TEAM}],
    ids=["service", "agency", "worker's team"],
)
def test_the_wish_of_the_family_is_followed_among_services_that_fit_and_have_room(asked: dict[str, object]) -> None:
    facts = replace(FACTS, preferred_worker="Sam Hall", **asked)  # type: ignore[arg-type]
    theirs = a_service(102, agency_id=HARBOUR, team_id=TEAM, area_kind=AreaKind.AUTHORITY, area_id=None)
    name, step = wished(facts, a_service(101, room={LEIGH: Room(9, 0, 0)}), theirs)
    assert (name, step) == ("Service 102", "The family’s wish is followed: Service 102")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"needs": frozenset({"15A"})}, "Service 102: does not meet the need"),
        ({"room": {LEIGH: Room(2, 2, 0)}}, "Service 102: it fits, but the family would wait"),
        ({"area_id": SHOEBURY, "area_locality_id": EAST, "room": {SHOEBURY: Room(4, 0, 0)}}, "works in another area"),
    ],
)
def test_a_wish_opens_no_service_and_makes_nobody_wait_and_the_trace_says_why(
    change: dict[str, object], why: str
) -> None:
    facts = replace(FACTS, preferred_id=uuid.UUID(int=102))
    name, step = wished(facts, a_service(101), a_service(102, **change))
    assert name == "Service 101"
    assert why in step


def test_where_everybody_has_a_wait_the_family_waits_where_it_asked_to() -> None:
    full = {LEIGH: Room(2, 2, 0)}
    facts = replace(FACTS, preferred_id=uuid.UUID(int=102))
    assert chosen(facts, a_service(101, room=full), a_service(102, room=full, area_kind=AreaKind.AUTHORITY)) == (
        "Service 102"
    )


def test_of_two_services_as_near_by_cluster_the_closer_one_is_asked_first() -> None:
    far, close = a_service(101, at=(591_000, 187_000)), a_service(102, at=(585_800, 187_000))
    assert chosen(at_home(HOME), far, close) == "Service 102"
    assert chosen(at_home(), far, close) == "Service 101"


def test_a_worker_who_comes_to_the_home_is_nearer_than_any_building() -> None:
    visits = a_service(102, access=frozenset({"home_visits"}))
    assert chosen(at_home(HOME), a_service(101, at=HOME), visits) == "Service 102"


def test_the_nearest_of_two_homes_counts() -> None:
    assert nearness.ring([(585_000, 187_000), (590_000, 187_000)], (590_100, 187_000), visits=False) == 1


_POINTS = st.tuples(st.integers(580_000, 595_000), st.integers(183_000, 190_000))


@many
@given(referrals(), directories(), st.integers(0, 2**32))
def test_a_trace_tells_no_more_of_a_hidden_home_than_of_no_home(
    facts: ReferralFacts, services: tuple[ServiceFacts, ...], seed: int
) -> None:
    rng = Random(seed)
    placed = tuple(replace(service, at=a_point(rng)) for service in services)
    homes = tuple(a_point(rng) for _ in range(rng.randint(1, 2)))
    # One child's home must not be told; a brother's, who lives at another, is not told either.
    first, *rest = facts.children
    living = (replace(first, hides_home=True), *(replace(child, homes=homes) for child in rest))
    hidden, unknown = replace(facts, children=living), facts
    stored = [trace.to_store(one, route(one, placed, rules=RULES, now=NOW)) for one in (hidden, unknown)]
    assert stored[0] == stored[1]


@many
@given(_POINTS, _POINTS)
def test_a_ring_is_a_mile_wide_at_least_and_never_names_metres(home: tuple[int, int], at: tuple[int, int]) -> None:
    ring = nearness.ring([home], at, visits=False)
    assert ring is not None
    assert 1 <= ring < nearness.UNKNOWN
    if math.dist(home, at) < 1_600:
        assert ring == 1
    assert not re.search(r"\d{2}", nearness.words(ring))


_SEEN = ("step_free", "home_visits", "online")


def random_wishes(rng: Random) -> dict[str, Any]:
    return {
        "language": rng.choice(["", "en", "pl", "bfi"]),
        "interpreter": rng.choice([None, True, False]),
        "access": frozenset(some_of(rng, _SEEN, most=2)),
        "preferred_id": rng.choice([None, uuid.UUID(int=200), uuid.UUID(int=201)]),
        "preferred_agency_id": rng.choice([None, HARBOUR]),
        "preferred_team_id": rng.choice([None, TEAM]),
        "unwanted": frozenset(some_of(rng, (HARBOUR, LANTERN), most=1)),
    }


def random_offer(rng: Random) -> dict[str, Any]:
    return {
        "languages": frozenset(some_of(rng, ("en", "pl"), most=2)),
        "access": frozenset(some_of(rng, (*_SEEN, "interpreter"), most=4)),
        "agency_id": rng.choice([None, HARBOUR, LANTERN]),
        "eligible": rng.choice([frozenset(), frozenset({"15A"})]),
        "at": rng.choice([None, a_point(rng)]),
    }


def a_point(rng: Random) -> tuple[int, int]:
    return rng.randint(580_000, 595_000), rng.randint(183_000, 190_000)


def an_asking(rng: Random) -> tuple[ReferralFacts, tuple[ServiceFacts, ...]]:
    facts = replace(a_random_referral(rng), **random_wishes(rng))
    children = tuple(replace(child, homes=(a_point(rng),) if rng.random() < 0.5 else ()) for child in facts.children)
    services = tuple(replace(service, **random_offer(rng)) for service in a_random_directory(rng))
    return replace(facts, children=children), services


def asking() -> st.SearchStrategy[tuple[ReferralFacts, tuple[ServiceFacts, ...]]]:
    """A referral whose family needs and wishes something, and services that offer some of it."""
    return st.integers(0, 2**32).map(lambda seed: an_asking(Random(seed)))


@many
@given(asking())
def test_the_trace_alone_leads_to_the_same_result(asked: tuple[ReferralFacts, tuple[ServiceFacts, ...]]) -> None:
    facts, services = asked
    decided = route(facts, services, rules=RULES, now=NOW)
    stored = json.loads(json.dumps(trace.to_store(facts, decided)))
    assert trace.replay(stored) == (decided.result, decided.service and decided.service.service_id)
    assert [c["service_id"] for c in stored["candidates"] if c["kept"]] == [
        str(c.service_id) for c in decided.candidates if c.kept
    ]


@many
@given(asking())
def test_an_answer_without_its_explanation_is_the_same_answer(
    asked: tuple[ReferralFacts, tuple[ServiceFacts, ...]],
) -> None:
    facts, services = asked
    told, bare = (route(facts, services, rules=RULES, now=NOW, explain=explain) for explain in (True, False))
    assert (bare.result, bare.service, bare.due_at, bare.place) == (told.result, told.service, told.due_at, told.place)


@many
@given(asking())
def test_nobody_is_sent_to_a_service_that_the_family_cannot_use_or_does_not_want(
    asked: tuple[ReferralFacts, tuple[ServiceFacts, ...]],
) -> None:
    facts, services = asked
    decided = route(facts, services, rules=RULES, now=NOW)
    if decided.service is None or facts.kind is ReferralKind.SOCIAL_CARE:
        return
    service = next(s for s in services if s.service_id == decided.service.service_id)
    assert service.agency_id not in facts.unwanted
    assert not wishes.unmet_access(facts.access, service.access)
    assert wishes.speaks(service.languages, service.access, language=facts.language, interpreter=facts.interpreter)


@many
@given(asking())
def test_having_a_wish_never_makes_a_family_wait_longer(
    asked: tuple[ReferralFacts, tuple[ServiceFacts, ...]],
) -> None:
    facts, services = asked
    without = replace(facts, preferred_id=None, preferred_agency_id=None, preferred_team_id=None)
    with_wish, usual = (route(one, services, rules=RULES, now=NOW) for one in (facts, without))
    assert with_wish.result is usual.result
    if with_wish.service is not None and usual.service is not None:
        assert with_wish.service.is_full == usual.service.is_full
        assert with_wish.out_of_locality == usual.out_of_locality


@many
@given(asking(), st.integers(0, 2**32))
def test_a_service_that_learns_a_language_or_becomes_step_free_loses_no_family(
    asked: tuple[ReferralFacts, tuple[ServiceFacts, ...]], seed: int
) -> None:
    facts, services = asked
    if not services:
        return
    at = seed % len(services)
    better = replace(services[at], languages=services[at].languages | {"pl"}, access=frozenset(Access))
    kept = {c.service_id for c in route(facts, services, rules=RULES, now=NOW).candidates if c.kept}
    more = route(facts, (*services[:at], better, *services[at + 1 :]), rules=RULES, now=NOW).candidates
    assert kept <= {c.service_id for c in more if c.kept}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Polish", "pl"),
        ("  polish, some English ", "pl"),
        ("English", "en"),
        ("British Sign Language (BSL)", "bfi"),
        ("Cantonese", "zh"),
        ("Klingon", ""),
        ("", ""),
        ("Polishing", ""),
    ],
)
def test_a_language_is_known_however_it_was_written(words: str, code: str) -> None:
    assert wishes.language_code(words) == code


def test_a_family_cannot_ask_for_an_agency_and_not_want_it() -> None:
    service, agency_of = uuid.UUID(int=7), {uuid.UUID(int=7): HARBOUR}
    for asked in (Wishes(service=service, unwanted=(HARBOUR,)), Wishes(agency=HARBOUR, unwanted=(HARBOUR,))):  # type: ignore[arg-type]
        (reason,) = wishes.reasons_against(asked, agency_of=agency_of)
        assert reason.field == "unwanted"
    fine = Wishes(service=service, unwanted=(LANTERN,), language="pl", access=(Access.CRECHE,))  # type: ignore[arg-type]
    assert wishes.reasons_against(fine, agency_of=agency_of) == ()


# A trace as the first version kept it: nothing of language, access, wishes or distance.
OLD_TRACE = {
    "rule_set": 1,
    "result": "offer",
    "line": "Young carers is the only service that fits: works in the whole area, 3 of 13 places left.",
    "lead": None,
    "facts": {
        "kind": "early_help",
        "urgency": "routine",
        "agreement": "agreed",
        "stage": 2,
        "needs": ["7A"],
        "children": [{"age": 9, "unborn": False}],
        "asked_before": 0,
        "preferred": True,
    },
    "place": {"cluster_id": None, "locality_id": None, "how": "The home address lies in Leigh."},
    "steps": [{"rule": "danger", "found": "No immediate danger was named"}],
    "candidates": [
        {
            "service_id": str(uuid.UUID(int=5)),
            "name": "Young carers",
            "kept": True,
            "why": "works in the whole area, 3 of 13 places left",
            "near": "authority",
            "free": 3,
            "places": 13,
            "with_sibling": False,
        },
        {
            "service_id": str(uuid.UUID(int=6)),
            "name": "School nursing",
            "kept": False,
            "why": "Does not meet the need",
            "near": "authority",
            "free": None,
            "places": None,
            "with_sibling": False,
        },
    ],
}


def test_a_trace_of_an_earlier_version_stays_readable() -> None:
    assert trace.replay(OLD_TRACE) == (RouteResult.OFFER, uuid.UUID(int=5))
    read = trace.read(OLD_TRACE)
    assert ("The family asked for", "A service by name") in [(line.head, line.found) for line in read.facts]
    told = trace_for_family.for_family(OLD_TRACE)
    assert told.answer == "We asked Young carers to help you."
    assert told.left == ("1 team: they help with other things.",)


# --- In plain words for the family -----------------------------------------------------------------------------------


def _syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(len(groups) - silent, 1)


def school_year(sentences: tuple[str, ...]) -> float:
    """Flesch and Kincaid's grade: 4 is read at nine."""
    words = [re.findall(r"[A-Za-z’]+", sentence) for sentence in sentences]
    count = sum(map(len, words))
    syllables = sum(_syllables(word) for sentence in words for word in sentence)
    return 0.39 * count / len(sentences) + 11.8 * syllables / count - 15.59


def sentences_of(told: trace_for_family.FamilyTrace) -> tuple[str, ...]:
    whole = " ".join((told.answer, *told.because, *told.left)).replace("Service 101", "Them")
    return tuple(part for part in re.split(r"(?<=[.:])\s", whole) if part)


@many
@given(asking())
def test_whatever_was_decided_is_told_to_the_family_in_words_of_a_nine_year_old(
    asked: tuple[ReferralFacts, tuple[ServiceFacts, ...]],
) -> None:
    facts, services = asked
    stored = trace.to_store(facts, route(facts, services, rules=RULES, now=NOW))
    if not trace_for_family.may_be_told(stored):
        return
    told = trace_for_family.for_family(stored)
    assert told.because
    assert "some other reason" not in str(told.left), stored
    assert school_year(sentences_of(told)) < 4.5, told
    assert max(len(sentence.split()) for sentence in sentences_of(told)) <= 17


@many
@given(asking())
def test_the_family_reads_no_need_no_other_service_and_nothing_of_brothers_and_sisters(
    asked: tuple[ReferralFacts, tuple[ServiceFacts, ...]],
) -> None:
    facts, services = asked
    decided = route(facts, services, rules=RULES, now=NOW)
    stored = trace.to_store(facts, decided)
    if not trace_for_family.may_be_told(stored):
        return
    words = str(trace_for_family.for_family(stored))
    others = [s.name for s in services if decided.service is None or s.service_id != decided.service.service_id]
    assert not any(name in words for name in others)
    assert not any(
        word in words.lower() for word in ("brother", "sister", "abuse", "attendance", "self-harm", "mental")
    )


def test_that_social_care_is_asked_is_never_left_on_paper() -> None:
    facts = replace(FACTS, kind=ReferralKind.SOCIAL_CARE)
    assert not trace_for_family.may_be_told(trace.to_store(facts, route(facts, (), rules=RULES, now=NOW)))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (replace(FACTS, cases=(a_case(is_sibling=False),)), "Priya Shah helps you now"),
        (replace(FACTS, agreement=AgreementBasis.NONE), "We need your yes first"),
        (replace(FACTS, need_codes=("BEREAVEMENT",)), "No team was a good match"),
        (replace(FACTS, language="pl"), "nobody there can talk with you in your language"),
    ],
    ids=["open case", "no agreement", "nobody fits", "language"],
)
def test_the_family_learns_who_decides_and_why(facts: ReferralFacts, words: str) -> None:
    decided = route(facts, (a_service(),), rules=RULES, now=NOW)
    assert words in str(trace_for_family.for_family(trace.to_store(facts, decided)))


def test_every_reason_for_leaving_a_service_has_plain_words() -> None:
    assert set(LANGUAGE_WORDS) >= {"pl", "en", "bfi"}
    groups = set(trace_for_family._GROUPS.values()) - {""}
    assert groups | {"other"} == set(trace_for_family._LEFT_WORDS)
