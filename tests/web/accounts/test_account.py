"""One's own account."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.accounts.models import Account, SignedInSession
from locality.kernel.actor import Role
from locality.web.session import COOKIE
from tests.factories.accounts import PASSWORD, a_session_token, an_account
from tests.support.web import Browse

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "lantern biscuit harbour"


@pytest.fixture
def amira(session: Session, browse: Browse) -> Account:
    account = an_account(
        session,
        name="Amira Khan",
        email="amira.khan@example.org",
        job_title="Health visitor",
        roles=[Role.LEAD_PROFESSIONAL],
        password=PASSWORD,
    )
    browse.sign_in(account)
    return account


def change(browse: Browse, current: str = PASSWORD, new: str = NEW, again: str | None = None) -> dict[str, str]:
    return {"current_password": current, "new_password": new, "again": new if again is None else again}


def test_it_says_who_i_am_and_what_i_may_do(browse: Browse, amira: Account) -> None:
    page = browse.get("/account", most_queries=8)
    assert (page.row("Job title"), page.row("Email address")) == ("Health visitor", "amira.khan@example.org")
    assert "Lead professional: Their own families, since" in page.main


def test_without_a_role_it_says_whom_to_ask(browse: Browse, session: Session) -> None:
    browse.sign_in(an_account(session))
    assert browse.get("/", status=302).location == "/account"
    assert "You have no role yet" in browse.get("/account").main


def test_a_visitor_is_asked_to_sign_in(browse: Browse) -> None:
    assert browse.get("/account", status=302).location == "/sign-in?next=/account"


def test_it_lists_where_i_am_signed_in(browse: Browse, session: Session, amira: Account) -> None:
    a_session_token(session, amira, user_agent=FIREFOX)
    rows = browse.get("/account").table("Where you are signed in")
    assert [row["Device"] for row in rows] == ["Unknown device This one", "Firefox on Windows"]


def test_signing_out_everywhere_else_keeps_this_browser(browse: Browse, session: Session, amira: Account) -> None:
    a_session_token(session, amira)
    a_session_token(session, amira)
    page = browse.follow(browse.post("/account/sessions/end-others"))
    assert page.banner == "You have been signed out of 2 other devices"
    assert len(page.table("Where you are signed in")) == 1


def test_signing_out_everywhere_else_leaves_other_people_alone(
    browse: Browse, session: Session, amira: Account
) -> None:
    other = an_account(session)
    a_session_token(session, other)
    browse.post("/account/sessions/end-others")
    assert session.scalar(select(func.count()).where(SignedInSession.account_id == other.id)) == 1


def test_one_other_device_is_signed_out(browse: Browse, session: Session, amira: Account) -> None:
    a_session_token(session, amira, user_agent=FIREFOX)
    found = session.scalar(select(SignedInSession.id).where(SignedInSession.device == "Firefox on Windows"))
    page = browse.follow(browse.post(f"/account/sessions/{found}/end"))
    assert page.banner == "You have been signed out of that device"


def test_somebody_elses_session_is_not_ended(browse: Browse, session: Session, amira: Account) -> None:
    other = an_account(session)
    a_session_token(session, other, user_agent=FIREFOX)
    found = session.scalar(select(SignedInSession.id).where(SignedInSession.account_id == other.id))
    page = browse.follow(browse.post(f"/account/sessions/{found}/end"))
    assert page.banner == "That device was signed out already"
    assert session.scalar(select(func.count()).where(SignedInSession.account_id == other.id)) == 1


def test_a_new_password_takes_the_place_of_the_old_one(browse: Browse, amira: Account) -> None:
    page = browse.follow(browse.post("/account/password", change(browse)))
    assert page.banner == "Your password has been changed. Every other device has been signed out"
    browse.sign_out()
    email = "amira.khan@example.org"
    browse.post("/sign-in", {"email": email, "password": PASSWORD}, status=422)
    browse.post("/sign-in", {"email": email, "password": NEW})


def test_a_new_password_gives_a_new_token_and_ends_every_other(
    browse: Browse, session: Session, amira: Account
) -> None:
    a_session_token(session, amira)
    before = browse._client.get_cookie(COOKIE)
    browse.post("/account/password", change(browse))
    after = browse._client.get_cookie(COOKIE)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert session.scalar(select(func.count()).select_from(SignedInSession)) == 1


@pytest.mark.parametrize(
    ("current", "new", "again", "field", "message"),
    [
        pytest.param("", NEW, NEW, "current_password", "Enter your current password", id="no current password"),
        pytest.param("wrong", NEW, NEW, "current_password", "Your current password is not right", id="a wrong one"),
        pytest.param(PASSWORD, "", "", "new_password", "Enter a new password", id="no new password"),
        pytest.param(PASSWORD, "short", "short", "new_password", "Password must be 12 characters", id="too short"),
        pytest.param(PASSWORD, "a" * 129, "", "new_password", "New password must be 128 characters", id="endless"),
        pytest.param(PASSWORD, "Password1234", "Password1234", "new_password", "Choose a password", id="common"),
        pytest.param(PASSWORD, "amira khan 12", "amira khan 12", "new_password", "Password must not", id="a name"),
        pytest.param(PASSWORD, NEW, "something else", "again", "The two new passwords are not", id="not the same"),
        pytest.param(PASSWORD, "a\x00" * 12, "", "new_password", "New password must only have", id="a NUL"),
    ],
)
def test_a_password_that_will_not_do_is_refused_beside_its_field(
    browse: Browse, amira: Account, current: str, new: str, again: str, field: str, message: str
) -> None:
    page = browse.post("/account/password", change(browse, current, new, again), status=422)
    assert page.error_beside(field).startswith(message)
    browse.sign_out()
    browse.post("/sign-in", {"email": "amira.khan@example.org", "password": PASSWORD})


@pytest.mark.usefixtures("clock")
def test_guessing_the_current_password_is_put_off(browse: Browse, amira: Account) -> None:
    for _ in range(10):
        browse.post("/account/password", change(browse, "a guess"), status=422)
    page = browse.post("/account/password", change(browse), status=429)
    assert page.errors == [("", "There were too many attempts. Try again in 15 minutes, at 10:15am")]


def test_with_a_first_password_everything_leads_to_choosing_ones_own(browse: Browse, session: Session) -> None:
    an_account(
        session,
        email="new@example.org",
        roles=[Role.ADMINISTRATOR],
        password=PASSWORD,
        password_change_due=True,
    )
    browse.post("/sign-in", {"email": "new@example.org", "password": PASSWORD})
    assert browse.get("/admin/accounts", status=302).location == "/account/password"
    page = browse.get("/account/password")
    assert page.heading == "Choose your own password"
    assert page.navigation == []
    browse.post("/account/password", change(browse))
    assert browse.get("/admin/accounts").heading == "Accounts"
