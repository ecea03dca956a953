"""What a page typed before its form went is not kept again when it arrives only afterwards."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.drafts.models import Draft, DraftField, DraftSent
from locality.drafts.operations import forget_old
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.drafts.conftest import PATH, TOLD


def _typing(browse: Browse, page: Page, turn: int, said: str, *, seen: int = 0) -> dict[str, Any]:
    told = {"what_said": {"texts": [said], "version": seen}}
    sent = {"token": page.form()["draft_token"], "fields": told, "turn": turn}
    answer = browse.raw("POST", "/drafts/keep", json=sent)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return dict(json.loads(answer.get_data()))


def _kept(session: Session) -> list[str]:
    return list(
        session.scalars(select(func.array_to_string(DraftField.texts, "")).where(DraftField.name == "what_said"))
    )


def test_words_that_arrive_after_their_form_are_not_kept_again(desk: Browse, session: Session) -> None:
    page = desk.get(PATH)
    _typing(desk, page, 1, "The whole")
    assert desk.post(PATH, {**page.form(), **TOLD, "draft_turn": "2"}).location
    assert session.scalar(select(func.count()).select_from(Draft)) == 0
    assert _typing(desk, page, 2, "The whole st")["saved"] == {}
    assert _kept(session) == []
    assert "The whole st" not in desk.get(PATH).html
    # Back to the page as it was: what is typed after the form went is kept.
    assert _typing(desk, page, 3, "And more")["saved"] == {"what_said": 1}
    assert _kept(session) == ["And more"]


def test_another_window_on_the_same_page_goes_on_keeping(desk: Browse, session: Session) -> None:
    first, second = desk.get(PATH), desk.get(PATH)
    assert desk.post(PATH, {**first.form(), **TOLD}).location
    assert _typing(desk, second, 1, "Another child")["saved"] == {"what_said": 1}


def test_what_was_typed_before_discarding_does_not_come_back(desk: Browse, session: Session) -> None:
    _typing(desk, desk.get(PATH), 1, "No longer")
    offered = desk.get(PATH)
    _typing(desk, offered, 1, "No longer so", seen=1)
    desk.send(offered, {"draft_turn": "2"}, form="/drafts/discard")  # as the script counts
    assert _typing(desk, offered, 2, "No longer so at", seen=2)["saved"] == {}
    assert _kept(session) == []
    assert "No longer" not in desk.get(PATH).html
    # Back to the page as it was: what is typed after discarding is kept.
    assert "what_said" in _typing(desk, offered, 3, "Again", seen=2)["saved"]


def test_the_form_that_discards_has_room_for_what_the_script_counts(desk: Browse) -> None:
    _typing(desk, desk.get(PATH), 1, "No longer")
    assert desk.get(PATH).form("/drafts/discard")["draft_turn"] == "0"


def test_a_refused_form_goes_on_keeping(desk: Browse, session: Session) -> None:
    page = desk.get(PATH)
    refused = desk.post(PATH, {**page.form(), "what_said": "Not all of it", "draft_turn": "1"}, status=422)
    assert _kept(session) == ["Not all of it"]
    assert _typing(desk, refused, 1, "Nearly", seen=1)["saved"] == {"what_said": 2}


def test_pages_that_were_sent_are_forgotten_once_their_right_to_save_is_over(
    desk: Browse, session: Session, uow: OpenUnit
) -> None:
    page = desk.get(PATH)
    assert desk.post(PATH, {**page.form(), **TOLD}).location
    assert session.scalar(select(func.count()).select_from(DraftSent)) == 1
    session.execute(DraftSent.__table__.update().values(sent_at=func.now() - func.make_interval(0, 0, 0, 4000)))
    with uow() as unit:
        forget_old(unit, days=30)
    assert session.scalar(select(func.count()).select_from(DraftSent)) == 0


@pytest.mark.parametrize("turn", ["", "-1", "9" * 40, "x", "²"])
def test_a_turn_that_is_no_number_is_the_first(desk: Browse, session: Session, turn: str) -> None:
    page = desk.get(PATH)
    assert desk.post(PATH, {**page.form(), **TOLD, "draft_turn": turn}).location
    assert session.scalars(select(DraftSent.turn)).all() == [0]
