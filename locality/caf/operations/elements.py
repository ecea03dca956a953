"""Saving what is written under an element. Nobody is overwritten unseen, and no text is lost."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final

from locality.caf.operations.caseload import keep_caseload
from locality.caf.operations.commands import SaveElement, SettleElement
from locality.caf.operations.earlier import Replaced, keep_earlier
from locality.caf.operations.loading import Draft, child_of, draft_of, raise_if
from locality.caf.operations.telling import tell
from locality.caf.queries.sections import SavedAnswer, as_answer
from locality.caf.rules.answers import Answer, Choice, reasons_against, settle, too_long
from locality.caf.rules.arriving import NO_PAGE, Arrival, Sending, Standing, arrival_of
from locality.caf.rules.elements import Element, find_element
from locality.kernel import direct
from locality.kernel.errors import Conflict, NotFound, Reason
from locality.kernel.ids import PersonId, new_id
from locality.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save came to: the version to send next time, when it was kept, and whom the CAF is about.

    ``is_new``: False where what arrived was older than what stands there, or the same.
    """

    version: int
    saved_at: dt.datetime
    about: tuple[PersonId, ...] = ()
    is_new: bool = True


class AnswerOvertaken(Conflict):
    """A colleague saved the same element in the meantime; ``current`` is theirs."""

    def __init__(self, current: SavedAnswer) -> None:
        super().__init__([Reason(None, f"{current.saved_by_name} has saved this part in the meantime")])
        self.current = current


def save_element(uow: UnitOfWork, command: SaveElement) -> Saved:
    """Keep strengths, needs and evidence under one element, for one child or for all together.

    The same page's own earlier words are taken the place of; what it had sent before them changes nothing. Raises
    ``AnswerOvertaken`` when another page has saved another text since, ``RuleBroken`` with a reason for each field,
    ``NotFound`` for an element or child that is not there.
    """
    assessment = draft_of(uow, command.assessment_id)
    element = find_element(command.code)
    if element is None or element.is_shared == (command.child_id is not None):
        raise NotFound("There is no such part of the CAF")
    about = assessment.about if command.child_id is None else (child_of(assessment.about, command.child_id),)
    answer = command.answer
    if command.sending.is_draft:
        raise_if(too_long("strengths", answer.strengths) + too_long("needs", answer.needs))
    else:
        raise_if(reasons_against(answer))
    written = _first(uow, command, about=about) if command.version == 0 else None
    before = False
    if written is None:
        written, before = _next(uow, command)
    if written.is_new:
        _record(uow, assessment, element, command=command, version=written.version)
        if before != answer.is_given:
            keep_caseload(uow, assessment.episode_id)
    return replace(written, about=assessment.about)


def settle_element(uow: UnitOfWork, command: SettleElement) -> Saved:
    """Keep mine, theirs or both; what is not kept in the CAF is put aside, never lost.

    Raises ``AnswerOvertaken`` when somebody saved once more in the meantime.
    """
    assessment = draft_of(uow, command.assessment_id)
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
    saved = _write(uow, row, settled) if settled != theirs else Saved(row.version, row.saved_at)
    tell(
        uow,
        "element.settled",
        about=row.about,
        record=("assessment", assessment.id),
        detail={"element": command.code, "choice": command.choice.value},
    )
    if settled.is_given != theirs.is_given:
        keep_caseload(uow, assessment.episode_id)
    return replace(saved, about=assessment.about)


def _first(uow: UnitOfWork, command: SaveElement, *, about: tuple[PersonId, ...]) -> Saved | None:
    """The first words; None where some are there already."""
    values = {
        "id": new_id(), "assessment": command.assessment_id, "child": command.child_id, "code": command.code,
        "about": list(about), **_values(uow, command.answer, command.sending),
    }  # fmt: skip
    return None if direct.one_or_none(uow.session, _ADD, values) is None else Saved(1, uow.now)


# Two people may write the first words at once: the second one sees the first one's.
_ADD: Final = (
    "INSERT INTO element_answer (id, assessment_id, person_id, code, about, strengths, needs, evidence, severity,"
    " is_not_discussed, saved_at, saved_by, saved_by_name, page_id, page_turn, version)"
    " VALUES (%(id)s, %(assessment)s, %(child)s, %(code)s, %(about)s, %(strengths)s, %(needs)s, %(evidence)s,"
    " %(severity)s, %(is_not_discussed)s, %(saved_at)s, %(saved_by)s, %(saved_by_name)s, %(page_id)s, %(page_turn)s, 1)"
    " ON CONFLICT DO NOTHING RETURNING id"
)


