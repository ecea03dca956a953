"""Every page that links lead to, for every role: it opens, and is sound HTML.

For the first role that comes to it, it is drawn: axe finds no fault, and it fits into 320 px. So it is for others when
they find anything in it that no page had that was drawn before; longer words alone are no reason.
"""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Error
from selectolax.lexbor import LexborNode
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tests.browser.conftest import OpenWindow
from tests.browser.demonstration import Person, first_of_each_role
from tests.browser.pages.accounts import at_work
from tests.browser.window import Window
from tests.support.page_checks import check_page
from tests.support.pages import Page

# Where else people come, beside the links from their first page: answers to what they typed, and work in a rare state.
FURTHER = {
    "Front door officer": ("/search?q=Nobody+Ofthisname",),
}
_RARE = "test_rare_pages.py"
# Pages that this walk does not come to: which test of this folder draws each, or why none does.
ELSEWHERE = {
    "health.alive": "for machines",
    "health.ready": "for machines",
    "health.metrics": "for machines",
    "accounts.stay": "for a script, shortly before somebody is signed out",
    "accounts.sign_in": "test_signing_in.py",
    "asking.question": "test_asking.py",
    "asking.danger": "test_asking.py",
    "asking.check": "test_asking.py",
    "asking.save": "test_asking.py",
    "asking.sent": "test_asking.py",
    "asking.both": "test_asking.py",
    "quiet.notes": "test_asking.py",
    "asking.leave": "test_asking.py",
    "caf.start": "test_story.py",
    **{
        f"caf.{name}": "needs a CAF that is being written: test_journey_one_child.py"
        for name in ("comments", "complete", "conclusion", "element", "header", "known", "people_of", "section")
    },
    "caf.compare_versions": "needs a CAF of two versions: test_journey_without_words.py",
    "caf.new_dispute": "test_journey_without_words.py",
    "caf.answer_dispute": "test_journey_without_words.py",
    "caf.add_score": "test_journey_one_child.py",
    "caf.answer_lead_request": "needs a worker who was asked to lead: test_journey_siblings.py",
    "caf.close_because": "test_journey_one_child.py",
    **{
        f"caf.{name}": "needs a paper that was prepared: test_journey_one_child.py"
        for name in ("paper_batch", "paper_copy", "paper_file")
    },
    **{
        f"caf.checklist_{step}": "needs a checklist that was begun: test_journey_without_words.py"
        for step in ("needs", "next", "outcome", "safety")
    },
    "caf.end_member": "needs somebody in the team beside its lead: test_journey_siblings.py",
    "caf.meeting_calendar": "a file for calendars",
    "caf.next_scale_version": "needs a scale that an administrator defined: test_team.py",
    "caf.record_meeting": "test_journey_one_child.py",
    "caf.move_meeting": "needs a meeting ahead: test_journey_one_child.py",
    "caf.cancel_meeting": "needs a meeting ahead: test_journey_siblings.py",
    "drafts.read": "test_drafts.py",
    "caf.readings": "needs a child who has spoken: test_journey_one_child.py",
    "caf.change_seeing": "needs a child who has spoken: test_journey_without_words.py",
    "caf.reply": "needs a child who has spoken: test_journey_one_child.py",
    "caf.voice_file": "a picture or recording: test_voice.py",
    "caf.voice_alert": "needs a child who said that something is wrong: test_journey_without_words.py",
    "caf.sit_down": "test_voice.py",
    "accounts.take_back": "test_voice.py",
    **{
        f"caf.{name}": "a child's own page: test_voice.py and the three journeys"
        for name in (
            "my_voice",
            "my_hello",
            "my_houses",
            "my_question",
            "my_pause",
            "my_file",
            "my_seeing_start",
            "my_seeing",
            "my_seeing_people",
            "my_seeing_family",
            "my_end",
            "my_thanks",
            "my_hide",
        )
    },
    "messages.read_message": "test_front_door.py",
    "people.compare_records": "test_links.py",
    "people.birth": "needs a baby who is expected: test_journey_siblings.py",
    "referrals.decide": "needs a contact that nobody else holds: test_story.py",
    "referrals.write_note": "needs a contact that nobody else holds: test_front_door.py",
    "referrals.ask_partner": "needs a contact that nobody else holds: test_front_door.py",
    "referrals.new_child": "needs a contact that nobody else holds: test_story.py",
    "referrals.new_adult": "needs a contact that nobody else holds: test_story.py",
    "referrals.rule_set_settings": "needs a draft of routing rules: test_rules.py",
    "referrals.withdraw_rule_set": "test_rules.py",
    "referrals.discard_rule_set": "test_rules.py",
    "referrals.answer": "test_offers.py",
    "referrals.answer_enquiry": "test_front_door.py",
    "referrals.ask": "test_offers.py",
    "referrals.correct": "test_front_door.py",
    "referrals.wait": "test_offers.py",
    "referrals.change": "test_offers.py",
    "referrals.disagree": "test_offers.py",
    "referrals.disagreement": "test_offers.py",
    "referrals.offer_by_hand": "test_offers.py",
    "referrals.service_data": "for machines",
    "referrals.services_data": "for machines",
    "referrals.add_rule": "test_rules.py",
    "referrals.change_rule": "needs a draft of routing rules: test_rules.py",
    "referrals.rehearsal": "test_rules.py",
    "referrals.approve_rule_set": "test_rules.py",
    **dict.fromkeys(
        (
            "accounts.hand_over_work",
            "asking.open_own",
            "asking.record_ended",
            "caf.audit_invited",
            "caf.invite_to_audit",
            "caf.invited",
            "people.declared",
            "people.new_family",
            "referrals.answer_disagreement",
            "referrals.care_outcome",
            "referrals.give_back",
            "referrals.later_outcome",
            "referrals.move_ahead",
            "referrals.move_up",
            "referrals.name_worker",
            "referrals.reopen_service",
            "referrals.send_again",
            "referrals.settle_disagreement",
            "referrals.take_up",
        ),
        _RARE,
    ),
}


