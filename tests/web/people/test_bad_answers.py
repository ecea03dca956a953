"""Whatever is typed into a form about people: a message beside the field, the typed text kept, never an error page."""

from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason
from locality.kernel.actor import Role
from locality.kernel.clock import SYSTEM_CLOCK, london_date
from locality.kernel.ids import PersonId
from locality.people import api as people
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_grant, a_person, a_unit, settle
from tests.support.layers import layer
from tests.support.web import Browse
from tests.web.people.conftest import Home

HUGE = b"x" * 10_000_000
UNUSUAL = ("Le\x00ah", "Le\x08ah", "Le\x1bah", "Le\ud800ah")
# The forms of the room: the address, answers that pass, and the fields into which people type.
FORMS: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "a new member": (
        "/families/{family}/members/new",
        {"kind": "child", "given_name": "Zofia", "family_name": "Nowak", "sex": "F", "is_new": "y"},
        ("given_name", "family_name", "known_as", "first_language"),
    ),
    "details": (
        "/people/{leah}/edit",
        {"given_name": "Leah", "family_name": "Adeyemi"},
        ("given_name", "family_name", "known_as", "religion", "first_language"),
    ),
    "an address": (
        "/people/{leah}/addresses/new",
        {"kind": "home", "line_1": "1 High Street", "postcode": "SS2 6ER"},
        ("line_1", "line_2", "town"),
    ),
    "a number": (
        "/people/{leah}/contact-points/new",
        {"kind": "mobile", "value": "01632 960 001"},
        ("note",),
    ),
    "a household": ("/people/{leah}/households/new", {"name": "Mum’s home"}, ("name",)),
    "a family": ("/people/{leah}/families/new", {"name": "Adeyemi"}, ("name",)),
    "a birth": (
        "/people/{baby}/birth",
        {"babies": "1", "first_sex": "F", "family_name": "Adeyemi", "born_on-day": "{day}", "born_on-month": "{month}",
         "born_on-year": "{year}"},
        ("first_given_name", "family_name"),
    ),
    "responsibility": (
        "/people/{leah}/responsibility/new",
        {"other": "{mother}", "basis": "birth_mother"},
        ("limits",),
    ),
}  # fmt: skip
GOOD_NAMES = (
    "O’Neill-Baptiste",
    "D'Arcy",
    "Ng",
    "محمد بن عبد الله",
    "שרה",
    "陳大文",
    "Zoë 🌻",
    "Nguyễn Thị Ánh",
    "van der Berg",
    "N’Golo",
)

IMPOSSIBLE: tuple[tuple[dict[str, str], str], ...] = (
    ({"born_on-day": "31", "born_on-month": "2", "born_on-year": "2019"}, "born_on-day"),
    ({"born_on-day": "1", "born_on-month": "2", "born_on-year": "2099"}, "born_on-day"),
    ({"born_on-day": "1", "born_on-month": "", "born_on-year": "2019"}, "born_on-month"),
    ({"born_on-day": "𝟏", "born_on-month": "²", "born_on-year": "٢٠١٩"}, "born_on"),
    ({"nhs_number": "943 476 5918"}, "nhs_number"),
    ({"nhs_number": "999 123 4560"}, "nhs_number"),
    ({"nhs_number": "🌻"}, "nhs_number"),
)
# What no list holds: the last answer of each is the wrong one.
OUTSIDE: dict[str, tuple[dict[str, Any], ...]] = {
    "details": (
        {"upn": "A801200005001"},
        {"upn": "I80120000500S"},
        {"former_upns": "A801200005001"},
        {"disabilities": ["NONE", "AUT"]},
        {"disabilities": ["CANARY"]},
        {"ethnicity": "CNHE"},
        {"gender_identity": "X"},
        {"sex": "X"},
    ),
    "an address": (
        {"postcode": "QX1 1AA"},
        {"postcode": "SS2 6CK"},
        {"postcode": "🌻🌻🌻"},
        {"uprn": "1234567890123"},
        {"uprn": "١٢٣"},
        {"kind": "castle"},
        {"people": ["not-an-id"]},
    ),
    "a number": ({"value": "not a number"}, {"kind": "email", "value": "nobody"}),
    "a household": ({"people": ["6d1f5c0e-0000-4000-8000-000000000000"]},),
    "responsibility": ({"basis": "inheritance"}, {"other": "reference", "reference": "PE-0000-00"}),
}


@layer
def baby(session: Session, household: Home) -> PersonId:
    """A baby whom Leah's family expects today."""
    expected = a_person(session, given_name="", due_on=london_date(SYSTEM_CLOCK.now()))
    people.add_to_family(a_unit(session), household.family, expected, newly_entered=True)
    return expected


