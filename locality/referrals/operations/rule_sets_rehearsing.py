"""Rehearsing a set of rules in the background, a slice of past referrals at a time.

Each slice is one transaction: what is counted, how far it came and the intent to go on land together, so a rehearsal
survives whatever happens to a worker, and its page shows how far it is.
"""

import datetime as dt
import uuid

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from locality.audit import log as audit
from locality.kernel import constraints, outbox
from locality.kernel.errors import NotFound, RuleBroken
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork
from locality.referrals.models import RehearsalMoved, RuleSet, RuleSetRehearsal
from locality.referrals.operations.rule_sets import refuse_problems, tell
from locality.referrals.queries.rule_sets import find_set
from locality.referrals.queries.rule_sets_rehearsing import (
    Past,
    Running,
    count_past,
    list_past,
    list_services,
    lock_running,
    read_paces,
)
from locality.referrals.rules import routing, rule_sets
from locality.referrals.rules.facts import Route, ServiceFacts
from locality.referrals.rules.rule_sets import SetState
from locality.referrals.rules.rule_sets_rehearsing import DAYS, MOST_NAMED, to_store, went_to

constraints.say("rule_set_rehearsal_one_running", field=None, message="This set is being rehearsed already")

SLICE = 500  # a second's work, well within the shortest lease, however slow the machine
_FIRST = uuid.UUID(int=0)
_WORDS = {"person": "A person decides", "lead": "The lead professional of the open case"}


def rehearse(uow: UnitOfWork, version: int) -> uuid.UUID:
    """Owe the rehearsal of a set on the referrals of the past year, against the set that is live now.

    Raises ``RuleBroken`` with every rule that is wrong, ``Conflict`` while the set is being rehearsed.
    """
    found = find_set(uow.session, version, now=uow.now, lock=True)
    if found is None:
        raise NotFound("There is no such set of rules")
    reasons = rule_sets.reasons_not_to_change(found.state)
    if reasons:
        raise RuleBroken(reasons)
    refuse_problems(uow, found, on=uow.today)
    rehearsal_id, from_at = new_id(), uow.now - dt.timedelta(days=DAYS)
    # An older revision's rehearsal says nothing about this one: it ends here.
    uow.session.execute(
        update(RuleSetRehearsal)
        .where(
            RuleSetRehearsal.version == version,
            RuleSetRehearsal.state == "running",
            RuleSetRehearsal.revision != found.revision,
        )
        .values(state="stopped", finished_at=uow.now)
    )
    values = {
        "id": rehearsal_id, "version": version, "revision": found.revision, "state": "running",
        "against": found.live_version, "asked_by_name": uow.actor.name, "asked_at": uow.now, "from_at": from_at,
        "total": 0, "looked_at": 0, "reached_at": from_at, "reached_id": _FIRST, "tally": {}, "finished_at": None,
    }  # fmt: skip
    uow.session.execute(insert(RuleSetRehearsal), [values])
    tell(uow, version, "Rehearsal asked for")
    audit.record(uow, "rule_set.rehearsal_asked", record=("rehearsal", rehearsal_id), detail={"version": version})
    _owe(uow, rehearsal_id, 0)
    return rehearsal_id


def look_at_slice(uow: UnitOfWork, rehearsal_id: uuid.UUID) -> None:
    """Route the next slice of past referrals under the live set and under the draft, and count; then owe the next.

    Does nothing for a rehearsal that is done. One whose set was changed meanwhile is stopped.
    """
    running = lock_running(uow.session, rehearsal_id)
    if running is None:
        return
    if not running.is_current:
        _write(uow, running, {"state": "stopped", "finished_at": uow.now})
        return
    total = running.total or count_past(uow.session, running)
    past = list_past(uow.session, running, most=SLICE)
    _name_moved(uow, running, _count(uow, running, past))
    progress: dict[str, object] = {"total": max(total, running.tally.looked_at), "looked_at": running.tally.looked_at}
    if len(past) == SLICE:
        progress |= {"tally": to_store(running.tally), "reached_at": past[-1].sent_at, "reached_id": past[-1].id}
        _write(uow, running, progress)
        _owe(uow, rehearsal_id, running.tally.looked_at)
        return
    tally = to_store(running.tally) | {"paces": read_paces(uow.session, running)}
    _write(uow, running, progress | {"tally": tally, "state": "done", "finished_at": uow.now})
    uow.session.execute(
        update(RuleSet)
        .where(RuleSet.version == running.version, RuleSet.state == SetState.DRAFT)
        .values(state=SetState.REHEARSED)
    )
    audit.record(
        uow,
        "rule_set.rehearsed",
        record=("rehearsal", rehearsal_id),
        detail={"version": running.version, "referrals": running.tally.looked_at},
    )


def _count(uow: UnitOfWork, running: Running, past: list[Past]) -> list[tuple[Past, Route, Route]]:
    services = list_services(uow.session)
    moved = []
    for referral in past:
        live, draft = _both(referral, services, running)
        if running.tally.add(live, draft):
            moved.append((referral, live, draft))
    return moved


def _both(referral: Past, services: tuple[ServiceFacts, ...], running: Running) -> tuple[Route, Route]:
    draft = routing.route(referral.facts, services, rules=running.draft, now=referral.sent_at, explain=False)
    if draft.rule is None and running.differs_in_rules_only:
        return draft, draft  # no rule spoke, and without one both sets say the same
    live = routing.route(referral.facts, services, rules=running.live, now=referral.sent_at, explain=False)
    return live, draft


def _name_moved(uow: UnitOfWork, running: Running, moved: list[tuple[Past, Route, Route]]) -> None:
    """Keep the latest that moved by name, for those who may open them."""
    rows = [
        {"rehearsal_id": running.id, "referral_id": referral.id, "about": list(referral.about),
         "was": _called(live), "becomes": _called(draft)}
        for referral, live, draft in moved[-MOST_NAMED:]
    ]  # fmt: skip
    if rows:
        uow.session.execute(upsert(RehearsalMoved).on_conflict_do_nothing(), rows)


def _called(route: Route) -> str:
    return _WORDS.get(went_to(route), "") if route.service is None else route.service.name


def _write(uow: UnitOfWork, running: Running, values: dict[str, object]) -> None:
    uow.session.execute(update(RuleSetRehearsal).where(RuleSetRehearsal.id == running.id).values(values))


def _owe(uow: UnitOfWork, rehearsal_id: uuid.UUID, looked_at: int) -> None:
    outbox.enqueue(uow, "referrals.rehearse", key=f"{rehearsal_id}:{looked_at}", rehearsal_id=rehearsal_id)
