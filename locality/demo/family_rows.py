"""What the people room would have written of a family: persons, ties, homes, schools."""

import random

from locality.demo import days, identifiers
from locality.demo.batch import EMPTY, NO, NULL, Batch, array, flag, or_null, texts
from locality.demo.chance import Weighted, between, one_of
from locality.demo.families import Adult, Family, Person
from locality.demo.names import GIRL
from locality.demo.themes import words

_DISABILITIES = Weighted(
    {"NONE": 86, "AUT": 4, "LD": 3, "COMM": 2, "BEH": 2, "LD,AUT": 1, "HEAR": 1, "VIS": 0.5, "MOB": 0.5}
)
_NO_FIXED_ABODE = "ZZ99 3VZ"
_TOWN = "Southend-on-Sea"


def write_family(rng: random.Random, batch: Batch, family: Family, today: int) -> None:
    """Everything that is known of the family before anybody asks for help."""
    family.reference = batch.reference("FA")
    recorded = days.stamp(family.first_day, between(rng, 8 * 60, 16 * 60))
    since = days.text(family.first_day)
    people = [*family.children, *(adult.person for adult in family.adults)]
    for person in people:
        _write_person(rng, batch, family, person, recorded, today)
    members = array(person.id for person in family.members)
    batch.add("family", family.id, family.reference, family.name, members, recorded, "1")
    for person in family.members:
        batch.add("family_member", batch.id(), family.id, person.id, since, NULL)
    _write_ties(rng, batch, family, recorded)
    _write_homes(rng, batch, family, recorded)
    for child in family.children:
        for school, start, end in child.schools:
            batch.add("enrolment", batch.id(), child.id, school.id, days.text(start), or_null(end and days.text(end)))


def _write_person(rng: random.Random, batch: Batch, family: Family, person: Person, recorded: str, today: int) -> None:
    person.reference = batch.reference("PE")
    culture = family.culture
    unborn = person.due is not None
    sex = "U" if unborn else ("F" if person.kind == GIRL else "M")
    nhs, status = _nhs(rng, person)
    upn, unknown = _upn(rng, person, today)
    speaks = culture.language if rng.random() < 0.8 or not person.is_child else "English"
    person.known_by = ("" if nhs == NULL else nhs, "" if upn == NULL else upn, speaks)
    needs_interpreter = not person.is_child and rng.random() < culture.interpreter
    batch.add(
        "person", person.id, person.reference, "child" if person.is_child else "adult", person.given, person.family,
        person.known_as, texts([person.previous]) if person.previous else EMPTY, sex,
        NULL if rng.random() < 0.9 else ("00" if unborn else "02" if sex == "F" else "01"),
        or_null(person.born and days.text(person.born)), flag(rng.random() < 0.01),
        or_null(person.due and days.text(person.due)), NULL, _ethnicity(rng, family), culture.religions.pick(rng),
        speaks, flag(needs_interpreter), _disabilities(rng, person), nhs, status, upn, EMPTY, unknown, NULL, recorded,
        NULL, "1",
    )  # fmt: skip


def _ethnicity(rng: random.Random, family: Family) -> str:
    return "NOBT" if rng.random() < 0.04 else family.culture.ethnicities.pick(rng)


def _disabilities(rng: random.Random, person: Person) -> str:
    if not person.is_child or person.due is not None or rng.random() < 0.3:
        return EMPTY
    found = "AUT" if person.index >= 0 and rng.random() < 0.02 else _DISABILITIES.pick(rng)
    return "{" + found + "}"


def _nhs(rng: random.Random, person: Person) -> tuple[str, str]:
    number = identifiers.nhs_number(person.index) if person.is_child and person.due is None else None
    if number is None or person.is_bare or rng.random() < 0.12:
        return NULL, "ABSENT"
    return number, "PRESENT_TRACED" if rng.random() < 0.8 else "PRESENT_NOT_TRACED"


def _upn(rng: random.Random, person: Person, today: int) -> tuple[str, str]:
    if not person.is_child:
        return NULL, NULL
    if person.due is not None:
        return NULL, "UN6"
    if person.born is not None and today - person.born < 4.5 * 365:
        return NULL, "UN1"
    if person.is_bare or rng.random() < 0.1:
        return NULL, "UN4"
    year = int(days.text((person.born or today) + 4 * 365)[:4])
    return identifiers.upn(person.index, year), NULL


def _write_ties(rng: random.Random, batch: Batch, family: Family, recorded: str) -> None:
    for adult in family.adults:
        for child, kind, basis in adult.ties:
            since = or_null(child.born and days.text(child.born))
            batch.add("relationship", batch.id(), adult.person.id, child.id, kind, since, NULL, recorded)
            if basis is not None and child.due is None:
                batch.add(
                    "parental_responsibility", batch.id(), child.id, adult.person.id, basis, "", since, NULL, recorded
                )
    _write_siblings(rng, batch, family, recorded)
    if len(family.adults) > 1 and family.adults[0].at_home:
        first, second = family.adults[0], family.adults[1]
        kind = "partner" if second.at_home else "former_partner"
        if {k for _, k, _ in second.ties} & {"father", "parent", "step_parent"}:
            batch.add("relationship", batch.id(), second.person.id, first.person.id, kind, NULL, NULL, recorded)


