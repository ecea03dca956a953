"""Coming back with a reference and a memorable answer; a practitioner who is signed in."""

import datetime as dt
import re
import time

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason
from locality.accounts.models import Account
from locality.asking.models import HelpHolder, HelpRequest
from locality.asking.operations.writing import forget_old
from locality.asking.queries import PUBLIC_NAME, find_request
from locality.audit.models import AuditEvent
from locality.clusters.models import Cluster
from locality.kernel.actor import Actor, Role
from locality.kernel.ids import PersonId, new_id
from locality.people import api as people
from locality.people.models import Person, ToldFact
from locality.referrals.models import Contact, ContactChild
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster
from tests.factories.people import a_family, a_grant, a_person, an_adult, settle
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.asking.journeys import CHILD, FAMILY, PROFESSIONAL, QUESTIONS, WORK, answer, begin, send, walk

pytestmark = pytest.mark.usefixtures("clock")
WRONG = "The reference or the memorable answer is not right, or the request is deleted. Check both and try again"
COME_BACK = "/ask-for-help/come-back"


def save(browse: Browse, words: str = "Miss O’Hara") -> str:
    """Choose a memorable answer; the reference that the page shows."""
    page = browse.post("/ask-for-help/save", {"answer": words}, status=200)
    found = re.search(r"\b(AH|CO)-\w{4}-\w{3}\b", page.main)
    assert found
    return found.group()


def elsewhere(browse: Browse) -> None:
    """Another browser: nothing is known of the request there."""
    browse._client.delete_cookie("locality_visitor")


def come_back(browse: Browse, reference: str, words: str, *, status: int = 302) -> Page:
    return browse.post(COME_BACK, {"reference": reference, "answer": words}, status=status)


def test_somebody_comes_back_in_another_browser_to_the_next_unanswered_page(browse: Browse) -> None:
    begin(browse)
    answer(browse, "you", FAMILY[0][1])
    answer(browse, "worries", {"worries": "He has stopped going to school."})
    reference = save(browse)
    elsewhere(browse)
    back = come_back(browse, reference.lower().replace("-", " "), "miss ohara")
    assert back.location == f"{QUESTIONS}/children"
    assert "He has stopped" in browse.get(f"{QUESTIONS}/worries").html


def test_what_stands_half_typed_is_kept_when_somebody_leaves_it_for_another_day(browse: Browse) -> None:
    begin(browse)
    for name, data in FAMILY[:3]:
        answer(browse, name, data)
    second = browse.get(f"{QUESTIONS}/children/2")
    assert (second.title.split(" – ")[0], second.form()["family_name"]) == ("About this child", "Quillfeather")
    assert "The same as for Tom Quillfeather. Change it if it is another" in second.main
    left = answer(browse, "children/2", {"given_name": "Ivy", "family_name": "Marsh", "save": "yes"})
    assert left.location == "/ask-for-help/save"
    reference = save(browse)
    elsewhere(browse)
    back = come_back(browse, reference, "miss ohara")
    assert back.location == f"{QUESTIONS}/children/2"
    kept = browse.get(back.location).form()
    assert (kept["given_name"], kept["family_name"]) == ("Ivy", "Marsh")


def test_who_comes_back_is_asked_for_the_adults_before_what_follows_them(browse: Browse) -> None:
    begin(browse)
    for name, data in FAMILY[:2]:
        answer(browse, name, data)
    reference = save(browse)
    elsewhere(browse)
    assert come_back(browse, reference, "miss ohara").location == f"{QUESTIONS}/children"
    answer(browse, "children", {"another": "no"})
    assert come_back(browse, reference, "miss ohara").location == f"{QUESTIONS}/adults"


@pytest.mark.parametrize("known", [True, False])
def test_a_wrong_answer_and_an_unknown_reference_are_refused_alike(browse: Browse, known: bool) -> None:
    begin(browse)
    reference = save(browse) if known else "AH-2222-222"
    elsewhere(browse)
    page = come_back(browse, reference, "something else", status=422)
    assert page.errors == [("", WRONG)]


def test_a_request_without_an_answer_cannot_be_come_back_to(browse: Browse, session: Session) -> None:
    begin(browse)
    reference = session.scalars(select(HelpRequest.reference)).one()
    elsewhere(browse)
    assert come_back(browse, reference, "anything", status=422).errors == [("", WRONG)]


def test_an_unknown_reference_takes_as_long_as_a_wrong_answer(browse: Browse) -> None:
    begin(browse)
    reference = save(browse)
    elsewhere(browse)
    took: dict[str, float] = {}
    for each in (reference, "AH-2222-222"):
        come_back(browse, each, "warming up", status=422)
        began = time.perf_counter()
        come_back(browse, each, "something else", status=422)
        took[each] = time.perf_counter() - began
    # Not a measurement: only that neither way skips the hash.
    assert max(took.values()) < 20 * min(took.values())


