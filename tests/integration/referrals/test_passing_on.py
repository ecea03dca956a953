"""Whatever waits, waits for somebody who still works here: referrals, news, disagreements, contacts that are held."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from locality.access.parts import FRONT_DOOR, management_of
from locality.accounts import api as accounts
from locality.accounts.models import Account, RoleAssignment
from locality.clusters import api as clusters
from locality.kernel.actor import Actor, Role, Scope, ScopeKind
from locality.kernel.ids import AccountId, ContactId, EpisodeId, PersonId, ReferralId, new_id
from locality.referrals import api, jobs
from locality.referrals.models import CaseNews, Contact, Disagreement, Offer, Referral, ReferralEvent
from locality.referrals.operations import disagreeing, holding, news
from locality.referrals.queries.referrals import count_news, list_news
from locality.referrals.rules.codes import DeclineReason, Outcome
from locality.referrals.rules.lifecycle import ReferralState
from locality.stages import api as stages
from tests.factories.accounts import a_role, an_account, an_actor
from tests.factories.clusters import a_case_note
from tests.factories.referrals import a_child, a_contact, a_decision, a_referral
from tests.integration.referrals.conftest import Town
from tests.support.database import OpenUnit

# Nothing may wait for an account that is shut, or that has no role any more.
_WITH_NOBODY = text("""
    WITH gone AS (
      SELECT a.id FROM account a WHERE NOT a.active OR (
        EXISTS (SELECT 1 FROM role_assignment r WHERE r.account_id = a.id)
        AND NOT EXISTS (SELECT 1 FROM role_assignment r WHERE r.account_id = a.id AND r.ended_at IS NULL)))
    SELECT 'referral' FROM referral WHERE state NOT IN ('ended', 'withdrawn')
      AND (owner_principal IN (SELECT id FROM gone) OR sender_principal IN (SELECT id FROM gone))
    UNION ALL SELECT 'news' FROM case_news WHERE seen_at IS NULL AND waits_principal IN (SELECT id FROM gone)
    UNION ALL SELECT 'disagreement' FROM disagreement WHERE settled_at IS NULL
      AND (waits_principal IN (SELECT id FROM gone) OR raised_principal IN (SELECT id FROM gone))
    UNION ALL SELECT 'contact' FROM contact WHERE state = 'open' AND held_by IN (SELECT id FROM gone)
