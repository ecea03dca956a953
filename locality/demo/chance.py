"""Seeded chance: the same seed makes the same people, whatever the machine and however many processes."""

import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Values that come up in proportion to their weights."""

    __slots__ = ("_bounds", "_total", "_values")

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._values = tuple(weights)
        self._bounds = tuple(accumulate(weights.values()))
        self._total = self._bounds[-1]

    def pick(self, rng: random.Random) -> T:
        """One value."""
        return self._values[bisect_right(self._bounds, rng.random() * self._total)]


def chance_for(seed: int, *where: object) -> random.Random:
    """A stream of chance of its own for one part of the work."""
    # A string seed is hashed with SHA-512, so it does not depend on PYTHONHASHSEED.
    return random.Random(":".join(map(str, ("locality", seed, *where))))  # noqa: S311


def one_of(rng: random.Random, values: Sequence[T]) -> T:
    """One of the values, all alike; quicker than ``random.choice``."""
    return values[int(rng.random() * len(values))]


def between(rng: random.Random, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, both included; quicker than ``random.randint``."""
    return low + int(rng.random() * (high - low + 1))


_IDS_AT_ONCE = 256


class Ids:
    """Version 4 UUIDs as the database reads them, from one stream of chance; drawn many at a time, which is quicker."""

    __slots__ = ("_left", "_rng")

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._left: list[str] = []

    def __call__(self) -> str:
        """The next one."""
        if not self._left:
            digits = self._rng.randbytes(16 * _IDS_AT_ONCE).hex()
            starts = range(0, len(digits), 32)
            self._left = [f"{digits[i : i + 12]}4{digits[i + 13 : i + 16]}a{digits[i + 17 : i + 32]}" for i in starts]
        return self._left.pop()


def new_id(rng: random.Random) -> str:
    """A single version 4 UUID."""
    return Ids(rng)()
