"""The room's commands."""

from argparse import Namespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts import api
from locality.accounts.models import Account, AccountSecret
from locality.accounts.operations.passwords import password_matches
from locality.accounts.room import add_administrator, verify_audit
from locality.audit import trail
from locality.kernel.actor import Role
from locality.kernel.errors import Conflict
from tests.factories.accounts import an_account


def test_an_empty_installation_gets_its_administrator(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    assert add_administrator(Namespace(email="Ada@example.org", name="Ada Okafor")) == 0
    account = session.scalars(select(Account).where(Account.email == "ada@example.org")).one()
    password = capsys.readouterr().out.split()[-1]
    assert password_matches(session.get_one(AccountSecret, account.id).password_hash, password)
    assert account.password_change_due
    assert [person.name for person in api.list_accounts_with_role(session, Role.ADMINISTRATOR)] == ["Ada Okafor"]


def test_an_address_that_is_taken_is_refused(session: Session) -> None:
    an_account(session, email="ada@example.org")
    with pytest.raises(Conflict):
        add_administrator(Namespace(email="ada@example.org", name="Ada Okafor"))


def test_a_whole_audit_trail_is_said_to_be_whole(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    add_administrator(Namespace(email="ada@example.org", name="Ada Okafor"))
    capsys.readouterr()
    assert verify_audit(Namespace()) == 0
    assert capsys.readouterr().out == "The audit trail is whole. 2 events checked.\n"


def test_a_broken_audit_trail_fails(
    session: Session, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "verify", lambda _session: trail.Verdict(9, 4, "Event 4 does not fit the chain."))
    assert verify_audit(Namespace()) == 1
    assert capsys.readouterr().out == (
        "The audit trail has been changed. Event 4 does not fit the chain. 9 events checked.\n"
    )
