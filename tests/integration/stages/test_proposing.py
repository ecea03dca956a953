"""Moves proposed, decided, accepted and declined by people who hold nothing but their grants."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason, management_of
from locality.clusters.models import Cluster
from locality.kernel.actor import Actor, Role, Scope, ScopeKind
from locality.kernel.errors import NotAllowed, NotFound, RuleBroken
from locality.kernel.ids import PersonId, StageMoveId, new_id
from locality.people import api as people
from locality.stages import api as stages
from locality.stages.queries.stages import current_stages, find_move, list_moves, moves_waiting
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster
from tests.factories.stages import a_placed_child, a_proposal
from tests.support.database import OpenUnit


@dataclass(frozen=True)
class Cast:
    """Who is in it."""

    cluster: Cluster
    lead: Actor
    receiver: Actor
    manager: Actor
    stranger: Actor


@pytest.fixture
def cast(session: Session) -> Cast:
    cluster = a_cluster(session)
    oversight = Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, cluster.id)
    made = Cast(
        cluster,
        lead=an_actor(an_account(session, name="Amira Khan"), Role.LEAD_PROFESSIONAL),
        receiver=an_actor(an_account(session, name="Nadia Rahman"), Role.LEAD_PROFESSIONAL),
        manager=an_actor(an_account(session, name="Sam Okafor"), oversight),
        stranger=an_actor(an_account(session, name="Jo Bloggs"), Role.LEAD_PROFESSIONAL),
    )
    session.commit()
    return made


def _child(uow: OpenUnit, cast: Cast, *, stage: int = 3) -> PersonId:
    with uow() as unit:
        child = a_placed_child(unit, cast.cluster, stage=stage)
        record = new_id()
        for principal, reason in (
            (cast.lead.account_id, GrantReason.LEAD_PROFESSIONAL),
            (management_of(cast.cluster.id), GrantReason.SUPERVISOR),
        ):
            assert principal is not None
            grants.give(unit, [child], principal=principal, reason=reason, record=record)
    return child


def _receiver(actor: Actor) -> stages.Receiver:
    assert actor.account_id is not None
    return stages.Receiver(actor.account_id, f"{actor.name}, school nurse", "")


def _proposed(uow: OpenUnit, cast: Cast, child: PersonId, **facts: object) -> StageMoveId:
    with uow(cast.lead) as unit:
        return stages.propose_move(unit, a_proposal(child, **({"receiver": _receiver(cast.receiver)} | facts)))


def _stage(session: Session, child: PersonId) -> int:
    return current_stages(session, [child])[child].stage


def test_a_step_down_happens_when_its_receiver_accepts(uow: OpenUnit, session: Session, cast: Cast) -> None:
    child = _child(uow, cast)
    move = _proposed(uow, cast, child)
    assert _stage(session, child) == 3
    with uow(cast.receiver) as unit:
        stages.accept_move(unit, move)
    assert _stage(session, child) == 2
    line = people.list_story(session, child).rows[0].line
    assert line == "Moved down from stage 3 to stage 2; accepted by Nadia Rahman, school nurse"


def test_a_step_down_that_is_declined_did_not_happen(uow: OpenUnit, session: Session, cast: Cast) -> None:
    child = _child(uow, cast)
    move = _proposed(uow, cast, child)
    with uow(cast.receiver) as unit:
        stages.decline_move(unit, move, note="No room until May")
    shown = find_move(session, move)
    assert shown is not None
    assert (_stage(session, child), shown.move.state) == (3, stages.MoveState.DECLINED)
    assert [(step.step.value, step.note, step.taken_by_name) for step in shown.steps] == [
        ("decline", "No room until May", "Nadia Rahman")
    ]


def test_the_receiver_sees_the_child_from_proposal_to_decline_and_no_longer(uow: OpenUnit, cast: Cast) -> None:
    child = _child(uow, cast)
    move = _proposed(uow, cast, child)
    with uow(cast.receiver) as unit:
        assert list(people.summaries(unit.session, [child])) == [child]
        stages.decline_move(unit, move, note="No room until May")
    with uow(cast.receiver) as unit:
        assert people.summaries(unit.session, [child]) == {}


@pytest.mark.parametrize("step", [stages.Step.ACCEPT, stages.Step.DECLINE])
def test_a_proposal_shows_the_child_to_its_receiver_only_until_it_is_settled(
    uow: OpenUnit, cast: Cast, step: stages.Step
) -> None:
    child = _child(uow, cast)
    move = _proposed(uow, cast, child)
    with uow(cast.receiver) as unit:
        stages.take_step(unit, stages.TakeStep(move, step, "No room until May"))
    with uow(cast.receiver) as unit:
        assert people.summaries(unit.session, [child]) == {}


def test_leaving_social_care_needs_a_manager_first(uow: OpenUnit, session: Session, cast: Cast) -> None:
    child = _child(uow, cast, stage=4)
    move = _proposed(uow, cast, child, to_stage=3, on_protection_plan=False)
    with pytest.raises(RuleBroken, match="A manager has to agree"), uow(cast.receiver) as unit:
        stages.accept_move(unit, move)
    with uow(cast.manager) as unit:
        assert [(w.id, w.to_decide) for w in moves_waiting(unit.session, cast.manager)] == [(move, True)]
        stages.take_step(unit, stages.TakeStep(move, stages.Step.AGREE))
    with uow(cast.receiver) as unit:
        assert [(w.id, w.to_decide) for w in moves_waiting(unit.session, cast.receiver)] == [(move, False)]
        stages.accept_move(unit, move)
    assert _stage(session, child) == 3


def test_a_manager_asks_and_the_proposer_answers(uow: OpenUnit, session: Session, cast: Cast) -> None:
    child = _child(uow, cast, stage=4)
    move = _proposed(uow, cast, child, to_stage=3, on_protection_plan=False)
    for actor, step in (
        (cast.manager, stages.Step.ASK),
        (cast.lead, stages.Step.ANSWER),
        (cast.manager, stages.Step.REFUSE),
    ):
        with uow(actor) as unit:
            state = stages.take_step(unit, stages.TakeStep(move, step, "What does the school say?"))
    assert state is stages.MoveState.NOT_AGREED
    assert _stage(session, child) == 4


def test_nobody_else_accepts_for_the_receiver(uow: OpenUnit, cast: Cast) -> None:
    child = _child(uow, cast)
    move = _proposed(uow, cast, child)
    for actor in (cast.lead, cast.manager):
        with pytest.raises(NotAllowed, match="Only the receiver"), uow(actor) as unit:
            stages.accept_move(unit, move)
    with pytest.raises(NotFound), uow(cast.stranger) as unit:
        stages.accept_move(unit, move)


def test_an_urgent_step_up_needs_nothing_and_takes_the_place_of_what_waits(
    uow: OpenUnit, session: Session, cast: Cast
) -> None:
    child = _child(uow, cast)
    waiting = _proposed(uow, cast, child)
    urgent = StageMoveId(new_id())
    with uow(cast.lead) as unit:
        stages.propose_move(unit, stages.ProposeMove(urgent, child, 4, urgent=True))
    shown, overtaken = find_move(session, urgent), find_move(session, waiting)
    assert shown is not None
    assert overtaken is not None
    assert (shown.move.receiver_id, shown.move.planned, shown.move.needs_manager) == (FRONT_DOOR, False, False)
    assert overtaken.move.state is stages.MoveState.WITHDRAWN


def test_one_move_waits_at_a_time_and_sending_twice_proposes_once(uow: OpenUnit, session: Session, cast: Cast) -> None:
    child = _child(uow, cast)
    move = _proposed(uow, cast, child)
    assert _proposed(uow, cast, child, move_id=move) == move
    with pytest.raises(RuleBroken, match="proposed for this child already"):
        _proposed(uow, cast, child)
    assert len([row for row in list_moves(session, child) if row.is_open]) == 1


def test_a_proposal_without_its_evidence_is_refused_field_by_field(uow: OpenUnit, cast: Cast) -> None:
    child = _child(uow, cast)
    with pytest.raises(RuleBroken) as refused:
        _proposed(uow, cast, child, evidence="", contingency="", parent=stages.Said())
    assert [reason.field for reason in refused.value.reasons] == ["evidence", "contingency", "parent_agreement"]


def test_a_child_off_the_triangle_cannot_move(uow: OpenUnit, cast: Cast) -> None:
    child = _child(uow, cast)
    with uow() as unit:
        stages.leave(unit, person_id=child)
    with pytest.raises(RuleBroken, match="not being helped"):
        _proposed(uow, cast, child)


def test_a_move_overtaken_by_another_is_withdrawn(uow: OpenUnit, session: Session, cast: Cast) -> None:
    child = _child(uow, cast)
    move = _proposed(uow, cast, child)
    with uow() as unit:
        stages.leave(unit, person_id=child)
    shown = find_move(session, move)
    assert shown is not None
    assert shown.move.state is stages.MoveState.WITHDRAWN


def test_a_move_to_oneself_needs_a_manager(uow: OpenUnit, session: Session, cast: Cast) -> None:
    child = _child(uow, cast)
    move = _proposed(uow, cast, child, receiver=_receiver(cast.lead))
    shown = find_move(session, move)
    assert shown is not None
    assert shown.move.needs_manager