""")


@dataclass(frozen=True)
class Case:
    """An open case of Leah, its lead, and a supervisor of the cluster."""

    leah: PersonId
    episode_id: EpisodeId
    lead: Account
    supervisor: Actor


def lead(uow: OpenUnit, town: Town, case: Case, account: Account | None) -> None:
    """Somebody else leads the case from now on, or nobody."""
    with uow() as unit:
        note = a_case_note(
            town.cluster, episode_id=case.episode_id, about=(case.leah,),
            reference=f"EH-{str(case.episode_id)[-6:]}",
            lead_account_id=account and AccountId(account.id), lead_name=account and account.name,
        )  # fmt: skip
        clusters.note_case(unit, note)


def a_case(session: Session, uow: OpenUnit, town: Town) -> Case:
    over = Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, town.cluster.id)
    rosa = an_account(session, name="Rosa Marin", roles=[Role.LEAD_PROFESSIONAL])
    supervisor = an_actor(an_account(session, name="Grace Lin", roles=[over]), over)
    with uow() as unit:
        leah = a_child(unit, school=town.school)
        episode_id = EpisodeId(new_id())
        stages.place_child(
            unit, stages.PlaceChild(leah, 2, town.cluster.id, episode_id=episode_id, on=dt.date(2026, 1, 5))
        )
    made = Case(leah, episode_id, rosa, supervisor)
    lead(uow, town, made, rosa)
    return made


@pytest.fixture
def case(session: Session, uow: OpenUnit, town: Town) -> Case:
    return a_case(session, uow, town)


def tell(uow: OpenUnit, town: Town, case: Case) -> None:
    with uow(town.officer) as unit:
        contact_id = a_contact(unit, case.leah)
        api.decide_child(
            unit,
            a_decision(contact_id, case.leah, outcome=Outcome.LINK_TO_OPEN_CASE, reason="Her grandmother rang."),
        )


def waits_for(session: Session) -> tuple[uuid.UUID, str]:
    session.expire_all()
    found = session.scalars(select(CaseNews)).one()
    return found.waits_principal, found.waits_name


def pass_on(uow: OpenUnit) -> None:
    with uow() as unit:
        jobs.pass_on(unit)


def leave(session: Session, account: Account) -> None:
    """Every role of somebody ends; the account stays open."""
    ended = update(RoleAssignment).where(RoleAssignment.account_id == account.id)
    session.execute(ended.values(ended_at=dt.datetime(2026, 3, 3, 9, 0, tzinfo=dt.UTC)))


def shut(session: Session, uow: OpenUnit, account: Account) -> None:
    administrator = an_actor(an_account(session, roles=[Role.ADMINISTRATOR]), Role.ADMINISTRATOR)
    with uow(administrator) as unit:
        accounts.disable_account(unit, AccountId(account.id), reason="Left the council")


def test_news_of_a_lead_who_left_is_with_who_manages_the_case_at_once(
    session: Session, uow: OpenUnit, town: Town, case: Case
) -> None:
    tell(uow, town, case)
    assert waits_for(session) == (case.lead.id, "Rosa Marin")
    shut(session, uow, case.lead)
    assert waits_for(session) == (management_of(town.cluster.id), "Whoever manages Shoebury")
    (row,) = list_news(session, case.supervisor)
    assert (row.line, row.is_led) == ("Her grandmother rang.", False)
    assert count_news(session, case.supervisor) == 1
    with uow(case.supervisor) as unit:
        news.see_to_news(unit, row.id)
    assert (list_news(session, case.supervisor), count_news(session, case.supervisor)) == ((), 0)


@pytest.mark.parametrize("how", ["another leads", "every role ended"])
def test_news_follows_the_case_when_its_lead_changes_or_leaves_without_a_word(
    session: Session, uow: OpenUnit, town: Town, case: Case, how: str
) -> None:
    tell(uow, town, case)
    if how == "another leads":
        other = an_account(session, name="Sam Lee", roles=[Role.LEAD_PROFESSIONAL])
        lead(uow, town, case, other)
        expected = (other.id, "Sam Lee")
    else:
        leave(session, case.lead)
        expected = (management_of(town.cluster.id), "Whoever manages Shoebury")
    pass_on(uow)
    pass_on(uow)
    assert waits_for(session) == expected


def test_news_about_a_case_that_nobody_leads_or_manages_is_with_the_front_door(
    session: Session, uow: OpenUnit, town: Town, case: Case
) -> None:
    lead(uow, town, case, None)
    assert case.supervisor.account_id is not None
    leave(session, session.get_one(Account, case.supervisor.account_id))
    tell(uow, town, case)
    assert waits_for(session) == (FRONT_DOOR, "The front door")
    assert [row.is_at_front_door for row in list_news(session, town.officer)] == [True]
    assert count_news(session, town.officer) == 1


def test_what_is_seen_to_stays_with_who_saw_it(session: Session, uow: OpenUnit, town: Town, case: Case) -> None:
    tell(uow, town, case)
    with uow(an_actor(case.lead, Role.LEAD_PROFESSIONAL)) as unit:
        (row,) = list_news(unit.session, unit.actor)
        news.see_to_news(unit, row.id)
    shut(session, uow, case.lead)
    assert waits_for(session) == (case.lead.id, "Rosa Marin")


@pytest.mark.parametrize("how", ["the account is shut", "left the team, with another role"])
def test_a_familys_worker_who_left_the_service_is_named_no_more(
    session: Session, uow: OpenUnit, town: Town, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(api.accepted, "_functions", [])
    at_service = Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, town.service_id)
    account = an_account(session, name="Nia Okoro", roles=[at_service])
    with uow(town.officer) as unit:
        referral_id = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=referral_id)
    with uow(an_actor(account, at_service)) as unit:
        offer_id = unit.session.scalars(select(Offer.id)).one()
        api.accept_offer(unit, offer_id, worker=AccountId(account.id))
    pass_on(uow)
    session.expire_all()
    assert session.get_one(Referral, referral_id).allocated_worker == "Nia Okoro"
    if how == "the account is shut":
        shut(session, uow, account)
    else:
        leave(session, account)
        a_role(session, account, Role.CLUSTER_MEMBER)
        pass_on(uow)
    session.expire_all()
    found = session.get_one(Referral, referral_id)
    assert (found.allocated_worker, found.allocated_to, found.owner_principal) == (None, None, town.service_id)
    with uow(town.worker) as unit:
        lines = list(unit.session.scalars(select(ReferralEvent.line)))
    assert "Nia Okoro no longer works there: Family support names another worker." in lines


@dataclass(frozen=True)
class Work:
    """Everything that can wait for one person."""

    sent: ReferralId
    disputed: uuid.UUID
    held: ContactId


def work_of(session: Session, uow: OpenUnit, town: Town, account: Account) -> Work:
    """Somebody sent a referral that was declined and disagrees with that; they hold a contact besides."""
    me = an_actor(account, Role.LEAD_PROFESSIONAL, Role.SPOC_OFFICER)
    sender = an_actor(account, Role.LEAD_PROFESSIONAL)
    with uow(sender) as unit:
        sent = a_referral(unit, a_child(unit, school=town.school), routed=False)
    with uow() as unit:
        jobs.route(unit, referral_id=sent)
    with uow(town.worker) as unit:
        offer_id = session.scalars(select(Offer.id).where(Offer.referral_id == sent)).one()
        api.decline_offer(unit, offer_id, reason=DeclineReason.NO_CAPACITY)
    with uow(sender) as unit:
        disputed = disagreeing.raise_disagreement(unit, sent, words="It is yours.", disagreement_id=new_id())
    with uow(town.worker) as unit:
        disagreeing.answer_disagreement(unit, disputed, words="It is not.")
    with uow(me) as unit:
        held = a_contact(unit, a_child(unit, given_name="Tom"))
        holding.take_contact(unit, held)
    return Work(sent, disputed, held)


def test_a_disagreement_and_a_contact_of_somebody_who_left_are_with_the_front_door(
    session: Session, uow: OpenUnit, town: Town, case: Case
) -> None:
    work = work_of(session, uow, town, case.lead)
    shut(session, uow, case.lead)
    session.expire_all()
    found = session.get_one(Disagreement, work.disputed)
    assert (found.waits_principal, found.waits_name, found.raised_principal) == (
        FRONT_DOOR, "The front door", FRONT_DOOR,
    )  # fmt: skip
    assert session.get_one(Contact, work.held).held_by is None
    with uow(town.officer) as unit:
        disagreeing.answer_disagreement(unit, work.disputed, words="We see to it now.")
    session.expire_all()
    assert found.waits_principal == FRONT_DOOR, "an answer goes to whose side it is now, not to who left"


def test_whoever_leaves_and_however_nothing_waits_for_nobody(session: Session, uow: OpenUnit, town: Town) -> None:
    for endings in (*combinations(_END, 1), tuple(_END)):
        case = a_case(session, uow, town)
        tell(uow, town, case)
        work_of(session, uow, town, case.lead)
        for ending in endings:
            _END[ending](session, uow, town, case)
        pass_on(uow)
        assert session.scalars(_WITH_NOBODY).all() == [], endings


def _another_leads(session: Session, uow: OpenUnit, town: Town, case: Case) -> None:
    lead(uow, town, case, an_account(session, name="Sam Lee", roles=[Role.LEAD_PROFESSIONAL]))


_END: dict[str, Callable[[Session, OpenUnit, Town, Case], None]] = {
    "the account is shut": lambda session, uow, _town, case: shut(session, uow, case.lead),
    "every role ended": lambda session, _uow, _town, case: leave(session, case.lead),
    "the case has another lead": _another_leads,
    "nobody leads the case": lambda _session, uow, town, case: lead(uow, town, case, None),
}


def test_the_search_for_what_waits_for_nobody_finds_what_it_looks_for(
    session: Session, uow: OpenUnit, town: Town, case: Case
) -> None:
    tell(uow, town, case)
    work_of(session, uow, town, case.lead)
    leave(session, case.lead)
    assert set(session.scalars(_WITH_NOBODY)) == {"referral", "news", "disagreement", "contact"}
    assert session.scalars(select(Referral.id)).all()


@contextmanager
def locks_of_referrals(session: Session) -> Iterator[list[uuid.UUID]]:
    """Each referral that is locked meanwhile, in the order of its first lock."""
    locked: list[uuid.UUID] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        if "FROM referral" in statement and "FOR UPDATE" in statement and isinstance(values, dict):
            locked.extend(one for one in values.values() if isinstance(one, uuid.UUID) and one not in locked)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield locked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_what_several_leave_at_once_is_locked_in_one_order_whoever_left_it(
    session: Session, uow: OpenUnit, town: Town
) -> None:
    gone = [an_account(session, name=name, roles=[Role.LEAD_PROFESSIONAL]) for name in ("Rosa Marin", "Sam Lee")]
    # Leaver by leaver, and whoever is named last, would be another order than that of the referrals.
    earlier, later = sorted(gone, key=lambda one: one.id)
    sent = sorted(ReferralId(new_id()) for _ in range(4))
    for referral_id, sender in zip(sent, (later, later, earlier, later), strict=True):
        with uow(an_actor(sender, Role.LEAD_PROFESSIONAL)) as unit:
            a_referral(unit, a_child(unit, school=town.school), routed=False, referral_id=referral_id)
    at_service = Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, town.service_id)
    worker = an_account(session, name="Nia Okoro", roles=[at_service])
    named = {
        "owner_principal": town.service_id, "owner_kind": "service", "owner_name": "Family support",
        "state": ReferralState.ALLOCATED, "allocated_to": worker.id, "allocated_worker": "Nia Okoro",
        "sender_principal": FRONT_DOOR, "sender_kind": "front_door", "sender_name": "The front door",
    }  # fmt: skip
    session.execute(update(Referral).where(Referral.id == sent[0]).values(**named))
    for account in (*gone, worker):
        leave(session, account)
    with locks_of_referrals(session) as locked:
        pass_on(uow)
    assert locked == sent
    assert session.scalars(_WITH_NOBODY).all() == []
