"""One child, from the family's agreement to the end of help, by keys alone.

As somebody goes through it who writes three CAFs a year. What it takes is counted, and stands in the user guide.
"""

import datetime as dt
import io
import re

import pypdf
from playwright.sync_api import expect

from locality.kernel.clock import add_working_days
from locality.people.api import Told, Topic
from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.effort import Asked, Tally, asked_twice
from tests.browser.families import today
from tests.browser.hands import Keys
from tests.browser.pages.accounts import SignIn, at_work
from tests.browser.pages.assessment import StartAssessment, TaskList
from tests.browser.pages.caf import Episode, FamilyAgreement, MyFamilies, Outcomes, Plan
from tests.browser.pages.papers import Papers
from tests.browser.pages.sheet import Sheet
from tests.browser.pages.voice import ChildsVoice
from tests.browser.scenes import COLLEAGUE, Helped, Young, help_begins
from tests.browser.window import Window
from tests.support.live import ROOT, LiveSystem

LEAD = "dominic.achterberg"
LED_TO = "Ivo falls asleep in class since his father moved out in June."
WANTS = "Somebody to talk to about the nights."
FAMILY = Helped(
    "Aldercott",
    "Rosalind",
    (Young("Ivo", dt.date(2018, 3, 4)),),
    told=(Told(Topic.LED_TO, LED_TO), Told(Topic.WANTS, WANTS), Told(Topic.FIRST_LANGUAGE, "English")),
)
GOOD = "Gran lets me stir the soup"
CALM = "Ivo sleeps through the night"
CHART = "A bedtime chart on the fridge"
WALK = "Breakfast club, walked there with his gran"
NEED = "Misses the first lesson most days"
IVO = re.compile("^Ivo")
PLACES = re.compile(
    "^/caf/-$|^/caf/-/(about|known|people|sections|elements|conclusions|comments|voice/-$)|/my-voice/q/"
)
PROGRESS = re.compile(r"\d+ of \d+")
GUIDE = ROOT / "docs" / "user-guide.md"


def test_one_child_from_agreement_to_the_end_of_help_by_keys_alone(window: OpenWindow, live: LiveSystem) -> None:
    help_begins(live, FAMILY, signed_in_as(LEAD))
    desk = window()
    desk.hand = Keys(desk.page)
    tally = Tally(desk)
    home = MyFamilies(SignIn.opened(desk).sign_in(signed_in_as(LEAD)).window)
    tally.begin()
    agreement = home.open_family(FAMILY.family_name).agreement()
    episode = the_mother_agrees(agreement)
    tally.end("Recording the agreement")
    tasks = episode.start_assessment()
    the_sections_are_written(tasks)
    everything = tally.end("The CAF, from **Start** to **Complete**")
    the_family_gets_a_copy(desk)
    tally.begin()
    the_plan_is_agreed(Episode(desk, Papers.HEADING).plan())
    a_colleague_does_her_part(window)
    the_team_meets(desk)
    tally.end("Plan, team, a meeting and its record")
    it_is_measured(desk)
    tally.end("Two scores, a need looked at twice")
    the_help_ends(desk)
    tally.end("The end of help")
    assert asked_twice(everything) == {}
    assert without_progress(everything) == []
    missing = lines_missing_in_the_guide(tally)
    assert not missing, "\n".join(("docs/user-guide.md has to say what it takes now:", *missing))


def the_mother_agrees(agreement: FamilyAgreement) -> Episode:
    """She agrees, and gets the statement of it."""
    agreed = agreement.record().agreed(FAMILY.mother, FAMILY.names, today())
    agreed.follow(re.compile("^Statement to print and sign"))
    statement = Sheet(agreed.window, f"What the {FAMILY.family_name} family agreed to")
    statement.says("Keeping a child safe comes first").follow("Agreement of the family")
    return FamilyAgreement(agreed.window).back_to_help()


