"""What must be true after a storm, asked of the database and of the mail server: pure rules over what was found."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.faults.sending import Acknowledged
from locality.referrals.rules.lifecycle import OfferState, Party, ReferralState


class Harm(StrEnum):
    """What went wrong: something is nowhere, or something happened twice."""

    LOST = "lost"
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that must not be, in words that name the referral and what happened to it."""

    harm: Harm
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one referral stands in the database. ``with_person``: its routing is on the page of failed work."""

    id: uuid.UUID
    reference: str
    contact_id: uuid.UUID | None
    state: ReferralState
    owner_kind: Party
    owner: uuid.UUID
    sender: uuid.UUID
    routed: int
    offers: Sequence[tuple[uuid.UUID, OfferState]]
    accepted_events: int
    with_person: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that the database owes or has sent."""

    message_id: uuid.UUID
    to: str
    is_sent: bool
    with_person: bool


_LIVE = frozenset({OfferState.OPEN, OfferState.ASKED, OfferState.WAITING})
_WITH_SERVICE = frozenset({ReferralState.RECEIVED, ReferralState.WAITLISTED})
_WORKED_ON = frozenset({ReferralState.ACCEPTED, ReferralState.STARTED})


def about_referrals(acknowledged: Iterable[Acknowledged], standings: Sequence[Standing]) -> Iterator[Wrong]:
    """Every referral in exactly one place, and every acknowledged one among them."""
    by_key = Counter[uuid.UUID]()
    for standing in standings:
        by_key[standing.id] += 1
        if standing.contact_id is not None:
            by_key[standing.contact_id] += 1
        yield from _place(standing)
        yield from _twice(standing)
    for said in acknowledged:
        what = f"the contact {said.key}" if said.is_contact else f"the referral {said.key}"
        if not by_key[said.key]:
            yield Wrong(Harm.LOST, f"submission {said.number}: {what} was acknowledged and is not in the database")
        elif by_key[said.key] > 1:
            yield Wrong(Harm.DOUBLED, f"submission {said.number}: {what} made {by_key[said.key]} referrals")


def _place(one: Standing) -> Iterator[Wrong]:
    """One owner, who is the one that the state says, and whose list it is on."""
    live = [service for service, state in one.offers if state in _LIVE]
    taken = [service for service, state in one.offers if state is OfferState.ACCEPTED]
    for is_so, words in (
        (one.state is not ReferralState.SENT or one.with_person, "was sent and never routed"),
        (one.state is not ReferralState.UNPLACED or one.owner_kind is Party.FRONT_DOOR, "is unplaced and on no list"),
        (one.state not in _WITH_SERVICE or [one.owner] == live, "is offered, and its owner is not that service"),
        (one.state not in _WORKED_ON or len(taken) > 0, "counts as accepted, and no offer was"),
        (one.state is not ReferralState.DECLINED or one.owner == one.sender, "was declined and did not go back"),
        (one.state is ReferralState.RETURNED_FOR_INFO or one.state in _WITH_SERVICE or not live, "has an offer still"),
    ):
        if not is_so:
            yield Wrong(Harm.LOST, f"{one.reference} ({one.state.value}, with {one.owner_kind.value}) {words}")


def _twice(one: Standing) -> Iterator[Wrong]:
    accepted = sum(state is OfferState.ACCEPTED for _service, state in one.offers)
    for times, words in (
        (one.routed, "was routed"),
        (len(one.offers), "was offered"),
        (accepted, "was accepted"),
        (one.accepted_events, "is in the log as accepted"),
    ):
        if times > 1:
            yield Wrong(Harm.DOUBLED, f"{one.reference} {words} {times} times")


def about_answers(told: Mapping[uuid.UUID, Sequence[str]], answered: Mapping[uuid.UUID, str]) -> Iterator[Wrong]:
    """Of those who answered an offer at once one was told that they have it, and they have it.

    ``told``: who was told so, by offer; ``answered``: who has accepted it in the database.
    """
    for offer, people in told.items():
        if len(people) > 1:
            yield Wrong(Harm.DOUBLED, f"the offer {offer} was accepted by {' and by '.join(people)}")
        elif answered.get(offer) != people[0]:
            has_it = answered.get(offer, "nobody")
            yield Wrong(Harm.LOST, f"the offer {offer} was accepted by {people[0]}; {has_it} has it")


def about_letters(
    acknowledged: Iterable[Acknowledged], letters: Sequence[Letter], arrived: Mapping[uuid.UUID, int]
) -> Iterator[Wrong]:
    """Every message that is owed arrived once, or is where a person sees that it may not have arrived."""
    by_address = Counter(letter.to for letter in letters)
    for letter in letters:
        times = arrived.get(letter.message_id, 0)
        if times > 1:
            yield Wrong(Harm.DOUBLED, f"the message to {letter.to} arrived {times} times")
        elif not times and not letter.with_person:
            how = "counts as sent and never arrived" if letter.is_sent else "was never sent"
            yield Wrong(Harm.LOST, f"the message to {letter.to} {how}")
    for said in acknowledged:
        if said.email and by_address[said.email] != 1:
            harm = Harm.DOUBLED if by_address[said.email] else Harm.LOST
            yield Wrong(harm, f"submission {said.number}: {by_address[said.email]} messages are owed to {said.email}")
