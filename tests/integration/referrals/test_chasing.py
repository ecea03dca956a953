"""Questions to the sender and answers to disagreements are chased by the same clocks as offers; nothing is closed."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from importlib import import_module

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.accounts.models import Account
from locality.consent import api as consent
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.clock import frozen
from locality.kernel.ids import AgreementId, FamilyId, OfferId, PersonId, ReferralId, new_id
from locality.messages.models import Message, MessageText
from locality.people.operations.restricting import NewRestriction, restrict
from locality.people.rules.restricting import REVIEW_WITHIN, Ground, Mode
from locality.referrals import api, jobs
from locality.referrals.models import Disagreement, Offer, Referral, ReferralEvent
from locality.referrals.operations import disagreeing, returned, social_care
from locality.referrals.operations.care_answers import CareAnswer
from locality.referrals.operations.chasing import MOST_AT_ONCE
from locality.referrals.operations.sending import refer_to_social_care
from locality.referrals.operations.withdrawn import when_withdrawn
from locality.referrals.queries.came_back import list_late
from locality.referrals.queries.disagreements import list_waiting
from locality.referrals.rules.codes import DeclineReason
from locality.referrals.rules.disagreeing import Settlement
from locality.referrals.rules.lifecycle import Party, ReferralState
from locality.referrals.rules.social_care import CareOutcome
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster
from tests.factories.referrals import a_child, a_referral, a_social_care_referral
from tests.factories.referrals import social_care as a_social_care_team
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit

# Asked, or raised, on Tuesday 3 March at ten: due on Wednesday at ten, two working days later is Friday.
DUE = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)
LATE = dt.datetime(2026, 3, 6, 10, 0, tzinfo=dt.UTC)
NEXT_YEAR = dt.datetime(2027, 12, 1, 10, 0, tzinfo=dt.UTC)
WEEKS_LATER = dt.datetime(2026, 3, 27, 10, 0, tzinfo=dt.UTC)
_COPIES = text("""
    INSERT INTO referral SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'reference',
      concat(r.reference, n), 'response_due_at', CAST(:at AS timestamptz), 'reminded_at', CAST(:at AS timestamptz)))).*
    FROM referral r, generate_series(1, :number) n WHERE r.id = :id
""")
_OWED = text("DELETE FROM outbox_message WHERE task LIKE 'referrals.look_at_%' RETURNING task, payload")


def run_at(uow: OpenUnit, at: dt.datetime) -> None:
    """The clocks at an instant, and then the work that they owe."""
    with uow() as unit, frozen(at):
        then = type(unit)(session=unit.session, actor=unit.actor, now=at)
        jobs.clocks(then)
        for task, payload in unit.session.execute(_OWED).all():
            work = getattr(jobs, task.removeprefix("referrals."))
            work(then, **{name: uuid.UUID(value) for name, value in payload.items()})


def lines(session: Session, about: str = "") -> list[str]:
    session.expire_all()
    found = session.scalars(select(ReferralEvent.line).order_by(ReferralEvent.at, ReferralEvent.id))
    return [line for line in found if ("was reminded" in line or "was told" in line) and about in line]


def written(session: Session) -> list[tuple[str, str]]:
    """To whom, and which message."""
    both = select(MessageText.to_address, Message.template).join(Message, Message.id == MessageText.message_id)
    return [(to, template) for to, template in session.execute(both.order_by(Message.template))]


@pytest.fixture
def rosa(session: Session) -> Account:
    """A family worker who refers."""
    return an_account(session, name="Rosa Marin", email="rosa@example.org", roles=[Role.LEAD_PROFESSIONAL])


@pytest.fixture
def grace(session: Session) -> Account:
    """Who manages the front door."""
    return an_account(session, name="Grace Lin", email="grace@example.org", roles=[Role.MANAGER])


@pytest.fixture
def offered(session: Session, uow: OpenUnit, town: Town, rosa: Account) -> tuple[ReferralId, OfferId]:
    """Rosa's referral, offered to the service."""
    with uow(an_actor(rosa, Role.LEAD_PROFESSIONAL)) as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    return referral_id, session.scalars(select(Offer.id)).one()


