"""Closing records to somebody, looking again whether that is still needed, and opening them."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import insert, select, update

from locality.access.scope import elevated
from locality.audit import log
from locality.kernel.clock import LONDON
from locality.kernel.constraints import say
from locality.kernel.errors import NotFound, Reason, RuleBroken
from locality.kernel.ids import PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.people.models import Restriction, RestrictionAccount, RestrictionPerson, RestrictionReview
from locality.people.operations.persons import SENT_ALREADY
from locality.people.queries.restricting import addresses_of_watch
from locality.people.rules.restricting import (
    REVIEW_WITHIN,
    Ground,
    Mode,
    reasons_against_opening,
    reasons_against_restricting,
    reasons_against_review_date,
)  # fmt: skip

say("restriction_pkey", field=None, message=SENT_ALREADY)
_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRestriction:
    """Whose records to close, to which accounts (or to all but those), and why. ``id`` is the form's own id.

    ``until_on`` is the last day, None for no end; ``review_on`` when somebody looks again.
    """

    id: uuid.UUID
    people: Sequence[PersonId]
    mode: Mode
    accounts: Sequence[uuid.UUID]
    ground: Ground
    reason: str
    whole_family: bool
    review_on: dt.date
    until_on: dt.date | None = None
    declared: bool = False


def restrict(uow: UnitOfWork, new: NewRestriction) -> uuid.UUID:
    """Close records, from the next request on; sending a form twice closes once. Raises ``RuleBroken``."""
    people, accounts = tuple(dict.fromkeys(new.people)), tuple(dict.fromkeys(new.accounts))
    reasons = reasons_against_restricting(
        people=len(people), accounts=len(accounts), until_on=new.until_on, review_on=new.review_on, today=uow.today
    )
    if not new.reason.strip():
        reasons = (Reason("reason", "Say why"), *reasons)
    if reasons:
        raise RuleBroken(reasons)
    with elevated(uow.session, "a record is closed by somebody who need not see it"):
        if uow.session.execute(select(Restriction.id).where(Restriction.id == new.id)).first() is None:
            _keep(uow, replace(new, people=people, accounts=accounts))
    return new.id


def _keep(uow: UnitOfWork, new: NewRestriction) -> None:
    uow.session.execute(insert(Restriction), [_row(uow, new)])
    uow.session.execute(insert(RestrictionPerson), [{"restriction_id": new.id, "person_id": one} for one in new.people])
    named = [{"restriction_id": new.id, "account_id": one} for one in new.accounts]
    uow.session.execute(insert(RestrictionAccount), named)
    log.record(
        uow,
        "conflict.declared" if new.declared else "record.restricted",
        subjects=new.people,
        record=("restriction", new.id),
        detail={"mode": new.mode.value, "ground": new.ground.value, "accounts": [str(one) for one in new.accounts]},
    )
    if new.declared:
        _tell_watch(uow, new)


def _tell_watch(uow: UnitOfWork, new: NewRestriction) -> None:
    """Write to the data protection leads: whoever helped the family cannot any more, and somebody must see to that."""
    found = addresses_of_watch(uow.session, new.people, today=uow.today)
    for account_id, email in found.items():
        if messages.is_address(email):
            messages.queue_message(
                uow,
                key=f"conflict:{new.id}:{account_id}",
                to=email,
                template="worker_conflict_declared",
                about=new.people,
                values={},
                record=("restriction", new.id),
            )


def _row(uow: UnitOfWork, new: NewRestriction) -> dict[str, object]:
    return {
        "id": new.id, "about": list(new.people), "mode": new.mode, "ground": new.ground, "reason": new.reason.strip(),
        "whole_family": new.whole_family, "declared": new.declared, "decided_at": uow.now,
        "decided_by": uow.actor.account_id, "decided_by_name": uow.actor.name, "until_at": _end_of(new.until_on),
        "review_on": new.review_on, "lifted_at": None, "lifted_by_name": None, "lifted_reason": None,
    }  # fmt: skip


def declare_conflict(uow: UnitOfWork, declaration_id: uuid.UUID, *, person_id: PersonId, reason: str) -> uuid.UUID:
    """Close a record and the family's to the worker who says that they know them; nobody need agree.

    The data protection leads are written to.

    Raises ``RuleBroken`` without a reason.
    """
    if uow.actor.account_id is None:
        raise NotFound("Only somebody with an account can declare a conflict of interest")
    return restrict(
        uow,
        NewRestriction(
            id=declaration_id,
            people=[person_id],
            mode=Mode.CLOSED_TO,
            accounts=[uow.actor.account_id],
            ground=Ground.OWN_FAMILY,
            reason=reason,
            whole_family=True,
            review_on=uow.today + REVIEW_WITHIN,
            declared=True,
        ),
    )


def review_restriction(uow: UnitOfWork, restriction_id: uuid.UUID, *, note: str, review_on: dt.date) -> None:
    """Somebody looked: it is still needed, until the next look. Raises ``NotFound`` or ``RuleBroken``."""
    people = _open(uow, restriction_id)
    reasons = reasons_against_review_date(review_on, today=uow.today)
    if reasons:
        raise RuleBroken(reasons)
    row = {
        "id": new_id(), "restriction_id": restriction_id, "reviewed_at": uow.now, "reviewed_by_name": uow.actor.name,
        "note": note.strip(), "review_on": review_on,
    }  # fmt: skip
    uow.session.execute(insert(RestrictionReview), [row])
    uow.session.execute(
        update(Restriction).where(Restriction.id == restriction_id).values(review_on=review_on),
        execution_options=_QUIETLY,
    )
    log.record(uow, "restriction.reviewed", subjects=people, record=("restriction", restriction_id))


def lift_restriction(uow: UnitOfWork, restriction_id: uuid.UUID, *, reason: str) -> None:
    """Open the records again, from the next request on. Raises ``NotFound`` or ``RuleBroken``."""
    people = _open(uow, restriction_id)
    if not reason.strip():
        raise RuleBroken([Reason("reason", "Say why")])
    lifted = {"lifted_at": uow.now, "lifted_by_name": uow.actor.name, "lifted_reason": reason.strip()}
    uow.session.execute(
        update(Restriction).where(Restriction.id == restriction_id).values(**lifted), execution_options=_QUIETLY
    )
    log.record(uow, "restriction.lifted", subjects=people, record=("restriction", restriction_id))


def _open(uow: UnitOfWork, restriction_id: uuid.UUID) -> tuple[PersonId, ...]:
    """The people of a restriction that stands and that the actor may decide about, locked."""
    row = uow.session.execute(
        select(Restriction.about, Restriction.mode, Restriction.lifted_at)
        .where(Restriction.id == restriction_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such restriction, or none that you may see")
    mine = select(RestrictionAccount.account_id).where(
        RestrictionAccount.restriction_id == restriction_id, RestrictionAccount.account_id == uow.actor.account_id
    )
    keeps_out = row.mode is Mode.CLOSED_TO and uow.session.execute(mine).first() is not None
    reasons = reasons_against_opening(is_lifted=row.lifted_at is not None, keeps_actor_out=keeps_out)
    if reasons:
        raise RuleBroken(reasons)
    return tuple(PersonId(one) for one in row.about)


def _end_of(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time.max, LONDON)
