"""Three brothers and sisters, one not born yet, from the family's agreement to the end of help, on a telephone.

They share what the CAF says about their parents and their home; each has a development, a voice and conclusions of
their own. Another worker takes the lead over, and the family moves away.
"""

import datetime as dt
import re

from locality.kernel.clock import add_working_days
from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.families import today
from tests.browser.pages.accounts import at_work
from tests.browser.pages.assessment import TaskList
from tests.browser.pages.caf import Episode, MyFamilies, Plan
from tests.browser.pages.people import Record
from tests.browser.pages.sheet import Sheet
from tests.browser.pages.voice import ChildsVoice, Seen
from tests.browser.scenes import COLLEAGUE, Helped, Young, help_begins
from tests.browser.window import NARROW, Window
from tests.support.live import LiveSystem

LEAD, NEXT_LEAD = "catrin.bevan", "roisin.quilty"
FAMILY = Helped(
    "Hrubá",
    "Petra",
    (
        Young("Adéla", dt.date(2021, 5, 11)),
        Young("Matouš", dt.date(2024, 9, 2)),
        Young(due_on=today() + dt.timedelta(days=12)),
    ),
)
BABY = "Baby Hrubá"
SHARED = "Both parents sit down to supper with the children"
COT = "A cot and a warm room before the birth"


def test_three_siblings_from_agreement_to_the_end_of_help_on_a_telephone(window: OpenWindow, live: LiveSystem) -> None:
    help_begins(live, FAMILY, signed_in_as(LEAD))
    telephone = signed_in(window, LEAD)
    episode = the_family_agrees(MyFamilies(telephone))
    tasks = episode.start_assessment().start(present="All four, at home", what_led="The midwife asked for help.")
    tasks = what_is_shared(what_is_each_childs_own(tasks).says("36 of 43"))
    tasks = every_child_is_heard(tasks)
    the_caf_is_completed(tasks)
    each_sees_what_is_shared_once(telephone)
    the_plan_is_agreed(telephone)
    theirs = another_worker_takes_over(telephone, window)
    the_baby_is_born(theirs)
    the_family_moves_away(theirs)


def signed_in(window: OpenWindow, name: str) -> Window:
    """Somebody with a telephone."""
    theirs = window()
    theirs.resize(NARROW)
    return at_work(theirs, signed_in_as(name)).window


def the_family_agrees(home: MyFamilies) -> Episode:
    """The mother agrees for all three, and somebody of another service joins."""
    agreement = home.open_family(FAMILY.family_name).agreement()
    episode = agreement.record().agreed(FAMILY.mother, FAMILY.names, today()).back_to_help()
    helper = signed_in_as(COLLEAGUE).name
    return episode.team().add_worker(re.compile(f"^{helper}"), "Team member").says(helper).overview()


def what_is_each_childs_own(tasks: TaskList) -> TaskList:
    """Twelve elements for each of the three."""
    first = tasks.section("Development of Adéla").answer("Adéla laughs a lot.", "Adéla wakes at four.", "I saw it")
    tasks = first.answer_the_rest_undrawn(11).answer_undrawn("Development of Matouš", 12)
    return tasks.section(f"Development of {BABY}").not_discussed().answer_the_rest_undrawn(11)


def what_is_shared(tasks: TaskList) -> TaskList:
    """Seven elements are asked once, of the whole family."""
    first = tasks.section("Parents and carers").answer(SHARED, "Rent is owed for March", "A parent or carer said")
    return first.answer_the_rest_undrawn(6).says("43 of 43")


def every_child_is_heard(tasks: TaskList) -> TaskList:
    """Adéla chooses faces and who may see them, Matouš is watched, and somebody tries again with the baby."""
    tasks = adela_chooses_faces(tasks.hear("Adéla"))
    seen = Seen(
        ("Content", "Curious"), ("Explores and tries things",), ("Turns to them for comfort",),
        "He brought every shoe to his mother and waited for her to laugh.", "His mother", today(),
    )  # fmt: skip
    watched = tasks.hear("Matouš").listen().watch(seen).says("Mood: Content; Curious", "brought every shoe")
    watched.all_sections()
    baby = TaskList(tasks.window).hear(BABY)
    baby = baby.not_heard("The baby is not born yet", on=today(), next_try=today() + dt.timedelta(days=70))
    baby.says("Next try").all_sections()
    return TaskList(tasks.window).says("Adéla’s words added", "Matouš’s words added", "To try again")


