"""What a contact tells, kept for the story, so that no later worker has to ask for it again."""

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from sqlalchemy import select

from locality.access.scope import elevated
from locality.clusters import api as clusters
from locality.kernel.clock import london_date
from locality.kernel.ids import ContactId, PersonId, SchoolId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.people.api import FactAgreement, FactSource, Told, Topic
from locality.referrals.models import Contact, ContactReferrer
from locality.referrals.rules.codes import REASON_WORDS, SOURCE_WORDS, AgreementKnown, ContactReason, Source

_FROM_FAMILY = frozenset({Source.FAMILY, Source.SELF})
_NOBODY_KNOWN = frozenset({Source.ANONYMOUS, Source.UNKNOWN})
_AGREEMENTS: Mapping[AgreementKnown, FactAgreement] = {
    AgreementKnown.AGREED: FactAgreement.AGREED,
    AgreementKnown.REFUSED: FactAgreement.WITHOUT,
}


class ToldOf(Protocol):
    """What was told of one child besides the name."""

    @property
    def first_language(self) -> str:
        """In words."""
        ...

    @property
    def interpreter_needed(self) -> bool | None:
        """None: not said."""
        ...

    @property
    def disabilities(self) -> tuple[str, ...]:
        """Codes of ``people.Disability``."""
        ...

    @property
    def school_id(self) -> SchoolId | None:
        """The school named."""
        ...


def keep_told(
    uow: UnitOfWork,
    contact_id: ContactId,
    children: Mapping[PersonId, ToldOf | None],
    *,
    shown: Mapping[Topic, uuid.UUID] = MappingProxyType({}),
    known_told: Sequence[Told] = (),
    answers_told: bool = False,
) -> None:
    """Keep what a contact said about these children, and what it told of each; telling it twice changes nothing.

    ``shown``, ``known_told`` and ``answers_told`` are those of ``NewContact``.
    """
    with elevated(uow.session, "what a contact told, which whoever got in touch need not be able to read"):
        contact = uow.session.execute(select(Contact).where(Contact.id == contact_id)).scalar_one()
        telling = _telling(uow, contact)
        said = [*_said(contact, shown, answers_told=answers_told), *known_told]
        people.tell_facts(uow, list(children), said, telling=telling)
        schools = clusters.school_of(uow.session, children)
        for child, told in children.items():
            if told is not None:
                school = schools[child].name if told.school_id is not None and child in schools else ""
                people.tell_facts(uow, [child], _told_of(told, school), telling=telling)


def _said(contact: Contact, shown: Mapping[Topic, uuid.UUID], *, answers_told: bool) -> list[Told]:
    reasons = Told(Topic.REASONS, ", ".join(REASON_WORDS[ContactReason(reason)] for reason in contact.reasons))
    if answers_told:
        return [reasons]
    said = {Topic.LED_TO: contact.what_said, Topic.WANTS: contact.family_wants}
    return [*(Told(topic, words, shown.get(topic)) for topic, words in said.items()), reasons]


def _told_of(told: ToldOf, school: str) -> list[Told]:
    disabilities = [people.DISABILITIES[people.Disability(code)] for code in told.disabilities]
    return [
        Told(Topic.FIRST_LANGUAGE, told.first_language),
        Told(Topic.INTERPRETER, people.INTERPRETER_WORDS[told.interpreter_needed]),
        Told(Topic.HEALTH, ", ".join(disabilities)),
        Told(Topic.SCHOOL, school),
    ]


def _telling(uow: UnitOfWork, contact: Contact) -> people.Telling:
    referrer = uow.session.execute(
        select(ContactReferrer.name, ContactReferrer.keep_private).where(ContactReferrer.contact_id == contact.id)
    ).one_or_none()
    name, private = ("", False) if referrer is None else (referrer.name, referrer.keep_private)
    return people.Telling(
        (FactSource.CONTACT, contact.id),
        london_date(contact.received_at),
        teller_of(contact.source, agency=contact.source_agency or "", name=name, private=private),
        agreement=_AGREEMENTS.get(contact.agreement_known, FactAgreement.NOT_KNOWN),
        own_words=contact.source in _FROM_FAMILY,
    )


def teller_of(source: Source, *, agency: str, name: str, private: bool) -> str:
    """Who told it, as every reader of the story may know: a family by name, a professional by where they work.

    Who asks to stay private, and anybody else's name, is a part of the contact that only the front door opens.
    """
    if source in _NOBODY_KNOWN:
        return "somebody who gave no name"
    if not private:
        if source in _FROM_FAMILY and name:
            return name
        if agency:
            return agency
    words = SOURCE_WORDS[source]
    return words if words[:2].isupper() else words[:1].lower() + words[1:]
