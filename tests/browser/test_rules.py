"""Drafting a set of routing rules, rehearsing it, switching to it, withdrawing one and throwing one away."""

import datetime as dt
import re

import pytest

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.families import today
from tests.browser.pages.accounts import at_work
from tests.browser.pages.rule_sets import Rehearsal, RuleSet, RuleSets, RuleSheet
from tests.browser.pages.sheet import Sheet
from tests.browser.undrawn import Undrawn
from tests.browser.window import Window
from tests.support.live import LiveSystem

NAME = "Young people with special needs to their own service"
YOUNG = "Special educational needs under five"
SERVICE = "Speech and language early help"


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_a_set_is_drafted_rehearsed_and_made_live_by_a_second_person(window: OpenWindow, *, scripts: bool) -> None:
    administrator = RuleSets.of(at_work(window(scripts=scripts), signed_in_as("administrator")))
    draft = administrator.draft(NAME).says("No rule yet").says("Draft")
    form = draft.add_rule().write("What is the rule called?", YOUNG).unfold("Needs")
    form.tick("Any of these needs", "Special educational needs").write("to", "4")
    draft = _send_to_service(form).says(
        f"When the family needs help with special educational needs and a child is 0 to 4, ask {SERVICE} first."
    )
    form = draft.copy(YOUNG).says("Say now what is different about the copy")
    form.write("What is the rule called?", "Special educational needs under three").write("to", "2")
    draft = form.save().says(f"“{YOUNG}” before it takes every referral that it fits")
    draft = draft.move_up("Special educational needs under three").is_silent_about("It can never speak")
    draft.settings().write("Working days in which a service answers", "5").press("Save")
    draft = RuleSet(administrator.window)
    rehearsal = draft.rehearse().says("You can leave this page").finished()
    rehearsal.says("would have gone elsewhere", "how long the last family would wait")
    number = int(rehearsal.back().says("Rehearsed").heading.split(":")[0].removeprefix("Set "))

    manager = RuleSets.of(at_work(window(scripts=scripts), signed_in_as("manager")))
    approved = manager.open(number, NAME)
    approved.follow("See what the rehearsal found")
    approved = Rehearsal(manager.window).back()
    approved.follow("Compare with the live set")
    Sheet(manager.window, "Compare two sets of rules").says("2 rules added", SERVICE).follow(f"set {number}")
    live = RuleSet(manager.window).approve(today()).banner_says(f"Set {number} is approved")
    live.says("This set routes referrals now").follow("History of this set")
    history = Sheet(live.window, f"History of set {number}").says(
        "Copied the rule", "Moved", "Approved, to be live from"
    )
    history.follow(f"Set {number}: {NAME}")
    RuleSet(live.window).follow("Routing rules")
    Sheet(live.window, "Routing rules").says("Superseded", "Live")


def drafted(administrator: Window, name: str) -> Undrawn:
    """A copy of the first set, drafted without being drawn."""
    form = Undrawn.opened(administrator, "/admin/routing-rules").follow("Draft a new set")
    form.write("What changes with this set?", name).pick("Begin with a copy of", re.compile("^Set 1:"))
    return form.press("Draft the set")


def test_an_approved_set_is_withdrawn_before_its_day_and_a_draft_is_thrown_away(
    window: OpenWindow, live: LiveSystem
) -> None:
    administrator = at_work(window(scripts=False), signed_in_as("administrator")).window
    draft = drafted(administrator, "Nothing different from summer on")
    rehearsal = draft.press("Rehearse this set").path
    live.until(
        lambda: "You can leave this page" not in Undrawn.opened(administrator, rehearsal).main, "the rehearsal to end"
    )
    number = int(draft.heading.split(":")[0].removeprefix("Set "))

    manager = RuleSets.of(at_work(window(scripts=False), signed_in_as("manager")))
    approved = manager.open(number, "Nothing different from summer on").approve(today() + dt.timedelta(days=40))
    approved.follow("Withdraw this set")
    sheet = Sheet(manager.window, f"Withdraw set {number}")
    sheet.press("Withdraw it")
    sheet.says("Enter why the set is withdrawn").write("Why is it withdrawn?", "Too early").press("Withdraw it")
    RuleSet(manager.window).says("This set was withdrawn before it was live", "Too early")

    drafted(administrator, "A draft that nobody needs").follow("Throw this draft away").draw()
    Sheet(administrator, re.compile("^Throw set")).write("Why is it not needed? (optional)", "A trial").press(
        "Throw it away"
    )
    RuleSet(administrator).says("Thrown away", "A trial").is_silent_about("Add a rule")


def _send_to_service(form: RuleSheet) -> RuleSet:
    form.choose("What happens with a referral that fits?", "Ask one service first").pick("Which service?", SERVICE)
    return form.save()
