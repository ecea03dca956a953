"""Rules of an authority: they never come before safety, the trace explains them, and bad ones are found out."""

import datetime as dt
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.referrals.rules import conditions, rule_sets, trace
from locality.referrals.rules.codes import AgreementBasis, ReferralKind, Urgency
from locality.referrals.rules.conditions import Asked, Rule, Sends
from locality.referrals.rules.facts import ReferralFacts, Room, Route, RouteResult, Rules, ServiceFacts
from locality.referrals.rules.routing import route
from locality.referrals.rules.rule_sets import Content, SetState, Standing
from locality.referrals.rules.rule_sets_checking import (
    Directory,
    KnownService,
    closed_since,
    is_reached,
    problems,
    space_of,
)
from locality.referrals.rules.rule_sets_rehearsing import Pace, Tally, expected_weeks
from tests.unit.referrals.test_routing import AGED_8, FACTS, HAMLET, LEIGH, NOW, SHOEBURY, WEST, a_case, a_service

MENTOR, GROUP, TEAM = uuid.UUID(int=201), uuid.UUID(int=202), uuid.UUID(int=203)
USUAL = a_service(101, name="Attendance")
SERVICES = (
    USUAL,
    a_service(201, name="Mentoring", needs=frozenset({"SEND"}), area_id=SHOEBURY),
    a_service(202, name="Group", team_id=TEAM),
)
DIRECTORY = Directory(
    names={
        **{asked: {"yes": "Yes", "no": "No"} for asked in Asked},
        Asked.NEED: {"ATTENDANCE": "Attendance", "SEND": "Special needs"},
        Asked.AGE: {str(age): str(age) for age in range(26)} | {"unborn": "unborn"},
        Asked.STAGE: {str(n): f"Stage {n}" for n in range(1, 5)},
        Asked.CLUSTER: {str(LEIGH): "Leigh", str(HAMLET): "Hamlet", str(SHOEBURY): "Shoebury"},
        Asked.LOCALITY: {str(WEST): "West", "east": "East"},
        Asked.URGENCY: {"routine": "Routine", "urgent": "Urgent"},
    },
    services={
        USUAL.service_id: KnownService("Attendance", is_open=True, is_early_help=True, team_id=None),
        MENTOR: KnownService("Mentoring", is_open=True, is_early_help=True, team_id=None),
        GROUP: KnownService("Group", is_open=False, is_early_help=True, team_id=TEAM),
    },
    teams={TEAM: "Youth team"},
    locality_of={str(LEIGH): str(WEST), str(HAMLET): str(WEST), str(SHOEBURY): "east"},
)


def a_rule(order: int = 10, **changes: object) -> Rule:
    usual = Rule(
        id=uuid.UUID(int=1000 + order),
        order=order,
        name=f"Rule {order}",
        when={Asked.NEED: frozenset({"ATTENDANCE"})},
        sends=Sends.SERVICE,
        to=MENTOR,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def routed(*rules: Rule, facts: ReferralFacts = FACTS, services: Sequence[ServiceFacts] = SERVICES) -> Route:
    return route(facts, services, rules=Rules(version=2, ordered=tuple(rules)), now=NOW)


def name_of(decided: Route) -> str | None:
    return None if decided.service is None else decided.service.name


def test_a_rule_that_fits_names_the_service_that_is_asked_first() -> None:
    decided = routed(a_rule())
    assert name_of(decided) == "Mentoring"
    assert decided.line.startswith("Mentoring is first by the rule “Rule 10”")
    assert decided.rule is not None
    assert decided.rule.id == a_rule().id


def test_the_first_rule_that_fits_speaks() -> None:
    first = a_rule(10, when={Asked.NEED: frozenset({"SEND"})}, sends=Sends.PERSON, to=None)
    assert name_of(routed(first, a_rule(20), a_rule(30, sends=Sends.PERSON, to=None))) == "Mentoring"


def test_a_rule_can_leave_the_decision_to_a_person() -> None:
    decided = routed(a_rule(sends=Sends.PERSON, to=None))
    assert (decided.result, decided.service) == (RouteResult.PERSON, None)
    assert trace.replay(trace.to_store(FACTS, decided)) == (RouteResult.PERSON, None)


def test_a_rule_can_ask_for_an_answer_within_one_working_day() -> None:
    decided = routed(a_rule(sends=Sends.USUAL, to=None, urgent=True))
    assert name_of(decided) == name_of(routed())
    assert decided.due_at == dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


def test_a_rule_can_name_a_team_whose_services_fit() -> None:
    assert name_of(routed(a_rule(sends=Sends.TEAM, to=TEAM))) == "Group"


def test_the_service_that_the_family_asked_for_is_asked_first_where_it_fits() -> None:
    rule = a_rule(when={Asked.PREFERENCE: frozenset({"yes"})}, sends=Sends.PREFERRED, to=None)
    assert name_of(routed(rule, facts=replace(FACTS, preferred_id=GROUP))) == "Group"
    assert name_of(routed(rule, facts=replace(FACTS, preferred_id=MENTOR))) == name_of(routed())
    assert routed(rule).rule is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"is_open": False}, "Mentoring: closed to new referrals"),
        ({"min_age": 12}, "Mentoring: takes children aged 12 to 16 only"),
        ({"room": {LEIGH: Room(2, 2, 0)}, "area_id": LEIGH, "has_waiting_list": False}, "Mentoring: full"),
    ],
)
def test_a_rule_whose_service_cannot_help_is_passed_over_and_the_trace_says_why(
    changes: dict[str, object], why: str
) -> None:
    services = (USUAL, a_service(201, name="Mentoring", needs=frozenset({"SEND"}), **changes))
    decided = routed(a_rule(), services=services)
    assert name_of(decided) == "Attendance"
    assert any(why in step.found for step in decided.steps)