def the_sections_are_written(start: StartAssessment) -> None:
    """Every section in the order of the page; what is known stands there already."""
    led_to = start.main.get_by_role("textbox", name="What has led to this assessment?")
    expect(led_to).to_have_value(LED_TO)
    start.says(f"Told by {FAMILY.mother} to the front door on 14 September 2026")
    tasks = start.start_with_what_is_known(present="Ivo and Rosalind, at home")
    tasks = about_the_child(about_the_assessment(tasks))
    tasks = tasks.look_at("Parents, carers and who else belongs", FAMILY.mother)
    tasks = tasks.write_in("Family and home now", {"What has changed lately, or is about to?": "His father moved out."})
    tasks = tasks.write_in(
        "The whole story", {"What is going on in this family, as you understand it?": "Nobody sleeps, so nobody copes."}
    )
    tasks = tasks.conclude("Ivo", "Additional needs that several services must meet together", "Sleep, then mornings.")
    tasks = tasks.comments("Ivo", "That is right.", FAMILY.mother, "Thank you.")
    tasks.says("19 of 19").check_and_complete().says("Everything is there").complete()


def about_the_assessment(tasks: TaskList) -> TaskList:
    """Who was present, and who writes it."""
    tasks = tasks.write_in(
        "Who was present, what led to it",
        {"Who was present?": "Ivo, Rosalind and his gran, at home"},
        heading="About this assessment",
    )
    return tasks.write_in("Who writes this assessment", {"How can the family and others reach you?": "01702 555 0100"})


def about_the_child(tasks: TaskList) -> TaskList:
    """What is known is gone over, all nineteen elements are answered, and Ivo is heard."""
    known = tasks.known("Ivo").shows("What does the family want?", WANTS)
    known.write("GP and health visitor", "The Pall Mall Surgery").save()
    tasks = TaskList(known.window).write_in(
        "What Ivo and the parents need to take part", {"What does Ivo need to take part?": "His rabbit beside him"}
    )
    element = tasks.section("Development of Ivo").answer("Kind to younger ones", "Sleeps five hours", "I saw it")
    element.is_kept()
    # After the last element of the child, those of the whole family follow by themselves.
    tasks = element.answer_the_rest_briefly(18).says("19 of 19")
    return ivo_is_heard(tasks.hear("Ivo"))


def ivo_is_heard(voice: ChildsVoice) -> TaskList:
    """Ivo draws and writes in one of the three houses and leaves the others out; then his worker reads it."""
    desk = voice.window
    assert isinstance(desk.hand, Keys)
    houses = voice.listen().hand_over("Three houses: worries, good things, dreams").start()
    house = houses.go("House of Good Things")
    desk.hand.reach(house.sheet)
    for key in ("ArrowUp", "Space", "ArrowRight", "ArrowRight", "ArrowDown", "Space"):
        desk.page.keyboard.press(key)
    house.is_saved()
    strokes = desk.page.request.get(desk.page.url).text()
    assert "[500, 330, 520, 330, 540, 330, 540, 350]" in strokes.replace("&#34;", '"')
    words = house.next().write(re.compile("^Your words"), GOOD)
    done = words.next().go("I am done")
    voice = done.shown_to_helpers().give_back(signed_in_as(LEAD).password)
    voice = voice.says(GOOD).understand("He misses somebody who does things with him.")
    voice.all_sections()
    return TaskList(desk).says("Ivo’s words added")


def the_family_gets_a_copy(desk: Window) -> None:
    """Prepared, read, given; as a page and as a PDF. Ivo did not want her to see his words, so they are not in it."""
    papers = Episode(desk, re.compile("^Plan for ")).papers()
    batch = papers.prepare(whom=FAMILY.mother, what=re.compile("^The whole")).says("Kind to younger ones")
    batch = batch.give(FAMILY.mother)
    pages = pypdf.PdfReader(io.BytesIO(batch.pdf())).pages
    assert "Kind to younger ones" in " ".join(page.extract_text() for page in pages)
    copy = batch.print_page().says("Kind to younger ones").is_silent_about(GOOD)
    copy.follow("Back")
    batch.all_papers().says(FAMILY.mother)


