"""Which dates of another system's assessment can be used."""

import datetime as dt

from locality.kernel.errors import Reason


def reasons_against_dates(started_on: dt.date, completed_on: dt.date | None, *, today: dt.date) -> tuple[Reason, ...]:
    """Why an assessment with these dates cannot come in."""
    if started_on > today:
        return (Reason("started_on", "The assessment starts in the future"),)
    if completed_on is not None and completed_on > today:
        return (Reason("completed_on", "The assessment is completed in the future"),)
    if completed_on is not None and completed_on < started_on:
        return (Reason("completed_on", "The assessment is completed before it starts"),)
    return ()
