"""``python -m tests.browser.screenshots``: the pictures of ``docs/screenshots``, from a running demonstration.

Everything is started for the purpose and stopped afterwards. Wide pictures are 1280 px, those of a telephone 320 px.
"""

import datetime as dt
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from locality.running import postgres
from tests.browser import chromium, families, pictures
from tests.browser.demonstration import Person, signed_in_as, worker_of
from tests.browser.pages.accounts import SignIn
from tests.browser.pages.asking import Asking
from tests.browser.pages.caf import MyFamilies
from tests.browser.pages.contacts import FrontDoor
from tests.browser.pages.people import Comparison, Record, Search
from tests.browser.pages.referrals import Referral
from tests.browser.pages.sheet import Sheet
from tests.browser.running import demonstration
from tests.browser.window import NARROW, WIDE, Window
from tests.support.live import ROOT

FOLDER = ROOT / "docs" / "screenshots"
FAMILY = families.WETHERALL


@dataclass(slots=True)
class Camera:
    """Takes pictures of what a person's window shows."""

    browser: Browser
    address: str
    folder: Path

    def desk(self, person: Person) -> Sheet:
        """Somebody signed in, on their first page."""
        window = Window(self.browser, self.address)
        return SignIn.opened(window).sign_in(person)

    def take(
        self, sheet: Sheet, name: str, *, height: int = WIDE["height"], top: int = 0, narrow: bool = False
    ) -> None:
        """A picture of a page from ``top`` on: as wide as a desk's screen and ``height`` px high, or a telephone's."""
        sheet.page.set_viewport_size(NARROW if narrow else {"width": WIDE["width"], "height": height})
        sheet.page.evaluate("(top) => { document.activeElement.blur(); window.scrollTo(0, top) }", top)
        path = self.folder / f"{name}{'-320' if narrow else ''}.png"
        path.write_bytes(pictures.lighter(self.browser, sheet.page.screenshot(animations="disabled")))
        sheet.page.set_viewport_size(WIDE)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")


def the_front_door(camera: Camera) -> str:
    """The queue, a contact with brothers and sisters, and the way that a referral took; the service that has it."""
    front_door = FrontDoor(camera.desk(signed_in_as("spoc")).window)
    camera.take(front_door, "front-door")
    camera.take(front_door, "front-door", narrow=True)
    front_door.main.get_by_role("row").filter(has_text="answer late").first.get_by_role("link").first.click()
    Sheet(front_door.window).follow("Screening")
    camera.take(Sheet(front_door.window), "screening", height=1100, top=430)
    front_door.window.open("/front-door")
    front_door = FrontDoor(front_door.window)
    contact = front_door.record_contact().tell(FAMILY.call).describe(FAMILY.elder).live_at(*FAMILY.home).record()
    contact = contact.take().rate("Amber").add_child().describe(FAMILY.younger).add()
    contact = contact.add_adult().add(FAMILY.mother, FAMILY.mother_family_name, "Mother")
    contact.page.reload()
    camera.take(contact, "contact", height=1000)
    for child in (FAMILY.elder, FAMILY.younger):
        decision = contact.decide_for(child.given_name)
        contact = decision.decide(families.EARLY_HELP)
    referral: Referral = contact.see_referral(FAMILY.elder.given_name).routed().how_it_was_found()
    camera.take(referral, "referral-trace", height=1400, top=1050)
    service = referral.service
    the_same_child(camera, front_door.window)
    return service


def the_same_child(camera: Camera, window: Window) -> None:
    """Two records that were taken for one child, side by side."""
    window.open("/links")
    row = Sheet(window, "Linked records").main.get_by_role("row").filter(has_text="Undone")
    one, other = re.findall(r"PE-\w{4}-\w{3}", row.get_by_role("rowheader").inner_text())
    record = Search.everywhere(window, one).open_person(re.compile(r"\w"))
    record.tab("People").follow("Look for records of the same person")
    Sheet(window, re.compile("^Who may be the same as")).write("Reference of the other record", other).press("Compare")
    camera.take(Comparison(window), "compare", height=1100)


def the_family(camera: Camera) -> None:
    """Asking for help on a telephone: the first page, and what is going on."""
    page = Asking.opened(Window(camera.browser, camera.address))
    camera.take(page, "ask-for-help", narrow=True)
    page = page.begin()
    page.write("Your first name", "Joanna").choose("Who are you to the children?", "I am their mum, dad or step-parent")
    page = page.turn("About this child").add_child("Imani", "Wetherall", families.today() - dt.timedelta(days=3000))
    camera.take(page, "ask-for-help-children", narrow=True)


def the_service(camera: Camera, service: str) -> None:
    """The inbox with the offer."""
    inbox = camera.desk(worker_of(service)).follow_navigation("Inbox")
    camera.take(Sheet(inbox, "Inbox"), "inbox")
    camera.take(Sheet(inbox, "Inbox"), "inbox", narrow=True)


def the_lead_professional(camera: Camera) -> None:
    """What needs them, a family and one of its children, the CAF, a child's own words."""
    home = MyFamilies(camera.desk(signed_in_as("lead")).window)
    camera.take(home, "my-families")
    camera.take(home, "my-families", narrow=True)
    tasks = home.go_on_with_assessment()
    camera.take(tasks, "caf", height=1100)
    voice = tasks.first_voice().add(FAMILY.voice, present="Nobody else", on=families.today())
    voice.page.reload()
    camera.take(voice, "voice", height=700)
    element = voice.back().section("Family and surroundings")
    element.write("Strengths", "Grandmother lives in the next street and is at the school gate every day.")
    element.write("Needs", "Nobody else nearby; when mum works late, the children are alone.").is_kept()
    camera.take(element, "caf-element", height=1150)
    episode = home.home().open_family_at("Hold the review")
    camera.take(episode, "episode", height=1000)
    episode.main.get_by_role("rowheader").first.get_by_role("link").click()
    camera.take(Sheet(episode.window), "record", height=1100)
    camera.take(Record(episode.window).tab("People"), "family-tree", height=1100)


def the_others(camera: Camera) -> None:
    """Signing in, a caseload, the triangle, who looked, the background work."""
    camera.take(SignIn.opened(Window(camera.browser, camera.address)), "sign-in", height=700)
    camera.take(camera.desk(signed_in_as("supervisor")), "caseload")
    triangle = camera.desk(signed_in_as("manager"))
    camera.take(triangle, "triangle", height=1100)
    camera.take(triangle, "triangle", narrow=True)
    camera.take(camera.desk(signed_in_as("dataprotection")), "who-looked", height=700)


def main() -> int:
    """Take every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres.temporary() as server,
        demonstration(server, Path(folder)) as system,
        chromium.opened(chromium.program()) as browser,
    ):
        camera = Camera(browser, system.address, FOLDER)
        the_service(camera, the_front_door(camera))
        the_lead_professional(camera)
        the_others(camera)
        the_family(camera)
    return 0


if __name__ == "__main__":
    sys.exit(main())
