"""Killing the worker, its child, the broker or the web server in the middle of the path loses nothing.

Referrals are written by the operation that the front door uses, one transaction each, while things die. At the end
every one of them stands in exactly one place.
"""

import uuid
from collections.abc import Callable
from contextlib import closing

import pytest

from benchmarks.referring import Referring
from benchmarks.visitor import Visitor, hidden_fields
from locality.kernel.ids import new_id
from tests.support.live import LiveSystem

pytestmark = pytest.mark.workers

HOW_MANY = 20


def kill_the_worker(live: LiveSystem) -> None:
    live.kill("worker")
    live.start("worker")


def kill_a_pool_process(live: LiveSystem) -> None:
    live.kill_one_child("worker")


def kill_the_broker(live: LiveSystem) -> None:
    live.kill_broker()
    live.start_broker()


def empty_the_broker(live: LiveSystem) -> None:
    live.flush_broker()


def leave_nothing_killed(_live: LiveSystem) -> None:
    """The control: the same counting with no fault."""


@pytest.mark.parametrize(
    "fault", [leave_nothing_killed, kill_a_pool_process, empty_the_broker, kill_the_broker, kill_the_worker]
)
def test_every_referral_is_in_exactly_one_place_afterwards(
    live: LiveSystem, referring: Referring, fault: Callable[[LiveSystem], None]
) -> None:
    sent = [referring.refer() for _ in range(HOW_MANY // 2)]
    fault(live)
    sent += [referring.refer() for _ in range(HOW_MANY // 2)]
    live.until_mended(lambda: unrouted(live, sent) == 0, "every referral to be routed")
    assert doubled(live, sent) == 0
    assert owned(live, sent) == HOW_MANY


def test_referrals_are_saved_while_the_broker_is_away(live: LiveSystem, referring: Referring) -> None:
    live.kill_broker()
    sent = [referring.refer() for _ in range(3)]
    assert unrouted(live, sent) == 3
    live.start_broker()
    live.until_mended(lambda: unrouted(live, sent) == 0, "every referral to be routed")


def test_pages_open_and_sign_in_works_while_the_broker_is_away(live: LiveSystem) -> None:
    live.kill_broker()
    try:
        with closing(Visitor(live.port)) as visitor:
            assert visitor.get("/sign-in").status == 200
    finally:
        live.start_broker()


def test_what_the_web_server_acknowledged_outlives_its_death(live: LiveSystem) -> None:
    before = live.query("SELECT count(*) FROM sign_in_attempt")
    with closing(Visitor(live.port)) as visitor:
        page = visitor.get("/sign-in")
        fields = hidden_fields(page.body) | {"email": f"{new_id().hex}@example.org", "password": "not the password"}
        assert visitor.post("/sign-in", fields).status == 422
    live.kill("web")
    live.start("web")
    assert live.query("SELECT count(*) FROM sign_in_attempt")[0][0] == int(str(before[0][0])) + 1


def unrouted(live: LiveSystem, sent: list[uuid.UUID]) -> int:
    """Referrals whose routing has had no effect yet."""
    ((count,),) = live.query(
        "SELECT count(*) FROM outbox_message WHERE done_at IS NULL AND (payload->>'referral_id')::uuid = ANY(%s)", sent
    )
    return int(str(count))


def doubled(live: LiveSystem, sent: list[uuid.UUID]) -> int:
    """Referrals that were routed or offered more than once."""
    return len(
        live.query(
            "SELECT referral_id FROM routing_decision WHERE referral_id = ANY(%s) GROUP BY 1 HAVING count(*) > 1"
            " UNION SELECT referral_id FROM offer WHERE referral_id = ANY(%s) GROUP BY 1 HAVING count(*) > 1",
            sent,
            sent,
        )
    )


def owned(live: LiveSystem, sent: list[uuid.UUID]) -> int:
    """Referrals that have an owner and a decision with its reasons."""
    return len(
        live.query(
            "SELECT r.id FROM referral r JOIN routing_decision d ON d.referral_id = r.id"
            " WHERE r.id = ANY(%s) AND r.owner_principal IS NOT NULL",
            sent,
        )
    )
