"""Signing in and out."""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from locality.accounts.models import Account, KnownDevice, SignedInSession, SignInAttempt
from locality.accounts.operations.signing_in import BeginAttempt, begin_attempt, settle_attempt
from locality.accounts.queries.signing_in import SIGNING_IN
from locality.audit.models import AuditEvent
from locality.kernel.actor import Role
from locality.kernel.clock import frozen
from locality.web.session import COOKIE
from tests.factories.accounts import PASSWORD, an_account
from tests.support.database import NOW, OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse

EMAIL = "amira.khan@example.org"
NOT_RIGHT = "The email address or password is not right. Check both and try again"


@pytest.fixture
def amira(session: Session) -> Account:
    return an_account(session, name="Amira Khan", email=EMAIL, roles=[Role.LEAD_PROFESSIONAL], password=PASSWORD)


@pytest.fixture
def moment() -> Iterator[list[AbstractContextManager[None]]]:
    with frozen(NOW):
        yield []


def try_in(browse: Browse, email: str = EMAIL, password: str = PASSWORD, *, status: int = 302) -> Page:
    return browse.post("/sign-in", {"email": email, "password": password}, status=status)


def refused(browse: Browse, times: int, *, email: str = EMAIL) -> None:
    for _ in range(times):
        try_in(browse, email, "not the password", status=422)


def test_the_right_password_leads_home(browse: Browse, amira: Account) -> None:
    assert try_in(browse).location == "/"
    assert browse.get("/account").row("Name") == "Amira Khan"


def test_case_and_blanks_in_the_address_do_not_matter(browse: Browse, amira: Account) -> None:
    assert try_in(browse, "  Amira.KHAN@example.org ").location == "/"


def test_signing_in_is_on_record(browse: Browse, session: Session, amira: Account) -> None:
    try_in(browse)
    event = session.execute(select(AuditEvent).where(AuditEvent.action == "account.signed_in")).scalar_one()
    assert (event.actor_id, event.actor_name, event.record_id) == (amira.id, "Amira Khan", amira.id)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        pytest.param(EMAIL, "not the password", id="wrong password"),
        pytest.param("nobody@example.org", PASSWORD, id="unknown address"),
        pytest.param("not an address", PASSWORD, id="no address at all"),
        pytest.param("left@example.org", PASSWORD, id="disabled account"),
        pytest.param("new@example.org", PASSWORD, id="account without a password"),
        pytest.param(EMAIL, "three random word\u015b", id="other letters"),
        pytest.param("' OR 1=1 --@example.org", "x", id="an attempt at SQL"),
    ],
)
def test_every_refusal_reads_the_same(
    browse: Browse, session: Session, amira: Account, email: str, password: str
) -> None:
    an_account(session, email="left@example.org", password=PASSWORD, active=False)
    an_account(session, email="new@example.org")
    page = try_in(browse, email, password, status=422)
    assert page.errors == [("", NOT_RIGHT)]
    assert page.form()["email"] == email
    assert browse.get("/account", status=302).location == "/sign-in?next=/account"


def test_real_and_made_up_addresses_get_answers_of_the_same_length(browse: Browse, amira: Account) -> None:
    real = try_in(browse, "amira.khan@example.org", "wrong", status=422).main
    fake = try_in(browse, "nadia.khan@example.org", "wrong", status=422).main
    assert len(real) == len(fake)


def test_real_and_made_up_addresses_ask_the_database_the_same(browse: Browse, amira: Account) -> None:
    for email in (EMAIL, "nobody@example.org"):
        with browse._counted(8):
            try_in(browse, email, "wrong", status=422)


def test_a_refusal_is_kept_without_the_typed_address(browse: Browse, session: Session, amira: Account) -> None:
    try_in(browse, "My Secret Passw0rd", "x", status=422)
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 1
    events = session.scalars(select(AuditEvent)).all()
    assert [(event.action, event.outcome, event.record_id) for event in events] == [
        ("account.sign_in_refused", "refused", None)
    ]


@pytest.mark.parametrize(
    ("email", "password", "field", "message"),
    [
        pytest.param("", PASSWORD, "email", "Enter your email address", id="no address"),
        pytest.param(EMAIL, "", "password", "Enter your password", id="no password"),
        pytest.param("a\x00b", PASSWORD, "email", "Remove the unusual characters", id="a NUL in the address"),
        pytest.param(EMAIL, "a\x00b", "password", "Password must only have characters", id="a NUL in the password"),
        pytest.param("a" * 255, PASSWORD, "email", "Email address must be 254 characters", id="an endless address"),
        pytest.param(EMAIL, "a" * 129, "password", "Password must be 128 characters", id="an endless password"),
    ],
)
def test_bad_input_gets_a_message_beside_the_field(
    browse: Browse, email: str, password: str, field: str, message: str
) -> None:
    page = try_in(browse, email, password, status=422)
    assert page.error_beside(field).startswith(message)


