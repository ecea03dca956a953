"""Working together on a family's plan in a browser: goal, meeting, review, scores, needs, the end; by role."""

import datetime as dt
import re

import pytest

from locality.demo.together import SHOWN_EPISODE
from locality.kernel.clock import add_working_days
from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.families import today
from tests.browser.pages.accounts import SignIn
from tests.browser.pages.caf import MyFamilies, Outcomes, Plan
from tests.browser.pages.sheet import Sheet

CALM = "Evenings without shouting"
NEED = "Mornings are missed at nursery"


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_from_the_plan_by_a_meeting_and_scores_to_the_end(window: OpenWindow, *, scripts: bool) -> None:
    home = MyFamilies(SignIn.opened(window(scripts=scripts)).sign_in(signed_in_as("lead")).window)
    episode = home.open_family_at("Hold the review")
    where = episode.page.url
    plan = a_goal_with_an_action(episode.plan())
    meeting = plan.reviews().arrange(on=add_working_days(today(), 8), at="3:30pm", where="Children’s centre, room 2")
    meeting.says("Put it into your calendar")
    kept = meeting.record(
        progress="Four calm evenings a week.", child="We read at bedtime.", next_on=add_working_days(today(), 30)
    )
    kept.says("Four calm evenings a week.", "We read at bedtime.", CALM)
    scored_twice(plan, where)
    plan.window.page.goto(where)
    needs = a_need_met(MyFamiliesEpisode(plan.window).outcomes())
    needs.window.page.goto(where)
    closing = MyFamiliesEpisode(needs.window).end_help().because("Another reason")
    closing.choose("How much of what was hoped for has been achieved?", "Most of it")
    closing.write("What happened?", "The family asked to go on by itself.").press("End the help")
    MyFamilies(closing.window).banner_says("has ended")


def a_goal_with_an_action(plan: Plan) -> Plan:
    """What should change, and the lead takes a first step on."""
    plan = plan.set_goal(
        change=CALM, known_by="Nobody shouts before bed", answers="Guidance, boundaries and stimulation"
    )
    plan = plan.give_action(
        better=CALM,
        action="Bedtime chart on the fridge",
        to=re.compile(f"^{signed_in_as('lead').name}"),
        due_on=today() + dt.timedelta(days=21),
    )
    return plan.says(CALM, "Bedtime chart on the fridge")


def scored_twice(plan: Plan, where: str) -> None:
    """Two scores of the same kind show how far a child has come."""
    plan.window.page.goto(where)
    scores = MyFamiliesEpisode(plan.window).scores()
    scores = scores.add(0, (8, 6, 9, 5, 3), on=today() - dt.timedelta(days=70))
    scores.add(0, (4, 3, 6, 3, 7), on=today()).says("better", "as a teacher sees it")


def a_need_met(outcomes: Outcomes) -> Outcomes:
    """A need is recorded with evidence, and looked at again."""
    outcomes = outcomes.record(
        outcome="Getting a good education", need=NEED, evidence="The nursery’s register: two days of five"
    )
    return outcomes.look_again(NEED, when="At a review", how_far="Achieved", evidence="Every day since half-term").says(
        "Every day since half-term"
    )


def test_what_waits_for_a_partner_is_on_one_page(window: OpenWindow) -> None:
    shown = window()
    SignIn.opened(shown).sign_in(signed_in_as("lead"))
    shown.open("/to-do")
    Sheet(shown, "To do").says("My actions", "Meetings")


def test_the_finished_caf_of_the_user_guide_is_opened_at_once(window: OpenWindow) -> None:
    shown = window()
    SignIn.opened(shown).sign_in(signed_in_as("manager"))
    shown.open("/quality")
    Sheet(shown, "Are assessments getting better?").says("Items met, by cluster and month")
    # A reference leads straight to its record.
    shown.page.get_by_role("search").first.get_by_role("searchbox").fill(SHOWN_EPISODE)
    shown.page.get_by_role("search").first.get_by_role("button", name="Search").click()
    Sheet(shown, re.compile(" family$")).says("Early help ended", "How it ended")


class MyFamiliesEpisode(Plan):
    """The overview of a family's help, opened by its address."""

    HEADING = re.compile(r" family$")
