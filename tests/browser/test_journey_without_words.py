"""A boy of nine who does not speak, from the family's agreement to the end of help, without JavaScript.

He is heard by symbol cards that he touches, by a drawing on paper of which a photo is sent, and by being watched.
"""

import datetime as dt
import re
import struct
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from locality.kernel.clock import add_working_days
from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.families import today
from tests.browser.pages.accounts import SignIn, at_work
from tests.browser.pages.assessment import Element, StartAssessment, TaskList
from tests.browser.pages.caf import Episode, MyFamilies, Plan
from tests.browser.pages.checklist import Checklist, Safety
from tests.browser.pages.people import Record
from tests.browser.pages.sheet import Sheet
from tests.browser.pages.voice import ChildsVoice, Choosing, Mine, Seen
from tests.browser.scenes import Helped, Young, help_begins
from tests.browser.window import Window
from tests.support.live import LiveSystem

LEAD = "shirin.valizadeh"
FAMILY = Helped("Sesay", "Mariama", (Young("Jibril", dt.date(2017, 2, 19)),))
SYMBOLS = "Symbol cards, signs or eye-gaze"
QUIET = "A quiet corner with a lamp, at school and at home"
NEED = "Nobody at home knows his symbols"
LAMP = "He reaches for the lamp before he reaches for us"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo of a drawing on paper: a small white picture."""
    path = tmp_path / "drawing.png"
    path.write_bytes(a_png())
    return path


def test_a_boy_who_does_not_speak_from_agreement_to_the_end_of_help_without_javascript(
    window: OpenWindow, live: LiveSystem, photo: Path
) -> None:
    help_begins(live, FAMILY, signed_in_as(LEAD))
    desk = window(scripts=False)
    episode = the_family_agrees(MyFamilies(at_work(desk, signed_in_as(LEAD)).window))
    tasks = an_assessment_would_help(episode).start_with_what_is_known(present="Jibril and his mother, at school")
    jibril_is_heard(tasks.hear("Jibril"), photo)
    the_assessment_is_written(TaskList(desk))
    the_plan_answers_what_he_showed(Plan(desk))
    a_review_and_the_next_version(desk)
    his_mother_sees_one_thing_differently(desk)
    he_is_told_and_changes_his_mind(desk)
    the_help_ends(desk)


def the_family_agrees(home: MyFamilies) -> Episode:
    """His mother agrees."""
    agreement = home.open_family(FAMILY.family_name).agreement()
    return agreement.record().agreed(FAMILY.mother, FAMILY.names, today()).back_to_help()


def an_assessment_would_help(episode: Episode) -> StartAssessment:
    """Five questions; he may not be safe, so what was decided about that comes first."""
    episode.follow("Jibril Sesay")
    Record(episode.window).tab("CAF and plan").follow("Would an assessment help Jibril? Five questions")
    page = Checklist(episode.window).answer(
        "Jibril", healthy="Yes", safe="No", learning="Not sure", positive="Yes", poverty="Yes"
    )
    page = Safety(page.window).decide(
        decision=re.compile("not a referral now$"), who="Ayo Lindqvist, head teacher", why="He runs into the road."
    )
    page = page.tell("Somebody who knows his symbols", said="Please, at home too.").record()
    page.says("What you wrote here is filled in for you", "Ayo Lindqvist").follow("Start the assessment")
    start = StartAssessment(page.window)
    led_to = start.main.get_by_role("textbox", name="What has led to this assessment?")
    expect(led_to).to_have_value("Somebody who knows his symbols")
    return start


def jibril_is_heard(voice: ChildsVoice, photo: Path) -> None:
    """He touches cards, hides the tablet, goes on, and sends a drawing; then he is watched, too."""
    tablet = voice.window
    ways: Choosing = voice.listen().talks_by("Uses few words or none", "Uses symbols, signs or pictures to talk")
    assert SYMBOLS in ways.ways[:3]
    page = ways.hand_over(SYMBOLS).start().touch("Happy", "Tired").next()
    he_hides_and_comes_back(page.touch("Sad").next())
    people = Mine(tablet).skip().touch("Mum", "Pet").next()
    change = people.skip().touch("Music", "Quiet time").next()
    drawing = change.touch("Noise").next().says("Draw on paper and send a photo of it")
    drawing.unfold("Send a photo of a drawing")
    drawing.hand.send(drawing.main.get_by_label("A photo of your drawing"), photo)
    thanks = drawing.next().shown_to_helpers()
    heard = thanks.give_back(signed_in_as(LEAD).password)
    heard = heard.says("How do I feel today: Happy, Tired", "What do I want to change: Noise")
    expect(heard.main.get_by_role("img", name="Made by Jibril")).to_be_visible()
    heard = heard.look_today("Sad", done="Talked with him and his mother: the bus home is too loud.")
    seen = Seen(
        ("Watchful or tense",), ("Does the same again and again",), ("Settles with them",), LAMP, "His mother", today()
    )
    heard.listen().watch(seen).says(LAMP).all_sections()


def he_hides_and_comes_back(page: Mine) -> None:
    """Hide takes the page away and signs the tablet out; what he showed is kept, and he goes on where he was."""
    tablet = page.window
    asked = page.heading
    tablet.leaves(tablet.page.get_by_role("link", name="Hide", exact=True), "https://www.bbc.co.uk/weather")
    home = MyFamilies(SignIn.opened(tablet).sign_in(signed_in_as(LEAD)).window)
    episode = home.open_family(FAMILY.family_name)
    episode.follow("Finish the CAF")
    TaskList(tablet).hear("Jibril").says("Not finished", "Everything is kept").press("Hand over and go on")
    assert Mine(tablet).heading == asked


def the_assessment_is_written(tasks: TaskList) -> None:
    """Nineteen elements, the conclusion, and what his mother says about it."""
    element = tasks.section("Development of Jibril").answer("Knows every song", "Cannot say no", "I saw it")
    tasks = element.answer_the_rest_undrawn(18).says("19 of 19")
    tasks = tasks.conclude("Jibril", "Additional needs that several services must meet together", "Symbols everywhere.")
    tasks = tasks.comments("Jibril", "", FAMILY.mother, "Somebody asked him. Thank you.")
    tasks.check_and_complete().says("Everything is there").complete()


def the_plan_answers_what_he_showed(plan: Plan) -> None:
    """A goal, an action that answers his cards, a need that is looked at again at the end."""
    plan = plan.set_goal(change="He can say no", known_by="He uses the card for it", answers="Wider family")
    due_on = today() + dt.timedelta(days=20)
    his, hers = re.compile("^Jibril"), re.compile(FAMILY.mother_given_name)
    plan = plan.give_action(better="Less noise", action=QUIET, to=hers, due_on=due_on, answers=his)
    outcomes = plan.says(QUIET).outcomes()
    outcomes = outcomes.record(outcome="Better family relationships", need=NEED, evidence="His mother says so")
    outcomes = outcomes.look_again(NEED, when="At the start", how_far="Not yet", evidence="She does not know them")
    outcomes = outcomes.look_again(NEED, when="At the end", how_far="Achieved", evidence="She signs at supper")
    outcomes.says("She signs at supper")


def a_review_and_the_next_version(desk: Window) -> None:
    """A review; then the next version begins beside the last one, and what has changed is marked."""
    reviews = Episode(desk, re.compile("^Outcomes for ")).reviews()
    reviews = reviews.record(
        held_on=today(),
        next_on=add_working_days(today(), 30),
        present="Jibril, his mother, his teacher",
        progress="He has a corner of his own.",
        child="He showed: happy, quiet time.",
    )
    reviews.versions().follow("Start the next version")
    tasks = StartAssessment(desk).start(present="Jibril and his mother", what_led="The corner helps.")
    element = tasks.section("Development of Jibril").says("Last time", "Knows every song")
    element.press(re.compile("^Use these words for Strengths"))
    again = Element(desk)
    expect(again.main.get_by_role("textbox", name="Strengths")).to_have_value("Knows every song")
    again.write("Needs", "Says no with a card").tick("How do you know?", "I saw it").save_and_back()
    TaskList(desk).follow("Back to the family")
    compared = Episode(desk, re.compile("^CAF of the ")).versions().compare()
    compared.says("Cannot say", "with a card", "Not said yet").follow("All versions")


def his_mother_sees_one_thing_differently(desk: Window) -> None:
    """What she says stands beside the text, with what his worker says to it."""
    Episode(desk, re.compile("^CAF of the ")).follow(re.compile("^Version 1"))
    Sheet(desk, re.compile(", version 1$")).follow("What the family sees differently")
    Sheet(desk, "What the family sees differently").follow("Add what somebody says")
    form = Sheet(desk, "What does somebody see differently?").pick("What is it about?", re.compile("Wider family"))
    form.pick("Who sees it differently?", FAMILY.mother).write("What do they say?", "His uncle comes every Sunday.")
    form.date("When did they say so?", today()).press("Save")
    Sheet(desk, "What the family sees differently").says("every Sunday").follow(re.compile("^Answer, or say what came"))
    answer = Sheet(desk, f"{FAMILY.mother} sees it differently").write("What do you say to it?", "We write it down.")
    answer.choose("What came of it? (optional)", "Both views stand, one beside the other").press("Save")
    Sheet(desk, "What the family sees differently").says("We write it down.").follow("Back to the CAF")
    Sheet(desk, re.compile(", version 1$")).says("His uncle comes every Sunday.").follow("Back")


def he_is_told_and_changes_his_mind(desk: Window) -> None:
    """What came of what he showed stands on a page for him; then he wants fewer people to see it."""
    voice = Episode(desk, re.compile("^CAF of the ")).versions().voice_of("Jibril")
    voice = voice.answer("You have your corner now, with the lamp.").you_said(QUIET, "with the lamp")
    voice = voice.let_see("Only the person who wrote it down and the lead professional")
    voice.banner_says("choice holds from now on").all_sections()
    Sheet(desk, re.compile("^CAF of the ")).follow("Back")


def the_help_ends(desk: Window) -> None:
    """One service goes on helping."""
    plan = Episode(desk, re.compile("^CAF of the ")).plan().finish(QUIET, "Both lamps are lit.").reach_goal()
    closing = plan.overview().end_help()
    ended = closing.close(
        reason="Needs met: one service goes on helping",
        rating="Most of it",
        service="Speech and language therapy",
        way_back="Ring his school, or the front door.",
    )
    ended.banner_says("has ended").is_silent_about("Jibril")


def a_png() -> bytes:
    """A small white picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0))
    rows = zlib.compress(b"\0" + b"\xff" * 12 + (b"\0" + b"\xff" * 12) * 3)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
