"""The filters of the queue: what a link promises is what it shows."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.kernel.ids import AccountId
from locality.referrals.rules.codes import Rag, Source
from locality.referrals.rules.queue import KNOWN, NOBODY, UNRATED, QueueFilter, Tally, count, options, read_filter

PEOPLE = [AccountId(uuid.UUID(int=n)) for n in range(1, 4)]
TALLIES = st.lists(
    st.builds(
        Tally,
        rag=st.none() | st.sampled_from(Rag),
        source=st.sampled_from([Source.SCHOOL, Source.POLICE]),
        held_by=st.none() | st.sampled_from(PEOPLE),
        held_by_name=st.just("Mary Osei"),
        is_late=st.booleans(),
        is_known=st.booleans(),
        number=st.integers(1, 9),
    ),
    max_size=12,
)
FILTERS = st.builds(
    QueueFilter,
    rating=st.none() | st.sampled_from([*Rag, UNRATED]),
    source=st.none() | st.sampled_from([Source.SCHOOL, Source.POLICE]),
    holder=st.none() | st.sampled_from([*PEOPLE, NOBODY]),
    late=st.booleans(),
    known=st.none() | st.booleans(),
    reference=st.sampled_from(["", "CO-7K"]),
)


@given(FILTERS)
def test_a_filter_survives_in_the_address(wanted: QueueFilter) -> None:
    assert read_filter(wanted.as_query()) == wanted


@given(TALLIES, FILTERS)
def test_the_ratings_together_are_everything(tallies: list[Tally], wanted: QueueFilter) -> None:
    every = options(tallies, wanted, [("All", {"rating": None}), *((str(r), {"rating": r}) for r in [*Rag, UNRATED])])
    assert every[0].number == sum(each.number for each in every[1:])
    assert all(each.number == count(tallies, each.wanted) for each in every)


@given(TALLIES, FILTERS)
def test_a_link_that_leads_nowhere_is_not_offered(tallies: list[Tally], wanted: QueueFilter) -> None:
    shown = options(tallies, wanted, [("All", {"known": None}), *((word, {"known": k}) for word, k in KNOWN.items())])
    assert all(each.number or each.is_current or place == 0 for place, each in enumerate(shown))


@pytest.mark.parametrize(
    "typed",
    [
        {"rating": "purple"}, {"source": "99"}, {"holder": "' OR 1=1"}, {"known": "maybe"}, {"late": "maybe"},
        {"reference": "\x00%_"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_left_out(typed: dict[str, str]) -> None:
    assert read_filter(typed) == QueueFilter()