def close(session: Session, uow: OpenUnit, referral_id: ReferralId, mode: Mode, named: Sequence[Account]) -> None:
    """Close the record of those whom a referral is about."""
    with uow() as unit:
        new = NewRestriction(
            id=new_id(), people=[PersonId(one) for one in session.get_one(Referral, referral_id).about], mode=mode,
            accounts=[one.id for one in named], ground=Ground.WELL_KNOWN, reason="In the newspapers",
            whole_family=False, review_on=unit.today + REVIEW_WITHIN,
        )  # fmt: skip
        restrict(unit, new)


def managers_who_read(session: Session, record: uuid.UUID) -> int:
    open_ones = select(AccessGrant.id).where(
        AccessGrant.record_id == record,
        AccessGrant.reason == GrantReason.SEES_TO_REFERRAL,
        AccessGrant.until_at.is_(None),
    )
    return len(session.scalars(open_ones).all())


def test_a_senders_unanswered_question_is_chased_and_never_closed(
    session: Session, uow: OpenUnit, town: Town, rosa: Account, grace: Account, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow(town.worker) as unit:
        api.ask_about_offer(unit, offered[1], question="Which days?")
    run_at(uow, DUE - dt.timedelta(minutes=1))
    assert lines(session) == []
    reminded = "Rosa Marin was reminded: Family support waits for an answer to its question."
    for minute in range(3):
        run_at(uow, DUE + dt.timedelta(minutes=minute))
    assert lines(session) == [reminded]
    assert written(session) == [("rosa@example.org", "worker_question_due")]
    for hour in range(2):
        run_at(uow, LATE + dt.timedelta(hours=hour))
    told = "The front door’s manager was told: the answer to the question of Family support is two working days late."
    assert lines(session) == [reminded, told]
    assert ("grace@example.org", "worker_question_late") in written(session)
    assert managers_who_read(session, offered[1]) > 0
    run_at(uow, WEEKS_LATER)
    referral = session.get_one(Referral, offered[0])
    assert (referral.state, referral.owner_principal) == (ReferralState.RETURNED_FOR_INFO, rosa.id)
    with uow(an_actor(rosa, Role.LEAD_PROFESSIONAL)) as unit:
        api.answer_question(unit, offered[0], answer="Mondays.")
    assert managers_who_read(session, offered[1]) == 0, "whoever was to see to it reads no more"
    session.expire_all()
    offer = session.get_one(Offer, offered[1])
    assert (offer.reminded_at, offer.manager_told_at) == (None, None)


@pytest.mark.parametrize("what", ["a question", "no answer", "a disagreement", "a referral that came back"])
def test_whoever_is_written_to_finds_on_their_page_what_the_message_is_about(
    session: Session, uow: OpenUnit, town: Town, rosa: Account, grace: Account,
    offered: tuple[ReferralId, OfferId], what: str,
) -> None:  # fmt: skip
    sender, manager = an_actor(rosa, Role.LEAD_PROFESSIONAL), an_actor(grace, Role.MANAGER)
    with uow(town.worker) as unit:
        if what == "a question":
            api.ask_about_offer(unit, offered[1], question="Which days?")
        elif what != "no answer":
            api.decline_offer(unit, offered[1], reason=DeclineReason.NO_CAPACITY)
    if what == "a disagreement":
        with uow(sender) as unit:
            disagreeing.raise_disagreement(unit, offered[0], words="It is yours.", disagreement_id=new_id())
        session.execute(text("UPDATE referral SET response_due_at = '2027-03-01'"))
    with uow(manager) as unit:
        assert not list_late(unit.session, number=1, for_manager=True).rows
    run_at(uow, WEEKS_LATER if what != "no answer" else dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC))
    assert "grace@example.org" in [to for to, _ in written(session)]
    with uow(manager) as unit:
        late = [row.id for row in list_late(unit.session, number=1, for_manager=True).rows]
        disputed = [row.reference for row in list_waiting(unit.session, manager)]
    if what == "a disagreement":
        assert disputed == [session.get_one(Referral, offered[0]).reference]
    else:
        assert late == [offered[0]]


