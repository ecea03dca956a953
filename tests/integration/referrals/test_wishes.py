"""Wishes on the database: kept with the referral, known to the next form, and what routing reads of homes."""

import json
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.clusters.models import Team
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import ContactId, PersonId, new_id
from locality.people import api as people
from locality.people.models import Postcode
from locality.referrals.models import Offer, Referral, ReferralEvent, RoutingDecision
from locality.referrals.operations.commands import DecideChild
from locality.referrals.operations.correcting import correct_decision
from locality.referrals.operations.deciding import decide_child
from locality.referrals.queries.wishes import ask_wishes, view_wishes
from locality.referrals.rules import trace
from locality.referrals.rules.directory import Access
from locality.referrals.rules.wishes import Wishes
from tests.factories.accounts import an_account
from tests.factories.clusters import an_agency
from tests.factories.referrals import a_child, a_contact, a_decision, a_referral, a_service
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit


def the_trace(session: Session, referral_id: uuid.UUID) -> trace.StoredTrace:
    found = select(RoutingDecision.trace).where(RoutingDecision.referral_id == referral_id)
    return session.execute(found).scalar_one()


def live(unit: object, person_id: PersonId, postcode: str, *, hidden: bool = False) -> None:
    people.record_address(
        unit,  # type: ignore[arg-type]
        people.NewAddress(people=[person_id], lines=["1 High Street"], postcode=postcode, do_not_disclose=hidden),
    )


@pytest.fixture
def streets(session: Session) -> None:
    """Two postcodes two and a half miles apart; tables of postcodes are empty in tests."""
    session.add_all(
        [
            Postcode(postcode="SS3 9AA", easting=593_000, northing=185_000),
            Postcode(postcode="SS1 1AA", easting=589_000, northing=185_000),
        ]
    )
    session.flush()


@pytest.mark.usefixtures("streets")
def test_the_trace_tells_a_wide_ring_around_home_and_no_postcode(uow: OpenUnit, session: Session, town: Town) -> None:
    with uow() as unit:
        a_service(unit, town.agency, cluster=town.cluster, name="Drop-in", postcode="SS1 1AA", venue="Hall")
        child = a_child(unit, school=town.school)
        live(unit, child, "SS3 9AA")
        stored = the_trace(session, a_referral(unit, child))
    assert [c.get("far") for c in stored["candidates"]] == [3, None]
    assert "2 to 4 miles from home" in str(stored)
    assert "SS3" not in json.dumps(stored)


@pytest.mark.usefixtures("streets")
@pytest.mark.parametrize("elsewhere", ["same record", "linked record", "brother"])
def test_a_hidden_home_leaves_nothing_in_the_trace_wherever_it_is_recorded(
    uow: OpenUnit, session: Session, town: Town, elsewhere: str
) -> None:
    with uow() as unit:
        a_service(unit, town.agency, cluster=town.cluster, name="Drop-in", postcode="SS1 1AA", venue="Hall")
        child, other = a_child(unit, school=town.school), a_child(unit, school=town.school, given_name="Tom")
        live(unit, child, "SS3 9AA")
        live(unit, child if elsewhere == "same record" else other, "SS3 9AA", hidden=True)
        if elsewhere == "linked record":
            unit.session.execute(
                text("INSERT INTO linked_person VALUES (:one, :one), (:other, :one)"), {"one": child, "other": other}
            )
        referred = (child, other) if elsewhere == "brother" else (child,)
        stored = the_trace(session, a_referral(unit, *referred))
    assert [candidate.get("far") for candidate in stored["candidates"]] == [None, None]
    assert "home" not in json.dumps(stored["candidates"])


def test_who_asks_for_a_worker_by_name_is_offered_to_the_team_of_that_worker(
    uow: OpenUnit, session: Session, town: Town
) -> None:
    account, team = an_account(session, name="Sam Hall"), Team(id=new_id(), agency_id=town.agency.id, name="Harbour")
    session.add(team)
    session.flush()
    session.execute(
        text(
            "INSERT INTO worker (account_id, team_id, employer_id, base, full_time, newly_qualified)"
            " VALUES (:who, :team, :agency, '', 1, false)"
        ),
        {"who": account.id, "team": team.id, "agency": town.agency.id},
    )
    with uow() as unit:
        theirs = a_service(unit, town.agency, name="Harbour help", team_id=team.id)
        known = a_referral(unit, a_child(unit, school=town.school), wishes=Wishes(worker=" sam  hall "))
        unknown = a_referral(unit, a_child(unit, school=town.school), wishes=Wishes(worker="Nobody Here"))
    offered = dict(session.execute(select(Offer.referral_id, Offer.service_id)).all())  # type: ignore[arg-type]
    assert offered == {known: theirs, unknown: town.service_id}
    assert view_wishes(session, unknown).asked_for == "Nobody Here"


