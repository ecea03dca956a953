"""Reading links: who is recorded under several ids, what was decided about two records, and what a link would touch."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, any_, bindparam, cast, func, literal, literal_column, or_, select, text, union_all
from sqlalchemy.orm import Session, aliased

from locality.access.facts import AccessFacts
from locality.access.parts import Part
from locality.access.scope import elevated, facts_about, facts_of_record
from locality.kernel import direct
from locality.kernel.actor import Actor
from locality.kernel.db import JsonObject
from locality.kernel.errors import NotFound
from locality.kernel.ids import PersonId
from locality.kernel.paging import PAGE_SIZE, Page, page_of
from locality.people.models import (
    Address,
    ChronologyEntry,
    ContactPoint,
    LinkDecision,
    LinkedPerson,
    Person,
    ToldFact,
)
from locality.people.queries.facts import kept_from_reader
from locality.people.queries.persons import PersonRecord
from locality.people.rules.codes import SEXES, Sex
from locality.people.rules.facts import OPEN_STATES
from locality.people.rules.linking import FACTS, Compared, LinkKind, linked_sets, side_by_side, side_of
from locality.people.rules.matching import Candidate, Match, Probe, compare, match
from locality.people.rules.names import display_name
from locality.people.rules.weights import Verdict
from locality.web.formats import day, nhs

MOST_RETURNED = 100
MOST_SHOWN = 200  # characters of a line that was told
_STAYS = (Part.WHEREABOUTS, Part.RESTRICTED)  # lines that must not pass from one record to another
_KEPT = (
    "id", "one_id", "other_id", "kind", "reason", "findings", "decided_at", "decided_by_name", "undone_at",
    "undone_by_name", "undone_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DecisionEnd:
    """One of the two records of a decision. ``name`` is None where the actor may know the reference only."""

    id: PersonId
    reference: str
    name: str | None


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What was decided about two records, by whom, when and why; and whether it was undone."""

    id: uuid.UUID
    kind: LinkKind
    one: DecisionEnd
    other: DecisionEnd
    reason: str
    findings: tuple[JsonObject, ...]
    decided_at: dt.datetime
    decided_by_name: str
    undone_at: dt.datetime | None
    undone_by_name: str | None
    undone_reason: str | None

    @property
    def stands(self) -> bool:
        """Whether nobody has undone it."""
        return self.undone_at is None

    @property
    def found(self) -> str:
        """What agreed and what differed at the time, in one line."""
        said = {
            side: [str(one["fact"]).lower().replace("nhs", "NHS") for one in self.findings if one["side"] == side]
            for side in ("agrees", "close", "differs")
        }
        parts = [
            f"{words}: {', '.join(said[side])}"
            for side, words in (("agrees", "agreed"), ("close", "nearly agreed"), ("differs", "differed"))
            if said[side]
        ]
        return "; ".join(parts) or "nothing could be compared"


@dataclass(frozen=True, slots=True)
class RecordedSince:
    """Something recorded about a linked person after the link: what it is, in words, and on whose record it stands."""

    kind: str
    id: uuid.UUID
    person_id: PersonId
    recorded_at: dt.datetime
    words: str

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{self.kind}:{self.id}"


def same_person_ids(session: Session, ids: Iterable[uuid.UUID]) -> dict[PersonId, tuple[PersonId, ...]]:
    """Each id with all ids recorded for the same person, itself first; one statement.

    Only records whose identity the actor may see. Somebody who is linked to nobody stands alone.
    """
    wanted = [PersonId(one) for one in dict.fromkeys(ids)]
    found: dict[PersonId, tuple[PersonId, ...]] = {one: (one,) for one in wanted}
    if not wanted:
        return found
    for row in _LINKED.rows(session, people=wanted):
        found[PersonId(row.person_id)] = (*found[PersonId(row.person_id)], PersonId(row.other))
    return found