def test_the_password_is_never_sent_back(browse: Browse) -> None:
    assert "hunter" not in try_in(browse, EMAIL, "hunter hunter", status=422).html


def test_a_form_without_its_token_is_refused(browse: Browse, session: Session, amira: Account) -> None:
    answer = browse.raw("POST", "/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 400
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


@pytest.mark.usefixtures("clock")
def test_the_eleventh_attempt_is_put_off_even_with_the_right_password(browse: Browse, amira: Account) -> None:
    refused(browse, 10)
    page = try_in(browse, status=429)
    assert page.errors == [("", "There were too many attempts. Try again in 15 minutes, at 10:15am")]


@pytest.mark.usefixtures("clock")
def test_a_put_off_answer_says_when_to_come_back(browse: Browse, amira: Account) -> None:
    refused(browse, 10)
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": browse._token()}
    assert browse.raw("POST", "/sign-in", data=form).headers["Retry-After"] == "900"


def test_after_fifteen_minutes_the_right_password_works_again(browse: Browse, amira: Account) -> None:
    with frozen(NOW):
        refused(browse, 10)
    with frozen(NOW + dt.timedelta(minutes=15)):
        assert try_in(browse).location == "/"


@pytest.mark.usefixtures("clock")
def test_an_unknown_address_is_put_off_in_the_same_way(browse: Browse) -> None:
    refused(browse, 10, email="nobody@example.org")
    page = try_in(browse, "nobody@example.org", status=429)
    assert page.errors == [("", "There were too many attempts. Try again in 15 minutes, at 10:15am")]


@pytest.mark.usefixtures("clock")
def test_a_right_password_does_not_count(browse: Browse, amira: Account) -> None:
    for _ in range(12):
        browse.sign_out()
        assert try_in(browse).location == "/"


@pytest.mark.usefixtures("clock")
def test_guesses_from_many_addresses_count_against_the_account(
    browse: Browse, session: Session, amira: Account
) -> None:
    refused(browse, 10)
    session.execute(update(SignInAttempt).values(client_address="203.0.113.7"))
    try_in(browse, status=429)


@pytest.mark.usefixtures("clock")
def test_guesses_at_many_accounts_count_against_the_address(browse: Browse, uow: OpenUnit, amira: Account) -> None:
    with uow(SIGNING_IN) as unit:
        for number in range(97):
            attempt = begin_attempt(unit, BeginAttempt(f"guess{number}@example.org", "127.0.0.1"))
            settle_attempt(unit, attempt, matched=False)
    for number in range(97, 100):
        try_in(browse, f"guess{number}@example.org", "x", status=422)
    assert try_in(browse, status=429).errors == [
        ("", "There were too many attempts. Try again in 60 minutes, at 11:00am")
    ]


@pytest.mark.usefixtures("clock")
def test_the_owner_gets_in_from_a_known_browser_while_others_guess(browse: Browse, amira: Account) -> None:
    try_in(browse)
    known = browse._client.get_cookie("locality_device", path="/sign-in")
    assert known is not None
    browse._client.delete_cookie("locality_device", path="/sign-in")
    browse.sign_out()
    refused(browse, 10)
    try_in(browse, status=429)
    browse._client.set_cookie("locality_device", known.value, path="/sign-in")
    assert try_in(browse).location == "/"


@pytest.mark.usefixtures("clock")
def test_a_known_browser_is_counted_too(browse: Browse, amira: Account) -> None:
    try_in(browse)
    browse.sign_out()
    refused(browse, 10)
    try_in(browse, status=429)


@pytest.mark.usefixtures("clock")
def test_another_accounts_known_browser_opens_nothing(browse: Browse, session: Session, amira: Account) -> None:
    an_account(session, email="other@example.org", password=PASSWORD)
    try_in(browse, "other@example.org")
    browse.sign_out()
    refused(browse, 10)
    try_in(browse, status=429)


def test_an_address_that_was_wanted_is_opened_after_signing_in(browse: Browse, amira: Account) -> None:
    form = {"email": EMAIL, "password": PASSWORD}
    assert browse.post("/sign-in?next=/account?page=2", form).location == "/account?page=2"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "/%09/evil.example/..", "javascript:alert(1)",
        "/no-such-page", "/sign-out", "/sign-in", "/static/app.css", "/account\x00", "/\u2028/evil.example",
    ],
)  # fmt: skip
def test_any_other_address_leads_home(browse: Browse, amira: Account, target: str) -> None:
    answer = browse.raw(
        "POST",
        "/sign-in",
        query_string={"next": target},
        data={"email": EMAIL, "password": PASSWORD, "csrf_token": browse._token()},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_somebody_signed_in_is_not_asked_again(browse: Browse, amira: Account) -> None:
    browse.sign_in(amira)
    assert browse.get("/sign-in", status=302).location == "/"


def test_signing_in_gives_a_new_token_each_time(browse: Browse, session: Session, amira: Account) -> None:
    tokens = []
    for _ in range(2):
        browse.sign_out()
        try_in(browse)
        cookie = browse._client.get_cookie(COOKIE)
        assert cookie is not None
        tokens.append(cookie.value)
    assert len(set(tokens)) == 2
    assert session.scalar(select(func.count()).select_from(SignedInSession)) == 2


def test_a_token_set_by_somebody_else_is_not_taken_over(browse: Browse, amira: Account) -> None:
    browse._client.set_cookie(COOKIE, "planted-by-an-attacker")
    try_in(browse)
    cookie = browse._client.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.value != "planted-by-an-attacker"


def test_signing_in_as_somebody_else_ends_the_session_that_was_there(
    browse: Browse, session: Session, amira: Account
) -> None:
    other = an_account(session, name="Tom Baker", email="tom@example.org", password=PASSWORD)
    browse.sign_in(amira)
    try_in(browse, "tom@example.org")
    assert session.scalars(select(SignedInSession.account_id)).all() == [other.id]


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(browse: Browse, amira: Account) -> None:
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": browse._token()}
    cookies = browse.raw("POST", "/sign-in", data=form).headers.getlist("Set-Cookie")
    ours = [cookie for cookie in cookies if cookie.startswith((f"{COOKIE}=", "locality_device="))]
    assert len(ours) == 2
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in ours)


