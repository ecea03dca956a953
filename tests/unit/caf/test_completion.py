"""When a CAF is complete."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.caf.rules.answers import Answer
from locality.caf.rules.completion import (
    ChildFacts,
    CompletionFacts,
    SectionState,
    count_given,
    elements_in_all,
    reasons_not_to_complete,
    section_state,
)
from locality.caf.rules.elements import (
    CHILD_ELEMENTS,
    ELEMENT_COUNT,
    ELEMENTS,
    SHARED_ELEMENTS,
    Domain,
    elements_of,
    find_element,
    position_of,
)
from locality.caf.rules.tasks import Place, place_after, places
from locality.caf.rules.words import Capacity, Evidence
from locality.kernel.ids import new_id

DONE = Answer(strengths="Kind", needs="Sleep", evidence=(Evidence.OBSERVED,))
LEAH = ChildFacts(
    name="Leah",
    answers={element.code: DONE for element in CHILD_ELEMENTS},
    has_voice=True,
    has_conclusion=True,
    comments=frozenset(Capacity),
)
WHOLE = CompletionFacts(
    is_draft=True,
    has_agreement=True,
    has_header=True,
    children=(LEAH,),
    shared={element.code: DONE for element in SHARED_ELEMENTS},
)


def _lines(facts: CompletionFacts) -> list[str]:
    return [reason.message for reason in reasons_not_to_complete(facts)]


def test_the_form_has_nineteen_elements_in_three_domains() -> None:
    assert ELEMENT_COUNT == 19
    assert [len(elements_of(domain)) for domain in Domain] == [12, 3, 4]
    assert position_of("D2.1") == 13
    assert find_element("D4.1") is None


def test_a_whole_caf_is_complete() -> None:
    assert _lines(WHOLE) == []


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        (replace(WHOLE, is_draft=False), "This CAF is complete already"),
        (replace(WHOLE, has_agreement=False), "The family’s agreement is not recorded, or it has been withdrawn"),
        (replace(WHOLE, has_header=False), "About this assessment: say who was present and what led to it"),
        (
            replace(WHOLE, children=(replace(LEAH, has_voice=False),)),
            "Leah’s voice: write what Leah says, or why you could not ask",
        ),
        (replace(WHOLE, children=(replace(LEAH, has_conclusion=False),)), "Conclusions for Leah are missing"),
        (
            replace(WHOLE, children=(replace(LEAH, comments=frozenset({Capacity.CHILD})),)),
            "Comments on the assessment of Leah: ask child and parent, or say they had none",
        ),
        (
            replace(WHOLE, shared={**WHOLE.shared, "D3.2": Answer()}),
            "Parents and family: 1 element has no answer (Wider family)",
        ),
        (
            replace(WHOLE, shared={**WHOLE.shared, "D3.2": Answer(needs="Lonely")}),
            "Parents and family: say how you know about “Wider family”",
        ),
    ],
    ids=[
        "complete already",
        "no agreement",
        "no header",
        "no voice",
        "no conclusion",
        "no comments",
        "a gap",
        "no evidence",
    ],
)
def test_what_is_missing_is_said(facts: CompletionFacts, line: str) -> None:
    assert _lines(facts) == [line]


def test_a_form_with_needs_only_is_not_complete() -> None:
    needs = Answer(needs="Sleep", evidence=(Evidence.OBSERVED,))
    facts = replace(
        WHOLE,
        children=(replace(LEAH, answers=dict.fromkeys(LEAH.answers, needs)),),
        shared=dict.fromkeys(WHOLE.shared, needs),
    )
    assert _lines(facts) == ["Development of Leah: no strength is written down yet"]


def test_not_discussed_everywhere_but_one_strength_is_complete() -> None:
    silent = Answer(is_not_discussed=True)
    facts = replace(
        WHOLE,
        children=(replace(LEAH, answers=dict.fromkeys(LEAH.answers, silent)),),
        shared={**dict.fromkeys(WHOLE.shared, silent), "D3.2": Answer(strengths="A strong grandmother")},
    )
    assert _lines(facts) == []


@given(st.sets(st.sampled_from(CHILD_ELEMENTS)))
def test_every_gap_counts(missing: set[object]) -> None:
    answers = {e.code: DONE for e in CHILD_ELEMENTS if e not in missing}
    facts = replace(WHOLE, children=(replace(LEAH, answers=answers),))
    gaps = [line for line in _lines(facts) if "no answer" in line]
    assert bool(gaps) == bool(missing)
    assert all(str(len(missing)) in line for line in gaps)
    assert count_given(answers.values()) == len(CHILD_ELEMENTS) - len(missing)


@given(st.integers(1, 6))
def test_save_and_next_walks_through_every_element_once(children: int) -> None:
    ids = [new_id() for _ in range(children)]
    order = [places(ids)[0]]
    while (following := place_after(order[-1], ids)) is not None:
        order.append(following)
    assert tuple(order) == places(ids)
    assert len(order) == elements_in_all(ids)


def test_after_a_place_that_is_not_there_comes_nothing() -> None:
    assert place_after(Place("D9", None), [new_id()]) is None


def test_sections_say_how_far_they_are() -> None:
    assert [section_state(done, 3) for done in (0, 1, 3)] == [
        SectionState.NOT_STARTED,
        SectionState.STARTED,
        SectionState.DONE,
    ]


def test_every_element_has_a_name_and_prompts() -> None:
    assert all(element.name and element.prompts for element in ELEMENTS)
