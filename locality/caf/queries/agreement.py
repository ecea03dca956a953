"""Whether a family has agreed to an assessment."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy.orm import Session

from locality.consent import api as consent
from locality.kernel.ids import PersonId


def agreement_to_assess(
    session: Session, people: Iterable[PersonId], *, today: dt.date
) -> consent.AgreementSummary | None:
    """The agreement in force that lets all of these children be assessed; None when there is none. Two statements."""
    wanted = set(people)
    found = consent.open_agreements(session, wanted, today=today)
    return next(
        (
            one
            for one in found
            if wanted and wanted <= set(one.terms.people) and consent.Purpose.ASSESS in one.terms.purposes
        ),
        None,
    )
