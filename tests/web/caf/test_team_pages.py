"""Pages of working together: what they say, how few statements they take, and whom they turn away."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf import api as caf
from locality.caf.models import CaseRole, Meeting, PlanAction, QualityAudit, Score
from locality.caf.operations.commands_team import AddGoal, ArrangeMeeting, RecordNeed
from locality.caf.operations.goals import add_goal
from locality.caf.operations.meetings import arrange_meeting
from locality.caf.operations.needs import record_need
from locality.caf.queries.scores import list_versions
from locality.caf.rules.meetings import MeetingKind
from locality.kernel.actor import Role
from locality.kernel.ids import AccountId, new_id
from tests.factories.accounts import an_account
from tests.factories.caf import an_action, fill_in
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.web import Browse
from tests.web.caf.conftest import Story
from tests.web.caf.test_forms import TODAY, day

MOST = 8
SDQ = {"item-emotional": "7", "item-conduct": "3", "item-hyperactivity": "8", "item-peer": "4", "item-prosocial": "9"}
HOSTILE = ("\x00", "x" * 500_000, "\u202e\u202d", "🦆" * 10, "O’Brien <script>alert(1)</script> ' OR 1=1 --")


@dataclass(frozen=True)
class Work:
    """The story with a goal, an action that Sean Byrne carries, a meeting and a need; the CAF is complete."""

    story: Story
    goal: uuid.UUID
    action: uuid.UUID
    other: uuid.UUID
    meeting: uuid.UUID
    need: uuid.UUID
    sdq: uuid.UUID

    @property
    def addresses(self) -> dict[str, str]:
        """What stands in the addresses of pages."""
        names = ("goal", "action", "other", "meeting", "need", "sdq")
        return {"e": self.story.episode, "caf": self.story.caf, "leah": str(self.story.leah)} | {
            name: str(getattr(self, name)) for name in names
        }


@layer
def work(uow: OpenUnit, session: Session, story: Story) -> Work:
    """A family on its way."""
    goal, role, meeting, need = (new_id() for _ in range(4))
    colleague = AccountId(story.at_work.colleague_account.id)
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        caf.complete_assessment(unit, story.caf_id)
        caf.add_team_member(
            unit,
            caf.AddTeamMember(role, story.episode_id, caf.CaseRoleKind.TEAM_MEMBER, account_id=colleague),
        )
        add_goal(unit, AddGoal(goal, story.episode_id, "Leah sleeps", "She is rested", element_codes=("D1.1a",)))
        own = an_action(
            unit, story.episode_id, goal_id=goal, role_id=role, action="A visual timetable",
            responsible=caf.Responsible.PROFESSIONAL, responsible_name="Sean Byrne",
        )  # fmt: skip
        other = an_action(unit, story.episode_id)
        arrange_meeting(
            unit,
            ArrangeMeeting(
                meeting, story.episode_id, MeetingKind.REVIEW, dt.date(2026, 3, 12), dt.time(15, 30), 60, "Room 2",
                guests=(role,), people=(story.family.mother,),
            ),
        )  # fmt: skip
        record_need(unit, RecordNeed(need, story.episode_id, 1, "Misses mornings", "82%", TODAY))
    sdq = next(one.id for one in list_versions(session) if one.number == 2 and one.code == "sdq")
    return Work(story, goal, own, other, meeting, need, sdq)


PAGES = [
    "{e}/plan", "{e}/goals/add", "{e}/plan/add", "{e}/plan/{action}", "{e}/reviews", "{e}/reviews/record",
    "{e}/meetings/arrange", "{e}/meetings/{meeting}", "{e}/meetings/{meeting}/move", "{e}/meetings/{meeting}/cancel",
    "{e}/meetings/{meeting}/record", "{e}/lead", "{e}/team", "{e}/scores", "{e}/scores/add", "{e}/scores/{leah}/{sdq}",
    "{e}/outcomes", "{e}/outcomes/add", "{e}/outcomes/{need}", "{e}/close", "{e}/close/needs-met-universal",
    "{caf}/quality", "/to-do",
]  # fmt: skip


def test_pages_take_few_statements_however_much_there_is(browse: Browse, work: Work) -> None:
    browse.sign_in(work.story.at_work.lead_account)
    too_many = []
    for path in PAGES:
        try:
            browse.get(path.format(**work.addresses), most_queries=MOST)
        except AssertionError as error:
            too_many.append(f"{path}: {str(error).splitlines()[0]}")
    assert not too_many, too_many


def test_the_plan_shows_actions_under_their_goal(browse: Browse, work: Work) -> None:
    browse.sign_in(work.story.at_work.lead_account)
    page = browse.get(f"{work.story.episode}/plan")
    (row,) = page.table("Actions for: Leah sleeps")
    assert (row["Who"], row["How far"]) == ("Sean Byrne", "Not started")
    assert page.table("Actions")[0]["Who"] == "Grace Adeyemi"
    done = browse.post(f"{work.story.episode}/goals/{work.goal}/reached", {})
    assert "The goal is reached" in browse.follow(done).banner


def test_a_partner_finds_their_action_and_says_how_far_it_is(browse: Browse, session: Session, work: Work) -> None:
    browse.sign_in(work.story.at_work.colleague_account)
    browse.get("/to-do")
    todo = browse.get("/to-do", most_queries=MOST)
    path = todo.links["A visual timetable"]
    page = browse.get(path)
    browse.post(path, {**page.form(), "status": "in_progress", "note": "On the wall since Monday"})
    assert session.get_one(PlanAction, work.action, populate_existing=True).progress_note == "On the wall since Monday"
    assert "Room 2" in todo.main


def test_a_partner_changes_nothing_else(browse: Browse, work: Work) -> None:
    browse.sign_in(work.story.at_work.colleague_account)
    for path in ("{e}/plan/{other}", "{e}/goals/add", "{e}/outcomes/add", "{e}/outcomes/{need}", "{e}/plan/add",
                 "{e}/close", "{e}/lead"):  # fmt: skip
        browse.get(path.format(**work.addresses), status=403)
        browse.post(path.format(**work.addresses), {}, status=403)


def test_somebody_of_another_cluster_finds_nothing(browse: Browse, session: Session, work: Work) -> None:
    stranger = an_account(session, name="Ada Lund", roles=[Role.LEAD_PROFESSIONAL])
    browse.sign_in(stranger)
    for path in PAGES:
        if path != "/to-do":
            browse.get(path.format(**work.addresses), status=404)
    assert "A visual timetable" not in browse.get("/to-do").text
    answer = browse.raw("GET", f"{work.story.episode}/meetings/{work.meeting}/calendar.ics")
    assert answer.status_code == 404


def test_a_volunteer_opens_the_task_and_not_the_file(
    browse: Browse, uow: OpenUnit, session: Session, work: Work
) -> None:
    role = session.scalars(select(CaseRole).where(CaseRole.name == "Sean Byrne")).one()
    helper = an_account(session, name="Maureen Bell", job_title="Volunteer")
    with uow(work.story.at_work.lead) as unit:
        volunteer = new_id()
        unit.session.add(
            CaseRole(
                id=volunteer, episode_id=role.episode_id, about=role.about, kind=caf.CaseRoleKind.VOLUNTEER,
                account_id=helper.id, person_id=None, name="Maureen Bell", from_on=TODAY, recorded_at=unit.now,
                recorded_by="Amira Khan",
            )
        )  # fmt: skip
        unit.session.flush()
        task = an_action(unit, work.story.episode_id, role_id=volunteer, action="Walk to the library")
    browse.sign_in(helper)
    page = browse.get(browse.get("/to-do").links["Walk to the library"])
    assert page.heading == "How far has this action come?"
    for path in ("{e}", "{e}/plan", "{e}/team", "{e}/scores", "{caf}", "{e}/plan/{other}", "{e}/meetings/{meeting}"):
        browse.get(path.format(**work.addresses), status=404)
    assert task


def test_a_meeting_goes_from_asking_to_its_record(browse: Browse, session: Session, work: Work) -> None:
    browse.sign_in(work.story.at_work.lead_account)
    path = f"{work.story.episode}/meetings/{work.meeting}"
    page = browse.get(path)
    told = {row["Who"].split("\n")[0]: row["How they are told"] for row in page.table("Who is asked")}
    assert "Tell them yourself" in told.values()
    file = browse.raw("GET", f"{path}/calendar.ics")
    assert file.mimetype == "text/calendar"
    assert "Leah" not in file.text
    form = browse.get(f"{path}/record").form()
    unsaid = browse.post(f"{path}/record", {**form, "progress": "Better", **day("next_on", TODAY)}, status=422)
    came = {field: "came" for field, _words in unsaid.errors}
    assert len(came) == 2
    good = {**form, **came, "progress": "Better", **day("next_on", dt.date(2026, 4, 14))}
    good |= day("held_on", TODAY)
    review = browse.follow(browse.post(f"{path}/record", good))
    assert review.row("There") == "Grace Adeyemi, Sean Byrne"
    assert session.get_one(Meeting, work.meeting, populate_existing=True).state == "held"
    assert "What was said and decided" in browse.get(path).links


def test_scores_are_entered_compared_and_struck_out(browse: Browse, session: Session, work: Work) -> None:
    browse.sign_in(work.story.at_work.lead_account)
    start = f"{work.story.episode}/scores"
    chosen = browse.post(f"{start}/add", {"child": str(work.story.leah), "scale": str(work.sdq)}).location or ""
    for on, numbers in ((dt.date(2026, 1, 12), SDQ), (TODAY, SDQ | {"item-emotional": "2"})):
        form = {**browse.get(chosen).form(), "respondent": "teacher", **numbers, **day("scored_on", on)}
        browse.post(chosen, form)
    page = browse.get(start)
    assert "Leah’s score got 5 points better: from 22 (very high) to 17 (high), as a teacher sees it." in page.main
    strike = page.links["Strike out the score of 3 March 2026"]
    browse.post(strike, {"why": "Another child’s form"})
    assert len(session.scalars(select(Score.id).where(Score.struck_why != "")).all()) == 1
    browse.get(strike, status=404)


def test_a_manager_audits_and_the_author_reads_it(browse: Browse, session: Session, work: Work) -> None:
    browse.sign_in(work.story.at_work.manager_account)
    path = f"{work.story.caf}/quality/audit"
    page = browse.get(path)
    form: dict[str, Any] = page.form()
    missing = browse.post(path, page.form(), status=422)
    assert len(missing.errors) == 39
    for code in [item["code"] for item in _items(session)]:
        form[f"item-{code.replace('.', '-')}"] = "yes"
    found = browse.follow(browse.post(path, form))
    assert found.row("Score") == "100.0%"
    browse.get("/quality", most_queries=MOST)
    browse.sign_in(work.story.at_work.lead_account)
    own = browse.post(path, {**form, **browse.get(path).form()}, status=422)
    assert "You wrote this CAF" in own.errors[0][1]
    feedback = next(href for text, href in browse.get("/to-do").links.items() if text.startswith("Read the feedback"))
    browse.post(feedback, {"reply": "Thank you"})
    assert session.scalars(select(QualityAudit.reply)).all() == ["Thank you"]


def _items(session: Session) -> list[dict[str, str]]:
    from locality.caf.queries.quality import current_form

    return [{"code": item.code} for item in current_form(session).items]


def test_an_administrator_defines_a_scale_and_sees_no_score(browse: Browse, session: Session, work: Work) -> None:
    browse.sign_in(an_account(session, name="Ada Lund", roles=[Role.ADMINISTRATOR]))
    scale = {
        **browse.get("/admin/scales/add").form(), "name": "Mornings", "items": "Getting up, 0 to 10",
        "better": "higher", "respondents": "parent", "licence": "Our own",
    }  # fmt: skip
    wrong = browse.post("/admin/scales/add", {**scale, "items": "Getting up"}, status=422)
    assert "Sleep, 0 to 10" in wrong.error_beside("items")
    page = browse.follow(browse.post("/admin/scales/add", scale))
    browse.get(page.links["Next version of Mornings"])
    browse.get("/admin/quality-items")
    browse.get(f"{work.story.episode}/scores", status=404)
    browse.get("/to-do", status=403)


FORMS = [
    ("{e}/goals/add", "change_wanted"), ("{e}/plan/add", "responsible_name"), ("{e}/meetings/arrange", "place"),
    ("{e}/meetings/arrange", "at"), ("{e}/meetings/{meeting}/move", "place"), ("{e}/meetings/{meeting}/cancel", "why"),
    ("{e}/scores/{leah}/{sdq}", "item-emotional"), ("{e}/outcomes/add", "need"), ("{e}/outcomes/{need}", "evidence"),
    ("{e}/reviews/record", "progress"), ("{e}/lead", "reason"), ("{e}/plan/add", "owner"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "field"), FORMS)
def test_what_should_not_be_sent_never_breaks_a_page(browse: Browse, work: Work, path: str, field: str) -> None:
    browse.sign_in(work.story.at_work.lead_account)
    address = path.format(**work.addresses)
    form = browse.get(address).form()
    for text in HOSTILE:
        answer = browse.raw("POST", address, data={**form, field: text})
        assert answer.status_code in (302, 400, 404, 413, 422), (field, text[:20], answer.status_code)
