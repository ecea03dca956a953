"""Reading what was told: a family's story, what answers a form's questions, and how often things were asked again."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy import and_, any_, bindparam, func, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Session, aliased

from locality.kernel.slots import Slot
from locality.people.models import FactReuse, LinkedPerson, ReuseMonth
from locality.people.models import ToldFact as Row
from locality.people.rules.facts import OPEN_STATES, FactSource, Reuse, ToldFact, Topic, same_words
from locality.people.rules.facts_assembling import Line, assemble, set_against_known

# A story is assembled in one reading; older lines of a family with more are found by topic or person.
MOST_FACTS = 600
_LINES_BESIDE = 12
_COLUMNS = (
    *(getattr(Row, field.name) for field in fields(ToldFact) if field.name != "same_as"),
    func.coalesce(LinkedPerson.lead_id, Row.person_id).label("same_as"),
)
_NAMES = tuple(column.key for column in _COLUMNS)
# Of these people and whoever is linked with them; one set, so that row-level security leaves an index to use.
_PEOPLE: sa.BindParameter[Any] = bindparam("people", type_=ARRAY(UUID(as_uuid=True)))
_ONE, _OTHER = aliased(LinkedPerson), aliased(LinkedPerson)
_MINE = Row.person_id.in_(
    union(
        select(func.unnest(_PEOPLE)),
        select(_OTHER.person_id).join(_ONE, _ONE.lead_id == _OTHER.lead_id).where(_ONE.person_id == any_(_PEOPLE)),
    )
)
_TOLD = select(*_COLUMNS).outerjoin(LinkedPerson, LinkedPerson.person_id == Row.person_id).where(_MINE)


@dataclass(frozen=True, slots=True)
class KeptBack:
    """Lines that another room may keep from the session's actor, for whatever reason they are open to them.

    ``asks`` says of a row of ``told_fact`` about whom to ask, NULL where there is nothing to ask. ``under`` says, for
    these people, under which codes lines are kept, in one statement; what has corrected them is kept too.
    """

    asks: sa.ColumnElement[Any]
    under: Callable[[Session, Collection[uuid.UUID]], Collection[str]]


# A filler appends what it may keep from the session's actor.
lines_kept_back: Slot[[Session, list[KeptBack]]] = Slot("people: lines kept back")


@dataclass(frozen=True, slots=True)
class StorySoFar:
    """The story beside another page: the first lines that count, and how many more there are."""

    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ReuseFigures:
    """Known facts in the records of a kind: confirmed, corrected and asked again; ``month`` is its first day."""

    record_kind: FactSource
    month: dt.date
    confirmed: int
    corrected: int
    re_asked: int

    @property
    def reused(self) -> int:
        """Facts that did not have to be asked again: they stood in the form already."""
        return self.confirmed + self.corrected


def told_facts(
    session: Session,
    people: Iterable[uuid.UUID],
    *,
    topics: Collection[Topic] = (),
    open_only: bool = False,
    most: int = MOST_FACTS,
) -> tuple[ToldFact, ...]:
    """What was told about these people and the actor may see, newest first, at most ``most`` lines; one statement.

    For whom another room may keep lines back there are one or two statements more (``lines_kept_back``).
    What was recorded under another record of the same person belongs to it while the link stands.
    """
    wanted = list(dict.fromkeys(people))
    if not wanted:
        return ()
    keepers = kept_from_reader(session)
    statement = _TOLD.add_columns(*(one.asks for one in keepers))
    if topics:
        statement = statement.where(Row.topic.in_(list(topics)))
    if open_only:
        statement = statement.where(Row.state.in_(list(OPEN_STATES)))
    statement = statement.order_by(Row.told_on.desc(), Row.recorded_at.desc(), Row.id).limit(most)
    rows = session.execute(statement, {"people": wanted}).all()
    kept = _kept_lines(session, keepers, rows)
    if kept is not None:
        rows = session.execute(statement.where(Row.id.not_in(kept)), {"people": wanted}).all()
    return tuple(ToldFact(**dict(zip(_NAMES, row, strict=False))) for row in rows)


def kept_from_reader(session: Session) -> tuple[KeptBack, ...]:
    """What other rooms may keep from the session's actor."""
    found: list[KeptBack] = []
    lines_kept_back(session, found)
    return tuple(found)


