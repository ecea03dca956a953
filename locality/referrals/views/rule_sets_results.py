"""What a rehearsal found, as rows of tables."""

import uuid
from dataclasses import dataclass

from locality.referrals.queries.rule_sets import SetView
from locality.referrals.queries.rule_sets_rehearsing import Rehearsal
from locality.referrals.rules.conditions import Asked
from locality.referrals.rules.rule_sets_checking import Directory
from locality.referrals.rules.rule_sets_rehearsing import LEAD, PERSON, Pace, expected_weeks, is_service

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Moved:
    """Referrals of one cluster that would have gone from one place to another."""

    cluster: str
    was: str
    becomes: str
    referrals: int


@dataclass(frozen=True, slots=True)
class Service:
    """What one service would have got, beside what it gets now, and how long families would wait."""

    name: str
    now: int
    drafted: int
    wait_now: str
    wait_drafted: str

    @property
    def change(self) -> str:
        """How many more or fewer, with the sign."""
        more = self.drafted - self.now
        return f"{more:+,}".replace("-", "−") if more else "0"


@dataclass(frozen=True, slots=True)
class Spoken:
    """How often a rule of the draft spoke."""

    name: str
    referrals: int


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that a rehearsal's page shows; ``more`` rows of ``moved`` are not shown."""

    moved: tuple[Moved, ...]
    more: int
    elsewhere: int
    services: tuple[Service, ...]
    spoken: tuple[Spoken, ...]


def result_of(rehearsal: Rehearsal, found: SetView, directory: Directory) -> Result:
    """What a rehearsal found, the largest changes first."""
    tally = rehearsal.tally
    clusters = directory.names[Asked.CLUSTER]
    moved = [
        Moved(clusters.get(cluster, "No cluster"), _called(was, directory), _called(then, directory), n)
        for (cluster, was, then), n in tally.moved.most_common()
    ]
    keys = sorted(
        set(tally.now) | set(tally.drafted), key=lambda key: (is_service(key) is None, _called(key, directory))
    )
    return Result(
        moved=tuple(moved[:MOST_ROWS]),
        more=max(len(moved) - MOST_ROWS, 0),
        elsewhere=tally.moved.total(),
        services=tuple(_service(key, rehearsal, directory) for key in keys),
        spoken=tuple(Spoken(rule.name, tally.spoke[str(rule.id)]) for rule in found.content.rules),
    )


def _service(key: str, rehearsal: Rehearsal, directory: Directory) -> Service:
    now, drafted = rehearsal.tally.now[key], rehearsal.tally.drafted[key]
    pace = rehearsal.paces.get(key)
    return Service(_called(key, directory), now, drafted, _wait(now, pace), _wait(drafted, pace))


def _wait(sent: int, pace: Pace | None) -> str:
    if pace is None:
        return "No wait"
    weeks = expected_weeks(sent, pace)
    if weeks is None:
        return "Not known"
    if weeks < 1:
        return "No wait" if weeks == 0 else "Under a week"
    whole = round(weeks)
    return f"{whole} week" if whole == 1 else f"{whole} weeks"


def _called(key: str, directory: Directory) -> str:
    if key == LEAD:
        return "The lead professional of an open case"
    if key == PERSON:
        return "A person decides"
    service = directory.services.get(uuid.UUID(key))
    return service.name if service else "A service that is gone"
