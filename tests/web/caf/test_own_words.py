"""One person who types and saves meets no conflict with themselves, in whatever order their words arrive."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from locality.caf import api as caf
from locality.caf.models import Conclusion, EarlierText, ElementAnswer, SectionAnswer
from locality.caf.operations.sections import SaveSection, save_section
from locality.caf.rules.sections import SectionCode
from locality.kernel.ids import AccountId
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story


@pytest.fixture
def signed_in(browse: Browse, story: Story) -> Browse:
    """The lead professional at work."""
    browse.sign_in(story.at_work.lead_account)
    return browse


def _path(story: Story, kind: str) -> str:
    return f"{story.caf}/elements/D1.2/{story.leah}" if kind == "element" else f"{story.caf}/sections/story"


_BOX = {"element": "strengths", "section": "story"}


def _typed(browse: Browse, path: str, page: Page, turn: int, **words: str) -> TestResponse:
    """What the script sends: the whole form of a page, as its how-manieth."""
    sent = {**page.form(_form(path)), **words, "page_turn": str(turn)}
    return browse.raw("POST", f"{path}/draft", data=sent, headers={"If-Match": f'"{sent["version"]}"'})


def _saved(browse: Browse, path: str, page: Page, turn: int, *, status: int = 302, **words: str) -> Page:
    return browse.post(path, {**page.form(_form(path)), **words, "page_turn": str(turn)}, status=status)


def _form(path: str) -> Any:
    return path if "/elements/" in path else 0


def _stands(session: Session, kind: str) -> str:
    if kind == "element":
        return session.scalars(select(ElementAnswer.strengths).where(ElementAnswer.code == "D1.2")).one()
    return str(session.scalars(select(SectionAnswer.facts)).one()["story"])


@pytest.mark.parametrize("kind", ["element", "section"])
def test_a_draft_that_the_save_cut_off_is_ones_own_whether_it_lands_before_or_after(
    signed_in: Browse, session: Session, story: Story, kind: str
) -> None:
    path, box = _path(story, kind), _BOX[kind]
    page = signed_in.get(path)
    assert _typed(signed_in, path, page, 1, **{box: "She"}).status_code == 200
    # The page never heard of it: it was cut off by the save, which says the version that the page knows.
    saved = _saved(signed_in, path, page, 1, **{box: "She sings"})
    assert saved.location
    assert _stands(session, kind) == "She sings"
    late = _typed(signed_in, path, page, 1, **{box: "She si"})
    assert late.status_code == 200
    assert _stands(session, kind) == "She sings"
    # Back to the page as it was, and on: what is typed after the save is newer than it.
    on = _typed(signed_in, path, page, 2, **{box: "She sings well"})
    assert on.status_code == 200
    assert _stands(session, kind) == "She sings well"
    # The first save, pressed before that and held up on its way, takes nothing back.
    assert _saved(signed_in, path, page, 1, **{box: "She sings"}).location
    assert _stands(session, kind) == "She sings well"
    assert session.scalars(select(EarlierText)).all() == []


@pytest.mark.parametrize("kind", ["element", "section"])
def test_a_colleague_who_wrote_in_between_is_met_as_before(
    signed_in: Browse, uow: OpenUnit, session: Session, story: Story, kind: str
) -> None:
    path, box = _path(story, kind), _BOX[kind]
    page = signed_in.get(path)
    _typed(signed_in, path, page, 1, **{box: "Mine"})
    with uow() as unit:
        if kind == "element":
            answer = caf.Answer(strengths="Mine and theirs")
            caf.save_element(unit, caf.SaveElement(story.caf_id, "D1.2", story.leah, 1, answer))
        else:
            words = {"story": "Mine and theirs"}
            save_section(unit, SaveSection(story.caf_id, SectionCode.STORY, None, 1, words))
    assert _typed(signed_in, path, page, 2, **{box: "Mine again"}).status_code == 409
    met = _saved(signed_in, path, page, 2, status=409, **{box: "Mine again"})
    assert met.heading == "Locality was writing here too"
    assert _stands(session, kind) == "Mine and theirs"


def test_in_two_windows_of_ones_own_both_texts_are_shown_and_nobody_is_blamed(
    signed_in: Browse, session: Session, story: Story
) -> None:
    path = _path(story, "element")
    first, second = signed_in.get(path), signed_in.get(path)
    _saved(signed_in, path, first, 0, strengths="In the first window")
    met = _saved(signed_in, path, second, 0, status=409, strengths="In the second window")
    assert met.heading == "You were writing here in another window too"
    assert "Amira Khan" not in met.main
    assert "Keep the words of the other window" in met.main
    signed_in.send(met, {"choice": "join"}, form=f"{path}/settle")
    assert _stands(session, "element") == "In the first window\n\nIn the second window"


@pytest.mark.parametrize(
    ("where", "box"), [("sections/story", "story"), ("about", "what_led"), ("conclusions", "text"),
                       ("elements/D1.2", "strengths")],
)  # fmt: skip
def test_words_of_ones_own_other_window_are_put_aside_where_those_here_are_kept(
    signed_in: Browse, session: Session, story: Story, where: str, box: str
) -> None:
    path = f"{story.caf}/{where}" + (f"/{story.leah}" if where in ("conclusions", "elements/D1.2") else "")
    first, second = signed_in.get(path), signed_in.get(path)
    told = {"level": caf.ConclusionLevel.MULTI_SERVICE.value} if where == "conclusions" else {}
    _saved(signed_in, path, first, 0, **told, **{box: "In the first window"})
    met = _saved(signed_in, path, second, 0, status=409, **told, **{box: "In the second window"})
    there = f"{path}/settle" if "elements" in where else path
    form: Any = there if "elements" in where else 0
    assert signed_in.post(there, {**met.form(form), "choice": "mine"}).location
    (kept,) = session.scalars(select(EarlierText)).all()
    assert kept.facts[box] == "In the first window"
    assert "In the second window" in signed_in.get(path).html


def test_save_pressed_twice_is_saved_once_on_every_page(signed_in: Browse, session: Session, story: Story) -> None:
    told = {"level": caf.ConclusionLevel.MULTI_SERVICE.value, "text": "Sleep comes first", "disagreements": ""}
    path = f"{story.caf}/conclusions/{story.leah}"
    page = signed_in.get(path)
    for _press in range(2):
        assert signed_in.post(path, {**page.form(), **told}).location
    assert session.scalars(select(Conclusion.version)).all() == [1]
    about = signed_in.get(f"{story.caf}/about")
    for _press in range(2):
        told = {"present": "Leah and Mum", "what_led": "School"}
        assert signed_in.post(f"{story.caf}/about", {**about.form(), **told}).location


def test_the_same_words_of_two_people_are_no_conflict(
    signed_in: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    path = _path(story, "element")
    page = signed_in.get(path)
    with uow() as unit:
        answer = caf.Answer(strengths="Kind", evidence=(caf.Evidence.OBSERVED,))
        caf.save_element(unit, caf.SaveElement(story.caf_id, "D1.2", story.leah, 0, answer))
    assert _saved(signed_in, path, page, 0, strengths="Kind", evidence="observed").location
    assert session.scalars(select(ElementAnswer.version)).all() == [1]


def test_another_account_with_the_same_page_is_somebody_else(
    signed_in: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    path = _path(story, "element")
    page = signed_in.get(path)
    _typed(signed_in, path, page, 1, strengths="Mine")
    assert session.scalars(select(ElementAnswer.saved_by)).one() == AccountId(story.at_work.lead_account.id)
    session.execute(update(ElementAnswer).values(saved_by=story.at_work.manager_account.id, saved_by_name="Ruth Cole"))
    assert _typed(signed_in, path, page, 2, strengths="Mine still").status_code == 409
