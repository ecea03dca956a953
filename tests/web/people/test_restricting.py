"""Records closed to somebody: no page, list, search or form tells them anything, and every attempt is on record."""

import datetime as dt
import uuid
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason
from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.kernel.ids import PersonId, new_id
from locality.people import api as people
from locality.people.operations.restricting import NewRestriction, restrict
from locality.people.rules.restricting import REVIEW_WITHIN, Ground, Mode
from tests.factories import caf, referrals
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_grant, a_person, a_unit, an_adult, settle
from tests.support.layers import layer
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.people.test_sweep import walk

NAMES = ("Adeyemi", "Leah")


@dataclass(frozen=True, slots=True)
class Helped:
    """A family in the middle of help."""

    leah: PersonId
    mother: PersonId
    family: uuid.UUID
    episode: uuid.UUID
    lead: Account


@layer
def helped(session: Session) -> Helped:
    """A contact, a referral and an episode with a CAF begun."""
    unit = a_unit(session)
    at_work = caf.helpers(session)
    episode, family = caf.a_led_episode(unit, at_work)
    (leah,) = family.children
    caf.a_draft(unit, episode)
    referrals.a_contact(unit, leah)
    settle(session)
    return Helped(leah, family.mother, family.id, episode, at_work.lead_account)


@layer
def keeper(session: Session) -> Account:
    """The data protection lead."""
    return an_account(session, name="Dana Protect", email="dana@example.org", roles=[Role.DATA_PROTECTION])


def close(session: Session, person: PersonId, *named: Account, mode: Mode = Mode.CLOSED_TO) -> None:
    """Close somebody's record and the family's."""
    unit = a_unit(session)
    new = NewRestriction(
        id=new_id(), people=[person], mode=mode, accounts=[one.id for one in named], ground=Ground.OWN_FAMILY,
        reason="Her niece", whole_family=True, review_on=unit.today + REVIEW_WITHIN,
    )  # fmt: skip
    restrict(unit, new)
    settle(session)


def told(answers: dict[str, str]) -> list[str]:
    """Pages that name the family."""
    return [path for path, answer in answers.items() if any(name in answer for name in NAMES)]


def starts(helped: Helped) -> tuple[str, ...]:
    """Where somebody begins who kept the addresses of yesterday."""
    tabs = ("", "/details", "/people", "/whereabouts", "/why", "/who-can-see", "/edit", "/story", "/conflict")
    found = [f"/people/{one}{tab}" for one in (helped.leah, helped.mother) for tab in tabs]
    return ("/", "/my-families", f"/families/{helped.family}", f"/episodes/{helped.episode}", *found)


def test_a_record_closes_to_its_own_lead_professional_on_the_very_next_request(
    helped: Helped, app: Flask, browse: Browse, session: Session
) -> None:
    browse.sign_in(helped.lead)
    open_ones = told(walk(app, browse, *starts(helped)))
    assert len(open_ones) > 15, "there is much to see before, or the test shows nothing"
    close(session, helped.leah, helped.lead)
    assert told(walk(app, browse, "/", "/my-families")) == []
    for path in {*open_ones, *starts(helped)}:
        answer = browse.raw("GET", path)
        assert not any(name in answer.get_data(as_text=True) for name in NAMES), path


def test_each_attempt_at_a_closed_record_is_in_the_audit(helped: Helped, browse: Browse, session: Session) -> None:
    close(session, helped.leah, helped.lead)
    browse.sign_in(helped.lead)
    browse.get(f"/people/{helped.leah}", status=404)
    browse.get(f"/people/{helped.mother}/whereabouts", status=404)
    found = session.execute(
        text("SELECT action, subjects FROM audit_event WHERE outcome = 'refused' AND actor_id = :me ORDER BY seq"),
        {"me": helped.lead.id},
    ).all()
    assert [(row.action, row.subjects) for row in found] == [
        ("page.people.person", [helped.leah]),
        ("page.people.where", [helped.mother]),
    ]


