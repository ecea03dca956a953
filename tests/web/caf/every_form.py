"""Every form of the CAF room with a page that asks it, and two families about whom everything can be asked."""

import datetime as dt
import uuid
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.caf import api as caf
from locality.caf import forms as room
from locality.caf.forms import (
    assessing,
    checklists,
    closing,
    disputing,
    measuring,
    my_voice,
    papers,
    planning,
    quality,
    reviewing,
    sections,
    team,
    voices,
)
from locality.caf.models import CaseRole, VoiceAlert
from locality.caf.operations.checklists import AnswerChecklist, answer_checklist
from locality.caf.operations.commands_team import (
    AddGoal,
    ArrangeMeeting,
    AskToLead,
    AuditQuality,
    RecordNeed,
    RecordScore,
)
from locality.caf.operations.disputing import RecordDispute, record_dispute
from locality.caf.operations.goals import add_goal
from locality.caf.operations.meetings import arrange_meeting
from locality.caf.operations.needs import record_need
from locality.caf.operations.papers.preparing import Prepare, prepare_papers
from locality.caf.operations.quality import audit_caf
from locality.caf.operations.scores import record_score
from locality.caf.operations.taking_over import ask_to_lead
from locality.caf.queries.quality import current_form
from locality.caf.queries.scores import list_versions
from locality.caf.rules import checklist as five
from locality.caf.rules.disputes import Part
from locality.caf.rules.meetings import MeetingKind
from locality.caf.rules.papers import PaperKind
from locality.caf.rules.quality import Answer as Audited
from locality.caf.rules.scales import Respondent
from locality.kernel.actor import Role
from locality.kernel.ids import AccountId, AssessmentId, EpisodeId, new_id
from locality.kernel.uow import UnitOfWork
from locality.web.form import Form
from locality.web.hidden import HiddenId, HiddenNumber
from tests.factories.accounts import an_account
from tests.factories.caf import Household, a_complete_caf, a_led_episode, a_voice, an_action
from tests.support.database import OpenUnit
from tests.support.hostile import fields_of
from tests.web.caf.conftest import Story


@dataclass(frozen=True)
class Scene:
    """Leah's CAF is a draft, Mia's is complete, Ava's has not begun: who signs in, what addresses and fields hold."""

    accounts: dict[str, Account]
    addresses: dict[str, str]
    foreign: dict[str, str]


def every_scene(uow: OpenUnit, session: Session, story: Story) -> Scene:
    """Everything that the pages of ``FORMS`` are about."""
    at_work = story.at_work
    admin = an_account(session, name="Ada Lund", roles=[Role.ADMINISTRATOR])
    session.commit()
    with uow() as unit:
        mias, mia = a_led_episode(unit, at_work, names=("Mia",))
        avas, _ = a_led_episode(unit, at_work, names=("Ava",))
    with uow(at_work.lead) as unit:
        addresses = {"e": story.episode, "caf": story.caf, "leah": str(story.leah), "ava": f"/episodes/{avas}"}
        addresses |= _at_work(unit, story) | _checklists(unit, story)
        done, others = _of_mia(unit, mias, mia, AccountId(at_work.colleague_account.id))
    with uow(at_work.manager) as unit:
        done["audit"] = _an_audit(unit, uuid.UUID(done["done"].removeprefix("/caf/")))
    # Mia's own pages get what is Leah's; and no administrator works with families.
    others |= {"account_id": str(admin.id), "said_by_id": str(story.family.mother), "part": f"D1.2:{story.leah}"}
    people = {
        "lead": at_work.lead_account, "colleague": at_work.colleague_account, "manager": at_work.manager_account,
        "admin": admin,
    }  # fmt: skip
    return Scene(people, addresses | done | {"mia": f"/episodes/{mias}"}, others)


def _at_work(unit: UnitOfWork, story: Story) -> dict[str, str]:
    """Leah's plan, a meeting, a need, and words of hers that somebody must look at today."""
    goal, role, meeting, need = (new_id() for _ in range(4))
    kind, colleague = caf.CaseRoleKind.TEAM_MEMBER, AccountId(story.at_work.colleague_account.id)
    caf.add_team_member(unit, caf.AddTeamMember(role, story.episode_id, kind, account_id=colleague))
    add_goal(unit, AddGoal(goal, story.episode_id, "Leah sleeps", "She is rested", element_codes=("D1.1a",)))
    when = dt.date(2026, 3, 12), dt.time(15, 30), 60
    arrange_meeting(
        unit, ArrangeMeeting(meeting, story.episode_id, MeetingKind.REVIEW, *when, "Room 2", guests=(role,))
    )
    record_need(unit, RecordNeed(need, story.episode_id, 1, "Misses mornings", "82%", unit.today))
    voice = a_voice(unit, story.caf_id, story.leah, own_words="He hits me when mum is out")
    return {
        "action": str(an_action(unit, story.episode_id)), "role": str(role), "meeting": str(meeting), "need": str(need),
        "voice": str(voice), "alert": str(unit.session.scalars(select(VoiceAlert.id)).one()),
        "sdq": str(_sdq(unit.session)),
    }  # fmt: skip


