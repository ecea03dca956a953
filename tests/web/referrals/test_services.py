"""Pages and open data of the directory: what readers find, what an administrator changes, what bad input meets."""

import argparse
import datetime as dt
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.ids import ReferralId, new_id
from locality.kernel.outbox import OutboxMessage
from locality.referrals.models import Service, ServiceCapacity
from locality.referrals.rules.directory import Access, Day
from locality.referrals.views import exporting
from tests.factories.accounts import an_account
from tests.factories.referrals import a_service
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.open_referral import faults
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, fill, settled

HOME = "/admin/services"


@layer
def administrator(session: Session, cast: Cast) -> Account:
    assert cast.service_id
    return an_account(session, name="Ada Okafor", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def keeper(browse: Browse, administrator: Account) -> Browse:
    return settled(browse, administrator)


@layer
def carers(uow: OpenUnit, cast: Cast) -> uuid.UUID:
    with uow() as unit:
        return a_service(
            unit,
            cast.agency,
            cluster=cast.cluster,
            name="Young carers",
            needs=("7A",),
            languages=("en", "ur"),
            days=(Day.SATURDAY,),
            access=(Access.CRECHE, Access.ONLINE),
            venue="Tideway Centre",
            contact_name="Young carers worker",
            phone="01632 960001",
            how_to_refer="Ring first.",
        )


@pytest.fixture
def public(app: Flask) -> Iterator[None]:
    """An installation that shows its directory to everybody."""
    before = app.config["LOCALITY"]
    app.config["LOCALITY"] = replace(before, services_public=True)
    yield
    app.config["LOCALITY"] = before


def data(browse: Browse, path: str, *, status: int = 200) -> Any:
    answer = browse.raw("GET", path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    return json.loads(answer.get_data())


def test_a_reader_finds_a_service_by_what_the_child_needs(browse: Browse, cast: Cast, carers: uuid.UUID) -> None:
    settled(browse, cast.lead)
    page = browse.get("/services", most_queries=8)
    assert "2 services fit; 2 take referrals" in page.main
    assert "Young carer (1)" in page.options("need")
    found = browse.get(f"/services?need=7A&age=9&language=ur&day=SA&access=creche&place={cast.cluster.id}&free=y")
    assert "1 service fits what you chose" in found.main
    assert found.links["Young carers"] == f"/services/{carers}"
    assert "Show all" in found.links


def test_the_page_of_a_service_says_whom_it_helps_its_places_its_wait_and_how_to_refer(
    browse: Browse, cast: Cast, carers: uuid.UUID
) -> None:
    settled(browse, cast.lead)
    page = browse.get(f"/services/{carers}", most_queries=8)
    assert page.heading == "Young carers"
    assert page.row("Languages") == "English, Urdu"
    assert page.row("Access") == "Crèche, Online"
    assert page.row("Contact") == "Young carers worker"
    assert page.row("Usual wait") == "Too few families in half a year to tell"
    assert page.table("Places of Young carers") == [
        {"Cluster": "Shoebury", "Places": "6", "Taken": "0", "Offered": "0", "Free": "6"}
    ]
    assert "Ring first." in page.main
    assert not page.has_button("Change it")


@pytest.mark.parametrize(
    "asked",
    [
        "need=nonsense&age=-1&stage=9&place=x&language=zz&day=XX&access=lift",
        "age=%F0%9F%98%80&page=999999",
        f"place={uuid.UUID(int=7)}&age=" + "9" * 5000,
        "need=%00&language=%E2%80%AEen&age=%D9%A3",
    ],
)
def test_filters_that_make_no_sense_are_left_out(browse: Browse, cast: Cast, asked: str) -> None:
    browse.sign_in(cast.lead)
    assert browse.get(f"/services?{asked}").heading == "Services"


def test_an_age_that_cannot_be_read_is_said_to_be_left_out(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.lead)
    assert "The age must be a whole number from 0 to 25, so it was left out" in browse.get("/services?age=ten").main


def test_services_that_fit_nothing_say_who_can_help(browse: Browse, cast: Cast) -> None:
    browse.sign_in(cast.lead)
    page = browse.get("/services?need=9A")
    assert "ask the front door" in page.main


def a_form(browse: Browse, **changes: object) -> dict[str, Any]:
    page = browse.get(f"{HOME}/new")
    agency = next(value for value in _values(page.html, "offered_by") if value.startswith("agency:"))
    usual = {"name": "Young carers", "offered_by": agency, "needs": ["7A"], "languages": ["en", "ur"], "days": ["SA"]}
    return {**page.form(), **usual, **changes}


def _values(html: str, name: str) -> list[str]:
    return [option.attrs.sget("value") for option in LexborHTMLParser(html).css(f"[name={name}] option")]


def test_an_administrator_adds_a_service_and_says_its_places(keeper: Browse, session: Session, cast: Cast) -> None:
    done = keeper.post(f"{HOME}/new", a_form(keeper))
    page = keeper.follow(done)
    assert "Young carers is in the directory" in page.banner
    path = str(done.location)
    set_places = fill(keeper, path, {"cluster": str(cast.cluster.id), "places": "4"})
    page = keeper.follow(set_places)
    assert page.table("Places now")[0] | {"Taken": ""} == {
        "Cluster": "Shoebury", "Places": "4", "Taken": "", "Offered": "0", "Free": "4",
    }  # fmt: skip
    assert page.table("Places as they were set")[0]["State"] == "Begun"
    made = session.scalars(select(Service).where(Service.name == "Young carers")).one()
    assert (made.languages, made.days) == (["en", "ur"], ["SA"])


def test_a_change_keeps_what_the_directory_said_before(keeper: Browse, carers: uuid.UUID) -> None:
    path = f"{HOME}/{carers}"
    page = keeper.get(path, most_queries=8)
    typed = {**page.form(), "max_age": "25", "languages": ["en", "pl"], "why": "Agreed at the review"}
    after = keeper.follow(keeper.post(path, typed))
    assert after.row("Ages") == "0 to 25"
    kept = keeper.get(f"{path}/history", most_queries=8)
    assert kept.table("Changed in version 2") == [
        {"What": "Oldest age", "Before": "18", "After": "25"},
        {"What": "Languages", "Before": "English, Urdu", "After": "English, Polish"},
    ]
    assert "Agreed at the review" in kept.main
    assert "Ada Okafor" in kept.main


def test_an_entry_that_is_saved_as_shown_stays_as_it_is(keeper: Browse, session: Session, carers: uuid.UUID) -> None:
    fill(keeper, f"{HOME}/{carers}", {})
    session.expire_all()
    assert session.get_one(Service, carers).version == 1


def test_a_change_on_an_old_page_is_refused_and_keeps_what_was_typed(keeper: Browse, carers: uuid.UUID) -> None:
    path = f"{HOME}/{carers}"
    old = keeper.get(path).form()
    keeper.post(path, {**old, "max_age": "25"})
    page = keeper.post(path, {**old, "offers": "Time out"}, status=422)
    assert "Somebody else changed this service" in page.errors[0][1]
    assert page.form()["offers"] == "Time out"


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"name": ""}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"name": "Bad\0name"}, "name"),
    ({"min_age": "9", "max_age": "3"}, "max_age"),
    ({"max_age": "many"}, "max_age"),
    ({"needs": ["8A", "nonsense"]}, "needs"),
    ({"area": f"cluster:{uuid.UUID(int=5)}"}, "area"),
    ({"offered_by": "team:nobody"}, "offered_by"),
    ({"url": "javascript:alert(1)"}, "url"),
    ({"email": "not an address"}, "email"),
    ({"postcode": "nowhere"}, "postcode"),
    ({"opens_on-day": "31", "opens_on-month": "2", "opens_on-year": "2026"}, "opens_on-day"),
    ({"response_days": "0"}, "response_days"),
)


