"""Drafting a set of routing rules, rehearsing it, and switching to it."""

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.families import today
from tests.browser.pages.accounts import SignIn
from tests.browser.pages.rule_sets import Rehearsal, RuleSet, RuleSets, RuleSheet
from tests.browser.pages.sheet import Sheet

NAME = "Young people with special needs to their own service"
YOUNG = "Special educational needs under five"
SERVICE = "Speech and language early help"


def test_a_set_is_drafted_rehearsed_and_made_live_by_a_second_person(window: OpenWindow) -> None:
    administrator = RuleSets.of(SignIn.opened(window(scripts=False)).sign_in(signed_in_as("administrator")))
    draft = administrator.draft(NAME).says("No rule yet").says("Draft")
    form = draft.add_rule().write("What is the rule called?", YOUNG).unfold("Needs")
    form.tick("Any of these needs", "Special educational needs").write("to", "4")
    draft = _send_to_service(form).says("0 to 4", f"Ask {SERVICE} first")
    form = draft.add_rule().write("What is the rule called?", "Special educational needs under three")
    form.unfold("Needs").tick("Any of these needs", "Special educational needs").write("to", "2")
    draft = _send_to_service(form).says(f"“{YOUNG}” before it takes every referral that it fits")
    draft = draft.move_up("Special educational needs under three").is_silent_about("It can never speak")
    draft.settings().write("Working days in which a service answers", "5").press("Save")
    draft = RuleSet(administrator.window)
    rehearsal = draft.rehearse().says("You can leave this page").finished()
    rehearsal.says("would have gone elsewhere", "how long the last family would wait")
    number = int(rehearsal.back().says("Rehearsed").heading.split(":")[0].removeprefix("Set "))

    manager = RuleSets.of(SignIn.opened(window(scripts=False)).sign_in(signed_in_as("manager")))
    approved = manager.open(number, NAME)
    approved.follow("See what the rehearsal found")
    live = Rehearsal(manager.window).back().approve(today()).banner_says(f"Set {number} is approved")
    live.says("This set routes referrals now").follow("Routing rules")
    Sheet(live.window, "Routing rules").says("Superseded", "Live")


def _send_to_service(form: RuleSheet) -> RuleSet:
    form.choose("What happens with a referral that fits?", "Ask one service first").pick("Which service?", SERVICE)
    return form.save()
