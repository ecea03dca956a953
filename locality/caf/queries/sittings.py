"""Reading a sitting on the device that was handed over; it sees this one and nothing else."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf.models import VoiceAnswer, VoiceFile, VoiceSitting
from locality.caf.rules.sittings import Answer
from locality.caf.rules.voice_files import FileKind
from locality.caf.rules.words import SittingState, VoiceTool
from locality.kernel.ids import AssessmentId, PersonId


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who helps, as the child's page shows them."""

    id: str
    name: str
    job: str
    leads: bool


@dataclass(frozen=True, slots=True)
class SittingRow:
    """A sitting with everything that its pages say."""

    id: uuid.UUID
    assessment_id: AssessmentId
    person_id: PersonId
    tool: VoiceTool
    state: SittingState
    called: str
    lead_name: str
    started_by_name: str
    was_told: bool
    helpers: tuple[Person, ...]

    @property
    def is_open(self) -> bool:
        """Whether the child may still say something."""
        return self.state is SittingState.OPEN

    @property
    def always_see(self) -> tuple[str, ...]:
        """Who sees it whatever the child chooses: who sits with them, and who leads."""
        return tuple(dict.fromkeys(name for name in (self.started_by_name, self.lead_name) if name))

    @property
    def others(self) -> tuple[Person, ...]:
        """Who else helps, for the child to choose from."""
        return tuple(helper for helper in self.helpers if not helper.leads)


def find_sitting(session: Session, sitting_id: uuid.UUID) -> SittingRow | None:
    """A sitting; None when there is none for the actor. One statement."""
    table = VoiceSitting
    row = session.execute(
        select(
            table.id, table.assessment_id, table.person_id, table.tool, table.state, table.called, table.lead_name,
            table.started_by_name, table.told_first_at.is_not(None).label("was_told"), table.helpers,
        ).where(table.id == sitting_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    return SittingRow(**{**row._asdict(), "helpers": tuple(Person(**helper) for helper in row.helpers)})


def answers_of(session: Session, sitting_id: uuid.UUID) -> dict[str, Answer]:
    """What was answered so far, by question; one statement."""
    table = VoiceAnswer
    rows = session.execute(
        select(table.question, table.choice, table.cards, table.words, table.is_skipped).where(
            table.sitting_id == sitting_id
        )
    )
    return {row[0]: Answer(row[1], tuple(row[2]), row[3], row[4]) for row in rows}


@dataclass(frozen=True, slots=True)
class MadeRow:
    """A drawing, picture or recording of a sitting; a drawing with its strokes and version."""

    id: uuid.UUID
    question: str
    kind: FileKind
    version: int
    strokes: list[dict[str, Any]] | None


def made_in(session: Session, sitting_id: uuid.UUID) -> tuple[MadeRow, ...]:
    """What was drawn and given so far, the first first; one statement."""
    table = VoiceFile
    rows = session.execute(
        select(table.id, table.question, table.kind, table.version, table.strokes)
        .where(table.sitting_id == sitting_id)
        .order_by(table.saved_at, table.id)
    )
    return tuple(MadeRow(*row) for row in rows)
