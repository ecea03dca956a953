"""One storm: people send and answer referrals while a plan of faults is carried out; then everything has to settle."""

import datetime as dt
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue

from benchmarks.faults import evidence, proofs
from benchmarks.faults.answering import Answering, Desk, spread_s, wait_for
from benchmarks.faults.breaking import Breaker
from benchmarks.faults.clients import Client, Pace
from benchmarks.faults.house import House
from benchmarks.faults.planning import Moment
from benchmarks.faults.proofs import Harm, Wrong
from benchmarks.faults.sending import Acknowledged, Officer
from locality.kernel.progress import progress

SETTLE_S = 120.0
_OFFICERS = 4
_LEAVE_S = 240.0
_CHILDREN = """
    SELECT p.id FROM person p
    WHERE p.kind = 'child' AND p.born_on BETWEEN '2012-01-01' AND '2020-01-01' AND p.died_on IS NULL
      AND NOT EXISTS (SELECT FROM episode e WHERE p.id = ANY(e.about) AND e.state = 'open')
    ORDER BY p.reference LIMIT 5000
"""
_DESKS = """
    SELECT array_agg(a.email ORDER BY a.email) FROM role_assignment s JOIN account a ON a.id = s.account_id
    WHERE s.role = 'service_worker' AND s.ended_at IS NULL AND a.active GROUP BY s.scope_id HAVING count(*) > 1
    ORDER BY (SELECT count(*) FROM offer o WHERE o.service_id = s.scope_id AND o.state = 'open') DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """How hard a storm is: so many referrals within ``seconds``, and the plan of faults.

    ``desks``: only at so many services somebody answers, those that have most to answer; None means at all.
    """

    referrals: int
    seconds: float
    plan: tuple[Moment, ...]
    seed: int
    settle_s: float = SETTLE_S
    desks: int | None = None


@dataclass(slots=True)
class Outcome:
    """What a storm came to."""

    since: dt.datetime
    acknowledged: list[Acknowledged] = field(default_factory=list)
    told: dict[object, list[str]] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    settle_s: float = 0.0
    is_settled: bool = False
    races: int = 0
    tries: int = 0


def storm(house: House, wish: Wish, *, label: str) -> Outcome:
    """Let a storm pass over a running installation and wait until everything has settled."""
    ((since,),) = house.query("SELECT clock_timestamp()")
    outcome = Outcome(since)  # type: ignore[arg-type]
    said: SimpleQueue[Acknowledged] = SimpleQueue()
    breaker = Breaker(house, wish.plan, seed=wish.seed)
    answering = Answering(_desks(house)[: wish.desks], pause_s=spread_s(wish.referrals, wish.seconds), seed=wish.seed)
    officers = _officers(house, wish, said)
    for thread in (breaker, answering, *officers):
        thread.start()
    _watch(outcome, wish, said, breaker, officers, label)
    outcome.failures += [f"{name} never ended" for name in wait_for([breaker, *officers], seconds=_LEAVE_S)]
    _drain(outcome, said)
    answering.leave()
    _note(wish, outcome, breaker, answering, officers)
    _settle(house, wish, outcome, breaker)
    return outcome


def wrongs_of(house: House, outcome: Outcome) -> list[Wrong]:
    """Everything that must not be, after a storm; nothing when all is well."""
    found = [
        *referrals_wrong(house, outcome),
        *proofs.about_answers(outcome.told, evidence.accepted(house, outcome.since)),  # type: ignore[arg-type]
        *proofs.about_letters(outcome.acknowledged, evidence.letters(house, outcome.since), evidence.arrived(house)),
    ]
    return [*found, *(Wrong(Harm.LOST, words) for words in outcome.failures)]


def referrals_wrong(house: House, outcome: Outcome) -> list[Wrong]:
    """As ``wrongs_of``, of the referrals alone."""
    return list(proofs.about_referrals(outcome.acknowledged, evidence.standings(house, outcome.since)))


def unsure(house: House, outcome: Outcome) -> int:
    """Messages that wait for a person, because nobody can know whether they went."""
    return sum(letter.with_person for letter in evidence.letters(house, outcome.since))


def _officers(house: House, wish: Wish, said: "SimpleQueue[Acknowledged]") -> list[Officer]:
    children = [row[0] for row in house.query(_CHILDREN)]
    accounts = [one for one in house.accounts() if one["role"] == "Front door officer"]
    pace = Pace(wish.referrals, wish.seconds)
    return [
        Officer(_client(house, accounts[number % len(accounts)]["email"]), pace, children, said)  # type: ignore[arg-type]
        for number in range(_OFFICERS)
    ]


def _desks(house: House) -> list[Desk]:
    return [
        Desk(_client(house, emails[0]), _client(house, emails[1]))  # type: ignore[index]
        for (emails,) in house.query(_DESKS)
    ]


def _client(house: House, email: str) -> Client:
    return Client(house.port, email, house.accounts()[0]["password"])


def _watch(
    outcome: Outcome,
    wish: Wish,
    said: "SimpleQueue[Acknowledged]",
    breaker: Breaker,
    officers: Sequence[threading.Thread],
    label: str,
) -> None:
    with progress(wish.referrals, label) as bar:
        while breaker.is_alive() or any(officer.is_alive() for officer in officers):
            before = len(outcome.acknowledged)
            _drain(outcome, said)
            bar.label = f"{label}, {len(breaker.done)} of {len(wish.plan)} faults"
            bar.advance(len(outcome.acknowledged) - before)
            time.sleep(0.2)
        before = len(outcome.acknowledged)
        _drain(outcome, said)
        bar.advance(len(outcome.acknowledged) - before)


def _drain(outcome: Outcome, said: "SimpleQueue[Acknowledged]") -> None:
    while not said.empty():
        outcome.acknowledged.append(said.get())


def _note(wish: Wish, outcome: Outcome, breaker: Breaker, answering: Answering, officers: Sequence[Officer]) -> None:
    if breaker.failure is not None:
        outcome.failures.append(f"the plan of faults stopped: {breaker.failure}")
    for done in breaker.done:
        outcome.faults[done.fault.value] = outcome.faults.get(done.fault.value, 0) + 1
    outcome.told = dict(answering.accepted)
    outcome.races = answering.races
    for officer in officers:
        outcome.failures += officer.failures
        outcome.tries += officer.tries
    silent = wish.referrals - len(outcome.acknowledged) - sum(len(officer.failures) for officer in officers)
    if silent:
        outcome.failures.append(f"{silent} submissions were neither acknowledged nor given up")
    if answering.failure is not None:
        outcome.failures.append(f"the answering stopped: {answering.failure}")


def _settle(house: House, wish: Wish, outcome: Outcome, breaker: Breaker) -> None:
    limit = breaker.last_at + wish.settle_s
    owed = sent = 0
    while True:
        owed, sent = evidence.unsettled(house, outcome.since)
        outcome.settle_s = time.monotonic() - breaker.last_at
        outcome.is_settled = not owed and not sent
        if outcome.is_settled or time.monotonic() > limit:
            break
        time.sleep(0.25)
    if not outcome.is_settled:
        print(f"{owed} pieces of work are owed still, {sent} referrals are with nobody", file=sys.stderr)
