"""Telling facts and settling them with the family. A line is added or settled, never overwritten."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from locality.access.parts import Part
from locality.access.scope import elevated
from locality.audit import log
from locality.kernel.errors import Conflict, Reason, RuleBroken
from locality.kernel.ids import PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people.models import FactReuse, FactSettled, ReuseMonth
from locality.people.models import ToldFact as Row
from locality.people.queries.facts import told_facts
from locality.people.queries.linking import same_person_ids
from locality.people.rules.facts import (
    MAX_WORDS,
    OWN_TOPICS,
    TOPICS,
    FactAgreement,
    FactSource,
    FactState,
    Reuse,
    Settling,
    ToldFact,
    Topic,
    judge,
    same_words,
    settled,
)

TELLER_LENGTH = 200
OVERTAKEN = "Somebody has settled this line in the meantime. Look at the story again"
# Stands for a line that was shown but no longer counts, or that the actor may not see.
_GONE = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Told:
    """One answer: its topic and words, and the known line that stood in the field before (``shown``).

    ``part`` keeps the line in a stricter compartment than its topic's; ``under`` is the code of the question of an
    assessment that it answers.
    """

    topic: Topic
    words: str
    shown: uuid.UUID | None = None
    part: Part | None = None
    under: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """Where, when and by whom something was told. ``own_words``: by the family itself.

    ``adds``: the record tells in several goes, so that what it tells now replaces nothing that it told before.

    ``teller`` is a name or what they are ("Garon Primary School", "the family"); never a referrer to be kept private.
    """

    record: tuple[FactSource, uuid.UUID]
    told_on: dt.date
    teller: str
    agreement: FactAgreement = FactAgreement.NOT_KNOWN
    own_words: bool = False
    adds: bool = False


class Answered(Protocol):
    """What a form says about one of its questions (``locality.web.prefill``)."""

    @property
    def topic(self) -> StrEnum:
        """Which topic it answers."""
        ...

    @property
    def words(self) -> str:
        """What was answered."""
        ...

    @property
    def shown(self) -> uuid.UUID | None:
        """The known line that stood in the field."""
        ...


def told_from(answers: Iterable[Answered]) -> tuple[Told, ...]:
    """What a form's answers tell, ready for a command."""
    return tuple(Told(Topic(answer.topic), answer.words, answer.shown) for answer in answers)


@dataclass(slots=True)
class _Entries:
    """What a telling comes to: new rows, lines that are settled (with the line that replaces them), and counts."""

    rows: list[dict[str, object]] = field(default_factory=list)
    settled: list[tuple[Settling, ToldFact, uuid.UUID | None]] = field(default_factory=list)
    counted: dict[Topic, Reuse] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    """The open lines of the topics told, whoever may see them, and which of them the actor sees."""

    lines: tuple[ToldFact, ...]
    seen: frozenset[uuid.UUID]
    same: Mapping[PersonId, tuple[PersonId, ...]]

    def about(self, person: PersonId, topic: Topic) -> list[ToldFact]:
        """The lines of one person, under whatever record, and topic, newest first."""
        return [line for line in self.lines if line.person_id in self.same[person] and line.topic is topic]

    def standing_for(self, person: PersonId, shown: uuid.UUID | None) -> uuid.UUID | None:
        """The line of this person that stood in the field: the one shown, or its like in the same telling."""
        if shown is None:
            return None
        line = next((line for line in self.lines if line.id == shown and shown in self.seen), None)
        if line is None:
            return _GONE
        like = (one for one in self.about(person, line.topic) if one.telling_id == line.telling_id)
        return next((one.id for one in like if same_words(one.words, line.words)), _GONE)


def tell_facts(uow: UnitOfWork, people: Iterable[PersonId], told: Sequence[Told], *, telling: Telling) -> None:
    """Keep what was told about each of these people, set against what is known, and count what was asked again.

    ``judge`` says what an answer means: it confirms a known line, corrects it, or is a line of its own. The same record
    may tell the same again: nothing changes. Empty answers are left out. Raises ``RuleBroken`` for words beyond 20,000
    characters.
    """
    whom = list(dict.fromkeys(people))
    given = [one for one in told if one.words.strip()]
    if not whom or not given:
        return
    _refuse_too_long(given)
    known = _known(uow, whom, {one.topic for one in given})
    many = Counter(one.topic for one in given)
    # One telling for each record, also when it names another child later: the line is one line about both.
    entries, telling_id = _Entries(), telling.record[1]
    for one in given:
        for person in whom:
            row = _row(uow, one, telling) | {"person_id": person, "telling_id": telling_id}
            _enter(entries, one, row, known=known, alone=many[one.topic] == 1 and not telling.adds)
    _keep(uow, entries)
    count_reuse(uow, record=telling.record, about=whom[0], counted=entries.counted)
    if entries.rows or entries.settled:
        kind, record_id = telling.record
        detail: log.Detail = {"topics": sorted({one.topic.value for one in given}), "added": len(entries.rows)}
        log.record(uow, "facts.told", subjects=whom, record=(kind.value, record_id), detail=detail)


