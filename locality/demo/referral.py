"""A referral on its way: where it stands, and what is written as it goes."""

from dataclasses import dataclass, field

from locality.demo import days
from locality.demo.batch import NULL, array, flag, or_null
from locality.demo.families import Person
from locality.demo.front_door import FRONT_DOOR_ID, Decision
from locality.demo.teller import Teller
from locality.demo.world import Cluster, Service, Worker

FRONT_DOOR_NAME = "The front door"


@dataclass(slots=True)
class Referral:
    """A referral as it goes; ``state`` and ``owner`` are where it stands when the telling ends."""

    id: str
    decision: Decision
    kind: str
    cluster: Cluster
    how: str
    day: int
    minute: int
    state: str = "sent"
    owner: tuple[str, str, str] = (FRONT_DOOR_ID, "front_door", FRONT_DOOR_NAME)
    service: Service | None = None
    worker: Worker | None = None
    due: str = ""
    nfa: str = NULL
    ended: str = NULL
    end_reason: str = NULL
    why_here: str = ""
    offer_id: str = ""
    tried: set[str] = field(default_factory=set)
    offered: tuple[int, int] = (0, 0)
    position: int | None = None
    sender: tuple[str, str, str] = (FRONT_DOOR_ID, "front_door", FRONT_DOOR_NAME)
    changes: int = 1
    wished: tuple[str, ...] = ()  # the columns of what the family needs and asks for, once a service was found
    # (from, until) of the service's and the front door's sight of it, written when the telling ends
    offer_seen: list[tuple[str, str, str, int, str | None]] = field(default_factory=list)

    @property
    def children(self) -> list[Person]:
        """Whom it is about."""
        return self.decision.children

    def own(self, service: Service) -> None:
        """The service has it now."""
        self.service, self.owner = service, (service.id, "service", service.name)

    def give_back(self) -> None:
        """The sender has it again."""
        self.owner = self.sender


def write_offer(
    t: Teller,
    r: Referral,
    state: str,
    answered: tuple[int, int] | None,
    *,
    reason: str = NULL,
    note: str = NULL,
) -> None:
    """The offer as it stands, and how long the service sees the referral because of it."""
    service, worker = r.service, r.worker
    if service is None or worker is None:
        return
    # While a question is open, the sender's answer is what is due.
    due = r.due if state == "asked" else days.due(*r.offered, service.response_days)
    late = (state == "asked" or (answered is None and state == "open")) and due < days.stamp(t.today, t.minute)
    since, stamp = days.stamp(*r.offered), days.stamp(*answered) if answered else NULL
    expected = days.text(days.working(t.today + 7 + 6 * (r.position or 1))) if state == "waiting" else NULL
    t.add(
        "offer", r.offer_id, r.id, service.id, r.cluster.id, array(c.id for c in r.children), state, since, due,
        due if late else NULL, NULL, stamp, worker.id if answered else NULL, worker.name if answered else NULL, reason,
        note, NULL, or_null(r.position if state == "waiting" else None), expected, flag(state == "accepted"),
        NULL, NULL, NULL, NULL,
    )  # fmt: skip
    over = r.day if state in {"declined", "expired", "withdrawn"} else 0
    r.offer_seen.append((r.offer_id, service.id, since, over, days.stamp(r.day, r.minute) if over else None))


def named(r: Referral) -> str:
    """The name of the service that has it."""
    return r.service.name if r.service else FRONT_DOOR_NAME


def say(t: Teller, r: Referral, line: str, said: str = "") -> None:
    """The service says something: a line of history and of the children's stories."""
    if r.worker is None:
        return
    note_event(t, r, days.stamp(r.day, r.minute), r.worker.name, line, said)
    tell(t, r, line, r.worker)


def note_event(t: Teller, r: Referral, stamp: str, by: str, line: str, said: str) -> None:
    """A line of the referral's history."""
    t.add("referral_event", t.id(), r.id, array(c.id for c in r.children), stamp, by, line, said)


def tell(t: Teller, r: Referral, line: str, by: Worker) -> None:
    """A line of the children's stories."""
    stamp = days.stamp(r.day, r.minute)
    t.story(r.children, r.day, stamp, "referral", line, f"{by.name}, {by.job_title}", ("referral", r.id))
