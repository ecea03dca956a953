"""How long a partner has to answer, whatever the hour, the weekend, the bank holiday or the change of the clocks."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.kernel.clock import WORKING_DAY_ENDS, WORKING_DAY_STARTS, is_working_day, london
from locality.referrals.rules.codes import Rag
from locality.referrals.rules.enquiries import enquiry_due, reasons_not_to_ask

HOURS = (2, 6, 24, 0)
# Years of which the bank holidays are known, clock changes among them.
INSTANTS = st.datetimes(
    min_value=dt.datetime(2024, 1, 1), max_value=dt.datetime(2027, 11, 30), timezones=st.just(dt.UTC)
)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("asked", "rag", "due"),
    [
        ("2026-03-03T10:00+00:00", Rag.RED, "2026-03-03T12:00+00:00"),
        ("2026-03-03T23:30+00:00", Rag.RED, "2026-03-04T01:30+00:00"),  # day and night
        ("2026-03-03T10:00+00:00", Rag.AMBER, "2026-03-03T16:00+00:00"),
        ("2026-03-03T15:00+00:00", Rag.AMBER, "2026-03-04T13:00+00:00"),  # two hours today, four tomorrow
        ("2026-03-06T16:00+00:00", Rag.AMBER, "2026-03-09T14:00+00:00"),  # over a weekend
        ("2026-03-03T10:00+00:00", Rag.GREEN, "2026-03-04T10:00+00:00"),
        ("2026-03-06T18:30+00:00", Rag.GREEN, "2026-03-10T09:00+00:00"),  # Friday evening counts from Monday
        ("2026-04-02T16:00+01:00", Rag.AMBER, "2026-04-07T14:00+01:00"),  # over Easter
        ("2026-03-27T16:00+00:00", Rag.AMBER, "2026-03-30T14:00+01:00"),  # over the clocks going forward
        ("2026-10-23T16:00+01:00", Rag.AMBER, "2026-10-26T14:00+00:00"),  # and back
        ("2026-12-24T16:00+00:00", Rag.GREEN, "2026-12-29T16:00+00:00"),  # Boxing Day's substitute is a Monday
    ],
)
def test_a_partner_has_until(asked: str, rag: Rag, due: str) -> None:
    assert enquiry_due(at(asked), rag, HOURS) == at(due)


def test_nobody_is_asked_about_blue() -> None:
    assert enquiry_due(at("2026-03-03T10:00+00:00"), Rag.BLUE, HOURS) is None


@given(asked=INSTANTS, rag=st.sampled_from([Rag.AMBER, Rag.GREEN]), hours=st.integers(1, 72))
def test_an_answer_is_due_in_working_hours_and_after_the_question(asked: dt.datetime, rag: Rag, hours: int) -> None:
    due = enquiry_due(asked, rag, (2, hours, hours, 0))
    assert due is not None
    assert due > asked
    wall = london(due)
    assert is_working_day(wall.date())
    assert WORKING_DAY_STARTS <= wall.time() <= WORKING_DAY_ENDS


@given(
    asked=INSTANTS,
    later=st.timedeltas(min_value=dt.timedelta(), max_value=dt.timedelta(days=9)),
    rag=st.sampled_from(Rag),
)
def test_who_is_asked_later_never_answers_earlier(asked: dt.datetime, later: dt.timedelta, rag: Rag) -> None:
    first, second = enquiry_due(asked, rag, HOURS), enquiry_due(asked + later, rag, HOURS)
    assert (first is None) == (second is None) == (rag is Rag.BLUE)
    if first is not None and second is not None:
        assert first <= second


@given(asked=INSTANTS, hours=st.tuples(st.integers(1, 60), st.integers(0, 20)))
def test_more_hours_are_never_less_time(asked: dt.datetime, hours: tuple[int, int]) -> None:
    few, more = hours[0], hours[0] + hours[1]
    less = enquiry_due(asked, Rag.AMBER, (2, few, 24, 0))
    longer = enquiry_due(asked, Rag.AMBER, (2, more, 24, 0))
    assert less is not None
    assert longer is not None
    assert less <= longer


@pytest.mark.parametrize(
    ("rag", "question", "message"),
    [
        (None, "Is he known?", "Rate the contact first: the rating says how soon a partner answers"),
        (Rag.BLUE, "Is he known?", "A contact with this rating needs no enquiry. Rate it again if it does"),
        (Rag.RED, "  ", "Enter what you ask"),
    ],
)
def test_why_a_partner_is_not_asked(rag: Rag | None, question: str, message: str) -> None:
    (reason,) = reasons_not_to_ask(rag=rag, hours=HOURS, question=question)
    assert reason.message == message
