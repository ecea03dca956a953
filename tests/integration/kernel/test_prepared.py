"""Selects that are put together once and go straight through the driver from then on."""

import pytest
from sqlalchemy import any_, bindparam, event, select
from sqlalchemy.orm import Session

from locality.accounts.models import RoleAssignment
from locality.kernel import direct
from locality.kernel.actor import Role, ScopeKind
from tests.factories.accounts import a_role, an_account

_OF_KINDS = (
    select(RoleAssignment.account_id, RoleAssignment.role, RoleAssignment.scope_kind.label("where"))
    .where(RoleAssignment.scope_kind.in_([ScopeKind.AUTHORITY, ScopeKind.CLUSTER]))
    .order_by(RoleAssignment.role)
)
_OF = direct.Prepared(_OF_KINDS.where(RoleAssignment.account_id == bindparam("account_id")))
_OF_THESE = direct.Prepared(_OF_KINDS.where(RoleAssignment.account_id == any_(bindparam("accounts"))))


def test_its_rows_are_those_of_the_session_members_of_enums_too(session: Session) -> None:
    account = an_account(session)
    for role in (Role.ADMINISTRATOR, Role.DATA_PROTECTION):
        a_role(session, account, role)  # not written yet
    found = _OF.rows(session, account_id=account.id)
    executed = session.execute(_OF_KINDS.where(RoleAssignment.account_id == account.id)).all()
    assert [row._asdict() for row in found] == [row._asdict() for row in executed]
    assert [row.role for row in found] == [Role.ADMINISTRATOR, Role.DATA_PROTECTION]
    assert all(isinstance(row.where, ScopeKind) for row in found)


def test_one_of_these_is_asked_for_with_any_and_of_none_there_is_nothing(session: Session) -> None:
    accounts = [an_account(session, email=f"{name}@example.org") for name in ("ada", "bo", "cy")]
    for account in accounts:
        a_role(session, account, Role.ADMINISTRATOR)
    asked = [account.id for account in accounts[:2]]
    assert {row.account_id for row in _OF_THESE.rows(session, accounts=asked)} == set(asked)
    assert _OF_THESE.one_or_none(session, accounts=[]) is None


def test_a_value_that_is_not_given_is_an_error_and_not_null(session: Session) -> None:
    with pytest.raises(KeyError, match="account_id"):
        _OF.rows(session)


def test_whoever_counts_statements_hears_of_it_too(session: Session) -> None:
    heard: list[str] = []
    engine = session.connection().engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        _OF_THESE.rows(session, accounts=[])
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(heard) == 1
    assert heard[0].startswith("SELECT role_assignment.account_id")
