"""Conclusions for each child, and what child and parents say about the assessment."""

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or

from locality.caf.models import Conclusion, FamilyComment
from locality.caf.operations.commands import SaveComments, SaveConclusion
from locality.caf.operations.earlier import Replaced, keep_earlier
from locality.caf.operations.loading import child_of, draft_row, raise_if
from locality.caf.operations.telling import tell
from locality.caf.queries.sections import BothComments, SavedConclusion, comments_on
from locality.caf.rules.answers import too_long
from locality.caf.rules.concluding import reasons_against_comments, reasons_against_conclusion
from locality.caf.rules.words import Capacity, ConclusionLevel
from locality.kernel.errors import Conflict, Reason
from locality.kernel.ids import new_id
from locality.kernel.uow import UnitOfWork


class ConclusionOvertaken(Conflict):
    """A colleague saved the conclusion in the meantime; ``current`` is theirs."""

    def __init__(self, current: SavedConclusion) -> None:
        super().__init__([Reason(None, f"{current.saved_by_name} has saved this conclusion in the meantime")])
        self.current = current


class CommentsOvertaken(Conflict):
    """A colleague saved the comments in the meantime; ``current`` is what stands there now."""

    def __init__(self, current: BothComments) -> None:
        latest = current.latest
        by = "Somebody else" if latest is None else latest.saved_by_name
        super().__init__([Reason(None, f"{by} has saved these comments in the meantime")])
        self.current = current


def save_conclusion(uow: UnitOfWork, command: SaveConclusion) -> int:
    """Save what is concluded for a child; returns the new version.

    Raises ``ConclusionOvertaken`` when somebody else saved in the meantime, ``RuleBroken`` without a conclusion.
    """
    assessment = draft_row(uow, command.assessment_id)
    child = child_of(assessment.about, command.child_id)
    raise_if(reasons_against_conclusion(command.text) + too_long("text", command.text))
    raise_if(too_long("disagreements", command.disagreements))
    values = {
        "level": command.level, "text": command.text, "disagreements": command.disagreements,
        "saved_at": uow.now, "saved_by": uow.actor.account_id, "saved_by_name": uow.actor.name,
    }  # fmt: skip
    version = 1 + command.version
    if command.version == 0:
        row = {"id": new_id(), "assessment_id": assessment.id, "person_id": child, "version": 1, **values}
        done = uow.session.execute(insert_or(Conclusion).values(row).on_conflict_do_nothing().returning(Conclusion.id))
        is_first = done.first() is not None
    else:
        is_first = False
    if not is_first:
        try:
            _replace(uow, command, values)
        except ConclusionOvertaken as overtaken:
            if _says(overtaken.current) == (command.level, command.text, command.disagreements):
                return overtaken.current.version
            raise
    tell(
        uow,
        "conclusion.saved",
        about=[child],
        record=("assessment", assessment.id),
        detail={"level": command.level.value, "version": version},
    )
    return version


def _says(saved: SavedConclusion) -> tuple[ConclusionLevel, str, str]:
    return saved.level, saved.text, saved.disagreements


def _replace(uow: UnitOfWork, command: SaveConclusion, values: dict[str, object]) -> None:
    row = shown_conclusion(uow, command)
    if row.saved_by != uow.actor.account_id:
        facts = {"level": row.level.value, "text": row.text, "disagreements": row.disagreements}
        keep_earlier(uow, Replaced(("conclusion", row.id), [row.person_id], row.version, facts, row.saved_by_name))
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    uow.session.flush()


def shown_conclusion(uow: UnitOfWork, command: SaveConclusion) -> Conclusion:
    """The conclusion, locked; raises ``ConclusionOvertaken`` when it is not what the page showed."""
    row = _locked(uow, command)
    if row.version != command.version:
        raise ConclusionOvertaken(SavedConclusion.of(row))
    return row


def _locked(uow: UnitOfWork, command: SaveConclusion) -> Conclusion:
    return uow.session.execute(
        select(Conclusion)
        .where(Conclusion.assessment_id == command.assessment_id, Conclusion.person_id == command.child_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def save_comments(uow: UnitOfWork, command: SaveComments) -> None:
    """Save what the child and a parent say about the assessment, or that they had no wish to.

    What was said before is kept aside. Raises ``CommentsOvertaken`` when somebody else saved in the meantime,
    ``RuleBroken`` when a parent's words have no name with them.
    """
    assessment = draft_row(uow, command.assessment_id)
    child = child_of(assessment.about, command.child_id)
    raise_if(
        reasons_against_comments(
            child_words=command.child_words, parent_words=command.parent_words, parent_name=command.parent_name
        )
    )
    try:
        must_be_shown(uow, command)
    except CommentsOvertaken as overtaken:
        if overtaken.current.says == (command.child_words, command.parent_words, command.parent_name):
            return
        raise
    _put_comment(uow, command, capacity=Capacity.CHILD, said=(command.child_words, ""))
    _put_comment(uow, command, capacity=Capacity.PARENT, said=(command.parent_words, command.parent_name))
    tell(uow, "comments.saved", about=[child], record=("assessment", assessment.id))


def must_be_shown(uow: UnitOfWork, command: SaveComments) -> BothComments:
    """What stands there, locked; raises ``CommentsOvertaken`` when it is not what the page showed."""
    for capacity in Capacity:
        _comment(uow, command, capacity)
    current = comments_on(uow.session, command.assessment_id, command.child_id)
    if command.version is not None and command.version != current.version:
        raise CommentsOvertaken(current)
    return current


def _put_comment(uow: UnitOfWork, command: SaveComments, *, capacity: Capacity, said: tuple[str | None, str]) -> None:
    words, name = said
    values = {
        "wished_to_comment": words is not None, "words": words or "", "said_by": name, "saved_at": uow.now,
        "saved_by_name": uow.actor.name,
    }  # fmt: skip
    row = _comment(uow, command, capacity)
    if row is None:
        added = {
            "id": new_id(), "assessment_id": command.assessment_id, "person_id": command.child_id,
            "capacity": capacity, "version": 1, **values,
        }  # fmt: skip
        uow.session.execute(insert(FamilyComment), [added])
        return
    if row.words not in ("", values["words"]):
        facts = {"words": row.words, "said_by": row.said_by}
        keep_earlier(uow, Replaced(("family_comment", row.id), [row.person_id], row.version, facts, row.saved_by_name))
    for column, value in values.items():
        setattr(row, column, value)
    row.version += 1
    uow.session.flush()


def _comment(uow: UnitOfWork, command: SaveComments, capacity: Capacity) -> FamilyComment | None:
    return uow.session.execute(
        select(FamilyComment)
        .where(
            FamilyComment.assessment_id == command.assessment_id,
            FamilyComment.person_id == command.child_id,
            FamilyComment.capacity == capacity,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
