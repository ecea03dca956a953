"""Agreement on the database: recorded, replaced, withdrawn; never overwritten; other rooms told in time."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.audit.models import AuditEvent
from locality.consent import api as consent
from locality.consent.queries import overrides
from locality.kernel.db import bind_actor
from locality.kernel.errors import Conflict, NotFound, RuleBroken
from locality.kernel.ids import AgencyId, AgreementId, FamilyId, PersonId, new_id
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from tests.factories.accounts import an_account, an_actor
from tests.factories.consent import an_agreement, some_terms
from tests.factories.people import a_family, a_grant, a_person, an_adult
from tests.support.database import OpenUnit

TODAY = dt.date(2026, 3, 3)
SCHOOL = AgencyId(uuid.UUID(int=10))


@pytest.fixture
def mother(session: Session) -> PersonId:
    return an_adult(session)


@pytest.fixture
def leah(session: Session) -> PersonId:
    return a_person(session)


@pytest.fixture
def family(session: Session, mother: PersonId, leah: PersonId) -> FamilyId:
    made = a_family(session, mother, leah)
    session.commit()
    return made


def a_withdrawal(agreement: AgreementId, by: PersonId, **changed: object) -> consent.Withdraw:
    values: dict[str, object] = {
        "agreement_id": agreement, "scope": consent.Scope.WHOLE, "withdrawn_by": by, "reason": "Enough for now",
        "withdrawn_on": TODAY, "risk": consent.RiskView.UNLIKELY,
    }  # fmt: skip
    return consent.Withdraw(**(values | changed))  # type: ignore[arg-type]


def statuses(session: Session, family: FamilyId) -> list[str]:
    return [one.status.value for one in consent.history(session, family, today=TODAY)]


def test_an_agreement_is_recorded_told_in_the_story_and_logged(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    with uow() as unit:
        made = consent.record_agreement(unit, family, some_terms(leah, given_by=mother))
    found = consent.open_agreement(session, [leah], today=TODAY)
    assert found is not None
    assert (found.id, found.terms) == (made, some_terms(leah, given_by=mother))
    (line,) = people.list_story(session, leah).rows
    assert line.line == "Ngozi Adeyemi agreed to take part (holds parental responsibility)."
    event = session.execute(sa.select(AuditEvent).where(AuditEvent.action == "agreement.recorded")).scalar_one()
    assert event.detail["capacity"] == "pr_holder"


def test_sending_the_form_twice_records_one(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    made = AgreementId(new_id())
    for _ in range(2):
        with uow() as unit:
            consent.record_agreement(unit, family, some_terms(leah, given_by=mother), agreement_id=made)
    assert len(consent.history(session, family, today=TODAY)) == 1


def test_an_agreement_that_breaks_a_rule_is_refused(
    uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    with pytest.raises(RuleBroken) as refused, uow() as unit:
        consent.record_agreement(unit, family, some_terms(leah, given_by=mother, explained_how=""))
    assert refused.value.reasons[0].field == "explained_how"


def test_only_members_of_the_family_agree_and_are_agreed_about(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    stranger = a_person(session, given_name="Other", family_name="Child")
    session.commit()
    for terms in (some_terms(stranger, given_by=mother), some_terms(leah, given_by=stranger)):
        with pytest.raises(NotFound), uow() as unit:
            consent.record_agreement(unit, family, terms)


def test_a_later_answer_of_the_same_person_replaces_the_earlier_which_stays(
    session: Session, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    an_agreement(session, family, leah, given_by=mother)
    an_agreement(session, family, leah, given_by=mother, signed_on=dt.date(2026, 3, 1))
    assert statuses(session, family) == ["active", "superseded"]


def test_a_refusal_of_one_parent_does_not_undo_what_the_other_agreed(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    father = an_adult(session, given_name="Dan")
    session.commit()
    with uow() as unit:
        people.add_to_family(unit, family, father)
    an_agreement(session, family, leah, given_by=mother)
    an_agreement(
        session, family, leah, given_by=father, refused=True, refusal_reason="No", purposes=frozenset(), method=None,
        signed_on=dt.date(2026, 3, 1),
    )  # fmt: skip
    assert statuses(session, family) == ["refused", "active"]
    assert consent.open_agreement(session, [leah], today=TODAY) is not None


def test_withdrawing_ends_it_and_tells_higher_rooms_in_the_same_transaction(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[consent.Withdrawn] = []

    def note(_uow: UnitOfWork, event: consent.Withdrawn) -> None:
        told.append(event)

    monkeypatch.setattr(consent.withdrawn, "_functions", [note])
    made = an_agreement(session, family, leah, given_by=mother)
    with uow() as unit:
        consent.withdraw(unit, a_withdrawal(made, mother))
    assert statuses(session, family) == ["withdrawn"]
    assert told == [consent.Withdrawn(made, family, (leah,), consent.Scope.WHOLE)]
    assert consent.open_agreement(session, [leah], today=TODAY) is None
    assert people.list_story(session, leah).rows[0].line == "Agreement to take part was withdrawn."


def test_what_follows_from_a_withdrawal_fails_with_it(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_uow: UnitOfWork, _event: consent.Withdrawn) -> None:
        raise Conflict("A grant could not be ended")

    monkeypatch.setattr(consent.withdrawn, "_functions", [fail])
    made = an_agreement(session, family, leah, given_by=mother)
    session.commit()
    with pytest.raises(Conflict), uow() as unit:
        consent.withdraw(unit, a_withdrawal(made, mother))
    assert statuses(session, family) == ["active"]


def test_taking_back_one_agency_leaves_the_rest(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    made = an_agreement(session, family, leah, given_by=mother)
    assert consent.agreements_cover(session, [leah], SCHOOL, today=TODAY)
    with uow() as unit:
        consent.withdraw(unit, a_withdrawal(made, mother, scope=consent.Scope.AGENCY, agency_id=SCHOOL))
    assert statuses(session, family) == ["partial"]
    assert not consent.agreements_cover(session, [leah], SCHOOL, today=TODAY)
    assert consent.agreements_cover(session, [leah], AgencyId(uuid.UUID(int=11)), today=TODAY)


def test_cover_means_everybody_asked_about(
    session: Session, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    an_agreement(session, family, leah, given_by=mother)
    assert not consent.agreements_cover(session, [leah, mother], SCHOOL, today=TODAY)
    assert not consent.agreements_cover(session, [], SCHOOL, today=TODAY)
    assert consent.open_agreement(session, [leah, mother], today=TODAY) is None


def test_an_agency_kept_out_by_one_parent_is_kept_out(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    father = an_adult(session, given_name="Dan")
    session.commit()
    with uow() as unit:
        people.add_to_family(unit, family, father)
    an_agreement(session, family, leah, given_by=mother)
    an_agreement(session, family, leah, given_by=father, agencies_out=frozenset({SCHOOL}))
    assert not consent.agreements_cover(session, [leah], SCHOOL, today=TODAY)


def test_the_cluster_team_and_topics(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    made = an_agreement(
        session, family, leah, given_by=mother, cluster_team=True, topics_out=frozenset({consent.Topic.MONEY})
    )
    found = consent.get_agreement(session, made, today=TODAY)
    assert found.covers_cluster_team
    assert not found.covers_topic(consent.Topic.MONEY)
    for scope, topic in ((consent.Scope.CLUSTER_TEAM, None), (consent.Scope.TOPIC, consent.Topic.OFFENDING)):
        with uow() as unit:
            consent.withdraw(unit, a_withdrawal(made, mother, scope=scope, topic=topic))
    found = consent.get_agreement(session, made, today=TODAY)
    assert not found.covers_cluster_team
    assert not found.covers_topic(consent.Topic.OFFENDING)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"withdrawn_on": dt.date(2026, 3, 4)}, "withdrawn_on"),
        ({"scope": consent.Scope.AGENCY}, "agency"),
        ({"scope": consent.Scope.TOPIC}, "topic"),
        ({"withdrawn_by": PersonId(uuid.UUID(int=9))}, "withdrawn_by"),
    ],
)
def test_a_withdrawal_says_who_when_what_and_why(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId,
    changed: dict[str, object], field: str,
) -> None:  # fmt: skip
    made = an_agreement(session, family, leah, given_by=mother)
    session.commit()
    with pytest.raises(RuleBroken) as refused, uow() as unit:
        consent.withdraw(unit, a_withdrawal(made, mother, **changed))
    assert [reason.field for reason in refused.value.reasons] == [field]


def test_what_was_withdrawn_cannot_be_withdrawn_again_but_the_same_form_may_come_twice(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    made = an_agreement(session, family, leah, given_by=mother)
    form = new_id()
    for _ in range(2):
        with uow() as unit:
            consent.withdraw(unit, a_withdrawal(made, mother, id=form))
    with pytest.raises(Conflict), uow() as unit:
        consent.withdraw(unit, a_withdrawal(made, mother))


@pytest.mark.parametrize(
    "statement", ["UPDATE agreement SET refused = true", "UPDATE agreement_withdrawal SET reason = ''"]
)
def test_not_even_plain_sql_changes_what_was_agreed(
    session: Session, uow: OpenUnit, family: FamilyId, mother: PersonId, leah: PersonId, statement: str
) -> None:
    made = an_agreement(session, family, leah, given_by=mother)
    with uow() as unit:
        consent.withdraw(unit, a_withdrawal(made, mother))
    with pytest.raises(sa.exc.DBAPIError, match="never changed"):
        session.execute(text(statement))


def test_agreements_are_seen_only_by_who_sees_the_people(
    session: Session, family: FamilyId, mother: PersonId, leah: PersonId
) -> None:
    made = an_agreement(session, family, leah, given_by=mother)
    worker = an_actor(an_account(session))
    bind_actor(session, worker)
    assert consent.history(session, family, today=TODAY) == ()
    with pytest.raises(NotFound):
        consent.get_agreement(session, made, today=TODAY)
    a_grant(session, worker, leah)
    assert len(consent.history(session, family, today=TODAY)) == 1


def test_sharing_without_agreement_is_a_decision_on_record(
    session: Session, uow: OpenUnit, family: FamilyId, leah: PersonId
) -> None:
    command = consent.Override(
        people=[leah], ground=consent.Ground.CHILD_AT_RISK, what="Address and worries", to_whom="Police, PC 42",
        manager_consulted="J. Ward", family_told=False, why_not_told="It would raise the risk", family_id=family,
    )  # fmt: skip
    with uow() as unit:
        consent.share_override(unit, command)
    (row,) = overrides(session, [leah])
    assert (row.what, row.to_whom, row.family_told) == ("Address and worries", "Police, PC 42", False)
    assert "shared without agreement" in people.list_story(session, leah).rows[0].line


def test_a_decision_to_share_leaves_nothing_out(uow: OpenUnit, leah: PersonId) -> None:
    command = consent.Override(
        people=[leah], ground=consent.Ground.SERIOUS_CRIME, what="", to_whom="", manager_consulted="", family_told=False
    )
    with pytest.raises(RuleBroken) as refused, uow() as unit:
        consent.share_override(unit, command)
    assert [reason.field for reason in refused.value.reasons] == [
        "what", "to_whom", "manager_consulted", "why_not_told",
    ]  # fmt: skip
