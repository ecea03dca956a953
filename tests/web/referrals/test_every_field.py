"""Every field of every form of the front door takes whatever is typed: a message beside it, never a failure."""

from collections.abc import Mapping
from typing import Any

import pytest

from locality.kernel.ids import new_id
from locality.referrals.forms.contacts import DecideForm, NewContactForm
from locality.referrals.forms.people import AdultForm, ChildForm
from locality.referrals.forms.screening import AskForm, NoteForm, RateForm, SecondLookForm
from tests.factories.referrals import a_child, a_contact
from tests.support.database import OpenUnit
from tests.support.hostile import fields_of, wrongs_together
from tests.support.web import Browse
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
