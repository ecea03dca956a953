"""The frame of the real application: each person's own way in, and nothing else."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from locality.kernel.actor import Role
from locality.web.page import PLACES
from tests.factories.accounts import an_account
from tests.support.web import Browse


def test_every_fixed_place_of_the_frame_exists(app: Flask) -> None:
    served = {rule.rule for rule in app.url_map.iter_rules()}
    assert set(PLACES.values()) - served == set()


def test_a_visitor_sees_no_navigation_and_no_search(browse: Browse) -> None:
    page = browse.get("/sign-in")
    assert page.navigation == []
    assert "Search" not in page.text
    assert not page.has_button("Sign out")


def test_somebody_signed_in_is_named_and_can_leave(browse: Browse, session: Session) -> None:
    browse.sign_in(an_account(session, roles=[Role.ADMINISTRATOR], name="Ade Novák", job_title="Systems officer"))
    page = browse.get("/account")
    assert "Ade Novák · Systems officer" in page.text
    assert page.action("/sign-out") == "/sign-out"
    assert page.has_button("Sign out")


@pytest.mark.parametrize(
    ("role", "sees", "search"),
    [(Role.ADMINISTRATOR, "Accounts", False), (Role.DATA_PROTECTION, "Who looked", False)],
)
def test_the_navigation_holds_what_the_role_has(
    browse: Browse, session: Session, role: Role, sees: str, search: bool
) -> None:
    browse.sign_in(an_account(session, roles=[role]))
    page = browse.get("/account")
    assert sees in page.navigation
    assert page.has_button("Search") is search


def test_the_place_where_one_is_stands_out(browse: Browse, session: Session) -> None:
    browse.sign_in(an_account(session, roles=[Role.ADMINISTRATOR]))
    page = browse.get("/admin/accounts")
    assert 'aria-current="true">Accounts' in page.html
