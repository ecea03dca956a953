"""A topic that the family takes out of what is shared is gone from the team's next page; who leads works with it on."""

from importlib import import_module

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason
from locality.access.policy import READS
from locality.caf import api as caf
from locality.caf.operations.commands import AddTeamMember
from locality.caf.operations.disputing import RecordDispute, record_dispute
from locality.caf.operations.membership import add_team_member
from locality.caf.rules.disputes import Part
from locality.caf.rules.words import CaseRoleKind, Evidence
from locality.kernel.ids import AccountId, new_id
from locality.people import api as people
from locality.people.models import ToldFact
from tests.factories.caf import a_draft, fill_in
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story, take_money_out

MONEY = "Strong in Housing, employment and financial considerations"
KEPT = "The family keeps this topic out of what is shared"


def test_a_topic_taken_out_is_gone_from_the_teams_next_page(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        caf.complete_assessment(unit, story.caf_id)
        member = AccountId(story.at_work.colleague_account.id)
        role = AddTeamMember(new_id(), story.episode_id, CaseRoleKind.TEAM_MEMBER, account_id=member)
        add_team_member(unit, role)
        part = Part("D3.3")
        record_dispute(unit, RecordDispute(new_id(), story.caf_id, part, None, "Mum", "We paid it all", unit.today))
        # A grant that opens no assessment lets them see no more of one.
        grants.give(
            unit, story.family.children, principal=member, reason=GrantReason.RECEIVING_SERVICE, record=new_id(),
            parts=READS[GrantReason.RECEIVING_SERVICE],
        )  # fmt: skip
        second = a_draft(unit, story.episode_id)
        answer = caf.Answer(needs="Rent is owed")
        caf.save_element(unit, caf.SaveElement(second, "D3.3", None, 0, answer))
    whole, compare = f"{story.caf}/whole", f"{story.episode}/caf/compare"
    browse.sign_in(story.at_work.colleague_account)
    browse.get(whole)  # the first page of a session writes to it
    assert MONEY in browse.get(whole, most_queries=8).main
    assert "Rent is owed" in browse.get(compare, most_queries=8).main
    take_money_out(uow, story)
    page = browse.get(whole, most_queries=8)
    assert MONEY not in page.main
    assert KEPT in page.main
    assert "Rent is owed" not in browse.get(compare, most_queries=8).main
    assert "We paid it all" not in browse.get(f"{story.caf}/seen-differently", most_queries=8).main
    browse.sign_in(story.at_work.lead_account)
    assert "We paid it all" in browse.get(f"{story.caf}/seen-differently", most_queries=8).main
    assert KEPT not in browse.get(whole).main
    assert MONEY in browse.get(whole, most_queries=8).main


def test_what_was_told_under_a_topic_that_is_taken_out_is_gone_from_the_story(
    browse: Browse, uow: OpenUnit, story: Story
) -> None:
    said = {"D3.3": "Rent is owed", "D3.2": "Gran lives far away"}
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        for code, words in said.items():
            answer = caf.Answer(needs=words, evidence=(Evidence.PARENT_SAID,))
            caf.save_element(unit, caf.SaveElement(story.caf_id, code, None, 1, answer))
        caf.complete_assessment(unit, story.caf_id)
        member = AccountId(story.at_work.colleague_account.id)
        role = AddTeamMember(new_id(), story.episode_id, CaseRoleKind.TEAM_MEMBER, account_id=member)
        add_team_member(unit, role)
    path = f"/families/{story.family.id}/story"
    ways = (path, f"{path}?topic=worrying", f"{path}?person={story.leah}")
    browse.sign_in(story.at_work.lead_account)
    link = next(href for words, href in browse.get(path).links.items() if words.startswith("Correct: Housing"))
    browse.post(link, {"words": "Two months are owed", "teller": "Mum"})
    browse.sign_in(story.at_work.colleague_account)
    browse.get(path)  # the first page of a session writes to it
    for way in ways:
        page = browse.get(way, most_queries=8)
        assert "Two months are owed" in page.main
        assert "Rent is owed" in page.main
    take_money_out(uow, story)
    for way in ways:
        _tells_nothing_of_money(browse.get(way, most_queries=8))
    with uow(story.at_work.colleague) as unit:
        beside = people.story_so_far(unit.session, [story.leah])
        known = people.known_answers(unit.session, [story.leah], [people.Topic.WORRYING])
    assert not [line for line in beside.lines if "owed" in line.fact.words]
    assert known[people.Topic.WORRYING].words == "Wider family: Gran lives far away"
    browse.sign_in(story.at_work.lead_account)
    browse.get(path)
    for way in ways:
        assert "Two months are owed" in browse.get(way, most_queries=8).main


def test_lines_told_before_there_were_codes_are_found_by_the_name_that_they_begin_with(
    uow: OpenUnit, session: Session, story: Story
) -> None:
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        for code in ("D3.3", "D3.2"):
            answer = caf.Answer(needs="Not easy", strengths="They try", evidence=(Evidence.PARENT_SAID,))
            caf.save_element(unit, caf.SaveElement(story.caf_id, code, None, 1, answer))
        caf.complete_assessment(unit, story.caf_id)
    told = select(ToldFact.under, ToldFact.words).where(ToldFact.under.is_not(None)).order_by(ToldFact.words)
    kept = session.execute(told).all()
    assert {row.under for row in kept} >= {"D3.2", "D3.3"}
    session.execute(update(ToldFact).values(under=None))
    session.execute(text(import_module("locality.migrations.versions.0033_told_under").TOLD_BEFORE))
    assert session.execute(told).all() == kept


def _tells_nothing_of_money(page: Page) -> None:
    assert "Gran lives far away" in page.main
    assert "owed" not in page.html
