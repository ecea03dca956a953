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


def new_id(rng: random.Random) -> str:
    """A version 4 UUID as the database reads it, from this stream of chance."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:12]}4{digits[13:16]}a{digits[17:]}"
