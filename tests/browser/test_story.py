"""The main job from end to end: a family's way from the first call to a figure on the triangle, by role.

Once with scripts and once without, for two different families.
"""

import datetime as dt
import re
from collections.abc import Callable

import pytest

from locality.kernel.clock import add_working_days
from tests.browser import families
from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import Person, signed_in_as, worker_of
from tests.browser.families import Family, today
from tests.browser.pages.accounts import Trail, at_work
from tests.browser.pages.assessment import TaskList
from tests.browser.pages.caf import Episode, MyFamilies
from tests.browser.pages.contacts import FrontDoor
from tests.browser.pages.insight import Triangle
from tests.browser.pages.people import Search
from tests.browser.pages.referrals import Inbox
from tests.browser.pages.sheet import Sheet

LEAD = "lead"
NEXT_LEAD = "eilidh.gunn"
ACTION = "Walk to the breakfast club together"

Desk = Callable[[Person], Sheet]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def family(*, scripts: bool) -> Family:
    return families.WETHERALL if scripts else families.BRZOZOWSKI


@pytest.fixture
def desk(window: OpenWindow, *, scripts: bool) -> Desk:
    """Somebody at a desk of their own, signed in, on their first page."""

    return lambda person: at_work(window(scripts=scripts), person)


def test_a_family_goes_from_a_call_to_a_figure_on_the_triangle(desk: Desk, family: Family) -> None:
    manager = Triangle(desk(signed_in_as("manager")).window).of(family.cluster)
    before = manager.went_down(3), manager.step_downs

    service, reference = the_front_door_refers(desk, family)
    the_service_accepts_and_finds_a_lead(desk, family, worker_of(service))
    lead = MyFamilies(desk(signed_in_as(LEAD)).window)
    episode = the_family_agrees(lead, family)
    the_assessment_is_written(episode, family)
    the_help_goes_on(lead, family)
    the_elder_steps_down(desk, lead, family)
    the_help_ends(lead, family)

    manager = manager.looked_at_again()
    assert manager.went_down(3) == before[0] + 1
    assert manager.step_downs == before[1] + 1
    trail = Trail(desk(signed_in_as("dataprotection")).window).about(reference)
    trail.says(signed_in_as(LEAD).name, signed_in_as(NEXT_LEAD).name)


def the_front_door_refers(desk: Desk, family: Family) -> tuple[str, str]:
    """A contact about two children, a decision for each, a referral that the worker routes.

    Gives back which service has it, and the reference of the elder child.
    """
    front_door = FrontDoor(desk(signed_in_as("spoc")).window)
    form = front_door.record_contact().refused().sends_back("Enter what was said")
    contact = form.tell(family.call).describe(family.elder).live_at(*family.home).record()
    contact = contact.take().rate("Amber").add_child().describe(family.younger).add()
    contact = contact.add_adult().add(family.mother, family.mother_family_name, "Mother")
    for child in (family.elder, family.younger):
        contact = contact.decide_for(child.given_name).decide(families.EARLY_HELP)
    reference = contact.says("Decided for every child").reference_of(family.elder.given_name)
    referral = contact.see_referral(family.elder.given_name).routed().how_it_was_found()
    referral.says("Offered to a service", family.elder.given_name, family.younger.given_name, family.elder.school)
    return referral.service, reference


def the_service_accepts_and_finds_a_lead(desk: Desk, family: Family, worker: Person) -> None:
    """The offer is in the service's inbox; one press takes the family on, and a lead professional is named."""
    inbox = Inbox(desk(worker).follow_navigation("Inbox"))
    inbox.accept(family.anybody).banner_says("Accepted")
    record = Search.everywhere(inbox.window, family.elder.given_name).open_person(family.members[1])
    episode = record.help().says("Nobody is lead professional")
    lead = signed_in_as(LEAD).name
    episode.name_lead().name(re.compile(f"^{lead}")).banner_says("has been named").says(lead)


