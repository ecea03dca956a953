"""An assessment from agreement to paper, as somebody who does three a year walks it; and nothing typed is ever lost."""

import datetime as dt
import re
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Browser, expect

from locality.app import create_app
from locality.caf.operations.commands import NameLead
from locality.caf.operations.roles import name_lead
from locality.caf.rules.words import NotObtained, VoiceTool
from locality.clusters.models import Cluster
from locality.kernel.actor import SYSTEM, Actor
from locality.kernel.db import bind_actor, db
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId
from locality.kernel.uow import unit_of_work
from locality.people import api as people
from locality.running import postgres
from locality.web.session import COOKIE
from tests.browser.families import today
from tests.browser.pages.assessment import Element, StartAssessment, TaskList
from tests.browser.pages.consent import Agreement
from tests.browser.pages.sheet import Sheet
from tests.browser.window import Window
from tests.factories.accounts import a_session_token
from tests.factories.caf import Household, a_draft, a_family, a_voice, an_agreement, an_episode, fill_in, helpers
from tests.support.live import LiveSystem
from tests.support.servers import TEMPLATE, settings_for


@dataclass
class Town:
    """A running system in which Amira Khan leads for one child, and for three siblings of whom one is unborn."""

    live: LiveSystem
    lead: Actor
    token: str
    one: Household
    three: Household
    one_episode: EpisodeId
    three_caf: AssessmentId

    def window(self, browser: Browser, *, scripts: bool = True) -> Window:
        """Amira's window."""
        shown = Window(browser, self.live.address, scripts)
        shown.context.add_cookies([{"name": COOKIE, "value": self.token, "url": self.live.address}])
        return shown