def the_plan_is_agreed(plan: Plan) -> None:
    """A team, a goal, and two actions: one answers what Ivo said, one is a colleague's."""
    colleague = re.compile(f"^{signed_in_as(COLLEAGUE).name}")
    team = plan.team().add_worker(colleague, "Team member").add_family(FAMILY.mother)
    plan = team.says(FAMILY.mother).plan()
    plan = plan.set_goal(change=CALM, known_by="Awake at nine in class", answers="Emotional warmth and stability")
    soon = today() + dt.timedelta(days=21)
    plan = plan.give_action(better=CALM, action=CHART, to=colleague, due_on=soon)
    plan = plan.give_action(better=CALM, action=WALK, to=re.compile("Rosalind"), due_on=soon, answers=IVO)
    plan.says(CALM, CHART, WALK, GOOD)


def a_colleague_does_her_part(window: OpenWindow) -> None:
    """What she took on waits for her, and she says herself how far it is; by keys too."""
    hers = window()
    hers.hand = Keys(hers.page)
    home = MyFamilies(at_work(hers, signed_in_as(COLLEAGUE)).window)
    home.to_do().act(CHART, "Done", "It hangs there, with stars.").says("with stars")


def the_team_meets(desk: Window) -> None:
    """A meeting is arranged, moved by an hour, held and recorded."""
    reviews = Plan(desk).reviews()
    meeting = reviews.arrange(on=add_working_days(today(), 8), at="3:30pm", where="The school, library")
    meeting = meeting.says("Put it into your calendar", FAMILY.mother).move(at="4:30pm").says("4:30pm")
    held = meeting.record(
        progress="Four quiet nights a week.", child="I like the stars.", next_on=add_working_days(today(), 30)
    )
    plan = reviews.back_from(held.says("Four quiet nights a week.", CHART)).plan()
    plan.finish(WALK, "Every school day since.").reach_goal().says("Reached")


def it_is_measured(desk: Window) -> None:
    """Two scores of the same kind, and a need with what shows that it is met."""
    scores = Plan(desk).scores().add(0, (8, 6, 9, 5, 3), on=today() - dt.timedelta(days=70))
    outcomes: Outcomes = scores.add(0, (4, 3, 6, 3, 7), on=today()).says("better", "as a teacher sees it").outcomes()
    outcomes = outcomes.record(outcome="Getting a good education", need=NEED, evidence="The register: 9 of 20 mornings")
    outcomes = outcomes.look_again(NEED, when="At the start", how_far="Not yet", evidence="9 of 20 mornings")
    outcomes.look_again(NEED, when="At the end", how_far="Achieved", evidence="19 of 20 mornings").says("19 of 20")


def the_help_ends(desk: Window) -> None:
    """Ivo sees what came of his words; then the help ends, with what everybody says about it."""
    voice = Outcomes(desk).versions().voice_of("Ivo")
    voice.answer("Gran walks with you now, and there is soup on Fridays.").you_said(GOOD, WALK, "soup on Fridays")
    voice.all_sections()
    Sheet(desk, re.compile("^CAF of the ")).follow("Back")
    closing = Episode(desk, re.compile("^CAF of the ")).overview().end_help()
    ended = closing.close(
        reason="Needs met: universal services are enough now",
        rating="All of it",
        service="Westcliff school",
        way_back="Ring the school, or the front door.",
    )
    ended.banner_says("has ended").is_silent_about("Ivo")


def without_progress(pages: list[Asked]) -> list[str]:
    """Pages of the task list, and of the child's, that do not say how far one has come."""
    return sorted({page.path for page in pages if PLACES.search(page.path) and not PROGRESS.search(page.shows)})


def lines_missing_in_the_guide(tally: Tally) -> list[str]:
    """The lines that the user guide must have, with what each stretch took, and has not."""
    guide = GUIDE.read_text(encoding="utf-8")
    took = {**tally.stretches, "**Altogether**": tally.altogether}
    lines = [f"| {name} | {one.pages} | {one.clicks} | {one.boxes} |" for name, one in took.items()]
    return [line for line in lines if line not in guide]
