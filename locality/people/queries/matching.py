"""Looking for people who may be on record already, at any size of the register."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from locality.kernel.ids import PersonId
from locality.people.queries.linking import APART
from locality.people.rules.codes import Sex
from locality.people.rules.matching import Candidate, KnownPlace, Match, Probe, Strength, likely_dates, match
from locality.people.rules.names import display_name, fold
from locality.people.rules.nicknames import other_forms
from locality.search.terms import phone_figures

MOST_MATCHES = 10
_MOST_ADULTS = 6
_CANDIDATES = (
    "SELECT * FROM match_candidates(:given_name, :family_name, :other_forms, :born_on, :likely_dates, :due_on,"
    " :nhs_number, :upn, :lines, :postcode, :phones, :adults) AS found"
)
_ANYBODY = text(_CANDIDATES)
_OTHERS = text(f"{_CANDIDATES} WHERE found.person_id NOT IN ({APART})")


def likely_matches(
    session: Session, probe: Probe, *, besides: PersonId | None = None, household: bool = False
) -> tuple[Match, ...]:
    """People on record who may be the one being entered, likeliest first, each with what speaks for and against it.

    The front door is shown anybody, other actors those whom they may see; whoever it is, whether their case is open or
    closed. ``besides`` is whose own record the probe is: they are not offered, nor those linked to them or decided not
    to be the same. ``household`` also offers those who are somebody else and seem to live with them. Up to ten; one
    statement.
    """
    if not probe.says_something:
        return ()
    likely = (match(probe, candidate) for candidate in candidates(session, probe, besides=besides))
    found = [one for one in likely if one is not None and (household or one.strength is not Strength.HOUSEHOLD)]
    found.sort(key=lambda one: (-one.weight, one.name, one.reference))
    return tuple(found[:MOST_MATCHES])


def candidates(session: Session, probe: Probe, *, besides: PersonId | None = None) -> Iterable[Candidate]:
    """Whoever shares a key with the probe; the reader may know of each. One statement."""
    rows = session.execute(
        _ANYBODY if besides is None else _OTHERS,
        {
            "besides": besides,
            "given_name": probe.given_name,
            "family_name": probe.family_name,
            "other_forms": _other_forms(probe),
            "born_on": probe.born_on,
            "likely_dates": list(likely_dates(probe.born_on)) if probe.born_on else [],
            "due_on": probe.due_on,
            "nhs_number": probe.nhs_number,
            "upn": probe.upn,
            "lines": list(probe.lines) or None,
            "postcode": probe.postcode,
            "phones": [figures for phone in probe.phones if (figures := phone_figures(phone))],
            "adults": list(probe.adults[:_MOST_ADULTS]),
        },
    )
    return (_candidate(row) for row in rows)


def _other_forms(probe: Probe) -> str:
    """What else the first name may stand as: the name they go by, and the forms of both."""
    called = [fold(name) for name in (probe.given_name, probe.known_as) if name]
    forms = {form for name in called for form in other_forms(name.split(" ", maxsplit=1)[0])}
    if probe.known_as:
        forms.add(called[-1])
    return " ".join(sorted(forms))


def _candidate(row: Row[Any]) -> Candidate:
    return Candidate(
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
        places=_places(row.places),
        same_phone=row.same_phone,
        adults=None if row.adults is None else tuple(row.adults),
    )


def _places(places: list[dict[str, Any]] | None) -> tuple[KnownPlace, ...] | None:
    if places is None:
        return None
    return tuple(KnownPlace(tuple(place["lines"]), place["postcode"], place["now"]) for place in places)
