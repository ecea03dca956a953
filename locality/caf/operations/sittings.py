"""A child at the tools: the device is handed over, and answers and drawings are kept as they are made.

Everything after the hand-over is done under the sitting's own principal, which reads and writes this sitting alone.
"""

import dataclasses
import uuid
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from locality.audit import log as audit
from locality.caf.models import VoiceAnswer, VoiceFile, VoiceSitting
from locality.caf.operations.loading import NO_ASSESSMENT, child_of, open_episode_row, raise_if
from locality.caf.operations.voice_alerts import Heard, raise_alerts
from locality.caf.queries.children import list_children
from locality.caf.queries.listening import find_assessment, helpers_of, needs_of
from locality.caf.rules.answers import too_long
from locality.caf.rules.drawings import Stroke
from locality.caf.rules.sittings import CHILD_TOOLS, Answer, find_question, may_answer
from locality.caf.rules.voice_alerts import cues_in
from locality.caf.rules.voice_files import DRAWING_TYPE, FileKind, Sent
from locality.caf.rules.words import SittingState, VoiceReaders, VoiceTool
from locality.kernel.errors import Conflict, NotFound, Reason, RuleBroken
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, PersonId, new_id
from locality.kernel.uow import UnitOfWork

MOST_FILES = 6  # of one question
_NO_SITTING = "There is no such page, or it is over"
_QUIETLY = {"synchronize_session": False}
_FILES = cast("Table", VoiceFile.__table__)
_COUNTED = {"preserve_rowcount": True}  # how many rows were added; with a table, not its class


@dataclass(frozen=True, slots=True)
class StartSitting:
    """A worker sits down with a child; ``present`` is who else is there."""

    sitting_id: uuid.UUID
    assessment_id: AssessmentId
    child_id: PersonId
    tool: VoiceTool
    present: str


@dataclass(frozen=True, slots=True)
class KeepDrawing:
    """A drawing as it stands; ``version`` is what the page drew on, 0 for an empty sheet."""

    sitting_id: uuid.UUID
    question: str
    strokes: tuple[Stroke, ...]
    version: int


@dataclass(frozen=True, slots=True)
class AddFile:
    """A picture or recording that a child gives."""

    file_id: uuid.UUID
    sitting_id: uuid.UUID
    question: str
    sent: Sent


def start_sitting(uow: UnitOfWork, command: StartSitting) -> uuid.UUID:
    """Begin a sitting with what its pages will show; the view hands the device over to it.

    Raises ``RuleBroken`` when help has ended or for a tool that has no pages for children.
    """
    assessment = find_assessment(uow.session, command.assessment_id)
    if assessment is None:
        raise NotFound(NO_ASSESSMENT)
    child_id = child_of(assessment.about, command.child_id)
    open_episode_row(uow, assessment.episode_id, lock=False)
    raise_if(_reasons_against(command))
    if uow.session.execute(select(VoiceSitting.id).where(VoiceSitting.id == command.sitting_id)).first() is None:
        uow.session.execute(insert(VoiceSitting), [_row(uow, command, EpisodeId(assessment.episode_id))])
        audit.record(
            uow,
            "voice.sitting_started",
            subjects=[child_id],
            record=("voice_sitting", command.sitting_id),
            detail={"tool": command.tool.value},
        )
    return command.sitting_id


def _reasons_against(command: StartSitting) -> tuple[Reason, ...]:
    reasons = []
    if command.tool not in CHILD_TOOLS:
        reasons.append(Reason("tool", "Choose a way that has pages for children"))
    if not command.present:
        reasons.append(Reason("present", "Enter who else is there, or “nobody else”"))
    return (*reasons, *too_long("present", command.present))


