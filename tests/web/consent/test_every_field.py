"""Every field of every form of agreement: what is wrong is said beside it, and nothing is written."""

import pytest
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.clusters.models import Agency
from locality.consent import forms
from locality.kernel.actor import Role
from locality.kernel.ids import AgreementId, FamilyId, PersonId
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import an_agency
from tests.factories.consent import an_agreement
from tests.factories.people import a_family, a_grant, a_person, an_adult
from tests.support.layers import layer
from tests.support.refusals import Filled, forms_of, wrongs_of_page
from tests.support.web import Browse

pytestmark = pytest.mark.usefixtures("clock")

TRIED = {forms.AgreementForm, forms.WithdrawForm, forms.OverrideForm}


@layer
def leah(session: Session) -> PersonId:
    return a_person(session)


@layer
def mother(session: Session) -> PersonId:
    return an_adult(session)


@layer
def stranger(session: Session) -> PersonId:
    """Somebody of another family, whose record is open to the same lead professional."""
    return an_adult(session, given_name="Else")


@layer
def agency(session: Session) -> Agency:
    return an_agency(session)


@layer
def lead(session: Session, leah: PersonId, mother: PersonId, stranger: PersonId) -> Account:
    made = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(made), leah, mother, stranger)
    return made


@layer
def family(session: Session, leah: PersonId, mother: PersonId, stranger: PersonId, lead: Account) -> FamilyId:
    a_family(session, stranger, name="Else")
    return a_family(session, mother, leah)


@layer
def agreement(session: Session, family: FamilyId, leah: PersonId, mother: PersonId) -> AgreementId:
    return an_agreement(session, family, leah, given_by=mother)


def a_date(name: str, day: int, month: int, year: int = 2026) -> dict[str, str]:
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


def test_every_form_of_agreement_is_tried_in_every_field() -> None:
    assert forms_of(forms) == TRIED


def test_an_agreement_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, family: FamilyId, leah: PersonId, mother: PersonId, stranger: PersonId,
    agency: Agency, lead: Account,
) -> None:  # fmt: skip
    right = {
        "answer": "agreed",
        "given_by": str(mother),
        "capacity": "court",
        "capacity_words": "Southend family court, order of 2 March",
        "gillick_assessed_by": "J. Ward",
        "gillick_reasons": "Knows what is shared\r\nand what may follow",
        "people": [str(leah), str(mother)],
        "purposes": ["assess", "store", "share_basic"],
        "share_with": "named",
        "agencies_in": [str(agency.id)],
        "agencies_out_words": "nobody at Dad’s work",
        "topics_out": ["money"],
        "cluster_team": "yes",
        "explained_how": "With the leaflet",
        "interpreter": "Yoruba, by telephone",
        "method": "verbal_recorded",
        "refusal_reason": "Nothing of it",
        **a_date("signed_on", 1, 3),
        **a_date("review_due_on", 1, 9),
    }
    missing = ("capacity_words", "purposes", "explained_how", "method", "review_due_on")
    by_herself = {"given_by": str(leah), "capacity": "self_gillick"}
    filled = Filled(
        answers=right,
        foreign={"given_by": str(stranger), "people": [str(leah), str(stranger)]},
        also=[
            ({"purposes": [], **dict.fromkeys(("capacity_words", "explained_how", "method"), ""),
              "review_due_on-day": "", "review_due_on-month": "", "review_due_on-year": ""}, missing),
            (by_herself | {"gillick_assessed_by": "", "gillick_reasons": ""},
             ("gillick_assessed_by", "gillick_reasons")),
            ({"answer": "refused", "refusal_reason": ""}, ("refusal_reason",)),
            ({"agencies_in": []}, ("share_with",)),
            ({"agencies_out": [str(agency.id)]}, ("agencies_out",)),
            (a_date("signed_on", 4, 3) | a_date("review_due_on", 1, 4, 2027), ("signed_on", "review_due_on")),
        ],
    )  # fmt: skip
    browse.sign_in(lead)
    path = f"/families/{family}/agreement/record"
    assert wrongs_of_page(browse, session, "consent", forms.AgreementForm, path, filled) == []


def test_a_withdrawal_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, family: FamilyId, agreement: AgreementId, mother: PersonId, stranger: PersonId,
    agency: Agency, lead: Account,
) -> None:  # fmt: skip
    right = {
        "scope": "agency",
        "agency": str(agency.id),
        "topic": "money",
        "withdrawn_by": str(mother),
        "reason": "Enough for now",
        "risk": "watch",
        "risk_words": "The school sees her\r\nevery day",
        **a_date("withdrawn_on", 2, 3),
    }
    filled = Filled(
        answers=right,
        foreign={"withdrawn_by": str(stranger)},
        also=[
            ({"agency": ""}, ("agency",)),
            ({"scope": "topic", "topic": ""}, ("topic",)),
            (a_date("withdrawn_on", 4, 3), ("withdrawn_on",)),
        ],
    )
    browse.sign_in(lead)
    path = f"/families/{family}/agreement/{agreement}/withdraw"
    assert wrongs_of_page(browse, session, "consent", forms.WithdrawForm, path, filled) == []


def test_sharing_without_agreement_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, family: FamilyId, leah: PersonId, stranger: PersonId, lead: Account
) -> None:
    right = {
        "people": [str(leah)],
        "ground": "child_at_risk",
        "what": "Where she was last seen\r\nand with whom",
        "to_whom": "Police, by telephone",
        "manager_consulted": "J. Ward",
        "family_told": "no",
        "why_not_told": "It would raise the risk",
    }
    written = ("what", "to_whom", "manager_consulted", "why_not_told")
    filled = Filled(
        answers=right,
        foreign={"people": [str(leah), str(stranger)]},
        also=[(dict.fromkeys(written, ""), written)],
    )
    browse.sign_in(lead)
    path = f"/families/{family}/agreement/overrides/new"
    assert wrongs_of_page(browse, session, "consent", forms.OverrideForm, path, filled) == []
