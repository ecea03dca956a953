"""A family and a professional ask for help; each page is checked with axe and at 320 px as it is reached.

Without scripts, the questions up to the check of answers are sent as a browser sends them, and not drawn.
"""

import datetime as dt
import re
import time
from typing import TypeVar

import pytest

from locality.kernel.clock import SYSTEM_CLOCK, london_date
from tests.browser.conftest import OpenWindow
from tests.browser.pages.asking import Asking, Questions, Unseen, come_back
from tests.browser.window import Window
from tests.support.live import LiveSystem

CHILDREN = "The children you need help with"
ADULTS = "The adults at home and in the family"
TODAY = london_date(SYSTEM_CLOCK.now())
DUE = TODAY + dt.timedelta(days=90)
WEATHER = "https://www.bbc.co.uk/weather"
HARD = "What is hard at the moment?"
Asked = TypeVar("Asked", bound=Questions)


def told_by_a_family(page: Asked) -> Asked:
    """From the first question to the check of answers."""
    page = page.write("Your first name", "Ada").choose(
        "Who are you to the children?", "I am their mum, dad or step-parent"
    )
    page = page.turn("About this child").add_child("Zoë", "O’Brien-Ní", dt.date(2016, 8, 9))
    page = page.another("Is there another child to add?", "Yes", "About this child").add_baby(DUE)
    page = page.says("Baby who is not born yet").another("Is there another child to add?", "No", ADULTS)
    page = page.another("Is there another adult to add?", "Yes", "About this adult")
    page.write("First name", "Per").pick("Who are they to the children?", "Father")
    page = page.choose("Do they live with the children?", "No").turn(ADULTS)
    page = page.another("Is there another adult to add?", "No", "Where do the children live?")
    page = page.write("Postcode", "ss3 9dt").turn("What is going on?")
    page = page.write(HARD, "She does not sleep.").turn("What is going well?")
    page = page.turn("What would help you?").turn("Who helps you now?").turn("How can we reach you safely?")
    page.tick("How may we reach you?", "Email").write("Email address", "ada@example.org")
    page.write("When is it safe, and who must not hear or see it?", "After 9am")
    page = page.turn("Shall we send you an email?")
    page = page.choose("Send me an email?", "Yes").turn("Which language is best for you?")
    page = page.choose("Do you need somebody to translate or sign?", "No").turn("May we talk to others who can help?")
    page.choose("Do you agree?", "Yes, talk to those who can help")
    return page.write("Is there anybody we must not talk to?", "Not his teacher").turn("Check your answers")


def told_by_a_professional(page: Asked) -> Asked:
    """From the first question to the check of answers, with a worry about harm on the way."""
    page.write("Your name", "Joan Fletcher").write("Your job", "Teacher")
    page.pick("Which kind of organisation do you work for?", "School")
    page.write("Name of your organisation", "Garon Primary").write("Work email address", "joan@example.org")
    page = page.turn("Is a child being harmed, or likely to be?")
    page = page.choose("Do you think a child is being harmed, or is likely to be?", "Yes").turn(
        "Phone us now, then go on"
    )
    page = page.says("999").press_on("I have phoned, or will phone now: go on", "About this child")
    page = page.add_child("Tom", "Quillfeather", dt.date(2015, 2, 3))
    page = page.another("Is there another child to add?", "No", ADULTS)
    page = page.another("Is there another adult to add?", "No", "Where do the children live?")
    page = page.turn("Why are you getting in touch?").tick("Reasons", "School attendance")
    page = page.turn("What are you worried about?")
    page = page.write("What have you seen or heard, and since when?", "Often late.").turn("What is going well?")
    page = page.turn("What have you done so far?").turn("What does the family say?")
    page = page.turn("Does the family agree that you send this?")
    page = page.choose("What do you know of their agreement?", "The family has not been asked")
    page = page.turn("Why is there no agreement?")
    page.write("Why does the family not agree, or why did you not ask?", "We could not reach them.")
    page = page.turn("Shall we tell you what we decide?").choose("Do you want to know what we decide?", "Yes")
    return page.choose("Must the family not learn that you got in touch?", "No").turn("Check your answers")


def at(window: Window, question: str, heading: str) -> Asking:
    """A question of the request that this window has."""
    window.open(f"/ask-for-help/questions/{question}")
    return Asking(window, heading)


def begun_at(window: Window, question: str, heading: str) -> Asking:
    """The same, when nothing has been answered yet."""
    Unseen.begun(window)
    return at(window, question, heading)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_family_asks_for_help_and_looks_later_how_far_we_are(window: OpenWindow, *, scripts: bool) -> None:
    first = Asking.opened(window(scripts=scripts)).begin()
    check = told_by_a_family(first) if scripts else told_by_a_family(Unseen.shown_in(first.window)).drawn()
    sent = check.says("Zoë O’Brien-Ní", "She does not sleep.").send()
    reference = sent.says("What happens next").reference()
    assert reference.startswith("CO-")
    sent.follow("Choose a memorable answer")
    Asking(sent.window, "Save and come back later").write("Memorable answer", "Miss O’Hara").press("Save")
    Asking(sent.window, "You can come back later")
    later = come_back(window(scripts=scripts), reference, "miss ohara", "We have your request")
    later.says("Nobody has started to read it yet").is_silent_about("Zoë", "She does not sleep")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_professional_asks_for_help(window: OpenWindow, *, scripts: bool) -> None:
    first = Asking.opened(window(scripts=scripts), "/ask-for-help/professional").begin()
    check = told_by_a_professional(first) if scripts else told_by_a_professional(Unseen.shown_in(first.window)).drawn()
    check.says("We could not reach them.").send().says("They may ring you")