def test_a_colleague_with_the_same_reason_sees_as_before(helped: Helped, browse: Browse, session: Session) -> None:
    colleague = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(colleague), helped.leah)
    close(session, helped.leah, helped.lead)
    browse.sign_in(colleague)
    assert "Leah" in browse.get(f"/people/{helped.leah}").main


def test_a_newcomer_of_the_family_is_closed_too(helped: Helped, browse: Browse, session: Session) -> None:
    close(session, helped.leah, helped.lead)
    baby = a_person(session, given_name="Ada")
    people.add_to_family(a_unit(session), helped.family, baby)
    a_grant(session, an_actor(helped.lead), baby)
    settle(session)
    browse.sign_in(helped.lead)
    browse.get(f"/people/{baby}", status=404)


def test_what_is_linked_to_a_closed_record_is_closed(helped: Helped, browse: Browse, session: Session) -> None:
    again = a_person(session, given_name="Lea")
    a_grant(session, an_actor(helped.lead), again)
    close(session, helped.leah, helped.lead)
    new = people.NewDecision(
        id=new_id(), one_id=helped.leah, other_id=again, kind=people.LinkKind.SAME_PERSON, reason="One girl"
    )
    people.decide_link(a_unit(session), new)
    settle(session)
    browse.sign_in(helped.lead)
    browse.get(f"/people/{again}", status=404)


@layer
def officer(session: Session) -> Account:
    """A front-door officer, who keeps the index of people."""
    return an_account(session, name="Jo Ward", roles=[Role.SPOC_OFFICER])


def search(browse: Browse, typed: str) -> Page:
    """Search and see what is found."""
    return browse.follow(browse.send(browse.get("/search"), {"q": typed}))


def test_the_front_door_finds_nothing_of_its_own_family_and_is_told_nothing(
    officer: Account, browse: Browse, session: Session
) -> None:
    leah = a_person(session, nhs_number="9990000018")
    close(session, leah, officer)
    browse.sign_in(officer)
    for typed in ("leah adeyemi", "leah adeyemi 14/5/2018", "999 000 0018"):
        page = search(browse, typed)
        assert "Nobody fits" in page.main, typed
        assert "exists" not in page.main
    attempts = text("SELECT subjects FROM audit_event WHERE action = 'people.asked_for_closed'")
    assert session.scalars(attempts).all() == [[leah], [leah]]


def test_a_family_in_the_public_eye_is_said_to_exist_to_whoever_names_it_exactly(
    officer: Account, keeper: Account, browse: Browse, session: Session
) -> None:
    leah = a_person(session, nhs_number="9990000018")
    close(session, leah, an_account(session, name="Nell Named"), mode=Mode.OPEN_TO)
    browse.sign_in(officer)
    assert "Nobody fits" in search(browse, "leah adeyemi").main
    for typed in ("leah adeyemi 14/5/2018", "9990000018"):
        page = search(browse, typed)
        assert "A record exists that fits exactly" in page.main
        assert "ask the data protection lead, Dana Protect" in page.main
        assert "Leah Adeyemi" not in page.main


def test_a_closed_record_is_not_offered_while_somebody_is_entered(
    officer: Account, browse: Browse, session: Session
) -> None:
    leah = a_person(session)
    form = {"kind": "child", "given_name": "Leah", "family_name": "Adeyemi", "sex": "F", "born_on-day": "14",
            "born_on-month": "5", "born_on-year": "2018"}  # fmt: skip
    browse.sign_in(officer)
    assert "Who may be the same" in browse.send(browse.get("/people/new"), form, status=422).main
    close(session, leah, an_account(session, name="Nell Named"), mode=Mode.OPEN_TO)
    page = browse.send(browse.get("/people/new"), form, status=422)
    assert "Who may be the same" not in page.main
    assert "A record exists that fits exactly" in page.main


