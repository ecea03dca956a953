"""What an entry of the directory may say, when a service is open, and what stands in the open data."""

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locality.referrals.rules import directory, hsds
from locality.referrals.rules.codes import AreaKind, ReferralKind
from locality.referrals.rules.directory import Access, Day, Entry, PlacesIn, Standing
from locality.referrals.rules.needs import NEED_WORDS
from tests.support.open_referral import faults

TODAY = dt.date(2026, 3, 3)
DAYS = st.none() | st.dates(dt.date(2026, 2, 20), dt.date(2026, 3, 14))


def an_entry(**changes: Any) -> Entry:
    usual: dict[str, Any] = {
        "id": uuid.UUID(int=1),
        "version": 1,
        "name": "Young carers",
        "kind": ReferralKind.EARLY_HELP,
        "agency_id": uuid.UUID(int=2),
        "agency": "Tideway Young Carers",
        "team": None,
        "summary": "Time out, somebody to talk to, and a voice at school.",
        "eligibility": "Children who care for somebody at home",
        "eligible_needs": ("7A",),
        "needs": ("7A", "6B"),
        "min_age": 5,
        "max_age": 18,
        "takes_unborn": False,
        "stages": (1, 2),
        "area_kind": AreaKind.AUTHORITY,
        "area": None,
        "has_waiting_list": True,
        "is_open": True,
        "response_days": 5,
        "languages": ("en", "ur"),
        "days": (Day.MONDAY, Day.SATURDAY),
        "access": (Access.STEP_FREE, Access.ONLINE, Access.INTERPRETER),
        "hours": "After school",
        "venue": "Tideway Centre",
        "address": "1 Demonstration Street",
        "town": "Southend-on-Sea",
        "postcode": "SS1 1AA",
        "cost": "",
        "how_to_refer": "Ring first",
        "contact_name": "Young carers worker",
        "phone": "01632 960001",
        "email": "carers@example.org",
        "url": "https://carers.example.org",
        "opens_on": None,
        "closes_on": None,
        "changed_at": dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC),
        "room": (PlacesIn(6, 2, 1, uuid.UUID(int=3), "Leigh"),),
    }
    return Entry(**(usual | changes))


def content(**changes: Any) -> dict[str, Any]:
    usual = {
        "name": "Young carers", "min_age": 5, "max_age": 18, "needs": ["7A"], "eligible_needs": [], "stages": [2],
        "area_kind": AreaKind.AUTHORITY, "area_id": None, "response_days": 5, "languages": ["en"], "days": [Day.MONDAY],
        "access": [Access.CRECHE], "url": "", "opens_on": None, "closes_on": None,
    }  # fmt: skip
    return usual | changes


def test_open_data_says_who_can_use_a_service_how_soon_it_answers_and_whether_it_keeps_a_waiting_list() -> None:
    told = hsds.document(an_entry())
    assert told["eligibility_description"] == (
        "Children who care for somebody at home. Only for families with: Young carer"
    )
    named = {one["taxonomy_term"]["taxonomy"]: one["taxonomy_term"]["name"] for one in told["attributes"]}
    assert named["Time to answer a referral"] == "5 working days"
    assert named["Waiting list"] == "Keeps a waiting list"


def test_a_full_entry_is_what_the_open_specification_asks_for() -> None:
    told = hsds.document(an_entry())
    assert faults(told) == []
    assert (told["minimum_age"], told["maximum_age"], told["status"]) == (5, 18, "active")
    assert told["schedules"][0]["byday"] == "MO,SA"
    assert [place["location"]["location_type"] for place in told["service_at_locations"]] == ["physical", "virtual"]
    assert [one["code"] for one in told["languages"]] == ["en", "ur"]
    assert told["cost_options"][0] | {"id": "", "service_id": ""} == {
        "id": "", "service_id": "", "option": "Free", "amount": 0,
    }  # fmt: skip
    assert {one["taxonomy_term"]["code"] for one in told["attributes"]} == {"7A", "6B", "1", "2", "5", "yes"}
    assert [(one["available"], one["maximum"]) for one in told["capacities"]] == [(3, 6)]