def test_what_is_wrong_with_an_entry_stands_beside_its_field(keeper: Browse, cast: Cast) -> None:
    assert cast.agency
    form = a_form(keeper)
    for typed, beside in WRONG:
        page = keeper.post(f"{HOME}/new", form | typed, status=422)
        assert page.errors[0][0] == beside, typed


@pytest.mark.parametrize("name", ["O’Leary’s <b>carers</b>", "مقدمو الرعاية", "Carers 😀", "'; DROP TABLE service; --"])
def test_a_name_is_kept_and_shown_as_it_was_typed(keeper: Browse, session: Session, cast: Cast, name: str) -> None:
    assert cast.agency
    keeper.post(f"{HOME}/new", a_form(keeper, name=name))
    made = session.scalars(select(Service).where(Service.name == name)).one()
    assert keeper.get(f"/services/{made.id}").heading == name


def test_a_name_that_is_in_the_directory_already_is_said_beside_it(keeper: Browse, carers: uuid.UUID) -> None:
    assert carers
    page = keeper.post(f"{HOME}/new", a_form(keeper), status=422)
    assert page.errors == [("name", "A service with this name is in the directory already")]


def test_places_of_a_period_to_come_change_nothing_today(
    keeper: Browse, session: Session, cast: Cast, carers: uuid.UUID
) -> None:
    day = london_date(SYSTEM_CLOCK.now()) + dt.timedelta(days=40)
    parts = {"from_on-day": str(day.day), "from_on-month": str(day.month), "from_on-year": str(day.year)}
    path = f"{HOME}/{carers}/places"
    page = keeper.follow(fill(keeper, path, {"cluster": str(cast.cluster.id), "places": "9", **parts}))
    assert page.table("Places now")[0]["Places"] == "6"
    assert page.table("Places as they were set")[0]["State"] == "To come"
    assert session.get_one(ServiceCapacity, (carers, cast.cluster.id)).places == 6


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"places": "-1"}, "places"),
        ({"places": "99999999999"}, "places"),
        ({"places": "3", "from_on-year": "2001"}, "from_on-day"),
        ({"places": "3", "cluster": str(uuid.UUID(int=4))}, "cluster"),
    ],
)
def test_places_that_cannot_be_are_refused(
    keeper: Browse, cast: Cast, carers: uuid.UUID, typed: dict[str, str], beside: str
) -> None:
    path = f"{HOME}/{carers}/places"
    page = fill(keeper, path, {"cluster": str(cast.cluster.id), **typed}, status=422)
    assert page.errors[0][0] == beside