def test_after_ten_wrong_answers_the_right_one_has_to_wait(browse: Browse, session: Session) -> None:
    begin(browse)
    reference = save(browse)
    elsewhere(browse)
    for number in range(10):
        come_back(browse, reference, f"wrong {number}", status=422)
    page = come_back(browse, reference, "Miss O’Hara", status=429)
    assert "There were too many attempts. Try again in 15 minutes" in page.main
    assert session.scalar(select(func.count()).select_from(HelpHolder)) == 1


@pytest.mark.parametrize("typed", ["\x00", "x" * 5_000, "' OR 1=1 --", "💥", "AH-7K3M-42P\u202e"])
def test_nonsense_is_refused_in_peace(browse: Browse, typed: str) -> None:
    assert browse.raw(
        "POST", COME_BACK, data={"reference": typed, "answer": typed, "csrf_token": browse._token()}
    ).status_code in (422, 429)


def test_what_was_sent_is_looked_up_by_the_contacts_reference_and_shows_only_how_far_we_are(
    browse: Browse, session: Session
) -> None:
    walk(browse)
    save(browse)
    send(browse)
    contact = session.scalars(select(Contact)).one()
    contact.held_by_name = "Amira Khan"
    contact.held_by = an_account(session, name="Amira Khan").id
    session.flush()
    elsewhere(browse)
    page = browse.follow(come_back(browse, contact.reference, "Miss O’Hara"))
    assert "Somebody in our team is reading it now." in page.main
    assert not any(word in page.html for word in ("Amira", "Tom", "stopped going"))
    browse.get(f"{QUESTIONS}/worries", status=302)


def test_requests_that_nobody_goes_on_with_are_forgotten(browse: Browse, session: Session, uow: OpenUnit) -> None:
    begin(browse)
    answer(browse, "worries", {"worries": "Old words"})
    with uow() as unit:
        assert forget_old(unit, days=1) == 0
        assert forget_old(unit, days=-1) == 1
    assert session.scalar(select(func.count()).select_from(HelpRequest)) == 0


def test_another_actor_finds_no_request_however_wide_the_role(browse: Browse, session: Session, uow: OpenUnit) -> None:
    begin(browse)
    request_id = session.scalars(select(HelpRequest.id)).one()
    for principals in ((), (new_id(),)):
        with uow(Actor(account_id=None, name=PUBLIC_NAME, principals=principals)) as unit:
            assert find_request(unit.session, request_id) is None


@pytest.fixture
def cluster(session: Session) -> Cluster:
    return a_cluster(session)


@pytest.fixture
def lead(session: Session) -> Account:
    return an_account(session, name="Sam Okafor", job_title="Family worker", roles=[Role.LEAD_PROFESSIONAL])


@pytest.fixture
def child(session: Session, uow: OpenUnit, lead: Account) -> PersonId:
    child = a_person(session)
    with uow() as unit:
        grants.give(unit, [child], principal=lead.id, reason=GrantReason.LEAD_PROFESSIONAL, record=new_id())
    settle(session)
    return child


def test_a_practitioner_begins_from_a_childs_page_with_what_is_known(
    browse: Browse, session: Session, lead: Account, child: PersonId
) -> None:
    browse.sign_in(lead)
    start = browse.get(f"{PROFESSIONAL}?for={child}")
    assert "You are asking for Leah Adeyemi" in start.main
    browse.post(f"{PROFESSIONAL}?for={child}", {"danger": "no"})
    work = browse.get(f"{QUESTIONS}/your-work")
    assert work.form()["name"] == "Sam Okafor"
    children = browse.get(f"{QUESTIONS}/children")
    assert "Leah Adeyemi (on record)" in children.main
    browse.get(f"{QUESTIONS}/children/1", status=404)
    for page, data in WORK:
        if not page.startswith("children/"):
            answer(browse, page, data)
    browse.get("/ask-for-help/check")
    send(browse)
    assert session.scalars(select(ContactChild.person_id)).all() == [child]
    assert session.scalars(select(ContactChild.known_before)).all() == [True]
    read = select(AuditEvent.subjects).where(AuditEvent.action == "page.asking.start_professional")
    assert [child] in session.scalars(read).all()


def test_what_the_story_knows_is_filled_in_with_its_source(
    browse: Browse, session: Session, uow: OpenUnit, lead: Account, child: PersonId
) -> None:
    telling = people.Telling(
        (people.FactSource.CONTACT, new_id()), told_on=dt.date(2026, 3, 2), teller="Garon Primary School"
    )
    with uow() as unit:
        people.tell_facts(unit, [child], [people.Told(people.Topic.GOING_WELL, "She sings.")], telling=telling)
    browse.sign_in(lead)
    browse.post(f"{PROFESSIONAL}?for={child}", {"danger": "no"})
    page = browse.get(f"{QUESTIONS}/going-well")
    assert "She sings." in page.html
    assert "Garon Primary School" in page.main


def test_nobody_begins_from_the_page_of_somebody_they_may_not_see(
    browse: Browse, session: Session, child: PersonId
) -> None:
    browse.sign_in(an_account(session, roles=[Role.LEAD_PROFESSIONAL]))
    browse.get(f"{PROFESSIONAL}?for={child}", status=404)
    browse.get(f"{PROFESSIONAL}?for=nonsense", status=404)
    browse.sign_out()
    assert "Leah" not in browse.get(f"{PROFESSIONAL}?for={child}").html


