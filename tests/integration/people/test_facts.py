"""Told facts in the database: who sees which line, and that nothing told is ever lost."""

import datetime as dt
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.grants import AccessGrant
from locality.access.parts import GrantReason, Part
from locality.kernel.actor import SYSTEM, Actor, Role
from locality.kernel.db import bind_actor
from locality.kernel.errors import Conflict, RuleBroken
from locality.kernel.ids import PersonId, new_id
from locality.people import api as people
from locality.people.api import FactAgreement, FactSource, FactState, Reuse, Told, Topic
from locality.people.operations.facts import correct_line, settle_line
from locality.people.operations.linking import NewDecision, decide_link, undo_link
from locality.people.rules.facts import Settling
from locality.people.rules.facts_assembling import assemble
from locality.people.rules.linking import LinkKind
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_grant, a_person, a_unit
from tests.support.database import OpenUnit

EVERYTHING = (
    (Topic.WANTS, "A break"),
    (Topic.HEALTH, "Asthma"),
    (Topic.SAFE_CONTACT, "Text only, after 4"),
    (Topic.FAMILY_VIEWS, "It helps"),
    (Topic.RISK_TO_VISITORS, "A dog that bites"),
)


def tell(
    session: Session,
    who: PersonId,
    *told: tuple[Topic, str] | tuple[Topic, str, uuid.UUID],
    record: uuid.UUID | None = None,
    actor: Actor = SYSTEM,
) -> None:
    telling = people.Telling((FactSource.CONTACT, record or new_id()), dt.date(2026, 3, 3), "Maria Adeyemi")
    people.tell_facts(a_unit(session, actor), [who], [Told(*one) for one in told], telling=telling)
    session.flush()


def seen(session: Session, actor: Actor) -> set[str]:
    """What plain SQL as the application's role shows this actor of all facts."""
    bind_actor(session, actor)
    try:
        return set(session.execute(text("SELECT words FROM told_fact")).scalars())
    finally:
        bind_actor(session, SYSTEM)


def somebody(session: Session, *roles: Role, name: str = "Sam Okoro") -> Actor:
    return an_actor(an_account(session, name=name, roles=roles), *roles)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (GrantReason.FRONT_DOOR, {"A break", "Text only, after 4", "A dog that bites"}),
        (GrantReason.LEAD_PROFESSIONAL, {"A break", "Asthma", "Text only, after 4", "It helps"}),
        (GrantReason.TEAM_AROUND_CHILD, {"A break", "It helps"}),
        (GrantReason.CLUSTER_AGREEMENT, {"A break", "It helps"}),
    ],
)
def test_each_line_is_seen_with_its_part_and_only_then(session: Session, reason: GrantReason, words: set[str]) -> None:
    leah, tom = a_person(session), a_person(session, given_name="Tom")
    tell(session, leah, *EVERYTHING)
    tell(session, tom, (Topic.WANTS, "Football"))
    worker = somebody(session)
    assert seen(session, worker) == set()
    a_grant(session, worker, leah, reason=reason)
    assert seen(session, worker) == words


def test_a_risk_is_seen_with_the_restricted_part_and_by_who_wrote_it(session: Session) -> None:
    leah = a_person(session)
    writer, other = somebody(session), somebody(session, name="Other Worker")
    for actor in (writer, other):
        a_grant(session, actor, leah)
    bind_actor(session, writer)
    tell(session, leah, (Topic.RISK_TO_VISITORS, "A dog that bites"), actor=writer)
    bind_actor(session, SYSTEM)
    assert (seen(session, writer), seen(session, other)) == ({"A dog that bites"}, set())
    a_grant(session, other, leah, parts=frozenset({Part.RESTRICTED}))
    assert seen(session, other) == {"A dog that bites"}
    session.execute(update(AccessGrant).values(until_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)))
    assert (seen(session, writer), seen(session, other)) == (set(), set())


def test_lines_go_with_the_agreement_on_which_they_were_shared(session: Session) -> None:
    leah, cluster = a_person(session), somebody(session)
    tell(session, leah, (Topic.WANTS, "A break"))
    agreement = new_id()
    earlier = a_unit(session)
    earlier = type(earlier)(session=session, actor=SYSTEM, now=earlier.now - dt.timedelta(hours=1))
    assert cluster.account_id is not None
    grants.give(earlier, [leah], principal=cluster.account_id, reason=GrantReason.CLUSTER_AGREEMENT, record=agreement)
    assert seen(session, cluster) == {"A break"}
    grants.end(earlier, record=agreement)
    assert seen(session, cluster) == set()


