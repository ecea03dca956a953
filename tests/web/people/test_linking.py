"""The pages of links: side by side, three decisions, the joined record, undoing; and for whom they are."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import FRONT_DOOR, GrantReason
from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.kernel.ids import PersonId, new_id
from locality.people import api as people
from locality.people.operations.linking import NewDecision, decide_link
from locality.people.rules.linking import LinkKind
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_grant, a_line, a_person, a_unit, an_address, settle
from tests.support.layers import layer
from tests.support.pages import Page
from tests.support.web import Browse

DECISIONS = "Decisions about records"


@pytest.fixture
def officer(session: Session, browse: Browse) -> Account:
    """A front-door officer, signed in."""
    account = an_account(session, roles=[Role.SPOC_OFFICER])
    browse.sign_in(account)
    return account


@layer
def pair(session: Session) -> tuple[PersonId, PersonId]:
    """One girl on record twice: her surname is her mother's, then her father's."""
    one = a_person(session, nhs_number="9990000018")
    other = a_person(session, family_name="Okafor", previous_names=["Adeyemi"])
    settle(session)
    return one, other


def reference(session: Session, person: PersonId) -> str:
    """How people call the record."""
    return people.summaries(session, [person])[person].reference


def decide(browse: Browse, pair: tuple[PersonId, PersonId], kind: str, **data: str) -> Page:
    """Open the comparison, say why and press a button."""
    page = browse.get(f"/people/{pair[0]}/same/{pair[1]}")
    return browse.send(page, {"reason": "The mother says so", "kind": kind, **data}, form=-1)


def link(session: Session, *pair: PersonId) -> None:
    """Link two records."""
    new = NewDecision(id=new_id(), one_id=pair[0], other_id=pair[1], kind=LinkKind.SAME_PERSON, reason="Same girl")
    decide_link(a_unit(session), new)
    settle(session)


def test_two_records_stand_side_by_side_with_what_agrees_differs_and_is_missing(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId], session: Session
) -> None:
    page = browse.get(f"/people/{pair[0]}/same/{pair[1]}", most_queries=8)
    rows = {row["Fact"]: row for row in page.table("The two records")}
    assert rows["First name"]["How they compare"] == "Agrees"
    assert rows["First name"]["What that says"] == "Speaks for it a lot"
    assert rows["Surname"]["How they compare"] == "Agrees: same surname as before"
    assert rows["NHS number"]["How they compare"] == "Missing"
    assert rows["NHS number"][reference(session, pair[1])] == "Not recorded"


def test_a_link_joins_the_pages_and_undoing_it_parts_them(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId], session: Session
) -> None:
    one, other = pair
    answer = decide(browse, pair, "same_person")
    assert answer.location == f"/people/{one}/people"
    page = browse.follow(answer)
    assert f"Also recorded as {reference(session, other)}" in page.text
    (row,) = page.table(DECISIONS)
    assert "Same person" in row["Decision"]
    assert "The mother says so" in row["Who and why"]
    joined = browse.get(f"/people/{one}/details", most_queries=8)
    said = {row["Fact"]: row for row in joined.table("What each record says")}
    assert said["Surname"] == {
        "Fact": "Surname",
        reference(session, one): "Adeyemi",
        reference(session, other): "Okafor",
        "Together": "Differs",
    }
    undo = browse.get(page.links[f"Undo the decision about {row_references(row)}"], most_queries=8)
    done = browse.send(undo, {"reason": "Two cousins of one name"})
    listed = browse.follow(done)
    assert "Two cousins of one name" in listed.table(DECISIONS)[0]["Who and why"]
    assert "Also recorded as" not in browse.get(f"/people/{one}/details").text


def row_references(row: dict[str, str]) -> str:
    """The two references of a row, as its link names them."""
    return " and ".join(re.findall(r"PE-\w{4}-\w{3}", row["Records"]))


def test_the_page_of_a_linked_record_is_that_of_the_one_that_leads(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId], session: Session
) -> None:
    one, other = pair
    link(session, one, other)
    answer = browse.get(f"/people/{other}/details", status=302)
    assert answer.location == f"/people/{one}/details"
    own = browse.get(f"/people/{other}/details?record=own")
    assert own.row("Name") == "Leah Okafor"
    assert "the leading record" in own.text


def test_the_story_of_both_is_one_story(browse: Browse, pair: tuple[PersonId, PersonId], session: Session) -> None:
    worker = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(worker), pair[0])
    a_line(session, pair[1], line="Review of the other record")
    an_address(session, pair[1], line="12 Sample Street")
    link(session, *pair)
    browse.sign_in(worker)
    assert "Review of the other record" in browse.get(f"/people/{pair[0]}", most_queries=8).main
    where = browse.get(f"/people/{pair[0]}/whereabouts", most_queries=8)
    assert where.table("Addresses")[0]["Address"].startswith("12 Sample Street")


def test_what_is_recorded_on_the_joined_page_is_the_leading_records(
    browse: Browse, pair: tuple[PersonId, PersonId], session: Session
) -> None:
    worker = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    a_grant(session, an_actor(worker), pair[1])
    link(session, *pair)
    browse.sign_in(worker)
    joined = browse.follow(browse.get(f"/people/{pair[1]}/whereabouts", status=302))
    form = browse.get(joined.links["Add a number or email address"])
    browse.send(form, {"kind": "mobile", "value": "01632 960 001"})
    owner = session.execute(text("SELECT person_id FROM contact_point")).scalar_one()
    assert owner == pair[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"reason": ""}, "Say why"),
        ({"reason": " \n "}, "Say why"),
        ({"reason": "x" * 1001}, "The reason must be 1,000 characters or fewer"),
        ({"reason": "Nul \0 byte"}, "Remove the unusual characters"),
        ({"kind": "merge"}, "Press one of the three buttons"),
        ({"kind": ""}, "Press one of the three buttons"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId], data: dict[str, str], message: str
) -> None:
    page = browse.get(f"/people/{pair[0]}/same/{pair[1]}")
    refused = browse.send(
        page, {"reason": "Because O’Neill said so 🙂", "kind": "not_same", **data}, form=-1, status=422
    )
    assert message in refused.text


def test_traced_numbers_that_differ_are_warned_of_and_need_a_tick(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId], session: Session
) -> None:
    session.execute(text("UPDATE person SET nhs_number = '9990000026' WHERE id = :p"), {"p": pair[1]})
    session.execute(text("UPDATE person SET nhs_status = 'PRESENT_TRACED'"))
    page = browse.get(f"/people/{pair[0]}/same/{pair[1]}")
    assert "Both NHS numbers were traced and they differ" in page.main
    data = {"reason": "Typed wrongly at the desk", "kind": "same_person"}
    refused = browse.send(page, data, form=-1, status=422)
    assert "Tick that you have checked" in refused.text
    assert "Typed wrongly at the desk" in refused.html
    assert browse.send(refused, data | {"despite_numbers": "y"}, form=-1).location


def test_a_decision_that_stands_is_shown_instead_of_the_buttons(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId]
) -> None:
    decide(browse, pair, "not_same")
    page = browse.get(f"/people/{pair[1]}/same/{pair[0]}")
    assert "Undo the decision first" in page.main
    assert "Not the same person" in page.table("Decided before")[0]["Decision"]
    stale = browse.post(
        f"/people/{pair[0]}/same/{pair[1]}",
        {"form_id": str(new_id()), "reason": "x", "kind": "same_person"},
        status=422,
    )
    assert "not to be the same person" in stale.text


def test_who_was_told_apart_is_not_offered_again(officer: Account, browse: Browse, session: Session) -> None:
    one, other = a_person(session), a_person(session)
    settle(session)
    page = browse.get(f"/people/{one}/same", most_queries=8)
    assert reference(session, other) in page.main
    assert reference(session, one) not in page.main
    decide(browse, (one, other), "not_same")
    assert "Nobody on record looks like the same person" in browse.get(f"/people/{one}/same").main


@pytest.mark.parametrize("typed", ["", "nonsense", "PE-0000-000", "\0", "x" * 300, "\u202ePE-7K3M-42P"])
def test_another_record_is_compared_by_its_reference(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId], session: Session, typed: str
) -> None:
    page = browse.get(f"/people/{pair[0]}/same")
    browse.send(page, {"reference": typed}, form=-1, status=422)
    browse.send(page, {"reference": reference(session, pair[0])}, form=-1, status=422)
    answer = browse.send(page, {"reference": reference(session, pair[1]).lower()}, form=-1)
    assert answer.location == f"/people/{pair[0]}/same/{pair[1]}"


def test_what_was_recorded_meanwhile_is_ticked_to_the_other(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId], session: Session
) -> None:
    link(session, *pair)
    grants.give(a_unit(session), pair, principal=FRONT_DOOR, reason=GrantReason.FRONT_DOOR, record=new_id())
    a_line(session, pair[0], line="Seen at the clinic")
    settle(session)
    page = browse.get(browse.get("/links").links[undo_words(session, pair)], most_queries=8)
    assert "Seen at the clinic" in page.main
    key = re.search(r'value="(story:[^"]+)"', page.html)
    assert key
    browse.send(page, {"reason": "Two girls", "returned": key[1]}, form=-1)
    owner = session.execute(text("SELECT person_id FROM chronology_entry WHERE line = 'Seen at the clinic'"))
    assert owner.scalar_one() == pair[1]


def undo_words(session: Session, pair: tuple[PersonId, PersonId]) -> str:
    """The link that undoes the decision about a pair."""
    one, other = (reference(session, person) for person in sorted(pair))
    return f"Undo the decision about {one} and {other}"


@pytest.mark.parametrize("sent", ["story:nonsense", "address:00000000-0000-4000-8000-000000000000", "story"])
def test_what_was_not_offered_is_not_given(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId], session: Session, sent: str
) -> None:
    link(session, *pair)
    page = browse.get(browse.get("/links").links[undo_words(session, pair)])
    refused = browse.send(page, {"reason": "Two girls", "returned": sent}, form=-1, status=422)
    assert "from those shown" in refused.text


def test_undoing_twice_says_who_was_first(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId], session: Session
) -> None:
    link(session, *pair)
    page = browse.get(browse.get("/links").links[undo_words(session, pair)])
    browse.send(page, {"reason": "Two girls"}, form=-1)
    again = browse.send(page, {"reason": "Two girls"}, form=-1, status=422)
    assert "has undone this decision already" in again.text
    assert "undid it on" in again.main


def test_the_data_protection_lead_sees_references_and_no_names(
    browse: Browse, pair: tuple[PersonId, PersonId], session: Session
) -> None:
    link(session, *pair)
    browse.sign_in(an_account(session, roles=[Role.DATA_PROTECTION]))
    page = browse.get("/links", most_queries=8)
    assert reference(session, pair[0]) in page.main
    assert "Adeyemi" not in page.html
    undo = browse.get(page.links[undo_words(session, pair)])
    assert "Adeyemi" not in undo.html
    browse.send(undo, {"reason": "The family complained"}, form=-1)
    browse.get(f"/people/{pair[0]}/same/{pair[1]}", status=404)


@pytest.mark.parametrize("role", [Role.LEAD_PROFESSIONAL, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR])
def test_nobody_else_decides_or_undoes(
    browse: Browse, pair: tuple[PersonId, PersonId], session: Session, role: Role
) -> None:
    link(session, *pair)
    account = an_account(session, roles=[role])
    a_grant(session, an_actor(account), *pair)
    decision = session.execute(text("SELECT id FROM link_decision")).scalar_one()
    browse.sign_in(account)
    for path, refusals in (
        (f"/people/{pair[0]}/same", {403}),
        (f"/people/{pair[0]}/same/{pair[1]}", {403}),
        (f"/links/{decision}/undo", {403}),
        ("/links", {403}),
    ):
        for method in ("GET", "POST") if path != "/links" else ("GET",):
            assert browse.raw(method, path).status_code in refusals | ({400} if method == "POST" else set()), path
    assert "Undo" not in browse.get(f"/people/{pair[0]}/people").main


@pytest.mark.parametrize("path", ["/people/{one}/same/{one}", "/people/{one}/same/{none}", "/links/{none}/undo"])
def test_what_is_not_there_is_not_found(
    officer: Account, browse: Browse, pair: tuple[PersonId, PersonId], path: str
) -> None:
    browse.get(path.format(one=pair[0], none=new_id()), status=404)
