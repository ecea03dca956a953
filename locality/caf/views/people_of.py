"""Who the children are, who brings them up and who else belongs: from the family's records, never asked twice."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.queries.papers import Around, PersonFacts, read_around
from locality.caf.queries.sections import assessment_facts, get_assessment
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import plain_heading
from locality.kernel.db import db
from locality.kernel.ids import AssessmentId, PersonId
from locality.people.api import PersonKind
from locality.web import page
from locality.web.endpoint import current_facts, requires
from locality.web.formats import day

_HOLDS = {True: "has parental responsibility", False: "no parental responsibility on record"}


@dataclass(frozen=True, slots=True)
class Card:
    """One person: what is on record, and what an assessment should have and nobody has recorded yet."""

    id: PersonId
    name: str
    rows: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


@blueprint.get("/caf/<uuid:assessment_id>/people")
@requires(Permission.CAF_EDIT, facts=assessment_facts, reads=Part.IDENTITY)
def people_of(assessment_id: AssessmentId) -> ResponseReturnValue:
    """The people of the family as they are on record, with what is missing."""
    session = db.session()
    caf = get_assessment(session, assessment_id)
    around = read_around(session, caf.family_id)
    sees_homes = Part.WHEREABOUTS in current_facts().parts
    everybody = around.people.values()
    return page.render(
        "caf/people_of.html",
        who=plain_heading(family_name=caf.family_name, reference=caf.reference, episode_id=caf.episode_id),
        caf=caf,
        children=[_child(one, around, sees_homes=sees_homes) for one in everybody if one.kind is PersonKind.CHILD],
        adults=[_adult(one, around) for one in everybody if one.kind is PersonKind.ADULT],
    )


def _child(child: PersonFacts, around: Around, *, sees_homes: bool) -> Card:
    places = [(place.label, place.words) for place in around.places if place.person_id == child.id]
    rows = [
        ("Date of birth" if child.due_on is None else "Expected on", day(child.due_on or child.born_on)
         if child.due_on or child.born_on else ""),
        ("Sex", child.sex),
        ("Also known as", child.also_known_as),
        ("Ethnicity", child.ethnicity),
        ("First language", child.first_language),
        ("Religion", child.religion),
        ("Disability", ", ".join(child.disabilities)),
        ("School or nursery", child.school or ""),
        *places,
    ]  # fmt: skip
    wanted = {"a date of birth": bool(child.born_on or child.due_on)}
    if sees_homes:
        wanted |= {"an address": _has(places, "Address"), "a telephone number": _has(places, "Mobile", "Telephone")}
    missing = tuple(what for what, found in wanted.items() if not found)
    return Card(child.id, child.name, tuple(row for row in rows if row[1]), missing)


def _has(places: list[tuple[str, str]], *labels: str) -> bool:
    return any(label in labels for label, _ in places)


def _adult(adult: PersonFacts, around: Around) -> Card:
    ties = [
        (f"To {around.people[tie.child_id].called}", f"{tie.words or 'Carer'}, {_HOLDS[tie.has_responsibility]}")
        for tie in around.ties
        if tie.adult_id == adult.id and tie.child_id in around.people
    ]
    places = [(place.label, place.words) for place in around.places if place.person_id == adult.id]
    born = [("Date of birth", day(adult.born_on))] if adult.born_on else []
    return Card(adult.id, adult.name, (*ties, *born, *places), () if ties else ("who they are to the children",))
