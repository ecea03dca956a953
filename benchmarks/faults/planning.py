"""Which part is broken when: drawn from a seed before anything starts, so that a run can be had again."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What is done to the system; all but the last two are ``kill -9``."""

    WEB = "web server"
    WEB_PROCESS = "process of the web server"
    WORKER = "worker"
    WORKER_PROCESS = "process of the worker"
    BEAT = "clock"
    BROKER = "broker"
    DATABASE = "database"
    DATABASE_SESSION = "session of the database"
    BROKER_STOPPED = "broker, and kept away"
    BROKER_EMPTIED = "what the broker holds"


_OF_THE_BROKER = frozenset({Fault.BROKER, Fault.BROKER_STOPPED, Fault.BROKER_EMPTIED})
# After the broker is let back, its supervisor may still be counting.
_COMES_BACK_S = 5.0
# Sooner than this a worker that was killed takes nothing from the broker.
_NO_WORKER_S = 1.5


@dataclass(frozen=True, slots=True)
class Moment:
    """One fault, ``at_s`` seconds after the start; ``lasts_s`` is how long the broker is kept away."""

    at_s: float
    fault: Fault
    lasts_s: float = 0.0


def plan(*, faults: int, seconds: float, away_s: float, seed: int) -> tuple[Moment, ...]:
    """``faults`` moments within ``seconds``: every kind while they last, then kinds at random; the broker away once.

    In a plan too short for the broker to come back in it, the last of its faults may come a little later.
    """
    rng = random.Random(seed)
    kinds = [fault for fault in Fault if fault is not Fault.BROKER_STOPPED]
    away_at = rng.uniform(0, max(0.0, seconds - away_s))
    times = sorted(rng.uniform(0, seconds) for _ in range(max(0, faults - 1)))
    drawn = _drawn(rng, kinds, len(times))
    back_at = away_at + away_s + _COMES_BACK_S
    moments = [Moment(away_at, Fault.BROKER_STOPPED, away_s)]
    # What cannot be broken while it is away changes its time with what can.
    outside = [at for at in times if not away_at <= at <= back_at]
    inside = [at for at in times if away_at <= at <= back_at]
    rng.shuffle(outside)
    for fault in sorted(drawn, key=lambda fault: fault not in _OF_THE_BROKER):
        at = outside.pop() if outside else inside.pop()
        if fault in _OF_THE_BROKER and away_at <= at <= back_at:
            at = rng.uniform(back_at, max(back_at, seconds))
        moments.append(Moment(at, fault))
    moments.sort(key=lambda moment: moment.at_s)
    return tuple(_empty_while_no_worker_is_there(moments, away=(away_at, back_at), seconds=seconds))


def _empty_while_no_worker_is_there(
    moments: list[Moment], *, away: tuple[float, float], seconds: float
) -> list[Moment]:
    """The first time that the broker is emptied comes soon after a worker was killed: then there is something in it."""
    for worker in moments:
        at = worker.at_s + _NO_WORKER_S
        if worker.fault is Fault.WORKER and at <= seconds and not away[0] <= at <= away[1]:
            first = next((moment for moment in moments if moment.fault is Fault.BROKER_EMPTIED), None)
            rest = [moment for moment in moments if moment is not first]
            emptied = [] if first is None else [Moment(at, Fault.BROKER_EMPTIED)]
            return sorted([*rest, *emptied], key=lambda moment: moment.at_s)
    return moments


def workers_and_broker(*times: float) -> tuple[Moment, ...]:
    """The shortest plan by which plain tasks are lost: a worker dies, and what waits for the next one is forgotten."""
    pairs = [(Moment(at, Fault.WORKER), Moment(at + _NO_WORKER_S, Fault.BROKER_EMPTIED)) for at in times]
    return tuple(moment for pair in pairs for moment in pair)


def _drawn(rng: random.Random, kinds: Sequence[Fault], count: int) -> list[Fault]:
    each = list(kinds[:count])
    return each + [rng.choice(kinds) for _ in range(count - len(each))]