def _enter(entries: _Entries, one: Told, row: dict[str, Any], *, known: _Known, alone: bool) -> None:
    person, record = row["person_id"], row["source_id"]
    lines, stood = known.about(person, one.topic), known.standing_for(person, one.shown)
    judged = judge(one.words, topic=one.topic, known=lines, record=record, shown=stood, alone=alone)
    # What was told about one record never settles a line of another that is linked with it, and stands on its own: the
    # link may be undone, and then each has what was told about it.
    own = [line for line in lines if line.person_id == person]
    if judged.add or not any(same_words(line.words, one.words) for line in own):
        entries.rows.append(row)
    if judged.reuse is not None:
        entries.counted.setdefault(one.topic, judged.reuse)
    if judged.confirm:
        entries.settled += [(Settling.CONFIRM, line, None) for line in own if same_words(line.words, one.words)]
    if judged.replace:
        before = [line for line in lines if line.id == stood or (stood in (None, _GONE) and line.source_id == record)]
        like = [line for line in own if any(same_words(line.words, old.words) for old in before)]
        entries.settled += [(Settling.CORRECT, line, row["id"]) for line in like]


def settle_line(uow: UnitOfWork, line: Sequence[ToldFact], how: Settling) -> None:
    """Confirm a line with the family, or say that it is so no longer: every telling of it.

    Raises ``Conflict`` when somebody was quicker.
    """
    _settle(uow, [(how, fact, None) for fact in line])
    _log_settling(uow, line, how)


def correct_line(uow: UnitOfWork, line: Sequence[ToldFact], *, words: str, teller: str) -> None:
    """Put what the family says now in the place of a line; what stood there stays under it.

    Raises ``RuleBroken`` for no words or the same words, ``Conflict`` when somebody was quicker.
    """
    told = Told(line[0].topic, words, part=line[0].part)
    _refuse_too_long([told])
    if not words.strip():
        raise RuleBroken([Reason("words", "Enter what is right")])
    if any(same_words(fact.words, words) for fact in line):
        raise RuleBroken(
            [Reason("words", "This is what the line says already. Go back and say that it is still right")]
        )
    telling_id = new_id()
    telling = Telling(
        (FactSource.FAMILY, telling_id), uow.today, teller, agreement=line[0].agreement, own_words=line[0].own_words
    )
    new = {fact.person_id: _row(uow, told, telling) | {"telling_id": telling_id} for fact in line}
    rows = [row | {"person_id": person} for person, row in new.items()]
    uow.session.execute(insert(Row), rows)
    _settle(uow, [(Settling.CORRECT, fact, new[fact.person_id]["id"]) for fact in line])
    _log_settling(uow, line, Settling.CORRECT)


def count_reuse(
    uow: UnitOfWork, *, record: tuple[FactSource, uuid.UUID], about: PersonId, counted: Mapping[Topic, Reuse]
) -> None:
    """Count, once a topic for each record, that a known fact was used again or asked again (``judge`` says which).

    The month's figures for managers are kept in the same transaction; they name nobody.
    """
    kind, record_id = record
    added = dict.fromkeys(Reuse, 0)
    for reuse in Reuse:
        rows = [
            {
                "id": new_id(), "record_kind": kind, "record_id": record_id, "person_id": about, "topic": topic,
                "reuse": reuse, "counted_on": uow.today,
            }
            for topic, how in counted.items() if how is reuse
        ]  # fmt: skip
        if rows:
            once = insert_or(FactReuse).values(rows).on_conflict_do_nothing()
            done = uow.session.execute(once.execution_options(preserve_rowcount=True))
            added[reuse] = done.rowcount  # type: ignore[attr-defined]
    if any(added.values()):
        _keep_month(uow, kind, added)