def _checklists(unit: UnitOfWork, story: Story) -> dict[str, str]:
    """One at each of its three pages."""
    no = {"safety": ("safe",), "needs": ("healthy",), "outcome": ()}
    made = {}
    for step, questions in no.items():
        answers = dict.fromkeys(five.QUESTIONS, five.Answer.YES) | dict.fromkeys(questions, five.Answer.NO)
        made[step] = str(answer_checklist(unit, AnswerChecklist(new_id(), story.leah, answers)))
    return made


def _of_mia(
    unit: UnitOfWork, episode_id: EpisodeId, family: Household, colleague: AccountId
) -> tuple[dict[str, str], dict[str, str]]:
    """What is done for Mia, whose CAF is complete; and ids of hers, which nobody may send in with Leah's."""
    (mia,), mother, session = family.children, family.mother, unit.session
    done = a_complete_caf(unit, episode_id, [mia])
    goal, dispute, asked, score, batch = (new_id() for _ in range(5))
    add_goal(unit, AddGoal(goal, episode_id, "Mia sleeps", "She is rested", element_codes=("D1.1a",)))
    record_dispute(unit, RecordDispute(dispute, done, Part("D1.2", mia), mother, "", "Not so", unit.today))
    ask_to_lead(unit, AskToLead(asked, episode_id, colleague, "A new job"))
    points = {"emotional": 7, "conduct": 3, "hyperactivity": 8, "peer": 4, "prosocial": 9}
    record_score(
        unit, RecordScore(score, episode_id, mia, _sdq(session), Respondent.TEACHER, unit.today, points)
    )  # fmt: skip
    prepare_papers(unit, Prepare(batch, episode_id, PaperKind.CAF, (mother,), "CAF"))
    role = session.scalars(select(CaseRole.id).where(CaseRole.episode_id == episode_id)).first()
    voice = a_voice(unit, done, mia)
    known = {"done": f"/caf/{done}", "dispute": dispute, "asked": asked, "score": score, "batch": batch}
    foreign = {
        "goal": goal, "owner": f"role-{role}", "voice": voice, "children": mia, "child": mia, "person_id": mother,
        "guests": f"role-{role}", "recipients": mother, "what": f"child_plan:{mia}",
    }  # fmt: skip
    return {key: str(one) for key, one in known.items()}, {key: str(one) for key, one in foreign.items()}


def _sdq(session: Session) -> uuid.UUID:
    return next(one.id for one in list_versions(session) if one.number == 2 and one.code == "sdq")


def _an_audit(unit: UnitOfWork, assessment_id: uuid.UUID) -> str:
    form, audit_id = current_form(unit.session), new_id()
    answers = {item.code: Audited.YES for item in form.items}
    audit_caf(unit, AuditQuality(audit_id, AssessmentId(assessment_id), form.id, answers))
    return str(audit_id)


