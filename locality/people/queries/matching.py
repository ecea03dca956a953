"""Looking for people who may be on record already, at any size of the register."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.kernel import direct
from locality.kernel.ids import PersonId
from locality.people.queries.linking import APART
from locality.people.rules.codes import Sex
from locality.people.rules.matching import Candidate, KnownPlace, Match, Probe, Strength, likely_dates, match
from locality.people.rules.names import display_name, fold
from locality.people.rules.nicknames import other_forms
from locality.search.terms import phone_figures

MOST_MATCHES = 10
_MOST_ADULTS = 6
# Straight through the driver, which takes a third of the time: this runs while somebody types.
_ANYBODY: Final = (
    "SELECT * FROM match_candidates(%(given_name)s, %(family_name)s, %(other_forms)s, %(born_on)s,"
    " %(likely_dates)s::date[], %(due_on)s, %(nhs_number)s, %(upn)s, %(lines)s::text[], %(postcode)s,"
    " %(phones)s::text[], %(adults)s::text[])"
)
# A hidden place or number is not compared with anything: that would tell of it.
_LIKE_RECORD = text(f"""
SELECT own.lines AS own_lines, own.postcode AS own_postcode, own.phones AS own_phones, own.adults AS own_adults, found.*
FROM (SELECT home.lines, home.postcode,
    ARRAY(SELECT phone_figures(c.value) FROM contact_point AS c WHERE c.person_id = :besides AND c.until_on IS NULL
      AND c.kind <> 'email' AND NOT c.do_not_disclose AND phone_figures(c.value) <> '') AS phones,
    ARRAY(SELECT DISTINCT a.given_name || ' ' || a.family_name FROM family_member AS mine
      JOIN family_member AS other ON other.family_id = mine.family_id AND other.until_on IS NULL
      JOIN person AS a ON a.id = other.person_id AND a.kind = 'adult' AND a.id <> :besides
      WHERE mine.person_id = :besides AND mine.until_on IS NULL LIMIT {_MOST_ADULTS}) AS adults
  FROM (SELECT) AS one LEFT JOIN LATERAL (SELECT a.lines, a.postcode FROM address AS a WHERE a.person_id = :besides
    AND a.until_on IS NULL AND NOT a.do_not_disclose ORDER BY a.from_on DESC NULLS LAST, a.id LIMIT 1) AS home ON true
) AS own, LATERAL match_candidates(:given_name, :family_name, :other_forms, :born_on,
  CAST(:likely_dates AS date[]), :due_on, :nhs_number, :upn, own.lines, own.postcode, own.phones, own.adults) AS found
WHERE found.person_id NOT IN ({APART})
""")  # noqa: S608 - our own constants


def likely_matches(session: Session, probe: Probe, *, household: bool = False) -> tuple[Match, ...]:
    """People on record who may be the one being entered, likeliest first, each with what speaks for and against it.

    The front door is shown anybody, other actors those whom they may see; whoever it is, whether their case is open or
    closed. ``household`` also offers those who are somebody else and seem to live with them. Up to ten; one statement.
    """
    if not probe.says_something:
        return ()
    return _likeliest((match(probe, candidate) for candidate in candidates(session, probe)), household=household)


def records_like(session: Session, person_id: PersonId, probe: Probe) -> tuple[Match, ...]:
    """Other records that may be of a person on record, as ``likely_matches`` answers; one statement.

    ``probe`` says who they are; where they live, their numbers and the adults of their family are taken from the
    record, as far as the actor may see them. Who is linked to them or was decided not to be the same is left out.
    """
    if not probe.says_something:
        return ()
    rows = session.execute(_LIKE_RECORD, {**_asked(probe), "besides": person_id}).all()
    if not rows:
        return ()
    own = replace(
        probe,
        lines=tuple(rows[0].own_lines or ()),
        postcode=rows[0].own_postcode,
        phones=tuple(rows[0].own_phones),
        adults=tuple(rows[0].own_adults),
    )
    return _likeliest((match(own, _candidate(row)) for row in rows), household=False)


def _likeliest(likely: Iterable[Match | None], *, household: bool) -> tuple[Match, ...]:
    found = [one for one in likely if one is not None and (household or one.strength is not Strength.HOUSEHOLD)]
    found.sort(key=lambda one: (-one.weight, one.name, one.reference))
    return tuple(found[:MOST_MATCHES])


def candidates(session: Session, probe: Probe) -> Iterable[Candidate]:
    """Whoever shares a key with the probe; the reader may know of each. One statement."""
    asked = {
        "lines": list(probe.lines) or None,
        "postcode": probe.postcode,
        "phones": [figures for phone in probe.phones if (figures := phone_figures(phone))],
        "adults": list(probe.adults[:_MOST_ADULTS]),
    }
    return (_candidate(row) for row in direct.rows(session, _ANYBODY, {**_asked(probe), **asked}))


def _asked(probe: Probe) -> dict[str, Any]:
    return {
        "given_name": probe.given_name,
        "family_name": probe.family_name,
        "other_forms": _other_forms(probe),
        "born_on": probe.born_on,
        "likely_dates": _as_array(likely_dates(probe.born_on)) if probe.born_on else "{}",
        "due_on": probe.due_on,
        "nhs_number": probe.nhs_number,
        "upn": probe.upn,
    }


def _as_array(dates: Iterable[dt.date]) -> str:
    """Dates as the database writes an array of them: the driver takes longer to write it than the look-up needs."""
    return f"{{{','.join([date.isoformat() for date in dates])}}}"


def _other_forms(probe: Probe) -> str:
    """What else the first name may stand as: the name they go by, and the forms of both."""
    called = [fold(name) for name in (probe.given_name, probe.known_as) if name]
    forms = {form for name in called for form in other_forms(name.split(" ", maxsplit=1)[0])}
    if probe.known_as:
        forms.add(called[-1])
    return " ".join(sorted(forms))


def _candidate(row: Any) -> Candidate:
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
