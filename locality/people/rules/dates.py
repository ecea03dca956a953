"""Dates of a life: birth, expected birth, death; what cannot be, and how old somebody is."""

import datetime as dt
from dataclasses import dataclass

from locality.kernel.errors import Reason
from locality.people.rules.codes import PersonKind, Sex

OLDEST = 120  # years
CHILD_UP_TO = 26  # early help reaches young people with special educational needs to 25
PREGNANCY = dt.timedelta(days=301)  # 43 weeks: nobody is expected later than this
OVERDUE = dt.timedelta(days=60)  # after that, an expected date that passed is an unrecorded birth
ESTIMATED_DAY = 15  # an estimated birth date is given as the 15th, never as the 1st (Standard Safeguarding Dataset)


@dataclass(frozen=True, slots=True)
class Life:
    """The dates of one person as somebody means to record them."""

    kind: PersonKind
    sex: Sex
    born_on: dt.date | None = None
    due_on: dt.date | None = None
    died_on: dt.date | None = None


def age_on(born_on: dt.date, day: dt.date) -> int:
    """Whole years lived on a day; somebody born on 29 February has the birthday on 1 March in other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def reasons_against_life(life: Life, today: dt.date) -> tuple[Reason, ...]:
    """What stands against these dates, in the words for the form; empty when nothing does."""
    reasons = [
        *_birth(life, today),
        *_expected(life, today),
        *_death(life, today),
    ]
    return tuple(reasons)


def _birth(life: Life, today: dt.date) -> list[Reason]:
    if life.born_on is None:
        return []
    if life.due_on is not None:
        return [Reason("due_on", "Give a date of birth or a date when the baby is due, not both")]
    if life.born_on > today:
        return [Reason("born_on", "Date of birth must be today or in the past")]
    years = age_on(life.born_on, today)
    if years > OLDEST:
        return [Reason("born_on", f"Date of birth must be within the last {OLDEST} years")]
    return []


def reasons_against_age_of_child(life: Life, today: dt.date) -> tuple[Reason, ...]:
    """A person entered as a child today must be young enough; records of years ago are not asked this."""
    if life.kind == PersonKind.CHILD and life.born_on is not None and age_on(life.born_on, today) >= CHILD_UP_TO:
        return (Reason("born_on", f"Check the year: a child on record is under {CHILD_UP_TO}"),)
    return ()


def reasons_against_expected_date(due_on: dt.date | None, today: dt.date) -> tuple[Reason, ...]:
    """An expected date entered today must be near; records of years ago are not asked this."""
    if due_on is None:
        return ()
    if due_on > today + PREGNANCY:
        return (Reason("due_on", "The date when the baby is due must be within the next 10 months"),)
    if due_on < today - OVERDUE:
        return (Reason("due_on", "This date is long past: record the birth instead"),)
    return ()


def _expected(life: Life, today: dt.date) -> list[Reason]:
    if life.due_on is None:
        return []
    if life.kind == PersonKind.ADULT:
        return [Reason("due_on", "Only a baby can have a date when they are due")]
    if life.sex != Sex.UNKNOWN:
        return [Reason("sex", "The sex of a baby not yet born is recorded as not known")]
    if life.due_on > today + PREGNANCY:
        return [Reason("due_on", "The date when the baby is due must be within the next 10 months")]
    return []


def _death(life: Life, today: dt.date) -> list[Reason]:
    if life.died_on is None:
        return []
    if life.died_on > today:
        return [Reason("died_on", "Date of death must be today or in the past")]
    if life.born_on is not None and life.died_on < life.born_on:
        return [Reason("died_on", "Date of death must be on or after the date of birth")]
    return []


def reasons_against_period(from_on: dt.date | None, until_on: dt.date | None, *, field: str) -> tuple[Reason, ...]:
    """An end must not come before its beginning."""
    if from_on is not None and until_on is not None and until_on < from_on:
        return (Reason(field, "The end must be on or after the start"),)
    return ()


EARLIEST = dt.timedelta(days=126)  # 18 weeks before the expected date: born after 22 weeks
LATEST = dt.timedelta(days=42)  # 6 weeks after it


def reasons_against_birth(born_on: dt.date, *, due_on: dt.date, today: dt.date) -> tuple[Reason, ...]:
    """What stands against a date of birth of a baby who was expected on another date."""
    if born_on > today:
        return (Reason("born_on", "Date of birth must be today or in the past"),)
    if not due_on - EARLIEST <= born_on <= due_on + LATEST:
        return (Reason("born_on", "Check the date: it is too far from the date when the baby was due"),)
    return ()
