"""Two people save the pages of a CAF 500 times over each other, kind after kind: whatever is chosen, no text is lost.

An element alone goes through 500 rounds of its own in ``test_two_writers``.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf import api as caf
from locality.caf.models import (
    ActionUpdate,
    Assessment,
    Conclusion,
    EarlierText,
    ElementAnswer,
    FamilyComment,
    PlanAction,
    SectionAnswer,
)
from locality.caf.operations import settling
from locality.caf.operations.commands import SettleElement
from locality.caf.operations.elements import settle_element
from locality.caf.operations.sections import SaveSection, save_section, settle_section
from locality.caf.rules.answers import Choice
from locality.caf.rules.sections import SectionCode
from locality.kernel.errors import Conflict
from locality.kernel.ids import AssessmentId, PersonId, PlanActionId
from locality.kernel.uow import UnitOfWork
from tests.factories.caf import Helpers, a_draft, a_led_episode, an_action
from tests.support.database import OpenUnit

ROUNDS = 500
DONE = caf.ActionStatus.IN_PROGRESS


@dataclass(frozen=True)
class Page:
    """One kind of page: how it is saved, how it is settled, and the columns in which its text stands."""

    save: Callable[[UnitOfWork, int, str], object]
    settle: Callable[[UnitOfWork, int, str, Choice], object]
    texts: tuple[object, ...]


def _pages(caf_id: AssessmentId, child: PersonId, action: PlanActionId) -> dict[str, Page]:
    def element(version: int, text: str) -> caf.SaveElement:
        return caf.SaveElement(caf_id, "D1.2", child, version, _answer(text))

    def section(version: int, text: str) -> SaveSection:
        return SaveSection(caf_id, SectionCode.STORY, None, version, {"story": text})

    def header(version: int, text: str) -> caf.SaveHeader:
        return caf.SaveHeader(caf_id, version, "Leah", text)

    def conclusion(version: int, text: str) -> caf.SaveConclusion:
        return caf.SaveConclusion(caf_id, child, version, caf.ConclusionLevel.SINGLE_SERVICE, text)

    def comments(version: int, text: str) -> caf.SaveComments:
        return caf.SaveComments(caf_id, child, text, None, version=version)

    def update(version: int, text: str) -> caf.UpdateAction:
        return caf.UpdateAction(action, version, DONE, text)

    return {
        "element": Page(
            lambda unit, version, text: caf.save_element(unit, element(version, text)),
            lambda unit, version, text, choice: settle_element(
                unit, SettleElement(caf_id, "D1.2", child, version, _answer(text), choice)
            ),
            (ElementAnswer.strengths,),
        ),
        "section": Page(
            lambda unit, version, text: save_section(unit, section(version, text)),
            lambda unit, version, text, choice: settle_section(unit, section(version, text), choice),
            (SectionAnswer.facts,),
        ),
        "header": Page(
            lambda unit, version, text: caf.save_header(unit, header(version, text)),
            lambda unit, version, text, choice: settling.settle_header(unit, header(version, text), choice),
            (Assessment.what_led,),
        ),
        "conclusion": Page(
            lambda unit, version, text: caf.save_conclusion(unit, conclusion(version, text)),
            lambda unit, version, text, choice: settling.settle_conclusion(unit, conclusion(version, text), choice),
            (Conclusion.text,),
        ),
        "comments": Page(
            lambda unit, version, text: caf.save_comments(unit, comments(version, text)),
            lambda unit, version, text, choice: settling.settle_comments(unit, comments(version, text), choice),
            (FamilyComment.words,),
        ),
        "action": Page(
            lambda unit, version, text: caf.update_action(unit, update(version, text)),
            lambda unit, version, text, choice: settling.settle_action(unit, update(version, text), choice),
            (PlanAction.progress_note, ActionUpdate.note),
        ),
    }


def _answer(text: str) -> caf.Answer:
    return caf.Answer(strengths=text, evidence=(caf.Evidence.OBSERVED,))


# Where each kind's version stands, and its text.
_STANDS: dict[str, tuple[object, object]] = {
    "element": (ElementAnswer.version, ElementAnswer.strengths),
    "section": (SectionAnswer.version, SectionAnswer.facts["story"].astext),
    "header": (Assessment.version, Assessment.what_led),
    "conclusion": (Conclusion.version, Conclusion.text),
    "comments": (FamilyComment.version, FamilyComment.words),
    "action": (PlanAction.version, PlanAction.progress_note),
}


def _stands(session: Session, kind: str) -> tuple[int, str]:
    """The version and the text that stand there now."""
    session.flush()
    rows = session.execute(select(*_STANDS[kind])).all()  # type: ignore[call-overload]
    return sum(row[0] for row in rows), " ".join(row[1] for row in rows if row[1])


def test_five_hundred_rounds_of_two_writers_over_every_kind_of_page_lose_no_text(
    uow: OpenUnit, session: Session, at_work: Helpers
) -> None:
    with uow() as unit:
        episode_id, family = a_led_episode(unit, at_work)
    with uow(at_work.lead) as unit:
        caf_id = a_draft(unit, episode_id)
        action = an_action(unit, episode_id)
    pages = _pages(caf_id, family.children[0], action)
    chance = random.Random(7)
    written: dict[str, list[str]] = {kind: [] for kind in pages}
    for start in range(0, ROUNDS, 50):
        with uow(at_work.lead) as unit:
            other = UnitOfWork(unit.session, at_work.colleague, unit.now)
            for number in range(start, start + 50):
                kind = list(pages)[number % len(pages)]
                both = (unit, other) if chance.random() < 0.5 else (other, unit)
                _round(pages[kind], kind, both, number, chance)
                written[kind] += [f"first {number}.", f"second {number}."]
    aside = " ".join(str(facts) for facts in session.scalars(select(EarlierText.facts)))
    for kind, page in pages.items():
        kept = [str(found) for column in page.texts for found in session.scalars(select(column))]  # type: ignore[call-overload]
        everything = f"{' '.join(kept)} {aside}"
        assert [line for line in written[kind] if line not in everything] == []
        assert len(written[kind]) >= 2 * (ROUNDS // len(pages))


def _round(page: Page, kind: str, both: tuple[UnitOfWork, UnitOfWork], number: int, chance: random.Random) -> None:
    """Both read the same, both save; who comes second sees the other's and chooses."""
    first, second = both
    version, text = _stands(first.session, kind)
    mine = f"{text} second {number}.".strip()
    page.save(first, version, f"{text} first {number}.".strip())
    with pytest.raises(Conflict):
        page.save(second, version, mine)
    page.settle(second, _stands(second.session, kind)[0], mine, chance.choice(list(Choice)))