@pytest.fixture
def open_form(home: Home, baby: PersonId, browse: Browse) -> Any:
    """Opens a form of ``FORMS`` and gives it with answers that would pass."""
    today = london_date(SYSTEM_CLOCK.now())
    known: dict[str, object] = {"family": home.family, "leah": home.leah, "mother": home.mother, "baby": baby}
    known |= {"day": today.day, "month": today.month, "year": today.year}

    def opened(name: str) -> tuple[Any, dict[str, Any]]:
        path, good, _fields = FORMS[name]
        return browse.get(path.format(**known)), {key: value.format(**known) for key, value in good.items()}

    return opened


@pytest.mark.parametrize("form", FORMS)
def test_too_long_a_text_is_refused_and_kept(open_form: Any, browse: Browse, form: str) -> None:
    page, good = open_form(form)
    typed = "Long and typed with care. " * 500
    refused = browse.send(page, good | dict.fromkeys(FORMS[form][2], typed), status=422)
    for field in FORMS[form][2]:
        assert "characters or fewer" in refused.error_beside(field)
        assert str(refused.form()[field]).startswith("Long and typed with care. Long")


@pytest.mark.parametrize("form", FORMS)
def test_control_characters_are_refused_or_left_out(open_form: Any, browse: Browse, form: str) -> None:
    page, good = open_form(form)
    for typed in UNUSUAL:
        data = {**page.form(), **good, **dict.fromkeys(FORMS[form][2], typed.encode("utf-8", "surrogatepass"))}
        answer = browse.raw("POST", page.action(), data=data)
        assert answer.status_code in (302, 422), typed
        if answer.status_code == 422:
            assert answer.get_data(as_text=True).count("Remove the unusual characters") >= len(FORMS[form][2]), typed


@pytest.mark.parametrize("form", FORMS)
def test_ten_megabytes_are_refused_with_words(open_form: Any, browse: Browse, form: str) -> None:
    page, good = open_form(form)
    rest = urlencode({**page.form(), **good}, doseq=True).encode()
    body = rest + b"&" + FORMS[form][2][0].encode() + b"=" + HUGE
    answer = browse.raw("POST", page.action(), data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (413, 422)
    assert "Traceback" not in answer.get_data(as_text=True)


def test_every_persons_name_is_a_name(open_form: Any, browse: Browse, home: Home) -> None:
    for name in GOOD_NAMES:
        page, good = open_form("details")
        answers = good | {"given_name": name, "family_name": ""}
        details = browse.follow(browse.send(page, answers))
        assert details.row("Name") == " ".join(name.split())
        assert " ".join(name.split()) in browse.get(f"/people/{home.leah}/people").main


@pytest.mark.parametrize("form", ["a new member", "details"])
def test_dates_and_numbers_that_cannot_be(open_form: Any, browse: Browse, form: str) -> None:
    page, good = open_form(form)
    for changed, field in IMPOSSIBLE:
        refused = browse.send(page, {**good, **changed}, status=422)
        assert any(where.startswith(field) for where, _message in refused.errors), (changed, refused.errors)
        for name, value in changed.items():
            assert str(refused.form().get(name, "")).replace(" ", "") == value.replace(" ", "")


@pytest.mark.parametrize("form", OUTSIDE)
def test_codes_and_numbers_outside_their_lists(open_form: Any, browse: Browse, form: str) -> None:
    page, good = open_form(form)
    for changed in OUTSIDE[form]:
        refused = browse.send(page, {**good, **changed}, status=422)
        field = list(changed)[-1]
        assert field in [where.split("-")[0] for where, _message in refused.errors], (changed, refused.errors)


def test_nobody_comes_from_the_future_in_a_household(open_form: Any, browse: Browse) -> None:
    page, good = open_form("a household")
    answers = good | {"from_on-day": "1", "from_on-month": "1", "from_on-year": "2099"}
    refused = browse.send(page, answers, status=422)
    assert refused.errors[0][1] == "The date must be today or in the past"


def test_a_supervisor_hides_an_address_with_its_dates(browse: Browse, session: Session) -> None:
    leah = a_person(session)
    supervisor = an_account(session, roles=[Role.SUPERVISOR])
    a_grant(session, an_actor(supervisor), leah, reason=GrantReason.SUPERVISOR)
    settle(session)
    browse.sign_in(supervisor)
    answers = {"kind": "home", "line_1": "99 Canary Row", "postcode": "SS2 6ER", "do_not_disclose": "y"}
    answers |= {"from_on-day": "1", "from_on-month": "1", "from_on-year": "2026"}
    page = browse.follow(browse.send(browse.get(f"/people/{leah}/addresses/new"), answers))
    assert page.table("Addresses")[0]["When"] == "Since 1 January 2026"
