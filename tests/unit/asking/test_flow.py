"""Which question comes next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.asking.rules import flow
from locality.asking.rules.flow import CHECK, FLOWS, Answered, Kind

KINDS = st.sampled_from(Kind)
ANSWERED = st.builds(Answered, st.booleans(), st.booleans(), st.booleans())


@given(KINDS, ANSWERED)
def test_every_path_goes_forward_page_by_page_and_ends_at_the_check(kind: Kind, answered: Answered) -> None:
    page, walked = FLOWS[kind][0].page, []
    while page != CHECK:
        walked.append(page)
        page = flow.next_page(kind, page, answered)
        assert page not in walked
    assert (*walked, CHECK) == flow.path(kind, answered)


@given(KINDS, ANSWERED)
def test_going_back_is_the_inverse_of_going_on(kind: Kind, answered: Answered) -> None:
    pages = flow.path(kind, answered)
    assert flow.previous_page(kind, pages[0], answered) is None
    for page in pages[:-1]:
        assert flow.previous_page(kind, flow.next_page(kind, page, answered), answered) == page


@given(KINDS, ANSWERED)
def test_a_page_that_left_the_path_still_leads_onto_it_both_ways(kind: Kind, answered: Answered) -> None:
    pages = flow.path(kind, answered)
    for step in FLOWS[kind]:
        assert flow.next_page(kind, step.page, answered) in pages
        assert flow.previous_page(kind, step.page, answered) in (None, *pages)
        number, of_all = flow.place_of(kind, step.page, answered)
        assert 1 <= number <= of_all == len(pages) - 1


@pytest.mark.parametrize(
    ("kind", "page", "shown_when"),
    [
        (Kind.PROFESSIONAL, "phone-now", Answered(worried_about_harm=True)),
        (Kind.PROFESSIONAL, "no-agreement", Answered(family_agrees=False)),
        (Kind.FAMILY, "email", Answered(wants_email=True)),
    ],
)
def test_some_pages_are_shown_only_after_certain_answers(kind: Kind, page: str, shown_when: Answered) -> None:
    assert page in flow.path(kind, shown_when)
    assert page not in flow.path(kind, Answered())


def test_a_professional_is_asked_about_harm_before_anybody_is_named() -> None:
    pages = flow.path(Kind.PROFESSIONAL, Answered(worried_about_harm=True))
    assert pages.index("phone-now") < pages.index("children")


def test_a_page_of_no_flow_leads_to_the_check() -> None:
    assert flow.next_page(Kind.FAMILY, "nonsense", Answered()) == CHECK
    assert not flow.is_page(Kind.FAMILY, "reasons")
