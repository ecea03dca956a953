"""The family tree of a record: the drawing, the table of the same, and one sentence that says what it shows."""

import datetime as dt
from dataclasses import dataclass

from locality.kernel.ids import PersonId
from locality.people.queries.persons import PersonSummary
from locality.people.queries.standing import age_words
from locality.people.queries.surroundings import Surroundings
from locality.people.rules.codes import PersonKind, RelationKind
from locality.people.rules.genogram import MOST, SOMEONE, Genogram, Home, draw, when_of
from locality.people.rules.kinship import COUPLES, PARENTS, Kin, Tie
from locality.web.formats import age, count, names


@dataclass(frozen=True, slots=True)
class TreeRow:
    """Somebody of the drawing in the table beside it; no ``id`` for somebody who may not be seen."""

    id: PersonId | None
    name: str
    age: str
    parents: str
    partners: str
    homes: str


@dataclass(frozen=True, slots=True)
class FamilyTree:
    """A family tree in three forms that say the same."""

    drawing: Genogram
    rows: tuple[TreeRow, ...]
    sentence: str


def family_tree(found: Surroundings, person: PersonSummary, today: dt.date) -> FamilyTree:
    """The tree around a person, from what the reader may see; pure."""
    people = {str(one.id): one for one in found.tree}
    room = max(MOST - len(people), 0)
    kin = [_kin(one, today) for one in found.tree]
    kin += [Kin(key, SOMEONE, is_seen=False) for key in found.unseen[:room]]
    homes = [Home(home.name, frozenset(map(str, home.now))) for home in found.homes if home.now]
    drawing = draw(kin, found.tree_ties, index=str(person.id), homes=homes)
    called = {one.key: one.name for one in kin}
    rows = tuple(
        TreeRow(
            id=people[symbol.key].id if symbol.key in people else None,
            name=called[symbol.key],
            age=age_words(people[symbol.key], today) if symbol.key in people else "",
            parents=_listed(_parents(symbol.key, found.tree_ties, called)),
            partners=_listed(_partners(symbol.key, found.tree_ties, called)),
            homes=_listed([home.name for home in homes if symbol.key in home.people]),
        )
        for symbol in drawing.symbols
    )
    return FamilyTree(drawing, rows, _sentence(found, person, drawing))


def _kin(one: PersonSummary, today: dt.date) -> Kin:
    lived = "" if one.due_on or one.died_on or not one.born_on else age(one.born_on, today)
    return Kin(
        key=str(one.id),
        name=one.name,
        sex=one.sex,
        when=age_words(one, today) if one.due_on else when_of(one.born_on, one.died_on, lived),
        born_on=one.born_on,
        is_child=one.kind is PersonKind.CHILD,
        is_unborn=one.is_unborn,
        has_died=one.died_on is not None,
    )


def _listed(told: list[str]) -> str:
    return names(told) if told else "Not recorded"


def _parents(key: str, ties: tuple[Tie, ...], called: dict[str, str]) -> list[str]:
    found = {tie.one: called[tie.one] for tie in ties if tie.other == key and tie.kind in PARENTS and tie.one in called}
    return list(found.values())


def _partners(key: str, ties: tuple[Tie, ...], called: dict[str, str]) -> list[str]:
    found: dict[str, str] = {}
    for tie in ties:
        other = tie.other if tie.one == key else tie.one
        if key in (tie.one, tie.other) and tie.kind in COUPLES and other in called and other != key:
            is_over = tie.is_over or tie.kind is RelationKind.FORMER_PARTNER
            found.setdefault(other, f"{called[other]} (before)" if is_over else called[other])
    return list(found.values())


def _sentence(found: Surroundings, person: PersonSummary, drawing: Genogram) -> str:
    if len(drawing.symbols) == 1:
        return f"Nobody but {person.called} is recorded yet."
    people, generations = count(len(drawing.symbols), "person", "people"), count(drawing.generations, "generation")
    said = f"{people} in {generations} around {person.called}"
    if drawing.homes:
        said += f", {count(len(drawing.homes), 'household')} outlined"
    if found.left_out:
        said += f"; only the nearest {MOST} are drawn"
    return f"{said}."
