"""When a CAF may be started."""

import datetime as dt

from locality.kernel.errors import Reason


def reasons_not_to_start(
    *, has_agreement: bool, has_draft: bool, started_on: dt.date, opened_on: dt.date, today: dt.date
) -> tuple[Reason, ...]:
    """Why no CAF can be started now. Early help is voluntary: without agreement there is no CAF."""
    if not has_agreement:
        return (Reason(None, "Record the family’s agreement first. Without it there is no CAF"),)
    if has_draft:
        return (Reason(None, "A CAF is being written already. Go on with that one"),)
    if started_on > today:
        return (Reason("started_on", "The start date must be today or in the past"),)
    if started_on < opened_on:
        return (Reason("started_on", "The start date must not be before the help began"),)
    return ()