def test_a_worker_declares_a_conflict_and_the_record_closes(helped: Helped, browse: Browse, session: Session) -> None:
    browse.sign_in(helped.lead)
    page = browse.get(browse.get(f"/people/{helped.leah}/why").links["Declare a conflict of interest"], most_queries=8)
    bare = browse.send(page, {}, status=422)
    assert [message for _field, message in bare.errors] == [
        "Say how you know them",
        "Tick the box to say that you understand",
    ]
    answer = browse.send(page, {"reason": "She is my sister’s child", "sure": "y"})
    done = browse.follow(answer)
    assert done.heading == "Thank you for telling us"
    assert not any(name in done.html for name in NAMES)
    browse.get(f"/people/{helped.leah}", status=404)
    kept = session.execute(text("SELECT declared, reason, ground FROM restriction")).one()
    assert tuple(kept) == (True, "She is my sister’s child", "own_family")


def test_a_declared_conflict_is_written_to_the_data_protection_lead_and_names_nobody(
    helped: Helped, keeper: Account, browse: Browse, session: Session
) -> None:
    other = an_account(session, name="Kept Out", email="out@example.org", roles=[Role.DATA_PROTECTION])
    close(session, helped.leah, other)
    browse.sign_in(helped.lead)
    page = browse.get(f"/people/{helped.leah}/conflict")
    browse.send(page, {"reason": "She is my sister’s child", "sure": "y"})
    (sent,) = session.execute(text("SELECT to_address, subject, body FROM message_text")).all()
    assert sent.to_address == "dana@example.org"
    assert "knows a family" in sent.subject
    assert not any(name in sent.subject + sent.body for name in (*NAMES, "sister", helped.lead.name))


def test_whoever_is_kept_out_is_given_no_paper_of_the_family(helped: Helped, session: Session) -> None:
    colleague = an_account(session)
    asked = ([helped.mother], [helped.lead.id, colleague.id])
    assert people.kept_out(session, *asked) == frozenset()
    close(session, helped.leah, helped.lead)
    assert people.kept_out(session, *asked) == {helped.lead.id}
    close(session, helped.leah, helped.lead, mode=Mode.OPEN_TO)
    assert people.kept_out(session, *asked) == {helped.lead.id, colleague.id}


def test_what_somebody_still_types_about_a_record_that_was_closed_to_them_is_refused(
    helped: Helped, browse: Browse, session: Session
) -> None:
    browse.sign_in(helped.lead)
    page = browse.get(f"/people/{helped.leah}/conflict")
    typed = {"token": page.form()["draft_token"], "fields": {"reason": {"texts": ["She is"], "version": 0}}}
    assert browse.raw("POST", "/drafts/keep", json=typed).status_code == 200
    close(session, helped.leah, helped.lead)
    assert browse.raw("POST", "/drafts/keep", json=typed).status_code == 403
    assert browse.raw("POST", f"/people/{helped.leah}/conflict", data=page.form()).status_code in (400, 404)


def test_the_data_protection_lead_closes_reviews_and_opens(
    helped: Helped, keeper: Account, browse: Browse, session: Session
) -> None:
    browse.sign_in(keeper)
    who = browse.get(f"/people/{helped.leah}/who-can-see", most_queries=8)
    form = browse.get(who.links["Close this record to somebody"], most_queries=8)
    email = str(session.scalar(text("SELECT email FROM account WHERE id = :id"), {"id": helped.lead.id}))
    listed = browse.follow(
        browse.send(form, {"mode": "closed_to", "accounts": email, "ground": "colleague", "reason": "Her niece"})
    )
    (row,) = listed.table("Closed records")
    assert "Closed to the people named" in row["Who"]
    assert not any(name in listed.main for name in NAMES)
    address = listed.links[row["Record"].split(" ")[0]]
    one = browse.get(address, most_queries=8)
    assert "Her niece" in one.main
    later = a_unit(session).today + dt.timedelta(days=30)
    again = {"note": "Still her niece", "review_on-day": str(later.day), "review_on-month": str(later.month),
             "review_on-year": str(later.year)}  # fmt: skip
    browse.follow(browse.send(one, again, form=-2))
    one = browse.get(address)
    assert one.table("Looked at again")[0]["What they found"] == "Still her niece"
    browse.send(one, {"reason": ""}, form=-1, status=422)
    browse.follow(browse.send(one, {"reason": "She has moved on"}, form=-1))
    assert browse.get("/restrictions").table("Closed records") == []
    assert "Opened again" in browse.get("/restrictions?all=yes").main
    browse.sign_in(helped.lead)
    browse.get(f"/people/{helped.leah}")