def _kept_lines(session: Session, keepers: Sequence[KeptBack], rows: Sequence[sa.Row[Any]]) -> sa.Select[Any] | None:
    """The ids of the lines that are kept from the actor, and of what has corrected them; None when nothing is."""
    kept_under = []
    for place, one in enumerate(keepers, len(_COLUMNS)):
        about = {person for row in rows for person in row[place] or ()}
        codes = one.under(session, about) if about else ()
        if codes:
            kept_under.append(and_(one.asks.is_not(None), Row.under.in_(list(codes))))
    if not kept_under:
        return None
    told = select(Row.id, Row.replaced_by).where(_MINE, or_(*kept_under)).cte("kept_back", recursive=True)
    later = aliased(Row)
    return select(told.union(select(later.id, later.replaced_by).join(told, told.c.replaced_by == later.id)).c.id)


def known_answers(session: Session, people: Iterable[uuid.UUID], topics: Iterable[Topic]) -> Mapping[Topic, ToldFact]:
    """The newest line that counts for each of these topics; what a form shows instead of asking. One statement."""
    wanted = tuple(dict.fromkeys(topics))
    if not wanted:
        return {}
    found: dict[Topic, ToldFact] = {}
    for fact in told_facts(session, people, topics=wanted, open_only=True):
        found.setdefault(fact.topic, fact)
    return found


def known_alike(session: Session, people: Iterable[uuid.UUID], topics: Iterable[Topic]) -> Mapping[Topic, ToldFact]:
    """As ``known_answers``, but only where the newest line of each of these people says the same; one statement.

    For a question about all of them at once: what was told of one child is not so of the others.
    """
    whom, wanted = set(people), tuple(dict.fromkeys(topics))
    newest: dict[Topic, dict[uuid.UUID, ToldFact]] = {}
    for fact in told_facts(session, whom, topics=wanted, open_only=True) if wanted else ():
        newest.setdefault(fact.topic, {}).setdefault(fact.person_id, fact)
    found: dict[Topic, ToldFact] = {}
    for topic, lines in newest.items():
        first, *others = lines.values()
        # What stands under a linked record must be the same too.
        if whom <= lines.keys() and all(same_words(first.words, one.words) for one in others):
            found[topic] = first
    return found


def story_so_far(session: Session, people: Iterable[uuid.UUID], *, contact: uuid.UUID | None = None) -> StorySoFar:
    """What is known about these people, for the side of another page; one statement.

    With ``contact``, each line that it told is marked as the same as before, new, or different.
    """
    facts = told_facts(session, people)
    lines = [line for line in set_against_known(assemble(facts), contact) if line.fact.is_open]
    lines.sort(key=lambda line: line.difference is None)
    return StorySoFar(tuple(lines[:_LINES_BESIDE]), max(len(lines) - _LINES_BESIDE, 0))


def reuse_by_month(session: Session, *, since: dt.date) -> tuple[ReuseFigures, ...]:
    """Facts used again and asked again in the months from ``since`` on, oldest first, contacts before assessments."""
    kept = ReuseMonth
    rows = session.execute(
        select(kept.record_kind, kept.month, kept.confirmed, kept.corrected, kept.re_asked)
        .where(kept.month >= since.replace(day=1))
        .order_by(kept.month, kept.record_kind.desc())
    )
    return tuple(ReuseFigures(*row) for row in rows)


def reuse_of(session: Session, record_id: uuid.UUID) -> Mapping[Reuse, int]:
    """How many known facts one contact or assessment confirmed, corrected and asked again."""
    counted = Counter(session.scalars(select(FactReuse.reuse).where(FactReuse.record_id == record_id)))
    return {reuse: counted[reuse] for reuse in Reuse}
