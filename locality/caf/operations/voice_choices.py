"""Who may see what a child said and drew: the child's choice at the end of a sitting, and each change of mind."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from locality.access.scope import elevated
from locality.audit import log as audit
from locality.caf.models import VoiceAnswer, VoiceEntry, VoiceFile, VoiceReader, VoiceSitting
from locality.caf.operations.loading import raise_if
from locality.caf.operations.sittings import keep_answer, open_sitting
from locality.caf.operations.voices import write_entry
from locality.caf.queries.listening import find_assessment
from locality.caf.rules.seeing import Seeing
from locality.caf.rules.sittings import Answer, all_words
from locality.caf.rules.voice_fit import Need, suits
from locality.caf.rules.voices import SeeingChoice, reasons_against_finishing, reasons_against_seeing
from locality.caf.rules.words import SittingState, VoiceReaders
from locality.kernel.errors import NotFound
from locality.kernel.ids import EpisodeId, PersonId, VoiceEntryId, new_id
from locality.kernel.uow import UnitOfWork

_QUIETLY = {"synchronize_session": False}


def save_seeing(uow: UnitOfWork, sitting_id: uuid.UUID, what: str, *, answer: Answer) -> None:
    """Keep a child's choice of who may see something until the sitting is finished with it."""
    keep_answer(uow, open_sitting(uow, sitting_id), what, answer=answer)


def finish_sitting(uow: UnitOfWork, sitting_id: uuid.UUID, *, seeing: Seeing) -> VoiceEntryId:
    """The child is done and has said who may see what; from now on exactly those may.

    Raises ``RuleBroken`` when the one exception was not explained, nothing was said, or the choice is not one.
    """
    sitting = open_sitting(uow, sitting_id)
    answers = _answers(uow, sitting_id)
    # A sheet on which everything was undone is no drawing.
    uow.session.execute(delete(VoiceFile).where(VoiceFile.sitting_id == sitting_id, VoiceFile.strokes == []))
    files = uow.session.scalars(select(VoiceFile.id).where(VoiceFile.sitting_id == sitting_id)).all()
    words = all_words(sitting.tool, answers)
    known = [str(helper["id"]) for helper in sitting.helpers]
    raise_if(
        reasons_against_finishing(was_told=sitting.told_first_at is not None, has_said=bool(words or files))
        + reasons_against_seeing(seeing.words, helpers=known, field="words")
        + (reasons_against_seeing(seeing.files, helpers=known, field="files") if files else ())
    )
    entry_id = VoiceEntryId(new_id())
    with elevated(uow.session, "a child’s own record becomes part of the help; the child holds no grant"):
        row = _row(uow, sitting, entry_id, words=words)
        write_entry(uow, {**row, "readers": seeing.words.readers, "family_may_see": seeing.family_may_see})
        _hand_files_over(uow, sitting, entry_id, choice=seeing.files)
        _let_see(uow, sitting.person_id, [entry_id], choice=seeing.words)
        _let_see(uow, sitting.person_id, files, choice=seeing.files)
    uow.session.execute(
        update(VoiceSitting)
        .where(VoiceSitting.id == sitting_id)
        .values(state=SittingState.FINISHED, finished_at=uow.now, told_again_at=uow.now),
        execution_options=_QUIETLY,
    )
    audit.record(uow, "voice.sitting_finished", subjects=[sitting.person_id], record=("voice_sitting", sitting_id))
    return entry_id


def _answers(uow: UnitOfWork, sitting_id: uuid.UUID) -> dict[str, Answer]:
    rows = uow.session.scalars(select(VoiceAnswer).where(VoiceAnswer.sitting_id == sitting_id))
    return {row.question: Answer(row.choice, tuple(row.cards), row.words, row.is_skipped) for row in rows}


