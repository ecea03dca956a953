"""Where people live and how to reach them, over time. Do-not-disclose beats every share."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, or_, select, update

from locality.access import grants
from locality.access.parts import GrantReason
from locality.access.scope import elevated
from locality.audit import log
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people.models import Address, ContactPoint
from locality.people.operations.persons import SENT_ALREADY
from locality.people.rules.codes import AddressKind, ContactKind
from locality.people.rules.dates import reasons_against_period
from locality.people.rules.identifiers import tidy_postcode, tidy_uprn
from locality.people.rules.places import Place, is_same_place


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress:
    """An address of one or several people who share it. ``lines`` hold everything but the postcode.

    ``id`` is the form's own id, so that sending a form twice records one address. ``beside``: told by somebody who
    asked for help; no home on record ends by it, and a place that is on record already is not recorded again.
    """

    people: Sequence[PersonId]
    kind: AddressKind = AddressKind.HOME
    lines: Sequence[str] = ()
    postcode: str | None = None
    uprn: str | None = None
    from_on: dt.date | None = None
    until_on: dt.date | None = None
    do_not_disclose: bool = False
    beside: bool = False
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContactPoint:
    """A telephone number or e-mail address; ``note`` says how to use it safely ("text only, after 4")."""

    person_id: PersonId
    kind: ContactKind
    value: str
    note: str = ""
    do_not_disclose: bool = False
    from_on: dt.date | None = None
    id: uuid.UUID | None = None


def record_address(uow: UnitOfWork, new: NewAddress) -> tuple[uuid.UUID, ...]:
    """Record where people live; a new home of the same kind ends the one before it.

    An address that is hidden for anybody who lives there is hidden for everybody: one open row would give it away.
    Whoever records a hidden address may see it while it lasts. Raises ``RuleBroken`` for a postcode or number that
    cannot be, ``Conflict`` for the id of a form that recorded something else.
    """
    _refuse(_against_address(new))
    first = new.id or new_id()
    hidden = new.do_not_disclose
    with elevated(uow.session, "a form sent twice, and whether this address is hidden for somebody who lives there"):
        if _is_used(uow, first, Address, new.people):
            return (first,)
        hidden = hidden or _hidden_for_somebody(uow, new)
        ended = _end_before(uow, new) if new.until_on is None and not new.beside else {}
        people = _who_do_not_live_there_yet(uow, new) if new.beside else list(dict.fromkeys(new.people))
    ids = [first, *(new_id() for _ in people[1:])][: len(people)]
    rows = [_address_row(uow, new, hidden=hidden) | {"id": i, "person_id": p} for i, p in zip(ids, people, strict=True)]
    if rows:
        uow.session.execute(insert(Address), rows)
    if hidden and new.until_on is None:
        _let_recorder_see(uow, dict(zip(ids, people, strict=True)))
    if new.do_not_disclose:
        _hide_same_place(uow, new)
    log.record(
        uow, "address.recorded", subjects=people or new.people, record=("address", first), detail={"hidden": hidden}
    )
    for row_id, person_id in ended.items():
        _end_sight(uow, row_id, person_id)
    return tuple(ids)


def end_address(
    uow: UnitOfWork, address_id: uuid.UUID, *, person_id: PersonId, until_on: dt.date | None = None
) -> None:
    """Say that somebody no longer lives at an address. Raises ``NotFound``."""
    ended = uow.session.execute(
        update(Address)
        .where(Address.id == address_id, Address.person_id == person_id, Address.until_on.is_(None))
        .values(until_on=func.greatest(Address.from_on, until_on or uow.today))
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound("There is no such address, or it has ended")
    log.record(uow, "address.ended", subjects=[person_id], record=("address", address_id))
    _end_sight(uow, address_id, person_id)


def hide_address(uow: UnitOfWork, address_id: uuid.UUID, *, person_id: PersonId) -> None:
    """Mark an address do-not-disclose, for everybody who lives there. Raises ``NotFound``."""
    place = uow.session.execute(
        select(Address.lines, Address.postcode, Address.uprn, Address.until_on, Address.do_not_disclose).where(
            Address.id == address_id, Address.person_id == person_id
        )
    ).one_or_none()
    if place is None:
        raise NotFound("There is no such address")
    if place.do_not_disclose:
        return
    same = NewAddress(people=(person_id,), lines=place.lines, postcode=place.postcode, uprn=place.uprn)
    touched = _hide_same_place(uow, same) | {person_id}
    with elevated(uow.session, "hiding an address that the actor may no longer see"):
        uow.session.execute(
            update(Address)
            .where(Address.id == address_id)
            .values(do_not_disclose=True)
            .execution_options(synchronize_session=False)
        )
    if place.until_on is None:
        _let_recorder_see(uow, {address_id: person_id})
    log.record(uow, "address.hidden", subjects=sorted(touched), record=("address", address_id))


def record_contact_point(uow: UnitOfWork, new: NewContactPoint) -> uuid.UUID:
    """Record a way to reach somebody."""
    made = new.id or new_id()
    with elevated(uow.session, "a form sent twice must find what it recorded"):
        if _is_used(uow, made, ContactPoint, [new.person_id]):
            return made
    row = {
        "id": made,
        "person_id": new.person_id,
        "kind": new.kind,
        "value": new.value,
        "note": new.note,
        "do_not_disclose": new.do_not_disclose,
        "from_on": new.from_on or uow.today,
        "until_on": None,
        "recorded_at": uow.now,
    }
    uow.session.execute(insert(ContactPoint), [row])
    if new.do_not_disclose:
        _let_recorder_see(uow, {made: new.person_id})
    log.record(uow, "contact_point.recorded", subjects=[new.person_id], record=("contact_point", made))
    return made


def end_contact_point(uow: UnitOfWork, contact_point_id: uuid.UUID, *, person_id: PersonId) -> None:
    """Say that a number or address for messages is no longer used. Raises ``NotFound``."""
    ended = uow.session.execute(
        update(ContactPoint)
        .where(
            ContactPoint.id == contact_point_id, ContactPoint.person_id == person_id, ContactPoint.until_on.is_(None)
        )
        .values(until_on=func.greatest(ContactPoint.from_on, uow.today))
        .execution_options(synchronize_session=False)
    )
    if ended.rowcount == 0:  # type: ignore[attr-defined]
        raise NotFound("There is no such number or e-mail address, or it has ended")
    log.record(uow, "contact_point.ended", subjects=[person_id], record=("contact_point", contact_point_id))
    _end_sight(uow, contact_point_id, person_id)


def _against_address(new: NewAddress) -> tuple[Reason, ...]:
    reasons = list(reasons_against_period(new.from_on, new.until_on, field="until_on"))
    if not new.postcode and not any(new.lines):
        reasons.append(Reason("line_1", "Enter the address, or a postcode if that is all you know"))
    if new.postcode and tidy_postcode(new.postcode) != new.postcode:
        reasons.append(Reason("postcode", "Enter a full UK postcode, like SS1 2AB"))
    if new.uprn and tidy_uprn(new.uprn) != new.uprn:
        reasons.append(Reason("uprn", "A property number has up to 12 figures"))
    return tuple(reasons)


def _address_row(uow: UnitOfWork, new: NewAddress, *, hidden: bool) -> dict[str, object]:
    return {
        "kind": new.kind,
        "lines": [line.strip() for line in new.lines if line.strip()],
        "postcode": new.postcode,
        "uprn": new.uprn,
        "from_on": new.from_on,
        "until_on": new.until_on,
        "do_not_disclose": hidden,
        "recorded_at": uow.now,
        "recorded_by": uow.actor.account_id,
    }


def _same_place(uow: UnitOfWork, new: NewAddress) -> Sequence[uuid.UUID]:
    """The open rows of the same place, of whomever; the caller is elevated."""
    here = Place(new.lines, new.postcode, new.uprn)
    near = [Address.postcode == new.postcode] if new.postcode else []
    near += [Address.uprn == new.uprn] if new.uprn else []
    if not near:
        return []
    rows = uow.session.execute(
        select(Address.id, Address.lines, Address.postcode, Address.uprn).where(or_(*near), Address.until_on.is_(None))
    )
    return [row.id for row in rows if is_same_place(here, Place(row.lines, row.postcode, row.uprn))]


def _hidden_for_somebody(uow: UnitOfWork, new: NewAddress) -> bool:
    found = select(Address.id).where(Address.id.in_(_same_place(uow, new)), Address.do_not_disclose).limit(1)
    return uow.session.execute(found).first() is not None


def _hide_same_place(uow: UnitOfWork, new: NewAddress) -> set[uuid.UUID]:
    with elevated(uow.session, "hiding one address for everybody who lives there"):
        rows = uow.session.execute(
            update(Address)
            .where(Address.id.in_(_same_place(uow, new)), Address.do_not_disclose.is_(False))
            .values(do_not_disclose=True)
            .returning(Address.person_id)
            .execution_options(synchronize_session=False)
        )
        return set(rows.scalars())


def _end_before(uow: UnitOfWork, new: NewAddress) -> dict[uuid.UUID, PersonId]:
    """End the homes before this one; answers with those that ended and whose they were."""
    ended = uow.session.execute(
        update(Address)
        .where(Address.person_id.in_(list(new.people)), Address.kind == new.kind, Address.until_on.is_(None))
        .values(until_on=func.greatest(Address.from_on, new.from_on or uow.today))
        .returning(Address.id, Address.person_id)
        .execution_options(synchronize_session=False)
    )
    return {row.id: PersonId(row.person_id) for row in ended}


def _who_do_not_live_there_yet(uow: UnitOfWork, new: NewAddress) -> list[PersonId]:
    """Those of an address for whom it is not on record as their home; the caller is elevated."""
    here = Place(new.lines, new.postcode, new.uprn)
    rows = uow.session.execute(
        select(Address.person_id, Address.lines, Address.postcode, Address.uprn).where(
            Address.person_id.in_(list(new.people)), Address.until_on.is_(None)
        )
    )
    there = {row.person_id for row in rows if is_same_place(here, Place(row.lines, row.postcode, row.uprn))}
    return [person for person in dict.fromkeys(new.people) if person not in there]


def _let_recorder_see(uow: UnitOfWork, rows: Mapping[uuid.UUID, PersonId]) -> None:
    """Whoever recorded a hidden row keeps sight of that row until it ends, and of no other of the person."""
    if uow.actor.account_id is None:
        return
    for row_id, person_id in rows.items():
        grants.give(uow, [person_id], principal=uow.actor.account_id, reason=GrantReason.RECORDED_IT, record=row_id)


def _end_sight(uow: UnitOfWork, row_id: uuid.UUID, person_id: PersonId) -> None:
    """End what its recorder was given for a row. Only that: a row's id came with a form and may be another's too."""
    grants.end(uow, record=row_id, reason=GrantReason.RECORDED_IT, people=[person_id])


def _is_used(
    uow: UnitOfWork, row_id: uuid.UUID, table: type[Address | ContactPoint], people: Sequence[PersonId]
) -> bool:
    """Whether a form was sent before; the caller is elevated. ``Conflict`` when its id is that of another's row."""
    whose = {
        found: uow.session.execute(select(found.person_id).where(found.id == row_id)).scalar_one_or_none()
        for found in (Address, ContactPoint)
    }
    if all(person is None for person in whose.values()):
        return False
    if whose[table] not in people:
        raise Conflict([Reason(None, SENT_ALREADY)])
    return True


def _refuse(reasons: tuple[Reason, ...]) -> None:
    if reasons:
        raise RuleBroken(reasons)
