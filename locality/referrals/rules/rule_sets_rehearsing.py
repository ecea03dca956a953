"""Rehearsing a set of rules on past referrals: where each would go now, and where it would go under the draft.

Both answers come from the same facts, the same services and the same places, so that every difference is the rules'.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from locality.referrals.rules.facts import Route, RouteResult

PERSON = "person"
LEAD = "lead"
MOST_NAMED = 200  # referrals kept by name; all are counted
DAYS = 365
WEEKS = DAYS / 7


def went_to(route: Route) -> str:
    """Where a route leads, as the tally keeps it: a service's id, a person, or the lead of an open case."""
    if route.service is not None:
        return str(route.service.service_id)
    return LEAD if route.result is RouteResult.LEAD else PERSON


@dataclass(slots=True)
class Tally:
    """What a rehearsal has counted. ``moved`` is by cluster, where from and where to."""

    looked_at: int = 0
    sooner: int = 0
    moved: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)
    drafted: Counter[str] = field(default_factory=Counter)
    spoke: Counter[str] = field(default_factory=Counter)

    def add(self, live: Route, draft: Route) -> bool:
        """Count one referral; whether it would go elsewhere."""
        was, then = went_to(live), went_to(draft)
        self.looked_at += 1
        self.now[was] += 1
        self.drafted[then] += 1
        if draft.rule is not None:
            self.spoke[str(draft.rule.id)] += 1
        self.sooner += draft.due_at < live.due_at
        if was != then:
            self.moved[str(draft.place.cluster_id or ""), was, then] += 1
        return was != then


def to_store(tally: Tally) -> dict[str, Any]:
    """The tally as JSON."""
    return {
        "looked_at": tally.looked_at,
        "sooner": tally.sooner,
        "moved": [[*key, n] for key, n in sorted(tally.moved.items())],
        "now": dict(tally.now),
        "drafted": dict(tally.drafted),
        "spoke": dict(tally.spoke),
    }


def from_store(stored: dict[str, Any]) -> Tally:
    """The tally from its JSON; an empty one from nothing."""
    return Tally(
        looked_at=stored.get("looked_at", 0),
        sooner=stored.get("sooner", 0),
        moved=Counter({(cluster, was, then): n for cluster, was, then, n in stored.get("moved", ())}),
        now=Counter(stored.get("now", {})),
        drafted=Counter(stored.get("drafted", {})),
        spoke=Counter(stored.get("spoke", {})),
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """How a service kept up in the year before: families taken up, and places free today (None: it counts none)."""

    taken_up: int
    free: int | None


def expected_weeks(sent: int, pace: Pace) -> float | None:
    """How long a family that comes last in a year of ``sent`` referrals waits, in weeks.

    Those whom the service can neither take up in the year nor give a free place are waiting, at the pace of that year.
    None when there is no pace to go by: families would wait and nobody was taken up.
    """
    if pace.free is None:
        return 0.0
    waiting = max(sent - pace.taken_up - pace.free, 0)
    if not waiting:
        return 0.0
    return waiting / (pace.taken_up / WEEKS) if pace.taken_up else None


def is_service(key: str) -> uuid.UUID | None:
    """The service that a key of the tally means; None for a person or a lead professional."""
    return None if key in {PERSON, LEAD} else uuid.UUID(key)