def test_a_service_that_was_asked_before_is_not_asked_again_by_a_rule() -> None:
    assert name_of(routed(a_rule(), facts=replace(FACTS, tried=frozenset({MENTOR})))) != "Mentoring"


@pytest.mark.parametrize(
    "facts",
    [
        replace(FACTS, kind=ReferralKind.SOCIAL_CARE, agreement=AgreementBasis.NONE),
        replace(FACTS, immediate_danger=True),
        replace(FACTS, cases=(a_case(is_sibling=False),)),
        replace(FACTS, agreement=AgreementBasis.NONE),
    ],
    ids=["harm", "danger", "open case", "no agreement"],
)
def test_no_rule_comes_before_danger_harm_an_open_case_or_agreement(facts: ReferralFacts) -> None:
    decided = routed(a_rule(when={}), a_rule(20, when={}, sends=Sends.PERSON, to=None), facts=facts)
    assert decided.rule is None
    assert decided.result is routed(facts=facts).result


# Everything that rules may ask, over a small space of facts.
NEEDS, STAGES, CLUSTERS = ("ATTENDANCE", "SEND"), ("1", "2", "3"), (str(LEIGH), str(HAMLET))
ASKS = st.fixed_dictionaries(
    {},
    optional={
        Asked.NEED: st.frozensets(st.sampled_from(NEEDS), min_size=1),
        Asked.STAGE: st.frozensets(st.sampled_from(STAGES), min_size=1),
        Asked.URGENCY: st.frozensets(st.sampled_from(["routine", "urgent"]), min_size=1),
        Asked.CLUSTER: st.frozensets(st.sampled_from(CLUSTERS), min_size=1),
        Asked.LOCALITY: st.just(frozenset({str(WEST)})),
    },
)
RESULTS = st.sampled_from([(Sends.SERVICE, MENTOR), (Sends.TEAM, TEAM), (Sends.USUAL, None), (Sends.PERSON, None)])


@st.composite
def rule_lists(draw: st.DrawFn) -> list[Rule]:
    asked = draw(st.lists(st.tuples(ASKS, RESULTS, st.booleans()), max_size=5))
    return [
        a_rule(place * 10, when=when, sends=sends, to=to, urgent=urgent)
        for place, (when, (sends, to), urgent) in enumerate(asked, start=1)
    ]


FACT_SETS = st.builds(
    lambda needs, stage, urgency, age, tried: replace(
        FACTS,
        need_codes=tuple(needs),
        stage=stage,
        urgency=urgency,
        children=(replace(AGED_8, age=age),),
        tried=frozenset(tried),
    ),
    st.sets(st.sampled_from(NEEDS), min_size=1),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from(Urgency),
    st.integers(0, 18),
    st.sets(st.sampled_from([MENTOR, GROUP])),
)


