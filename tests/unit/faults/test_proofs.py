"""The proofs after a storm: each is shown a defect that was planted, and says what happened to which referral."""

import uuid
from dataclasses import replace

import pytest

from benchmarks.faults import proofs
from benchmarks.faults.proofs import Harm, Letter, Standing, Wrong
from benchmarks.faults.sending import Acknowledged
from locality.access.parts import FRONT_DOOR
from locality.referrals.rules.lifecycle import OfferState, Party, ReferralState

REFERRAL, CONTACT, SERVICE, SENDER, OFFER, MESSAGE = (uuid.UUID(int=number) for number in range(1, 7))
SAID = Acknowledged(7, REFERRAL, is_contact=False)
OFFERED = Standing(
    id=REFERRAL, reference="RE-7K3M-42", contact_id=None, state=ReferralState.RECEIVED, owner_kind=Party.SERVICE,
    owner=SERVICE, sender=SENDER, routed=1, offers=((SERVICE, OfferState.OPEN),), accepted_events=0, with_person=False,
)  # fmt: skip
ACCEPTED = replace(OFFERED, state=ReferralState.ACCEPTED, offers=((SERVICE, OfferState.ACCEPTED),), accepted_events=1)
UNPLACED = replace(
    OFFERED, state=ReferralState.UNPLACED, owner_kind=Party.FRONT_DOOR, owner=FRONT_DOOR, offers=()
)  # fmt: skip
DECLINED = replace(OFFERED, state=ReferralState.DECLINED, owner=SENDER, offers=((SERVICE, OfferState.DECLINED),))
PASSED = replace(OFFERED, state=ReferralState.ALLOCATED, owner_kind=Party.WORKER, owner=SENDER, offers=())


def wrongs(*standings: Standing, said: Acknowledged = SAID) -> list[Wrong]:
    return list(proofs.about_referrals([said], standings))


@pytest.mark.parametrize("standing", [OFFERED, ACCEPTED, UNPLACED, DECLINED, PASSED])
def test_a_referral_in_one_place_is_well(standing: Standing) -> None:
    assert wrongs(standing) == []


def test_an_acknowledged_referral_that_is_not_there_is_lost() -> None:
    (wrong,) = wrongs()
    assert wrong.harm is Harm.LOST
    assert f"submission 7: the referral {REFERRAL} was acknowledged and is not in the database" in wrong.words


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (replace(OFFERED, state=ReferralState.SENT, routed=0, offers=()), "was sent and never routed"),
        (replace(UNPLACED, owner_kind=Party.SENDER), "is unplaced and on no list"),
        (replace(OFFERED, owner=SENDER), "is offered, and its owner is not that service"),
        (replace(OFFERED, offers=()), "is offered, and its owner is not that service"),
        (replace(ACCEPTED, offers=((SERVICE, OfferState.EXPIRED),)), "counts as accepted, and no offer was"),
        (replace(DECLINED, owner=SERVICE), "was declined and did not go back"),
        (replace(PASSED, offers=((SERVICE, OfferState.OPEN),)), "has an offer still"),
    ],
)
def test_a_referral_in_no_place_is_lost(standing: Standing, words: str) -> None:
    (wrong,) = wrongs(standing)
    assert wrong.harm is Harm.LOST
    assert wrong.words.startswith("RE-7K3M-42 (")
    assert wrong.words.endswith(words)


def test_work_that_a_person_sees_to_is_not_lost() -> None:
    assert wrongs(replace(OFFERED, state=ReferralState.SENT, routed=0, offers=(), with_person=True)) == []


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (replace(UNPLACED, routed=2), "was routed 2 times"),
        (replace(DECLINED, offers=((SERVICE, OfferState.DECLINED),) * 2), "was offered 2 times"),
        (replace(ACCEPTED, accepted_events=2), "is in the log as accepted 2 times"),
    ],
)
def test_what_happened_twice_is_told(standing: Standing, words: str) -> None:
    assert wrongs(standing) == [Wrong(Harm.DOUBLED, f"RE-7K3M-42 {words}")]


def test_one_submission_that_made_two_referrals_is_told() -> None:
    said = Acknowledged(8, CONTACT, is_contact=True)
    one = replace(OFFERED, contact_id=CONTACT)
    assert wrongs(one, said=said) == []
    (wrong,) = wrongs(one, replace(one, id=OFFER), said=said)
    assert (wrong.harm, wrong.words) == (Harm.DOUBLED, f"submission 8: the contact {CONTACT} made 2 referrals")


def test_an_offer_accepted_by_two_is_told() -> None:
    (wrong,) = proofs.about_answers({OFFER: ["ann@one", "bea@one"]}, {OFFER: "ann@one"})
    assert (wrong.harm, wrong.words) == (Harm.DOUBLED, f"the offer {OFFER} was accepted by ann@one and by bea@one")


def test_an_acceptance_that_was_told_and_is_not_there_is_told() -> None:
    assert list(proofs.about_answers({OFFER: ["ann@one"]}, {OFFER: "ann@one"})) == []
    (wrong,) = proofs.about_answers({OFFER: ["ann@one"]}, {})
    assert wrong.harm is Harm.LOST


SENT = Letter(MESSAGE, "joan@school.example", is_sent=True, with_person=False)
TOLD = Acknowledged(9, CONTACT, is_contact=True, email="joan@school.example")


def letters(*found: Letter, times: int) -> list[Wrong]:
    return list(proofs.about_letters([TOLD], found, {MESSAGE: times} if times else {}))


def test_a_message_that_arrived_once_is_well_and_so_is_one_left_to_a_person() -> None:
    assert letters(SENT, times=1) == []
    unsure = replace(SENT, is_sent=False, with_person=True)
    assert letters(unsure, times=1) == letters(unsure, times=0) == []


def test_a_message_that_arrived_twice_is_told() -> None:
    assert letters(SENT, times=2) == [Wrong(Harm.DOUBLED, "the message to joan@school.example arrived 2 times")]


@pytest.mark.parametrize(
    ("letter", "words"),
    [(SENT, "counts as sent and never arrived"), (replace(SENT, is_sent=False), "was never sent")],
)
def test_a_message_that_never_arrived_is_lost(letter: Letter, words: str) -> None:
    assert letters(letter, times=0) == [Wrong(Harm.LOST, f"the message to joan@school.example {words}")]


def test_nobody_told_at_all_is_lost() -> None:
    (wrong,) = letters(times=0)
    assert wrong == Wrong(Harm.LOST, "submission 9: 0 messages are owed to joan@school.example")