@pytest.mark.parametrize("mode", list(Mode))
def test_a_manager_to_whom_the_record_is_closed_is_not_written_to(
    session: Session, uow: OpenUnit, rosa: Account, grace: Account, offered: tuple[ReferralId, OfferId], mode: Mode
) -> None:
    sam = an_account(session, name="Sam Lee", email="sam@example.org", roles=[Role.MANAGER])
    close(session, uow, offered[0], mode, {Mode.CLOSED_TO: [sam], Mode.OPEN_TO: [rosa, grace]}[mode])
    run_at(uow, dt.datetime(2026, 3, 12, 12, 0, tzinfo=dt.UTC))
    assert [to for to, template in written(session) if template == "worker_answer_late"] == ["grace@example.org"]


def test_managers_read_no_more_of_what_is_held_because_the_family_takes_its_agreement_back(
    session: Session, uow: OpenUnit, town: Town, grace: Account, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow(town.worker) as unit:
        api.decline_offer(unit, offered[1], reason=DeclineReason.NO_CAPACITY)
    run_at(uow, LATE)
    assert managers_who_read(session, offered[0]) > 0
    people = tuple(PersonId(one) for one in session.get_one(Referral, offered[0]).about)
    with uow() as unit:
        agreement = consent.Withdrawn(AgreementId(new_id()), FamilyId(new_id()), people, consent.Scope.WHOLE)
        when_withdrawn(unit, agreement)
    assert managers_who_read(session, offered[0]) == 0


def test_many_that_were_reminded_before_a_weekend_keep_nobody_else_from_a_reminder(
    session: Session, uow: OpenUnit, town: Town, rosa: Account, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow(town.worker) as unit:
        api.decline_offer(unit, offered[1], reason=DeclineReason.NO_CAPACITY)
    friday, sunday = LATE, LATE + dt.timedelta(days=2, hours=1)
    session.execute(_COPIES, {"id": offered[0], "at": friday, "number": MOST_AT_ONCE})
    session.execute(update(Referral).where(Referral.id == offered[0]).values(response_due_at=sunday))
    run_at(uow, sunday + dt.timedelta(minutes=5))
    assert lines(session) == ["Rosa Marin was reminded: this referral waits for the next step."]


def test_the_front_doors_own_question_stands_with_its_work_and_writes_to_nobody(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    with uow(town.worker) as unit:
        api.ask_about_offer(unit, session.scalars(select(Offer.id)).one(), question="Which days?")
    run_at(uow, DUE)
    assert lines(session) == ["The front door was reminded: Family support waits for an answer to its question."]
    assert written(session) == []


@pytest.fixture
def raised(uow: OpenUnit, town: Town, rosa: Account, offered: tuple[ReferralId, OfferId]) -> uuid.UUID:
    """The service declined, and Rosa disagrees: the service answers first."""
    with uow(town.worker) as unit:
        api.decline_offer(unit, offered[1], reason=DeclineReason.OUTSIDE_CRITERIA)
    with uow(an_actor(rosa, Role.LEAD_PROFESSIONAL)) as unit:
        return disagreeing.raise_disagreement(unit, offered[0], words="It is your work.", disagreement_id=new_id())


def test_a_late_answer_to_a_disagreement_is_chased_at_each_stage_and_never_settled_by_a_clock(
    session: Session, uow: OpenUnit, town: Town, grace: Account, raised: uuid.UUID
) -> None:
    for minute in range(3):
        run_at(uow, DUE + dt.timedelta(minutes=minute))
    first = "Family support was reminded: an answer to the disagreement is due."
    assert lines(session, "disagreement") == [first]
    run_at(uow, LATE)
    told = "The front door’s manager was told: the answer to the disagreement is two working days late."
    assert lines(session, "disagreement") == [first, told]
    assert ("grace@example.org", "worker_disagreement_late") in written(session)
    assert managers_who_read(session, raised) > 0
    with uow(town.worker) as unit, frozen(LATE):
        then = type(unit)(session=unit.session, actor=unit.actor, now=LATE)
        disagreeing.answer_disagreement(then, raised, words="We said what we do.")
    run_at(uow, WEEKS_LATER)
    second = "Rosa Marin was reminded: an answer to the disagreement is due."
    assert sorted(lines(session, "disagreement")[2:]) == sorted([second, told])
    assert ("rosa@example.org", "worker_disagreement_due") in written(session)
    assert session.get_one(Disagreement, raised).settled_at is None


def test_a_settled_disagreement_is_chased_no_more(
    session: Session, uow: OpenUnit, town: Town, raised: uuid.UUID
) -> None:
    with uow(town.worker) as unit:
        disagreeing.settle(unit, raised, settlement=Settlement.AS_ASKED, words="We take the family on.")
    run_at(uow, WEEKS_LATER)
    assert lines(session, "disagreement") == []


def test_what_came_back_and_stands_still_is_chased_with_its_owner_and_goes_nowhere(
    session: Session, uow: OpenUnit, town: Town, rosa: Account, grace: Account, offered: tuple[ReferralId, OfferId]
) -> None:
    with uow(town.worker) as unit:
        api.decline_offer(unit, offered[1], reason=DeclineReason.NO_CAPACITY)
    run_at(uow, DUE - dt.timedelta(minutes=1))
    assert lines(session) == []
    for late in (0, 1, 2):
        run_at(uow, DUE + dt.timedelta(hours=late))
    reminded = "Rosa Marin was reminded: this referral waits for the next step."
    assert (lines(session), written(session)) == ([reminded], [("rosa@example.org", "worker_referral_waits")])
    assert list_late(session, number=1, for_manager=True).rows == []
    run_at(uow, LATE)
    told = "The front door’s manager was told: the next step is two working days late."
    assert lines(session) == [reminded, told]
    assert ("grace@example.org", "worker_referral_stands") in written(session)
    assert [row.why for row in list_late(session, number=1, for_manager=True).rows] == ["Rosa Marin"]
    assert list_late(session, number=1, for_manager=False).rows == []
    assert managers_who_read(session, offered[0]) > 0
    run_at(uow, WEEKS_LATER)
    referral = session.get_one(Referral, offered[0])
    assert (len(lines(session)), referral.state, referral.owner_principal) == (2, ReferralState.DECLINED, rosa.id)
    with uow(an_actor(rosa, Role.LEAD_PROFESSIONAL)) as unit:
        returned.send_again(unit, offered[0])
    assert managers_who_read(session, offered[0]) == 0


def test_what_social_care_answered_is_not_chased_as_if_another_service_had_to_be_found(
    session: Session, uow: OpenUnit, town: Town, rosa: Account, grace: Account
) -> None:
    with uow() as unit:
        a_social_care_team(unit, town.agency)
    with uow(an_actor(rosa, Role.LEAD_PROFESSIONAL)) as unit:
        referral_id = refer_to_social_care(unit, a_social_care_referral(a_child(unit)))
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
        offer_id = unit.session.scalars(select(Offer.id)).one()
        social_care.decide(unit, offer_id, CareAnswer(CareOutcome.NFA, "We know this family."))
    run_at(uow, WEEKS_LATER)
    assert (lines(session), written(session)) == ([], [])
    session.execute(update(Referral).values(manager_told_at=WEEKS_LATER))
    assert list_late(session, number=1, for_manager=True).rows == []


# --- Closed to whoever has it, and who is told ---------------------------------------------------------------------

Waiting = Callable[[str], None]


@pytest.fixture
def waiting(session: Session, uow: OpenUnit, town: Town, rosa: Account, offered: tuple[ReferralId, OfferId]) -> Waiting:
    """Something waits for Rosa, and only that: a question, a referral that came back, or a disagreement."""

    def wait(what: str) -> None:
        with uow(town.worker) as unit:
            if what == "a question":
                api.ask_about_offer(unit, offered[1], question="Which days?")
                return
            api.decline_offer(unit, offered[1], reason=DeclineReason.NO_CAPACITY)
        if what == "a disagreement":
            with uow(an_actor(rosa, Role.LEAD_PROFESSIONAL)) as unit:
                mine = disagreeing.raise_disagreement(unit, offered[0], words="It is yours.", disagreement_id=new_id())
            with uow(town.worker) as unit:
                disagreeing.answer_disagreement(unit, mine, words="It is not.")
            session.execute(update(Referral).values(response_due_at=NEXT_YEAR))

    return wait


_LATE_TO_MANAGERS = {
    "a question": ("worker_question_late", "the answer to the question of Family support"),
    "a referral that came back": ("worker_referral_stands", "the next step"),
    "a disagreement": ("worker_disagreement_late", "the answer to the disagreement"),
}


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("what", list(_LATE_TO_MANAGERS))
def test_whoever_can_open_the_record_no_more_is_not_reminded_and_the_manager_is_told_at_once(
    session: Session, uow: OpenUnit, rosa: Account, grace: Account, offered: tuple[ReferralId, OfferId],
    waiting: Waiting, what: str, mode: Mode,
) -> None:  # fmt: skip
    waiting(what)
    close(session, uow, offered[0], mode, {Mode.CLOSED_TO: [rosa], Mode.OPEN_TO: [grace]}[mode])
    template, words = _LATE_TO_MANAGERS[what]
    for at in (DUE, DUE + dt.timedelta(hours=1), LATE, WEEKS_LATER):
        run_at(uow, at)
        assert written(session) == [("grace@example.org", template)]
        assert lines(session) == [f"The front door’s manager was told: {words} is due."]
    body = session.scalars(select(MessageText.body)).one()
    assert "Rosa Marin can open this record no more, so do not ring them about it: " in body
    assert "Ring Rosa" not in body


@pytest.mark.parametrize(
    ("case", "who"),
    [
        ("the area has a manager", "area"),
        ("the record is closed to the manager of the area", "front door"),
        ("the referral is of no area", "front door"),
    ],
)
def test_the_managers_of_the_area_are_told_and_those_of_the_front_door_where_it_has_none(
    session: Session, uow: OpenUnit, town: Town, grace: Account, offered: tuple[ReferralId, OfferId],
    waiting: Waiting, case: str, who: str,
) -> None:  # fmt: skip
    here = Scope(Role.MANAGER, ScopeKind.CLUSTER, town.cluster.id)
    elsewhere = Scope(Role.MANAGER, ScopeKind.CLUSTER, a_cluster(session, name="Leigh", prefixes=("SS9",)).id)
    sam = an_account(session, name="Sam Lee", email="sam@example.org", roles=[here])
    an_account(session, name="Kim Lin", email="kim@example.org", roles=[elsewhere])
    waiting("a referral that came back")
    if case == "the record is closed to the manager of the area":
        close(session, uow, offered[0], Mode.CLOSED_TO, [sam])
    elif case == "the referral is of no area":
        session.execute(update(Referral).values(cluster_id=None, locality_id=None))
    run_at(uow, LATE)
    told = [to for to, template in written(session) if template == "worker_referral_stands"]
    assert told == ["sam@example.org" if who == "area" else "grace@example.org"]
    assert f"The {who}’s manager was told: the next step is two working days late." in lines(session)
    reader = an_actor(sam, here) if who == "area" else an_actor(grace, Role.MANAGER)
    with uow(reader) as unit:
        assert [row.id for row in list_late(unit.session, number=1, for_manager=True).rows] == [offered[0]]


def test_what_the_front_door_is_late_with_is_told_to_its_manager_too(
    session: Session, uow: OpenUnit, town: Town, grace: Account, offered: tuple[ReferralId, OfferId], waiting: Waiting
) -> None:
    here = Scope(Role.MANAGER, ScopeKind.CLUSTER, town.cluster.id)
    an_account(session, name="Sam Lee", email="sam@example.org", roles=[here])
    waiting("a referral that came back")
    door = {"owner_principal": FRONT_DOOR, "owner_kind": Party.FRONT_DOOR, "owner_name": "The front door"}
    session.execute(update(Referral).values(**door, state=ReferralState.UNPLACED))
    run_at(uow, LATE)
    assert [to for to, _ in written(session)] == ["grace@example.org", "sam@example.org"]


# --- Late before anybody was chased --------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [27, 29])
@pytest.mark.parametrize("what", list(_LATE_TO_MANAGERS))
def test_what_was_late_for_four_weeks_when_the_clocks_came_writes_to_nobody(
    session: Session, uow: OpenUnit, grace: Account, waiting: Waiting, what: str, days: int
) -> None:
    waiting(what)
    at = session.execute(select(func.now())).scalar_one()
    due_at = at - dt.timedelta(days=days)
    session.execute(update(Disagreement).values(due_at=due_at))
    session.execute(update(Offer).values(due_at=due_at))
    if what != "a disagreement":
        session.execute(update(Referral).values(response_due_at=due_at))
    session.execute(text(import_module("locality.migrations.versions.0027_owners")._LONG_LATE))
    run_at(uow, at)
    assert bool(written(session)) == (days == 27)
    assert bool(lines(session)) == (days == 27)
