"""The pages of a family's agreement."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason, Part
from locality.accounts.models import Account
from locality.consent import api as consent
from locality.kernel.actor import Role
from locality.kernel.ids import AgencyId, FamilyId, PersonId, new_id
from locality.people import api as people
from tests.factories.accounts import an_account, an_actor
from tests.factories.consent import an_agreement
from tests.factories.people import a_family, a_grant, a_person, a_unit, an_adult, settle
from tests.support.layers import layer
from tests.support.web import Browse

pytestmark = pytest.mark.usefixtures("clock")


@layer
def leah(session: Session, clock: dt.datetime) -> PersonId:
    return a_person(session)


@layer
def mother(session: Session, clock: dt.datetime) -> PersonId:
    return an_adult(session)


@layer
def led(session: Session, clock: dt.datetime, leah: PersonId, mother: PersonId) -> tuple[FamilyId, Account]:
    made = a_family(session, mother, leah)
    lead = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(lead), leah, mother)
    return made, lead


@pytest.fixture
def family(browse: Browse, led: tuple[FamilyId, Account]) -> FamilyId:
    browse.sign_in(led[1])
    return led[0]


def answers(leah: PersonId, mother: PersonId, **changed: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "answer": "agreed", "given_by": str(mother), "capacity": "pr_holder", "people": [str(leah)],
        "purposes": ["assess", "store", "share_basic", "share_additional"], "share_with": "helping",
        "topics_out": ["money"], "cluster_team": "yes", "explained_how": "With the leaflet",
        "method": "verbal_recorded", "signed_on-day": "1", "signed_on-month": "3", "signed_on-year": "2026",
        "review_due_on-day": "1", "review_due_on-month": "9", "review_due_on-year": "2026",
    }  # fmt: skip
    return values | changed


def test_the_first_page_says_what_will_appear(family: FamilyId, browse: Browse) -> None:
    page = browse.get(f"/families/{family}/agreement", most_queries=8)
    assert page.heading == "Agreement of family Adeyemi"
    assert "Agreements appear here once somebody of the family has been asked" in page.main


def test_an_agreement_is_recorded_and_shown_in_words(
    family: FamilyId, browse: Browse, leah: PersonId, mother: PersonId
) -> None:
    page = browse.get(f"/families/{family}/agreement/record")
    shown = browse.follow(browse.send(page, answers(leah, mother)))
    assert shown.banner == "The answer has been recorded"
    assert "Ngozi Adeyemi, 1 March 2026" in shown.main
    assert "Agreed in part" in shown.main
    assert shown.row("About") == "Leah Adeyemi"
    assert shown.row("Topics kept out") == "Money and work"
    assert shown.row("Cluster team") == "May see the family’s plan"


def test_a_young_person_decides_with_reasons(family: FamilyId, browse: Browse, leah: PersonId) -> None:
    changed = {"given_by": str(leah), "capacity": "self_gillick"}
    page = browse.get(f"/families/{family}/agreement/record")
    refused = browse.send(page, answers(leah, leah, **changed), status=422)
    assert [field for field, _ in refused.errors] == ["gillick_assessed_by", "gillick_reasons"]
    told = {"gillick_assessed_by": "J. Ward", "gillick_reasons": "Knows what is shared and what may follow"}
    shown = browse.follow(browse.send(refused, told))
    assert shown.row("Why the young person could decide") == "Knows what is shared and what may follow"


def test_a_refusal_is_recorded_with_its_reason(
    family: FamilyId, browse: Browse, leah: PersonId, mother: PersonId
) -> None:
    page = browse.get(f"/families/{family}/agreement/record")
    refused = browse.send(page, answers(leah, mother, answer="refused"), status=422)
    assert refused.errors == [("refusal_reason", "Enter why, in their words if you can")]
    shown = browse.follow(browse.send(refused, {"refusal_reason": "We manage on our own"}))
    assert shown.row("Why not") == "We manage on our own"
    assert "Refused" in shown.main


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"answer": ""}, "answer"),
    ({"given_by": ""}, "given_by"),
    ({"given_by": str(new_id())}, "given_by"),
    ({"capacity": "nonsense"}, "capacity"),
    ({"people": []}, "people"),
    ({"people": [str(new_id())]}, "people"),
    ({"purposes": []}, "purposes"),
    ({"purposes": ["everything"]}, "purposes"),
    ({"topics_out": ["x"]}, "topics_out"),
    ({"explained_how": "a\x00b"}, "explained_how"),
    ({"explained_how": "x" * 2_001}, "explained_how"),
    ({"method": ""}, "method"),
    ({"signed_on-day": ""}, "signed_on-day"),
    ({"signed_on-year": "2098", "review_due_on-year": "2099"}, "signed_on-day"),
    ({"review_due_on-year": "2029"}, "review_due_on-day"),
    ({"share_with": "named"}, "share_with"),
    ({"form_id": "nonsense"}, ""),
)


def test_a_wrong_answer_is_said_beside_its_field(
    family: FamilyId, browse: Browse, leah: PersonId, mother: PersonId
) -> None:
    page = browse.get(f"/families/{family}/agreement/record")
    for changed, field in WRONG:
        refused = browse.send(page, answers(leah, mother, **changed), status=422)
        assert field in [where for where, _ in refused.errors], changed


def a_withdrawal(mother: PersonId, **changed: str) -> dict[str, str]:
    values = {
        "scope": "whole", "withdrawn_by": str(mother), "reason": "Enough for now", "risk": "watch",
        "withdrawn_on-day": "2", "withdrawn_on-month": "3", "withdrawn_on-year": "2026",
    }  # fmt: skip
    return values | changed


def test_an_agreement_is_withdrawn_with_a_look_at_the_risk(
    family: FamilyId, browse: Browse, session: Session, leah: PersonId, mother: PersonId
) -> None:
    an_agreement(session, family, leah, given_by=mother)
    session.commit()
    page = browse.get(f"/families/{family}/agreement")
    link = next(href for words, href in page.links.items() if words.startswith("Record that this is withdrawn"))
    done = browse.send(browse.get(link), a_withdrawal(mother, risk="refer"))
    shown = browse.follow(done)
    assert shown.banner == "The withdrawal has been recorded. Now refer to social care"
    assert "Withdrawn" in shown.main
    assert "Taken back. All of it: withdrawn by Ngozi Adeyemi on 2 March 2026. Enough for now" in shown.main
    again = browse.post(link, a_withdrawal(mother) | {"form_id": str(new_id())}, status=422)
    assert "no longer in force" in again.text


def test_one_topic_is_taken_back(
    family: FamilyId, browse: Browse, session: Session, leah: PersonId, mother: PersonId
) -> None:
    made = an_agreement(session, family, leah, given_by=mother)
    session.commit()
    page = browse.get(f"/families/{family}/agreement/{made}/withdraw")
    refused = browse.send(page, a_withdrawal(mother, scope="topic"), status=422)
    assert refused.errors == [("topic", "Select the topic that is no longer to be shared")]
    shown = browse.follow(browse.send(refused, {"topic": "money"}))
    assert "Taken back. Sharing money and work" in shown.main
    assert "Agreed in part" in shown.main


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"scope": "x"}, "scope"), ({"reason": ""}, "reason"), ({"risk": ""}, "risk"),
        ({"withdrawn_by": str(new_id())}, "withdrawn_by"), ({"withdrawn_on-year": "2099"}, "withdrawn_on-day"),
        ({"topic": "nonsense"}, "topic"),
    ],
)  # fmt: skip
def test_a_wrong_withdrawal_is_said_beside_its_field(
    family: FamilyId, browse: Browse, session: Session, leah: PersonId, mother: PersonId,
    changed: dict[str, str], field: str,
) -> None:  # fmt: skip
    made = an_agreement(session, family, leah, given_by=mother)
    session.commit()
    page = browse.get(f"/families/{family}/agreement/{made}/withdraw")
    refused = browse.send(page, a_withdrawal(mother, **changed), status=422)
    assert field in [where for where, _ in refused.errors]


def test_an_agreement_of_another_family_is_not_there(
    family: FamilyId, browse: Browse, session: Session, leah: PersonId, mother: PersonId
) -> None:
    other_child, other_mother = a_person(session, given_name="Other"), an_adult(session, given_name="Else")
    other = a_family(session, other_child, other_mother, name="Else")
    made = an_agreement(session, other, other_child, given_by=other_mother)
    session.commit()
    browse.get(f"/families/{family}/agreement/{made}/withdraw", status=404)
    browse.get(f"/families/{other}/agreement", status=404)
    browse.get(f"/families/{other}/agreement/record", status=404)


def test_sharing_without_agreement_is_written_down(family: FamilyId, browse: Browse, leah: PersonId) -> None:
    page = browse.get(f"/families/{family}/agreement/overrides/new")
    values = {
        "people": [str(leah)], "ground": "child_at_risk", "what": "Where she was last seen", "to_whom": "Police",
        "manager_consulted": "J. Ward", "family_told": "no",
    }  # fmt: skip
    refused = browse.send(page, values, status=422)
    assert refused.errors == [("why_not_told", "Enter why the family was not told")]
    shown = browse.follow(browse.send(refused, {"why_not_told": "It would raise the risk"}))
    (row,) = shown.table("Decisions")
    assert (row["About"], row["Family told"]) == ("Leah Adeyemi", "No: It would raise the risk")


def test_a_cluster_colleague_reads_and_does_not_record(
    browse: Browse, session: Session, leah: PersonId, mother: PersonId
) -> None:
    made = a_family(session, mother, leah)
    colleague = an_account(session, roles=[Role.CLUSTER_MEMBER])
    a_grant(session, an_actor(colleague), leah, mother, reason=GrantReason.CLUSTER_AGREEMENT)
    session.commit()
    browse.sign_in(colleague)
    page = browse.get(f"/families/{made}/agreement")
    assert not page.has_button("Record an agreement or a refusal")
    browse.get(f"/families/{made}/agreement/record", status=403)


def test_what_was_shared_without_agreement_is_offered_to_whoever_may_read_the_story(
    browse: Browse, session: Session, led: tuple[FamilyId, Account], leah: PersonId, mother: PersonId
) -> None:
    words, path = "What was shared without agreement", f"/families/{led[0]}/agreement"
    browse.sign_in(led[1])
    browse.get(browse.get(path).links[words])
    reader = an_account(session, roles=[Role.SERVICE_WORKER])
    a_grant(session, an_actor(reader), leah, mother, parts=frozenset({Part.IDENTITY}))
    settle(session)
    browse.sign_in(reader)
    assert words not in browse.get(path, most_queries=8).links
    browse.get(f"{path}/overrides", status=403)


@pytest.fixture
def agencies(monkeypatch: pytest.MonkeyPatch) -> tuple[AgencyId, AgencyId]:
    """Two agencies, as the room that keeps them would offer."""
    school, clinic = AgencyId(new_id()), AgencyId(new_id())

    def offer(_session: Session, choices: list[consent.AgencyChoice]) -> None:
        choices += [consent.AgencyChoice(school, "Hamlet School"), consent.AgencyChoice(clinic, "Estuary Clinic")]

    monkeypatch.setattr(consent.agency_choices, "_functions", [offer])
    return school, clinic


def test_agencies_are_named_in_and_out(
    family: FamilyId, browse: Browse, leah: PersonId, mother: PersonId, agencies: tuple[AgencyId, AgencyId]
) -> None:
    school, clinic = agencies
    page = browse.get(f"/families/{family}/agreement/record")
    changed = {"share_with": "named", "agencies_in": [str(school)], "agencies_out": [str(school)]}
    changed["agencies_out_words"] = "nobody at Dad’s work"
    refused = browse.send(page, answers(leah, mother, **changed), status=422)
    assert refused.errors == [("agencies_out", "The same agency cannot be both told and not told")]
    shown = browse.follow(browse.send(refused, {"agencies_out": [str(clinic)]}))
    assert shown.row("Who may be told") == "Hamlet School"
    assert shown.row("Who must not be told") == "Estuary Clinic; nobody at Dad’s work"


def test_one_agency_is_taken_back_and_the_others_are_to_be_told(
    family: FamilyId, browse: Browse, session: Session, leah: PersonId, mother: PersonId,
    agencies: tuple[AgencyId, AgencyId],
) -> None:  # fmt: skip
    made = an_agreement(
        session, family, leah, given_by=mother, share_with=consent.ShareWith.NAMED, agencies_in=frozenset(agencies)
    )
    session.commit()
    address = f"/families/{family}/agreement/{made}/withdraw"
    refused = browse.send(browse.get(address), a_withdrawal(mother, scope="agency"), status=422)
    assert refused.errors == [("agency", "Select the agency that is no longer to be told")]
    shown = browse.follow(browse.send(refused, {"agency": str(agencies[0])}))
    assert "Taken back. Sharing with Hamlet School" in shown.main
    whole = browse.follow(browse.send(browse.get(address), a_withdrawal(mother)))
    assert "Tell Hamlet School and Estuary Clinic that nothing more may be shared" in whole.banner


def test_a_late_review_and_a_court_are_said(
    family: FamilyId, browse: Browse, session: Session, leah: PersonId, mother: PersonId
) -> None:
    an_agreement(
        session, family, leah, given_by=mother, signed_on=dt.date(2025, 9, 1), review_due_on=dt.date(2026, 2, 1),
        capacity=consent.Capacity.COURT, capacity_words="Southend family court",
    )  # fmt: skip
    session.commit()
    page = browse.get(f"/families/{family}/agreement")
    assert "The review was due on 1 February 2026" in page.main
    assert page.row("In what capacity") == "By order of a court: Southend family court"


def test_parental_responsibility_that_nobody_recorded_is_a_doubt(
    family: FamilyId, browse: Browse, session: Session, leah: PersonId, mother: PersonId
) -> None:
    an_agreement(session, family, leah, given_by=mother)
    settle(session)
    words = "which is not on record yet. Ngozi Adeyemi: Leah Adeyemi"
    assert words in browse.get(f"/families/{family}/agreement", most_queries=8).main
    held = people.NewResponsibility(child_id=leah, adult_id=mother, basis=people.PrBasis.BIRTH_MOTHER)
    people.give_parental_responsibility(a_unit(session), held)
    session.commit()
    assert "not on record yet" not in browse.get(f"/families/{family}/agreement").main


def test_an_interpreter_who_is_known_of_is_filled_in_with_who_said_so(
    family: FamilyId, browse: Browse, session: Session, leah: PersonId
) -> None:
    telling = people.Telling((people.FactSource.CONTACT, new_id()), dt.date(2026, 3, 2), "Garon Primary School")
    told = [people.Told(people.Topic.INTERPRETER, "Yoruba, for her mother")]
    people.tell_facts(a_unit(session), [leah], told, telling=telling)
    settle(session)
    page = browse.get(f"/families/{family}/agreement/record", most_queries=8)
    assert page.form()["interpreter"] == "Yoruba, for her mother"
    assert "Told by Garon Primary School to the front door on 2 March 2026. Still right?" in page.main