def _row(uow: UnitOfWork, command: StartSitting, episode_id: EpisodeId) -> dict[str, Any]:
    child = next(iter(list_children(uow.session, [command.child_id])), None)
    if child is None:
        raise NotFound(NO_ASSESSMENT)
    helpers = helpers_of(uow.session, episode_id)
    lead = next((one.name for one in helpers if one.leads), "")
    return {
        "id": command.sitting_id, "episode_id": episode_id, "assessment_id": command.assessment_id,
        "person_id": command.child_id, "tool": command.tool, "state": SittingState.OPEN, "called": child.called,
        "age": child.age_in_years(uow.today), "needs": list(needs_of(uow.session, command.child_id)),
        "present": command.present, "lead_name": lead,
        "helpers": [dataclasses.asdict(one) for one in helpers if one.id != str(uow.actor.account_id)],
        "told_first_at": None, "told_again_at": None, "started_at": uow.now, "started_by": uow.actor.account_id,
        "started_by_name": uow.actor.name, "finished_at": None,
    }  # fmt: skip


def tell_first(uow: UnitOfWork, sitting_id: uuid.UUID) -> None:
    """The one exception to the child's choice has been explained; the questions may begin."""
    open_sitting(uow, sitting_id)
    _set(uow, sitting_id, told_first_at=func.coalesce(VoiceSitting.told_first_at, uow.now))


def save_answer(uow: UnitOfWork, sitting_id: uuid.UUID, question: str, *, answer: Answer) -> None:
    """Keep what a child answered, and tell who must know at once. Leaving a page out takes no earlier answer back.

    Raises ``RuleBroken`` for an answer that the page does not offer, ``Conflict`` when the sitting is over.
    """
    sitting = open_sitting(uow, sitting_id)
    asked = find_question(sitting.tool, question)
    if asked is None:
        raise NotFound(_NO_SITTING)
    raise_if(too_long("words", answer.words))
    if not may_answer(asked, answer):
        raise RuleBroken([Reason(None, "Choose one of the pictures")])
    keep_answer(uow, sitting, question, answer=answer)
    cues = cues_in(question, choice=answer.choice, cards=answer.cards, words=answer.words)
    raise_alerts(uow, heard_in(sitting), question=question, cues=cues)


def keep_answer(uow: UnitOfWork, sitting: VoiceSitting, question: str, *, answer: Answer) -> None:
    """Write an answer down in place of the one before it."""
    values = {
        "choice": answer.choice, "cards": list(answer.cards), "words": answer.words, "is_skipped": answer.is_skipped,
        "saved_at": uow.now,
    }  # fmt: skip
    key = {"sitting_id": sitting.id, "question": question, "person_id": sitting.person_id}
    statement = upsert(VoiceAnswer).values({**key, **values})
    if answer.is_skipped:
        uow.session.execute(statement.on_conflict_do_nothing())
        return
    uow.session.execute(statement.on_conflict_do_update(index_elements=["sitting_id", "question"], set_=values))


def keep_drawing(uow: UnitOfWork, command: KeepDrawing) -> int:
    """Keep a drawing as it stands; returns its new version.

    Raises ``Conflict`` when it was drawn on elsewhere since this page saw it: nobody's lines are lost in silence.
    """
    sitting = _asked_in(uow, command.sitting_id, command.question)
    strokes = [stroke.kept() for stroke in command.strokes]
    if command.version == 0:
        row = _file_row(uow, sitting, command.question, FileKind.DRAWING)
        row |= {"id": new_id(), "media_type": DRAWING_TYPE, "strokes": strokes, "content": None}
        done = uow.session.execute(upsert(_FILES).values(row).on_conflict_do_nothing(), execution_options=_COUNTED)
    else:
        done = uow.session.execute(
            update(VoiceFile)
            .where(
                VoiceFile.sitting_id == command.sitting_id,
                VoiceFile.question == command.question,
                VoiceFile.kind == FileKind.DRAWING,
                VoiceFile.version == command.version,
            )
            .values(strokes=strokes, version=command.version + 1, saved_at=uow.now),
            execution_options=_QUIETLY,
        )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This drawing was changed in another window. Open the page again to see it")
    return command.version + 1