_ME, _THEM = aliased(LinkedPerson), aliased(LinkedPerson)
_LINKED = direct.Prepared(
    select(_ME.person_id, _THEM.person_id.label("other"))
    .join(_THEM, _THEM.lead_id == _ME.lead_id)
    .where(_ME.person_id == any_(bindparam("people")), _THEM.person_id != _ME.person_id)
    .order_by(_THEM.person_id != _ME.lead_id, _THEM.person_id)
)


def lead_of(session: Session, person_id: uuid.UUID) -> PersonId:
    """The record that leads the set of somebody's linked records; their own when there is no other."""
    lead = session.execute(select(LinkedPerson.lead_id).where(LinkedPerson.person_id == person_id)).scalar_one_or_none()
    return PersonId(lead or person_id)


def told_apart(session: Session, person_id: uuid.UUID) -> frozenset[PersonId]:
    """Whom nobody should offer as a likely match of somebody; one statement.

    Who was decided not to be the same as any of their records, who is linked to them already, and they themselves.
    """
    return frozenset(PersonId(one) for one in session.execute(text(APART), {"besides": person_id}).scalars())


# For a statement that looks for people besides somebody; by membership, so that row-level security may use the indexes.
APART = """
    WITH mine AS (
      SELECT them.person_id FROM linked_person AS me JOIN linked_person AS them ON them.lead_id = me.lead_id
      WHERE me.person_id = :besides
      UNION SELECT CAST(:besides AS uuid)
    )
    SELECT person_id FROM mine
    UNION SELECT d.other_id FROM mine JOIN link_decision AS d ON d.one_id = mine.person_id
    WHERE d.undone_at IS NULL AND d.kind <> 'same_household'
    UNION SELECT d.one_id FROM mine JOIN link_decision AS d ON d.other_id = mine.person_id
    WHERE d.undone_at IS NULL AND d.kind <> 'same_household'
    """


def pair_facts(session: Session, actor: Actor, *, person_id: PersonId, other_id: PersonId) -> AccessFacts | None:
    """What the policy asks about two records; None when the actor may not know of both."""
    found = session.execute(select(func.count()).where(Person.id.in_([person_id, other_id]))).scalar_one()
    if found < 2:
        return None
    return facts_about(session, actor, [person_id, other_id], record=("person", person_id))


