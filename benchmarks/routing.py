"""From a referral's commit to its offer, beside an empty Celery task on the same broker, in turn."""

import os
import signal
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from benchmarks import empty_task, results
from benchmarks.referring import Referring
from benchmarks.system import Bench
from locality.kernel.guard import plain_url
from locality.running import postgres, process
from tests.support.live import ROOT

PER_SECOND = 20
BURST = 300
TURNS = 5
_PATIENCE_S = 120


def measure(bench: Bench, report: results.Report, size: int, *, rounds: int = 300) -> None:
    """Latency at 20 a second, and how many a second when many wait."""
    # The application and the empty task read their addresses from the environment of this process.
    os.environ.update(bench.environment)
    empties = _Empties(bench.broker_url)
    with _empty_worker(bench), Referring(bench) as referring, _watching(bench) as watch:
        for _ in range(20):
            _offer_seconds(referring, watch)
            empties.seconds()
        offers, limits = [], []
        for number in range(rounds):
            began = time.perf_counter()
            offers.append(_offer_seconds(referring, watch))
            limits.append(empties.seconds(number))
            time.sleep(max(0.0, 1 / PER_SECOND - (time.perf_counter() - began)))
        report.add(
            "routing.offer.p50_ms", size=size, value=results.median(offers), unit="ms", limit=results.median(limits)
        )
        report.add(
            "routing.offer.p95_ms",
            size=size,
            value=results.percentile(offers, 0.95),
            unit="ms",
            limit=results.percentile(limits, 0.95),
            note=f"{rounds} referrals, {PER_SECOND} a second, none else waiting",
        )
        _add_stream(bench, referring, report, size, rounds=rounds)
        _add_rates(bench, referring, empties, report, size)


def _add_stream(bench: Bench, referring: Referring, report: results.Report, size: int, *, rounds: int) -> None:
    """Referrals saved at a steady pace, whether or not those before them have been offered yet."""
    waits = _stream_seconds(bench, referring, rounds)
    note = f"{rounds} saved at {PER_SECOND} a second"
    for share, tag, limit in ((0.5, "p50", 250), (0.95, "p95", 1_000)):
        value = results.percentile(waits, share)
        report.add(f"routing.saved_to_offer.{tag}_ms", size=size, value=value, unit="ms", limit=limit, note=note)


def _stream_seconds(bench: Bench, referring: Referring, rounds: int) -> list[float]:
    """Seconds from each commit to the moment in which somebody else sees where the referral went."""
    saved: dict[uuid.UUID, float] = {}
    seen: dict[uuid.UUID, float] = {}
    over = threading.Event()

    def watch() -> None:
        with _watching(bench) as connection:
            while not (over.is_set() and len(seen) == len(saved)):
                waiting = [referral_id for referral_id in list(saved) if referral_id not in seen]
                for (referral_id,) in connection.execute(_PLACED, [waiting]):
                    seen[referral_id] = time.perf_counter()
                time.sleep(0.001)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    began = time.perf_counter()
    for number in range(rounds):
        time.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
        referral_id = referring.refer()
        saved[referral_id] = time.perf_counter()
    over.set()
    watcher.join(timeout=_PATIENCE_S)
    if len(seen) < len(saved):
        raise RuntimeError(f"{len(saved) - len(seen)} referrals were never placed")
    return [max(0.0, seen[referral_id] - at) for referral_id, at in saved.items()]


_PLACED = "SELECT id FROM referral WHERE id = ANY(%s) AND state <> 'sent'"


def _add_rates(bench: Bench, referring: Referring, empties: "_Empties", report: results.Report, size: int) -> None:
    """Bursts of both, one after the other, so that a busy machine slows both alike; the ratio is that of the turns."""
    turns = []
    for number in range(TURNS + 1):
        turn = (_routed_rate(bench, referring), empties.rate())
        if number:  # the first turn warms up
            turns.append(turn)
    ratios = sorted(routed / empty for routed, empty in turns)
    report.add(
        "routing.per_s",
        size=size,
        value=statistics.median(routed for routed, _ in turns),
        unit="/s",
        limit=statistics.median(empty for _, empty in turns),
        ratio=statistics.median(ratios),
        note=f"{BURST} waiting at once, {TURNS} turns, ratios {ratios[0]:.2f} to {ratios[-1]:.2f}",
    )


def _offer_seconds(referring: Referring, watch: psycopg.Connection) -> float:
    referral_id = referring.refer()
    started = time.perf_counter()
    while watch.execute("SELECT 1 FROM offer WHERE referral_id = %s", [referral_id]).fetchone() is None:
        if time.perf_counter() - started > _PATIENCE_S:
            raise RuntimeError("a referral was never offered")
        time.sleep(0.0003)
    return time.perf_counter() - started


class _Empties:
    """Empty tasks on a system's broker."""

    def __init__(self, broker_url: str) -> None:
        self._task = empty_task.application(broker_url).tasks[empty_task.TASK]
        self._redis = empty_task.client(broker_url)

    def seconds(self, number: int = 0) -> float:
        """From sending one to its word that it ran."""
        self._redis.delete(empty_task.DONE)
        started = time.perf_counter()
        self._task.apply_async(kwargs={"number": number})
        while not self._redis.llen(empty_task.DONE):
            if time.perf_counter() - started > _PATIENCE_S:
                raise RuntimeError("an empty task never ran")
            time.sleep(0.0003)
        return time.perf_counter() - started

    def rate(self) -> float:
        """How many a second, when many are sent at once."""
        self._redis.delete(empty_task.DONE)
        started = time.perf_counter()
        for number in range(BURST):
            self._task.apply_async(kwargs={"number": number})
        while self._redis.llen(empty_task.DONE) < BURST:
            time.sleep(0.002)
        return BURST / (time.perf_counter() - started)


def _routed_rate(bench: Bench, referring: Referring) -> float:
    """Referrals written while no worker runs, then routed by one worker: from its first receipt to its last."""
    bench.kill("worker")
    marker = [referring.refer() for _ in range(BURST)]
    bench.start("worker")
    bench.until(lambda: _waiting(bench) == 0, "all referrals to be routed", seconds=_PATIENCE_S)
    ((routed, seconds),) = bench.query(
        "SELECT count(*), extract(epoch FROM max(done_at) - min(done_at))::float FROM outbox_message"
        " WHERE (payload->>'referral_id')::uuid = ANY(%s)",
        marker,
    )
    return (int(str(routed)) - 1) / float(str(seconds))


def _waiting(bench: Bench) -> int:
    ((count,),) = bench.query("SELECT count(*) FROM outbox_message WHERE done_at IS NULL AND failed_at IS NULL")
    return int(str(count))


@contextmanager
def _empty_worker(bench: Bench) -> Iterator[None]:
    """A worker for empty tasks with the same number of processes."""
    with (bench.folder / "empty.log").open("ab") as log:
        child = process.spawn(
            [
                sys.executable, "-m", "celery", "--app", "benchmarks.empty_task", "worker", "--queues", "empty",
                "--concurrency", "2", "--without-mingle", "--without-gossip", "--loglevel", "WARNING",
            ],
            environment=bench.environment,
            output=log,
            folder=ROOT,
        )  # fmt: skip
    try:
        yield
    finally:
        process.end(child, with_signal=signal.SIGTERM, patience_s=15)


@contextmanager
def _watching(bench: Bench) -> Iterator[psycopg.Connection]:
    url = plain_url(bench.database.url(postgres.SUPERUSER, bench.name))
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection
