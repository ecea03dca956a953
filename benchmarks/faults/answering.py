"""Colleagues of a service who answer the same offer at the same instant, over and over."""

import random
import re
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.faults.clients import Client, GaveUp
from benchmarks.visitor import Answer, hidden_fields

_ACCEPT = re.compile(r'action="/offers/([0-9a-f-]{36})/accept"')
_PAGES = re.compile(r"/inbox\?page=(\d+)")
_LOOK_S = 0.3
_DECLINES = 0.25  # of the races, this share is between accepting and declining


@dataclass(frozen=True, slots=True)
class Desk:
    """Two colleagues who see the same inbox."""

    first: Client
    second: Client


class Answering(threading.Thread):
    """Goes from desk to desk; at each, two colleagues answer one offer at once."""

    def __init__(self, desks: Sequence[Desk], *, pause_s: float, seed: int) -> None:
        super().__init__(name="answering", daemon=True)
        self.accepted: dict[uuid.UUID, list[str]] = defaultdict(list)
        self.races = 0
        self.failure: Exception | None = None
        self._desks = desks
        self._pause_s = pause_s
        self._rng = random.Random(seed)
        self._over = threading.Event()

    def run(self) -> None:
        """Answer until told to leave; what stands against it is kept in ``failure``."""
        try:
            with ThreadPoolExecutor(max_workers=2) as pool:
                self._answer_until_told(pool)
        except Exception as error:
            self.failure = error

    def _answer_until_told(self, pool: ThreadPoolExecutor) -> None:
        while not self._over.is_set():
            desk = self._rng.choice(self._desks)
            try:
                raced = self._race(desk, pool)
            except GaveUp:
                continue
            self._over.wait(self._pause_s if raced else _LOOK_S)

    def leave(self) -> None:
        """End after the race at hand."""
        self._over.set()
        self.join()
        for desk in self._desks:
            desk.first.close()
            desk.second.close()

    def _race(self, desk: Desk, pool: ThreadPoolExecutor) -> bool:
        """Two answer one of the offers before them; False when there is none."""
        inbox = desk.first.get("/inbox")
        pages = [int(number) for number in _PAGES.findall(inbox.body)]
        if pages:
            inbox = desk.first.get(f"/inbox?page={self._rng.randint(1, max(pages))}")
        offers = _ACCEPT.findall(inbox.body)
        if not offers:
            return False
        offer = self._rng.choice(offers)
        other = desk.second.get("/inbox")
        self.races += 1
        declines = self._rng.random() < _DECLINES
        start = threading.Barrier(2)
        first = pool.submit(_answer, desk.first, f"/offers/{offer}/accept", inbox, start)
        path = f"/offers/{offer}/decline" if declines else f"/offers/{offer}/accept"
        second = pool.submit(_answer, desk.second, path, other, start)
        for client, answer, accepts in (
            (desk.first, first.result(), True),
            (desk.second, second.result(), not declines),
        ):
            if accepts and answer is not None and answer.status == 302 and "/sign-in" not in answer.location:
                self.accepted[uuid.UUID(offer)].append(client.email)
        return True


def _answer(client: Client, path: str, page: Answer, start: threading.Barrier) -> Answer | None:
    fields = {"csrf_token": hidden_fields(page.body).get("csrf_token", ""), "reason": "no_capacity"}
    start.wait(timeout=30)
    return client.send_once(path, fields)


def spread_s(referrals: int, seconds: float) -> float:
    """The pause between races so that about a third of the referrals is answered."""
    return max(0.05, 3 * seconds / max(referrals, 1) - 0.2)


def wait_for(threads: Sequence[threading.Thread], *, seconds: float) -> list[str]:
    """Wait for threads together; the names of those that did not end in time."""
    limit = time.monotonic() + seconds
    for thread in threads:
        thread.join(timeout=max(0.0, limit - time.monotonic()))
    return [thread.name for thread in threads if thread.is_alive()]
