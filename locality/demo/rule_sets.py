"""Sets of routing rules beside the first: one withdrawn before its day, and a draft with a rule to put right."""

import datetime as dt
import uuid

from locality.demo import days
from locality.demo.batch import NO, NULL, Batch, array, document
from locality.demo.making import Register
from locality.demo.world import Worker, World, fixed_id

_SETTINGS = {"routine_days": 5, "siblings_together": True, "overflow": True}


def rule_sets(batch: Batch, world: World, register: Register) -> None:
    """The sets, and what happened to each."""
    administrator, manager = _first(world, "administrator"), _first(world, "manager")
    tell = _Told(batch, register.today)
    carers = _rule(1, 10, "Young carers to their own service", {"need": ["7A"]}, service="Young carers")
    tell.row(2, [carers], "withdrawn", administrator, manager)
    tell.event(2, 60, administrator, "Drafted as a copy of set 1")
    tell.event(2, 60, administrator, f"Added the rule “{carers['name']}”")
    tell.event(2, 59, administrator, "Rehearsal asked for")
    begins = dt.date.fromordinal(register.today - 20)
    tell.event(2, 40, manager, f"Approved, to be live from {begins.day} {begins:%B %Y}")
    tell.event(2, 30, manager, "Withdrawn before it was live", _WHY_WITHDRAWN)
    young = _rule(2, 20, "Children under five who are slow to talk", {"need": ["SEND"], "age": _ages(0, 4)},
                  service="Speech and language early help")  # fmt: skip
    never = _rule(
        3,
        30,
        "Toddlers who are slow to talk",
        {"need": ["SEND"], "age": _ages(1, 2)},
        service="Inclusion and SEND advice",
    )
    urgent = _rule(4, 40, "Domestic abuse is answered at once", {"need": ["3A", "3B", "3C"]}, urgent=True)
    tell.row(3, [carers, young, never, urgent], "draft", administrator, None)
    tell.event(3, 6, administrator, "Drafted as a copy of set 2")
    for rule in (young, never, urgent):
        tell.event(3, 5, administrator, f"Added the rule “{rule['name']}”")


_WHY_WITHDRAWN = "The young carers’ service is short of two workers until the summer"


class _Told:
    def __init__(self, batch: Batch, today: int) -> None:
        self.batch, self.today = batch, today

    def row(
        self, version: int, rules: list[dict[str, object]], state: str, writer: Worker, approver: Worker | None
    ) -> None:
        """A set; one with an approver was approved 40 days ago, and withdrawn 30 days ago, for 20 days ago."""
        name = "Young carers first" if version == 2 else "Young carers and speech"
        drafted = days.stamp(self.today - (60 if approver else 6), 10 * 60)
        ended = (days.stamp(self.today - 30, 11 * 60), approver.name, _WHY_WITHDRAWN) if approver else (NULL,) * 3
        approved = (approver.id, approver.name, days.stamp(self.today - 40, 11 * 60)) if approver else (NULL,) * 3
        self.batch.add(
            "rule_set", str(version), document(_SETTINGS | {"ordered": rules}),
            days.stamp(self.today - 20, 0) if approver else NULL, name, state, str(len(rules) + 1), NO,
            str(version - 1), writer.name, drafted, array([writer.id]), *approved, *ended,
        )  # fmt: skip

    def event(self, version: int, ago: int, by: Worker, line: str, words: str = "") -> None:
        """Something that happened to a set so many days ago."""
        at = days.stamp(self.today - ago, 10 * 60)
        self.batch.add("rule_set_event", self.batch.new_id(), str(version), at, by.name, line, words)


def _rule(
    number: int, order: int, name: str, when: dict[str, list[str]], *, service: str = "", urgent: bool = False
) -> dict[str, object]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"demonstration rule {number}")),
        "order": order,
        "name": name,
        "when": when,
        "sends": "service" if service else "usual",
        "to": fixed_id("service", service) if service else None,
        "urgent": urgent,
    }


def _ages(first: int, last: int) -> list[str]:
    return [str(age) for age in range(first, last + 1)]


def _first(world: World, role: str) -> Worker:
    return next(worker for worker in world.workers if any(duty.role == role for duty in worker.duties))
