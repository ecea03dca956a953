"""Closing a record: to whom, on what grounds, for how long, and who may open it again. Pure.

The grounds are those on which councils lock records: conflict of interest, people in the public eye, high risk and
adoption (Nottingham's electronic social care record policy), each looked at again within 90 days.
"""

import datetime as dt
from enum import StrEnum

from locality.kernel.errors import Reason

REVIEW_WITHIN = dt.timedelta(days=90)


class Mode(StrEnum):
    """Whom a restriction keeps out."""

    CLOSED_TO = "closed_to"
    OPEN_TO = "open_to"


MODES = {
    Mode.CLOSED_TO: "Closed to the people named",
    Mode.OPEN_TO: "Open to the people named, and to nobody else",
}


class Ground(StrEnum):
    """Why a record is closed."""

    OWN_FAMILY = "own_family"
    COLLEAGUE = "colleague"
    WELL_KNOWN = "well_known"
    HIGH_RISK = "high_risk"
    ADOPTION = "adoption"
    OTHER = "other"


GROUNDS = {
    Ground.OWN_FAMILY: "A worker’s own family, friend or neighbour",
    Ground.COLLEAGUE: "A colleague or a colleague’s child",
    Ground.WELL_KNOWN: "A family in the public eye",
    Ground.HIGH_RISK: "Somebody who must not be found",
    Ground.ADOPTION: "Adoption",
    Ground.OTHER: "Something else",
}


def reasons_against_restricting(
    *, people: int, accounts: int, until_on: dt.date | None, review_on: dt.date, today: dt.date
) -> tuple[Reason, ...]:
    """What stands against closing a record, each beside its field."""
    found = []
    if not people:
        found.append(Reason(None, "Choose at least one person whose record is closed"))
    if not accounts:
        found.append(Reason("accounts", "Enter the email address of at least one colleague"))
    if until_on is not None and until_on < today:
        found.append(Reason("until_on", "The last day must be today or later"))
    return (*found, *reasons_against_review_date(review_on, today=today))


def reasons_against_review_date(review_on: dt.date, *, today: dt.date) -> tuple[Reason, ...]:
    """A restriction is looked at again after today and within 90 days."""
    if today < review_on <= today + REVIEW_WITHIN:
        return ()
    last = today + REVIEW_WITHIN
    return (Reason("review_on", f"Enter a date after today and no later than {last.day}/{last.month}/{last.year}"),)


def reasons_against_opening(*, is_lifted: bool, keeps_actor_out: bool) -> tuple[Reason, ...]:
    """What stands against lifting or reviewing a restriction: nobody decides about their own conflict of interest."""
    if is_lifted:
        return (Reason(None, "This record has been opened again already"),)
    if keeps_actor_out:
        return (
            Reason(
                None,
                "This record is closed to you, so somebody else must decide: another data protection lead or a manager",
            ),
        )
    return ()