@given(
    texts=st.fixed_dictionaries(
        {"name": st.text(min_size=1, max_size=20)}
        | {name: st.text(max_size=20) for name in ("summary", "venue", "address", "hours", "cost", "phone")}
    ),
    needs=st.lists(st.sampled_from(sorted(NEED_WORDS)), unique=True),
    access=st.lists(st.sampled_from(list(Access)), unique=True),
    days=st.lists(st.sampled_from(list(Day)), unique=True),
)
def test_whatever_an_entry_says_its_open_data_keeps_to_the_specification(
    texts: dict[str, str], needs: list[str], access: list[Access], days: list[Day]
) -> None:
    entry = an_entry(**texts, needs=tuple(needs), access=tuple(access), days=tuple(days), email="", url="")
    assert faults(hsds.document(entry)) == []


def test_an_entry_with_an_empty_web_address_leaves_it_out_of_the_open_data() -> None:
    told = hsds.document(an_entry(url="", email="", contact_name="", phone="", days=(), hours=""))
    assert not {"url", "email"} & told.keys()
    assert (told["contacts"], told["phones"], told["schedules"]) == ([], [], [])


def test_the_check_of_the_specification_finds_what_is_missing() -> None:
    told = hsds.document(an_entry())
    del told["service_at_locations"][0]["location"]["addresses"][0]["city"]
    told["status"] = "open"
    assert faults(told) == [
        "status: not one of active, inactive, defunct, temporarily closed",
        "service_at_locations/location/addresses: city is missing",
    ]


def test_the_same_fact_has_the_same_id_in_every_export() -> None:
    first, second = hsds.document(an_entry()), hsds.document(an_entry(summary="Other words"))
    assert first["languages"] == second["languages"]
    other = hsds.document(an_entry(id=uuid.UUID(int=9)))
    assert other["languages"][0]["id"] != first["languages"][0]["id"]
    assert other["attributes"][0]["taxonomy_term"] == first["attributes"][0]["taxonomy_term"]


@pytest.mark.parametrize(
    ("opens_on", "closes_on", "expected"),
    [
        (None, None, Standing.OPEN),
        (TODAY, None, Standing.OPEN),
        (TODAY + dt.timedelta(days=1), None, Standing.NOT_YET),
        (None, TODAY + dt.timedelta(days=1), Standing.CLOSING),
        (None, TODAY, Standing.CLOSED),
    ],
)
def test_a_service_is_open_from_its_first_day_to_the_day_before_it_closes(
    opens_on: dt.date | None, closes_on: dt.date | None, expected: Standing
) -> None:
    assert directory.standing(opens_on, closes_on, TODAY) is expected


@given(opens_on=DAYS, closes_on=DAYS)
def test_standing_and_open_never_contradict_each_other(opens_on: dt.date | None, closes_on: dt.date | None) -> None:
    stands = directory.standing(opens_on, closes_on, TODAY)
    assert directory.is_open(opens_on, closes_on, TODAY) is (stands in {Standing.OPEN, Standing.CLOSING})


def test_a_right_entry_has_no_reasons_against_it() -> None:
    assert directory.reasons_against(content()) == ()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"min_age": 9, "max_age": 8}, "max_age"),
        ({"needs": ["8A"]}, "needs"),
        ({"stages": [5]}, "stages"),
        ({"area_kind": AreaKind.CLUSTER}, "area_id"),
        ({"response_days": 0}, "response_days"),
        ({"languages": ["xx"]}, "languages"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"opens_on": TODAY, "closes_on": TODAY}, "opens_on"),
    ],
)
def test_what_is_wrong_with_an_entry_stands_beside_its_field(wrong: dict[str, Any], field: str) -> None:
    assert [reason.field for reason in directory.reasons_against(content(**wrong))] == [field]


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "https:// x.org", "ftp://x.org", "https://x", "x.org"])
def test_only_the_address_of_a_page_is_a_web_address(typed: str) -> None:
    assert not directory.is_web_address(typed)


def test_places_are_never_set_for_the_past() -> None:
    assert directory.reasons_against_places(3, TODAY, TODAY) == ()
    assert [r.field for r in directory.reasons_against_places(-1, TODAY - dt.timedelta(days=1), TODAY)] == [
        "places",
        "from_on",
    ]


def test_the_usual_wait_is_told_only_when_enough_families_were_taken() -> None:
    assert an_entry(accepted=4, usual_days=3.4).usual_wait is None
    assert an_entry(accepted=5, usual_days=3.4).usual_wait == 3
