"""Saving what is written under an element. Nobody is overwritten unseen, and no text is lost."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_or

from locality.caf.models import Assessment, ElementAnswer
from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import SaveElement, SettleElement
from locality.caf.operations.earlier import Replaced, keep_earlier
from locality.caf.operations.loading import child_of, draft_row, raise_if
from locality.caf.operations.telling import tell
from locality.caf.queries.sections import SavedAnswer, as_answer
from locality.caf.rules.answers import Answer, Choice, reasons_against, settle, too_long
from locality.caf.rules.elements import Element, find_element
from locality.kernel.errors import Conflict, NotFound, Reason
from locality.kernel.ids import EpisodeId, PersonId, new_id
from locality.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save came to: the version to send next time, and when it was kept."""

    version: int
    saved_at: dt.datetime


class AnswerOvertaken(Conflict):
    """A colleague saved the same element in the meantime; ``current`` is theirs."""

    def __init__(self, current: SavedAnswer) -> None:
        super().__init__([Reason(None, f"{current.saved_by_name} has saved this part in the meantime")])
        self.current = current


def save_element(uow: UnitOfWork, command: SaveElement) -> Saved:
    """Keep strengths, needs and evidence under one element, for one child or for all together.

    Raises ``AnswerOvertaken`` when ``version`` is not the present one,
    ``RuleBroken`` with a reason for each field, ``NotFound`` for an element or child that is not there.
    """
    assessment = draft_row(uow, command.assessment_id)
    element = find_element(command.code)
    if element is None or element.is_shared == (command.child_id is not None):
        raise NotFound("There is no such part of the CAF")
    about = assessment.about if command.child_id is None else [child_of(assessment.about, command.child_id)]
    answer = command.answer
    if command.is_draft:
        raise_if(too_long("strengths", answer.strengths) + too_long("needs", answer.needs))
    else:
        raise_if(reasons_against(answer))
    if command.version == 0:
        saved = _first(uow, command, about=about)
        was_given = False
    else:
        saved, was_given = _next(uow, command)
    _record(uow, assessment, element, command=command)
    if was_given != answer.is_given:
        keep_caseload(uow, EpisodeId(assessment.episode_id))
    return saved


def settle_element(uow: UnitOfWork, command: SettleElement) -> Saved:
    """Keep mine, theirs or both; what is not kept in the CAF is put aside, never lost.

    Raises ``AnswerOvertaken`` when somebody saved once more in the meantime.
    """
    assessment = draft_row(uow, command.assessment_id)
    if command.child_id is not None:
        child_of(assessment.about, command.child_id)
    row = _locked(uow, command)
    if row.version != command.version:
        raise AnswerOvertaken(SavedAnswer.of(row))
    theirs = as_answer(row)
    settled = settle(command.choice, mine=command.mine, theirs=theirs)
    if command.choice is Choice.MINE:
        _keep_earlier(uow, row)
    elif command.choice is Choice.THEIRS:
        _set_aside(uow, row, command.mine)
    if settled != theirs:
        _write(uow, row, settled)
    tell(
        uow,
        "element.settled",
        about=row.about,
        record=("assessment", assessment.id),
        detail={"element": command.code, "choice": command.choice.value},
    )
    if settled.is_given != theirs.is_given:
        keep_caseload(uow, EpisodeId(assessment.episode_id))
    return Saved(row.version, row.saved_at)


def _first(uow: UnitOfWork, command: SaveElement, *, about: list[PersonId]) -> Saved:
    row = {
        "id": new_id(), "assessment_id": command.assessment_id, "person_id": command.child_id,
        "code": command.code, "about": about, "version": 1, **_values(uow, command.answer),
    }  # fmt: skip
    # Two people may write the first words at once: the second one sees the first one's.
    added = insert_or(ElementAnswer).values(row).on_conflict_do_nothing().returning(ElementAnswer.id)
    if uow.session.execute(added).first() is None:
        raise AnswerOvertaken(SavedAnswer.of(_locked(uow, command)))
    return Saved(1, uow.now)


def _next(uow: UnitOfWork, command: SaveElement) -> tuple[Saved, bool]:
    row = _locked(uow, command)
    before = as_answer(row)
    if row.version != command.version:
        raise AnswerOvertaken(SavedAnswer.of(row))
    if row.saved_by != uow.actor.account_id and before != command.answer:
        _keep_earlier(uow, row)
    _write(uow, row, command.answer)
    return Saved(row.version, uow.now), before.is_given


def _write(uow: UnitOfWork, row: ElementAnswer, answer: Answer) -> None:
    for name, value in _values(uow, answer).items():
        setattr(row, name, value)
    row.version += 1
    uow.session.flush()


def _locked(uow: UnitOfWork, command: SaveElement | SettleElement) -> ElementAnswer:
    found = uow.session.execute(
        select(ElementAnswer)
        .where(
            ElementAnswer.assessment_id == command.assessment_id,
            ElementAnswer.code == command.code,
            ElementAnswer.person_id.is_not_distinct_from(command.child_id),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("There is nothing under this element yet. Open the page again")
    return found


def _keep_earlier(uow: UnitOfWork, row: ElementAnswer) -> None:
    """Put the text that somebody else wrote aside before it is replaced."""
    facts = _facts(as_answer(row))
    keep_earlier(uow, Replaced(("element_answer", row.id), row.about, row.version, facts, row.saved_by_name))


def _set_aside(uow: UnitOfWork, row: ElementAnswer, mine: Answer) -> None:
    """Put one's own text aside in favour of the colleague's."""
    replaced = Replaced(("element_answer", row.id), row.about, row.version, _facts(mine), uow.actor.name)
    keep_earlier(uow, replaced)


def _facts(answer: Answer) -> dict[str, object]:
    return {
        "strengths": answer.strengths, "needs": answer.needs,
        "evidence": [item.value for item in answer.evidence], "severity": answer.severity,
        "is_not_discussed": answer.is_not_discussed,
    }  # fmt: skip


def _values(uow: UnitOfWork, answer: Answer) -> dict[str, object]:
    return {
        **_facts(answer), "saved_at": uow.now, "saved_by": uow.actor.account_id, "saved_by_name": uow.actor.name,
    }  # fmt: skip


def _record(uow: UnitOfWork, assessment: Assessment, element: Element, *, command: SaveElement) -> None:
    subjects = assessment.about if command.child_id is None else [command.child_id]
    tell(
        uow,
        "element.draft_saved" if command.is_draft else "element.saved",
        about=subjects,
        record=("assessment", assessment.id),
        detail={"element": element.code, "version": command.version + 1},
    )
