"""Accounts, roles and sessions: one verb, its rows, its place in the audit trail, and who may reach what."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from locality.accounts import api
from locality.accounts.models import Account, AccountSecret, KnownDevice, RoleAssignment, SignedInSession, SignInAttempt
from locality.accounts.operations.accounts import change_own_password
from locality.accounts.operations.passwords import first_password, needs_new_hash, password_matches
from locality.accounts.operations.sessions import StartSession, save_session, start_session
from locality.accounts.queries import places
from locality.accounts.queries.sessions import bearer, find_session
from locality.accounts.queries.signing_in import SIGNING_IN, digest
from locality.audit.models import AuditEvent
from locality.kernel.actor import NOBODY, SYSTEM, Reach, Role, ScopeKind
from locality.kernel.db import bind_actor
from locality.kernel.errors import Conflict, NotFound, RuleBroken
from locality.kernel.ids import AccountId, new_id
from tests.factories.accounts import PASSWORD, a_role, a_session_token, an_account, an_actor
from tests.support.database import NOW, OpenUnit

LEIGH = uuid.UUID("c1000000-0000-4000-8000-000000000001")
SHOEBURY = uuid.UUID("c1000000-0000-4000-8000-000000000002")
SOUTH = uuid.UUID("10ca1000-0000-4000-8000-000000000001")


@pytest.fixture
def amira(session: Session, clock: dt.datetime) -> Account:
    return an_account(session, name="Amira Khan", email="amira.khan@example.org", password=PASSWORD)


@pytest.fixture
def tom(session: Session, clock: dt.datetime) -> Account:
    return an_account(session, name="Tom Baker", email="tom@example.org", password=PASSWORD)


def last_event(session: Session) -> AuditEvent:
    return session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).one()


def roles_of(session: Session, account: Account) -> set[tuple[Role, ScopeKind, uuid.UUID | None]]:
    rows = session.scalars(
        select(RoleAssignment).where(RoleAssignment.account_id == account.id, RoleAssignment.ended_at.is_(None))
    )
    return {(row.role, row.scope_kind, row.scope_id) for row in rows}


class TestCreating:
    def test_an_account_starts_without_roles_and_with_a_password_to_change(
        self, session: Session, uow: OpenUnit
    ) -> None:
        with uow() as unit:
            found = api.create_account(
                unit,
                api.NewAccount(" Zoe@Example.org ", "Zoë Ngũgĩ", "Midwife", api.hash_password(PASSWORD, fast=True)),
            )
        account = session.get_one(Account, found)
        assert (account.email, account.active, account.password_change_due) == ("zoe@example.org", True, True)
        secret = session.get_one(AccountSecret, found)
        assert secret.usable_until == NOW + dt.timedelta(days=3)
        assert roles_of(session, account) == set()

    def test_it_is_on_record(self, session: Session, uow: OpenUnit, amira: Account) -> None:
        with uow(an_actor(amira)) as unit:
            found = api.create_account(unit, api.NewAccount("zoe@example.org", "Zoë Ngũgĩ", "Midwife"))
        event = last_event(session)
        assert (event.action, event.actor_id, event.record_id) == ("account.created", amira.id, found)

    def test_an_address_that_is_taken_is_refused_however_written(self, uow: OpenUnit, amira: Account) -> None:
        with pytest.raises(Conflict) as refused, uow() as unit:
            api.create_account(unit, api.NewAccount("AMIRA.KHAN@example.org", "Amira Khan", "Teacher"))
        assert [reason.field for reason in refused.value.reasons] == ["email"]


class TestRoles:
    def test_a_role_counts_from_today_until_it_is_ended(self, session: Session, uow: OpenUnit, amira: Account) -> None:
        who = AccountId(amira.id)
        with uow() as unit:
            api.give_role(unit, who, role=Role.CLUSTER_MEMBER, kind=ScopeKind.CLUSTER, scope_id=LEIGH)
        assert [person.name for person in api.list_accounts_with_role(session, Role.CLUSTER_MEMBER, LEIGH)] == [
            "Amira Khan"
        ]
        with uow() as unit:
            api.end_role(unit, who, role=Role.CLUSTER_MEMBER, kind=ScopeKind.CLUSTER, scope_id=LEIGH)
        assert api.list_accounts_with_role(session, Role.CLUSTER_MEMBER) == ()

    def test_both_are_on_record_with_role_and_place(self, session: Session, uow: OpenUnit, amira: Account) -> None:
        who = AccountId(amira.id)
        detail = {"role": "cluster_member", "kind": "cluster", "place": str(LEIGH)}
        with uow() as unit:
            api.give_role(unit, who, role=Role.CLUSTER_MEMBER, kind=ScopeKind.CLUSTER, scope_id=LEIGH)
        assert (last_event(session).action, last_event(session).detail) == ("account.role_given", detail)
        with uow() as unit:
            api.end_role(unit, who, role=Role.CLUSTER_MEMBER, kind=ScopeKind.CLUSTER, scope_id=LEIGH)
        assert (last_event(session).action, last_event(session).detail) == ("account.role_ended", detail)

    def test_giving_a_role_twice_changes_nothing(self, session: Session, uow: OpenUnit, amira: Account) -> None:
        given = []
        for _ in range(2):
            with uow() as unit:
                given.append(api.give_role(unit, AccountId(amira.id), role=Role.LEAD_PROFESSIONAL))
        assert given[0] == given[1]
        assert len(roles_of(session, amira)) == 1

    def test_a_role_whose_last_day_has_gone_by_does_not_count_and_may_be_given_again(
        self, session: Session, uow: OpenUnit, amira: Account
    ) -> None:
        role = a_role(session, amira, Role.LEAD_PROFESSIONAL)
        role.from_on, role.until_on = NOW.date() - dt.timedelta(days=9), NOW.date() - dt.timedelta(days=1)
        assert api.list_accounts_with_role(session, Role.LEAD_PROFESSIONAL) == ()
        with uow() as unit:
            api.give_role(unit, AccountId(amira.id), role=Role.LEAD_PROFESSIONAL)
        assert len(api.list_accounts_with_role(session, Role.LEAD_PROFESSIONAL)) == 1

    def test_the_last_day_of_a_role_counts(self, session: Session, amira: Account) -> None:
        a_role(session, amira, Role.LEAD_PROFESSIONAL).until_on = NOW.date()
        assert len(api.list_accounts_with_role(session, Role.LEAD_PROFESSIONAL)) == 1

    def test_the_database_too_refuses_a_role_given_to_oneself(self, session: Session, amira: Account) -> None:
        with pytest.raises(Exception, match="role_assignment_not_self_check"), session.begin_nested():
            a_role(session, amira, Role.MANAGER).given_by = amira.id
            session.flush()

    def test_a_manager_of_the_authority_manages_every_cluster(
        self, session: Session, uow: OpenUnit, amira: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        listed = (
            places.Place(ScopeKind.LOCALITY, SOUTH, "South"),
            places.Place(ScopeKind.CLUSTER, LEIGH, "Leigh", frozenset({SOUTH})),
            places.Place(ScopeKind.CLUSTER, SHOEBURY, "Shoebury"),
        )
        monkeypatch.setattr(places, "_LISTERS", [lambda _session: listed])
        with uow() as unit:
            api.give_role(unit, AccountId(amira.id), role=Role.MANAGER, kind=ScopeKind.AUTHORITY)
        assert roles_of(session, amira) == {
            (Role.MANAGER, ScopeKind.AUTHORITY, None),
            (Role.MANAGER, ScopeKind.CLUSTER, LEIGH),
            (Role.MANAGER, ScopeKind.CLUSTER, SHOEBURY),
        }
        with uow() as unit:
            api.end_role(unit, AccountId(amira.id), role=Role.MANAGER, kind=ScopeKind.AUTHORITY)
        assert roles_of(session, amira) == set()

    def test_two_administrators_cannot_end_each_other(
        self, session: Session, uow: OpenUnit, amira: Account, tom: Account
    ) -> None:
        for account in (amira, tom):
            a_role(session, account, Role.ADMINISTRATOR)
        with uow(an_actor(amira, Role.ADMINISTRATOR)) as unit:
            api.end_role(unit, AccountId(tom.id), role=Role.ADMINISTRATOR, kind=ScopeKind.AUTHORITY)
        with pytest.raises(RuleBroken), uow(an_actor(tom, Role.ADMINISTRATOR)) as unit:
            api.end_role(unit, AccountId(amira.id), role=Role.ADMINISTRATOR, kind=ScopeKind.AUTHORITY)

    def test_a_role_for_nobody_is_refused(self, uow: OpenUnit) -> None:
        with pytest.raises(NotFound), uow() as unit:
            api.give_role(unit, AccountId(new_id()), role=Role.LEAD_PROFESSIONAL)


class TestDisabling:
    def test_sessions_devices_and_roles_end_in_the_same_transaction(
        self, session: Session, uow: OpenUnit, amira: Account, tom: Account
    ) -> None:
        a_session_token(session, tom)
        a_role(session, tom, Role.LEAD_PROFESSIONAL)
        session.add(KnownDevice(token_hash=digest("x"), account_id=tom.id, seen_at=NOW))
        with uow(an_actor(amira, Role.ADMINISTRATOR)) as unit:
            api.disable_account(unit, AccountId(tom.id), reason="Left")
        for table in (SignedInSession, KnownDevice):
            assert session.scalar(select(func.count()).where(table.account_id == tom.id)) == 0
        assert roles_of(session, tom) == set()
        account = session.get_one(Account, tom.id, populate_existing=True)
        assert (account.active, account.disabled_by, account.disabled_reason) == (False, amira.id, "Left")
        assert (last_event(session).action, last_event(session).detail) == ("account.disabled", {"sessions_ended": 1})

    def test_a_failure_afterwards_undoes_all_of_it(
        self, session: Session, uow: OpenUnit, amira: Account, tom: Account
    ) -> None:
        a_session_token(session, tom)
        session.commit()
        with pytest.raises(ZeroDivisionError), uow(an_actor(amira, Role.ADMINISTRATOR)) as unit:
            api.disable_account(unit, AccountId(tom.id), reason="Left")
            _ = 1 / 0
        assert session.get_one(Account, tom.id, populate_existing=True).active
        assert session.scalar(select(func.count()).select_from(SignedInSession)) == 1
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0

    def test_the_last_administrator_stays(self, session: Session, uow: OpenUnit, amira: Account) -> None:
        a_role(session, amira, Role.ADMINISTRATOR)
        with pytest.raises(RuleBroken, match="There must always be one administrator"), uow() as unit:
            api.disable_account(unit, AccountId(amira.id), reason="Left")


class TestPasswords:
    def test_a_hash_matches_its_password_and_no_other(self) -> None:
        hashed = api.hash_password(PASSWORD, fast=True)
        assert password_matches(hashed, PASSWORD, fast=True)
        assert not password_matches(hashed, PASSWORD + " ", fast=True)

    def test_nothing_matches_nothing(self) -> None:
        assert not password_matches(None, "", fast=True)
        assert not password_matches("not a hash", "", fast=True)

    def test_a_fast_hash_is_made_anew_in_earnest(self) -> None:
        hashed = api.hash_password(PASSWORD, fast=True)
        assert needs_new_hash(hashed)
        assert not needs_new_hash(hashed, fast=True)

    def test_first_passwords_are_long_and_never_the_same(self) -> None:
        made = {first_password() for _ in range(50)}
        assert len(made) == 50
        assert all(len(password) == 19 for password in made)

    def test_a_new_password_ends_every_session(self, session: Session, uow: OpenUnit, amira: Account) -> None:
        a_session_token(session, amira)
        with uow(an_actor(amira)) as unit:
            change_own_password(unit, api.hash_password("lantern biscuit harbour", fast=True))
        secret = session.get_one(AccountSecret, amira.id, populate_existing=True)
        assert password_matches(secret.password_hash, "lantern biscuit harbour", fast=True)
        assert session.scalar(select(func.count()).select_from(SignedInSession)) == 0


class TestSessions:
    def test_a_token_finds_its_person_with_roles_in_one_statement(self, session: Session, amira: Account) -> None:
        a_role(session, amira, Role.SPOC_OFFICER)
        token = a_session_token(session, amira)
        found = find_session(session, digest(token), now=NOW)
        assert found is not None
        assert (found.actor.name, found.actor.roles, found.actor.reach) == (
            "Amira Khan", frozenset({Role.SPOC_OFFICER}), Reach.PEOPLE_INDEX,
        )  # fmt: skip

    def test_a_role_that_ends_is_gone_at_the_next_request(
        self, session: Session, uow: OpenUnit, amira: Account
    ) -> None:
        with uow() as unit:
            api.give_role(unit, AccountId(amira.id), role=Role.SPOC_OFFICER, kind=ScopeKind.AUTHORITY)
        token = a_session_token(session, amira)
        before = find_session(session, digest(token), now=NOW)
        assert before is not None
        assert before.actor.reach is Reach.PEOPLE_INDEX
        with uow() as unit:
            api.end_role(unit, AccountId(amira.id), role=Role.SPOC_OFFICER, kind=ScopeKind.AUTHORITY)
        found = find_session(session, digest(token), now=NOW)
        assert found is not None
        assert found.actor.roles == frozenset()
        assert session.scalar(text("SELECT current_setting('locality.reach')")) == "none"

    def test_a_token_met_before_opens_nothing_once_its_session_or_account_is_over(
        self, session: Session, uow: OpenUnit, amira: Account, tom: Account
    ) -> None:
        ended, off = a_session_token(session, amira), a_session_token(session, tom)
        for token in (ended, off):
            assert find_session(session, digest(token), now=NOW) is not None
        bind_actor(session, SYSTEM)
        session.execute(text("DELETE FROM signed_in_session WHERE token_hash = :hash"), {"hash": digest(ended)})
        tom.active, tom.disabled_at, tom.disabled_by, tom.disabled_reason = False, NOW, amira.id, "Left"
        session.flush()
        for token in (ended, off):
            assert find_session(session, digest(token), now=NOW) is None
            assert session.scalar(text("SELECT current_setting('locality.actor')")) == NOBODY.name
        bind_actor(session, SYSTEM)

    def test_while_a_first_password_waits_no_role_counts(self, session: Session, amira: Account) -> None:
        a_role(session, amira, Role.MANAGER)
        amira.password_change_due = True
        found = find_session(session, digest(a_session_token(session, amira)), now=NOW)
        assert found is not None
        assert found.actor.roles == frozenset()

    def test_the_table_holds_no_token(self, session: Session, amira: Account) -> None:
        token = a_session_token(session, amira)
        row = session.execute(text("SELECT s::text FROM signed_in_session s")).scalar_one()
        assert token not in row
        assert token.encode().hex() not in row

    def test_saving_a_session_that_has_ended_does_not_bring_it_back(
        self, session: Session, uow: OpenUnit, amira: Account
    ) -> None:
        token = a_session_token(session, amira)
        with uow() as unit:
            api.disable_account(unit, AccountId(amira.id), reason="Left")
        with uow() as unit:
            save_session(unit.session, digest(token), data={}, now=NOW)
        assert session.scalar(select(func.count()).select_from(SignedInSession)) == 0

    def test_saving_never_moves_the_end_beyond_twelve_hours(
        self, session: Session, uow: OpenUnit, amira: Account
    ) -> None:
        token = a_session_token(session, amira)
        late = NOW + dt.timedelta(hours=11, minutes=55)
        session.execute(
            text("UPDATE signed_in_session SET expires_at = :late"), {"late": late + dt.timedelta(minutes=1)}
        )
        with uow() as unit:
            save_session(unit.session, digest(token), data={}, now=late)
        ends = session.scalar(select(SignedInSession.expires_at))
        assert ends == NOW + dt.timedelta(hours=12)

    def test_starting_one_removes_the_persons_sessions_that_ran_out(
        self, session: Session, uow: OpenUnit, amira: Account, tom: Account
    ) -> None:
        for account in (amira, tom):
            a_session_token(session, account)
        session.execute(text("UPDATE signed_in_session SET expires_at = :then"), {"then": NOW})
        with uow(an_actor(amira)) as unit:
            start_session(unit, StartSession(AccountId(amira.id)))
        left = session.scalars(select(SignedInSession.account_id)).all()
        assert sorted(left) == sorted([amira.id, tom.id])


class TestWalls:
    """Row-level security of this room's tables, asked directly."""

    def test_nobody_reads_somebody_elses_secret(self, session: Session, amira: Account, tom: Account) -> None:
        bind_actor(session, an_actor(amira, Role.ADMINISTRATOR))
        assert session.scalars(select(AccountSecret.account_id)).all() == [amira.id]
        bind_actor(session, NOBODY)
        assert session.scalars(select(AccountSecret.account_id)).all() == []

    def test_the_sign_in_step_alone_reads_all_secrets(self, session: Session, amira: Account, tom: Account) -> None:
        bind_actor(session, SIGNING_IN)
        assert len(session.scalars(select(AccountSecret.account_id)).all()) == 2

    def test_nobody_changes_somebody_elses_secret(self, session: Session, amira: Account, tom: Account) -> None:
        bind_actor(session, an_actor(amira, Role.ADMINISTRATOR))
        session.execute(text("UPDATE account_secret SET password_hash = 'x'"))
        bind_actor(session, SYSTEM)
        changed = session.scalars(select(AccountSecret.account_id).where(AccountSecret.password_hash == "x")).all()
        assert changed == [amira.id]

    def test_nobody_sees_or_ends_somebody_elses_sessions(self, session: Session, amira: Account, tom: Account) -> None:
        for account in (amira, tom):
            a_session_token(session, account)
        bind_actor(session, an_actor(amira, Role.ADMINISTRATOR))
        assert session.scalars(select(SignedInSession.account_id)).all() == [amira.id]
        session.execute(text("DELETE FROM signed_in_session"))
        bind_actor(session, SYSTEM)
        assert session.scalars(select(SignedInSession.account_id)).all() == [tom.id]

    def test_a_token_shows_its_own_session_and_no_other(self, session: Session, amira: Account, tom: Account) -> None:
        token = a_session_token(session, amira)
        a_session_token(session, tom)
        bind_actor(session, bearer(digest(token)))
        assert session.scalars(select(SignedInSession.account_id)).all() == [amira.id]

    def test_attempts_are_for_the_sign_in_step(self, session: Session, amira: Account) -> None:
        session.execute(
            text("INSERT INTO sign_in_attempt VALUES (gen_random_uuid(), 'x', '203.0.113.1', false, 'refused', now())")
        )
        bind_actor(session, an_actor(amira, Role.ADMINISTRATOR))
        assert session.scalars(select(SignInAttempt.id)).all() == []
        bind_actor(session, SIGNING_IN)
        assert len(session.scalars(select(SignInAttempt.id)).all()) == 1

    def test_an_account_is_never_deleted(self, session: Session, amira: Account, tom: Account) -> None:
        bind_actor(session, an_actor(amira, Role.ADMINISTRATOR))
        session.execute(text("DELETE FROM account"))
        assert session.scalar(select(func.count()).select_from(Account)) == 2


def test_names_are_found_for_other_rooms(session: Session, amira: Account) -> None:
    assert api.account_names(session, [amira.id, new_id()]) == {amira.id: "Amira Khan"}
    assert api.account_names(session, []) == {}


def test_demonstration_accounts_are_listed_by_role(session: Session, amira: Account) -> None:
    for name, role in (("Max", Role.MANAGER), ("Sam", Role.SPOC_OFFICER)):
        an_account(session, name=name, roles=[role], is_demonstration=True)
    listed = api.list_demonstration_accounts(session, today=NOW.date())
    assert [(person.name, person.role) for person in listed] == [("Sam", "Front door officer"), ("Max", "Manager")]