WRONG: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"accounts": "nobody@example.org"}, "accounts", "Nobody has an account with this email address: nobody@"),
    ({"accounts": ""}, "accounts", "Enter the email address of at least one colleague"),
    ({"accounts": "x" * 4001}, "accounts", "The email addresses must be 4,000 characters or fewer"),
    ({"accounts": " ".join(f"{n}@a.org" for n in range(31))}, "accounts", "Enter 30 email addresses or fewer"),
    ({"accounts": "dana@example.org", "reason": ""}, "reason", "Say why"),
    ({"accounts": "dana@example.org", "mode": "elsewhere"}, "mode", "Select who should not see it"),
    ({"accounts": "dana@example.org", "review_on-year": "2090"}, "review_on", "Enter a date after today and no"),
    ({"accounts": "dana@example.org", "until_on-day": "1", "until_on-month": "1", "until_on-year": "2020"},
     "until_on", "The last day must be today or later"),
)  # fmt: skip


def test_what_is_wrong_with_a_restriction_is_said_beside_its_field(
    helped: Helped, keeper: Account, browse: Browse
) -> None:
    browse.sign_in(keeper)
    page = browse.get(f"/people/{helped.leah}/restrict")
    right = {"mode": "closed_to", "ground": "other", "reason": "Her niece"}
    for data, field, message in WRONG:
        refused = browse.send(page, right | data, status=422)
        assert refused.error_beside(field).startswith(message), data


def test_nobody_decides_about_their_own_conflict(helped: Helped, browse: Browse, session: Session) -> None:
    manager = an_account(session, name="Mo Manager", roles=[Role.MANAGER])
    a_grant(session, an_actor(manager), helped.leah, helped.mother, reason=GrantReason.MANAGEMENT)
    settle(session)
    browse.sign_in(manager)
    page = browse.get(f"/people/{helped.leah}/conflict")
    browse.send(page, {"reason": "My neighbour", "sure": "y"})
    (row,) = browse.get("/restrictions").table("Closed records")
    own = session.execute(text("SELECT id FROM restriction")).scalar_one()
    assert row["Why"].endswith("(they told us themselves)")
    page = browse.get(f"/restrictions/{own}")
    assert "somebody else decides about it" in page.main
    refused = browse.post(f"/restrictions/{own}/lift", {"reason": "It was nothing"}, status=422)
    assert "This record is closed to you, so somebody else must decide" in refused.main
    browse.get(f"/people/{helped.leah}", status=404)


def test_who_can_see_is_offered_of_those_alone_whom_the_reader_may_ask_about(
    helped: Helped, keeper: Account, browse: Browse, session: Session
) -> None:
    elsewhere = a_person(session, given_name="Ada")
    manager = an_account(session, name="Mo Manager", roles=[Role.MANAGER])
    a_grant(session, an_actor(manager), helped.leah, reason=GrantReason.MANAGEMENT)
    unit = a_unit(session)
    both = NewRestriction(
        id=new_id(), people=[helped.leah, elsewhere], mode=Mode.CLOSED_TO, accounts=[helped.lead.id],
        ground=Ground.COLLEAGUE, reason="Her niece", whole_family=False, review_on=unit.today + REVIEW_WITHIN,
    )  # fmt: skip
    restrict(unit, both)
    settle(session)

    def offered(restriction: uuid.UUID, *people: PersonId) -> dict[PersonId, bool]:
        page = browse.get(f"/restrictions/{restriction}", most_queries=8)
        found = {one: f"/people/{one}/who-can-see" for one in people}
        linked = {one: path in page.links.values() for one, path in found.items()}
        for one, path in found.items():
            browse.get(path, status=200 if linked[one] else 404)
        return linked

    browse.sign_in(keeper)
    assert offered(both.id, helped.leah, elsewhere) == {helped.leah: True, elsewhere: True}
    browse.sign_in(manager)
    assert offered(both.id, helped.leah, elsewhere) == {helped.leah: True, elsewhere: False}
    browse.send(browse.get(f"/people/{helped.leah}/conflict"), {"reason": "My neighbour", "sure": "y"})
    own = session.execute(text("SELECT id FROM restriction WHERE declared")).scalar_one()
    assert offered(own, helped.leah) == {helped.leah: False}


