"""Two windows on one page of a request: whatever was typed in either is kept until somebody chooses."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.asking.models import HelpAnswer
from locality.kernel.ids import new_id
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.asking.journeys import FAMILY, QUESTIONS, answer, begin, walk

pytestmark = pytest.mark.usefixtures("clock")
WORRIES = f"{QUESTIONS}/worries"
HERE, THERE = "He will not go to school.", "She cries at night.\nSince Easter."


def _sent(page: Page, name: str) -> str:
    """What the page's form holds under a name."""
    return str(page.form()[name])


def _typed(page: Page, words: str) -> dict[str, str]:
    """What a window sends: its words, its own id and the version that it was shown."""
    return {"worries": words, "window": _sent(page, "window"), "version": _sent(page, "version")}


def _split(browse: Browse) -> Page:
    """Two windows that were opened at once; both have pressed Continue. The page on which to choose."""
    begin(browse)
    one, other = browse.get(WORRIES), browse.get(WORRIES)
    answer(browse, "worries", _typed(one, HERE))
    sent = answer(browse, "worries", _typed(other, THERE))
    assert sent.location == f"{WORRIES}/both"
    return browse.get(sent.location, most_queries=8)


def test_both_answers_are_shown_in_words_for_everybody(browse: Browse) -> None:
    page = _split(browse)
    assert page.heading == "You answered this in two windows"
    assert HERE in page.main
    assert "She cries at night." in page.main
    assert page.options("which") == ["Keep answer 1", "Keep answer 2", "Keep them all"]
    assert not any(word in page.main for word in ("version", "conflict", "saved by", "mine", "theirs"))


@pytest.mark.parametrize(
    ("which", "kept", "gone"),
    [("1", HERE, "She cries"), ("2", "She cries at night.", HERE), ("join", f"{HERE}\n\nShe cries at night.", None)],
)
def test_what_is_chosen_is_kept_and_the_page_opens_again(
    browse: Browse, which: str, kept: str, gone: str | None
) -> None:
    page = _split(browse)
    back = browse.post(f"{WORRIES}/both", {"which": which, "versions": _sent(page, "versions")})
    assert back.location == WORRIES
    shown = browse.get(WORRIES)
    assert kept in _sent(shown, "worries").replace("\r\n", "\n")
    assert gone is None or gone not in _sent(shown, "worries")


def test_nothing_is_chosen_by_pressing_the_button_alone(browse: Browse) -> None:
    page = _split(browse)
    again = browse.post(f"{WORRIES}/both", {"versions": _sent(page, "versions")}, status=422)
    assert again.error_beside("which") == "Select which answer you want to keep"
    assert HERE in again.main


def test_what_is_typed_while_somebody_chooses_is_not_lost(browse: Browse) -> None:
    page = _split(browse)
    third = {"worries": "A third window", "window": str(new_id()), "version": "0"}
    answer(browse, "worries", third)
    again = browse.post(f"{WORRIES}/both", {"which": "1", "versions": _sent(page, "versions")}, status=422)
    assert "You typed more in another window" in again.html
    assert "A third window" in again.main


def test_the_page_and_the_check_lead_to_the_choice_until_it_is_made(browse: Browse) -> None:
    walk(browse)
    one, other = browse.get(WORRIES), browse.get(WORRIES)
    answer(browse, "worries", _typed(one, HERE))
    answer(browse, "worries", _typed(other, THERE))
    assert browse.get(WORRIES, status=302).location == f"{WORRIES}/both"
    check = browse.get("/ask-for-help/check")
    assert "Before you can send this, finish" in check.main
    browse.post("/ask-for-help/check", {"is_true": "y"}, status=200)


def test_what_a_second_window_kept_meanwhile_is_not_left_behind_when_it_is_sent(browse: Browse) -> None:
    walk(browse)
    version = _sent(browse.get(WORRIES), "version")
    for window, words in ((new_id(), HERE), (new_id(), THERE)):
        typed = {"worries": words, "window": str(window), "csrf_token": browse._token()}
        browse.raw("POST", f"{WORRIES}/typed", data=typed, headers={"If-Match": f'"{version}"'})
    check = browse.get("/ask-for-help/check", most_queries=8)
    assert "Before you can send this, finish" in check.main
    browse.post("/ask-for-help/check", {"is_true": "y"}, status=200)
    page = browse.get(f"{WORRIES}/both?change=yes")
    back = browse.post(f"{WORRIES}/both?change=yes", {"which": "join", "versions": _sent(page, "versions")})
    assert back.location == f"{WORRIES}?change=yes"
    assert "Before you can send this, finish" not in browse.get("/ask-for-help/check").main