def _row(uow: UnitOfWork, sitting: VoiceSitting, entry_id: VoiceEntryId, *, words: str) -> dict[str, Any]:
    assessment = find_assessment(uow.session, sitting.assessment_id)
    is_draft = assessment is not None and assessment.is_draft
    return {
        "id": entry_id, "episode_id": sitting.episode_id, "assessment_id": sitting.assessment_id if is_draft else None,
        "person_id": sitting.person_id, "tool": sitting.tool, "own_words": words, "present": sitting.present,
        "not_obtained": None, "not_obtained_note": "", "next_try_on": None, "recorded_on": uow.today,
        "recorded_at": uow.now, "recorded_by": sitting.started_by, "recorded_by_name": sitting.started_by_name,
        "sitting_id": sitting.id, "spoke_for": "",
        "suits": suits(sitting.tool, sitting.age, [Need(need) for need in sitting.needs]),
    }  # fmt: skip


def _hand_files_over(uow: UnitOfWork, sitting: VoiceSitting, entry_id: VoiceEntryId, *, choice: SeeingChoice) -> None:
    uow.session.execute(
        update(VoiceFile)
        .where(VoiceFile.sitting_id == sitting.id)
        .values(voice_entry_id=entry_id, readers=choice.readers or VoiceReaders.LEAD_ONLY),
        execution_options=_QUIETLY,
    )


def _let_see(uow: UnitOfWork, child_id: PersonId, records: Iterable[uuid.UUID], *, choice: SeeingChoice) -> None:
    if choice.readers is not VoiceReaders.CHOSEN:
        return
    rows = [
        {"record_id": record, "account_id": uuid.UUID(chosen), "person_id": child_id, "chosen_at": uow.now}
        for record in records
        for chosen in sorted(choice.chosen)
    ]
    if rows:
        uow.session.execute(insert(VoiceReader), rows)


@dataclass(frozen=True, slots=True)
class ChangeSeeing:
    """A child has changed their mind; ``helpers`` are the ids of who helps now."""

    voice_id: VoiceEntryId
    episode_id: EpisodeId
    child_id: PersonId
    helpers: tuple[str, ...]
    seeing: Seeing


def change_seeing(uow: UnitOfWork, command: ChangeSeeing) -> None:
    """Write down a child's new choice; it holds from the next request on. Raises ``NotFound``, ``RuleBroken``."""
    found = uow.session.execute(
        select(VoiceEntry)
        .where(
            VoiceEntry.id == command.voice_id,
            VoiceEntry.episode_id == command.episode_id,
            VoiceEntry.person_id == command.child_id,
        )
        .with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such record of a child’s voice, or none that you may see")
    seeing, before = command.seeing, found.readers
    raise_if(
        reasons_against_seeing(seeing.words, helpers=command.helpers, field="words")
        + reasons_against_seeing(seeing.files, helpers=command.helpers, field="files")
    )
    with elevated(uow.session, "the child’s choice stands above who happens to see the record now"):
        files = uow.session.scalars(select(VoiceFile.id).where(VoiceFile.voice_entry_id == command.voice_id)).all()
        uow.session.execute(delete(VoiceReader).where(VoiceReader.record_id.in_([command.voice_id, *files])))
        _choose(uow, VoiceEntry, [command.voice_id], seeing.words.readers, family_may_see=seeing.family_may_see)
        _choose(uow, VoiceFile, files, seeing.files.readers)
        _let_see(uow, command.child_id, [command.voice_id], choice=seeing.words)
        _let_see(uow, command.child_id, files, choice=seeing.files)
    after = None if seeing.words.readers is None else seeing.words.readers.value
    audit.record(
        uow,
        "voice.readers_changed",
        subjects=[command.child_id],
        record=("voice_entry", command.voice_id),
        detail={"from": before.value, "to": after, "family": seeing.family_may_see},
    )


def _choose(
    uow: UnitOfWork,
    table: type[VoiceEntry | VoiceFile],
    ids: Iterable[uuid.UUID],
    readers: VoiceReaders | None,
    **also: object,
) -> None:
    uow.session.execute(
        update(table).where(table.id.in_(list(ids))).values(readers=readers, **also), execution_options=_QUIETLY
    )
