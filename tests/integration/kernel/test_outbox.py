"""The outbox: owed with its transaction, done once, never lost."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.kernel import outbox, receipts
from locality.kernel.errors import RuleBroken

ID = uuid.UUID(int=7)


def rows(session: Session) -> list[tuple[str, dict[str, str]]]:
    return [tuple(r) for r in session.execute(text("SELECT task, payload FROM outbox_message"))]


def owe(uow, key: str = "1") -> None:
    with uow() as unit:
        outbox.enqueue(unit, "referrals.route", key=key, referral_id=ID)


def only_id(session: Session) -> uuid.UUID:
    return session.execute(text("SELECT id FROM outbox_message")).scalar_one()


def taken(session: Session) -> outbox.Lease:
    (lease,) = outbox.take(session, [only_id(session)])
    return lease


def test_a_refused_operation_leaves_no_message(uow, session: Session) -> None:
    with pytest.raises(RuleBroken), uow() as unit:
        outbox.enqueue(unit, "referrals.route", key="1", referral_id=ID)
        raise RuleBroken("no")
    assert rows(session) == []


def test_the_same_effect_is_owed_once(uow, session: Session) -> None:
    owe(uow)
    owe(uow)
    assert rows(session) == [("referrals.route", {"referral_id": str(ID)})]


def test_a_hint_is_given_once_and_again_when_nothing_came_of_it(uow, session: Session) -> None:
    owe(uow)
    assert [hint.task for hint in outbox.hints_to_give(session)] == ["referrals.route"]
    assert outbox.hints_to_give(session) == []
    session.execute(text("UPDATE outbox_message SET published_at = published_at - interval '1 hour'"))
    assert len(outbox.hints_to_give(session)) == 1


def test_work_is_leased_to_one_and_done_once(uow, session: Session) -> None:
    owe(uow)
    lease = taken(session)
    assert lease.payload == {"referral_id": ID}
    assert outbox.take(session, [lease.message_id]) == []
    assert outbox.settle(session, lease)
    assert not outbox.settle(session, lease)
    assert outbox.take(session, [lease.message_id]) == []


def test_a_late_finisher_changes_nothing(uow, session: Session) -> None:
    owe(uow)
    slow = taken(session)
    session.execute(text("UPDATE outbox_message SET lease_until = clock_timestamp() - interval '1 second'"))
    quick = taken(session)
    assert not outbox.settle(session, slow)
    assert outbox.settle(session, quick)


def test_after_the_last_attempt_a_person_decides(uow, session: Session) -> None:
    owe(uow)
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.fail(session, taken(session), "OperationalError")
        session.execute(text("UPDATE outbox_message SET available_at = available_at - interval '1 day'"))
    assert outbox.take(session, [only_id(session)]) == []
    assert outbox.hints_to_give(session) == []
    failed = session.execute(text("SELECT failed_at, last_error, attempts FROM outbox_message")).one()
    assert failed.failed_at is not None
    assert (failed.last_error, failed.attempts) == ("OperationalError", outbox.MAX_ATTEMPTS)
    assert outbox.hand_over(session, only_id(session), to=ID, note="Routed by phone")
    assert outbox.retry(session, only_id(session))
    assert len(outbox.hints_to_give(session)) == 1


def test_a_failed_attempt_waits_before_the_next(uow, session: Session) -> None:
    owe(uow)
    outbox.fail(session, taken(session), "TimeoutError")
    assert outbox.hints_to_give(session) == []
    assert outbox.take(session, [only_id(session)]) == []


def test_work_whose_last_attempt_killed_its_worker_is_buried(uow, session: Session) -> None:
    owe(uow)
    session.execute(text("UPDATE outbox_message SET attempts = :n, lease_until = now() - interval '1 minute'"),
                    {"n": outbox.MAX_ATTEMPTS})  # fmt: skip
    assert outbox.bury_exhausted(session) == 1
    assert session.execute(text("SELECT last_error FROM outbox_message")).scalar_one() == "WorkerLost"


def test_done_work_is_forgotten_after_a_month(uow, session: Session) -> None:
    owe(uow)
    assert outbox.settle(session, taken(session))
    assert outbox.prune(session) == 0
    session.execute(text("UPDATE outbox_message SET done_at = done_at - interval '31 days'"))
    assert outbox.prune(session) == 1


def test_a_period_is_claimed_once(uow) -> None:
    with uow() as unit:
        assert receipts.claim(unit, "outbox.prune", seconds=3600)
        assert not receipts.claim(unit, "outbox.prune", seconds=3600)
        assert receipts.claim(unit, "another", seconds=3600)


def test_periods_start_on_round_times() -> None:
    moment = dt.datetime(2026, 3, 3, 10, 17, 42, tzinfo=dt.UTC)
    assert receipts.period_start(moment, 3600) == dt.datetime(2026, 3, 3, 10, 0, tzinfo=dt.UTC)


def test_what_was_taken_and_not_begun_is_told_again_as_if_untried(uow, session: Session) -> None:
    owe(uow)
    assert [hint.is_fresh for hint in outbox.hints_to_give(session)] == [True]
    lease = taken(session)
    outbox.give_back(session, [lease])
    assert [hint.is_fresh for hint in outbox.hints_to_give(session)] == [True]
    assert not outbox.settle(session, replace(lease, fence=lease.fence + 1))


def test_no_more_hints_are_on_their_way_than_workers_can_reach(
    uow, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MOST_ON_THE_WAY", 3)
    for key in range(5):
        owe(uow, str(key))
    told = outbox.hints_to_give(session, 2) + outbox.hints_to_give(session, 2)
    assert (len(told), outbox.hints_to_give(session)) == (3, [])
    (lease,) = outbox.take(session, [told[0].message_id])
    outbox.settle(session, lease)
    assert len(outbox.hints_to_give(session)) == 1