def add_file(uow: UnitOfWork, command: AddFile) -> None:
    """Keep a picture or a recording that a child gives; sent twice it is kept once. Raises ``RuleBroken``."""
    sitting = _asked_in(uow, command.sitting_id, command.question)
    kept = uow.session.scalars(
        select(VoiceFile.id).where(
            VoiceFile.sitting_id == command.sitting_id,
            VoiceFile.question == command.question,
            VoiceFile.kind != FileKind.DRAWING,
        )
    ).all()
    if command.file_id in kept:
        return
    if len(kept) >= MOST_FILES:
        raise RuleBroken([Reason("file", f"There are {MOST_FILES} already. Take one away first")])
    row = _file_row(uow, sitting, command.question, command.sent.kind)
    row |= {"media_type": command.sent.media_type, "strokes": None, "content": command.sent.content}
    uow.session.execute(insert(VoiceFile), [{"id": command.file_id, **row}])
    _note_file(uow, sitting, "voice.file_added", command.file_id, kind=command.sent.kind)


def remove_file(uow: UnitOfWork, sitting_id: uuid.UUID, file_id: uuid.UUID) -> None:
    """A child takes back a picture or recording before they are done; it is gone. Twice does nothing more."""
    sitting = open_sitting(uow, sitting_id)
    found = uow.session.execute(
        select(VoiceFile)
        .where(VoiceFile.id == file_id, VoiceFile.sitting_id == sitting_id, VoiceFile.kind != FileKind.DRAWING)
        .with_for_update()
    ).scalar_one_or_none()
    if found is not None:
        kind = found.kind
        uow.session.delete(found)
        uow.session.flush()
        _note_file(uow, sitting, "voice.file_taken_back", file_id, kind=kind)


def open_sitting(uow: UnitOfWork, sitting_id: uuid.UUID) -> VoiceSitting:
    """A sitting that goes on, locked. Raises ``NotFound``, ``Conflict`` when it is over."""
    sitting = uow.session.execute(
        select(VoiceSitting)
        .where(VoiceSitting.id == sitting_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if sitting is None:
        raise NotFound(_NO_SITTING)
    if sitting.state is not SittingState.OPEN:
        raise Conflict("You have finished this. Nothing can be changed any more")
    return sitting


def heard_in(sitting: VoiceSitting) -> Heard:
    """Whose words an alert is about, and who sits with the child."""
    return Heard(
        episode_id=sitting.episode_id,
        assessment_id=sitting.assessment_id,
        child_id=sitting.person_id,
        heard_by=AccountId(sitting.started_by),
        sitting_id=sitting.id,
    )


def _asked_in(uow: UnitOfWork, sitting_id: uuid.UUID, question: str) -> VoiceSitting:
    sitting = open_sitting(uow, sitting_id)
    if find_question(sitting.tool, question) is None:
        raise NotFound(_NO_SITTING)
    return sitting


def _file_row(uow: UnitOfWork, sitting: VoiceSitting, question: str, kind: FileKind) -> dict[str, Any]:
    """What every file begins with; nobody sees it beyond who sits with the child until the child has chosen."""
    return {
        "person_id": sitting.person_id, "sitting_id": sitting.id, "voice_entry_id": None, "question": question,
        "kind": kind, "readers": VoiceReaders.LEAD_ONLY, "version": 1, "saved_at": uow.now,
        "saved_by": sitting.started_by, "saved_by_name": sitting.called,
    }  # fmt: skip


def _note_file(uow: UnitOfWork, sitting: VoiceSitting, action: str, file_id: uuid.UUID, *, kind: FileKind) -> None:
    audit.record(uow, action, subjects=[sitting.person_id], record=("voice_file", file_id), detail={"kind": kind.value})


def _set(uow: UnitOfWork, sitting_id: uuid.UUID, **values: Any) -> None:
    uow.session.execute(
        update(VoiceSitting).where(VoiceSitting.id == sitting_id).values(**values), execution_options=_QUIETLY
    )