def decision_facts(session: Session, actor: Actor, *, decision_id: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about a decision; None when there is none that the actor may see."""
    about = "SELECT ARRAY[one_id, other_id] AS about FROM link_decision WHERE id = %(id)s"
    return facts_of_record(session, actor, about, ("link", decision_id))


def facts_of(record: PersonRecord) -> dict[str, str]:
    """What a record says, as people read it, by the facts that are compared (``rules.linking.FACTS``)."""
    return {
        "First name": record.given_name,
        "Surname": record.family_name,
        "Known as": record.known_as,
        "Names before": ", ".join(record.previous_names),
        "Date of birth": day(record.born_on) if record.born_on else "",
        "Date due": day(record.due_on) if record.due_on else "",
        "Sex": "" if record.sex is Sex.UNKNOWN else SEXES[record.sex],
        "NHS number": nhs(record.nhs_number) if record.nhs_number else "",
        "Pupil number": record.upn or "",
        "First language": record.first_language,
    }


def probe_of(record: PersonRecord) -> Probe:
    """Who a record says that somebody is, to look for others like them."""
    return Probe(
        given_name=record.given_name,
        family_name=record.family_name,
        known_as=record.known_as,
        born_on=record.born_on,
        due_on=record.due_on,
        sex=record.sex,
        nhs_number=record.nhs_number,
        upn=record.upn,
    )


def compare_records(one: PersonRecord, other: PersonRecord) -> tuple[Compared, ...]:
    """Two records side by side, weighed as likely matches are."""
    return side_by_side(facts_of(one), facts_of(other), compare(probe_of(one), _candidate_of(other)))


def how_alike(one: PersonRecord, other: PersonRecord) -> Match | None:
    """How likely two records are of one person by what they say; None where too little speaks for it."""
    return match(probe_of(one), _candidate_of(other))


def _candidate_of(record: PersonRecord) -> Candidate:
    return Candidate(
        person_id=record.id,
        reference=record.reference,
        name=record.name,
        given_name=record.given_name,
        family_name=record.family_name,
        known_as=record.known_as,
        previous_names=record.previous_names,
        born_on=record.born_on,
        due_on=record.due_on,
        sex=record.sex,
        nhs_number=record.nhs_number,
        upn=record.upn,
    )


def said_together(records: Sequence[PersonRecord]) -> tuple[tuple[str, tuple[str, ...], Verdict], ...]:
    """Each fact, what each record of one person says of it, and how that compares."""
    facts = [facts_of(record) for record in records]
    said = [(fact, tuple(one[fact] for one in facts)) for fact in FACTS]
    return tuple((fact, words, side_of(words)) for fact, words in said)


def decisions_about(session: Session, people: Sequence[uuid.UUID]) -> tuple[DecisionRow, ...]:
    """What was decided about any of these people, newest first: the 50 newest."""
    either = or_(LinkDecision.one_id.in_(people), LinkDecision.other_id.in_(people))
    rows = session.execute(_decisions().where(either).limit(PAGE_SIZE)).all()
    return tuple(_decision(row._asdict(), {}) for row in rows)


def decisions_column(people: Sequence[uuid.UUID]) -> Any:
    """What ``decisions_about`` reads, as a column of a page's own statement; ``read_decisions`` reads it."""
    either = or_(LinkDecision.one_id.in_(people), LinkDecision.other_id.in_(people))
    decided = _decisions().where(either).limit(PAGE_SIZE).subquery("decided")
    return (
        select(func.coalesce(func.jsonb_agg(func.to_jsonb(literal_column("decided"))), text("'[]'::jsonb")))
        .select_from(decided)
        .scalar_subquery()
    )


def read_decisions(found: Sequence[JsonObject]) -> tuple[DecisionRow, ...]:
    """The decisions of ``decisions_column``."""
    return tuple(_decision(_read(one), {}) for one in found)


def _read(found: JsonObject) -> JsonObject:
    ids = {name: uuid.UUID(found[name]) for name in ("id", "one_id", "other_id")}
    times = {name: found[name] and dt.datetime.fromisoformat(found[name]) for name in ("decided_at", "undone_at")}
    return found | ids | times


def list_decisions(session: Session, *, number: int = 1) -> Page[DecisionRow]:
    """Every decision that the actor may see, newest first, a page at a time; references always, names where allowed."""
    found = session.execute(_decisions().limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE))
    rows = [row._asdict() for row in found]
    known = _references(session, rows)
    return page_of([_decision(row, known) for row in rows], number)