def test_closing_says_first_what_happens_and_is_refused_while_referrals_wait(
    keeper: Browse, session: Session, cast: Cast, referral: ReferralId
) -> None:
    assert referral
    path = f"{HOME}/{cast.service_id}/close"
    page = keeper.get(path, most_queries=8)
    assert "1 referral waits for its answer" in page.main
    assert "families whom it helps now stay with it" in page.main
    refused = fill(keeper, path, {"why": "The contract ends"}, status=422)
    assert refused.errors[0][0] == "offer_elsewhere"
    assert "Adeyemi" not in refused.text
    page = keeper.follow(fill(keeper, path, {"why": "The contract ends", "offer_elsewhere": "y"}))
    assert "Closed to new referrals since" in page.main
    assert "It takes no referrals now" in page.main
    owed = session.scalars(select(OutboxMessage.task)).all()
    assert "referrals.offer_elsewhere" in owed
    opened = keeper.follow(fill(keeper, f"{HOME}/{cast.service_id}/open", {"why": "It goes on after all"}))
    assert "Refer from the child’s record" in opened.main


def test_only_an_administrator_keeps_the_directory(browse: Browse, cast: Cast, carers: uuid.UUID) -> None:
    browse.sign_in(cast.officer)
    for path in (HOME, f"{HOME}/new"):
        browse.get(path, status=403)
    for path in (f"{HOME}/{carers}", f"{HOME}/{carers}/close", f"{HOME}/{carers}/places", f"{HOME}/{carers}/history"):
        browse.get(path, status=404)


def test_services_that_do_not_exist_are_not_found(keeper: Browse) -> None:
    for path in (f"/services/{new_id()}", f"{HOME}/{new_id()}", f"{HOME}/{new_id()}/close", "/services/nonsense"):
        keeper.get(path, status=404)


def test_the_open_data_is_what_the_specification_asks_for(browse: Browse, cast: Cast, carers: uuid.UUID) -> None:
    settled(browse, cast.lead)
    listed = data(browse, "/services.json?per_page=1&page=2")
    assert {name: listed[name] for name in ("total_items", "total_pages", "page_number", "size")} == {
        "total_items": 2, "total_pages": 2, "page_number": 2, "size": 1,
    }  # fmt: skip
    assert (listed["first_page"], listed["last_page"], listed["empty"]) == (False, True, False)
    assert [one["name"] for one in listed["contents"]] == ["Young carers"]
    assert faults(listed["contents"][0]) == []
    one = data(browse, f"/services/{carers}.json")
    assert faults(one) == []
    assert one["languages"][1]["code"] == "ur"
    assert one["capacities"][0]["available"] == 6
    assert data(browse, "/services.json?need=7A")["total_items"] == 1


def test_the_open_data_needs_an_account_unless_the_council_makes_it_public(
    browse: Browse, session: Session, carers: uuid.UUID
) -> None:
    for path in ("/services.json", f"/services/{carers}.json"):
        assert "/sign-in" in str(browse.raw("GET", path).headers["Location"])
    browse.sign_in(an_account(session, name="Dee Pell", roles=[Role.DATA_PROTECTION]))
    assert browse.raw("GET", "/services.json").status_code == 403


@pytest.mark.usefixtures("public")
def test_everybody_reads_the_open_data_where_it_is_public(browse: Browse, cast: Cast, carers: uuid.UUID) -> None:
    assert cast.service_id
    assert data(browse, "/services.json")["total_items"] == 2
    assert data(browse, f"/services/{carers}.json")["name"] == "Young carers"
    assert browse.raw("GET", f"/services/{new_id()}.json").status_code == 404
    assert "/sign-in" in str(browse.raw("GET", "/services").headers["Location"])


def test_the_whole_directory_is_written_to_a_file(
    session: Session, cast: Cast, carers: uuid.UUID, tmp_path: Any
) -> None:
    assert session
    assert cast.service_id
    assert carers
    path = tmp_path / "services.json"
    parsed = _parsed(path)
    assert exporting.EXPORT_SERVICES.run(parsed) == 0
    told = json.loads(path.read_text(encoding="utf-8"))
    assert [one["name"] for one in told["contents"]] == ["Family support", "Young carers"]
    assert [fault for one in told["contents"] for fault in faults(one)] == []
    assert exporting.EXPORT_SERVICES.run(_parsed(tmp_path / "no" / "such.json")) == 1


def _parsed(path: Any) -> Any:
    parser = argparse.ArgumentParser()
    exporting.EXPORT_SERVICES.arguments(parser)
    return parser.parse_args([str(path)])