def _write_siblings(rng: random.Random, batch: Batch, family: Family, recorded: str) -> None:
    parents = {child.id: {a.person.id for a in family.adults if _is_parent(a, child)} for child in family.children}
    for n, elder in enumerate(family.children):
        for younger in family.children[n + 1 :]:
            kind = "sibling" if parents[elder.id] == parents[younger.id] else "half_sibling"
            since = or_null(younger.born and days.text(younger.born))
            batch.add("relationship", batch.id(), elder.id, younger.id, kind, since, NULL, recorded)


def _is_parent(adult: Adult, child: Person) -> bool:
    return any(c is child and kind in {"mother", "father", "parent"} for c, kind, _ in adult.ties)


def _write_homes(rng: random.Random, batch: Batch, family: Family, recorded: str) -> None:
    at_home = [*family.children, *(a.person for a in family.adults if a.at_home)]
    away = [a.person for a in family.adults if not a.at_home]
    _write_household(rng, batch, f"{family.name} household", at_home, family.first_day, recorded)
    hidden = flag(family.is_hidden)
    kind = "temporary" if family.postcode is None or (family.is_hidden and rng.random() < 0.5) else "home"
    lines, postcode = _address(rng, family)
    since = days.text(family.first_day - between(rng, 10, 1500))
    for person in at_home:
        batch.add(
            "address", batch.id(), person.id, "home" if kind == "home" else kind, lines, postcode, NULL, since, NULL,
            hidden, recorded, NULL,
        )  # fmt: skip
    if not family.is_hidden and rng.random() < 0.2:
        _write_earlier_home(rng, batch, family, at_home, recorded)
    for person in away:
        _write_other_home(rng, batch, family, person, recorded)
    for adult in family.adults:
        if adult.at_home or not family.is_hidden:
            _write_ways_to_reach(rng, batch, family, adult.person, recorded)


def _write_household(
    rng: random.Random, batch: Batch, name: str, people: list[Person], day: int, recorded: str
) -> None:
    household = batch.id()
    batch.add("household", household, name, array(p.id for p in people), recorded)
    for person in people:
        batch.add("household_member", batch.id(), household, person.id, days.text(day), NULL)


def _write_earlier_home(rng: random.Random, batch: Batch, family: Family, people: list[Person], recorded: str) -> None:
    left = family.first_day - 1600
    lines = texts([f"{between(rng, 1, 180)} {one_of(rng, words('streets'))}", _TOWN])
    postcode = one_of(rng, family.cluster.postcodes)
    for person in people:
        if (person.born or left) < left:
            batch.add(
                "address", batch.id(), person.id, "home", lines, postcode, NULL, days.text(left - 900),
                days.text(left), NO, recorded, NULL,
            )  # fmt: skip


def _write_other_home(rng: random.Random, batch: Batch, family: Family, parent: Person, recorded: str) -> None:
    """Where a parent lives who lives elsewhere; the children's second home when they are in both."""
    lines = texts([f"{between(rng, 1, 180)} {one_of(rng, words('streets'))}", _TOWN])
    postcode = one_of(rng, family.cluster.postcodes)
    since = days.text(family.first_day - 30)
    batch.add("address", batch.id(), parent.id, "home", lines, postcode, NULL, since, NULL, NO, recorded, NULL)
    if not family.has_two_homes:
        return
    _write_household(rng, batch, f"{parent.family or parent.given} household", [*family.children, parent],
                     family.first_day, recorded)  # fmt: skip
    for child in family.children:
        batch.add(
            "address", batch.id(), child.id, "second_home", lines, postcode, NULL, since, NULL, NO, recorded, NULL
        )


def _write_ways_to_reach(rng: random.Random, batch: Batch, family: Family, adult: Person, recorded: str) -> None:
    hidden = flag(family.is_hidden)
    note = "Text first; do not leave a message" if family.is_hidden else ""
    mobile = identifiers.mobile(between(rng, 0, 999))
    batch.add("contact_point", batch.id(), adult.id, "mobile", mobile, note, hidden, NULL, NULL, recorded)
    if rng.random() < 0.35:
        email = identifiers.email(adult.given, between(rng, 0, 9999))
        batch.add("contact_point", batch.id(), adult.id, "email", email, "", hidden, NULL, NULL, recorded)


def _address(rng: random.Random, family: Family) -> tuple[str, str]:
    if family.postcode is None:
        return texts(["No fixed abode"]), _NO_FIXED_ABODE
    number = f"{between(rng, 1, 180)}{'A' if rng.random() < 0.04 else ''}"
    street = f"{number} {one_of(rng, words('streets'))}"
    if rng.random() < 0.12:
        return texts([f"Flat {between(rng, 1, 24)}", street, _TOWN]), family.postcode
    return texts([street, _TOWN]), family.postcode
