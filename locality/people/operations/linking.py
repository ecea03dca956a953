"""Deciding that two records are of one person, of one household, or not the same; and undoing it.

Rows never move when records are linked: a link says that two records are read as one. ``linked_person`` keeps who is
in which set, so that a read is one look-up; it and the grants that follow from a link are settled here, and only here.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select, text, update

from locality.access.scope import elevated
from locality.audit import log
from locality.kernel.constraints import say
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import PersonId, new_id
from locality.kernel.slots import Slot
from locality.kernel.uow import UnitOfWork
from locality.people.models import (
    Address,
    ChronologyEntry,
    ContactPoint,
    FactSettled,
    LinkDecision,
    LinkedPerson,
    LinkReturn,
    Person,
    ToldFact,
)
from locality.people.operations.households import make_shared_home, take_back_home
from locality.people.operations.persons import SENT_ALREADY
from locality.people.operations.story import note_story
from locality.people.queries.linking import compare_records, same_person_ids
from locality.people.queries.persons import list_records
from locality.people.rules.codes import NhsStatus, StoryKind
from locality.people.rules.linking import LinkFacts, LinkKind, linked_sets, reasons_against

_DECIDED_ALREADY = "Somebody else has just decided about these two records"
say("link_decision_one_open", field=None, message=_DECIDED_ALREADY)
say("link_decision_one_household", field=None, message=_DECIDED_ALREADY)
say("link_decision_pkey", field=None, message=SENT_ALREADY)

# Called with everybody whose linked set, or of whom a decision, has changed; in the same transaction.
links_changed: Slot[[UnitOfWork, frozenset[PersonId]]] = Slot("people: links were decided or undone")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('people.links'))")
_SETTLE_GRANTS = text("SELECT linked_grants_settle(:people, :now)")
_RETURNED: dict[str, type[ChronologyEntry | ToldFact | Address | ContactPoint]] = {
    "story": ChronologyEntry,
    "fact": ToldFact,
    "address": Address,
    "contact_point": ContactPoint,
}
_QUIETLY = {"synchronize_session": False}
_ACTION = {
    LinkKind.SAME_PERSON: "people.linked",
    LinkKind.SAME_HOUSEHOLD: "people.housed",
    LinkKind.NOT_SAME: "people.told_apart",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """What somebody decides about two records, and why. ``id`` is the form's own id.

    ``despite_numbers`` says that they have checked two NHS numbers that were traced and differ.
    """

    id: uuid.UUID
    one_id: PersonId
    other_id: PersonId
    kind: LinkKind
    reason: str
    despite_numbers: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """Something recorded while two records were linked that belongs to ``to_id``; kind and id as ``recorded_since``."""

    kind: str
    id: uuid.UUID
    to_id: PersonId


def decide_link(uow: UnitOfWork, new: NewDecision) -> uuid.UUID:
    """Decide about two records; sending a form twice decides once.

    Raises ``NotFound`` for records that the actor may not see, ``RuleBroken`` with what stands against it, ``Conflict``
    when somebody else decided meanwhile.
    """
    pair = _pair(new)
    records = {one.id: one for one in list_records(uow.session, pair)}
    if len(records) < len(set(pair)):
        raise NotFound("There is no such person, or none whom you may see")
    with elevated(uow.session, "a link is judged by everything decided about either record, whoever may see it"):
        _begin(uow, pair)
        if _is_sent(uow, new):
            return new.id
        reasons = reasons_against(new.kind, _facts(uow, new), despite_numbers=new.despite_numbers)
    if not new.reason.strip():
        reasons = (Reason("reason", "Say why"), *reasons)
    if reasons:
        raise RuleBroken(reasons)
    one, other = pair
    household = make_shared_home(uow, pair) if new.kind is LinkKind.SAME_HOUSEHOLD else None
    row = {
        "id": new.id, "one_id": one, "other_id": other, "kind": new.kind, "reason": new.reason.strip(),
        "findings": [found.as_finding() for found in compare_records(records[one], records[other])],
        "decided_at": uow.now, "decided_by": uow.actor.account_id, "decided_by_name": uow.actor.name,
        "household_id": household, "undone_at": None, "undone_by": None, "undone_by_name": None, "undone_reason": None,
    }  # fmt: skip
    uow.session.execute(insert(LinkDecision), [row])
    references = {key: record.reference for key, record in records.items()}
    _tell(uow, new.id, references, words=_DECIDED[new.kind])
    changed = _settle(uow, pair) if new.kind is LinkKind.SAME_PERSON else frozenset(pair)
    links_changed(uow, changed)
    detail: dict[str, str | int | bool | list[str] | None] = {"kind": new.kind.value, "numbers": new.despite_numbers}
    log.record(uow, _ACTION[new.kind], subjects=pair, record=("link", new.id), detail=detail)
    return new.id


def undo_link(uow: UnitOfWork, decision_id: uuid.UUID, *, reason: str, returned: Sequence[Returned] = ()) -> None:
    """Take a decision back: everything is as if it had never been, but for its history.

    What was recorded meanwhile stays on the record on which it was put, unless it is ``returned`` to the other one.
    Raises ``NotFound``, ``RuleBroken`` without a reason, or ``Conflict`` when somebody has undone it already.
    """
    if not reason.strip():
        raise RuleBroken([Reason("reason", "Say why")])
    decision = _locked(uow, decision_id)
    pair = (PersonId(decision.one_id), PersonId(decision.other_id))
    uow.session.execute(
        update(LinkDecision)
        .where(LinkDecision.id == decision_id)
        .values(
            undone_at=uow.now,
            undone_by=uow.actor.account_id,
            undone_by_name=uow.actor.name,
            undone_reason=reason.strip(),
            household_id=None,
        ),
        execution_options=_QUIETLY,
    )
    with elevated(uow.session, "the people of a decision by reference, to say in both stories that it was undone"):
        found = uow.session.execute(select(Person.id, Person.reference).where(Person.id.in_(pair)))
        references = {PersonId(row.id): row.reference for row in found}
    before = frozenset(pair)
    if decision.kind is LinkKind.SAME_PERSON:
        before = _settle(uow, pair)
        _return(uow, decision_id, returned, among=before)
    links_changed(uow, before)
    if decision.household_id is not None:
        take_back_home(uow, decision.household_id, pair)
    _tell(uow, decision_id, references, words=_UNDONE[decision.kind])
    log.record(
        uow,
        "link.undone",
        subjects=pair,
        record=("link", decision_id),
        detail={"kind": decision.kind.value, "returned": len(returned)},
    )


# Who shares a household says where somebody lives: a story, which more people read than whereabouts, does not.
_DECIDED = {
    LinkKind.SAME_PERSON: "Linked with {other}: two records of the same person.",
    LinkKind.SAME_HOUSEHOLD: "The front door decided about the household.",
    LinkKind.NOT_SAME: "Decided not to be the same person as {other}.",
}
_UNDONE = {
    LinkKind.SAME_PERSON: "The link with {other} was undone: not the same person.",
    LinkKind.SAME_HOUSEHOLD: "The decision about the household was undone.",
    LinkKind.NOT_SAME: "The decision about {other} was undone.",
}


def _pair(new: NewDecision) -> tuple[PersonId, PersonId]:
    return (new.one_id, new.other_id) if new.one_id < new.other_id else (new.other_id, new.one_id)


def _begin(uow: UnitOfWork, people: Iterable[uuid.UUID]) -> tuple[PersonId, ...]:
    """One decision at a time, and none while grants for these people are being given; the caller is elevated.

    Answers with everybody in their linked sets, as they stand now.
    """
    uow.session.execute(_ONE_AT_A_TIME)
    members = {one for same in same_person_ids(uow.session, people).values() for one in same}
    uow.session.execute(select(Person.id).where(Person.id.in_(members)).order_by(Person.id).with_for_update())
    return tuple(sorted(members))


def _is_sent(uow: UnitOfWork, new: NewDecision) -> bool:
    row = uow.session.execute(
        select(LinkDecision.one_id, LinkDecision.other_id, LinkDecision.kind).where(LinkDecision.id == new.id)
    ).one_or_none()
    if row is not None and tuple(row) != (*_pair(new), new.kind):
        raise Conflict([Reason(None, SENT_ALREADY)])
    return row is not None


def _facts(uow: UnitOfWork, new: NewDecision) -> LinkFacts:
    """What stands between the two sets; the caller is elevated."""
    sets = same_person_ids(uow.session, [new.one_id, new.other_id])
    mine, theirs = set(sets[new.one_id]), set(sets[new.other_id])
    rows = uow.session.execute(
        select(Person.id, Person.reference, Person.nhs_number, Person.nhs_status).where(Person.id.in_(mine | theirs))
    ).all()
    references = {row.id: row.reference for row in rows}
    traced = {row.id: row.nhs_number for row in rows if row.nhs_status is NhsStatus.TRACED and row.nhs_number}
    between = [
        (row.kind, (row.one_id, row.other_id))
        for row in uow.session.execute(
            select(LinkDecision.kind, LinkDecision.one_id, LinkDecision.other_id).where(
                LinkDecision.one_id.in_(mine | theirs),
                LinkDecision.other_id.in_(mine | theirs),
                LinkDecision.undone_at.is_(None),
            )
        )
    ]

    def pairs(kind: LinkKind) -> tuple[tuple[str, str], ...]:
        return tuple((references[one], references[other]) for found, (one, other) in between if found is kind)

    return LinkFacts(
        one=new.one_id,
        other=new.other_id,
        together=new.other_id in mine,
        apart=pairs(LinkKind.NOT_SAME),
        housed=pairs(LinkKind.SAME_HOUSEHOLD),
        decided_apart=(LinkKind.NOT_SAME, _pair(new)) in between,
        decided_housed=(LinkKind.SAME_HOUSEHOLD, _pair(new)) in between,
        numbers=(
            frozenset(traced[one] for one in mine if one in traced),
            frozenset(traced[one] for one in theirs if one in traced),
        ),
    )


def _locked(uow: UnitOfWork, decision_id: uuid.UUID) -> LinkDecision:
    """A standing decision, held until the transaction ends. Raises ``NotFound`` or ``Conflict``."""
    uow.session.execute(_ONE_AT_A_TIME)
    found = uow.session.execute(
        select(LinkDecision).where(LinkDecision.id == decision_id).execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such decision, or none that you may see")
    if found.undone_at is not None:
        raise Conflict([Reason(None, f"{found.undone_by_name} has undone this decision already")])
    uow.session.expunge(found)
    return found


def _settle(uow: UnitOfWork, pair: Iterable[uuid.UUID]) -> frozenset[PersonId]:
    """Work the linked sets around two records out anew, and the grants that follow; who is or was in them."""
    with elevated(uow.session, "linked sets hold records that the actor may not see, and grants of others"):
        before = _begin(uow, pair)
        links = uow.session.execute(
            select(LinkDecision.one_id, LinkDecision.other_id).where(
                LinkDecision.kind == LinkKind.SAME_PERSON,
                LinkDecision.undone_at.is_(None),
                or_(LinkDecision.one_id.in_(before), LinkDecision.other_id.in_(before)),
            )
        )
        entered = select(Person.id).where(Person.id.in_(before)).order_by(Person.created_at, Person.id)
        order = {person: place for place, person in enumerate(uow.session.execute(entered).scalars())}
        rows = [
            {"person_id": person, "lead_id": min(members, key=order.__getitem__)}
            for members in linked_sets(before, [(row.one_id, row.other_id) for row in links])
            if len(members) > 1
            for person in members
        ]
        uow.session.execute(delete(LinkedPerson).where(LinkedPerson.person_id.in_(before)), execution_options=_QUIETLY)
        if rows:
            uow.session.execute(insert(LinkedPerson), rows)
        uow.session.execute(_SETTLE_GRANTS, {"people": list(before), "now": uow.now})
    return frozenset(before)


def _return(
    uow: UnitOfWork, decision_id: uuid.UUID, returned: Sequence[Returned], *, among: frozenset[PersonId]
) -> None:
    """Give things to the record that they belong to; on whose record they stood before is kept."""
    kept = []
    for one in returned:
        table = _RETURNED.get(one.kind)
        if table is None or one.to_id not in among:
            raise NotFound("There is no such thing among what was recorded since")
        stands = uow.session.execute(select(table.person_id).where(table.id == one.id)).scalar_one_or_none()
        if stands is None or stands not in among:
            raise NotFound("There is no such thing among what was recorded since")
        kept.append((table, one, PersonId(stands)))
    with elevated(uow.session, "giving something back to a person of whose record the actor may not see that part"):
        for table, one, stands in kept:
            uow.session.execute(
                update(table).where(table.id == one.id).values(person_id=one.to_id), execution_options=_QUIETLY
            )
            if table is ToldFact:
                uow.session.execute(
                    update(FactSettled).where(FactSettled.fact_id == one.id).values(person_id=one.to_id),
                    execution_options=_QUIETLY,
                )
            log.record(
                uow, "link.returned", subjects=[stands, one.to_id], record=(one.kind, one.id),
                detail={"decision": str(decision_id)},
            )  # fmt: skip
    if kept:
        uow.session.execute(insert(LinkReturn), [_kept(uow, decision_id, one, stands) for _t, one, stands in kept])


def _kept(uow: UnitOfWork, decision_id: uuid.UUID, one: Returned, stands: PersonId) -> dict[str, object]:
    return {
        "id": new_id(), "decision_id": decision_id, "record_kind": one.kind, "record_id": one.id, "from_id": stands,
        "to_id": one.to_id, "returned_at": uow.now, "returned_by": uow.actor.account_id,
        "returned_by_name": uow.actor.name,
    }  # fmt: skip


def _tell(uow: UnitOfWork, decision_id: uuid.UUID, references: dict[PersonId, str], *, words: str) -> None:
    """One line in both stories, which names the other record by its reference alone."""
    (one, one_reference), (other, other_reference) = references.items()
    for person, named in ((one, other_reference), (other, one_reference)):
        note_story(
            uow,
            [person],
            happened_on=uow.today,
            kind=StoryKind.NOTE,
            line=words.format(other=named),
            record=("link", decision_id),
        )