def test_whoever_settles_second_is_told(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    tell(session, leah, (Topic.FIRST_LANGUAGE, "Yoruba"))
    (line,) = people.told_facts(session, [leah])
    with uow() as unit:
        correct_line(unit, [line], words="Igbo", teller="her mother")
    with pytest.raises(Conflict, match="in the meantime"), uow() as unit:
        settle_line(unit, [line], Settling.END)
    with pytest.raises(Conflict), uow() as unit:
        correct_line(unit, [line], words="Hausa", teller="her father")
    assert {fact.words: fact.state for fact in people.told_facts(session, [leah])} == {
        "Igbo": FactState.CURRENT,
        "Yoruba": FactState.CORRECTED,
    }


def test_each_settling_is_kept(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    tell(session, leah, (Topic.FIRST_LANGUAGE, "Yoruba"))
    (line,) = people.told_facts(session, [leah])
    for how in (Settling.CONFIRM, Settling.END, Settling.CONFIRM):
        with uow() as unit:
            settle_line(unit, [line], how)
    kept = session.execute(text("SELECT how, settled_by_name FROM fact_settled")).all()
    assert sorted(row.how for row in kept) == ["confirm", "confirm", "end"]


def test_words_that_are_too_long_are_refused_and_empty_ones_left_out(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    with pytest.raises(RuleBroken):
        tell(session, leah, (Topic.WANTS, "a" * 20_001))
    tell(session, leah, (Topic.WANTS, " "), (Topic.EVENTS, ""))
    assert people.told_facts(session, [leah]) == ()


def test_a_fact_shown_to_somebody_who_may_not_see_it_settles_nothing(session: Session) -> None:
    leah, worker = a_person(session), somebody(session)
    tell(session, leah, (Topic.HEALTH, "Asthma"))
    (hidden,) = people.told_facts(session, [leah])
    bind_actor(session, worker)
    telling = people.Telling((FactSource.ASSESSMENT, new_id()), dt.date(2026, 4, 4), "the family")
    told = [Told(Topic.HEALTH, "None", shown=hidden.id)]
    people.tell_facts(a_unit(session, worker), [leah], told, telling=telling)
    bind_actor(session, SYSTEM)
    assert {fact.words: fact.state for fact in people.told_facts(session, [leah])} == {
        "Asthma": FactState.CURRENT,
        "None": FactState.CURRENT,
    }


def test_a_line_about_brother_and_sister_is_corrected_for_both(session: Session, uow: OpenUnit) -> None:
    leah, tom = a_person(session), a_person(session, given_name="Tom")
    record = (FactSource.CONTACT, new_id())
    telling = people.Telling(record, dt.date(2026, 3, 3), "Maria", agreement=FactAgreement.WITHOUT)
    with uow() as unit:
        people.tell_facts(unit, [leah, tom], [Told(Topic.WHO_LIVES_HERE, "Mum")], telling=telling)
    shown = people.known_answers(session, [tom], [Topic.WHO_LIVES_HERE])[Topic.WHO_LIVES_HERE]
    caf = people.Telling((FactSource.ASSESSMENT, new_id()), dt.date(2026, 4, 4), "the family")
    with uow() as unit:
        told = [Told(Topic.WHO_LIVES_HERE, "Mum and Gran", shown=shown.id)]
        people.tell_facts(unit, [leah, tom], told, telling=caf)
    for child in (leah, tom):
        assert people.known_answers(session, [child], [Topic.WHO_LIVES_HERE])[Topic.WHO_LIVES_HERE].words == (
            "Mum and Gran"
        )
    assert people.reuse_of(session, caf.record[1])[Reuse.CORRECTED] == 1


def test_the_months_figures_are_those_of_the_records(session: Session, uow: OpenUnit) -> None:
    leah = a_person(session)
    tell(session, leah, (Topic.FIRST_LANGUAGE, "Yoruba"), (Topic.SCHOOL, "Garon"))
    record = new_id()
    for _ in range(2):
        tell(session, leah, (Topic.FIRST_LANGUAGE, "yoruba"), (Topic.SCHOOL, "Other"), record=record)
    (month,) = people.reuse_by_month(session, since=dt.date(2020, 5, 20))
    assert (month.record_kind, month.re_asked, month.reused) == (FactSource.CONTACT, 2, 0)
    assert people.reuse_of(session, record)[Reuse.RE_ASKED] == 2
    assert people.reuse_by_month(session, since=dt.date(2100, 1, 1)) == ()


def test_the_story_beside_another_page_starts_with_what_is_new(session: Session) -> None:
    leah = a_person(session)
    tell(session, leah, *[(Topic.EVENTS, f"Event {n}") for n in range(15)])
    contact = new_id()
    tell(session, leah, (Topic.WANTS, "A break"), record=contact)
    found = people.story_so_far(session, [leah], contact=contact)
    assert found.lines[0].fact.words == "A break"
    assert (len(found.lines), found.more) == (12, 4)


def test_facts_of_linked_records_belong_to_one_person_while_the_link_stands(session: Session) -> None:
    leah, again = a_person(session), a_person(session, given_name="Lea")
    tell(session, again, (Topic.FIRST_LANGUAGE, "Yoruba"))
    assert people.told_facts(session, [leah]) == ()
    session.execute(
        text("INSERT INTO linked_person (person_id, lead_id) VALUES (:a, :a), (:b, :a)"), {"a": leah, "b": again}
    )
    (fact,) = people.told_facts(session, [leah])
    assert (fact.person_id, fact.same_as) == (again, leah)
    record = new_id()
    tell(session, leah, (Topic.FIRST_LANGUAGE, "yoruba"), record=record)
    assert people.reuse_of(session, record)[Reuse.RE_ASKED] == 1
    assert len(assemble(people.told_facts(session, [leah]))) == 1
    session.execute(text("DELETE FROM linked_person"))
    assert [fact.words for fact in people.told_facts(session, [again])] == ["Yoruba"]


@pytest.mark.parametrize("words", ["Has asthma", "No illness"], ids=["told again", "told otherwise"])
def test_what_is_told_of_one_record_leaves_the_lines_of_the_other_as_they_are(session: Session, words: str) -> None:
    one, other = a_person(session), a_person(session, given_name="Lea")
    tell(session, other, (Topic.HEALTH, "Has asthma"))
    (line,) = people.told_facts(session, [other])
    decision = NewDecision(id=new_id(), one_id=one, other_id=other, kind=LinkKind.SAME_PERSON, reason="x")
    decide_link(a_unit(session), decision)
    tell(session, one, (Topic.HEALTH, words, line.id))
    undo_link(a_unit(session), decision.id, reason="Two girls of one name")
    assert [(fact.words, fact.state) for fact in people.told_facts(session, [other])] == [
        ("Has asthma", FactState.CURRENT)
    ]
    assert [fact.words for fact in people.told_facts(session, [one])] == [words]


_STEPS = st.lists(st.tuples(st.sampled_from(list(Settling)), st.integers(0, 5), st.sampled_from("abc")), max_size=8)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_confirming_correcting_and_ending_never_lose_a_line(
    session: Session, uow: OpenUnit, steps: list[tuple[Settling, int, str]]
) -> None:
    leah = a_person(session)
    tell(session, leah, (Topic.FIRST_LANGUAGE, "a"), (Topic.WORRYING, "b"))
    session.commit()  # within the test's outer transaction, so that a refusal's rollback leaves it
    said = {"a", "b"}
    for how, which, words in steps:
        facts = people.told_facts(session, [leah])
        fact = facts[which % len(facts)]
        try:
            with uow() as unit:
                if how is Settling.CORRECT:
                    correct_line(unit, [fact], words=words, teller="the family")
                else:
                    settle_line(unit, [fact], how)
        except (Conflict, RuleBroken):
            continue
        said |= {words} if how is Settling.CORRECT else set()
    facts = people.told_facts(session, [leah])
    lines = assemble(facts)
    assert {fact.words for fact in facts} == said
    assert {one.id for line in lines for one in (*line.facts, *line.replaced)} == {fact.id for fact in facts}
