"""Made-up agreements."""

import datetime as dt

from sqlalchemy.orm import Session

from locality.consent import api as consent
from locality.kernel.ids import AgreementId, FamilyId, PersonId
from tests.factories.people import a_unit

AGREED_ON = dt.date(2026, 2, 3)
EVERYTHING = frozenset(
    {
        consent.Purpose.ASSESS,
        consent.Purpose.STORE,
        consent.Purpose.SHARE_BASIC,
        consent.Purpose.SHARE_ADDITIONAL,
    }
)


def some_terms(*about: PersonId, given_by: PersonId, **changed: object) -> consent.Terms:
    """A mother's agreement to everything, on paper, to be gone over in half a year."""
    values: dict[str, object] = {
        "people": about,
        "given_by": given_by,
        "capacity": consent.Capacity.PR_HOLDER,
        "purposes": EVERYTHING,
        "explained_how": "Talked it through with the leaflet.",
        "method": consent.Method.WET_INK_HELD,
        "signed_on": AGREED_ON,
        "review_due_on": dt.date(2026, 8, 3),
    }
    return consent.Terms(**(values | changed))  # type: ignore[arg-type]


def an_agreement(
    session: Session, family: FamilyId, *about: PersonId, given_by: PersonId, **changed: object
) -> AgreementId:
    """An agreement on record."""
    return consent.record_agreement(a_unit(session), family, some_terms(*about, given_by=given_by, **changed))
