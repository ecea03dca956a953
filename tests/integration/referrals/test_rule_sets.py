"""Sets of rules in the database: a second person, from a day on, never changed afterwards; rehearsed in slices."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from locality.kernel.actor import Actor, Role
from locality.kernel.clock import frozen
from locality.kernel.errors import Conflict, NotAllowed, RuleBroken
from locality.kernel.ids import new_id
from locality.kernel.outbox import OutboxMessage
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals import jobs
from locality.referrals.models import RehearsalMoved, RoutingDecision, RuleSet, RuleSetRehearsal
from locality.referrals.operations import rule_sets as operations
from locality.referrals.operations import rule_sets_ending, rule_sets_rehearsing
from locality.referrals.operations.rule_sets import Revision
from locality.referrals.operations.services_closing import close_service
from locality.referrals.queries.rule_sets import find_set, list_events
from locality.referrals.queries.rule_sets_rehearsing import find_rehearsal, list_moved
from locality.referrals.rules import trace
from locality.referrals.rules.conditions import Asked, Rule, Sends
from locality.referrals.rules.facts import RouteResult
from locality.referrals.rules.rule_sets import SetState, Settings, Standing
from tests.factories.accounts import an_account, an_actor
from tests.factories.referrals import a_child, a_referral
from tests.integration.referrals.conftest import Town
from tests.support.database import NOW, OpenUnit

A_PERSON_DECIDES = Rule(
    id=uuid.UUID(int=1),
    order=10,
    name="Attendance is looked at together",
    when={Asked.NEED: frozenset({"ATTENDANCE"})},
    sends=Sends.PERSON,
)


@pytest.fixture
def administrator(session: Session, clock: dt.datetime) -> Actor:
    return an_actor(an_account(session, name="Ada Okafor"), Role.ADMINISTRATOR)


@pytest.fixture
def manager(session: Session, clock: dt.datetime) -> Actor:
    return an_actor(an_account(session, name="Grace Lindqvist"), Role.MANAGER)


@pytest.fixture
def draft(uow: OpenUnit, administrator: Actor) -> int:
    """A draft that leaves attendance to a person."""
    with uow(administrator) as unit:
        version = operations.draft_set(unit, name="Attendance together", based_on=1)
        operations.put_rule(unit, Revision(version, 1), A_PERSON_DECIDES)
    return version


def run_rehearsal(session: Session, uow: OpenUnit, version: int, by: Actor) -> RuleSetRehearsal:
    with uow(by) as unit:
        rehearsal_id = rule_sets_rehearsing.rehearse(unit, version)
    for _ in range(20):
        with uow() as unit:
            jobs.rehearse(unit, rehearsal_id=rehearsal_id)
    session.expire_all()
    return session.get_one(RuleSetRehearsal, rehearsal_id)


def approved(session: Session, uow: OpenUnit, version: int, people: tuple[Actor, Actor], on: dt.date) -> None:
    run_rehearsal(session, uow, version, people[0])
    with uow(people[1]) as unit:
        revision = session.get_one(RuleSet, version).revision
        operations.approve_set(unit, Revision(version, revision), live_on=on)


def the_decision(session: Session, referral_id: uuid.UUID) -> RoutingDecision:
    session.expire_all()
    return session.scalars(select(RoutingDecision).where(RoutingDecision.referral_id == referral_id)).one()


def test_a_rehearsed_set_routes_from_its_day_and_the_trace_keeps_the_version(
    session: Session, uow: OpenUnit, town: Town, draft: int, administrator: Actor, manager: Actor
) -> None:
    tomorrow = NOW.date() + dt.timedelta(days=1)
    approved(session, uow, draft, (administrator, manager), tomorrow)
    with uow() as unit:
        before = a_referral(unit, a_child(unit, school=town.school))
    with frozen(NOW + dt.timedelta(days=1)), uow() as unit:
        after = a_referral(unit, a_child(unit, school=town.school))
    first, second = the_decision(session, before), the_decision(session, after)
    assert (first.rule_set, first.result) == (1, RouteResult.OFFER)
    assert (second.rule_set, second.result) == (draft, RouteResult.PERSON)
    assert trace.replay(second.trace) == (RouteResult.PERSON, None)
    assert second.line == "A rule asks for a person to decide: “Attendance is looked at together”."


def test_whoever_wrote_a_set_cannot_make_it_live(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor, manager: Actor
) -> None:
    both = replace(administrator, scopes=(*administrator.scopes, *manager.scopes))
    with pytest.raises(NotAllowed, match="A second person, a manager, approves it"):
        approved(session, uow, draft, (administrator, both), NOW.date())
    with pytest.raises(DBAPIError, match="rule_set_second_person_check"), uow() as unit:
        unit.session.execute(
            update(RuleSet)
            .where(RuleSet.version == draft)
            .values(state="approved", live_from=NOW, approved_at=NOW, approved_by=administrator.account_id)
        )


def test_a_draft_is_not_approved_and_neither_is_one_changed_after_its_rehearsal(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor, manager: Actor
) -> None:
    with pytest.raises(RuleBroken, match="Rehearse this set first"), uow(manager) as unit:
        operations.approve_set(unit, Revision(draft, 2), live_on=NOW.date())
    run_rehearsal(session, uow, draft, administrator)
    assert session.get_one(RuleSet, draft).state is SetState.REHEARSED
    with uow(administrator) as unit:
        operations.change_settings(unit, Revision(draft, 2), name="Again", settings=Settings(routine_days=3))
    session.expire_all()
    assert session.get_one(RuleSet, draft).state is SetState.DRAFT
    with pytest.raises(RuleBroken, match="Rehearse this set first"), uow(manager) as unit:
        operations.approve_set(unit, Revision(draft, 3), live_on=NOW.date())


def test_an_approved_set_stays_as_it_is_and_is_readable_when_another_follows(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor, manager: Actor
) -> None:
    approved(session, uow, draft, (administrator, manager), NOW.date())
    with pytest.raises(RuleBroken, match="stays as it is"), uow(administrator) as unit:
        operations.put_rule(unit, Revision(draft, 2), A_PERSON_DECIDES)
    with pytest.raises(DBAPIError, match="stays as it is"), uow() as unit:
        unit.session.execute(text("UPDATE rule_set SET rules = '{}' WHERE version = 1"))
    earlier, now = find_set(session, 1, now=NOW), find_set(session, draft, now=NOW)
    assert earlier is not None
    assert now is not None
    assert (earlier.standing, now.standing) == (Standing.SUPERSEDED, Standing.LIVE)


def test_two_sets_never_go_live_at_the_same_instant(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor, manager: Actor
) -> None:
    approved(session, uow, draft, (administrator, manager), dt.date(2026, 4, 1))
    with uow(administrator) as unit:
        other = operations.draft_set(unit, name="Another", based_on=1)
    with pytest.raises(Conflict, match="Another set goes live then"):
        approved(session, uow, other, (administrator, manager), dt.date(2026, 4, 1))


def test_a_rehearsal_counts_in_slices_and_goes_on_where_it_was(
    session: Session,
    uow: OpenUnit,
    town: Town,
    draft: int,
    administrator: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rule_sets_rehearsing, "SLICE", 2)
    with uow() as unit:
        for needs in (("ATTENDANCE",), ("ATTENDANCE",), ("PARENTING_SUPPORT",), ("ATTENDANCE",), ("BEREAVEMENT",)):
            a_referral(unit, a_child(unit, school=town.school), need_codes=needs)
    done = run_rehearsal(session, uow, draft, administrator)
    found = find_rehearsal(session, draft)
    assert found is not None
    assert (done.state, found.total, found.looked_at) == ("done", 5, 5)
    assert found.tally.moved == {(str(town.cluster.id), str(town.service_id), "person"): 3}
    assert found.tally.spoke == {str(A_PERSON_DECIDES.id): 3}
    owed = session.scalars(select(OutboxMessage).where(OutboxMessage.task == "referrals.rehearse")).all()
    assert [message.payload for message in owed] == [{"rehearsal_id": str(done.id)}] * 3


def test_a_rehearsal_stops_when_its_set_is_changed(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor
) -> None:
    with uow(administrator) as unit:
        rehearsal_id = rule_sets_rehearsing.rehearse(unit, draft)
        operations.change_settings(unit, Revision(draft, 2), name="Again", settings=Settings())
    with uow() as unit:
        jobs.rehearse(unit, rehearsal_id=rehearsal_id)
    session.expire_all()
    assert session.get_one(RuleSetRehearsal, rehearsal_id).state == "stopped"
    assert session.get_one(RuleSet, draft).state is SetState.DRAFT


def test_a_rehearsal_names_no_family_to_an_administrator(
    session: Session, uow: OpenUnit, town: Town, draft: int, administrator: Actor
) -> None:
    with uow(town.officer) as unit:
        a_referral(unit, a_child(unit, school=town.school), routed=False)
    done = run_rehearsal(session, uow, draft, administrator)
    assert session.scalars(select(RehearsalMoved.becomes)).all() == ["A person decides"]
    with uow(administrator) as unit:
        assert list_moved(unit.session, done.id) == ()
        assert unit.session.scalars(select(RehearsalMoved)).all() == []
    with uow(town.officer) as unit:
        assert [row.was for row in list_moved(unit.session, done.id)] == ["Family support"]


@pytest.mark.parametrize(("hidden", "result"), [(False, RouteResult.PERSON), (True, RouteResult.OFFER)])
def test_a_rule_may_ask_where_the_home_is_unless_it_must_not_be_disclosed(
    session: Session,
    uow: OpenUnit,
    town: Town,
    draft: int,
    administrator: Actor,
    manager: Actor,
    *,
    hidden: bool,
    result: RouteResult,
) -> None:
    by_home = replace(A_PERSON_DECIDES, when={Asked.POSTCODE: frozenset({"SS3"})})
    with uow(administrator) as unit:
        operations.put_rule(unit, Revision(draft, 2), by_home)
    approved(session, uow, draft, (administrator, manager), NOW.date())
    with uow() as unit:
        child = a_child(unit, school=town.school)
        people.record_address(
            unit,
            people.NewAddress(people=[child], lines=["1 High Street"], postcode="SS3 9AA", do_not_disclose=hidden),
        )
        referral_id = a_referral(unit, child)
    decision = the_decision(session, referral_id)
    assert decision.result == result
    assert "SS3" not in str(decision.trace)


def test_a_rule_asks_about_school_and_language(
    session: Session, uow: OpenUnit, town: Town, draft: int, administrator: Actor, manager: Actor
) -> None:
    with uow(administrator) as unit:
        by_school = replace(A_PERSON_DECIDES, when={Asked.SCHOOL: frozenset({str(town.school.id)})})
        operations.put_rule(unit, Revision(draft, 2), by_school)
    approved(session, uow, draft, (administrator, manager), NOW.date())
    with uow() as unit:
        at_school = a_referral(unit, a_child(unit, school=town.school))
        elsewhere = a_referral(unit, a_child(unit))
    assert the_decision(session, at_school).result == RouteResult.PERSON
    assert "no child goes to that school" in str(the_decision(session, elsewhere).trace)


def test_a_set_with_a_rule_that_is_wrong_is_not_rehearsed(uow: OpenUnit, draft: int, administrator: Actor) -> None:
    with uow(administrator) as unit:
        again = replace(A_PERSON_DECIDES, id=new_id(), order=20, name="Again")
        operations.put_rule(unit, Revision(draft, 2), again)
    with pytest.raises(RuleBroken, match="“Again”: It can never speak"), uow(administrator) as unit:
        rule_sets_rehearsing.rehearse(unit, draft)


def test_a_draft_that_is_thrown_away_stays_readable_and_is_never_made_live(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor, manager: Actor
) -> None:
    run_rehearsal(session, uow, draft, administrator)
    with uow(administrator) as unit:
        rule_sets_ending.discard_set(unit, Revision(draft, 2), why="Not needed any more")
    acts: tuple[Callable[[UnitOfWork], object], ...] = (
        lambda unit: operations.approve_set(unit, Revision(draft, 2), live_on=NOW.date()),
        lambda unit: operations.put_rule(unit, Revision(draft, 2), A_PERSON_DECIDES),
        lambda unit: rule_sets_rehearsing.rehearse(unit, draft),
        lambda unit: rule_sets_ending.discard_set(unit, Revision(draft, 2)),
    )
    for act in acts:
        with pytest.raises(RuleBroken, match="was thrown away"), uow(manager) as unit:
            act(unit)
    found = find_set(session, draft, now=NOW)
    assert found is not None
    assert (found.standing, found.ended_why) == (Standing.DISCARDED, "Not needed any more")
    assert found.content.rules == (A_PERSON_DECIDES,)


def test_a_running_rehearsal_of_a_draft_that_is_thrown_away_stops(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor
) -> None:
    with uow(administrator) as unit:
        rehearsal_id = rule_sets_rehearsing.rehearse(unit, draft)
        rule_sets_ending.discard_set(unit, Revision(draft, 2))
    with uow() as unit:
        jobs.rehearse(unit, rehearsal_id=rehearsal_id)
    session.expire_all()
    assert session.get_one(RuleSetRehearsal, rehearsal_id).state == "stopped"
    assert session.get_one(RuleSet, draft).state is SetState.DISCARDED


def test_an_approved_set_is_withdrawn_with_a_reason_until_its_day_and_frees_the_day(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor, manager: Actor
) -> None:
    spring = dt.date(2026, 4, 1)
    approved(session, uow, draft, (administrator, manager), spring)
    with pytest.raises(RuleBroken, match="Enter why"), uow(manager) as unit:
        rule_sets_ending.withdraw_set(unit, Revision(draft, 2), why=" ")
    with uow(manager) as unit:
        rule_sets_ending.withdraw_set(unit, Revision(draft, 2), why="The service is short of staff")
    later = find_set(session, draft, now=NOW + dt.timedelta(days=60))
    assert later is not None
    assert (later.standing, later.live_version) == (Standing.WITHDRAWN, 1)
    with uow(administrator) as unit:
        other = operations.draft_set(unit, name="Another", based_on=draft)
    approved(session, uow, other, (administrator, manager), spring)
    told = {event.line: event.words for event in list_events(session, draft, number=1).rows}
    assert told["Withdrawn before it was live"] == "The service is short of staff"
    assert {"Drafted as a copy of set 1", "Approved, to be live from 1 April 2026"} <= told.keys()


@pytest.mark.parametrize("state", ["live", "draft"])
def test_only_a_set_that_waits_for_its_day_is_withdrawn(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor, manager: Actor, state: str
) -> None:
    if state == "live":
        approved(session, uow, draft, (administrator, manager), NOW.date())
    refused = {"live": "This set is live already", "draft": "This set is not approved"}[state]
    with pytest.raises(RuleBroken, match=refused), uow(manager) as unit:
        rule_sets_ending.withdraw_set(unit, Revision(draft, 2), why="To see")


def test_withdrawing_in_the_database_changes_nothing_but_that(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor, manager: Actor
) -> None:
    approved(session, uow, draft, (administrator, manager), dt.date(2026, 4, 1))
    ended = "ended_at = '2026-03-04', ended_by_name = 'X', ended_why = 'Y'"
    for change in (f"state = 'withdrawn', rules = '{{}}', {ended}", "state = 'draft', live_from = NULL"):
        with pytest.raises(DBAPIError, match="stays as it is"), uow() as unit:
            unit.session.execute(text(f"UPDATE rule_set SET {change} WHERE version = {draft}"))
    late = ended.replace("2026-03-04", "2026-05-01")
    with pytest.raises(DBAPIError, match="rule_set_withdrawn_check"), uow() as unit:
        unit.session.execute(text(f"UPDATE rule_set SET state = 'withdrawn', {late} WHERE version = {draft}"))
    with pytest.raises(DBAPIError, match="stays as it was"), uow() as unit:
        unit.session.execute(text("UPDATE rule_set_event SET line = 'Nothing'"))


def test_a_copy_of_a_rule_stands_after_it_under_a_name_of_its_own(
    session: Session, uow: OpenUnit, draft: int, administrator: Actor
) -> None:
    with uow(administrator) as unit:
        copy_id = operations.duplicate_rule(unit, Revision(draft, 2), A_PERSON_DECIDES.id)
        operations.duplicate_rule(unit, Revision(draft, 3), A_PERSON_DECIDES.id)
    found = find_set(session, draft, now=NOW)
    assert found is not None
    names = [rule.name for rule in found.content.rules]
    assert names == [A_PERSON_DECIDES.name, f"{A_PERSON_DECIDES.name} (copy 2)", f"{A_PERSON_DECIDES.name} (copy)"]
    assert found.content.rules[2].id == copy_id
    assert len({rule.order for rule in found.content.rules}) == 3


def test_a_set_does_not_go_live_on_a_day_on_which_a_service_that_it_names_is_closed(
    session: Session, uow: OpenUnit, town: Town, draft: int, administrator: Actor, manager: Actor
) -> None:
    named = replace(A_PERSON_DECIDES, sends=Sends.SERVICE, to=town.service_id)
    with uow(administrator) as unit:
        operations.put_rule(unit, Revision(draft, 2), named)
        close_service(unit, town.service_id, from_on=dt.date(2026, 4, 1), why="Funding ends", offer_elsewhere=False)
    run_rehearsal(session, uow, draft, administrator)
    with pytest.raises(RuleBroken, match="closed to new referrals"), uow(manager) as unit:
        operations.approve_set(unit, Revision(draft, 3), live_on=dt.date(2026, 4, 1))
    with uow(manager) as unit:
        operations.approve_set(unit, Revision(draft, 3), live_on=dt.date(2026, 3, 31))
    assert session.get_one(RuleSet, draft).state is SetState.APPROVED
