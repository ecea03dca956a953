"""What was decided about records that look alike: one child entered twice, a link made by mistake, twins told apart."""

import datetime as dt
import json
import uuid
from typing import Any

from locality.demo import days
from locality.demo.batch import NULL
from locality.demo.families import Family, Person
from locality.demo.names import GIRL
from locality.demo.teller import Teller
from locality.people import api as people

_REASONS = {
    "same": "Mother rang and school had rung before; both records are of the same girl or boy, read out to mother.",
    "undone": "Same name and the same street.",
    "apart": "Twins: same birthday, two children. School confirmed both.",
}
_UNDONE = "They are cousins with one name. Their grandmother told us so, and the birthdays differ."
_LINES = {
    "same": "Linked with {}: two records of the same person.",
    "undone": "Linked with {}: two records of the same person.",
    "apart": "Decided not to be the same person as {}.",
}


def make_alike(family: Family, before: Family | None, like: str) -> None:
    """Let the first child of a family look like that of the family before, or the first two be twins."""
    child = family.children[0]
    if like == "apart" and len(family.children) > 1:
        family.children[1].born, family.children[1].schools = child.born, list(child.schools)
        family.children[1].due, family.children[1].given = child.due, family.children[1].given or "Robin"
    if like not in {"same", "undone"} or before is None:
        return
    model = before.children[0]
    child.given, child.family, child.known_as, child.kind = model.given, model.family, model.known_as, model.kind
    child.schools, child.due = list(model.schools), model.due
    child.born = model.born if like == "same" or model.born is None else model.born - 9
    child.is_bare = like == "same"
    family.name, family.culture = before.name, before.culture
    if like == "same":
        mother, known = family.carer.person, before.carer.person
        mother.given, mother.family, mother.born, mother.kind = known.given, known.family, known.born, known.kind


def write_decision(t: Teller, before: Family | None, like: str) -> None:
    """The front door's decision about the two records."""
    children = t.family.children
    pair = (children[0], children[-1]) if like == "apart" else (before.children[0] if before else None, children[0])
    one, other = pair
    if one is None or one is other:
        return
    first, second = sorted((one, other), key=lambda person: person.id)
    officer, link = t.officer_aside(), t.new_id()
    decided = days.working_before(t.today - (6 if like == "undone" else 1))
    at = days.stamp(decided, 11 * 60)
    undone_on = days.working_before(t.today - 1) if like == "undone" else None
    undone = (days.stamp(undone_on, 700), officer.id, officer.name, _UNDONE) if undone_on else (NULL,) * 4
    t.add(
        "link_decision", link, first.id, second.id, "not_same" if like == "apart" else "same_person", _REASONS[like],
        _findings(first, second), at, officer.id, officer.name, NULL, *undone,
    )  # fmt: skip
    if like == "same":
        for person in pair:
            t.add("linked_person", person.id if person else NULL, one.id)
    source, record = f"{officer.name}, {officer.job_title}", ("link", link)
    for person, named in ((one, other), (other, one)):
        t.story([person], decided, at, "note", _LINES[like].format(named.reference), source, record)
        if undone_on:
            line = f"The link with {named.reference} was undone: not the same person."
            t.story([person], undone_on, days.stamp(undone_on, 700), "note", line, source, record)


def _findings(one: Person, other: Person) -> str:
    """What the product finds when it compares the two."""
    found = people.compare(people.Probe(**_said(one)), _candidate(other))
    return json.dumps([fact.as_finding() for fact in people.side_by_side(_facts(one), _facts(other), found)])


def _facts(person: Person) -> dict[str, str]:
    nhs, upn, language = person.known_by
    sex = "" if person.due is not None else person.kind
    said = (
        person.given, person.family, person.known_as, person.previous, _text(person.born), _text(person.due), sex, nhs,
        upn, language,
    )  # fmt: skip
    return dict(zip(people.COMPARED_FACTS, said, strict=True))


def _text(day: int | None) -> str:
    return "" if day is None else days.text(day)


def _said(person: Person) -> dict[str, Any]:
    nhs, upn, _language = person.known_by
    return {
        "given_name": person.given,
        "family_name": person.family,
        "known_as": person.known_as,
        "born_on": None if person.born is None else dt.date.fromordinal(person.born),
        "due_on": None if person.due is None else dt.date.fromordinal(person.due),
        "sex": _sex(person),
        "nhs_number": nhs or None,
        "upn": upn or None,
    }


def _sex(person: Person) -> people.Sex:
    if person.due is not None:
        return people.Sex.UNKNOWN
    return people.Sex.FEMALE if person.kind == GIRL else people.Sex.MALE


def _candidate(person: Person) -> people.Candidate:
    before = (person.previous,) if person.previous else ()
    return people.Candidate(
        person_id=uuid.UUID(str(person.id)), reference=person.reference, name="", previous_names=before, **_said(person)
    )
