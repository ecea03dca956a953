"""The storm of ``./run faults``, short: every kind of fault once, and the control that must lose."""

from collections.abc import Iterator

import pytest

from benchmarks.faults.__main__ import CONTROL
from benchmarks.faults.house import House, house
from benchmarks.faults.planning import Fault, plan, workers_and_broker
from benchmarks.faults.proofs import Harm
from benchmarks.faults.storm import Outcome, Wish, referrals_wrong, storm, wrongs_of

pytestmark = pytest.mark.workers

SEED = 6459  # draws a plan in which the broker is emptied while no worker is there to take anything from it
REFERRALS, IN_CONTROL, DESKS = 27, 15, 3


@pytest.fixture(scope="module")
def built() -> Iterator[House]:
    """An installation of its own; the least demonstration that has services and people."""
    with house(children=200, lease_s=6) as one:
        yield one


@pytest.fixture(scope="module")
def passed(built: House) -> Outcome:
    """A storm over the product."""
    built.start()
    moments = plan(faults=len(Fault), seconds=7.0, away_s=1.0, seed=SEED)
    return storm(built, Wish(REFERRALS, 7.0, moments, SEED, desks=DESKS), label="Referrals")


def test_nothing_is_lost_or_doubled_and_all_settles_whatever_is_killed(built: House, passed: Outcome) -> None:
    assert passed.faults == {fault.value: 1 for fault in Fault}
    assert len(passed.acknowledged) == REFERRALS
    assert wrongs_of(built, passed) == []
    assert passed.is_settled
    assert passed.races > 0


# What no program of ours could do to the database, and what the proofs must say of it.
_UNROUTED = """
    UPDATE referral SET state = 'sent', owner_principal = sender_principal, owner_kind = sender_kind
    WHERE id = (SELECT id FROM referral ORDER BY sent_at DESC LIMIT 1)
"""
_GONE = "DELETE FROM referral WHERE id = (SELECT id FROM referral ORDER BY sent_at DESC LIMIT 1)"
_TWICE = """
    INSERT INTO routing_decision
    SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid()))).*
    FROM routing_decision d JOIN referral r ON r.id = d.referral_id ORDER BY decided_at DESC LIMIT 1
"""


@pytest.mark.parametrize(
    ("defect", "harm", "words"),
    [
        (_UNROUTED, Harm.LOST, "was sent and never routed"),
        (_GONE, Harm.LOST, "is not in the database"),
        (_TWICE, Harm.DOUBLED, "was routed 2 times"),
    ],
    ids=["never routed", "gone", "routed twice"],
)
def test_a_planted_defect_is_found(built: House, passed: Outcome, defect: str, harm: Harm, words: str) -> None:
    before = wrongs_of(built, passed)
    built.execute(defect)
    found = [wrong for wrong in wrongs_of(built, passed) if wrong not in before]
    assert any(wrong.harm is harm and words in wrong.words for wrong in found)


def test_a_message_that_arrives_twice_is_found(built: House, passed: Outcome) -> None:
    built.mail.taken.append(built.mail.taken[-1])
    assert any("arrived 2 times" in wrong.words for wrong in wrongs_of(built, passed))


def test_the_same_storm_over_plain_tasks_loses_referrals(built: House, passed: Outcome) -> None:
    built.end()
    built.patience_s = 15.0
    built.start(CONTROL)
    outcome = storm(built, Wish(IN_CONTROL, 5.0, workers_and_broker(2.0), SEED, settle_s=5.0, desks=1), label="Control")
    assert len(outcome.acknowledged) == IN_CONTROL
    assert any("was sent and never routed" in wrong.words for wrong in referrals_wrong(built, outcome))
