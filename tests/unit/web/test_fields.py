"""What may be typed in each field, and what the page says otherwise."""

import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from locality.kernel.actor import Role
from locality.web import fields, hidden
from locality.web.field_base import OurField
from locality.web.form import SubForm

KNOWN = uuid.UUID("7b0c1f6e-3f3a-4a53-9d2b-3a1c7be0f001")
TODAY = dt.date(2026, 3, 3)


def _not_smith(text: str) -> str | None:
    return "Enter another name than Smith" if text == "Smith" else None


def _not_future(date: dt.date) -> str | None:
    return "Date of birth must be today or in the past" if date > TODAY else None


class Sample(SubForm):
    name = fields.PersonalName("Family name", required="Enter a family name", max_length=10, check=_not_smith)
    nickname = fields.TextField("What do people call them?")
    story = fields.TextArea("Story", max_length=12)
    born_on = fields.DateParts("Date of birth", required="Enter the date of birth", check=_not_future)
    seen_on = fields.DateParts("Date seen")
    postcode = fields.PostcodeField()
    email = fields.EmailField()
    nhs_number = fields.NhsNumber(check=lambda digits: None if digits[-1] == "7" else "Enter a real NHS number")
    password = fields.Password(max_length=20)
    visits = fields.WholeNumber("Visits", highest=1_200)
    role = fields.Radios(
        "Role", choices=[(Role.MANAGER, "Manager"), ("supervisor", "Supervisor")], coerce=Role, required="Select a role"
    )
    school = fields.Select("School", choices=[SelectChoice(str(KNOWN), "Hamlet", optgroup="Primary")], coerce=uuid.UUID)
    agreed = fields.YesNo("Did the family agree?", required="Select yes if the family agreed")
    needs = fields.Checkboxes("Needs", choices=[("sleep", "Sleep"), ("food", "Food", "Meals")])
    seen = fields.Checkbox("I saw the child", required="Tick to say that you saw the child")
    form_id = hidden.HiddenId()
    version = hidden.HiddenNumber(default=1)


GOOD: dict[str, Any] = {
    "name": "Adeyemi", "born_on-day": "27", "born_on-month": "3", "born_on-year": "2019", "role": "manager",
    "agreed": "no", "seen": "y", "form_id": str(KNOWN), "version": "3",
}  # fmt: skip


def filled(**sent: Any) -> Sample:
    form = Sample(MultiDict({**GOOD, **{name.replace("__", "-"): value for name, value in sent.items()}}))
    form.validate()
    return form


def test_good_answers_are_taken_in_their_types() -> None:
    form = filled(
        postcode="ss12ab", nhs_number="999 123-4567", visits="1,200", school=str(KNOWN), needs=["food", "sleep"],
        story=" one\r\ntwo ", password=" secret ", email=" a@b.uk ",
    )  # fmt: skip
    assert form.errors == {}
    assert form.name.data == "Adeyemi"
    assert form.born_on.data == dt.date(2019, 3, 27)
    assert form.seen_on.data is None
    assert form.role.data is Role.MANAGER
    assert form.agreed.data is False
    assert form.school.data == KNOWN
    assert form.needs.data == ("sleep", "food")
    assert (form.form_id.data, form.version.data) == (KNOWN, 3)
    assert (form.postcode.data, form.nhs_number.data, form.visits.data) == ("SS1 2AB", "9991234567", 1200)
    assert (form.story.data, form.password.data, form.email.data) == ("one\ntwo", " secret ", "a@b.uk")