@given(rule_lists(), FACT_SETS)
def test_same_facts_same_decision_and_the_trace_alone_explains_it(rules: list[Rule], facts: ReferralFacts) -> None:
    decided = routed(*rules, facts=facts)
    assert decided == routed(*rules, facts=facts)
    chosen = None if decided.service is None else decided.service.service_id
    stored = trace.to_store(facts, decided)
    assert trace.replay(stored) == (decided.result, chosen)
    spoken = [line.found for line in trace.read(stored).steps if line.head == "Rule"]
    assert (decided.rule is not None) == any("applies" in line and "passed over" not in line for line in spoken)


@given(rule_lists(), FACT_SETS, st.integers(1, 9))
def test_a_place_more_anywhere_never_makes_a_family_wait_that_did_not(
    rules: list[Rule], facts: ReferralFacts, more: int
) -> None:
    def with_room(extra: int) -> list[ServiceFacts]:
        return [
            replace(s, room={where: replace(r, places=r.places + extra) for where, r in s.room.items()})
            for s in SERVICES
        ]

    before, after = (
        routed(*rules, facts=facts, services=with_room(-2)),
        routed(*rules, facts=facts, services=with_room(more)),
    )
    if before.service is not None and not before.service.is_full:
        assert after.service is not None
        assert not after.service.is_full


@given(st.integers(0, 500), st.integers(0, 200), st.integers(0, 50), st.integers(0, 50))
def test_more_places_never_lengthen_the_expected_wait(sent: int, taken_up: int, free: int, more: int) -> None:
    before, after = expected_weeks(sent, Pace(taken_up, free)), expected_weeks(sent, Pace(taken_up, free + more))
    assert after is None or before is None or after <= before
    assert not (before == 0 and after != 0)


def every_referral() -> list[dict[Asked, frozenset[str]]]:
    """Every combination of facts that the rules of these tests can tell apart."""
    sets_of_needs = [frozenset(c) for n in range(3) for c in itertools.combinations(NEEDS, n)]
    places = [(c, str(WEST)) for c in CLUSTERS] + [(str(SHOEBURY), "east"), (None, None)]
    return [
        {
            Asked.NEED: needs,
            Asked.STAGE: frozenset() if stage is None else frozenset({stage}),
            Asked.URGENCY: frozenset({urgency}),
            Asked.CLUSTER: frozenset() if cluster is None else frozenset({cluster}),
            Asked.LOCALITY: frozenset() if locality is None else frozenset({locality}),
        }
        for needs in sets_of_needs
        for stage in (None, *STAGES)
        for urgency in ("routine", "urgent")
        for cluster, locality in places
    ]


SPACE = every_referral()


def fits(rule: Rule, values: dict[Asked, frozenset[str]]) -> bool:
    return all(not values[asked].isdisjoint(wanted) for asked, wanted in rule.when.items())


@given(rule_lists())
def test_what_is_said_never_to_be_reached_is_what_trying_everything_finds(rules: list[Rule]) -> None:
    spaces = [space_of(rule, DIRECTORY.locality_of) for rule in rules]
    for place, rule in enumerate(rules):
        tried = any(fits(rule, v) and not any(fits(e, v) for e in rules[:place]) for v in SPACE)
        assert is_reached(spaces[place], spaces[:place]) is tried


def said(*rules: Rule) -> list[str]:
    return [problem.message for problem in problems(rules, DIRECTORY)]


def test_a_list_in_order_has_no_problems() -> None:
    assert said(a_rule(), a_rule(20, when={}, sends=Sends.PERSON, to=None)) == []


def test_a_rule_that_an_earlier_one_covers_is_refused() -> None:
    narrower = a_rule(20, when={Asked.NEED: frozenset({"ATTENDANCE"}), Asked.STAGE: frozenset({"2"})})
    assert said(a_rule(), narrower) == ["It can never speak: “Rule 10” before it takes every referral that it fits"]


def test_a_rule_that_several_earlier_ones_cover_together_is_refused() -> None:
    by_urgency = [a_rule(n, when={Asked.URGENCY: frozenset({u})}) for n, u in ((10, "routine"), (20, "urgent"))]
    assert said(*by_urgency, a_rule(30)) == [
        "It can never speak: the rules before it together take every referral that it fits"
    ]


