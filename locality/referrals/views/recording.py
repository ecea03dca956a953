"""What the forms that name somebody share: who may be meant, and what is known of who is."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from locality.kernel.db import db
from locality.kernel.ids import ContactId
from locality.kernel.uow import unit_of_work
from locality.people import api as people
from locality.referrals.forms.contacts import NewContactForm
from locality.referrals.forms.people import PersonFields
from locality.referrals.operations import contacts
from locality.web.signed_in import current_actor

_TOPICS = (*NewContactForm.topics.values(), *NewContactForm.KNOWN.values())


def was_sent_before(form: NewContactForm) -> bool:
    """Whether this very form made a contact already: then the child on record is its own."""
    if not form.is_submitted():
        return False
    with unit_of_work(current_actor()) as uow:
        return contacts.contact_is_recorded(uow, ContactId(form.form_id.data))


def offer_matches(form: PersonFields) -> None:
    """Look for people on record who may be the one that was typed."""
    if form.is_submitted():
        form.offer_matches(people.likely_matches(db.session(), form.probe()))


def known_of(session: Session, form: NewContactForm) -> Mapping[people.Topic, people.ToldFact]:
    """What the reader may see of what is known about the child on record whom a form is about; nothing of a new one."""
    meant = form.meant()
    return {} if meant is None else people.known_answers(session, [meant], _TOPICS)
