"""What an officer sees of a contact that a colleague holds, and what comes of forms sent twice."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.kernel.ids import ContactId, PersonId
from locality.messages.models import Message
from locality.referrals.models import ContactDecision, ContactRating, HubNote, ReferrerTold, SecondLook
from locality.referrals.operations import holding
from locality.referrals.operations.commands import Referrer
from locality.referrals.operations.deciding import decide_child
from tests.factories.referrals import a_contact, a_decision
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, fill, settled

JOAN = Referrer(name="Joan Fletcher", role="Head of year", email="joan@school.example")


@layer
def contact(uow: OpenUnit, cast: Cast, leah: PersonId) -> ContactId:
    with uow(cast.officer_actor) as unit:
        return a_contact(unit, leah, referrer=JOAN)


def twice(browse: Browse, path: str, typed: Mapping[str, object], *, page: str = "") -> None:
    """Send one page of a form two times, as a double click does."""
    fields = {**browse.get(page or path).form(path if page else 0), **typed}
    for _ in range(2):
        assert browse.raw("POST", path, data=fields).status_code == 302


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_colleagues_contact_can_be_read_but_offers_nothing_to_change(
    browse: Browse, uow: OpenUnit, cast: Cast, contact: ContactId
) -> None:
    with uow(cast.officer_actor) as unit:
        holding.take_contact(unit, contact)
    browse.sign_in(cast.second_officer)
    page = browse.get(f"/contacts/{contact}")
    assert "Take over from Mary Osei" in page.text
    for offered in ("Decide for Leah", "Add a child", "Add an adult"):
        assert offered not in page.text
    screening = browse.get(f"/contacts/{contact}/screening")
    for offered in ("Save the rating", "Ask a partner", "Write down what somebody told you"):
        assert offered not in screening.text
    refused = fill(browse, f"/contacts/{contact}/note", {"told_by": "A nurse", "note": "Both checks"}, status=422)
    assert "Mary Osei has been working on this contact since" in refused.text
    assert "Both checks" in refused.html


def test_a_double_click_keeps_one_note_and_one_rating(
    browse: Browse, session: Session, cast: Cast, contact: ContactId, leah: PersonId
) -> None:
    browse = settled(browse, cast.officer)
    at = f"/contacts/{contact}"
    twice(browse, f"{at}/screening", {"rag": "amber", "why": "Several needs"}, page=f"{at}/screening")
    twice(browse, f"{at}/note", {"child": str(leah), "told_by": "A nurse", "note": "Both checks"})
    assert (count(session, ContactRating), count(session, HubNote)) == (1, 1)


def test_a_double_click_corrects_looks_and_tells_once(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, contact: ContactId, leah: PersonId
) -> None:
    with uow(cast.officer_actor) as unit:
        decide_child(unit, a_decision(contact, leah))
    browse = settled(browse, cast.officer)
    at = f"/contacts/{contact}"
    twice(browse, f"{at}/told", {"how": "By telephone"}, page=f"{at}/decisions")
    corrected = {"outcome": "nfa", "reason": "They moved away", "why_corrected": "The school rang", "agreed": "yes"}
    twice(browse, f"{at}/children/{leah}/correct", corrected)
    browse.sign_in(cast.second_officer)
    twice(browse, f"{at}/children/{leah}/second-look", {"agrees": "yes"})
    assert (count(session, ReferrerTold), count(session, ContactDecision), count(session, SecondLook)) == (1, 2, 1)
    assert sorted(session.scalars(select(Message.template))) == ["referrer_corrected", "referrer_outcome"]


def test_a_correction_starts_with_what_the_family_agreed_may_travel(
    browse: Browse, uow: OpenUnit, cast: Cast, contact: ContactId, leah: PersonId
) -> None:
    with uow(cast.officer_actor) as unit:
        decide_child(unit, a_decision(contact, leah, summary="Only this may travel"))
    browse = settled(browse, cast.officer)
    page = browse.get(f"/contacts/{contact}/children/{leah}/correct", most_queries=8)
    assert "Only this may travel" in page.html


def test_a_note_sent_after_signing_out_is_there_again(
    browse: Browse, session: Session, cast: Cast, contact: ContactId, leah: PersonId
) -> None:
    browse = settled(browse, cast.officer)
    path = f"/contacts/{contact}/note"
    sent = {**browse.get(path).form(), "child": str(leah), "told_by": "A nurse", "note": "She missed both checks."}
    browse.sign_out()
    answer = browse.raw("POST", path, data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, path)
    assert count(session, HubNote) == 0
    browse.sign_in(cast.officer)
    assert "She missed both checks." in browse.get(path).html
