"""The form that every page's form extends."""

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, StringField

from locality.kernel.errors import Conflict, Reason, RuleBroken
from locality.web import fields
from locality.web.form import Form, FormWithId, FormWithVersion, SubForm


class AddressForm(SubForm):
    postcode = fields.PostcodeField(required="Enter a postcode")


class PersonForm(FormWithId):
    name = fields.PersonalName("Name", required="Enter a name")
    plain = StringField("Plain")
    address = FormField(AddressForm, "Address")
    phones = FieldList(fields.TextField("Phone", max_length=5), min_entries=1)


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("locality")
    app.config.update(SECRET_KEY="form-tests-only", WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def posted(app: Flask) -> Iterator[PersonForm]:
    sent = {"name": "", "address-postcode": "nowhere", "phones-0": "123456"}
    with app.test_request_context(method="POST", data=sent):
        form = PersonForm()
        assert not form.validate_on_submit()
        yield form


def test_the_summary_names_every_error_of_forms_within_forms(posted: PersonForm) -> None:
    assert posted.summary() == (
        (None, "Something on this page was out of date. Check your answers and send them again"),
        ("name", "Enter a name"),
        ("address-postcode", "Enter a full UK postcode, like SS1 2AB"),
        ("phones-0", "Phone must be 5 characters or fewer"),
    )  # fmt: skip


def test_reasons_of_an_operation_find_their_field(app: Flask) -> None:
    with app.test_request_context():
        form = PersonForm()
        assert not form.has_errors
        form.add_reasons(RuleBroken([Reason("name", "Leah is known already"), Reason(None, "Agreement has ended")]))
        form.add_reasons(Conflict([Reason("address-postcode", "Not in this area"), Reason("gone", "Nowhere to stand")]))
        form.add_reasons(RuleBroken([Reason("form_id", "This was sent already")]))
        assert form.has_errors
        assert form.summary() == (
            (None, "Agreement has ended"),
            (None, "Nowhere to stand"),
            (None, "This was sent already"),
            ("name", "Leah is known already"),
            ("address-postcode", "Not in this area"),
        )


def test_a_field_of_another_kind_holds_no_unusual_character_either(app: Flask) -> None:
    sent = {"name": "Leah", "plain": "a\x00", "address-postcode": "SS1 2AB"}
    with app.test_request_context(method="POST", data=sent):
        form = PersonForm()
        assert not form.validate_on_submit()
        assert form.plain.errors == ["Remove the unusual characters (shown as �)"]
        assert form.plain.data == "a�"


@pytest.mark.parametrize("body", [b"[1, 2]", b'{"name": 5}', b"not json", b""])
def test_a_json_body_is_not_a_form(app: Flask, body: bytes) -> None:
    with app.test_request_context(method="POST", data=body, content_type="application/json"):
        form = PersonForm()
        assert not form.validate_on_submit()
        assert form.name.errors == ["Enter a name"]


def test_a_form_can_be_given_its_answers(app: Flask) -> None:
    class Small(Form):
        name = fields.TextField("Name")

    with app.test_request_context():
        assert Small(MultiDict({"name": "Leah", "role": "admin"})).name.data == "Leah"
        assert not hasattr(Small(MultiDict({"role": "admin"})), "role")
        assert Small(data={"name": "Leah"}).name.data == "Leah"


def test_a_file_where_text_belongs_reads_as_empty(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"name": (io.BytesIO(b"x"), "x.txt")}):
        form = PersonForm()
        assert not form.validate_on_submit()
        assert form.name.errors == ["Enter a name"]


def test_each_new_page_has_an_id_of_its_own(app: Flask) -> None:
    with app.test_request_context():
        assert PersonForm().form_id.data != PersonForm().form_id.data


def test_a_form_that_changes_a_record_carries_its_version(app: Flask) -> None:
    with app.test_request_context():
        assert FormWithVersion(data={"version": 7}).version.data == 7


def test_a_stale_token_is_told_at_the_top_and_nothing_typed_is_lost(app: Flask) -> None:
    app_with_token = Flask("locality")
    app_with_token.config["SECRET_KEY"] = "form-tests-only"
    sent = {"name": "Leah", "address-postcode": "SS1 2AB", "csrf_token": "old"}
    with app_with_token.test_request_context(method="POST", data=sent):
        form = PersonForm()
        assert not form.validate_on_submit()
        assert (None, "This page was open for a long time. Check your answers and send them again") in form.summary()
        assert form.name.data == "Leah"
