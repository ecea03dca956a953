"""Accounts and roles, as an administrator sees and changes them."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.accounts.models import Account, AccountSecret, RoleAssignment, SignedInSession
from locality.accounts.queries import places
from locality.accounts.queries.places import Place
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import new_id
from tests.factories.accounts import PASSWORD, a_role, a_session_token, an_account
from tests.support.web import Browse

SOUTH = Place(ScopeKind.LOCALITY, uuid.UUID("10ca1000-0000-4000-8000-000000000001"), "South")
LEIGH = Place(ScopeKind.CLUSTER, uuid.UUID("c1000000-0000-4000-8000-000000000001"), "Leigh", frozenset({SOUTH.id}))
SHOEBURY = Place(ScopeKind.CLUSTER, uuid.UUID("c1000000-0000-4000-8000-000000000002"), "Shoebury")
SLEEP = Place(ScopeKind.SERVICE, uuid.UUID("5e000000-0000-4000-8000-000000000001"), "Sleep support")


@pytest.fixture(autouse=True)
def _known_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_LISTERS", [lambda _session: (SOUTH, LEIGH, SHOEBURY, SLEEP)])


@pytest.fixture
def administrator(session: Session, browse: Browse) -> Account:
    account = an_account(session, name="Ada Admin", email="ada@example.org", roles=[Role.ADMINISTRATOR])
    browse.sign_in(account)
    return account


@pytest.fixture
def tom(session: Session) -> Account:
    return an_account(session, name="Tom Baker", email="tom@example.org", job_title="Youth worker", password=PASSWORD)


def new(name: str = "Zoë Ngũgĩ", email: str = "zoe@example.org", job_title: str = "Midwife") -> dict[str, str]:
    return {"form_id": str(new_id()), "name": name, "email": email, "job_title": job_title}


def test_everybody_with_an_account_is_listed_by_name(browse: Browse, administrator: Account, tom: Account) -> None:
    page = browse.get("/admin/accounts", most_queries=5)
    rows = page.table("Accounts")
    assert [(row["Name"], row["Roles"], row["State"]) for row in rows] == [
        ("Ada Admin", "Administrator", "Active"),
        ("Tom Baker", "No role", "Active"),
    ]


def test_the_list_is_found_in_and_paged(browse: Browse, session: Session, administrator: Account) -> None:
    for number in range(55):
        an_account(session, name=f"Worker {number:02}")
    first = browse.get("/admin/accounts?q=worker", most_queries=5)
    assert "55 accounts with “worker”" in first.main
    assert len(first.table("Accounts")) == 50
    second = browse.get(first.links["Next page"])
    assert [row["Name"] for row in second.table("Accounts")][-1] == "Worker 54"


@pytest.mark.parametrize("wanted", ["%", "_", "\\", "'", "a\x00b", "ÅÄÖ", "x" * 500, "ngũgĩ"])
def test_any_search_gets_an_answer(browse: Browse, administrator: Account, wanted: str) -> None:
    assert browse.raw("GET", "/admin/accounts", query_string={"q": wanted, "page": "-1"}).status_code == 200


def test_a_new_account_gets_a_first_password_that_is_shown_once(
    browse: Browse, session: Session, administrator: Account
) -> None:
    page = browse.post("/admin/accounts/new", new(), status=200)
    assert page.heading == "First password for Zoë Ngũgĩ"
    password = page.row("First password")
    person = session.scalars(select(Account).where(Account.email == "zoe@example.org")).one()
    assert password not in browse.get(f"/admin/accounts/{person.id}").html
    browse.sign_out()
    answer = browse.post("/sign-in", {"email": "zoe@example.org", "password": password})
    assert browse.follow(answer, status=302).location == "/account/password"


def test_sending_the_form_twice_makes_one_account(browse: Browse, session: Session, administrator: Account) -> None:
    form = new()
    browse.post("/admin/accounts/new", form, status=200)
    browse.post("/admin/accounts/new", form, status=422)
    browse.post("/admin/accounts/new", {**form, "email": "other@example.org"}, status=422)
    assert session.scalar(select(func.count()).where(Account.name == "Zoë Ngũgĩ")) == 1


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        pytest.param({"name": ""}, "name", "Enter their full name", id="no name"),
        pytest.param({"name": "a" * 101}, "name", "Full name must be 100 characters", id="an endless name"),
        pytest.param({"name": "Zo\x07"}, "name", "Remove the unusual characters", id="a bell in the name"),
        pytest.param({"email": ""}, "email", "Enter their email address", id="no address"),
        pytest.param({"email": "zoe"}, "email", "Enter an email address in the correct format", id="half an address"),
        pytest.param({"email": "TOM@example.org"}, "email", "Somebody already has an account", id="taken"),
        pytest.param({"email": "a" * 250 + "@example.org"}, "email", "Work email address must be", id="endless"),
        pytest.param({"job_title": " "}, "job_title", "Enter their job title", id="blank title"),
        pytest.param({"job_title": "x" * 101}, "job_title", "Job title must be 100 characters", id="endless title"),
    ],
)
def test_bad_input_is_refused_beside_its_field(
    browse: Browse, administrator: Account, tom: Account, change: dict[str, str], field: str, message: str
) -> None:
    page = browse.post("/admin/accounts/new", {**new(), **change}, status=422)
    assert page.error_beside(field).startswith(message)
    assert page.form()["job_title"] == {**new(), **change}["job_title"].strip()


def test_a_form_without_a_real_id_is_refused(browse: Browse, administrator: Account) -> None:
    page = browse.post("/admin/accounts/new", {**new(), "form_id": "not an id"}, status=422)
    assert len(page.errors) == 1


def test_fields_that_the_form_does_not_have_change_nothing(
    browse: Browse, session: Session, administrator: Account
) -> None:
    browse.post("/admin/accounts/new", {**new(), "active": "", "is_demonstration": "1", "version": "9"}, status=200)
    person = session.scalars(select(Account).where(Account.email == "zoe@example.org")).one()
    assert (person.active, person.is_demonstration, person.version) == (True, False, 1)


def test_a_role_is_given_at_a_place(browse: Browse, administrator: Account, tom: Account) -> None:
    form = {"role": "cluster_member", "where": f"cluster {LEIGH.id}"}
    page = browse.follow(browse.post(f"/admin/accounts/{tom.id}/roles/new", form))
    assert page.banner == "Tom Baker has a new role"
    assert [(row["Role"], row["Where"]) for row in page.table("Roles")] == [("Cluster team member", "Leigh")]


def test_the_places_on_offer_are_those_of_the_rooms(browse: Browse, administrator: Account, tom: Account) -> None:
    page = browse.get(f"/admin/accounts/{tom.id}/roles/new", most_queries=8)
    assert page.options("where") == [
        "Choose one", "Whole authority", "Their own families", "South", "Leigh", "Shoebury", "Sleep support",
    ]  # fmt: skip


def test_a_supervisor_of_a_locality_supervises_its_clusters(
    browse: Browse, administrator: Account, tom: Account
) -> None:
    form = {"role": "supervisor", "where": f"locality {SOUTH.id}"}
    page = browse.follow(browse.post(f"/admin/accounts/{tom.id}/roles/new", form))
    assert [(row["Where"], row["Change"]) for row in page.table("Roles")] == [
        ("South", "End"),
        ("Leigh", "Ends with the wider role"),
    ]


def test_a_last_day_may_be_set(browse: Browse, administrator: Account, tom: Account) -> None:
    last = dt.date(2099, 5, 4)
    form = {
        "role": "lead_professional", "where": "none",
        "until_on-day": "4", "until_on-month": "5", "until_on-year": "2099",
    }  # fmt: skip
    page = browse.follow(browse.post(f"/admin/accounts/{tom.id}/roles/new", form))
    assert [row["Until"] for row in page.table("Roles")] == [f"{last.day} May {last.year}"]


@pytest.mark.parametrize(
    ("form", "field", "message"),
    [
        pytest.param({}, "role", "Select a role", id="no role"),
        pytest.param({"role": "king"}, "role", "Select a role", id="a role that is none"),
        pytest.param({"where": ""}, "where", "Select where the role applies", id="no place"),
        pytest.param({"where": "cluster x"}, "where", "Select where the role applies", id="a place that is none"),
        pytest.param(
            {"where": "cluster c1000000-0000-4000-8000-00000000ffff"}, "where", "Select where", id="a foreign place"
        ),
        pytest.param({"where": "authority"}, "where", "Cluster team member is a role for a cluster", id="too wide"),
        pytest.param({"until_on-day": "30", "until_on-month": "2", "until_on-year": "2099"}, "until_on",
                     "Last day must be a real date", id="30 February"),
        pytest.param({"until_on-day": "1", "until_on-month": "2", "until_on-year": "2020"}, "until_on",
                     "The last day must be today or later", id="a day gone by"),
        pytest.param({"role": "administrator", "where": "authority"}, "role",
                     "Administrator cannot be held with another role", id="two that exclude each other"),
    ],
)  # fmt: skip
def test_a_role_that_will_not_do_is_refused_beside_its_field(
    browse: Browse, session: Session, administrator: Account, tom: Account,
    form: dict[str, str], field: str, message: str,
) -> None:  # fmt: skip
    a_role(session, tom, Role.LEAD_PROFESSIONAL)
    usual = {"role": "cluster_member", "where": f"cluster {LEIGH.id}"} if form else {"where": f"cluster {LEIGH.id}"}
    page = browse.post(f"/admin/accounts/{tom.id}/roles/new", {**usual, **form}, status=422)
    assert page.error_beside(field).startswith(message)
    assert session.scalar(select(func.count()).where(RoleAssignment.account_id == tom.id)) == 1


def test_an_administrator_cannot_give_themself_a_role(browse: Browse, session: Session, administrator: Account) -> None:
    form = {"role": "manager", "where": "authority"}
    page = browse.post(f"/admin/accounts/{administrator.id}/roles/new", form, status=422)
    assert ("", "You cannot give yourself a role. Ask another administrator") in page.errors
    assert not browse.get(f"/admin/accounts/{administrator.id}").has_button("Give a role")


def test_a_role_that_ends_is_gone_at_once(
    browse: Browse, session: Session, administrator: Account, tom: Account
) -> None:
    role = a_role(session, tom, Scope(Role.CLUSTER_MEMBER, ScopeKind.CLUSTER, LEIGH.id))
    page = browse.follow(browse.post(f"/admin/accounts/{tom.id}/roles/{role.id}/end"))
    assert page.banner == "The role has been ended"
    assert page.table("Roles") == []
    again = browse.follow(browse.post(f"/admin/accounts/{tom.id}/roles/{role.id}/end"))
    assert again.banner == "That role had been ended already"


def test_a_role_is_not_ended_through_somebody_elses_account(
    browse: Browse, session: Session, administrator: Account, tom: Account
) -> None:
    role = a_role(session, tom, Role.LEAD_PROFESSIONAL)
    other = an_account(session)
    browse.post(f"/admin/accounts/{other.id}/roles/{role.id}/end")
    assert session.scalar(select(RoleAssignment.ended_at).where(RoleAssignment.id == role.id)) is None


def test_ones_own_administrator_role_is_not_ended(browse: Browse, session: Session, administrator: Account) -> None:
    role = session.scalars(select(RoleAssignment).where(RoleAssignment.account_id == administrator.id)).one()
    page = browse.post(f"/admin/accounts/{administrator.id}/roles/{role.id}/end", status=422)
    assert page.errors == [("", "You cannot end your own administrator role. Ask another administrator")]


def test_a_disabled_account_is_out_at_its_next_click(
    browse: Browse, session: Session, administrator: Account, tom: Account
) -> None:
    token = a_session_token(session, tom)
    page = browse.follow(browse.post(f"/admin/accounts/{tom.id}/disable", {"reason": "Left on 3 March"}))
    assert page.banner == "Tom Baker’s account is disabled. They have been signed out everywhere"
    assert "Reason: Left on 3 March" in page.main
    browse._client.set_cookie("locality_session", token)
    browse.get("/account", status=302)
    browse.post("/sign-in", {"email": "tom@example.org", "password": PASSWORD}, status=422)


def test_disabling_needs_a_reason(browse: Browse, administrator: Account, tom: Account) -> None:
    page = browse.post(f"/admin/accounts/{tom.id}/disable", {"reason": ""}, status=422)
    assert page.error_beside("reason") == "Enter why the account is being disabled"


def test_ones_own_account_is_not_disabled(browse: Browse, administrator: Account) -> None:
    page = browse.post(f"/admin/accounts/{administrator.id}/disable", {"reason": "Leaving"}, status=422)
    assert page.errors == [("", "You cannot disable your own account. Ask another administrator")]


def test_a_disabled_account_is_opened_again_without_roles(
    browse: Browse, session: Session, administrator: Account, tom: Account
) -> None:
    a_role(session, tom, Role.LEAD_PROFESSIONAL)
    browse.post(f"/admin/accounts/{tom.id}/disable", {"reason": "On leave"})
    page = browse.post(f"/admin/accounts/{tom.id}/first-password", status=200)
    assert page.heading == "First password for Tom Baker"
    assert browse.get(f"/admin/accounts/{tom.id}").table("Roles") == []


def test_a_new_first_password_ends_the_old_one_and_every_session(
    browse: Browse, session: Session, administrator: Account, tom: Account
) -> None:
    a_session_token(session, tom)
    page = browse.post(f"/admin/accounts/{tom.id}/first-password", status=200)
    assert session.scalar(select(func.count()).where(SignedInSession.account_id == tom.id)) == 0
    browse.sign_out()
    browse.post("/sign-in", {"email": "tom@example.org", "password": PASSWORD}, status=422)
    browse.post("/sign-in", {"email": "tom@example.org", "password": page.row("First password")})


def test_no_first_password_is_issued_for_ones_own_account(
    browse: Browse, session: Session, administrator: Account
) -> None:
    page = browse.post(f"/admin/accounts/{administrator.id}/first-password", status=422)
    assert page.errors == [("", "Change your own password on your account page")]
    assert session.get(AccountSecret, administrator.id) is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""), ("GET", "/roles/new"), ("POST", "/roles/new"), ("GET", "/disable"), ("POST", "/disable"),
        ("POST", "/first-password"),
    ],
)  # fmt: skip
def test_an_account_that_is_not_there_is_not_found(
    browse: Browse, administrator: Account, method: str, path: str
) -> None:
    address = f"/admin/accounts/{new_id()}{path}"
    data = {"csrf_token": browse._token()} if method == "POST" else None
    assert browse.raw(method, address, data=data).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_sees_or_changes_accounts(browse: Browse, session: Session, tom: Account, role: Role) -> None:
    browse.sign_in(an_account(session, roles=[role]))
    browse.get("/admin/accounts", status=403)
    browse.post("/admin/accounts/new", new(), status=403)
    browse.post(f"/admin/accounts/{tom.id}/roles/new", {"role": "manager", "where": "authority"}, status=404)
    browse.post(f"/admin/accounts/{tom.id}/disable", {"reason": "x"}, status=404)
    assert session.scalar(select(func.count()).where(RoleAssignment.account_id == tom.id)) == 0
