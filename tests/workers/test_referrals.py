"""Referrals on real parts: a real worker takes the intent from the outbox over a real broker and makes the offer."""

import urllib.request
import uuid
from collections.abc import Iterator

import pytest
from celery import Celery

from benchmarks.referring import Referring
from locality.referrals.rules import trace
from locality.referrals.rules.facts import RouteResult
from tests.support.live import LiveSystem

pytestmark = pytest.mark.workers


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
    live.until(live.is_idle, "the hints to be taken")
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


def test_a_late_answer_leads_to_each_step_once_however_many_clocks_ask(
    live: LiveSystem, referring: Referring, broker: Celery
) -> None:
    referral_id = referring.refer()
    live.until(lambda: routed(live, referral_id) == 1, "the referral to be routed")
    live.query(
        "UPDATE offer SET due_at = now() - interval '4 days' WHERE referral_id = %s AND state = 'open' RETURNING id",
        referral_id,
    )
    # A new period for the clock, as the next minute would be; and several beats that ask at once.
    live.query("DELETE FROM periodic_run WHERE job = 'referrals.clocks' RETURNING job")
    for _ in range(5):
        broker.send_task("referrals.clocks", queue="locality")
    steps = "SELECT n.step FROM offer_notice n JOIN offer o ON o.id = n.offer_id WHERE o.referral_id = %s ORDER BY 1"
    live.until(lambda: live.query(steps, referral_id), "the clock to look at the offer")
    live.until(live.is_idle, "every clock to have asked")
    counted = live.query(f"SELECT count(*), count(DISTINCT step) FROM ({steps}) AS taken", referral_id)
    assert counted[0][0] == counted[0][1]
    reminders = "SELECT count(*) FROM referral_event WHERE referral_id = %s AND line LIKE 'The service was reminded%%'"
    assert live.query(reminders, referral_id) == [(1,)]


def test_a_referral_made_while_the_broker_is_down_succeeds_and_is_routed_when_it_is_back(
    live: LiveSystem, referring: Referring
) -> None:
    live.kill_broker()
    try:
        referral_id = referring.refer()
        assert live.query("SELECT state FROM referral WHERE id = %s", referral_id) == [("sent",)]
        with urllib.request.urlopen(f"{live.address}/healthz", timeout=10) as answer:
            assert answer.status == 200
    finally:
        live.start_broker()
    live.until_mended(lambda: routed(live, referral_id) == 1, "the referral to be routed", seconds=90)


def test_every_message_ever_owed_holds_opaque_ids_and_nothing_else(live: LiveSystem) -> None:
    rows = live.query("SELECT task, payload FROM outbox_message")
    assert len(rows) > 3
    for task, payload in rows:
        assert isinstance(payload, dict)
        for name, value in payload.items():
            assert str(uuid.UUID(str(value))) == value, f"{task} tells {name} in a message"