@pytest.fixture(scope="module")
def routes(app: Flask) -> MapAdapter:
    """Which endpoint an address belongs to."""
    return app.url_map.bind("localhost")


@pytest.fixture(scope="module")
def reached() -> dict[str, set[str]]:
    """The endpoints that each role has reached."""
    return {}


@dataclass
class Seen:
    """What was drawn: the pages, by their endpoints, and all that they were made of."""

    endpoints: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def seen() -> Seen:
    """What any role has had drawn."""
    return Seen()


@pytest.mark.parametrize("person", first_of_each_role(), ids=lambda person: person.role)
def test_every_page_that_a_role_can_reach_is_in_order(
    window: OpenWindow, routes: MapAdapter, reached: dict[str, set[str]], seen: Seen, person: Person
) -> None:
    shown = window()
    at_work(shown, person)
    faults = []
    reached[person.role] = set()
    waiting = deque([urlsplit(shown.page.url).path, *FURTHER.get(person.role, ())])
    while waiting:
        path = waiting.popleft()
        endpoint = endpoint_of(routes, path)
        if endpoint is None or endpoint in reached[person.role]:
            continue
        reached[person.role].add(endpoint)
        try:
            if endpoint in seen.endpoints:
                waiting.extend(read(shown, path, seen))
            else:
                waiting.extend(drawn(shown, path, seen))
                # A page may lead on at once to another, which is then the one that was drawn.
                seen.endpoints.add(endpoint_of(routes, urlsplit(shown.page.url).path) or endpoint)
        except AssertionError as fault:
            faults.append(f"{path} ({endpoint}): {fault}")
            shown.faults.clear()
    assert not faults, "\n\n".join(faults)


def test_every_page_is_reached_by_somebody(app: Flask, reached: dict[str, set[str]]) -> None:
    if len(reached) < len(first_of_each_role()):
        pytest.skip("not every role has walked")
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - {"static"}
    assert pages - set().union(*reached.values()) <= set(ELSEWHERE)


def test_what_the_walk_does_not_come_to_is_drawn_by_a_test_that_is_there(app: Flask) -> None:
    here, no_page = Path(__file__).parent, ("for machines", "for a script, ", "a file for ")
    assert set(ELSEWHERE) <= {rule.endpoint for rule in app.url_map.iter_rules()}
    rare = (here / _RARE).read_text(encoding="utf-8")
    for endpoint, why in ELSEWHERE.items():
        named = re.findall(r"\S+\.py", why)
        assert named or why.startswith(no_page), f"{endpoint}: no test is named"
        assert all((here / name).is_file() for name in named), f"{endpoint}: {why}"
        assert why != _RARE or endpoint in rare, f"{endpoint} is not in {_RARE}"