def test_signing_out_ends_the_session_on_the_server(browse: Browse, session: Session, amira: Account) -> None:
    try_in(browse)
    cookie = browse._client.get_cookie(COOKIE)
    assert cookie is not None
    assert browse.post("/sign-out").location == "/sign-in?signed_out=yes"
    assert session.scalar(select(func.count()).select_from(SignedInSession)) == 0
    browse._client.set_cookie(COOKIE, cookie.value)
    assert browse.get("/account", status=302).location == "/sign-in?next=/account"


def test_signing_out_leaves_nothing_in_the_browser(browse: Browse, amira: Account) -> None:
    browse.sign_in(amira)
    answer = browse.raw("POST", "/sign-out", data={"csrf_token": browse._token()})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert browse._client.get_cookie(COOKIE) is None


def test_signing_out_is_never_done_by_a_link(browse: Browse, amira: Account) -> None:
    browse.sign_in(amira)
    assert browse.raw("GET", "/sign-out").status_code == 405
    assert browse.raw("POST", "/sign-out").status_code == 400
    browse.get("/account")


def test_nothing_is_changed_by_a_form_without_its_token(browse: Browse, session: Session, app: Flask) -> None:
    browse.sign_in(an_account(session, roles=[Role.ADMINISTRATOR]))
    unsafe = [
        rule.build(dict.fromkeys(rule.arguments, uuid.UUID(int=1)))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("accounts.") and "POST" in (rule.methods or ())
    ]
    addresses = [built[1] for built in unsafe if built is not None]
    assert len(addresses) >= 12
    assert {browse.raw("POST", address).status_code for address in addresses} == {400}


def test_a_session_left_alone_for_twenty_minutes_is_over(browse: Browse, amira: Account) -> None:
    with frozen(NOW):
        browse.sign_in(amira)
    with frozen(NOW + dt.timedelta(minutes=19)):
        browse.get("/account")
    with frozen(NOW + dt.timedelta(minutes=38)):
        browse.get("/account")
    with frozen(NOW + dt.timedelta(minutes=58)):
        browse.get("/account", status=302)


def test_a_session_is_over_after_twelve_hours_however_busy(browse: Browse, amira: Account) -> None:
    with frozen(NOW):
        browse.sign_in(amira)
    for quarter in range(1, 48):
        with frozen(NOW + dt.timedelta(minutes=15 * quarter)):
            assert browse.raw("GET", "/account/stay").status_code == 204
    with frozen(NOW + dt.timedelta(hours=12)):
        browse.get("/account/stay", status=302)


def test_a_first_password_that_lapsed_does_not_work(browse: Browse, session: Session, amira: Account) -> None:
    from locality.accounts.models import AccountSecret

    session.execute(update(AccountSecret).values(usable_until=NOW))
    try_in(browse, status=422)


def test_a_browser_is_remembered_once(browse: Browse, session: Session, amira: Account) -> None:
    for _ in range(3):
        browse.sign_out()
        try_in(browse)
    assert session.scalar(select(func.count()).select_from(KnownDevice)) == 1
