"""Routing on the database: offered, passed on or handed to a person; the trace; few statements."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR
from locality.accounts import api as accounts
from locality.clusters import api as clusters
from locality.kernel.ids import AccountId, EpisodeId, new_id
from locality.people import api as people
from locality.referrals import jobs
from locality.referrals.models import Offer, Referral, ReferralChild, RoutingDecision, ServiceCapacity
from locality.referrals.operations.sending import refer_to_social_care
from locality.referrals.rules import trace
from locality.referrals.rules.codes import AgreementBasis, Urgency
from locality.referrals.rules.facts import RouteResult
from locality.referrals.rules.lifecycle import OfferState, Party, ReferralState
from locality.stages import api as stages
from tests.factories.accounts import an_account
from tests.factories.clusters import a_case_note, a_cluster
from tests.factories.people import an_address
from tests.factories.referrals import a_child, a_referral, a_service, a_social_care_referral, social_care
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit

IN_ONE_WORKING_DAY = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "SELECT set_config")):
            said.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def the_decision(session: Session) -> RoutingDecision:
    return session.scalars(select(RoutingDecision)).one()


def test_a_referral_is_offered_to_the_service_that_fits(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    referral, offer = session.get_one(Referral, referral_id), session.scalars(select(Offer)).one()
    assert (referral.state, referral.owner_principal) == (ReferralState.RECEIVED, town.service_id)
    assert (referral.owner_kind, referral.owner_name) == (Party.SERVICE, "Family support")
    assert referral.cluster_id == offer.cluster_id == town.cluster.id
    assert offer.due_at == referral.response_due_at == dt.datetime(2026, 3, 10, 10, 0, tzinfo=dt.UTC)
    assert "6 places were free when it was sent" in referral.why_here


def test_routing_takes_few_statements_whatever_the_directory(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        for number in range(12):
            a_service(unit, town.agency, cluster=town.cluster, name=f"Service {number}")
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with counted(session) as said, uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    assert len(said) <= 6, "\n".join(said)


def test_a_second_delivery_changes_nothing(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school))
        jobs.route(unit, referral_id=referral_id)
        jobs.route(unit, referral_id=new_id())
    assert len(session.scalars(select(Offer)).all()) == 1


def test_an_offer_holds_a_place(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        a_referral(unit, a_child(unit, school=town.school))
    capacity = session.scalars(select(ServiceCapacity)).one()
    assert (capacity.places, capacity.taken, capacity.offered) == (6, 0, 1)


def test_the_service_may_read_the_children_only_once_they_are_offered(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    with uow() as unit:
        child = a_child(unit, school=town.school)
        referral_id = a_referral(unit, child, routed=False)
    with uow(town.worker) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == []
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    with uow(town.worker) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == [referral_id]
        assert set(people.summaries(unit.session, [child])) == {child}


def test_the_trace_is_kept_and_replays(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        a_service(unit, town.agency, name="Bereavement support", needs=("BEREAVEMENT",))
        a_referral(unit, a_child(unit, school=town.school))
    kept = the_decision(session)
    assert trace.replay(kept.trace) == (RouteResult.OFFER, town.service_id)
    read = trace.read(kept.trace)
    assert [(line.head, line.found) for line in read.dropped] == [("Bereavement support", "Does not meet the need.")]
    assert kept.rule_set == read.rule_set == 1


def test_the_trace_holds_no_name_and_no_address(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        child = a_child(unit, given_name="Zebedee", family_name="Quillfeather")
        people.record_address(unit, people.NewAddress(people=[child], lines=["1 Hidden Way"], postcode="SS3 9AA"))
        a_referral(unit, child)
    words = str(the_decision(session).trace)
    assert "Zebedee" not in words
    assert "SS3" not in words
    assert "The home address lies in Shoebury." in words


def test_without_a_fitting_service_the_front_door_decides(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), need_codes=("BEREAVEMENT",))
    referral = session.get_one(Referral, referral_id)
    assert (referral.state, referral.owner_principal) == (ReferralState.UNPLACED, FRONT_DOOR)
    assert referral.response_due_at == IN_ONE_WORKING_DAY


def test_a_leads_referral_that_finds_no_service_is_with_the_front_door_which_may_read_it(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    with uow(town.worker) as unit:
        referral_id = a_referral(unit, a_child(unit), need_codes=("BEREAVEMENT",), routed=False)
    assert session.get_one(Referral, referral_id).owner_principal == town.worker.account_id
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    with uow(town.officer) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == [referral_id]


def test_without_agreement_a_person_asks_the_family(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        a_referral(unit, a_child(unit, school=town.school), agreement=AgreementBasis.NONE)
    assert the_decision(session).result == "person"


def test_urgent_means_one_working_day(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        a_referral(unit, a_child(unit, school=town.school), urgency=Urgency.URGENT)
    assert session.scalars(select(Offer.due_at)).one() == IN_ONE_WORKING_DAY


def test_social_care_answers_within_one_working_day(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        team = social_care(unit, town.agency)
        referral_id = refer_to_social_care(unit, a_social_care_referral(a_child(unit)))
        jobs.route(unit, referral_id=referral_id)
    offer = session.scalars(select(Offer)).one()
    assert (offer.service_id, offer.due_at) == (team, IN_ONE_WORKING_DAY)


@pytest.fixture
def open_case(session: Session, uow: OpenUnit, town: Town) -> tuple[people.PersonSummary, EpisodeId, object]:
    """Leah has an open case led by Rosa Marin."""
    lead = an_account(session, name="Rosa Marin")
    episode_id = EpisodeId(new_id())
    with uow() as unit:
        leah = a_child(unit)
        stages.place_child(
            unit, stages.PlaceChild(leah, 2, town.cluster.id, episode_id=episode_id, on=dt.date(2026, 1, 5))
        )
        clusters.note_case(
            unit,
            a_case_note(
                town.cluster, episode_id=episode_id, about=(leah,), lead_account_id=lead.id, lead_name=lead.name
            ),
        )
    return people.summaries(session, [leah])[leah], episode_id, lead


def test_a_child_with_an_open_case_goes_to_its_lead_professional(
    session: Session, uow: OpenUnit, town: Town, open_case: tuple[people.PersonSummary, EpisodeId, object]
) -> None:
    leah, _episode, lead = open_case
    with uow() as unit:
        referral_id = a_referral(unit, leah.id)
    referral = session.get_one(Referral, referral_id)
    assert (referral.state, referral.owner_name) == (ReferralState.ALLOCATED, "Rosa Marin")
    held = session.scalars(select(AccessGrant.principal_id).where(AccessGrant.record_id == referral_id)).all()
    assert lead.id in held  # type: ignore[attr-defined]


def test_nothing_is_passed_to_a_lead_who_can_sign_in_no_more(
    session: Session, uow: OpenUnit, town: Town, open_case: tuple[people.PersonSummary, EpisodeId, object]
) -> None:
    leah, _episode, lead = open_case
    with uow() as unit:
        accounts.disable_account(unit, AccountId(lead.id), reason="Left the council")  # type: ignore[attr-defined]
    with uow() as unit:
        referral_id = a_referral(unit, leah.id)
    referral = session.get_one(Referral, referral_id)
    assert (referral.state, referral.owner_kind) == (ReferralState.RECEIVED, Party.SERVICE)


def test_a_brother_stays_with_the_cluster_of_the_open_case(
    session: Session, uow: OpenUnit, town: Town, open_case: tuple[people.PersonSummary, EpisodeId, object]
) -> None:
    leah, _episode, _lead = open_case
    with uow() as unit:
        tom = a_child(unit, given_name="Tom")
        people.create_family(unit, name="Adeyemi", members=[leah.id, tom])
        referral_id = a_referral(unit, tom)
    referral = session.get_one(Referral, referral_id)
    assert referral.state is ReferralState.RECEIVED
    assert referral.cluster_id == town.cluster.id


def test_a_referral_is_never_without_an_owner(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow() as unit:
        for needs in (("ATTENDANCE",), ("BEREAVEMENT",)):
            a_referral(unit, a_child(unit), need_codes=needs)
        a_referral(unit, a_child(unit), routed=False)
    owners = session.execute(select(Referral.owner_principal, Referral.owner_name)).all()
    assert len(owners) == 3
    assert all(principal and name for principal, name in owners)
    assert session.scalars(select(Offer.state)).all() == [OfferState.OPEN]


def test_the_authority_may_let_the_home_decide_before_the_school(session: Session, uow: OpenUnit, town: Town) -> None:
    leigh = a_cluster(session, name="Leigh", prefixes=("SS9",))
    with uow() as unit:
        child = a_child(unit, school=town.school)
    an_address(session, child, postcode="SS9 2AB")
    decided = []
    for first in clusters.PlacePrecedence:
        clusters.use_precedence(first)
        with uow(town.officer) as unit:
            referral_id = a_referral(unit, child, routed=False)
        child_of = select(ReferralChild.cluster_id).where(ReferralChild.referral_id == referral_id)
        decided.append(session.scalars(child_of).one())
    clusters.use_precedence(clusters.PlacePrecedence.SCHOOL_CLUSTER_FIRST)
    assert decided == [town.cluster.id, leigh.id]