def get_decision(session: Session, decision_id: uuid.UUID) -> DecisionRow:
    """One decision. Raises ``NotFound``."""
    row = session.execute(_decisions().where(LinkDecision.id == decision_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such decision, or none that you may see")
    values = row._asdict()
    return _decision(values, _references(session, [values]))


def _decisions() -> Any:
    one, other = aliased(Person), aliased(Person)
    names = [
        getattr(person, column).label(f"{prefix}_{column}")
        for prefix, person in (("one", one), ("other", other))
        for column in ("reference", "given_name", "family_name", "due_on")
    ]
    return (
        select(*(getattr(LinkDecision, name) for name in _KEPT), *names)
        .outerjoin(one, one.id == LinkDecision.one_id)
        .outerjoin(other, other.id == LinkDecision.other_id)
        .order_by(LinkDecision.decided_at.desc(), LinkDecision.id)
    )


def _references(session: Session, rows: Sequence[JsonObject]) -> dict[uuid.UUID, str]:
    """References of those whom the actor may not see: whoever keeps watch over links names people by them alone."""
    unseen = [row[f"{end}_id"] for row in rows for end in ("one", "other") if row[f"{end}_reference"] is None]
    if not unseen:
        return {}
    with elevated(session, "those who keep watch over links name people by reference"):
        found = session.execute(select(Person.id, Person.reference).where(Person.id.in_(unseen)))
        return {row.id: row.reference for row in found}


def _decision(row: JsonObject, known: Mapping[uuid.UUID, str]) -> DecisionRow:
    kept = {name: row[name] for name in _KEPT if name not in ("one_id", "other_id", "kind", "findings")}
    return DecisionRow(
        one=_end(row, "one", known),
        other=_end(row, "other", known),
        kind=LinkKind(row["kind"]),
        findings=tuple(row["findings"]),
        **kept,
    )


def _end(row: JsonObject, end: str, known: Mapping[uuid.UUID, str]) -> DecisionEnd:
    person, reference = PersonId(row[f"{end}_id"]), row[f"{end}_reference"]
    if reference is None:
        return DecisionEnd(person, known.get(person, "a record you may not see"), None)
    unborn = row[f"{end}_due_on"] is not None
    return DecisionEnd(
        person, reference, display_name(row[f"{end}_given_name"], row[f"{end}_family_name"], unborn=unborn)
    )


def sides_of(session: Session, decision: DecisionRow) -> tuple[frozenset[PersonId], frozenset[PersonId]]:
    """The two sets into which the set of a link falls when it is undone; both empty when others hold it together."""
    members = same_person_ids(session, [decision.one.id])[decision.one.id]
    held = session.execute(
        select(LinkDecision.one_id, LinkDecision.other_id).where(
            LinkDecision.one_id.in_(members),
            LinkDecision.kind == LinkKind.SAME_PERSON,
            LinkDecision.undone_at.is_(None),
            LinkDecision.id != decision.id,
        )
    )
    links = [(PersonId(row.one_id), PersonId(row.other_id)) for row in held]
    sets = {person: one for one in linked_sets(members, links) for person in one}
    ours, theirs = sets[decision.one.id], sets.get(decision.other.id, frozenset())
    return (ours, theirs) if ours != theirs else (frozenset(), frozenset())


def recorded_since(session: Session, people: Sequence[uuid.UUID], *, since: dt.datetime) -> tuple[RecordedSince, ...]:
    """What was recorded about these people since an instant, oldest first, as far as the actor may read it: up to 100.

    Never what must not be disclosed: that stays on the record on which it was put. Nor lines that another room may keep
    from the actor.
    """
    line, home, reach, told = ChronologyEntry, Address, ContactPoint, ToldFact
    said = literal("Told by ") + told.teller + literal(": ") + func.left(told.words, MOST_SHOWN)
    place = func.concat_ws(", ", func.nullif(func.array_to_string(home.lines, ", "), ""), home.postcode)
    parts = union_all(
        _since("story", line, line.line, people, since).where(line.record_kind.is_distinct_from("link")),
        _since("fact", told, said, people, since).where(
            told.state.in_(OPEN_STATES),
            told.part.not_in(_STAYS),
            *(one.asks.is_(None) for one in kept_from_reader(session)),
        ),
        _since("address", home, literal("Address: ") + place, people, since).where(home.do_not_disclose.is_(False)),
        _since("contact_point", reach, literal("Number or email: ") + reach.value, people, since).where(
            reach.do_not_disclose.is_(False)
        ),
    ).subquery()
    rows = session.execute(select(parts).order_by(parts.c.recorded_at, parts.c.id).limit(MOST_RETURNED))
    return tuple(RecordedSince(r.kind, r.id, PersonId(r.person_id), r.recorded_at, r.words) for r in rows)


def _since(kind: str, table: Any, words: Any, people: Sequence[uuid.UUID], since: dt.datetime) -> Any:
    return select(
        literal(kind).label("kind"), table.id, table.person_id, table.recorded_at, cast(words, String).label("words")
    ).where(table.person_id.in_(people), table.recorded_at >= since)