def test_somebody_in_danger_is_sent_to_the_telephone_before_anything_is_asked(window: OpenWindow) -> None:
    page = Asking.opened(window())
    page.choose("Is somebody in danger right now?", "Yes, somebody is hurt or in danger now").press("Continue")
    Asking(page.window, "Ring 999 now").says("do not wait for us")


def test_what_is_being_typed_is_there_in_another_browser(window: OpenWindow) -> None:
    page = begun_at(window(), "you", "Who are you?")
    page.write("Your first name", "Ada").choose("Who are you to the children?", "I am the child or young person")
    reference = page.turn("About this child").save("Miss O’Hara")
    page = at(page.window, "worries", "What is going on?").write(HARD, "Half a sentence, then the bus").is_kept()
    other = come_back(window(), reference, "Miss O’Hara", re.compile(".+"))
    at(other.window, "worries", "What is going on?").shows(HARD, "Half a sentence, then the bus")


def test_a_refused_answer_stays_with_its_message_beside_it(window: OpenWindow) -> None:
    page = begun_at(window(scripts=False), "children/1", "About this child")
    page = page.write("First name", "Zoë").choose("Has this child been born?", "Yes")
    page.date("Date of birth", TODAY + dt.timedelta(days=400)).press("Continue")
    refused = Asking(page.window, re.compile("About this child|About Zoë"))
    refused.sends_back("Date of birth must be today or in the past. If the baby is not born yet, choose No above")
    refused.shows("First name", "Zoë")


def test_leaving_shows_the_weather_and_keeps_nothing(window: OpenWindow) -> None:
    page = begun_at(window(scripts=False), "you", "Who are you?")
    page.window.leaves(page.page.get_by_role("button", name="Leave this page"), WEATHER)
    at(page.window, "you", "Come back to a request")


@pytest.mark.parametrize("scripts", [True, False])
def test_two_windows_on_one_question_lose_nothing(window: OpenWindow, *, scripts: bool) -> None:
    first = begun_at(window(scripts=scripts), "worries", "What is going on?")
    second = first.in_another_window("What is going on?")
    first.write(HARD, "He will not go to school.").turn("What is going well?")
    second.write(HARD, "She cries at night.").press("Continue")
    both = Asking(second.window, "You answered this in two windows")
    both.says("He will not go to school.", "She cries at night.", "Nothing is lost")
    both.choose("Which answer do you want to keep?", "Keep them all").press("Keep this answer")
    Asking(second.window, "What is going on?").shows(HARD, "He will not go to school.\n\nShe cries at night.")


def test_leaving_with_a_script_takes_the_page_out_of_the_history(window: OpenWindow) -> None:
    page = Asking.opened(window()).begin().write("Your first name", "Ada")
    page.window.leaves(page.page.get_by_role("button", name="Leave this page"), WEATHER)
    page.page.go_back()
    assert "/questions/" not in page.page.url
    assert "Ada" not in page.page.content()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_page_hides_itself_and_is_shown_again_with_the_words(window: OpenWindow, *, scripts: bool) -> None:
    page = begun_at(window(scripts=scripts), "you", "Who are you?").write("Your first name", "Ada")
    page.press("Hide this page")
    hidden = Asking(page.window, "Notes").is_silent_about("help", "Ada")
    hidden.follow("Show")
    Asking(hidden.window, "Who are you?").shows("Your first name", "Ada")


@pytest.mark.parametrize("scripts", [True, False])
def test_only_the_date_that_the_answer_asks_for_is_in_sight(window: OpenWindow, *, scripts: bool) -> None:
    page = begun_at(window(scripts=scripts), "children/1", "About this child").shows_dates(born=False, due=False)
    page = page.choose("Has this child been born?", "Yes").shows_dates(born=True, due=False)
    page.choose("Has this child been born?", "No").shows_dates(born=False, due=True)


def test_a_killed_web_server_loses_at_most_two_seconds_of_typing(window: OpenWindow, live: LiveSystem) -> None:
    page = begun_at(window(), "worries", "What is going on?")
    box = page.main.get_by_role("textbox", name=HARD, exact=True)
    typed: list[tuple[float, str]] = []
    began = time.monotonic()
    while time.monotonic() - began < 5:  # never a pause in the typing that would count as one
        box.press_sequentially("word ")
        typed.append((time.monotonic(), box.input_value().strip()))
        page.page.wait_for_timeout(150)
    killed = time.monotonic()
    live.kill("web")
    (kept,) = live.query(
        "SELECT texts -> 'worries' ->> 0 FROM help_answer WHERE page = 'worries' ORDER BY version DESC LIMIT 1"
    )[0]
    live.start("web")
    due = [text for when, text in typed if when < killed - 2]
    assert due, "somebody typed for longer than that"
    assert str(kept).startswith(due[-1])
    page.is_kept()  # the page goes on by itself when the server is back
    page.window.faults.clear()
