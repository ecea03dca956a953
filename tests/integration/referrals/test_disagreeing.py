"""Professional disagreement about a referral: four stages, whose turn it is, who can read it meanwhile, and the end."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR
from locality.kernel.actor import Actor, Role
from locality.kernel.errors import Conflict, NotAllowed, NotFound, RuleBroken
from locality.kernel.ids import ReferralId, new_id
from locality.referrals import api, jobs
from locality.referrals.models import Disagreement, DisagreementStep, Offer, Referral
from locality.referrals.operations import disagreeing
from locality.referrals.rules.codes import DeclineReason
from locality.referrals.rules.disagreeing import Level, Settlement, Step
from tests.factories.accounts import an_account, an_actor
from tests.factories.referrals import a_child, a_referral
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit
from tests.support.layers import layer

WORDS = "She misses three days a week. Attendance is what you do."


@layer
def declined(session: Session, uow: OpenUnit, town: Town) -> ReferralId:
    """A referral of the front door that the service declined."""
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    offer_id = session.scalars(select(Offer.id)).one()
    with uow(town.worker) as unit:
        api.decline_offer(unit, offer_id, reason=DeclineReason.OUTSIDE_CRITERIA)
    return referral_id


@layer
def raised(uow: OpenUnit, town: Town, declined: ReferralId) -> uuid.UUID:
    """The front door disagrees."""
    with uow(town.officer) as unit:
        return disagreeing.raise_disagreement(unit, declined, words=WORDS, disagreement_id=new_id())


@pytest.fixture
def manager(session: Session) -> Actor:
    """Somebody who supervises."""
    return an_actor(an_account(session, name="Grace Lin"), Role.SUPERVISOR)


def find(session: Session, disagreement_id: uuid.UUID) -> Disagreement:
    session.expire_all()
    return session.get_one(Disagreement, disagreement_id)


def move_up(uow: OpenUnit, actor: Actor, disagreement_id: uuid.UUID, asked: Actor) -> None:
    assert asked.account_id is not None
    with uow(actor) as unit:
        disagreeing.move_up(unit, disagreement_id, words="They still say no.", asked=asked.account_id)


def test_the_other_side_is_asked_and_can_read_again_what_it_declined(
    session: Session, uow: OpenUnit, town: Town, declined: ReferralId, raised: uuid.UUID
) -> None:
    found = find(session, raised)
    assert (found.stage, found.waits_principal, found.waits_name) == (
        Level.PRACTITIONER,
        town.service_id,
        "Family support",
    )
    assert found.due_at == dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)
    with uow(town.worker) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == [declined]


def test_the_service_answers_and_then_it_waits_for_who_raised_it(
    session: Session, uow: OpenUnit, town: Town, raised: uuid.UUID
) -> None:
    with uow(town.officer) as unit, pytest.raises(NotAllowed, match="Family support is asked"):
        disagreeing.answer_disagreement(unit, raised, words="We take nobody over 11.")
    with uow(town.worker) as unit:
        disagreeing.answer_disagreement(unit, raised, words="We take nobody over 11.")
    assert find(session, raised).waits_name == "Mary Osei"


def test_each_stage_up_asks_a_named_person_who_can_read_it_and_the_last_is_the_partnership(
    session: Session, uow: OpenUnit, town: Town, declined: ReferralId, raised: uuid.UUID, manager: Actor
) -> None:
    with uow(manager) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == []
    levels = []
    for _ in range(3):
        move_up(uow, town.officer, raised, manager)
        levels.append(find(session, raised).stage)
    assert levels == [Level.LINE_MANAGER, Level.SENIOR_LEAD, Level.PARTNERSHIP]
    with uow(manager) as unit:
        assert unit.session.scalars(select(Referral.id)).all() == [declined]
    with pytest.raises(Conflict, match="the last stage"):
        move_up(uow, town.officer, raised, manager)
    steps = session.scalars(select(DisagreementStep.kind).order_by(DisagreementStep.taken_at)).all()
    assert sorted(steps) == sorted([Step.RAISED, Step.MOVED_UP, Step.MOVED_UP, Step.MOVED_UP])


def test_nobody_is_asked_to_judge_their_own_disagreement(
    uow: OpenUnit, town: Town, raised: uuid.UUID, manager: Actor
) -> None:
    with pytest.raises(RuleBroken, match="nobody judges their own"):
        move_up(uow, town.officer, raised, town.officer)
    with pytest.raises(RuleBroken, match="nobody judges their own"):
        move_up(uow, town.worker, raised, town.officer)


def test_settling_says_how_and_ends_what_it_opened(
    session: Session, uow: OpenUnit, town: Town, raised: uuid.UUID, manager: Actor
) -> None:
    move_up(uow, town.worker, raised, manager)
    with uow(manager) as unit:
        disagreeing.settle(unit, raised, settlement=Settlement.ANOTHER_WAY, words="School nursing takes her on.")
    assert find(session, raised).settled_at is not None
    open_grants = select(AccessGrant.principal_id).where(AccessGrant.until_at.is_(None))
    assert set(session.scalars(open_grants)) == {FRONT_DOOR}
    with uow(town.officer) as unit, pytest.raises(Conflict, match="is settled"):
        disagreeing.answer_disagreement(unit, raised, words="And yet")


def test_one_at_a_time_and_a_form_sent_twice_raises_one(
    session: Session, uow: OpenUnit, town: Town, declined: ReferralId, raised: uuid.UUID
) -> None:
    with uow(town.officer) as unit:
        assert disagreeing.raise_disagreement(unit, declined, words=WORDS, disagreement_id=raised) == raised
    with pytest.raises(Conflict, match="Open that one"), uow(town.officer) as unit:
        disagreeing.raise_disagreement(unit, declined, words=WORDS, disagreement_id=new_id())
    assert len(session.scalars(select(DisagreementStep.id)).all()) == 1


def test_who_takes_no_part_neither_reads_nor_settles(
    session: Session, uow: OpenUnit, raised: uuid.UUID, manager: Actor
) -> None:
    with pytest.raises(NotFound), uow(manager) as unit:
        disagreeing.settle(unit, raised, settlement=Settlement.OVERTAKEN, words="Nothing to it.")


@pytest.mark.parametrize("words", ["", "   "])
def test_each_stage_says_something(
    uow: OpenUnit, town: Town, declined: ReferralId, raised: uuid.UUID, words: str
) -> None:
    with uow(town.officer) as unit, pytest.raises(RuleBroken):
        disagreeing.raise_disagreement(unit, declined, words=words, disagreement_id=new_id())
    with uow(town.worker) as unit, pytest.raises(RuleBroken):
        disagreeing.answer_disagreement(unit, raised, words=words)
    with uow(town.officer) as unit, pytest.raises(RuleBroken):
        disagreeing.settle(unit, raised, settlement=Settlement.AS_IT_WAS, words=words)


def test_a_service_may_disagree_with_whoever_sent_it(session: Session, uow: OpenUnit, town: Town) -> None:
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    with uow(town.worker) as unit:
        made = disagreeing.raise_disagreement(unit, referral_id, words="Stage 3, not 2.", disagreement_id=new_id())
    assert find(session, made).waits_name == "The front door"
    with uow(town.officer) as unit:
        disagreeing.answer_disagreement(unit, made, words="You are right.")