def test_a_practitioner_goes_on_after_signing_out_and_in(browse: Browse, lead: Account) -> None:
    browse.sign_in(lead)
    begin(browse, PROFESSIONAL)
    answer(browse, "worries", {"worries": "Often tired."})
    browse.sign_out()
    browse.sign_in(lead)
    start = browse.get(PROFESSIONAL)
    link = next(address for words, address in start.links.items() if words.startswith("Go on with it"))
    browse.follow(browse.get(link, status=302))
    assert "Often tired." in browse.get(f"{QUESTIONS}/worries").html


def test_an_answer_that_stood_in_the_form_and_was_kept_counts_as_used_again(
    browse: Browse, session: Session, uow: OpenUnit, lead: Account, child: PersonId
) -> None:
    known = {people.Topic.WANTS: "Help with sleep", people.Topic.LED_TO: "He is tired."}
    telling = people.Telling(
        (people.FactSource.FAMILY, new_id()), told_on=dt.date(2026, 3, 2), teller="Ada", own_words=True
    )
    with uow() as unit:
        people.tell_facts(unit, [child], [people.Told(*one) for one in known.items()], telling=telling)
    settle(session)
    browse.sign_in(lead)
    browse.post(f"{PROFESSIONAL}?for={child}", {"danger": "no"})
    for page, data in WORK:
        if page in ("family-view", "worries"):
            asked = browse.get(f"{QUESTIONS}/{page}")
            assert "Told by Ada" in asked.main
            answer(browse, page, asked.form())
        elif not page.startswith("children/"):
            answer(browse, page, data)
    send(browse)
    contact = session.scalars(select(Contact.id)).one()
    assert people.reuse_of(session, contact) == {
        people.Reuse.CONFIRMED: 2, people.Reuse.CORRECTED: 0, people.Reuse.RE_ASKED: 0,
    }  # fmt: skip
    told = people.told_facts(session, [child], topics=list(known))
    assert {fact.words for fact in told} == set(known.values())


def test_where_somebody_works_who_stays_private_is_not_in_the_story(browse: Browse, session: Session) -> None:
    begin(browse, PROFESSIONAL)
    for page, data in WORK:
        answer(browse, page, data | ({"keep_private": "yes"} if page == "feedback" else {}))
    send(browse)
    tellers = set(session.scalars(select(ToldFact.teller)))
    assert tellers == {"school"}


@pytest.mark.parametrize("page", ["families/{family}", "people/{mother}"])
def test_a_practitioner_asks_for_all_children_of_a_family_from_its_page_and_an_adults(
    browse: Browse, session: Session, lead: Account, child: PersonId, page: str
) -> None:
    mother, tom = an_adult(session), a_person(session, given_name="Tom", sex=people.Sex.MALE)
    a_grant(session, an_actor(lead), tom, mother)
    family = a_family(session, child, tom, mother)
    settle(session)
    browse.sign_in(lead)
    links = browse.get("/" + page.format(family=family, mother=mother)).links
    address = next(address for words, address in links.items() if words.startswith("Ask for help for th"))
    start = browse.get(address)
    assert "You are asking for family Adeyemi: " in start.main
    assert {"Leah", "Tom"} <= set(start.main.split())
    browse.post(address, {"danger": "no"})
    children = browse.get(f"{QUESTIONS}/children", most_queries=8)
    assert "Tom Adeyemi (on record)" in children.main
    for name, data in WORK:
        if not name.startswith("children/"):
            answer(browse, name, data)
    send(browse)
    assert set(session.scalars(select(ContactChild.person_id))) == {child, tom}
    assert session.scalar(select(func.count()).select_from(Person).where(Person.kind == "child")) == 2


def test_nobody_asks_from_the_page_of_a_family_they_may_not_see_and_an_adult_alone_asks_for_nobody(
    browse: Browse, session: Session, lead: Account, child: PersonId
) -> None:
    mother = an_adult(session)
    a_grant(session, an_actor(lead), mother)
    hidden = a_family(session, a_person(session, given_name="Ada"))
    settle(session)
    browse.sign_in(lead)
    browse.get(f"{PROFESSIONAL}?family={hidden}", status=404)
    browse.get(f"{PROFESSIONAL}?family=nonsense", status=404)
    assert "You are asking for" not in browse.get(f"{PROFESSIONAL}?for={mother}").main


def test_a_child_on_record_cannot_be_put_in_by_hand(browse: Browse, session: Session, child: PersonId) -> None:
    begin(browse)
    answer(browse, "children/1", CHILD | {"on_record": str(child)})
    data = CHILD | {"on_record": str(child), "csrf_token": browse._token()}
    browse.raw("POST", f"{QUESTIONS}/children/1/typed", data=data, headers={"If-Match": '"1"'})
    assert "on record" not in browse.get(f"{QUESTIONS}/children").main