@pytest.mark.parametrize(
    ("field", "sent", "message"),
    [
        ("name", {"name": "  "}, "Enter a family name"),
        ("name", {"name": "A" * 11}, "Family name must be 10 characters or fewer"),
        ("name", {"name": "A\x00"}, "Remove the unusual characters (shown as �) from family name"),
        ("name", {"name": "Smith"}, "Enter another name than Smith"),
        ("nickname", {"nickname": "x" * 201}, "Your answer must be 200 characters or fewer"),
        ("story", {"story": "x" * 13}, "Story must be 12 characters or fewer"),
        ("born_on", {"born_on__day": "", "born_on__month": "", "born_on__year": ""}, "Enter the date of birth"),
        ("born_on", {"born_on__year": ""}, "Date of birth must include a year"),
        ("born_on", {"born_on__day": "", "born_on__month": ""}, "Date of birth must include a day and month"),
        ("born_on", {"born_on__year": "19"}, "Year must include 4 numbers"),
        ("born_on", {"born_on__year": "1066"}, "Year must be between 1900 and 2100"),
        ("born_on", {"born_on__day": "30", "born_on__month": "2"}, "Date of birth must be a real date"),
        ("born_on", {"born_on__day": "9" * 5000}, "Date of birth must be a real date"),
        ("born_on", {"born_on__year": "2027"}, "Date of birth must be today or in the past"),
        ("seen_on", {"seen_on-day": "3"}, "Date seen must include a month and year"),
        ("postcode", {"postcode": "Southend"}, "Enter a full UK postcode, like SS1 2AB"),
        ("email", {"email": "amira"}, "Enter an email address in the correct format, like name@example.com"),
        ("nhs_number", {"nhs_number": "12"}, "NHS number must be 10 digits, like 999 123 4567"),
        ("nhs_number", {"nhs_number": "9991234568"}, "Enter a real NHS number"),
        ("password", {"password": "x" * 21}, "Password must be 20 characters or fewer"),
        ("password", {"password": "a\x07"}, "Password must only have characters that a keyboard can type"),
        ("visits", {"visits": "some"}, "Visits must be a whole number, like 1"),
        ("visits", {"visits": "-1"}, "Visits must be between 0 and 1,200"),
        ("visits", {"visits": "9" * 4000}, "Visits must be a whole number, like 1"),
        ("role", {"role": "king"}, "Select a role"),
        ("role", {"role": ""}, "Select a role"),
        ("school", {"school": str(uuid.UUID(int=1))}, "Choose school from those shown"),
        ("agreed", {"agreed": "perhaps"}, "Select yes if the family agreed"),
        ("needs", {"needs": ["sleep", "gold"]}, "Choose needs from those shown"),
        ("form_id", {"form_id": "me"}, hidden.BROKEN),
        ("version", {"version": "9" * 40}, hidden.BROKEN),
    ],
)  # fmt: skip
def test_a_wrong_answer_gets_its_message(field: str, sent: dict[str, Any], message: str) -> None:
    assert filled(**sent).errors == {field: [message]}


def test_a_box_that_must_be_ticked() -> None:
    form = Sample(MultiDict({name: value for name, value in GOOD.items() if name != "seen"}))
    assert not form.validate()
    assert form.errors == {"seen": ["Tick to say that you saw the child"]}


def test_the_error_of_a_date_leads_to_the_first_wrong_box() -> None:
    assert filled(born_on__year="").born_on.error_id == "born_on-year"
    assert filled(born_on__day="30", born_on__month="2").born_on.error_id == "born_on-day"
    assert filled(born_on__month="13").born_on.wrong == ("month",)
    assert filled(born_on__day="", born_on__month="", born_on__year="").born_on.error_id == "born_on-day"


def test_what_was_typed_stays() -> None:
    form = filled(born_on__month="Mrch", visits="few", name="A" * 11, nhs_number="12 34")
    assert form.born_on.parts == {"day": "27", "month": "Mrch", "year": "2019"}
    assert form.visits.typed_text == "few"
    assert form.name.data == "A" * 11
    assert form.nhs_number.data == "12 34"


def test_a_page_with_a_broken_id_gets_a_new_one() -> None:
    form = filled(form_id="me")
    assert isinstance(form.form_id.data, uuid.UUID)
    assert form.form_id.error_id is None


def test_what_is_known_is_shown() -> None:
    form = Sample(
        data={"name": "Novák", "born_on": TODAY, "agreed": True, "needs": ["food"], "visits": 0, "role": None}
    )
    assert form.born_on.parts == {"day": "3", "month": "3", "year": "2026"}
    assert form.agreed.data is True
    assert form.needs.data == ("food",)
    assert form.visits.typed_text == "0"
    assert form.role.data is None


def test_choices_given_after_the_form_was_made_count() -> None:
    form = Sample(MultiDict({**GOOD, "school": "x"}))
    form.school.choices = [fields.Choice("x", "Estuary")]
    form.school.coerce = str
    assert form.validate()


def test_choices_stand_in_their_groups() -> None:
    form = Sample(MultiDict(GOOD))
    assert [(name, [one.label for one in some]) for name, some in form.school.groups()] == [("Primary", ["Hamlet"])]
    assert form.needs.options()[1].hint == "Meals"


hostile = st.lists(
    st.one_of(st.text(st.characters(), max_size=60), st.sampled_from(["\x00", "9" * 5000, "²", "-0", "{}", "nan"])),
    max_size=3,
)
_NAMES = [*GOOD, "story", "postcode", "email", "nhs_number", "password", "visits", "school", "needs"]


@given(st.dictionaries(st.sampled_from(_NAMES), hostile))
def test_no_field_raises_whatever_is_sent(sent: dict[str, list[str]]) -> None:
    form = Sample(MultiDict([(name, value) for name, values in sent.items() for value in values]))
    form.validate()
    for field in form:
        assert isinstance(field, OurField)
        assert all(isinstance(message, str) for message in field.errors)
