"""Every field of every form of the front door takes whatever is typed: a message beside it, never a failure."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy.orm import Session

from locality.kernel.ids import ContactId, PersonId, new_id
from locality.referrals import forms
from locality.referrals.forms.answering import AcceptForm
from locality.referrals.forms.contacts import DecideForm, NewContactForm
from locality.referrals.forms.people import AdultForm, ChildForm
from locality.referrals.forms.rule_sets import CompareForm
from locality.referrals.forms.screening import AskForm, NoteForm, RateForm, SecondLookForm
from locality.referrals.forms.services import FilterForm
from locality.referrals.operations.deciding import decide_child
from tests.factories.referrals import a_child, a_contact, a_decision
from tests.support.database import OpenUnit
from tests.support.hostile import fields_of, wrongs_together
from tests.support.refusals import Filled, forms_of, wrongs_of_page
from tests.support.web import Browse
from tests.web.referrals import test_every_field_of_referrals, test_every_field_of_services
from tests.web.referrals.conftest import Cast, fill, settled

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


BORN = {"born_on-day": "27", "born_on-month": "3", "born_on-year": "2015"}
DUE = {"due_on-day": "1", "due_on-month": "8", "due_on-year": "2026"}
SOMEBODY: Mapping[str, Any] = {
    "given_name": "Oluwaseun",
    "family_name": "Brightwater",
    "address": "1 High Street\r\nShoebury",
    "postcode": "SS3 9AB",
}
RIGHT: Mapping[str, Filled] = {
    "contacts/new": Filled(
        answers={
            **SOMEBODY,
            **BORN,
            "received_on-day": "2",
            "received_on-month": "3",
            "received_on-year": "2026",
            "received_time": "9:30am",
            "source": "2A",
            "source_agency": "Garon Primary School",
            "referrer_name": "Joan Fletcher",
            "referrer_role": "Head of year",
            "referrer_phone": "01632 960001",
            "referrer_email": "joan@school.example",
            "what_said": "She comes late\r\nand tired",
            "family_wants": "Somebody to talk to",
            "reasons": ["attendance"],
        },
        unasked=(*NewContactForm.KNOWN, "who", "due_on"),
    ),
    "contacts/{contact}/children/new": Filled(answers={**SOMEBODY, **DUE}, unasked=("who", "born_on")),
    "contacts/{contact}/adults/new": Filled(
        answers={**SOMEBODY, "relation": "mother", "phone": "01632 960001"}, unasked=("who",)
    ),
    "contacts/{contact}/screening": Filled(answers={"rag": "amber", "why": "Several\r\nneeds"}),
    "contacts/{contact}/children/{child}/decide": Filled(
        answers={
            "outcome": "early_help_multi_agency",
            "reason": "Needs that have to be met\r\ntogether",
            "stage": "2",
            "urgency": "urgent",
            "need_codes": ["ATTENDANCE"],
            "agreed": "no",
            "ground": "child_at_risk",
            "manager_consulted": "J. Ward",
            "family_told": "no",
            "why_not_told": "It would raise the risk",
            "shared_with": "Thurrock",
            "consented_summary": "She is late\r\nand tired",
            "preferred_worker": "Priya Shah",
        },
        foreign={"stage": "4"},
        also=[({"manager_consulted": "", "why_not_told": ""}, ("manager_consulted", "why_not_told"))],
    ),
    "contacts/{contact}/note": Filled(answers={"told_by": "Jo Hale, nurse", "note": "Missed\r\ntwo checks"}),
}


@pytest.mark.parametrize("path", RIGHT)
def test_a_form_of_the_front_door_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, contact: ContactId, leah: PersonId, path: str, clock: object
) -> None:
    browse = settled(browse, cast.officer)
    asked = "/" + path.format(contact=contact, child=leah)
    assert wrongs_of_page(browse, session, "referrals", FORMS[path], asked, RIGHT[path]) == []


def test_a_question_to_a_partner_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, contact: ContactId, leah: PersonId
) -> None:
    with uow(cast.officer_actor) as unit:
        of_no_contact = a_child(unit, given_name="Other")
    browse = settled(browse, cast.officer)
    fill(browse, f"/contacts/{contact}/screening", {"rag": "amber", "why": "Several needs"})
    filled = Filled(
        answers={"child": str(leah), "agency": str(cast.agency.id), "question": "Is she known\r\nto you?"},
        foreign={"child": str(of_no_contact)},
    )
    assert wrongs_of_page(browse, session, "referrals", AskForm, f"/contacts/{contact}/ask", filled) == []


def test_a_second_look_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, contact: ContactId, leah: PersonId
) -> None:
    with uow(cast.officer_actor) as unit:
        decide_child(unit, a_decision(contact, leah))
    filled = Filled(answers={"agrees": "no", "note": "One service\r\nis enough"}, also=[({"note": ""}, ("note",))])
    browse = settled(browse, cast.second_officer)
    path = f"/contacts/{contact}/children/{leah}/second-look"
    assert wrongs_of_page(browse, session, "referrals", SecondLookForm, path, filled) == []
