"""Looking for people who may be on record already, at any size of the register."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.people.rules.codes import Sex
from locality.people.rules.matching import Candidate, Match, Probe, likely_dates, match
from locality.people.rules.names import display_name

MOST_MATCHES = 10
_CANDIDATES = text(
    "SELECT * FROM match_candidates(:given_name, :family_name, :known_as, :born_on, :likely_dates, :due_on,"
    " :nhs_number, :upn, :postcode)"
)


def likely_matches(session: Session, probe: Probe) -> tuple[Match, ...]:
    """People on record who may be the one being entered, likeliest first, each with what speaks for and against it.

    The front door is shown anybody, other actors those whom they may see. Up to ten; one statement.
    """
    if not any((probe.given_name, probe.family_name, probe.known_as, probe.nhs_number, probe.upn)):
        return ()
    rows = session.execute(
        _CANDIDATES,
        {
            "given_name": probe.given_name,
            "family_name": probe.family_name,
            "known_as": probe.known_as,
            "born_on": probe.born_on,
            "likely_dates": list(likely_dates(probe.born_on)) if probe.born_on else [],
            "due_on": probe.due_on,
            "nhs_number": probe.nhs_number,
            "upn": probe.upn,
            "postcode": probe.postcode,
        },
    )
    candidates = (
        Candidate(
            person_id=row.person_id,
            reference=row.reference,
            name=display_name(row.given_name, row.family_name, unborn=row.due_on is not None),
            given_name=row.given_name,
            family_name=row.family_name,
            known_as=row.known_as,
            previous_names=tuple(row.previous_names),
            born_on=row.born_on,
            due_on=row.due_on,
            sex=Sex(row.sex),
            nhs_number=row.nhs_number,
            upn=row.upn,
            same_postcode=row.same_postcode,
        )
        for row in rows
    )
    found = [matched for candidate in candidates if (matched := match(probe, candidate)) is not None]
    found.sort(key=lambda one: (-one.weight, one.name, one.reference))
    return tuple(found[:MOST_MATCHES])
