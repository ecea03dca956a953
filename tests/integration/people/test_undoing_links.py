"""Random histories of linking, undoing and recording: linked sets follow a model, and undoing leaves nothing behind."""

import uuid
from collections.abc import Iterable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason
from locality.kernel.errors import DomainError
from locality.kernel.ids import FamilyId, PersonId, new_id
from locality.people import api as people
from locality.people.models import LinkDecision
from locality.people.operations.linking import NewDecision, decide_link, undo_link
from locality.people.queries.linking import lead_of, same_person_ids
from locality.people.rules.linking import LinkKind, linked_sets
from tests.factories.people import a_family, a_line, a_person, a_telephone, a_unit, an_address
from tests.support.layers import layer

PEOPLE = 5
_WHO = st.integers(0, PEOPLE - 1)
_STEPS = st.one_of(
    st.tuples(st.just("decide"), _WHO, _WHO, st.sampled_from(LinkKind)),
    st.tuples(st.just("undo"), st.integers(0, 20)),
    st.tuples(st.just("record"), _WHO, st.sampled_from(["line", "address", "hidden", "telephone", "family"])),
    st.tuples(st.just("give"), _WHO, st.sampled_from([GrantReason.LEAD_PROFESSIONAL, GrantReason.SUPERVISOR])),
    st.tuples(st.just("end"), st.integers(0, 20)),
)
# What a person's record consists of, and every open grant. What a link leaves is history: its own rows, the notes of
# it in the stories, and grants that have ended.
_KEPT = {
    "person": "SELECT * FROM person ORDER BY id",
    "family": "SELECT * FROM family ORDER BY id",
    "family_member": "SELECT * FROM family_member ORDER BY id",
    "household": "SELECT * FROM household ORDER BY id",
    "household_member": "SELECT * FROM household_member ORDER BY id",
    "address": "SELECT * FROM address ORDER BY id",
    "contact_point": "SELECT * FROM contact_point ORDER BY id",
    "story": "SELECT * FROM chronology_entry WHERE record_kind IS DISTINCT FROM 'link' ORDER BY id",
    "grants": "SELECT * FROM access_grant WHERE until_at IS NULL AND linked_from IS NULL ORDER BY id",
    "linked grants": "SELECT * FROM access_grant WHERE until_at IS NULL AND linked_from IS NOT NULL",
    "sets": "SELECT * FROM linked_person",
}


Beginning = tuple[list[PersonId], FamilyId]


@layer
def beginning(session: Session) -> Beginning:
    """Five people on record, the first with a family, two in a household."""
    made = [a_person(session) for _ in range(PEOPLE)]
    family = a_family(session, made[0])
    people.create_household(a_unit(session), name="Mum’s home", members=made[:2])
    return made, family


