"""The directory: a lead professional finds a service, an administrator changes it and sees what it said before."""

import re
from urllib.parse import urlsplit

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import signed_in_as
from tests.browser.families import today
from tests.browser.pages.accounts import at_work
from tests.browser.pages.sheet import Sheet

SERVICE = "Young carers"


def test_a_service_is_found_by_what_a_child_needs_and_its_language(window: OpenWindow) -> None:
    shown = window(scripts=False)
    at_work(shown, signed_in_as("spoc")).follow_navigation("Services")
    directory = Sheet(shown, "Services").pick("Need", re.compile("^Young carer")).write("Age of the child", "9")
    directory.pick("Language", re.compile("^Urdu")).press("Show services")
    Sheet(shown, "Services").says("1 service fits what you chose").follow(SERVICE)
    service = Sheet(shown, SERVICE)
    service.says("Tideway Centre", "English, Urdu", "Places and wait", "Refer from the child’s record")


def test_an_administrator_changes_a_service_and_what_it_said_is_kept(window: OpenWindow) -> None:
    shown = window(scripts=False)
    at_work(shown, signed_in_as("administrator")).follow_navigation("Services")
    Sheet(shown, "Services").follow("Keep the directory")
    Sheet(shown, "Keep the directory of services").follow(SERVICE)
    where = urlsplit(shown.page.url).path
    Sheet(shown, SERVICE).follow("Change it")
    form = (
        Sheet(shown, f"Change {SERVICE}").write("Oldest age", "25").write("Why is this changed?", "The contract grew")
    )
    form.press("Save")
    Sheet(shown, SERVICE).banner_says("The directory is changed").says("5 to 25").follow("Earlier versions")
    Sheet(shown, f"Earlier versions of {SERVICE}").says("The contract grew", "Oldest age")
    shown.open(where)
    Sheet(shown, SERVICE).follow("Set places")
    places = Sheet(shown, f"Places of {SERVICE}").pick("Cluster", "Leigh")
    places.write("Families that it can help at one time", "30").date("From", today()).press("Set the places")
    Sheet(shown, f"Places of {SERVICE}").banner_says("The places are set").says("30")
    shown.open(where)
    Sheet(shown, SERVICE).follow("Close it")
    Sheet(shown, f"Close {SERVICE} to new referrals").says("families whom it helps now stay with it")
