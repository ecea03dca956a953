"""Whether a child named as new is on record already: kept for the queue, and kept right when links are decided."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select, update

from locality.access.scope import elevated
from locality.kernel.ids import ContactId, PersonId
from locality.kernel.uow import UnitOfWork
from locality.people import api as people
from locality.referrals.models import ContactChild

_QUIETLY = {"synchronize_session": False}


def note_likely(uow: UnitOfWork, contact_id: ContactId, children: Iterable[uuid.UUID]) -> None:
    """Keep for the queue which of these children of a contact, named as new, look like somebody on record."""
    with elevated(uow.session, "whether a child named as new may be on record already, whoever may see that record"):
        among = frozenset(children)
        for child in among:
            _keep(uow, child, among=among, only=contact_id)


def when_links_changed(uow: UnitOfWork, changed: frozenset[PersonId]) -> None:
    """Look again at children who wait for a decision, because a link of theirs was decided or undone."""
    with elevated(uow.session, "contacts that wait about these people, whoever may see them"):
        waiting = uow.session.scalars(
            select(ContactChild.person_id)
            .where(
                ContactChild.person_id.in_(changed),
                ContactChild.outcome.is_(None),
                ContactChild.known_before.is_(False),
            )
            .distinct()
        ).all()
        for child in waiting:
            _keep(uow, child, among=frozenset((child,)))


def _keep(uow: UnitOfWork, child: uuid.UUID, *, among: frozenset[uuid.UUID], only: ContactId | None = None) -> None:
    """Keep what is found of one child, in one contact or in all that wait; those named with them are no likeness."""
    linked = len(people.same_person_ids(uow.session, [child])[PersonId(child)]) > 1
    is_like = not linked and _has_likeness(uow, child, among)
    changed = update(ContactChild).where(
        ContactChild.person_id == child,
        ContactChild.outcome.is_(None),
        (ContactChild.likely_known != is_like) | (ContactChild.known_by_link != linked),
    )
    if only is not None:
        changed = changed.where(ContactChild.contact_id == only, ContactChild.known_before.is_(False))
    uow.session.execute(changed.values(likely_known=is_like, known_by_link=linked), execution_options=_QUIETLY)


def _has_likeness(uow: UnitOfWork, child: uuid.UUID, among: frozenset[uuid.UUID]) -> bool:
    probe = people.probe_of(people.get_person(uow.session, PersonId(child)))
    return any(match.person_id not in among for match in people.records_like(uow.session, PersonId(child), probe))