def test_the_same_window_and_the_same_words_are_no_second_answer(browse: Browse) -> None:
    begin(browse)
    one, other = browse.get(WORRIES), browse.get(WORRIES)
    answer(browse, "worries", _typed(one, HERE))
    assert answer(browse, "worries", _typed(one, f"{HERE} More.")).location == f"{QUESTIONS}/going-well"
    assert answer(browse, "worries", _typed(other, f"{HERE} More.")).location == f"{QUESTIONS}/going-well"
    opened = browse.get(WORRIES)
    assert answer(browse, "worries", _typed(opened, "Otherwise")).location == f"{QUESTIONS}/going-well"


def test_what_is_being_typed_in_a_second_window_is_kept_beside_the_first(browse: Browse, session: Session) -> None:
    begin(browse)
    one, other = browse.get(WORRIES), browse.get(WORRIES)
    answer(browse, "worries", _typed(one, HERE))
    for words in ("She", THERE):
        sent = browse.raw(
            "POST",
            f"{WORRIES}/typed",
            data=_typed(other, words) | {"csrf_token": browse._token()},
            headers={"If-Match": '"0"'},
        )
        assert sent.status_code == 200
        assert "You typed here in another window too" in sent.get_json()["words"]
    row = session.scalars(select(HelpAnswer).where(HelpAnswer.page == "worries")).one()
    assert row.texts["worries"] == [HERE]
    assert [one["texts"]["worries"] for one in row.beside] == [[THERE]]


def test_more_windows_than_anybody_has_are_refused_and_the_words_stay_on_the_page(browse: Browse) -> None:
    begin(browse)
    answer(browse, "worries", {"worries": HERE, "window": str(new_id()), "version": "0"})
    for number in range(8):
        answer(browse, "worries", {"worries": f"Words {number}", "window": str(new_id()), "version": "0"})
    last = answer(browse, "worries", {"worries": "The last", "window": str(new_id()), "version": "0"}, status=422)
    assert "open in too many windows" in last.html
    assert _sent(last, "worries") == "The last"


@pytest.mark.parametrize("version", ["", "-1", "9" * 40, "\x00", "one"])
@pytest.mark.parametrize("window", ["", "not-an-id", "\x00", "🦊"])
def test_a_window_that_cannot_be_read_is_no_window(browse: Browse, version: str, window: str) -> None:
    begin(browse)
    answer(browse, "worries", {"worries": HERE, "window": window, "version": version})
    assert HERE in _sent(browse.get(WORRIES), "worries")


def test_a_child_of_whom_two_windows_say_different_things_is_shown_twice(browse: Browse) -> None:
    begin(browse)
    answer(browse, "you", FAMILY[0][1])
    path = f"{QUESTIONS}/children/1"
    one, other = browse.get(path), browse.get(path)
    for page, name in ((one, "Tom"), (other, "Tim")):
        typed = {
            "given_name": name,
            "is_born": "yes",
            "window": _sent(page, "window"),
            "version": _sent(page, "version"),
        }
        answer(browse, "children/1", typed)
    page = browse.get(f"{path}/both")
    assert "Tom" in page.main
    assert "Tim" in page.main
    assert "Keep them all" not in page.options("which")
    browse.post(f"{path}/both", {"which": "2", "versions": _sent(page, "versions")})
    assert "Tim" in browse.get(path).html


def test_the_page_hides_itself_and_keeps_the_words(browse: Browse) -> None:
    begin(browse)
    one = browse.get(WORRIES)
    hidden = answer(browse, "worries", _typed(one, "Half a") | {"hide": "yes"})
    notes = browse.get(str(hidden.location), most_queries=8)
    assert notes.heading == "Notes"
    assert not any(word in notes.main.lower() for word in ("help", "child", "family"))
    assert "help" not in str(hidden.location)
    assert _sent(browse.get(WORRIES), "worries") == "Half a"
