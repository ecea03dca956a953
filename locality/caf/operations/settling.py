"""Two people saved the same page of a CAF: keep mine, theirs or both. What is not kept is put aside, never lost.

Each takes the command as the page sent it, with the version of what the page now showed of the colleague's, and the
choice; without a choice, or when somebody saved once more, it raises what the save itself raises.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from locality.caf.models import Assessment, Conclusion, Review
from locality.caf.operations import assessing, concluding, planning, reviewing
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import RecordReview, SaveComments, SaveConclusion, SaveHeader, UpdateAction
from locality.caf.operations.earlier import Replaced, keep_earlier
from locality.caf.operations.loading import open_episode_row, raise_if
from locality.caf.operations.telling import tell
from locality.caf.operations.told import keep_review
from locality.caf.queries.sections import SavedConclusion
from locality.caf.rules.answers import Choice
from locality.caf.rules.settling import settle_names, settle_text, settle_wish, settle_worst
from locality.caf.rules.words import ConclusionLevel
from locality.kernel.ids import ReviewId
from locality.kernel.uow import UnitOfWork

_REVIEW_TEXTS = ("present", "progress", "decisions", "next_steps", "notes", "child_comments", "parent_comments")
_LEVELS = tuple(level.value for level in ConclusionLevel)


def settle_header(uow: UnitOfWork, command: SaveHeader, choice: Choice) -> None:
    """Who was present and what led to the CAF."""
    row = assessing.shown_header(uow, command)
    if choice is Choice.THEIRS:
        mine = {"present": command.present, "what_led": command.what_led}
        _set_aside(uow, ("assessment", row.id), row.about, version=row.version, mine=mine)
        return
    theirs = {"present": row.present, "what_led": row.what_led}
    _put_aside_own(uow, row, ("assessment", row.id), row.about, theirs=theirs, choice=choice)
    settled = replace(
        command,
        present=settle_text(choice, mine=command.present, theirs=row.present),
        what_led=settle_text(choice, mine=command.what_led, theirs=row.what_led),
    )
    assessing.save_header(uow, settled)


def settle_conclusion(uow: UnitOfWork, command: SaveConclusion, choice: Choice) -> None:
    """What is concluded for a child; of both conclusions the more serious stands."""
    row = concluding.shown_conclusion(uow, command)
    if choice is Choice.THEIRS:
        mine = {"level": command.level.value, "text": command.text, "disagreements": command.disagreements}
        _set_aside(uow, ("conclusion", row.id), [row.person_id], version=row.version, mine=mine)
        return
    theirs = SavedConclusion.of(row)
    said = {"level": theirs.level.value, "text": theirs.text, "disagreements": theirs.disagreements}
    _put_aside_own(uow, row, ("conclusion", row.id), [row.person_id], theirs=said, choice=choice)
    settled = replace(
        command,
        level=ConclusionLevel(settle_worst(choice, _LEVELS, mine=command.level.value, theirs=theirs.level.value)),
        text=settle_text(choice, mine=command.text, theirs=theirs.text),
        disagreements=settle_text(choice, mine=command.disagreements, theirs=theirs.disagreements),
    )
    concluding.save_conclusion(uow, settled)


def settle_comments(uow: UnitOfWork, command: SaveComments, choice: Choice) -> None:
    """What the child and a parent say about the assessment."""
    theirs = concluding.must_be_shown(uow, command)
    child = None if theirs.child is None else theirs.child.said
    parent = None if theirs.parent is None else theirs.parent.said
    if choice is Choice.THEIRS:
        mine = {"words": command.child_words, "parent_words": command.parent_words, "said_by": command.parent_name}
        about = [command.child_id]
        record = ("family_comment", command.assessment_id)
        _set_aside(uow, record, about, version=theirs.version, mine=mine)
        return
    named = "" if theirs.parent is None else theirs.parent.said_by
    settled = replace(
        command,
        child_words=settle_wish(choice, mine=command.child_words, theirs=child),
        parent_words=settle_wish(choice, mine=command.parent_words, theirs=parent),
        parent_name=settle_names(choice, mine=command.parent_name, theirs=named),
    )
    concluding.save_comments(uow, settled)


def settle_action(uow: UnitOfWork, command: UpdateAction, choice: Choice) -> None:
    """How far an action has come; the colleague's update stays among the earlier ones whatever is chosen."""
    row = planning.shown_action(uow, command)
    if choice is Choice.THEIRS:
        mine = {"status": command.status.value, "note": command.note}
        _set_aside(uow, ("plan_action", row.id), row.about, version=row.version, mine=mine)
        return
    planning.update_action(uow, replace(command, note=settle_text(choice, mine=command.note, theirs=row.progress_note)))


def settle_review(uow: UnitOfWork, command: RecordReview, choice: Choice) -> None:
    """A review that a colleague recorded too: of both, one record when it was the same day, else two reviews."""
    episode = open_episode_row(uow, command.episode_id)
    theirs = reviewing.shown_reviews(uow, command)
    row = None if theirs is None else uow.session.get(Review, theirs.id)
    same_day = row is not None and row.held_on == command.held_on
    if row is None or (choice is Choice.JOIN and not same_day):
        reviewing.record_review(uow, command)
        return
    if choice is not Choice.THEIRS:
        command = reviewing.with_attendance(uow, command)
    mine = {name: getattr(command, name) for name in _REVIEW_TEXTS}
    if choice is Choice.THEIRS:
        _set_aside(uow, ("review", row.id), row.about, version=1, mine=mine)
        return
    raise_if(reviewing.reasons_against(uow, command, episode))
    before = {name: getattr(row, name) for name in _REVIEW_TEXTS}
    if choice is Choice.MINE:
        keep_earlier(uow, Replaced(("review", row.id), row.about, 1, before, row.recorded_by_name))
        row.held_on, row.next_on = command.held_on, command.next_on
        reviewing.move_planned(uow, episode, due_on=command.next_on)
    for name in _REVIEW_TEXTS:
        setattr(row, name, settle_text(choice, mine=mine[name], theirs=before[name]))
    if command.held is not None:
        row.meeting_id = command.held.meeting_id
    row.recorded_by_name = settle_names(choice, mine=uow.actor.name, theirs=row.recorded_by_name)
    uow.session.flush()
    keep_review(uow, ReviewId(row.id))
    tell(uow, "review.settled", about=row.about, record=("review", row.id), detail={"choice": choice.value})
    keep_caseload(uow, command.episode_id)


def _put_aside_own(
    uow: UnitOfWork, row: Assessment | Conclusion, record: tuple[str, uuid.UUID], about: Sequence[uuid.UUID], *,
    theirs: Mapping[str, object], choice: Choice,
) -> None:  # fmt: skip
    """Put aside the text of one's own other window; saving puts aside what is a colleague's."""
    if choice is Choice.MINE and row.saved_by == uow.actor.account_id:
        keep_earlier(uow, Replaced(record, about, row.version, theirs, row.saved_by_name))


def _set_aside(
    uow: UnitOfWork, record: tuple[str, uuid.UUID], about: Sequence[uuid.UUID], *, version: int,
    mine: Mapping[str, object],
) -> None:  # fmt: skip
    """Put one's own text aside in favour of the colleague's."""
    keep_earlier(uow, Replaced(record, about, version, mine, uow.actor.name))
    tell(uow, "text.set_aside", about=about, record=record)
