"""Lines of a family's story while it is told: what was said of whom, and what has become of it so far."""

from dataclasses import dataclass, field

from locality.demo.batch import NULL
from locality.demo.families import Person
from locality.demo.world import Worker


@dataclass(frozen=True, slots=True)
class Telling:
    """A record that tells something: its kind and id, when, by whom, and who wrote it down."""

    kind: str
    id: str
    day: int
    minute: int
    teller: str
    by: Worker
    standing: str = "agreed"
    own_words: bool = False


@dataclass(slots=True)
class Fact:
    """A line of somebody's story as it stands."""

    id: str
    person: Person
    topic: str
    part: str
    words: str
    telling: Telling
    state: str = "current"
    replaced_by: str = NULL
    settled: tuple[str, str] = (NULL, "")


@dataclass(slots=True)
class Story:
    """What is known of a family's people: lines by person and topic; and what was counted."""

    lines: dict[tuple[str, str], list[Fact]] = field(default_factory=dict)
    counted: set[tuple[str, str]] = field(default_factory=set)

    def open_lines(self, person: Person, topic: str) -> list[Fact]:
        """The lines that count."""
        return [f for f in self.lines.get((person.id, topic), ()) if f.state in {"current", "confirmed"}]
