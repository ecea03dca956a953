"""Every form of the CAF room with answers that go against its rules; what no field can take is tried for them all."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.caf import api as caf
from locality.caf.models import CaseRole, PlanAction
from locality.kernel.ids import AccountId, new_id
from tests.factories.caf import a_family, a_led_episode, a_voice, an_action, an_episode
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story


def day(name: str, date: dt.date | None) -> dict[str, str]:
    """The three boxes of a date; empty without one."""
    return {
        f"{name}-day": str(date.day) if date else "",
        f"{name}-month": str(date.month) if date else "",
        f"{name}-year": str(date.year) if date else "",
    }


TODAY = dt.date(2026, 3, 3)
MEMBER = {"name": "Jo Marsh", "job_title": "Youth worker", "kind": "team_member"}
ACTION = {
    "outcome_wanted": "Leah sleeps", "action": "A bedtime", "responsible": "family_member",
    "responsible_name": "Grace", **day("due_on", dt.date(2026, 4, 1)),
}  # fmt: skip
REVIEW = {
    "version": "0",
    "present": "All",
    "progress": "Better",
    **day("held_on", TODAY),
    **day("next_on", dt.date(2026, 4, 14)),
}
CLOSURE = {
    "rating": "most", "universal_service": "School", "way_back": "Ring", "child_views": "They listened",
    "parent_views": "It helped",
    **day("closed_on", TODAY),
}  # fmt: skip
CONCLUSION = {"level": "complex_needs", "text": "Because", "version": "0"}
COMMENTS = {"version": "0", "child_wished": "yes", "child_words": "Good", "parent_wished": "no"}
VOICE = {
    "tool": "three_houses", "own_words": "I want to sleep", "present": "Nobody else", "readers": "team",
    **day("recorded_on", TODAY),
}  # fmt: skip
SILENCE = {
    "not_obtained": "not_seen", **day("recorded_on", TODAY), **day("next_try_on", dt.date(2026, 3, 10)),
}  # fmt: skip
WATCHED = {
    "mood": "content", "play": "explores", "carers": "settles", "seen": "Ten minutes on the mat", "present": "Grace",
    **day("recorded_on", TODAY),
}  # fmt: skip
HEADER = {"present": "Leah", "what_led": "Tired", "version": "1"}
ELEMENT = {"strengths": "Kind", "evidence": "observed", "version": "0"}


# Fields, and answers for which each of them must be refused.
Wrong = tuple[tuple[str, ...] | str, dict[str, Any]]


def _form(name: str, path: str, usual: dict[str, Any], *wrong: Wrong) -> Any:
    """A form, its address, what would be right, and what is wrong with which field."""
    return pytest.param(path, usual, wrong, id=name)


CASES = [
    _form(
        "lead", "{episode}/lead", {},
        ("account_id", {"account_id": ""}), ("account_id", {"account_id": "nobody"}),
        ("account_id", {"account_id": str(new_id())}), ("reason", {"account_id": "{colleague}", "reason": ""}),
        ("reason", {"account_id": "{colleague}", "reason": "x" * 2_001}),
        ("reason", {"account_id": "{colleague}", "reason": "\x00"}),
    ),
    _form(
        "member", "{episode}/team/add", MEMBER,
        ("name", {"name": ""}), ("account_id", {"account_id": str(new_id())}),
        ("person_id", {"person_id": "{stranger}"}), ("kind", {"kind": "lead_professional"}),
    ),
    _form(
        "action", "{episode}/plan/add", ACTION,
        ("outcome_wanted", {"outcome_wanted": ""}), ("action", {"action": " "}), ("responsible", {"responsible": ""}),
        ("responsible", {"responsible": "god"}), ("responsible_name", {"responsible_name": ""}),
        ("due_on", day("due_on", None)), ("due_on", {"due_on-day": "32"}), ("due_on", {"due_on-month": "x"}),
        ("due_on", day("due_on", dt.date(2026, 3, 2))), ("due_on", day("due_on", dt.date(2050, 1, 1))),
        ("children", {"children": "{stranger}"}), ("element_codes", {"element_codes": "D9"}),
        ("outcome_code", {"outcome_code": "11"}), ("voice", {"voice": str(new_id())}),
    ),
    _form(
        "update", "{action}", {"status": "in_progress", "version": "1"},
        ("status", {"status": ""}), ("status", {"status": "lost"}), ("note", {"status": "not_done"}),
    ),
    _form(
        "plan review", "{episode}/reviews/plan", {},
        ("due_on", day("due_on", None)), ("due_on", day("due_on", TODAY)),
        ("due_on", day("due_on", dt.date(2026, 3, 8))), ("due_on", day("due_on", dt.date(2026, 12, 1))),
        ("due_on", {"due_on-day": "30", "due_on-month": "2", "due_on-year": "2026"}),
    ),
    _form(
        "review", "{episode}/reviews/record", REVIEW,
        ("held_on", day("held_on", dt.date(2026, 3, 4))), ("held_on", day("held_on", None)),
        ("present", {"present": ""}), ("progress", {"progress": ""}), ("next_on", day("next_on", None)),
        ("next_on", day("next_on", dt.date(2026, 4, 6))), ("next_on", {"closes_next": "y"}),
        ("next_on", {"next_on-year": "26"}),
    ),
    _form("why close", "{episode}/close", {}, ("reason", {"reason": ""}), ("reason", {"reason": "bored"})),
    _form(
        "close", "{episode}/close/needs-met-universal", CLOSURE,
        ("closed_on", day("closed_on", dt.date(2026, 3, 4))),
        ("closed_on", day("closed_on", dt.date(2020, 1, 1))), ("closed_on", {"closed_on-day": ""}),
        ("rating", {"rating": ""}), ("rating", {"rating": "great"}),
        ("universal_service", {"universal_service": ""}), ("way_back", {"way_back": ""}),
        ("child_views", {"child_views": ""}), ("parent_views", {"parent_views": ""}),
    ),
    _form(
        "close, not engaged", "{episode}/close/not-engaged", CLOSURE,
        ("note", {"risk_considered": "None"}), ("risk_considered", {"note": "Four visits"}),
    ),
    _form(
        "close, social care", "{episode}/close/stepped-up-social-care", CLOSURE,
        ("social_care_decision", {}), ("social_care_decision", {"social_care_decision": "assessment"}),
        ("social_care_decided_on", {"social_care_decision": "child_in_need"}),
        ("social_care_decided_on", {"social_care_decision": "looked_after", "social_care_decided_on-day": "1"}),
    ),
    _form(
        "close, moved", "{episode}/close/moved-out-of-area", CLOSURE,
        ("transfer_to", {"transfer_agreed": "yes"}), ("transfer_agreed", {"transfer_to": "Chelmsford"}),
    ),
    _form("header", "{caf}/about", HEADER, ("present", {"present": ""}), ("what_led", {"what_led": ""})),
    _form(
        "element", "{caf}/elements/D1.2/{leah}", ELEMENT,
        ("evidence", {"evidence": "hearsay"}), ("severity", {"severity": "4"}), ("severity", {"severity": "much"}),
        ("is_not_discussed", {"is_not_discussed": "y"}),
    ),
    _form(
        "conclusion", "{caf}/conclusions/{leah}", CONCLUSION,
        ("level", {"level": ""}), ("level", {"level": "fine"}), ("text", {"text": ""}),
    ),
    _form(
        "comments", "{caf}/comments/{leah}", COMMENTS,
        ("child_wished", {"child_wished": "", "child_words": ""}), ("child_words", {"child_words": ""}),
        ("parent_wished", {"parent_wished": "maybe"}), ("parent_words", {"parent_wished": "yes"}),
        ("parent_name", {"parent_words": "Yes"}),
    ),
    _form(
        "voice", "{caf}/voice/{leah}/add", VOICE,
        ("tool", {"tool": ""}), ("tool", {"tool": "telepathy"}), ("own_words", {"own_words": ""}),
        ("present", {"present": ""}), ("recorded_on", day("recorded_on", dt.date(2026, 3, 4))),
        ("recorded_on", day("recorded_on", None)), ("readers", {"readers": ""}), ("readers", {"readers": "all"}),
        ("tool", {"tool": "not_obtained"}), ("spoke_for", {"tool": "advocate"}), ("readers", {"readers": "chosen"}),
    ),
    _form(
        "not obtained", "{caf}/voice/{leah}/not-obtained", SILENCE,
        ("not_obtained", {"not_obtained": ""}), ("not_obtained", {"not_obtained": "lazy"}),
        ("not_obtained_note", {"not_obtained": "other"}), ("next_try_on", day("next_try_on", None)),
        ("next_try_on", day("next_try_on", dt.date(2026, 3, 2))), ("next_try_on", {"next_try_on-day": "45"}),
        ("recorded_on", day("recorded_on", dt.date(2026, 3, 4))),
    ),
    _form(
        "observation", "{caf}/voice/{leah}/observe", WATCHED,
        ("mood", {"mood": ""}), ("mood", {"mood": "grumpy"}), ("play", {"play": ""}), ("carers", {"carers": ""}),
        ("seen", {"seen": ""}), ("present", {"present": ""}), ("recorded_on", day("recorded_on", None)),
    ),
    _form("sitting", "{caf}/voice/{leah}/sit/statements", {}, ("present", {"present": ""})),
    _form("reading", "{reading}", {}, ("reading", {"reading": ""})),
    _form(
        "start", "{other}/caf/start", {"present": "Leah", "what_led": "Tired", **day("started_on", TODAY)},
        ("started_on", day("started_on", dt.date(2026, 3, 4))), ("started_on", day("started_on", None)),
        ("started_on", day("started_on", dt.date(2026, 3, 2))), ("present", {"present": ""}),
        ("what_led", {"what_led": ""}),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "usual", "wrong"), CASES)
def test_what_should_not_be_sent_gets_a_message_beside_its_field(
    browse: Browse, uow: OpenUnit, story: Story, path: str, usual: dict[str, Any], wrong: tuple[Wrong, ...]
) -> None:
    places = _places(uow, story, path)
    browse.sign_in(story.at_work.lead_account)
    unsaid = []
    for fields, change in wrong:
        values = {**usual, **change}
        sent = {name: value.format(**places) if "{" in value else value for name, value in values.items()}
        page = browse.post(path.format(**places), {"form_id": str(new_id()), **sent}, status=422)
        asked = (fields,) if isinstance(fields, str) else fields
        unsaid += [(field, change, page.errors) for field in asked if not page.error_beside(field)]
    assert unsaid == []


def _places(uow: OpenUnit, story: Story, path: str) -> dict[str, str]:
    """Addresses and ids that the cases name; what they need is made first."""
    found = {
        "episode": story.episode, "caf": story.caf, "leah": str(story.leah),
        "colleague": str(story.at_work.colleague_account.id), "stranger": str(new_id()),
    }  # fmt: skip
    if path == "{action}":
        with uow(story.at_work.lead) as unit:
            found["action"] = f"{story.episode}/plan/{an_action(unit, story.episode_id)}"
    if path == "{reading}":
        with uow(story.at_work.lead) as unit:
            voice_id = a_voice(unit, story.caf_id, story.leah)
        found["reading"] = f"{story.caf}/voice/{story.leah}/{voice_id}/reading"
    if path.startswith("{other}"):
        with uow() as unit:
            other, _ = a_led_episode(unit, story.at_work, names=("Mia",))
        found["other"] = f"/episodes/{other}"
    return found


def test_typed_text_stays_when_something_else_is_wrong(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    page = browse.post(
        f"{story.caf}/elements/D1.2/{story.leah}",
        {**ELEMENT, "needs": "Sleep & <b>calm</b>", "severity": "9"},
        status=422,
    )
    form = page.form(f"{story.caf}/elements/D1.2/{story.leah}")
    assert (form["strengths"], form["needs"]) == ("Kind", "Sleep & <b>calm</b>")


def test_fifty_thousand_words_are_kept_through_the_page(browse: Browse, session: Session, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    long = ("family " * 50_000).strip()
    path = f"{story.caf}/elements/D1.2/{story.leah}"
    browse.post(path, {**ELEMENT, "strengths": long})
    assert browse.get(path).form(path)["strengths"] == long


def test_sending_an_action_twice_makes_one(browse: Browse, session: Session, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    data = {"form_id": str(new_id()), **ACTION}
    browse.post(f"{story.episode}/plan/add", data)
    browse.post(f"{story.episode}/plan/add", data)
    assert len(session.scalars(select(PlanAction.id)).all()) == 1


def test_a_broken_id_from_the_page_is_no_crash(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.lead_account)
    page = browse.post(f"{story.episode}/plan/add", {**ACTION, "form_id": "x"}, status=422)
    assert page.errors[0][1].startswith("Something on this page was out of date")


def test_without_agreement_the_start_page_leads_to_it(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow() as unit:
        other, family = a_led_episode(unit, story.at_work, names=("Mia",), agreed=False)
    browse.sign_in(story.at_work.lead_account)
    page = browse.get(f"/episodes/{other}/caf/start")
    assert page.links["Record the agreement"] == f"/families/{family.id}/agreement"
    data = {"present": "Mia", "what_led": "Tired", "form_id": str(new_id()), **day("started_on", TODAY)}
    refused = browse.post(f"/episodes/{other}/caf/start", data, status=422)
    assert refused.errors == [("", "Record the family’s agreement first. Without it there is no CAF")]


def test_the_manager_names_a_lead_where_nobody_leads(
    browse: Browse, session: Session, uow: OpenUnit, story: Story
) -> None:
    with uow() as unit:
        episode_id = an_episode(unit, a_family(unit, names=("Mia",)), story.at_work.cluster)
    browse.sign_in(story.at_work.manager_account)
    page = browse.get(f"/episodes/{episode_id}")
    assert "Nobody is lead professional for this family." in page.main
    path = page.links["Name a lead professional"]
    named = {**browse.get(path).form(), "account_id": str(story.at_work.colleague_account.id)}
    browse.post(path, named)
    assert browse.get(f"/episodes/{episode_id}").row("Lead professional").startswith("Sean Byrne")


def test_somebody_leaves_the_team_with_a_reason(browse: Browse, session: Session, uow: OpenUnit, story: Story) -> None:
    role_id = new_id()
    with uow(story.at_work.lead) as unit:
        caf.add_team_member(
            unit, caf.AddTeamMember(role_id, story.episode_id, caf.CaseRoleKind.VOLUNTEER, name="Jo Marsh")
        )
    browse.sign_in(story.at_work.lead_account)
    path = f"{story.episode}/team/{role_id}/end"
    assert browse.post(path, {"reason": ""}, status=422).error_beside("reason")
    browse.post(path, {"reason": "Moved away"})
    (past,) = browse.get(f"{story.episode}/team").table("Were in the team before")
    assert (past["Who"], past["Why they left"]) == ("Jo Marsh", "Moved away")
    browse.get(path, status=404)
    assert session.get_one(CaseRole, role_id, populate_existing=True).until_on == TODAY


def test_an_id_that_another_familys_record_has_is_no_crash(browse: Browse, uow: OpenUnit, story: Story) -> None:
    with uow() as unit:
        other, family = a_led_episode(unit, story.at_work, names=("Mia",))
        taken = an_action(unit, other, children=family.children)
        caf.name_lead(unit, caf.NameLead(other, AccountId(story.at_work.colleague_account.id), "Took over"))
    browse.sign_in(story.at_work.lead_account)
    page = browse.post(f"{story.episode}/plan/add", {**ACTION, "form_id": str(taken)}, status=422)
    assert page.errors == [("", "This page is out of date. Open it again and send it once more")]