def test_a_page_is_of_the_same_kinds_whatever_it_says_and_however_often() -> None:
    page = "<body><h1>Help</h1><ul class=app-next><li>{}</li></ul>{}</body>"
    plain = kinds_of(Page(page.format("Ada", "")))
    assert kinds_of(Page(page.format("Bo</li><li>Cy", ""))) == plain
    for new in ("<h3>Notes</h3>", "<p class=app-muted></p>", "<p hidden></p>", "<p role=alert></p>"):
        assert not kinds_of(Page(page.format("Ada", new))) <= plain
    once, twice = (kinds_of(Page(page.format("Ada", "<nav aria-label=Home></nav>" * times))) for times in (1, 2))
    assert not twice <= once


def drawn(shown: Window, path: str, seen: Seen) -> list[str]:
    """Open a page as a reader does, and have it checked; gives back where its links lead."""
    html = opened_as_page(shown, path)
    if not html:
        return []
    page = Page(html)
    check_page(page, 200)
    shown.check()
    seen.parts |= kinds_of(page)
    return links_on(shown)


def read(shown: Window, path: str, seen: Seen) -> list[str]:
    """Read a page with the cookies of the window, and have it drawn if it holds what is new; where its links lead."""
    answer = shown.page.request.get(shown.address + path)
    assert answer.status == 200, f"a link leads to {path}, which answers {answer.status}"
    if not answer.headers["content-type"].startswith("text/html"):
        return []
    page = Page(answer.text())
    check_page(page, answer.status)
    if not kinds_of(page) <= seen.parts:
        return drawn(shown, path, seen)
    return ours(shown, *(urljoin(answer.url, link.attrs.sget("href")) for link in page.tree.css("a[href]:not([role])")))


def kinds_of(page: Page) -> set[str]:
    """What a page is made of: its kinds of parts, each with all that it lies in, what follows what, and what is double.

    A part is of the kind of its tag, class, role and the names of its other attributes.
    """
    found: set[str] = set()

    def walk(node: LexborNode, within: str) -> None:
        told = node.attrs
        here = f"{within} {node.tag}.{told.sget('class', '')}.{told.sget('role', '')}.{','.join(told)}"
        found.add(here)
        for child in node.iter():
            walk(child, here)

    assert page.tree.root is not None, "there is no page"
    walk(page.tree.root, "")
    headings = [heading.tag for heading in page.tree.css("h1, h2, h3, h4, h5, h6")]
    found.update(f"{one} before {other}" for one, other in pairwise(headings))
    places = Counter(
        f"{place.tag} {place.attrs.sget('role')} {place.attrs.sget('aria-label')}"
        for place in page.tree.css("nav, section, form, aside, [role]")
    )
    found.update(f"{place} {times} times" for place, times in places.items() if times > 1)
    return found


# As a reader finds them; asking for them by their role takes several times as long.
_LINKS = """
() => [...document.links]
  .filter((link) => !link.hasAttribute('role') && link.checkVisibility({ visibilityProperty: true }))
  .map((link) => link.href)
"""


def links_on(shown: Window) -> list[str]:
    """The addresses of ours that the page links to, with their queries."""
    return ours(shown, *shown.page.evaluate(_LINKS))


def ours(shown: Window, *addresses: str) -> list[str]:
    """Which of these addresses are ours, as paths with their queries."""
    split = [urlsplit(address) for address in addresses]
    return [
        part.path + (f"?{part.query}" if part.query else "")
        for part in split
        if part.netloc and f"//{part.netloc}" in shown.address
    ]


def endpoint_of(routes: MapAdapter, path: str) -> str | None:
    """The endpoint behind an address; None for what is no page."""
    try:
        endpoint, _values = routes.match(urlsplit(path).path, method="GET")
    except HTTPException:
        return None
    return None if endpoint == "static" else str(endpoint)


def opened_as_page(shown: Window, path: str) -> str:
    """Go to an address; its HTML, or nothing when it answers a file, to be kept or for machines, and no page."""
    try:
        answer = shown.page.goto(shown.address + path)
    except Error as why:
        if "Download is starting" not in why.message:
            raise
        return ""
    if answer is None or answer.status != 200:
        raise AssertionError(f"a link leads to {path}, which answers {answer and answer.status}")
    return answer.text() if answer.headers["content-type"].startswith("text/html") else ""
