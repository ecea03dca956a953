"""A move never waits for somebody who left: others are asked in their place, and the ledger says so."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR, GrantReason, management_of
from locality.accounts import api as accounts
from locality.accounts.models import Account, RoleAssignment
from locality.clusters.models import Cluster
from locality.kernel.actor import Actor, Role, Scope, ScopeKind
from locality.kernel.errors import RuleBroken
from locality.kernel.ids import AccountId, PersonId, StageMoveId, new_id
from locality.people import api as people
from locality.stages import api as stages
from locality.stages import jobs
from locality.stages.models import StageMove
from locality.stages.operations.proposing import TakeStep, take_step
from locality.stages.queries.stages import current_stages, find_move, moves_waiting
from locality.stages.rules.moves import OPEN_STATES, MoveState, Step
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster
from tests.factories.stages import a_placed_child, a_proposal
from tests.support.database import OpenUnit
from tests.support.layers import layer


@dataclass(frozen=True)
class Cast:
    """A child whom the lead professional proposes to hand to the receiver; both have roles that can end."""

    cluster: Cluster
    child: PersonId
    lead: Account
    receiver: Account
    over: Scope
    manager: Account


@layer
def cast(session: Session, uow: OpenUnit) -> Cast:
    cluster = a_cluster(session)
    over = Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, cluster.id)
    lead, receiver = (
        an_account(session, name=name, roles=[Role.LEAD_PROFESSIONAL]) for name in ("Rosa Marin", "Sam Lee")
    )
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=3)
        for principal, reason in (
            (lead.id, GrantReason.LEAD_PROFESSIONAL),
            (management_of(cluster.id), GrantReason.SUPERVISOR),
        ):
            grants.give(unit, [child], principal=principal, reason=reason, record=new_id())
    return Cast(cluster, child, lead, receiver, over, an_account(session, name="Grace Lin", roles=[over]))


def proposed(uow: OpenUnit, cast: Cast) -> StageMoveId:
    with uow(an_actor(cast.lead, Role.LEAD_PROFESSIONAL)) as unit:
        receiver = stages.Receiver(cast.receiver.id, "Sam Lee, family worker", "")
        return stages.propose_move(unit, a_proposal(cast.child, receiver=receiver))


def leave(session: Session, uow: OpenUnit, account: Account, how: str) -> None:
    """The account is shut, which passes on at once; or every role ends without a word, which the next look finds."""
    if how == "the account is shut":
        administrator = an_actor(an_account(session, roles=[Role.ADMINISTRATOR]), Role.ADMINISTRATOR)
        with uow(administrator) as unit:
            accounts.disable_account(unit, AccountId(account.id), reason="Left the council")
        return
    ended = update(RoleAssignment).where(RoleAssignment.account_id == account.id)
    session.execute(ended.values(ended_at=account.created_at))
    with uow() as unit:
        jobs.pass_on(unit)
        jobs.pass_on(unit)


def the_open_one(session: Session, cast: Cast) -> StageMove:
    session.expire_all()
    its_open = (StageMove.person_id == cast.child, StageMove.state.in_(OPEN_STATES))
    return session.scalars(select(StageMove).where(*its_open)).one()


def manager(cast: Cast) -> Actor:
    return an_actor(cast.manager, cast.over)


@pytest.mark.parametrize("how", ["the account is shut", "every role ended"])
def test_a_move_that_waits_for_somebody_who_left_is_with_whoever_manages_the_cluster(
    session: Session, uow: OpenUnit, cast: Cast, how: str
) -> None:
    before = proposed(uow, cast)
    leave(session, uow, cast.receiver, how)
    after = the_open_one(session, cast)
    assert (after.receiver_id, after.state, after.requested_by) == (
        management_of(cast.cluster.id), MoveState.PROPOSED, cast.lead.id,
    )  # fmt: skip
    line = f"Sam Lee works here no more and cannot accept. Now asked: Whoever manages {cast.cluster.name}"
    with uow(manager(cast)) as unit:
        assert [move.id for move in moves_waiting(unit.session, unit.actor)] == [after.id]
        for move_id in (before, after.id):
            found = find_move(unit.session, move_id)
            assert found is not None
            assert [step.note for step in found.steps] == [line]
        stages.accept_move(unit, after.id, note="I find somebody")
    assert current_stages(session, [cast.child])[cast.child].stage == 2
    told = [row.line for row in people.list_story(session, cast.child).rows]
    assert "Moved down from stage 3 to stage 2; accepted by Grace Lin, who manages the cluster" in told
    of_these = (AccessGrant.record_id.in_([before, after.id]), AccessGrant.until_at.is_(None))
    assert session.scalars(select(AccessGrant.id).where(*of_these)).all() == []


def test_where_nobody_manages_the_front_door_is_asked(session: Session, uow: OpenUnit, cast: Cast) -> None:
    proposed(uow, cast)
    leave(session, uow, cast.manager, "every role ended")
    leave(session, uow, cast.receiver, "the account is shut")
    assert the_open_one(session, cast).receiver_id == FRONT_DOOR
    with uow(an_actor(an_account(session), Role.SPOC_OFFICER)) as unit:
        assert len(moves_waiting(unit.session, unit.actor)) == 1


def test_who_proposed_a_move_does_not_accept_it_in_place_of_a_receiver_who_left(
    session: Session, uow: OpenUnit, cast: Cast
) -> None:
    other = an_account(session, name="Ines Cole", roles=[cast.over])
    with uow(manager(cast)) as unit:
        receiver = stages.Receiver(cast.receiver.id, "Sam Lee, family worker", "")
        stages.propose_move(unit, a_proposal(cast.child, receiver=receiver))
    leave(session, uow, cast.receiver, "the account is shut")
    move = the_open_one(session, cast)
    with pytest.raises(RuleBroken, match="You proposed this move"), uow(manager(cast)) as unit:
        assert moves_waiting(unit.session, unit.actor) == ()
        stages.accept_move(unit, move.id)
    with uow(an_actor(other, cast.over)) as unit:
        assert [one.id for one in moves_waiting(unit.session, unit.actor)] == [move.id]
        stages.accept_move(unit, move.id)


@pytest.mark.parametrize("how", ["the account is shut", "every role ended"])
def test_a_move_that_waits_for_managers_is_with_the_front_door_when_the_last_of_them_leaves(
    session: Session, uow: OpenUnit, cast: Cast, how: str
) -> None:
    proposed(uow, cast)
    leave(session, uow, cast.receiver, "the account is shut")
    assert the_open_one(session, cast).receiver_id == management_of(cast.cluster.id)
    leave(session, uow, cast.manager, how)
    assert the_open_one(session, cast).receiver_id == FRONT_DOOR


def test_what_a_manager_had_agreed_stays_agreed(session: Session, uow: OpenUnit, cast: Cast) -> None:
    move = proposed(uow, cast)
    with uow(manager(cast)) as unit:
        take_step(unit, TakeStep(move, Step.AGREE))
    leave(session, uow, cast.receiver, "the account is shut")
    assert the_open_one(session, cast).state is MoveState.AGREED


@pytest.mark.parametrize("how", ["the account is shut", "every role ended"])
def test_a_question_that_only_a_leaver_could_answer_goes_back_to_whoever_asked_it(
    session: Session, uow: OpenUnit, cast: Cast, how: str
) -> None:
    move = proposed(uow, cast)
    with uow(manager(cast)) as unit:
        take_step(unit, TakeStep(move, Step.ASK, "What does the school say?"))
    leave(session, uow, cast.lead, how)
    with uow(manager(cast)) as unit:
        found = find_move(unit.session, move)
    assert found is not None
    assert found.move.state is MoveState.PROPOSED
    assert [step.note for step in found.steps if step.taken_by_name == "Locality"] == [
        "Rosa Marin proposed this, works here no more and can add nothing. Decide as it is"
    ]


def test_moves_that_wait_for_people_who_work_here_stay_as_they_are(session: Session, uow: OpenUnit, cast: Cast) -> None:
    move = proposed(uow, cast)
    leave(session, uow, cast.lead, "the account is shut")
    found = the_open_one(session, cast)
    assert (found.id, found.receiver_id) == (move, cast.receiver.id)
