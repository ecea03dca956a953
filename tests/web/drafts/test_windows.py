"""The form of one window takes its own words with it when it goes, and leaves those of another window."""

import json

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.drafts.models import Draft, DraftField
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.drafts.conftest import PATH, TOLD


def _typing(browse: Browse, page: Page, turn: int, *, seen: int = 0, **fields: str) -> dict[str, int]:
    """What the script sends while somebody types; the version now kept of each field."""
    told = {name: {"texts": [text], "version": seen} for name, text in fields.items()}
    sent = {"token": page.form()["draft_token"], "fields": told, "turn": turn}
    answer = browse.raw("POST", "/drafts/keep", json=sent)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return dict(json.loads(answer.get_data())["saved"])


def _send(browse: Browse, page: Page, turn: int = 9, **fields: str) -> None:
    assert browse.post(PATH, {**page.form(), **TOLD, **fields, "draft_turn": str(turn)}).location


def _kept(session: Session) -> dict[str, str]:
    rows = session.execute(select(DraftField.name, func.array_to_string(DraftField.texts, "").label("text")))
    return {row.name: row.text for row in rows}


def _count_drafts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Draft)) or 0


def test_a_form_that_is_sent_leaves_what_another_window_has_typed(desk: Browse, session: Session) -> None:
    first, second = desk.get(PATH), desk.get(PATH)
    _typing(desk, first, 1, given_name="Tom")
    _typing(desk, second, 1, what_said="Another child")
    _send(desk, first)
    assert _kept(session) == {"what_said": "Another child"}
    anew = desk.get(PATH)
    assert "is still here. It has not been sent." in anew.text
    assert "Another child" in anew.html
    _send(desk, second, given_name="Zoë", family_name="Ashdown")
    assert _count_drafts(session) == 0


def test_what_a_later_page_was_given_back_goes_with_its_form(desk: Browse, session: Session) -> None:
    _typing(desk, desk.get(PATH), 1, given_name="Tom", what_said="The whole")
    later = desk.get(PATH)
    _typing(desk, later, 1, seen=1, what_said="The whole story")
    _send(desk, later)
    assert _count_drafts(session) == 0


def test_what_the_earlier_window_typed_on_stays_when_the_later_one_is_sent(desk: Browse, session: Session) -> None:
    earlier = desk.get(PATH)
    _typing(desk, earlier, 1, given_name="Tom", what_said="The whole")
    later = desk.get(PATH)
    _typing(desk, earlier, 2, seen=1, what_said="The whole story of another day")
    _send(desk, later)
    assert _kept(session) == {"what_said": "The whole story of another day"}


def test_words_that_only_have_the_number_of_those_given_back_stay(desk: Browse, session: Session) -> None:
    first = desk.get(PATH)
    _typing(desk, first, 1, what_said="The whole")
    stale = desk.get(PATH)
    _send(desk, first)
    assert _typing(desk, desk.get(PATH), 1, what_said="Another child") == {"what_said": 1}
    desk.send(stale, form="/drafts/discard")
    assert _kept(session) == {"what_said": "Another child"}


def test_a_refused_form_takes_all_that_its_window_has_typed_when_it_is_sent(desk: Browse, session: Session) -> None:
    page, other = desk.get(PATH), desk.get(PATH)
    _typing(desk, page, 1, keep_private="")  # ticked and not any more: the form does not name it
    _typing(desk, other, 1, reasons="2B")  # nor this: nothing of it is ticked
    refused = desk.post(PATH, {**page.form(), "given_name": "Tom", "draft_turn": "1"}, status=422)
    again = desk.post(PATH, {**refused.form(), "given_name": "Tom", "draft_turn": "1"}, status=422)
    _send(desk, again)
    assert _kept(session) == {"reasons": "2B"}


def test_words_of_a_refused_form_stay_when_another_window_is_sent(desk: Browse, session: Session) -> None:
    first, second = desk.get(PATH), desk.get(PATH)
    desk.post(PATH, {**first.form(), "what_said": "Not all of it", "draft_turn": "1"}, status=422)
    _send(desk, second)
    assert _kept(session)["what_said"] == "Not all of it"


def test_words_of_no_known_page_go_with_any_form(desk: Browse, session: Session) -> None:
    first, second = desk.get(PATH), desk.get(PATH)
    _typing(desk, first, 1, what_said="The whole")
    session.execute(update(DraftField).values(page_id=None))
    _send(desk, second)
    assert _count_drafts(session) == 0


def test_discarding_leaves_what_another_window_has_typed_since(desk: Browse, session: Session) -> None:
    first = desk.get(PATH)
    _typing(desk, first, 1, given_name="Tom")
    offered = desk.get(PATH)
    _typing(desk, first, 2, what_said="Only now")
    desk.send(offered, form="/drafts/discard")
    assert _kept(session) == {"what_said": "Only now"}


def test_a_refused_form_leaves_what_another_window_typed_in_boxes_that_it_has_not_touched(
    desk: Browse, session: Session
) -> None:
    first, second = desk.get(PATH), desk.get(PATH)
    _typing(desk, second, 1, what_said="Another child", given_name="Zoë")
    refused = desk.post(PATH, {**first.form(), "family_name": "Ashdown", "born_on-day": "9"}, status=422)
    kept = _kept(session)
    assert (kept["what_said"], kept["given_name"], kept["family_name"]) == ("Another child", "Zoë", "Ashdown")
    assert (kept["born_on-day"], kept["born_on-month"]) == ("9", ""), "a date is kept whole"
    assert "phone" not in kept
    # Shown again it is a page like another: what it changes now is its last word, the rest is not.
    _typing(desk, second, 2, seen=_version_of(session, "family_name"), family_name="Quillfeather")
    desk.post(PATH, {**refused.form(), "given_name": "Tom"}, status=422)
    kept = _kept(session)
    assert (kept["given_name"], kept["family_name"], kept["what_said"]) == ("Tom", "Quillfeather", "Another child")


def test_a_refused_form_keeps_the_last_words_of_its_own_window_also_where_they_are_as_at_first(
    desk: Browse, session: Session
) -> None:
    page = desk.get(PATH)
    _typing(desk, page, 1, what_said="Not this")
    desk.post(PATH, {**page.form(), "what_said": "", "family_name": "Ashdown"}, status=422)
    assert _kept(session)["what_said"] == ""


def test_words_sent_after_the_session_ended_leave_another_windows(
    desk: Browse, session: Session, officer: Account
) -> None:
    first, second = desk.get(PATH), desk.get(PATH)
    _typing(desk, second, 1, what_said="Another child")
    desk.sign_out()
    desk.raw("POST", PATH, data={**first.form(), "family_name": "Ashdown"})
    kept = _kept(session)
    assert (kept["what_said"], kept["family_name"]) == ("Another child", "Ashdown")


def _version_of(session: Session, name: str) -> int:
    return session.scalars(select(DraftField.version).where(DraftField.name == name)).one()
