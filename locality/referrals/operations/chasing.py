"""What every clock of referrals does alike: who is told that something is late, in which words, and by which message.

The clocks themselves are ``clocks`` (offers), ``owner_clocks`` (what waits for its owner) and ``disagreeing_clocks``.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import InstrumentedAttribute

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason, management_of
from locality.kernel.clock import london_date
from locality.kernel.ids import AccountId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.messages import api as messages
from locality.referrals.models import Disagreement, Offer, Referral
from locality.referrals.queries.closed import kept_out
from locality.referrals.queries.team import managers_to_tell
from locality.referrals.rules import clocks
from locality.referrals.rules.clocks import ClockStep

MOST_AT_ONCE = 200  # looks owed in a run: a run a minute keeps up with any backlog


def how_late(due_at: dt.datetime, now: dt.datetime) -> str:
    """How late something is that managers are told of, inside a sentence."""
    late = ClockStep.TELL_MANAGER in clocks.steps_due(due_at, now, may_go_elsewhere=False)
    return "is two working days late" if late else "is due"


def is_kept_out(uow: UnitOfWork, referral: Referral, principal: uuid.UUID) -> bool:
    """Whether a referral waits for somebody to whom its record was closed meanwhile; never of a service or a team."""
    return bool(kept_out(uow.session, referral.about, accounts=[AccountId(principal)]))


@dataclass(frozen=True, slots=True)
class Told:
    """Which managers are told, for the history, and the addresses at which they are written to."""

    line: str
    addresses: tuple[str, ...]


def let_managers_read(uow: UnitOfWork, referral: Referral, *, record: uuid.UUID, waits_for: uuid.UUID) -> Told:
    """Let managers read a referral for as long as ``record`` stands, and say who of them is written to.

    These are the managers of the cluster; those of the whole authority where the referral has no cluster, nobody there
    can be told, or it waits for the front door. Nobody is written to about a record that is closed to them.
    """
    managers = managers_to_tell(uow.session, cluster_id=referral.cluster_id, today=uow.today)
    out = kept_out(uow.session, referral.about, accounts=[one.id for one in managers])
    wide = waits_for == FRONT_DOOR or not any(one.is_of_cluster and one.id not in out for one in managers)
    area = () if referral.cluster_id is None else (management_of(referral.cluster_id),)
    for principal in (*area, *(one.id for one in managers if wide and not one.is_of_cluster)):
        grants.give(uow, referral.about, principal=principal, reason=GrantReason.SEES_TO_REFERRAL, record=record)
    addresses = (one.email for one in managers if (one.is_of_cluster or wide) and one.id not in out)
    who = "The front door’s manager" if wide else "The area’s manager"
    return Told(f"{who} was told", tuple(addresses))


def called(principal: uuid.UUID, name: str) -> str:
    """What a message calls somebody for whom something waits."""
    return "the front door" if principal == FRONT_DOOR else name


def mark(
    uow: UnitOfWork, late: Offer | Referral | Disagreement, column: InstrumentedAttribute[dt.datetime | None]
) -> None:
    """Keep when a step was taken for what is late."""
    table = type(late)
    uow.session.execute(
        update(table).where(table.id == late.id).values({column: uow.now}),
        execution_options={"synchronize_session": False},
    )


@dataclass(frozen=True, slots=True)
class Late:
    """What is late, for messages: its id, whom it is about, when it was due, and what a message says of it besides."""

    id: uuid.UUID
    about: Sequence[uuid.UUID]
    due_at: dt.datetime
    values: Mapping[str, str]


def write(uow: UnitOfWork, referral: Referral, late: Late, *, to: str, template: str, closed: str = "") -> None:
    """A message about what is late, once for each due time; it names the reference, never a child.

    ``closed`` names who can open it no more.
    """
    due_on = london_date(late.due_at)
    messages.queue_message(
        uow,
        key=f"{template}:{late.id}:{late.due_at.isoformat()}:{to}",
        to=to,
        template=template,
        about=[PersonId(person) for person in late.about],
        values={
            "reference": referral.reference,
            **late.values,
            "closed": closed,
            "due_on": f"{due_on.day} {due_on:%B %Y}",
        },
        record=("referral", referral.id),
    )