# Each form, who fills it in and where.
FORMS: tuple[tuple[type[Form], str, str], ...] = (
    (assessing.StartForm, "lead", "{ava}/caf/start"),
    (assessing.HeaderForm, "lead", "{caf}/about"),
    (assessing.ElementForm, "lead", "{caf}/elements/D1.2/{leah}"),
    (assessing.ConclusionForm, "lead", "{caf}/conclusions/{leah}"),
    (assessing.CommentsForm, "lead", "{caf}/comments/{leah}"),
    *((sections.SectionForm, "lead", f"{{caf}}/sections/{code}") for code in ("story", "home", "writers")),
    (sections.SectionForm, "lead", "{caf}/sections/needs_to_take_part/{leah}"),
    (checklists.QuestionsForm, "lead", "/people/{leah}/checklist"),
    (checklists.SafetyForm, "lead", "/checklists/{safety}/safety"),
    (checklists.NeedsForm, "lead", "/checklists/{needs}/needs"),
    (checklists.OutcomeForm, "lead", "/checklists/{outcome}/outcome"),
    (closing.WhyCloseForm, "lead", "{e}/close"),
    *(
        (closing.CloseForm, "lead", f"{{e}}/close/{reason}")
        for reason in ("needs-met-universal", "not-engaged", "stepped-up-social-care", "moved-out-of-area")
    ),
    (disputing.DisputeForm, "lead", "{done}/seen-differently/new"),
    (disputing.AnswerDisputeForm, "lead", "{done}/seen-differently/{dispute}"),
    (measuring.ChooseScaleForm, "lead", "{e}/scores/add"),
    (measuring.ScoreForm, "lead", "{e}/scores/{leah}/{sdq}"),
    (measuring.StrikeForm, "lead", "{mia}/scores/{score}/strike"),
    (measuring.ScaleForm, "admin", "/admin/scales/add"),
    (measuring.NeedForm, "lead", "{e}/outcomes/add"),
    (measuring.CheckForm, "lead", "{e}/outcomes/{need}"),
    (papers.PrepareForm, "lead", "{e}/papers/new"),
    (papers.GiveForm, "lead", "/papers/{batch}"),
    (planning.ActionForm, "lead", "{e}/plan/add"),
    (planning.UpdateForm, "lead", "{e}/plan/{action}"),
    (planning.GoalForm, "lead", "{e}/goals/add"),
    (quality.AuditForm, "manager", "{done}/quality/audit"),
    (quality.InviteAuditorForm, "manager", "{done}/quality/invite"),
    (quality.ReplyForm, "lead", "/quality/audits/{audit}"),
    (quality.ItemsForm, "admin", "/admin/quality-items"),
    (reviewing.PlanReviewForm, "lead", "{e}/reviews/plan"),
    (reviewing.MeetingForm, "lead", "{e}/meetings/arrange"),
    (reviewing.MoveMeetingForm, "lead", "{e}/meetings/{meeting}/move"),
    (reviewing.CancelMeetingForm, "lead", "{e}/meetings/{meeting}/cancel"),
    (reviewing.ReviewForm, "lead", "{e}/reviews/record"),
    (reviewing.ReviewForm, "lead", "{e}/meetings/{meeting}/record"),
    (team.LeadForm, "lead", "{e}/lead"),
    (team.AnswerLeadForm, "colleague", "/leads/{asked}"),
    (team.MemberForm, "lead", "{e}/team/add"),
    (team.EndRoleForm, "lead", "{e}/team/{role}/end"),
    (voices.VoiceForm, "lead", "{caf}/voice/{leah}/add"),
    (voices.SilenceForm, "lead", "{caf}/voice/{leah}/not-obtained"),
    (voices.NeedsForm, "lead", "{caf}/voice/{leah}/listen"),
    (voices.SittingForm, "lead", "{caf}/voice/{leah}/sit/statements"),
    (voices.ObservationForm, "lead", "{caf}/voice/{leah}/observe"),
    (voices.ChangeSeeingForm, "lead", "{caf}/voice/{leah}/{voice}/who"),
    (voices.AlertForm, "lead", "{caf}/voice/{leah}/alerts/{alert}"),
    (voices.ReplyForm, "lead", "{caf}/voice/{leah}/{voice}/reply"),
    (voices.ReadingForm, "lead", "{caf}/voice/{leah}/{voice}/reading"),
)
# The same of a child's own page: with which tool, and which page.
OF_A_CHILD: tuple[tuple[type[Form], str, str], ...] = ((my_voice.QuestionForm, "direct_words", "q/own.good"),)
ASKED_ELSEWHERE = {
    "ChoiceForm": "asked only beside what two people wrote at once: see test_conflicts",
    "SettleForm": "an element's fields with that choice: see test_conflicts",
    "AwayForm": "a button, which names a drawing of the page",
    **dict.fromkeys(
        ("SeeingForm", "PeopleForm", "FamilyForm"),
        "a child's page of buttons or cards: nothing is typed, the message stands at the top and leads to them",
    ),
}


def forms_that_ask() -> set[type[Form]]:
    """The forms of the room with a field that somebody fills in."""
    modules = [import_module(f"{room.__name__}.{found.name}") for found in iter_modules(room.__path__)]
    classes = {
        one
        for module in modules
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Form) and one.__module__ == module.__name__
    }
    return {one for one in classes if not one.__name__.startswith("_") and _asks(one)}


def _asks(form: type[Form]) -> bool:
    return any(not issubclass(kind, HiddenId | HiddenNumber) for kind in fields_of(form).values())
