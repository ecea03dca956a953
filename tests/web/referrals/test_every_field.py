"""Every field of every form of the front door takes whatever is typed: a message beside it, never a failure."""

from collections.abc import Mapping
from typing import Any

import pytest

from locality.kernel.ids import new_id
from locality.referrals import forms
from locality.referrals.forms.answering import AcceptForm
from locality.referrals.forms.contacts import DecideForm, NewContactForm
from locality.referrals.forms.people import AdultForm, ChildForm
from locality.referrals.forms.rule_sets import CompareForm
from locality.referrals.forms.screening import AskForm, NoteForm, RateForm, SecondLookForm
from locality.referrals.forms.services import FilterForm
from tests.factories.referrals import a_child, a_contact
from tests.support.database import OpenUnit
from tests.support.hostile import fields_of, wrongs_together
from tests.support.refusals import forms_of
from tests.support.web import Browse
from tests.web.referrals import test_every_field_of_referrals, test_every_field_of_services
from tests.web.referrals.conftest import Cast, settled

FORMS = {
    "contacts/new": NewContactForm,
    "contacts/{contact}/children/new": ChildForm,
    "contacts/{contact}/adults/new": AdultForm,
    "contacts/{contact}/screening": RateForm,
    "contacts/{contact}/ask": AskForm,
    "contacts/{contact}/note": NoteForm,
    "contacts/{contact}/children/{child}/decide": DecideForm,
    "contacts/{contact}/children/{child}/second-look": SecondLookForm,
}

ELSEWHERE = {*test_every_field_of_referrals.TRIED, *test_every_field_of_services.TRIED}
# Nothing is typed into these, and no page of theirs is refused: why, and where what they are sent is tried.
NOT_TRIED = {
    AcceptForm: "one choice beside a button in a list; another is refused on a page of its own (test_answers)",
    CompareForm: "travels in the address; what names no set asks which (test_rule_sets)",
    FilterForm: "travels in the address; what makes no sense is left out (test_services)",
}


def test_every_form_of_the_room_is_tried_in_every_field() -> None:
    assert forms_of(forms) == {*FORMS.values(), *ELSEWHERE, *NOT_TRIED}


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_the_front_door_takes_whatever_is_typed(
    browse: Browse, uow: OpenUnit, cast: Cast, path: str, clock: object
) -> None:
    with uow(cast.officer_actor) as unit:
        child = a_child(unit)
        contact = a_contact(unit, child)
    browse = settled(browse, cast.officer)
    token = {"csrf_token": browse._token()}

    def send(data: Mapping[str, Any]) -> tuple[int, str]:
        # Nothing else is answered, so that every answer is refused and no contact is changed.
        answers = {"form_id": str(new_id()), **data, **token}
        sent = browse.raw("POST", "/" + path.format(contact=contact, child=child), data=answers)
        return sent.status_code, sent.get_data(as_text=True)

    # Of a new child nothing is known, so nothing of that is asked.
    asked = set(fields_of(FORMS[path])) - set(NewContactForm.KNOWN)
    assert wrongs_together(FORMS[path], asked, send) == []
