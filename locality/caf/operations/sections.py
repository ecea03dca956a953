"""Saving the sections of a CAF that are free words. Nobody is overwritten unseen, and no text is lost."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_or

from locality.caf.models import SectionAnswer
from locality.caf.operations.earlier import Replaced, keep_earlier
from locality.caf.operations.loading import Draft, child_of, draft_of, raise_if
from locality.caf.operations.telling import tell
from locality.caf.queries.free_sections import SavedSection
from locality.caf.rules.answers import Choice
from locality.caf.rules.arriving import NO_PAGE, Arrival, Sending, Standing, arrival_of
from locality.caf.rules.sections import SectionCode, find_section, reasons_against, settle
from locality.kernel.errors import Conflict, NotFound, Reason
from locality.kernel.ids import AssessmentId, PersonId, new_id
from locality.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class SaveSection:
    """What is written in a section; ``version`` 0 means that nothing was there. ``sending``: from which page."""

    assessment_id: AssessmentId
    code: SectionCode
    child_id: PersonId | None
    version: int
    words: Mapping[str, str]
    sending: Sending = NO_PAGE


class SectionOvertaken(Conflict):
    """A colleague saved the same section in the meantime; ``current`` is theirs."""

    def __init__(self, current: SavedSection) -> None:
        super().__init__([Reason(None, f"{current.saved_by_name} has saved this part in the meantime")])
        self.current = current


def save_section(uow: UnitOfWork, command: SaveSection) -> int:
    """Keep what is written in a section; returns the version that stands there now.

    The same page's own earlier words are taken the place of; what it had sent before them changes nothing. Raises
    ``SectionOvertaken`` when another page has saved another text since, ``RuleBroken`` for a text that is too long,
    ``NotFound`` for a section or child that is not there.
    """
    assessment = _checked(uow, command)
    version = 1
    if command.version != 0 or not _first(uow, assessment, command):
        row = _locked(uow, command)
        arrival = _arrival(uow, row, command)
        if arrival is Arrival.PAST or (arrival is Arrival.CROSSED and row.facts == dict(command.words)):
            return row.version
        if arrival is Arrival.CROSSED:
            raise SectionOvertaken(SavedSection.of(row))
        version = _replace(uow, row, command)
    tell(
        uow,
        "section.saved",
        about=_about(assessment, command),
        record=("assessment", assessment.id),
        detail={"section": command.code.value, "version": version},
    )
    return version


def _arrival(uow: UnitOfWork, row: SectionAnswer, command: SaveSection) -> Arrival:
    page_id = row.page_id if row.saved_by == uow.actor.account_id else None
    return arrival_of(command.sending, seen=command.version, standing=Standing(row.version, page_id, row.page_turn))


def _replace(uow: UnitOfWork, row: SectionAnswer, command: SaveSection) -> int:
    if row.saved_by != uow.actor.account_id and row.facts != dict(command.words):
        _put_aside(uow, row)
    row.facts, row.saved_at = dict(command.words), uow.now
    row.saved_by, row.saved_by_name = uow.actor.account_id, uow.actor.name
    row.page_id, row.page_turn = command.sending.page_id, command.sending.turn
    row.version += 1
    uow.session.flush()
    return row.version


def _put_aside(uow: UnitOfWork, row: SectionAnswer) -> None:
    keep_earlier(uow, Replaced(("section_answer", row.id), row.about, row.version, row.facts, row.saved_by_name))


def settle_section(uow: UnitOfWork, command: SaveSection, choice: Choice) -> None:
    """Keep mine, theirs or both; what is not kept is put aside, never lost.

    Raises ``SectionOvertaken`` when somebody saved once more in the meantime.
    """
    assessment = _checked(uow, command)
    row = shown_section(uow, command)
    if choice is Choice.THEIRS:
        mine = dict(command.words)
        keep_earlier(uow, Replaced(("section_answer", row.id), row.about, row.version, mine, uow.actor.name))
        tell(uow, "text.set_aside", about=row.about, record=("assessment", assessment.id))
        return
    words = settle(choice, mine=command.words, theirs=row.facts)
    if choice is Choice.MINE and row.saved_by == uow.actor.account_id:
        # Of one's own other window; saving puts aside what is a colleague's.
        _put_aside(uow, row)
    save_section(uow, SaveSection(command.assessment_id, command.code, command.child_id, command.version, words))


def shown_section(uow: UnitOfWork, command: SaveSection) -> SectionAnswer:
    """The section, locked; raises ``SectionOvertaken`` when it is not what the page showed."""
    row = _locked(uow, command)
    if row.version != command.version:
        raise SectionOvertaken(SavedSection.of(row))
    return row


def _locked(uow: UnitOfWork, command: SaveSection) -> SectionAnswer:
    row = uow.session.execute(
        select(SectionAnswer)
        .where(
            SectionAnswer.assessment_id == command.assessment_id,
            SectionAnswer.code == command.code,
            SectionAnswer.person_id.is_not_distinct_from(command.child_id),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("There is nothing in this section yet. Open the page again")
    return row


def _checked(uow: UnitOfWork, command: SaveSection) -> Draft:
    assessment = draft_of(uow, command.assessment_id)
    section = find_section(command.code, for_child=command.child_id is not None)
    if section is None:
        raise NotFound("There is no such part of the CAF")
    if command.child_id is not None:
        child_of(assessment.about, command.child_id)
    raise_if(reasons_against(section, command.words))
    return assessment


def _first(uow: UnitOfWork, assessment: Draft, command: SaveSection) -> bool:
    """Keep the first words; False where some are there already."""
    row = {
        "id": new_id(), "assessment_id": assessment.id, "person_id": command.child_id, "code": command.code,
        "about": _about(assessment, command), "facts": dict(command.words), "saved_at": uow.now,
        "saved_by": uow.actor.account_id, "saved_by_name": uow.actor.name, "version": 1,
        "page_id": command.sending.page_id, "page_turn": command.sending.turn,
    }  # fmt: skip
    # Two people may write the first words at once: the second one sees the first one's.
    added = insert_or(SectionAnswer).values(row).on_conflict_do_nothing().returning(SectionAnswer.id)
    return uow.session.execute(added).first() is not None


def _about(assessment: Draft, command: SaveSection) -> list[PersonId]:
    return list(assessment.about) if command.child_id is None else [command.child_id]