def _next(uow: UnitOfWork, command: SaveElement) -> tuple[Saved, bool]:
    row = _locked(uow, command)
    before = as_answer(row)
    is_own = row.saved_by == uow.actor.account_id
    standing = Standing(row.version, row.page_id if is_own else None, row.page_turn)
    arrival = arrival_of(command.sending, seen=command.version, standing=standing)
    if arrival is Arrival.PAST or (arrival is Arrival.CROSSED and before == command.answer):
        return Saved(row.version, row.saved_at, is_new=False), before.is_given
    if arrival is Arrival.CROSSED:
        raise AnswerOvertaken(SavedAnswer.of(row))
    if not is_own and before != command.answer:
        _keep_earlier(uow, row)
    return _write(uow, row, command.answer, command.sending), before.is_given


def _write(uow: UnitOfWork, row: Any, answer: Answer, sending: Sending = NO_PAGE) -> Saved:
    """Replace what a locked row holds."""
    direct.rows(uow.session, _WRITE, {"id": row.id, "version": row.version + 1, **_values(uow, answer, sending)})
    return Saved(row.version + 1, uow.now)


_WRITE: Final = (
    "UPDATE element_answer SET strengths = %(strengths)s, needs = %(needs)s, evidence = %(evidence)s,"
    " severity = %(severity)s, is_not_discussed = %(is_not_discussed)s, saved_at = %(saved_at)s,"
    " saved_by = %(saved_by)s, saved_by_name = %(saved_by_name)s, version = %(version)s, page_id = %(page_id)s,"
    " page_turn = %(page_turn)s WHERE id = %(id)s"
)


def _locked(uow: UnitOfWork, command: SaveElement | SettleElement) -> Any:
    """The row of an answer as it is now, locked. Raises ``NotFound``."""
    values = {"assessment": command.assessment_id, "code": command.code, "child": command.child_id}
    found = direct.one_or_none(uow.session, _LOCKED, values)
    if found is None:
        raise NotFound("There is nothing under this element yet. Open the page again")
    return found


_LOCKED: Final = (
    "SELECT id, about, strengths, needs, evidence, severity, is_not_discussed, version, saved_at, saved_by,"
    " saved_by_name, page_id, page_turn FROM element_answer WHERE assessment_id = %(assessment)s AND code = %(code)s"
    " AND person_id IS NOT DISTINCT FROM %(child)s::uuid FOR UPDATE"
)


def _keep_earlier(uow: UnitOfWork, row: Any) -> None:
    """Put the text that somebody else wrote aside before it is replaced."""
    facts = _facts(as_answer(row))
    keep_earlier(uow, Replaced(("element_answer", row.id), row.about, row.version, facts, row.saved_by_name))


def _set_aside(uow: UnitOfWork, row: Any, mine: Answer) -> None:
    """Put one's own text aside in favour of the colleague's."""
    replaced = Replaced(("element_answer", row.id), row.about, row.version, _facts(mine), uow.actor.name)
    keep_earlier(uow, replaced)


def _facts(answer: Answer) -> dict[str, object]:
    return {
        "strengths": answer.strengths, "needs": answer.needs,
        "evidence": [item.value for item in answer.evidence], "severity": answer.severity,
        "is_not_discussed": answer.is_not_discussed,
    }  # fmt: skip


def _values(uow: UnitOfWork, answer: Answer, sending: Sending) -> dict[str, object]:
    return {
        **_facts(answer), "saved_at": uow.now, "saved_by": uow.actor.account_id, "saved_by_name": uow.actor.name,
        "page_id": sending.page_id, "page_turn": sending.turn,
    }  # fmt: skip


def _record(uow: UnitOfWork, assessment: Draft, element: Element, *, command: SaveElement, version: int) -> None:
    subjects = assessment.about if command.child_id is None else [command.child_id]
    tell(
        uow,
        "element.draft_saved" if command.sending.is_draft else "element.saved",
        about=subjects,
        record=("assessment", assessment.id),
        detail={"element": element.code, "version": version},
    )
