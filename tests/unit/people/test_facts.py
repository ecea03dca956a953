"""Told facts: what an answer means beside what is known, and a story from which nothing is lost."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.access.parts import Part
from locality.kernel.ids import PersonId, new_id
from locality.people.rules.facts import (
    OPEN_STATES,
    TOPICS,
    FactAgreement,
    FactSource,
    FactState,
    Judgement,
    Reuse,
    Settling,
    ToldFact,
    Topic,
    judge,
    same_words,
    settled,
)
from locality.people.rules.facts_assembling import (
    Difference,
    assemble,
    newest_contact,
    set_against_known,
    topics_of,
)

LEAH, TOM = PersonId(uuid.UUID(int=1)), PersonId(uuid.UUID(int=2))
CAF = uuid.UUID(int=900)
MORNING = dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)


def a_fact(words: str = "Yoruba", topic: Topic = Topic.FIRST_LANGUAGE, **changes: object) -> ToldFact:
    """Told by the school on 3 March, about Leah."""
    telling = new_id()
    usual: dict[str, object] = {
        "id": new_id(), "telling_id": telling, "person_id": LEAH, "topic": topic, "part": TOPICS[topic].part,
        "words": words, "told_on": MORNING.date(), "teller": "Garon Primary School", "own_words": False,
        "source_kind": FactSource.CONTACT, "source_id": telling, "agreement": FactAgreement.AGREED,
        "state": FactState.CURRENT, "replaced_by": None, "recorded_at": MORNING, "recorded_by_name": "Jo Ward",
        "settled_on": None, "settled_by_name": "",
    }  # fmt: skip
    usual["same_as"] = changes.get("person_id", LEAH)
    return ToldFact(**(usual | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Yoruba", " yoruba. "), ("Mum & Tom", "mum, TOM"), ("caf\u0065\u0301", "CAF\u00c9"), ("Straße", "STRASSE")],
)
def test_case_punctuation_and_blanks_make_no_difference(one: str, other: str) -> None:
    assert same_words(one, other)


@pytest.mark.parametrize(("one", "other"), [("Yoruba", "Igbo"), ("🙂", "🙁"), ("No", "Not known"), ("عربي", "فارسی")])
def test_different_words_differ(one: str, other: str) -> None:
    assert not same_words(one, other)


def test_an_answer_kept_as_it_was_shown_is_used_again() -> None:
    known = a_fact()
    judged = judge("yoruba", topic=known.topic, known=[known], record=CAF, shown=known.id)
    assert judged == Judgement(confirm=True, reuse=Reuse.CONFIRMED)


def test_an_answer_changed_from_what_was_shown_is_a_correction() -> None:
    known = a_fact()
    judged = judge("Igbo", topic=known.topic, known=[known], record=CAF, shown=known.id)
    assert judged == Judgement(replace=True, add=True, reuse=Reuse.CORRECTED)


@pytest.mark.parametrize("words", ["Yoruba", "Igbo"])
def test_a_question_with_one_answer_that_was_not_shown_is_asked_again(words: str) -> None:
    known = a_fact()
    judged = judge(words, topic=known.topic, known=[known], record=CAF)
    assert judged == Judgement(add=True, reuse=Reuse.RE_ASKED)


def test_another_worry_is_not_asked_again_but_the_same_worry_is() -> None:
    known = a_fact("He does not sleep", Topic.WORRYING)
    assert judge("She skips lunch", topic=known.topic, known=[known], record=CAF).reuse is None
    assert judge("he does not sleep", topic=known.topic, known=[known], record=CAF).reuse is Reuse.RE_ASKED


def test_a_first_answer_is_counted_as_nothing() -> None:
    assert judge("Yoruba", topic=Topic.FIRST_LANGUAGE, known=[], record=CAF) == Judgement(add=True)


def test_an_empty_answer_means_nothing() -> None:
    assert judge("  ", topic=Topic.FIRST_LANGUAGE, known=[a_fact()], record=CAF) == Judgement()


def test_saving_the_same_record_twice_changes_nothing() -> None:
    mine = a_fact(source_id=CAF)
    assert judge("Yoruba", topic=mine.topic, known=[mine], record=CAF) == Judgement()
    assert judge("Yoruba", topic=mine.topic, known=[mine], record=CAF, shown=mine.id) == Judgement()


def test_writing_ones_own_answer_anew_corrects_it_and_counts_nothing() -> None:
    mine = a_fact(source_id=CAF)
    assert judge("Igbo", topic=mine.topic, known=[mine], record=CAF) == Judgement(replace=True, add=True)


def test_a_record_that_tells_several_lines_of_a_topic_replaces_none() -> None:
    mine = a_fact("Sleeps badly", Topic.WORRYING, source_id=CAF)
    assert judge("Often late", topic=mine.topic, known=[mine], record=CAF, alone=False) == Judgement(add=True)


def test_a_line_that_was_shown_but_settled_meanwhile_is_neither_used_nor_asked_again() -> None:
    assert judge("Igbo", topic=Topic.FIRST_LANGUAGE, known=[a_fact()], record=CAF, shown=uuid.UUID(int=0)).reuse is None


def test_what_is_corrected_stays_corrected_and_what_ended_may_be_right_after_all() -> None:
    assert [settled(FactState.CORRECTED, how) for how in Settling] == [None, None, None]
    assert settled(FactState.NO_LONGER, Settling.CONFIRM) is FactState.CONFIRMED
    assert settled(FactState.NO_LONGER, Settling.CORRECT) is None


def test_risks_to_visitors_are_restricted_and_health_is_health() -> None:
    assert TOPICS[Topic.RISK_TO_VISITORS].part is Part.RESTRICTED
    assert TOPICS[Topic.HEALTH].part is Part.HEALTH
    assert TOPICS[Topic.SAFE_CONTACT].part is Part.WHEREABOUTS
    assert set(TOPICS) == set(Topic)


def test_the_source_says_who_told_whom_and_when() -> None:
    assert a_fact(teller="Maria Adeyemi").source == "Told by Maria Adeyemi to the front door on 3 March 2026"
    by_hand = a_fact(teller="the family", source_kind=FactSource.FAMILY)
    assert by_hand.source == "Told by the family to Jo Ward on 3 March 2026"
    assert a_fact(teller="").source == "Told to the front door on 3 March 2026"


def test_the_newest_contact_is_set_against_what_was_known() -> None:
    before = [a_fact("Yoruba"), a_fact("Mum and Tom", Topic.WHO_LIVES_HERE), a_fact("He bites", Topic.WORRYING)]
    contact, later = new_id(), MORNING + dt.timedelta(days=60)
    now = {"source_id": contact, "told_on": later.date(), "recorded_at": later}
    newest = [
        a_fact("yoruba", **now), a_fact("Mum, Tom and Gran", Topic.WHO_LIVES_HERE, **now),
        a_fact("He hits", Topic.WORRYING, **now), a_fact("Garon", Topic.SCHOOL, **now),
    ]  # fmt: skip
    facts = [*before, *newest]
    assert newest_contact(facts) == contact
    found = {line.fact.words: line for line in set_against_known(assemble(facts), contact) if line.difference}
    assert {words: line.difference for words, line in found.items()} == {
        "yoruba": Difference.SAME, "Mum, Tom and Gran": Difference.DIFFERS, "He hits": Difference.NEW,
        "Garon": Difference.NEW,
    }  # fmt: skip
    differs = found["Mum, Tom and Gran"].differs_from
    assert differs is not None
    assert differs.words == "Mum and Tom"
    assert [fact.words for fact in found["yoruba"].again] == ["Yoruba"]


def test_a_first_contact_is_set_against_nothing() -> None:
    facts = [a_fact("Yoruba", source_id=CAF), a_fact("He bites", Topic.WORRYING, source_id=CAF)]
    assert newest_contact(facts) is None
    assert newest_contact([]) is None


def test_what_was_told_about_brother_and_sister_at_once_is_one_line() -> None:
    one = a_fact("Mum and Gran", Topic.WHO_LIVES_HERE)
    (line,) = assemble([one, replace(one, id=new_id(), person_id=TOM, same_as=TOM)])
    assert set(line.people) == {LEAH, TOM}
    assert line.again == ()


def test_a_line_stands_over_what_it_replaced() -> None:
    third = a_fact("Igbo")
    second = a_fact("Hausa", state=FactState.CORRECTED, replaced_by=third.id)
    first = a_fact("Yoruba", state=FactState.CORRECTED, replaced_by=second.id)
    (line,) = assemble([first, second, third])
    assert (line.fact.words, {old.words for old in line.before}) == ("Igbo", {"Yoruba", "Hausa"})


def test_topics_come_in_the_order_of_the_page() -> None:
    lines = assemble([a_fact(), a_fact("Asthma", Topic.HEALTH), a_fact("To talk", Topic.WANTS)])
    assert topics_of(lines) == (Topic.WANTS, Topic.FIRST_LANGUAGE, Topic.HEALTH)


_STEPS = st.lists(
    st.tuples(st.sampled_from(["tell", *Settling]), st.integers(0, 9), st.sampled_from(["a", "B.", "b", "c d", "🙂"])),
    max_size=25,
)


@given(_STEPS)
def test_telling_confirming_correcting_and_ending_never_lose_a_line(steps: list[tuple[str, int, str]]) -> None:
    ledger: list[ToldFact] = []
    told = 0
    for what, which, words in steps:
        if what == "tell":
            ledger.append(
                a_fact(words, (Topic.WORRYING, Topic.FIRST_LANGUAGE)[which % 2], person_id=(LEAH, TOM)[which % 2])
            )
            told += 1
        elif ledger:
            place = which % len(ledger)
            state = settled(ledger[place].state, Settling(what))
            if state is None:
                continue
            new = a_fact(words, ledger[place].topic) if state is FactState.CORRECTED else None
            ledger[place] = replace(ledger[place], state=state, replaced_by=new.id if new else None)
            if new:
                ledger.append(new)
                told += 1
    lines = assemble(ledger)
    shown = [fact.id for line in lines for fact in (*line.facts, *line.replaced)]
    assert len(ledger) == told
    assert sorted(shown, key=str) == sorted((fact.id for fact in ledger), key=str)
    assert {line.fact.id for line in lines if line.fact.state in OPEN_STATES} <= {fact.id for fact in ledger}
    assert all(fact.state is FactState.CORRECTED for line in lines for fact in line.replaced)
