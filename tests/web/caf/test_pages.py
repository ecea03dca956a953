"""Every page of the CAF room as it is read: its words, its one main action, its number of statements."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from locality.caf import api as caf
from locality.kernel.ids import AccountId, ReviewId, new_id
from tests.factories.accounts import an_account
from tests.factories.caf import a_draft, a_led_episode, a_voice, an_action, fill_in
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.web import Browse
from tests.web.caf.conftest import Story

MOST = 8


def test_the_home_says_what_comes_first_and_opens_the_place(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    home = browse.get("/my-families", most_queries=MOST)
    assert home.links["Adeyemi: Finish the CAF: 0 of 19 answered"] == story.caf
    (row,) = home.table("My families")
    assert row["Family"] == "Adeyemi Leah"
    assert "1 family with 1 child, weight 6 of" in home.main


def test_the_home_is_empty_before_the_first_family(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.colleague_account)
    assert "once you are named as their lead professional" in browse.get("/my-families").main


def test_what_others_recorded_is_new_until_it_is_read(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    home = browse.get("/my-families")
    assert "Amira Khan became lead professional" in home.main
    browse.send(home, form="/my-families/read")
    assert "Nothing new" in browse.get("/my-families").main


def test_pages_of_an_episode_take_few_statements(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        an_action(unit, story.episode_id)
        caf.plan_review(unit, caf.PlanReview(ReviewId(new_id()), story.episode_id, dt.date(2026, 3, 20)))
    browse.sign_in(story.at_work.lead_account)
    for path in ("", "/team", "/plan", "/reviews", "/caf", "/lead", "/team/add", "/plan/add", "/reviews/plan",
                 "/reviews/record", "/close"):  # fmt: skip
        page = browse.get(story.episode + path, most_queries=MOST)
        assert "You see this because you are their lead professional, since 3 March 2026" in page.text, path


def test_pages_of_a_caf_take_few_statements(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
    browse.sign_in(story.at_work.lead_account)
    for path in (
        "", "/whole", "/about", f"/elements/D1.2/{story.leah}", "/elements/D3.1", f"/voice/{story.leah}",
        f"/voice/{story.leah}/add", f"/conclusions/{story.leah}", f"/comments/{story.leah}", "/complete",
    ):  # fmt: skip
        browse.get(story.caf + path, most_queries=MOST)


def test_the_overview_says_the_next_step_and_its_date(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(story.episode)
    assert "Next: Finish the CAF: 0 of 19 answered, by Tuesday 31 March 2026" in page.main
    assert page.links["Finish the CAF"] == story.caf
    assert page.row("Lead professional").startswith("Amira Khan, since 3 March 2026")


def test_the_next_step_is_offered_to_whoever_may_take_it(browse: Browse, uow: OpenUnit, story: Story) -> None:
    at_work, member = story.at_work, AccountId(story.at_work.colleague_account.id)
    with uow() as unit:
        episode_id, _family = a_led_episode(unit, at_work, names=("Mia",))
        caf.add_team_member(
            unit, caf.AddTeamMember(new_id(), episode_id, caf.CaseRoleKind.TEAM_MEMBER, account_id=member)
        )
    there = f"/episodes/{episode_id}"
    browse.sign_in(at_work.lead_account)
    assert browse.get(browse.get(there).links["Start the CAF"]).heading
    for account in (at_work.colleague_account, at_work.manager_account):
        browse.sign_in(account)
        page = browse.get(there, most_queries=MOST)
        assert "Next: Start the CAF, by" in page.main
        assert not page.has_button("Start the CAF"), account.name
        browse.get(f"{there}/caf/start", status=403)


def test_a_case_without_a_lead_says_so_to_the_manager(browse: Browse, uow: OpenUnit, story: Story) -> None:
    browse.sign_in(story.at_work.manager_account)
    page = browse.get(f"{story.episode}/team")
    assert page.links["Change lead professional"] == f"{story.episode}/lead"


def test_a_member_leaves_the_team_and_takes_nobody_else_out(browse: Browse, uow: OpenUnit, story: Story) -> None:
    own, mother = new_id(), new_id()
    member = AccountId(story.at_work.colleague_account.id)
    with uow(story.at_work.lead) as unit:
        for role_id, who in ((own, {"account_id": member}), (mother, {"person_id": story.family.mother})):
            kind = caf.CaseRoleKind.ALLOCATED_WORKER if role_id == own else caf.CaseRoleKind.FAMILY
            caf.add_team_member(unit, caf.AddTeamMember(role_id, story.episode_id, kind, **who))  # type: ignore[arg-type]
    ends = {role: f"{story.episode}/team/{role}/end" for role in (own, mother)}
    browse.sign_in(story.at_work.colleague_account)
    links = set(browse.get(f"{story.episode}/team").links.values())
    assert links.isdisjoint({ends[mother]})
    assert ends[own] in links
    browse.get(ends[mother], status=404)
    browse.post(ends[mother], {"reason": "Not needed"}, status=404)
    assert browse.post(ends[own], {"reason": "My part is done"}).location == "/"
    browse.sign_in(story.at_work.lead_account)
    assert ends[mother] in browse.get(f"{story.episode}/team").links.values()


def test_a_stranger_finds_nothing(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.colleague_account)
    for path in (story.episode, f"{story.episode}/plan", story.caf, f"{story.caf}/elements/D1.2/{story.leah}"):
        browse.get(path, status=404)
    browse.post(f"{story.episode}/close", {}, status=404)


def test_a_team_member_reads_the_assessment_and_cannot_write_it(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        caf.add_team_member(
            unit,
            caf.AddTeamMember(
                new_id(),
                story.episode_id,
                caf.CaseRoleKind.TEAM_MEMBER,
                account_id=AccountId(story.at_work.colleague_account.id),
            ),
        )
        a_voice(unit, story.caf_id, story.leah)
    browse.sign_in(story.at_work.colleague_account)
    page = browse.get(story.caf)
    assert page.heading == "CAF of the Adeyemi family, version 1"
    assert "I want to sleep in my own bed" in page.main
    browse.get(f"{story.caf}/elements/D1.2/{story.leah}", status=403)
    browse.get(f"{story.caf}/voice/{story.leah}/add", status=403)
    browse.get(f"{story.episode}/plan/add", status=403)
    assert "Update" not in browse.get(f"{story.episode}/plan").links


def test_words_for_the_lead_alone_are_not_on_the_managers_page(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        a_voice(unit, story.caf_id, story.leah, readers=caf.VoiceReaders.LEAD_ONLY)
    browse.sign_in(story.at_work.manager_account)
    assert "own bed" not in browse.get(f"{story.caf}/voice/{story.leah}").main
    browse.sign_in(story.at_work.lead_account)
    assert "own bed" in browse.get(f"{story.caf}/voice/{story.leah}").main


def test_parts_that_are_not_there_are_not_found(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow() as unit:
        episode_id, other = a_led_episode(unit, story.at_work, names=("Mia",))
        words = a_voice(unit, a_draft(unit, episode_id), other.children[0])
    browse.sign_in(story.at_work.lead_account)
    for path in ("/elements/D9.9", "/elements/D1.2", "/elements/D3.1/{leah}", "/elements/D1.2/{other}",
                 "/voice/{other}", "/conclusions/{other}", "/comments/{other}", "/voice/{leah}/{other}/reading",
                 "/voice/{leah}/{words}/reading", "/voice/{other}/{words}/reading"):  # fmt: skip
        there = story.caf + path.format(leah=story.leah, other=other.children[0], words=words)
        browse.get(there, status=404)
        if there.endswith("reading"):
            browse.post(there, {"reading": "She misses her father"}, status=404)


def test_a_childs_record_leads_to_the_help(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(f"/people/{story.leah}/caf", most_queries=MOST)
    (row,) = page.table("Early help")
    assert row["Lead professional"] == "Amira Khan"
    family = browse.get(f"/families/{story.family.id}/help", most_queries=MOST)
    assert family.table("Early help") == page.table("Early help")


@layer
def complete(uow: OpenUnit, story: Story) -> Story:
    """The story, its CAF complete."""
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        caf.complete_assessment(unit, story.caf_id)
    return story


@pytest.mark.usefixtures("complete")
def test_a_complete_caf_is_read_as_a_document(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(story.caf, most_queries=MOST)
    assert "Strong in General health" in page.main
    assert "Sleep and attendance belong together" in page.main


@pytest.mark.usefixtures("complete")
def test_the_next_version_shows_last_times_words_beside(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        second = a_draft(unit, story.episode_id)
    browse.sign_in(story.at_work.lead_account)
    path = f"/caf/{second}/elements/D1.1a/{story.leah}"
    page = browse.get(path, most_queries=MOST)
    assert "Last time (March 2026), Amira Khan: Strong in General health" in page.main
    assert page.form(path)["strengths"] == ""
    taken = browse.send(page, {"use": "strengths"}, form=path, status=200)
    assert taken.form(path)["strengths"] == "Strong in General health"


def test_administrators_see_no_case(browse: Browse, session: Session, story: Story) -> None:
    browse.sign_in(an_account(session, name="Ada", roles=["administrator"]))  # type: ignore[list-item]
    browse.get(story.episode, status=404)
    browse.get("/my-families", status=403)
