"""What a family needs and asks for: asked where not known, shown with the referral, and why told in plain words."""

import uuid
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from locality.kernel.ids import ContactId, OfferId, PersonId, ReferralId
from locality.referrals.models import Referral
from locality.referrals.operations.offers import decline_offer
from locality.referrals.operations.returned import offer_by_hand
from locality.referrals.operations.routing import route_referral
from locality.referrals.operations.sending import refer_to_social_care
from locality.referrals.rules.codes import DeclineReason
from locality.referrals.rules.directory import Access
from locality.referrals.rules.wishes import Wishes
from tests.factories.accounts import an_actor
from tests.factories.referrals import a_child, a_referral, a_service, a_social_care_referral, social_care
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, each_refused, fill, settled

DECIDED: dict[str, Any] = {
    "outcome": "early_help_multi_agency",
    "reason": "Several needs that have to be met together",
    "stage": "2",
    "need_codes": ["ATTENDANCE"],
    "agreed": "yes",
    "family_told": "yes",
}


def deciding(contact: ContactId, leah: PersonId) -> str:
    return f"/contacts/{contact}/children/{leah}/decide"


def test_the_decision_asks_for_the_familys_wish_and_sends_it(
    browse: Browse, session: Session, cast: Cast, contact: ContactId, leah: PersonId
) -> None:
    browse.sign_in(cast.officer)
    wished = {
        "language": "pl",
        "interpreter": "yes",
        "access": ["home_visits", "creche"],
        "preferred": str(cast.service_id),
        "preferred_worker": "Priya O’Shah 👪 שלום",
    }
    fill(browse, deciding(contact, leah), DECIDED | wished)
    referral = session.scalars(select(Referral)).one()
    assert (referral.language, referral.interpreter_needed) == ("pl", True)
    assert (referral.access_needs, referral.preferred_service_id) == (["creche", "home_visits"], cast.service_id)
    page = browse.get(f"/referrals/{referral.id}")
    assert page.row("Language") == "Polish: an interpreter is needed"
    assert page.row("Access") == "Crèche, visits at home"
    assert page.row("The family asked for") == "Family support, Priya O’Shah 👪 שלום"


def test_what_is_known_stands_in_the_form_with_who_told_it(
    browse: Browse, uow: OpenUnit, cast: Cast, contact: ContactId, leah: PersonId
) -> None:
    with uow(cast.officer_actor) as unit:
        unit.session.execute(text("UPDATE person SET interpreter_needed = true WHERE id = :id"), {"id": leah})
        a_referral(unit, leah, routed=False, wishes=Wishes(language="ur", access=(Access.STEP_FREE,)))
    browse.sign_in(cast.officer)
    page = browse.get(deciding(contact, leah))
    typed = page.form()
    assert (typed["language"], typed["access"], typed["interpreter"]) == ("ur", "step_free", "yes")
    assert "From referral RE-" in page.text
    assert "On record in the details: An interpreter is needed. Still right?" in page.text


WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"language": "klingon"}, "from those shown"),
    ({"access": ["home_visits", "<b>"]}, "from those shown"),
    ({"access": ["interpreter"]}, "from those shown"),
    ({"preferred": str(uuid.UUID(int=7))}, "from those shown"),
    ({"preferred_agency": "nonsense"}, "from those shown"),
    ({"unwanted": ["nonsense"]}, "from those shown"),
    ({"preferred_worker": "x" * 5000}, "must be 100 characters or fewer"),
    ({"preferred_worker": "a\0b"}, "unusual characters"),
)


def test_what_was_typed_wrong_is_said_beside_its_field_and_nothing_is_decided(
    browse: Browse, session: Session, cast: Cast, contact: ContactId, leah: PersonId
) -> None:
    browse.sign_in(cast.officer)
    pages = each_refused(browse, deciding(contact, leah), *(DECIDED | typed for typed, _message in WRONG))
    for (typed, message), page in zip(WRONG, pages, strict=True):
        assert message in page.text, typed
        assert page.form()["reason"] == DECIDED["reason"]
    assert session.scalars(select(Referral)).all() == []


def test_a_family_cannot_ask_for_and_not_want_the_same_agency(
    browse: Browse, cast: Cast, contact: ContactId, leah: PersonId
) -> None:
    browse.sign_in(cast.officer)
    both = {"preferred": str(cast.service_id), "unwanted": [str(cast.agency.id)]}
    page = fill(browse, deciding(contact, leah), DECIDED | both, status=422)
    assert "The family cannot both ask for an agency and not want it" in page.text


def test_the_form_takes_few_statements(browse: Browse, cast: Cast, contact: ContactId, leah: PersonId) -> None:
    settled(browse, cast.officer)
    browse.get(deciding(contact, leah), most_queries=8)


def test_why_a_service_was_asked_is_told_to_the_family_in_plain_words(
    browse: Browse, uow: OpenUnit, cast: Cast, leah: PersonId
) -> None:
    with uow(cast.officer_actor) as unit:
        referral_id = a_referral(unit, leah, routed=False, wishes=Wishes(service=cast.service_id))
    with uow() as unit:
        route_referral(unit, referral_id)
    settled(browse, cast.officer)
    assert "The family’s wish is followed: Family support" in browse.get(f"/referrals/{referral_id}").text
    page = browse.get(f"/referrals/{referral_id}/why", most_queries=8)
    assert "We asked Family support to help you." in page.text
    assert "You asked for them." in page.text
    assert "A person can always change what it chose" in page.text
    assert "ATTENDANCE" not in page.text.upper().replace("ATTENDANCE OFFICER", "")


def test_the_family_reads_that_a_person_chose_where_a_person_did(
    browse: Browse, uow: OpenUnit, cast: Cast, referral: ReferralId, offer: OfferId
) -> None:
    with uow(cast.officer_actor) as unit:
        other = a_service(unit, cast.agency, name="Lantern help")
    with uow(an_actor(cast.worker, cast.at_service)) as unit:
        decline_offer(unit, offer, reason=DeclineReason.NO_CAPACITY)
    with uow(cast.officer_actor) as unit:
        offer_by_hand(unit, referral, service_id=other, reason="They know the family")
    browse.sign_in(cast.officer)
    page = browse.get(f"/referrals/{referral}/why")
    assert "We asked Family support to help you." in page.text
    assert "Then a person asked Lantern help to help you." in page.text


def test_why_is_not_for_others_and_never_for_social_care(
    browse: Browse, uow: OpenUnit, cast: Cast, referral: ReferralId
) -> None:
    browse.sign_in(cast.lead)
    browse.get(f"/referrals/{referral}/why", status=404)
    with uow(cast.officer_actor) as unit:
        social_care(unit, cast.agency)
        care = refer_to_social_care(unit, a_social_care_referral(a_child(unit)))
    with uow() as unit:
        route_referral(unit, care)
    browse.sign_in(cast.officer)
    assert "plain words for the family" not in browse.get(f"/referrals/{care}").text
    assert browse.get(f"/referrals/{care}/why", status=302).location == f"/referrals/{care}"