def the_family_agrees(lead: MyFamilies, family: Family) -> Episode:
    """The mother agrees; without that there is no CAF."""
    agreement = lead.looked_at_again().open_family(family.name).agreement()
    return agreement.record().agreed(family.mother_name, family.members, today()).back_to_help()


def the_assessment_is_written(episode: Episode, family: Family) -> None:
    """Elements with strengths and needs, the children's own words, conclusions, what the family says to it."""
    tasks = episode.start_assessment().start(
        present="Both children and their mother, at home.", what_led="The school’s call, which the mother wanted."
    )
    tasks = an_assessment_of(tasks, family.elder.given_name, family)
    younger = family.younger.given_name
    tasks = tasks.answer_undrawn(f"Development of {younger}", 12)
    tasks = the_rest_about(tasks, younger, family, is_drawn=False)
    first = tasks.section("Parents and carers").answer("Warm, and honest with us.", "Sleep.", "I saw it")
    tasks = first.answer_the_rest_undrawn(6)
    tasks.check_and_complete().says("Everything is there").press("Complete the CAF")


def an_assessment_of(tasks: TaskList, name: str, family: Family) -> TaskList:
    """One child's part of the CAF."""
    first = tasks.section(f"Development of {name}")
    first.answer(f"{name} reads for pleasure.", f"{name} is tired by eleven.", f"{name} said", "Another worker said")
    return the_rest_about(first.answer_the_rest_undrawn(11), name, family, is_drawn=True)


def the_rest_about(tasks: TaskList, name: str, family: Family, *, is_drawn: bool) -> TaskList:
    """What a child says, what is concluded, and what the family says to it."""
    tasks = tasks.voice(name).add(family.voice, present="Nobody else", on=today()).says(family.voice).back()
    level = "Additional needs that several services must meet together"
    tasks = tasks.conclude(name, level, "Sleep and mornings.", is_drawn=is_drawn)
    return tasks.comments(name, "It is true.", family.mother_name, "That is us. Thank you.", is_drawn=is_drawn)


def the_help_goes_on(lead: MyFamilies, family: Family) -> None:
    """A plan, a team, a review, and the plan carried out."""
    plan = lead.home().open_family(family.name).plan()
    plan = plan.add_action(
        better="Mornings without shouting",
        action=ACTION,
        name="Idris Pemberton",
        due_on=today() + dt.timedelta(days=28),
    )
    team = plan.team().add_worker(re.compile(f"^{signed_in_as(NEXT_LEAD).name}"), "Team member")
    reviews = team.reviews().record(
        held_on=today(),
        next_on=add_working_days(today(), 40),
        present="The family, school and lead professional",
        progress="Bedtime is at eight; nobody was late this month.",
        child="We have toast with Mr Pemberton.",
    )
    reviews.says("Bedtime is at eight").plan().finish(ACTION, "Every school day since.").says("Done")


def the_elder_steps_down(desk: Desk, lead: MyFamilies, family: Family) -> None:
    """A move down with evidence and agreement; it counts when the person who takes over accepts it."""
    receiver = signed_in_as(NEXT_LEAD)
    form = lead.home().open_family(family.name).propose_move(family.elder.given_name)
    form.refused().sends_back("Select a stage other than the present one")
    form.propose(families.step_down(receiver.name)).says("Proposed")
    waiting = MyFamilies(desk(receiver).window)
    waiting.answer_move(family.anybody).accept().says("Moved down from stage 3 to stage 2")


def the_help_ends(lead: MyFamilies, family: Family) -> None:
    """The needs are met; one service stays in touch."""
    ended = (
        lead.home()
        .open_family(family.name)
        .end_help()
        .close(
            reason="Needs met: one service goes on helping",
            rating="Most of it",
            service=family.elder.school,
            way_back="Ring the front door, or tell any teacher.",
        )
    )
    ended.banner_says("ended").is_silent_about(f"{family.elder.given_name}, {family.younger.given_name}")
