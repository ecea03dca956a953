"""What every part of a family's history is written with: chance, the batch, the day it is today, and who is told."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from locality.access.parts import GrantReason, Part
from locality.access.policy import READS
from locality.demo import days
from locality.demo.batch import NULL, Batch
from locality.demo.chance import Ids, between, one_of
from locality.demo.facts import Story
from locality.demo.families import Family, Person
from locality.demo.world import Worker, World

# Access that ended longer ago than this is not made up again: it opens nothing.
GRANTS_KEPT_DAYS = 730
_JUST_WHO = f"{{{Part.IDENTITY.value}}}"


@cache
def parts_of(reason: GrantReason) -> str:
    """The parts that a reason opens, as the grant keeps them."""
    return "{" + ",".join(sorted(part.value for part in READS[reason])) + "}"


@dataclass(frozen=True, slots=True)
class Agreed:
    """The family's agreement that is in force."""

    id: str
    day: int
    shares_with_cluster: bool


class Teller:
    """Tells one family's history."""

    def __init__(self, rng: random.Random, batch: Batch, world: World, family: Family, now: tuple[int, int]) -> None:
        self.rng = rng
        self.batch = batch
        self.world = world
        self.family = family
        self.today, self.minute = now
        self.add = batch.add
        self.id = batch.id
        self.agreement: Agreed | None = None
        self.giver: Person | None = None
        self.is_scene = False
        # What came later is drawn apart, so that the families that are there stay who they are.
        self.aside = batch.aside
        self.new_id = batch.new_id
        self.known = Story()

    def officer(self) -> Worker:
        """Somebody of the front door."""
        return one_of(self.rng, self.world.officers)

    def officer_aside(self) -> Worker:
        """Somebody of the front door, for what is drawn apart."""
        return one_of(self.aside, self.world.officers)

    def at_work(self) -> int:
        """A minute of the day at which people are at work."""
        return between(self.rng, days.OFFICE_OPENS + 5, days.OFFICE_CLOSES - 30)

    def has_come(self, day: int) -> bool:
        """Whether a day lies in the past."""
        return day < self.today

    def children_on(self, day: int) -> list[Person]:
        """The children there are on a day, expected babies among them; never nobody."""
        found = [c for c in self.family.children if (c.born or c.due or 0) < day + 230]
        of_age = [c for c in found if c.born is None or day - c.born < 18 * 365]
        return of_age or found[-1:] or self.family.children[:1]

    def story(
        self,
        people: Iterable[Person],
        day: int,
        stamp: str,
        kind: str,
        line: str,
        source: str,
        record: tuple[str, str],
    ) -> None:
        """One line in the story of each."""
        on, (record_kind, record_id) = days.text(day), record
        for person in people:
            self.add("chronology_entry", self.id(), person.id, on, stamp, kind, line, source, record_kind, record_id)

    def grant(
        self,
        people: Iterable[Person],
        principal: str,
        reason: GrantReason,
        record: str,
        span: tuple[str, int, str | None],
        *,
        just_who: bool = False,
        ids: Ids | None = None,
    ) -> None:
        """Let a principal see people, ``span``: from an instant, ended on a day (0: not) at an instant (None: not).

        With ``just_who`` no more than who they are. ``ids``: where the ids come from, for what is drawn apart.
        """
        since, ended, until = span
        if ended and ended < self.today - GRANTS_KEPT_DAYS:
            return
        parts = _JUST_WHO if just_who else parts_of(reason)
        draw = ids or self.id
        for person in people:
            self.add(
                "access_grant", draw(), person.id, principal, reason.value, parts, record, since,
                until or NULL, NULL, NULL,
            )  # fmt: skip