@pytest.fixture(scope="module")
def town(server: postgres.Address, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    name = "live_assessment"
    server.create_database(name, template=TEMPLATE)
    app = create_app(settings_for(server, name))
    live = LiveSystem(server, name, "redis://127.0.0.1:1/0", tmp_path_factory.mktemp(name))
    with app.app_context():
        session = db.session()
        bind_actor(session, SYSTEM)
        at_work = helpers(session)
        token = a_session_token(session, at_work.lead_account)
        session.commit()
        with unit_of_work(SYSTEM) as uow:
            one, three = a_family(uow), a_family(uow, names=("Maya", "Tom"), family_name="Novak")
            unborn = people.create_person(
                uow,
                people.NewPerson(
                    kind=people.PersonKind.CHILD, family_name="Novak", due_on=uow.today + dt.timedelta(days=60)
                ),
            )
            people.add_to_family(uow, three.id, unborn)
            three = Household(three.id, (*three.children, unborn), three.mother)
            episodes = [an_episode(uow, family, at_work.cluster) for family in (one, three)]
            for episode in episodes:
                name_lead(uow, NameLead(episode, AccountId(at_work.lead_account.id), ""))
            an_agreement(uow, three)
        with unit_of_work(at_work.lead) as uow:
            three_caf = a_draft(uow, episodes[1])
        db.session.remove()
    live.start("web")
    yield Town(live, at_work.lead, token, one, three, episodes[0], three_caf)
    live.stop()
    with app.app_context():
        db.engine.dispose()


MOST_PAGES = 40  # of a complete assessment of one child: 19 elements, the sections, conclusion, comments, completion


def test_one_child_from_agreement_to_paper(town: Town, browser: Browser) -> None:
    window = town.window(browser, scripts=False)  # what is saved while typing has tests of its own
    opened: list[str] = []
    window.page.on("framenavigated", lambda frame: opened.append(frame.url))
    _agree(town, window)
    began = len(opened)
    _assess(town, window)
    pages = len(opened) - began
    assert pages <= MOST_PAGES, f"a complete assessment of one child took {pages} pages"
    print(f"pages of a complete assessment: {pages}")
    _give_to_the_mother(town, window)
    window.close()


def _agree(town: Town, window: Window) -> None:
    """The mother agrees; the statement of it can be printed."""
    window.open(f"/families/{town.one.id}/agreement")
    agreed = Agreement(window).record().agreed("Grace Adeyemi", ("Leah Adeyemi",), today())
    agreed.follow(re.compile("^Statement to print and sign"))
    Sheet(window, "What the Adeyemi family agreed to").says("Keeping a child safe comes first")


def _assess(town: Town, window: Window) -> None:
    """Every section, in the order of a conversation."""
    window.open(f"/episodes/{town.one_episode}/caf/start")
    tasks = StartAssessment(window).start(present="Leah and Grace, at home", what_led="Leah is tired at school")
    tasks.follow("The whole story")
    Sheet(window, "The whole story").write("What is going on in this family, as you understand it?", "Sleep.").press(
        "Save"
    )
    tasks = TaskList(window)
    tasks.follow("Parents, carers and who else belongs")
    Sheet(window, "Parents, carers and who else belongs").says("Grace Adeyemi").follow("Back to all sections")
    element = TaskList(window).section("Development of Leah")
    tasks = element.answer("Loves books", "Sleeps badly", "I saw it").answer_the_rest_briefly(11)
    tasks = tasks.section("Parents and carers").answer_briefly(1).answer_the_rest_briefly(6)
    _said(town, tasks)
    tasks = tasks.looked_at_again().conclude("Leah", "Additional needs that one service can meet", "Sleep first")
    tasks = tasks.comments("Leah", "That is right", "Grace Adeyemi", "Thank you")
    tasks.says("19 of 19")
    tasks.check_and_complete().complete()
    Sheet(window, re.compile("^Plan for")).banner_says(re.compile("is complete"))


def _give_to_the_mother(town: Town, window: Window) -> None:
    """Prepared, read, given, taken as a PDF."""
    window.open(f"/episodes/{town.one_episode}/papers")
    Sheet(window, re.compile("^Papers of")).follow("Prepare a paper")
    form = Sheet(window, "Prepare a paper")
    form.tick("Who is it for?", re.compile("^Grace Adeyemi")).choose("What do they get?", re.compile("^The whole"))
    form.press("Show me what they would get")
    read = Sheet(window, re.compile("for Grace Adeyemi$")).says("Loves books", "Nothing is given before you say so")
    read.tick_box(re.compile("^I have read it")).press("Give it to Grace Adeyemi")
    given = Sheet(window, re.compile("for Grace Adeyemi$")).banner_says(re.compile("noted as a share"))
    with window.page.expect_download() as got:
        given.main.locator("a[href$='/pdf']").click()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "caf.pdf"
        got.value.save_as(path)
        assert "Loves books" in " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def _said(town: Town, tasks: TaskList) -> None:
    """What Leah says, written down by the same worker elsewhere: the pages of the voice have journeys of their own."""
    caf = AssessmentId(uuid.UUID(tasks.page.url.rpartition("/")[2]))
    app = create_app(settings_for(town.live.database, town.live.name))
    with app.app_context():
        with unit_of_work(town.lead) as uow:
            a_voice(uow, caf, town.one.children[0])
        db.session.remove()
        db.engine.dispose()


def test_three_siblings_one_unborn_share_the_parents_and_have_strands_of_their_own(
    town: Town, browser: Browser
) -> None:
    maya, tom, unborn = town.three.children
    app = create_app(settings_for(town.live.database, town.live.name))
    with app.app_context():
        with unit_of_work(town.lead) as uow:
            fill_in(uow, town.three_caf, [maya, tom])
            a_voice(
                uow,
                town.three_caf,
                unborn,
                tool=VoiceTool.NOT_OBTAINED,
                own_words="",
                present="",
                not_obtained=NotObtained.UNBORN,
                next_try_on=uow.today + dt.timedelta(days=70),
            )
        db.session.remove()
        db.engine.dispose()
    window = town.window(browser, scripts=False)
    window.open(f"/caf/{town.three_caf}")
    tasks = TaskList(window).says("31 of 43", "Maya", "Tom")
    name = "the unborn baby Novak" if tasks.main.get_by_text("the unborn baby Novak").count() else None
    link = tasks.main.get_by_role("link", name=re.compile("^Development of (?!Maya|Tom)"))
    child = name or link.inner_text().removeprefix("Development of ")
    link.click()
    tasks = Element(window).not_discussed().answer_the_rest_briefly(11)
    tasks.says("43 of 43")
    tasks = tasks.conclude(child, "No additional needs", "A safe start is planned")
    tasks = tasks.comments(child, "-", "Grace Novak", "We are ready")
    tasks.check_and_complete().complete()
    window.open(f"/caf/{town.three_caf}/whole")
    window.check()
    window.close()


def test_killing_the_server_while_somebody_types_loses_two_seconds_at_most(town: Town, browser: Browser) -> None:
    caf = _a_new_draft(town)
    window = town.window(browser)
    window.open(f"/caf/{caf}/sections/story")
    box = Sheet(window, "The whole story").main.get_by_role("textbox").first
    box.click()
    typed: list[tuple[float, int]] = []
    until = time.monotonic() + 6
    while time.monotonic() < until:
        window.page.keyboard.type("abcdefghij ")
        typed.append((time.monotonic(), 11 * (len(typed) + 1)))
        time.sleep(0.1)
    killed = time.monotonic()
    town.live.kill("web")
    town.live.start("web")
    ((facts,),) = town.live.query("SELECT facts FROM section_answer WHERE assessment_id = %s", caf)
    kept = len(facts["story"])
    must = max((count for at, count in typed if at <= killed - 2.0), default=0)
    assert kept >= must - 1, f"{kept} characters kept of {must} that were two seconds old"
    expect(box).to_have_value(re.compile("^(abcdefghij )+$"))
    window.faults.clear()
    window.close()


def _a_new_draft(town: Town) -> AssessmentId:
    app = create_app(settings_for(town.live.database, town.live.name))
    with app.app_context():
        with unit_of_work(SYSTEM) as uow:
            family = a_family(uow, names=("Ada",), family_name="Okoro")
            ((cluster,),) = town.live.query("SELECT cluster_id FROM episode LIMIT 1")
            found = uow.session.get(Cluster, cluster)
            assert found is not None
            episode = an_episode(uow, family, found)
            assert town.lead.account_id is not None
            name_lead(uow, NameLead(episode, town.lead.account_id, ""))
            an_agreement(uow, family)
        with unit_of_work(town.lead) as uow:
            caf = a_draft(uow, episode)
        db.session.remove()
        db.engine.dispose()
    return caf


def test_a_section_is_written_by_keys_alone(town: Town, browser: Browser) -> None:
    caf = _a_new_draft_or_last(town)
    window = town.window(browser)
    window.open(f"/caf/{caf}/sections/home")
    keys = window.page.keyboard
    boxes = Sheet(window, "Family and home now").main.get_by_role("textbox")
    for _ in range(30):
        keys.press("Tab")
        if boxes.first.evaluate("box => box === document.activeElement"):
            break
    keys.type("Mum, Ada and the cat")
    keys.press("Tab")
    keys.type("Nothing new")
    keys.press("Tab")
    keys.press("Enter")
    TaskList(window)
    window.open(f"/caf/{caf}/sections/home")
    expect(boxes.first).to_have_value("Mum, Ada and the cat")
    window.close()


def _a_new_draft_or_last(town: Town) -> AssessmentId:
    rows = town.live.query("SELECT id FROM assessment WHERE state = 'draft' LIMIT 1")
    return rows[0][0] if rows else _a_new_draft(town)