def adela_chooses_faces(voice: ChildsVoice) -> TaskList:
    """Eight faces; then she chooses one helper, and her family."""
    telephone = voice.window
    page = voice.listen().hand_over("Faces, ladder or traffic lights").has_large_targets().start()
    for _ in range(8):
        page = page.has_large_targets().pick("Happy")
    thanks = page.has_large_targets().shown_to(signed_in_as(COLLEAGUE).name)
    thanks.give_back(signed_in_as(LEAD).password).says("At home: Happy").all_sections()
    return TaskList(telephone)


def the_caf_is_completed(tasks: TaskList) -> None:
    """Conclusions and comments for each child."""
    for child, level, words in (
        ("Adéla", "Additional needs that one service can meet", "I want a bed."),
        ("Matouš", "Additional needs that one service can meet", ""),
        (BABY, "No additional needs", ""),
    ):
        is_drawn = child == "Adéla"
        tasks = tasks.conclude(child, level, "Sleep, and room for one more.", is_drawn=is_drawn)
        tasks = tasks.comments(child, words, FAMILY.mother, "We are ready.", is_drawn=is_drawn)
    tasks.check_and_complete().says("Everything is there").complete()


def each_sees_what_is_shared_once(telephone: Window) -> None:
    """The CAF as a document names every child, and says once what is said of all."""
    versions = Plan(telephone).versions()
    versions.follow(re.compile("^Version 1"))
    document = Sheet(telephone, re.compile(", version 1$")).says(*FAMILY.names, "Adéla wakes at four.", SHARED)
    assert document.main.inner_text().count(SHARED) == 1
    document.follow("Back")
    versions.overview()


def the_plan_is_agreed(telephone: Window) -> None:
    """An action for the mother; a meeting is arranged, and called off."""
    plan = Episode(telephone).plan()
    due_on = today() + dt.timedelta(days=10)
    plan = plan.give_action(better="Warm", action=COT, to=re.compile("Petra"), due_on=due_on)
    meeting = plan.says(COT).reviews().arrange(on=add_working_days(today(), 8), at="10am", where="Children’s centre")
    meeting.call_off("She is in labour.").says("Called off: She is in labour.").overview()


def another_worker_takes_over(telephone: Window, window: OpenWindow) -> Window:
    """Somebody is asked, learns who it is about by saying yes, and leads from then on."""
    asked = signed_in_as(NEXT_LEAD)
    team = Episode(telephone).team()
    team = team.ask_to_lead(re.compile(f"^{asked.name}"), why="She is the health visitor at the new address.")
    team.says("Waits for an answer")
    theirs = signed_in(window, NEXT_LEAD)
    episode = MyFamilies(theirs).to_do().agree_to_lead(signed_in_as(LEAD).name)
    episode = episode.says(asked.name, "Adéla")
    episode.team().let_go(signed_in_as(COLLEAGUE).name, why="She does not work at the new address.").overview()
    return theirs


def the_baby_is_born(theirs: Window) -> None:
    """The expected baby becomes a child with a name, and keeps what is on record."""
    Episode(theirs).follow(BABY)
    Record(theirs).tab("Details").follow("Record the birth")
    birth = Sheet(theirs, f"Record the birth of {BABY}").date("Date of birth", today())
    birth.choose("Sex", "Female").write("First names", "Lenka").press("Record the birth")
    Record(theirs).banner_says("The birth is on record").says("Lenka Hrubá").follow("Home")


def the_family_moves_away(theirs: Window) -> None:
    """The plan is carried out; a review; then the new area is told, as the family wants it."""
    plan = MyFamilies(theirs).open_family(FAMILY.family_name).plan().finish(COT, "It stands by the window.")
    reviews = plan.reviews().record(
        held_on=today(),
        next_on=add_working_days(today(), 30),
        present="Everybody",
        progress="The room is warm.",
        child="Lenka sleeps next to me.",
    )
    form = reviews.overview().end_help().because("The family moved to another area")
    form.choose("How much of what was hoped for has been achieved?", "Some of it")
    form.write("To which council’s area does the family move?", "Thurrock")
    form.choose("Does the family agree that the new area is told?", "Yes")
    form.write("What do the children say about the help? (optional)", "I will miss Catrin.")
    form.write("What do parents and carers say about it? (optional)", "It came in time.").press("End the help")
    MyFamilies(theirs).banner_says("has ended")
