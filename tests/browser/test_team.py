"""Around the work on a plan: what waits for a partner, a finished CAF to look at, and scales of one's own."""

import re

from locality.demo.together import SHOWN_EPISODE
from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.pages.accounts import at_work
from tests.browser.pages.sheet import Sheet

SCALE = "Mornings"


def test_the_finished_caf_of_the_user_guide_is_opened_at_once(window: OpenWindow) -> None:
    shown = window()
    at_work(shown, signed_in_as("manager"))
    shown.open("/quality")
    Sheet(shown, "Are assessments getting better?").says("Items met, by cluster and month")
    # A reference leads straight to its record.
    shown.page.get_by_role("search").first.get_by_role("searchbox").fill(SHOWN_EPISODE)
    shown.page.get_by_role("search").first.get_by_role("button", name="Search").click()
    Sheet(shown, re.compile(" family$")).says("Early help ended", "How it ended")


def test_an_administrator_defines_a_scale_and_its_next_version(window: OpenWindow) -> None:
    shown = window(scripts=False)
    at_work(shown, signed_in_as("administrator"))
    shown.open("/admin/scales")
    Sheet(shown, "Scales").follow("Define a scale")
    form = Sheet(shown, "Define a scale").write("What is it called?", SCALE).write("What is scored?", "Waking, 0 to 10")
    form.choose("Which way is better?", "Higher is better").tick("Who answers it?", "A parent or carer")
    form.write("Whose is it, and what may you do with it?", "Our own, free to use").press("Use it from now on")
    Sheet(shown, "Scales").says("Waking 0 to 10").follow(f"Next version of {SCALE}")
    form = Sheet(shown, f"Next version of {SCALE}").write("What is scored?", "Waking, 0 to 10\nLeaving, 0 to 10")
    form.press("Use it from now on")
    Sheet(shown, "Scales").says("Leaving 0 to 10")
