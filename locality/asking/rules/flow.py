"""Which question comes next, as data. Pure.

A flow is a row of pages. Some are shown only after certain answers; two are loops with a page for each child and each
adult. Every path ends at ``CHECK``; going back from a page leads to the one that led there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Who asks."""

    FAMILY = "family"
    PROFESSIONAL = "professional"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the flow asks about the answers so far."""

    worried_about_harm: bool = False
    family_agrees: bool = True
    wants_email: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the flow; ``shown`` says after which answers. ``is_loop``: its items have pages of their own."""

    page: str
    shown: Callable[[Answered], bool] = lambda _answered: True
    is_loop: bool = False


CHECK = "check"
CHILDREN = "children"
ADULTS = "adults"
LOOPS = (CHILDREN, ADULTS)
MOST_ITEMS = 20

_FAMILY = (
    Step("you"),
    Step(CHILDREN, is_loop=True),
    Step(ADULTS, is_loop=True),
    Step("home"),
    Step("worries"),
    Step("going-well"),
    Step("would-help"),
    Step("who-helps"),
    Step("reach-you"),
    Step("email", lambda answered: answered.wants_email),
    Step("language"),
    Step("sharing"),
)
_PROFESSIONAL = (
    Step("your-work"),
    Step("harm"),
    Step("phone-now", lambda answered: answered.worried_about_harm),
    Step(CHILDREN, is_loop=True),
    Step(ADULTS, is_loop=True),
    Step("home"),
    Step("reasons"),
    Step("worries"),
    Step("going-well"),
    Step("done-so-far"),
    Step("family-view"),
    Step("agreement"),
    Step("no-agreement", lambda answered: not answered.family_agrees),
    Step("feedback"),
)
FLOWS: Mapping[Kind, tuple[Step, ...]] = {Kind.FAMILY: _FAMILY, Kind.PROFESSIONAL: _PROFESSIONAL}


def path(kind: Kind, answered: Answered) -> tuple[str, ...]:
    """The pages after these answers, in order; the last is ``CHECK``."""
    return (*(step.page for step in FLOWS[kind] if step.shown(answered)), CHECK)


def next_page(kind: Kind, page: str, answered: Answered) -> str:
    """The page after this one. A page that is not on the path any more leads to the first after it that is."""
    order = [step.page for step in FLOWS[kind]]
    later = order[order.index(page) + 1 :] if page in order else []
    return next((one for one in path(kind, answered) if one in later), CHECK)


def previous_page(kind: Kind, page: str, answered: Answered) -> str | None:
    """The page before this one; None before the first."""
    order = [*(step.page for step in FLOWS[kind]), CHECK]
    earlier = order[: order.index(page)] if page in order else []
    return next((one for one in reversed(path(kind, answered)) if one in earlier), None)


def is_page(kind: Kind, page: str) -> bool:
    """Whether a flow has this page at all."""
    return any(step.page == page for step in FLOWS[kind])


def place_of(kind: Kind, page: str, answered: Answered) -> tuple[int, int]:
    """Which question this is, and of how many, for "Question 3 of 12"; a page off the path counts as its neighbour."""
    pages = path(kind, answered)
    number = pages.index(page) + 1 if page in pages else 1
    return min(number, len(pages) - 1), len(pages) - 1