def test_an_agency_that_the_family_does_not_want_is_never_offered_to(
    uow: OpenUnit, session: Session, town: Town
) -> None:
    other = an_agency(session, name="Lantern")
    with uow() as unit:
        second = a_service(unit, other, name="Lantern help")
        referral_id = a_referral(unit, a_child(unit, school=town.school), wishes=Wishes(unwanted=(town.agency.id,)))
    assert session.scalars(select(Offer.service_id)).all() == [second]
    assert "The family does not want its agency" in str(the_trace(session, referral_id))


def test_an_interpreter_on_record_counts_where_the_referral_says_nothing(
    uow: OpenUnit, session: Session, town: Town
) -> None:
    with uow() as unit:
        child = a_child(unit, school=town.school)
        unit.session.execute(
            text("UPDATE person SET first_language = 'Polish, some English', interpreter_needed = true WHERE id = :id"),
            {"id": child},
        )
        nobody = a_referral(unit, child)
        fine = a_referral(unit, child, wishes=Wishes(language="pl", interpreter=False))
    assert "Nobody there speaks Polish" in str(the_trace(session, nobody))
    assert the_trace(session, fine)["result"] == "offer"


def test_what_was_said_once_is_known_to_the_next_form_with_who_told_it(uow: OpenUnit, town: Town) -> None:
    said = Wishes(language="pl", access=(Access.CRECHE,), service=town.service_id, worker="Sam Hall")
    with uow() as unit:
        child = a_child(unit, school=town.school)
        unit.session.execute(text("UPDATE person SET interpreter_needed = true WHERE id = :id"), {"id": child})
        before = ask_wishes(unit.session, child).known
        a_referral(unit, child, routed=False, wishes=said)
        after = ask_wishes(unit.session, child).known
    assert (before.wishes.interpreter, before.wishes.language) == (True, "")
    assert before.interpreter_source == "On record in the details: An interpreter is needed"
    assert after.wishes == replace(said, interpreter=True)
    assert after.language_source.startswith("From referral RE-")


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        (Wishes(language="xx"), "language"),
        (Wishes(access=(Access.INTERPRETER,)), "access"),
    ],
)
def test_what_no_form_offers_is_refused(uow: OpenUnit, town: Town, wishes: Wishes, field: str) -> None:
    with pytest.raises(RuleBroken) as refused, uow() as unit:
        a_referral(unit, a_child(unit, school=town.school), routed=False, wishes=wishes)
    assert [reason.field for reason in refused.value.reasons] == [field]


@pytest.fixture
def decided(uow: OpenUnit, town: Town) -> DecideChild:
    """A decision whose family needs visits at home; the officer has sent the referral."""
    with uow(town.officer) as unit:
        child = a_child(unit, school=town.school)
        contact_id: ContactId = a_contact(unit, child)
        command = a_decision(contact_id, child, wishes=Wishes(access=(Access.HOME_VISITS,)))
        decide_child(unit, command)
    return command


def test_a_decision_sends_the_familys_wishes_with_the_referral(session: Session, decided: DecideChild) -> None:
    assert decided.wishes.access
    assert session.scalars(select(Referral.access_needs)).one() == ["home_visits"]


def test_a_brother_who_joins_adds_what_he_needs(
    uow: OpenUnit, session: Session, town: Town, decided: DecideChild
) -> None:
    with uow(town.officer) as unit:
        tom = a_child(unit, given_name="Tom")
        contact = a_contact(unit, decided.person_id, tom)
        for child, wishes in (
            (decided.person_id, Wishes(access=(Access.CRECHE,))),
            (tom, Wishes(access=(Access.ONLINE,), language="pl")),
        ):
            decide_child(unit, a_decision(contact, child, wishes=wishes))
    session.expire_all()
    referral = session.scalars(select(Referral).where(Referral.contact_id == contact)).one()
    assert (referral.access_needs, referral.language) == (["creche", "online"], "pl")


def test_a_corrected_decision_corrects_the_wishes_and_says_so(
    uow: OpenUnit, session: Session, town: Town, decided: DecideChild
) -> None:
    with uow(town.officer) as unit:
        again = replace(decided, decision_id=new_id(), wishes=Wishes(access=(Access.STEP_FREE,)))
        correct_decision(unit, again, why="Asked the family")
    session.expire_all()
    assert session.scalars(select(Referral.access_needs)).one() == ["step_free"]
    lines = session.scalars(select(ReferralEvent.line)).all()
    assert any("what the family needs to take part" in line for line in lines)
