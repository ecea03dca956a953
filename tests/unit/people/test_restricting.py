"""When a record may be closed, and who may open it again."""

import datetime as dt

import pytest

from locality.people.rules.restricting import (
    GROUNDS,
    MODES,
    REVIEW_WITHIN,
    Ground,
    Mode,
    reasons_against_opening,
    reasons_against_restricting,
    reasons_against_review_date,
)

TODAY = dt.date(2026, 3, 3)
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, False), (1, True), (90, True), (91, False)])
def test_a_restriction_is_looked_at_again_after_today_and_within_90_days(days: int, *, fits: bool) -> None:
    found = reasons_against_review_date(TODAY + days * DAY, today=TODAY)
    assert (not found) is fits
    assert all(reason.field == "review_on" and "1/6/2026" in reason.message for reason in found)


@pytest.mark.parametrize(
    ("people", "accounts", "until", "fields"),
    [
        (1, 1, None, []),
        (1, 1, TODAY, []),
        (1, 1, TODAY - DAY, ["until_on"]),
        (0, 1, None, [None]),
        (1, 0, None, ["accounts"]),
        (0, 0, TODAY - DAY, [None, "accounts", "until_on"]),
    ],
)
def test_closing_needs_somebody_and_an_end_that_has_not_passed(
    people: int, accounts: int, until: dt.date | None, fields: list[str | None]
) -> None:
    found = reasons_against_restricting(
        people=people, accounts=accounts, until_on=until, review_on=TODAY + REVIEW_WITHIN, today=TODAY
    )
    assert [reason.field for reason in found] == fields


def test_nobody_opens_what_is_closed_to_them_and_nothing_is_opened_twice() -> None:
    assert reasons_against_opening(is_lifted=False, keeps_actor_out=False) == ()
    (own,) = reasons_against_opening(is_lifted=False, keeps_actor_out=True)
    assert "somebody else must decide" in own.message
    (twice,) = reasons_against_opening(is_lifted=True, keeps_actor_out=True)
    assert "opened again already" in twice.message


def test_every_mode_and_ground_has_words() -> None:
    assert set(MODES) == set(Mode)
    assert set(GROUNDS) == set(Ground)
