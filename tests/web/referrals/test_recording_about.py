"""Recording a contact about a child on record: what is known is shown with its source, and never asked again."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.kernel.ids import PersonId, new_id
from locality.people import api as people
from locality.people.models import FactReuse, ToldFact
from locality.referrals.models import Contact, ContactChild
from tests.factories.accounts import an_account
from tests.factories.referrals import a_child, a_contact
from tests.support.database import OpenUnit
from tests.support.web import Browse

pytestmark = pytest.mark.usefixtures("clock")
WHERE = "She lives with her grandmother"


@pytest.fixture
def officer(session: Session) -> Account:
    """Somebody of the front door."""
    return an_account(session, roles=[Role.SPOC_OFFICER])


@pytest.fixture
def leah(uow: OpenUnit) -> PersonId:
    """A child of whom an earlier contact, which is still open, told where she lives and what the family wants."""
    with uow() as unit:
        child = a_child(unit, given_name="Leah", family_name="Adeyemi", born_on=dt.date(2016, 4, 5))
        contact = a_contact(unit, child)
        telling = people.Telling(
            (people.FactSource.CONTACT, contact), dt.date(2026, 1, 7), "Garon Primary",
            agreement=people.FactAgreement.AGREED,
        )  # fmt: skip
        told = [people.Told(people.Topic.WHO_LIVES_HERE, WHERE), people.Told(people.Topic.WANTS, "Help with sleep")]
        people.tell_facts(unit, [child], told, telling=telling)
    return child


def _said(**changed: str) -> dict[str, str]:
    return {
        "form_id": str(new_id()), "received_on-day": "3", "received_on-month": "3", "received_on-year": "2026",
        "source": "2A", "what_said": "She is tired at school.",
    } | changed  # fmt: skip


def test_what_is_known_stands_in_the_form_with_who_told_it(browse: Browse, officer: Account, leah: PersonId) -> None:
    browse.sign_in(officer)
    page = browse.get(browse.get(f"/people/{leah}/referrals").links["Record a contact about Leah"], most_queries=8)
    assert page.form()["who_lives_here"] == WHERE
    assert page.form()["family_wants"] == "Help with sleep"
    assert "Told by Garon Primary" in page.main
    assert "First name" not in page.main
    assert "first_language" not in page.form()


def test_a_line_left_as_it_is_is_confirmed_and_one_changed_is_put_right(
    browse: Browse, officer: Account, leah: PersonId, session: Session
) -> None:
    browse.sign_in(officer)
    typed = {
        key: value for key, value in browse.get(f"/contacts/new/about/{leah}").form().items() if key != "csrf_token"
    }
    browse.post(f"/contacts/new/about/{leah}", typed | _said(family_wants="Help with mornings"))
    counted = set(session.scalars(select(FactReuse.reuse)))
    assert counted == {people.Reuse.CONFIRMED, people.Reuse.CORRECTED}
    words = set(session.scalars(select(ToldFact.words).where(ToldFact.topic == people.Topic.WANTS)))
    assert words == {"Help with sleep", "Help with mornings"}
    newest = session.scalars(select(Contact).where(Contact.what_said == "She is tired at school.")).one()
    assert newest.about == [leah]
    assert session.scalars(select(ContactChild.known_before).where(ContactChild.contact_id == newest.id)).one() is True


def test_somebody_recognised_while_typing_is_gone_over_before_the_contact_is_kept(
    browse: Browse, officer: Account, leah: PersonId, session: Session
) -> None:
    browse.sign_in(officer)
    typed = _said(given_name="Leah", family_name="Adeyemi") | {
        "born_on-day": "5", "born_on-month": "4", "born_on-year": "2016",
    }  # fmt: skip
    asked = browse.post("/contacts/new", typed, status=422)
    assert "Leah Adeyemi, born 5 April 2016" in asked.options("who")[0]
    over = browse.post("/contacts/new", typed | {"who": str(leah)}, status=200)
    assert over.form()["who_lives_here"] == WHERE
    assert "Go over what is known below" in over.main
    assert "She is tired at school." in over.html
    sent = {key: value for key, value in over.form().items() if key != "csrf_token"}
    browse.post("/contacts/new", sent)
    assert len(session.scalars(select(Contact)).all()) == 2


def test_likely_people_are_offered_while_somebody_types(browse: Browse, officer: Account, leah: PersonId) -> None:
    browse.sign_in(officer)
    sent = browse.raw(
        "POST", "/contacts/likely", data={"given_name": "Lea", "family_name": "Adeyemi", "csrf_token": browse._token()}
    )
    assert sent.status_code == 200
    assert str(leah) in sent.get_data(as_text=True)
    nobody = browse.raw("POST", "/contacts/likely", data={"given_name": "Xqz", "csrf_token": browse._token()})
    assert "<input" not in nobody.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["\x00", "\u202e", "a" * 60_000, "🦊", "' OR 1=1 --"])
def test_hostile_words_find_nobody_and_break_nothing(browse: Browse, officer: Account, typed: str) -> None:
    browse.sign_in(officer)
    fields = dict.fromkeys(("given_name", "family_name", "born_on-day", "postcode", "address", "relation"), typed)
    sent = browse.raw("POST", "/contacts/likely", data=fields | {"csrf_token": browse._token()})
    assert sent.status_code == 200


def test_nobody_records_about_a_child_whom_they_may_not_see(browse: Browse, session: Session, leah: PersonId) -> None:
    browse.sign_in(an_account(session, roles=[Role.LEAD_PROFESSIONAL]))
    browse.get(f"/contacts/new/about/{leah}", status=404)
    browse.get(f"/contacts/new/about/{new_id()}", status=404)