def test_whom_the_watch_itself_is_closed_to_learns_nothing(
    helped: Helped, keeper: Account, browse: Browse, session: Session
) -> None:
    close(session, helped.leah, keeper)
    own = session.execute(text("SELECT id FROM restriction")).scalar_one()
    browse.sign_in(keeper)
    assert browse.get("/restrictions").table("Closed records") == []
    browse.get(f"/restrictions/{own}", status=404)
    browse.get(f"/people/{helped.leah}/who-can-see", status=404)
    assert "Nobody on record has this name" in browse.get("/audit?reference=Leah Adeyemi", status=422).main
    reference = session.execute(text("SELECT reference FROM person WHERE id = :id"), {"id": helped.leah}).scalar_one()
    found = browse.get(f"/audit?reference={reference}", status=422).main
    assert "Nobody on record has this reference" in found
    assert browse.post("/audit/verify", status=200).heading == "The audit trail is whole"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.DATA_PROTECTION, Role.MANAGER)])
def test_nobody_else_closes_or_lists(helped: Helped, browse: Browse, session: Session, role: Role) -> None:
    browse.sign_in(an_account(session, roles=[role]))
    browse.get("/restrictions", status=403)
    assert browse.raw("GET", f"/people/{helped.leah}/restrict").status_code in (403, 404)


def test_a_manager_of_another_area_cannot_close_a_record(helped: Helped, browse: Browse, session: Session) -> None:
    browse.sign_in(an_account(session, roles=[Role.MANAGER]))
    browse.get(f"/people/{helped.leah}/restrict", status=404)


def test_who_can_see_says_to_whom_it_is_closed(
    helped: Helped, keeper: Account, browse: Browse, session: Session
) -> None:
    browse.sign_in(keeper)
    before = {row["Reason"] for row in browse.get(f"/people/{helped.leah}/who-can-see").table("Who can see it now")}
    assert "Lead professional" in before
    close(session, helped.leah, helped.lead)
    page = browse.get(f"/people/{helped.leah}/who-can-see", most_queries=8)
    assert "Lead professional" not in {row["Reason"] for row in page.table("Who can see it now")}
    assert "Closed to the people named: " in page.main


def test_a_family_tree_says_nothing_of_a_closed_relative(browse: Browse, session: Session) -> None:
    leah, mother = a_person(session), an_adult(session)
    worker = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(worker), leah)
    people.record_relationship(
        a_unit(session),
        people.NewRelationship(person_id=mother, kind=people.RelationKind.MOTHER, other_id=leah),
    )
    settle(session)
    browse.sign_in(worker)
    assert browse.get(f"/people/{leah}/people").main.count("Someone else") > 1  # once in the key of the drawing
    unit = a_unit(session)
    new = NewRestriction(
        id=new_id(), people=[mother], mode=Mode.CLOSED_TO, accounts=[worker.id], ground=Ground.OTHER, reason="His aunt",
        whole_family=False, review_on=unit.today + REVIEW_WITHIN,
    )  # fmt: skip
    restrict(unit, new)
    settle(session)
    assert browse.get(f"/people/{leah}/people").main.count("Someone else") <= 1
