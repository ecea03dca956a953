"""How far a family would travel to a service, in wide rings, so that nobody can work out from them where a home is.

A reason for a choice is read by several people, who may not know where a family lives. Rings of a mile and more tell
them why a service came first and no more. Where any home of a child must not be disclosed there is no distance at all:
a trace without distances looks the same whether no home is known or one is hidden.
"""

import math
from collections.abc import Collection
from itertools import pairwise

Point = tuple[int, int]  # easting and northing on the National Grid, in metres

_METRES_IN_A_MILE = 1609.344
RINGS_MILES = (1, 2, 4, 8)
VISITS = 0  # a worker comes to the home: as near as can be
UNKNOWN = len(RINGS_MILES) + 2


def ring(homes: Collection[Point], at: Point | None, *, visits: bool) -> int | None:
    """The ring in which a service lies around the nearest of a family's homes; None when it cannot be told.

    0 is a service that comes to the home, 1 is within a mile, 5 is beyond the last ring.
    """
    if not homes:
        return None
    if visits:
        return VISITS
    if at is None:
        return None
    miles = min(math.dist(home, at) for home in homes) / _METRES_IN_A_MILE
    return 1 + sum(miles > edge for edge in RINGS_MILES)


def words(found: int) -> str:
    """A ring in words."""
    return _WORDS[found]


_WORDS = (
    "comes to the home",
    f"within {RINGS_MILES[0]} mile of home",
    *(f"{near} to {far} miles from home" for near, far in pairwise(RINGS_MILES)),
    f"more than {RINGS_MILES[-1]} miles from home",
)
