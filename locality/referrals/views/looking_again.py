"""A page that shows how far long work is looks again by itself: often at first, then less, then no more.

Without a script the page asks to be opened again (``templates/referrals/rule_sets/_progress.html``); with one it looks
in place. Whoever reads slowly can stop it, and a page that was forgotten stops by itself, so that it keeps no session
alive.
"""

from collections.abc import Callable
from dataclasses import dataclass

MOST_LOOKS = 60
_OFTEN = 20
_SOON_S, _LATER_S = 3, 10


@dataclass(frozen=True, slots=True)
class Again:
    """When a page looks again, in seconds (None: no more), and the addresses: as it is, next time, and without."""

    seconds: int | None
    here: str
    next: str
    stop: str


def look_again(typed: str | None, address: Callable[[int | None], str]) -> Again:
    """When to look again, after as many looks as ``typed`` says; ``address`` makes the page's address with a number."""
    looks = int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    pause = _SOON_S if looks < _OFTEN else _LATER_S
    return Again(
        seconds=pause if looks < MOST_LOOKS else None,
        here=address(None),
        next=address(looks + 1),
        stop=address(MOST_LOOKS),
    )
