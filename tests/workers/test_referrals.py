"""Referrals on real parts: a real worker takes the intent from the outbox over a real broker and makes the offer."""

import time
import uuid
from collections.abc import Iterator

import pytest
from celery import Celery

from benchmarks.referring import Referring
from locality.referrals.rules import trace
from locality.referrals.rules.facts import RouteResult
from tests.support.live import LiveSystem

pytestmark = pytest.mark.workers


@pytest.fixture(scope="module")
def referring(live: LiveSystem) -> Iterator[Referring]:
    """Writes referrals as the front door does."""
    with Referring(live) as opened:
        yield opened


@pytest.fixture
def broker(live: LiveSystem) -> Iterator[Celery]:
    """Somebody who can put hints on the broker."""
    celery = Celery("hints", broker=live.broker_url)
    yield celery
    celery.close()


def routed(live: LiveSystem, referral_id: uuid.UUID) -> int:
    """How often a referral has been routed."""
    ((count,),) = live.query("SELECT count(*) FROM routing_decision WHERE referral_id = %s", referral_id)
    return int(str(count))


def test_a_referral_is_routed_by_the_worker_and_its_trace_replays(live: LiveSystem, referring: Referring) -> None:
    referral_id = referring.refer()
    live.until(lambda: routed(live, referral_id) == 1, "the referral to be routed")
    ((stored, result, service_id),) = live.query(
        "SELECT trace, result, service_id FROM routing_decision WHERE referral_id = %s", referral_id
    )
    assert isinstance(stored, dict)
    assert trace.replay(stored) == (RouteResult(str(result)), service_id)


def test_an_offer_holds_its_place_and_has_a_time_to_answer_by(live: LiveSystem, referring: Referring) -> None:
    referral_id = referring.refer()
    live.until(lambda: routed(live, referral_id) == 1, "the referral to be routed")
    rows = live.query(
        "SELECT r.owner_principal = o.service_id, o.due_at = r.response_due_at, o.due_at > o.offered_at"
        " FROM referral r JOIN offer o ON o.referral_id = r.id WHERE r.id = %s AND r.state = 'received'",
        referral_id,
    )
    state = live.query("SELECT state FROM referral WHERE id = %s", referral_id)
    assert rows == [(True, True, True)] or state == [("unplaced",)]


def test_a_hint_that_comes_again_changes_nothing(live: LiveSystem, referring: Referring, broker: Celery) -> None:
    referral_id = referring.refer()
    live.until(lambda: routed(live, referral_id) == 1, "the referral to be routed")
    ((message_id,),) = live.query(
        "SELECT id FROM outbox_message WHERE (payload->>'referral_id')::uuid = %s", referral_id
    )
    for _ in range(5):
        broker.send_task("referrals.route", kwargs={"message_id": str(message_id)}, queue="locality")
    time.sleep(1)
    assert routed(live, referral_id) == 1


def test_a_hint_for_nothing_harms_nobody(live: LiveSystem, referring: Referring, broker: Celery) -> None:
    broker.send_task("referrals.route", kwargs={"message_id": str(uuid.UUID(int=0))}, queue="locality")
    referral_id = referring.refer()
    live.until(lambda: routed(live, referral_id) == 1, "the referral after it to be routed")


def test_the_clocks_run_once_a_period_however_often_they_are_asked(live: LiveSystem, broker: Celery) -> None:
    for _ in range(5):
        broker.send_task("referrals.clocks", queue="locality")
    counted = "SELECT count(*), count(DISTINCT period) FROM periodic_run WHERE job = 'referrals.clocks'"
    live.until(lambda: live.query(counted)[0][0], "the clocks to run")
    ((runs, periods),) = live.query(counted)
    assert runs == periods
    overdue = "SELECT count(*) FROM offer WHERE state = 'open' AND due_at < now() AND reminded_at IS NULL"
    live.until(lambda: live.query(overdue) == [(0,)], "overdue offers to be seen to")
    assert live.query("SELECT count(*) FROM referral WHERE owner_principal IS NULL") == [(0,)]
