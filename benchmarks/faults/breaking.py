"""Carries out a plan of faults on a running installation."""

import random
import threading
import time
from dataclasses import dataclass

import redis

from benchmarks.faults.house import House, kill
from benchmarks.faults.planning import Fault, Moment

_PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class Done:
    """A fault that was made, ``at_s`` seconds after the start."""

    at_s: float
    fault: Fault


class Breaker(threading.Thread):
    """Makes each fault at its moment; where its target is away just then, as soon as it is back."""

    def __init__(self, house: House, plan: tuple[Moment, ...], *, seed: int) -> None:
        super().__init__(name="breaker", daemon=True)
        self.done: list[Done] = []
        self.failure: Exception | None = None
        self.last_at = time.monotonic()
        self._house = house
        self._plan = plan
        self._rng = random.Random(seed)
        self._began = time.monotonic()
        self._back: threading.Timer | None = None

    def run(self) -> None:
        """Carry out the plan; what stands against it is kept in ``failure``."""
        self._began = time.monotonic()
        try:
            for moment in self._plan:
                time.sleep(max(0.0, self._began + moment.at_s - time.monotonic()))
                self._make(moment)
            if self._back is not None:
                self._back.join()
        except Exception as error:
            self.failure = error
        finally:
            self._house.shut.unlink(missing_ok=True)

    def _make(self, moment: Moment) -> None:
        target = self._hit(moment.fault)
        if moment.fault is Fault.BROKER_EMPTIED:
            self._empty()
        else:
            if moment.fault is Fault.BROKER_STOPPED:
                self._house.shut.touch()
                self._back = threading.Timer(moment.lasts_s, self._let_back)
                self._back.start()
            kill(target)
        self._note(moment.fault)

    def _empty(self) -> None:
        limit = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return self._house.empty_broker()
            except (OSError, redis.RedisError):
                if time.monotonic() > limit:
                    raise
                time.sleep(_LOOK_EVERY_S)

    def _hit(self, fault: Fault) -> int:
        limit = time.monotonic() + _PATIENCE_S
        while not (found := self._house.find(fault)):
            if time.monotonic() > limit:
                raise RuntimeError(f"the {fault.value} never came back\n{self._house.logs()}")
            time.sleep(_LOOK_EVERY_S)
        return self._rng.choice(found)

    def _let_back(self) -> None:
        self._house.shut.unlink(missing_ok=True)
        self.last_at = max(self.last_at, time.monotonic())

    def _note(self, fault: Fault) -> None:
        now = time.monotonic()
        self.last_at = max(self.last_at, now)
        self.done.append(Done(now - self._began, fault))