class History:
    """One random history on real tables, beside a model of who is linked to whom."""

    def __init__(self, session: Session, beginning: Beginning) -> None:
        self.session = session
        self.people, self.family = beginning
        self.decided: list[uuid.UUID] = []
        self.records: list[uuid.UUID] = []

    def decide(self, one: int, other: int, kind: LinkKind) -> None:
        """Decide about two, unless a rule stands against it."""
        made = NewDecision(
            id=new_id(), one_id=self.people[one], other_id=self.people[other], kind=kind, reason="One of the two"
        )
        try:
            decide_link(a_unit(self.session), made)
        except DomainError:
            return
        self.decided.append(made.id)

    def undo(self, which: int) -> None:
        """Undo one of the standing decisions."""
        if self.decided:
            undo_link(a_unit(self.session), self.decided.pop(which % len(self.decided)), reason="It was wrong")

    def record(self, who: int, what: str) -> None:
        """Record something through one of the records."""
        person, unit = self.people[who], a_unit(self.session)
        if what == "line":
            a_line(self.session, person)
        elif what == "telephone":
            a_telephone(self.session, person)
        elif what == "family" and person not in people.get_family(self.session, self.family).about:
            people.add_to_family(unit, self.family, person)
        elif what in {"address", "hidden"}:
            an_address(self.session, person, line=f"{new_id()} Row", postcode=None, hidden=what == "hidden")

    def give(self, who: int, reason: GrantReason) -> None:
        """Somebody begins to help."""
        record = new_id()
        grants.give(a_unit(self.session), [self.people[who]], principal=new_id(), reason=reason, record=record)
        self.records.append(record)

    def end(self, which: int) -> None:
        """Somebody ceases to help."""
        if self.records:
            grants.end(a_unit(self.session), record=self.records[which % len(self.records)])

    def links(self) -> list[tuple[PersonId, PersonId]]:
        """The standing links, for the model."""
        rows = self.session.execute(
            select(LinkDecision.one_id, LinkDecision.other_id).where(
                LinkDecision.undone_at.is_(None), LinkDecision.kind == LinkKind.SAME_PERSON
            )
        )
        return [(PersonId(row.one_id), PersonId(row.other_id)) for row in rows]

    def kept(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row that is no history of a link."""
        self.session.flush()
        return {name: [tuple(row) for row in self.session.execute(text(sql))] for name, sql in _KEPT.items()}


def _reachable(person: PersonId, links: Iterable[tuple[PersonId, PersonId]]) -> set[PersonId]:
    """Everybody who can be reached, by walking: slower than union-find and plainly right."""
    found, waiting = {person}, [person]
    while waiting:
        here = waiting.pop()
        for one, other in links:
            for near, far in ((one, other), (other, one)):
                if near == here and far not in found:
                    found.add(far)
                    waiting.append(far)
    return found


def _check_sets(history: History) -> None:
    links = history.links()
    same = same_person_ids(history.session, history.people)
    for person in history.people:
        reachable = _reachable(person, links)
        assert set(same[person]) == reachable
        assert lead_of(history.session, person) == min(reachable, key=history.people.index)
    # Who holds one record of a set holds the others, never hidden whereabouts, and nobody holds more.
    held = history.session.execute(
        text("SELECT person_id, record_id, parts FROM access_grant WHERE until_at IS NULL AND linked_from IS NULL")
    ).all()
    followed = history.session.execute(
        text("SELECT person_id, record_id, parts FROM access_grant WHERE until_at IS NULL AND linked_from IS NOT NULL")
    ).all()
    assert all("hidden_whereabouts" not in row.parts for row in followed)
    wanted = {
        (other, row.record_id)
        for row in held
        if set(row.parts) != {"hidden_whereabouts"}
        for other in _reachable(row.person_id, links) - {row.person_id}
    }
    assert {(row.person_id, row.record_id) for row in followed} == wanted
    hidden = set(history.session.execute(text("SELECT person_id FROM address WHERE do_not_disclose")).scalars())
    for row in followed:
        assert "whereabouts" not in row.parts or not hidden & _reachable(row.person_id, links)


@given(steps=st.lists(_STEPS, max_size=14))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_undoing_everything_every_row_is_as_if_nothing_had_been_linked(
    session: Session, beginning: Beginning, steps: list[tuple[object, ...]]
) -> None:
    with session.begin_nested() as point:
        history = History(session, beginning)
        for name, *arguments in steps:
            getattr(history, str(name))(*arguments)
            _check_sets(history)
        linked = history.kept()
        while history.decided:
            history.undo(0)
            _check_sets(history)
        undone = history.kept()
        assert undone["linked grants"] == undone["sets"] == []
        made = {row[0] for row in linked["household"]} - {row[0] for row in undone["household"]}
        assert len(undone["household"]) == 1
        for table in ("household", "household_member"):
            kept = [row for row in linked[table] if not made & set(row[:2])]
            assert undone[table] == kept
        for table in ("person", "family", "family_member", "address", "contact_point", "story", "grants"):
            assert undone[table] == linked[table], table
        point.rollback()


@given(steps=st.lists(st.tuples(st.booleans(), _WHO, _WHO, st.integers(0, 20)), max_size=10))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_records_without_any_link_give_the_same_rows(
    session: Session, beginning: Beginning, steps: list[tuple[bool, int, int, int]]
) -> None:
    """Two histories of the same recording, one with links between and all undone: what stands is the same."""

    def told(*, linking: bool) -> list[list[tuple[str, ...]]]:
        with session.begin_nested() as point:
            history = History(session, beginning)
            place = {person: number for number, person in enumerate(history.people)}
            for records, one, other, which in steps:
                if records:
                    history.record(one, ["line", "address", "hidden", "telephone", "family"][other])
                elif linking and which % 3:
                    history.decide(one, other, list(LinkKind)[which % len(LinkKind)])
                elif linking:
                    history.undo(which)
            while history.decided:
                history.undo(0)
            session.flush()
            tables = [
                sorted((str(place[row[0]]), *map(str, row[1:])) for row in session.execute(text(sql)))
                for sql in (
                    "SELECT person_id, kind, do_not_disclose, until_on FROM address",
                    "SELECT person_id, kind, value, until_on FROM contact_point",
                    "SELECT person_id, until_on FROM family_member",
                    "SELECT person_id, until_on FROM household_member",
                    "SELECT person_id, line FROM chronology_entry WHERE record_kind IS DISTINCT FROM 'link'",
                    "SELECT person_id, reason, parts FROM access_grant WHERE until_at IS NULL",
                )
            ]
            point.rollback()
        return tables

    assert told(linking=True) == told(linking=False)


@given(
    people_and_links=st.integers(1, 8).flatmap(
        lambda n: st.tuples(st.just(range(n)), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))))
    )
)
def test_linked_sets_are_what_can_be_reached(people_and_links: tuple[range, list[tuple[int, int]]]) -> None:
    everybody, links = people_and_links
    sets = linked_sets(everybody, links)
    assert sorted(person for members in sets for person in members) == list(everybody)
    for members in sets:
        for person in members:
            assert _reachable(person, links) == members  # type: ignore[arg-type]