def test_two_rules_at_one_place_that_fit_the_same_referral_are_refused() -> None:
    beside = a_rule(10, id=uuid.UUID(int=5000), name="Other", when={Asked.STAGE: frozenset({"2"})})
    assert said(a_rule(), beside) == [
        "It stands at the same place as “Rule 10” and both fit some referrals. Give one of them a later place"
    ]


def test_two_rules_at_one_place_that_fit_no_referral_both_are_allowed() -> None:
    stages = [a_rule(10, id=uuid.UUID(int=5000 + n), when={Asked.STAGE: frozenset({str(n)})}) for n in (1, 2)]
    assert said(*stages) == []


def test_a_rule_without_conditions_stands_last() -> None:
    assert said(a_rule(when={}), a_rule(20))[0].startswith("It has no condition, so it takes every referral")


def test_a_rule_that_names_what_is_closed_gone_or_unknown_is_refused() -> None:
    assert said(a_rule(to=GROUP)) == ["It names Group, which is closed to new referrals. Choose another service"]
    assert said(a_rule(to=uuid.UUID(int=9))) == ["It names a service that is not in the directory. Choose another"]
    assert said(a_rule(sends=Sends.TEAM, to=TEAM)) == [
        "It names Youth team, which has no service that is open. Choose another team"
    ]
    assert said(a_rule(when={Asked.NEED: frozenset({"99Z"})})) == [
        "It names a need that is not known here (any more). Choose again"
    ]


def test_a_set_in_force_says_what_it_names_that_has_closed_since() -> None:
    rules = [a_rule(10, to=MENTOR), a_rule(20, to=GROUP), a_rule(30, sends=Sends.TEAM, to=TEAM)]
    told = {problem.rule_id: problem.message.partition(":")[0] for problem in closed_since(rules, DIRECTORY)}
    assert told == {
        rules[1].id: "It names Group, which is closed to new referrals",
        rules[2].id: "It names Youth team, whose services are closed to new referrals",
    }


def test_a_cluster_outside_the_locality_can_never_fit() -> None:
    apart = {Asked.CLUSTER: frozenset({str(SHOEBURY)}), Asked.LOCALITY: frozenset({str(WEST)})}
    assert said(a_rule(when=apart)) == ["It can never fit: none of its clusters lies in the localities that it names"]


@given(rule_lists())
def test_a_set_is_the_same_after_it_was_kept(rules: list[Rule]) -> None:
    content = Content(rule_sets.Settings(7, siblings_together=False, overflow=False), tuple(rules))
    assert rule_sets.from_store(rule_sets.to_store(content)) == content
    assert [conditions.from_store(conditions.to_store(rule)) for rule in rules] == rules


@given(rule_lists().filter(len), st.data())
def test_moving_a_rule_up_and_down_again_changes_nothing(rules: list[Rule], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(rules) - 1))
    there = rule_sets.moved(rules, rules[at].id, up=False)
    assert len({rule.order for rule in there}) == len(rules)
    if at < len(rules) - 1:
        assert rule_sets.moved(there, rules[at].id, up=True) == tuple(rules)


def test_of_the_approved_sets_the_one_that_began_last_is_live() -> None:
    began, earlier, later = NOW - dt.timedelta(days=1), NOW - dt.timedelta(days=9), NOW + dt.timedelta(days=1)
    found = [
        rule_sets.standing(SetState.APPROVED, live_from, live_since=began, now=NOW)
        for live_from in (earlier, began, later)
    ]
    assert found == [Standing.SUPERSEDED, Standing.LIVE, Standing.WAITING]


def test_a_tally_counts_what_goes_elsewhere_by_cluster() -> None:
    tally = Tally()
    assert tally.add(routed(), routed(a_rule(urgent=True)))
    assert not tally.add(routed(), routed())
    assert tally.moved == {(str(LEIGH), name_and_id(routed()), str(MENTOR)): 1}
    assert (tally.looked_at, tally.sooner) == (2, 1)


def name_and_id(decided: Route) -> str:
    assert decided.service is not None
    return str(decided.service.service_id)