def _keep_month(uow: UnitOfWork, kind: FactSource, added: Mapping[Reuse, int]) -> None:
    kept = {reuse.value: number for reuse, number in added.items()}
    first = insert_or(ReuseMonth).values(month=uow.today.replace(day=1), record_kind=kind, **kept)
    more = {name: getattr(ReuseMonth, name) + getattr(first.excluded, name) for name in kept}
    uow.session.execute(first.on_conflict_do_update(index_elements=["month", "record_kind"], set_=more))


def _known(uow: UnitOfWork, people: Sequence[PersonId], topics: Collection[Topic]) -> _Known:
    seen = told_facts(uow.session, people, topics=topics, open_only=True)
    with elevated(uow.session, "whether something is told that was told before, to whomever"):
        lines = told_facts(uow.session, people, topics=topics, open_only=True)
        same = same_person_ids(uow.session, people)
    return _Known(lines, frozenset(line.id for line in seen), same)


def _row(uow: UnitOfWork, one: Told, telling: Telling) -> dict[str, Any]:
    kind, record_id = telling.record
    # What a school says a family wants is the school's word; asked about in an assessment, the family says it.
    own_words = telling.own_words or (one.topic in OWN_TOPICS and kind is not FactSource.CONTACT)
    return {
        "id": new_id(), "topic": one.topic, "part": one.part or TOPICS[one.topic].part, "words": one.words.strip(),
        "told_on": telling.told_on, "teller": telling.teller[:TELLER_LENGTH],
        "own_words": own_words, "source_kind": kind, "source_id": record_id,
        "agreement": telling.agreement, "state": FactState.CURRENT, "replaced_by": None, "recorded_at": uow.now,
        "recorded_by": uow.actor.account_id, "recorded_by_name": uow.actor.name, "settled_on": None,
        "settled_by_name": "", "under": one.under,
    }  # fmt: skip


def _keep(uow: UnitOfWork, entries: _Entries) -> None:
    if entries.rows:
        uow.session.execute(insert(Row), entries.rows)
    if entries.settled:
        with elevated(uow.session, "a line about brothers and sisters is settled for all whom the record is about"):
            _settle(uow, entries.settled)


def _settle(uow: UnitOfWork, wanted: Sequence[tuple[Settling, ToldFact, uuid.UUID | None]]) -> None:
    """Guarded updates, and a row of history for each; ``Conflict`` when a line was settled otherwise meanwhile."""
    for (how, replaced_by), facts in _by_outcome(wanted).items():
        allowed = [state for state in FactState if settled(state, how) is not None]
        ids = [fact.id for fact in facts]
        done = uow.session.execute(
            update(Row)
            .where(Row.id.in_(ids), Row.state.in_(allowed))
            .values(
                state=settled(FactState.CURRENT, how),
                replaced_by=replaced_by,
                settled_on=uow.today,
                settled_by_name=uow.actor.name,
            )
            .execution_options(synchronize_session=False)
        )
        if done.rowcount != len(ids):  # type: ignore[attr-defined]
            raise Conflict([Reason(None, OVERTAKEN)])
        uow.session.execute(insert(FactSettled), [_history(uow, fact, how) for fact in facts])


def _by_outcome(
    wanted: Sequence[tuple[Settling, ToldFact, uuid.UUID | None]],
) -> Mapping[tuple[Settling, uuid.UUID | None], list[ToldFact]]:
    found: dict[tuple[Settling, uuid.UUID | None], list[ToldFact]] = {}
    for how, fact, replaced_by in wanted:
        facts = found.setdefault((how, replaced_by), [])
        if fact not in facts:
            facts.append(fact)
    return found


def _history(uow: UnitOfWork, fact: ToldFact, how: Settling) -> dict[str, object]:
    return {
        "id": new_id(), "fact_id": fact.id, "person_id": fact.person_id, "part": fact.part, "how": how,
        "settled_at": uow.now, "settled_by": uow.actor.account_id, "settled_by_name": uow.actor.name,
    }  # fmt: skip


def _log_settling(uow: UnitOfWork, line: Sequence[ToldFact], how: Settling) -> None:
    subjects = list(dict.fromkeys(fact.person_id for fact in line))
    detail: log.Detail = {"how": how.value, "topic": line[0].topic.value}
    log.record(uow, "fact.settled", subjects=subjects, record=("fact", line[0].id), detail=detail)


def _refuse_too_long(told: Iterable[Told]) -> None:
    if any(len(one.words) > MAX_WORDS for one in told):
        raise RuleBroken([Reason("words", f"What was told must be {MAX_WORDS:,} characters or fewer")])
