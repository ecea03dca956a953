"""Nothing that a person types into a form is lost, and nobody reads it but its owner and whoever stands in."""

import functools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason, management_of
from locality.accounts.models import Account, SignedInSession
from locality.audit.models import AuditEvent
from locality.clusters.models import Cluster
from locality.drafts.models import Draft, DraftField
from locality.drafts.operations import forget_old
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import PersonId, new_id
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster
from tests.factories.stages import a_placed_child
from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse

HOSTILE = ["\x00", "a\ud800b", "\u202eevil", "' OR 1=1 --", "<script>alert(1)</script>", "💥" * 3_000, "O’Brien-Ní Ḃ"]


@pytest.fixture
def cluster(session: Session) -> Cluster:
    return a_cluster(session)


@pytest.fixture
def lead(session: Session) -> Account:
    return an_account(session, name="Sam Okafor", roles=[Role.LEAD_PROFESSIONAL])


@pytest.fixture
def supervisor(session: Session, cluster: Cluster) -> Account:
    return an_account(session, name="Amira Khan", roles=[Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, cluster.id)])


@pytest.fixture
def child(uow: OpenUnit, cluster: Cluster, lead: Account) -> PersonId:
    with uow() as unit:
        child = a_placed_child(unit, cluster, stage=3)
        grants.give(unit, [child], principal=lead.id, reason=GrantReason.LEAD_PROFESSIONAL, record=new_id())
        grants.give(unit, [child], principal=management_of(cluster.id), reason=GrantReason.SUPERVISOR, record=new_id())
    return child


@pytest.fixture
def writer(browse: Browse, lead: Account, child: PersonId, clock: object) -> Browse:
    browse.sign_in(lead)
    return browse


def path_of(child: PersonId) -> str:
    return f"/people/{child}/stages/move"


def token(page: Page) -> str:
    return str(page.form()["draft_token"])


def typing(browse: Browse, page: Page, status: int = 200, **fields: Any) -> dict[str, Any]:
    """What the script sends while somebody types: ``field=("text", version seen)``."""
    told = {name: {"texts": [text], "version": version} for name, (text, version) in fields.items()}
    answer = browse.raw("POST", "/drafts/keep", json={"token": token(page), "fields": told})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return dict(json.loads(answer.get_data()))


def count_drafts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Draft)) or 0


def test_what_was_typed_is_there_again_after_signing_out_and_in(writer: Browse, child: PersonId, lead: Account) -> None:
    page = writer.get(path_of(child))
    typing(writer, page, evidence=("She settles with her aunt.", 0))
    writer.sign_out()
    writer.sign_in(lead)
    writer.get(path_of(child))  # the first page of a session stores its form token
    again = writer.get(path_of(child), most_queries=8)
    assert "What you typed on 3 March 2026, 10:00am is still here" in again.text
    assert "She settles with her aunt." in again.html


def test_two_windows_do_not_overwrite_each_other(writer: Browse, child: PersonId) -> None:
    first, second = writer.get(path_of(child)), writer.get(path_of(child))
    assert typing(writer, first, evidence=("Mine", 0))["saved"] == {"evidence": 1}
    overtaken = typing(writer, second, 409, evidence=("Other", 0), contingency=("Ring the school", 0))
    assert overtaken["newer"] == {"evidence": {"version": 1, "texts": ["Mine"]}}
    assert overtaken["saved"] == {"contingency": 1}
    assert typing(writer, second, evidence=("Both", 1))["saved"] == {"evidence": 2}


def test_somebody_whose_session_is_over_keeps_their_words_and_sees_none(
    writer: Browse, child: PersonId, lead: Account
) -> None:
    page = writer.get(path_of(child))
    typing(writer, page, evidence=("Mine", 0))
    writer.sign_out()
    answer = typing(writer, page, 409, evidence=("Newer", 0), contingency=("Ring", 0))
    assert answer["signed_in"] is False
    assert answer["newer"]["evidence"]["texts"] == []
    writer.sign_in(lead)
    assert "Ring" in writer.get(path_of(child)).html


def test_a_form_sent_after_the_session_ended_is_kept_for_its_owner(
    writer: Browse, child: PersonId, lead: Account, session: Session
) -> None:
    page = writer.get(path_of(child))
    session.execute(update(SignedInSession).values(expires_at=func.now() - func.make_interval(0, 0, 0, 900)))
    sent = {**page.form(), "evidence": "A whole page of it."}
    answer = writer.raw("POST", path_of(child), data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, path_of(child))
    writer.sign_in(lead)
    assert "A whole page of it." in writer.get(path_of(child)).html


def test_a_refused_form_is_kept_without_a_script_and_an_accepted_one_is_dropped(
    browse: Browse, session: Session, clock: object
) -> None:
    browse.sign_in(an_account(session, roles=[Role.SPOC_OFFICER]))
    sent = browse.get("/contacts/new").form() | {"what_said": "A long story"}
    refused = browse.post("/contacts/new", sent, status=422)
    assert "A long story" in refused.html
    again = browse.get("/contacts/new")
    assert "A long story" in again.html
    assert count_drafts(session) == 1
    told = {"source": "2A", "given_name": "Tom", "family_name": "Quillfeather"}
    browse.post(
        "/contacts/new", again.form() | told | {"born_on-day": "9", "born_on-month": "8", "born_on-year": "2016"}
    )
    assert count_drafts(session) == 0
    assert "A long story" not in browse.get("/contacts/new").html


def test_discarding_shows_the_page_as_it_was(writer: Browse, child: PersonId, session: Session) -> None:
    typing(writer, writer.get(path_of(child)), evidence=("No longer", 0))
    restored = writer.get(path_of(child))
    plain = writer.follow(writer.send(restored, form="/drafts/discard"))  # type: ignore[arg-type]
    assert "No longer" not in plain.html
    assert session.scalar(select(func.count()).select_from(DraftField)) == 0


def test_a_supervisor_finds_a_colleagues_draft_reads_it_on_record_and_carries_on(
    writer: Browse, child: PersonId, supervisor: Account, session: Session
) -> None:
    typing(writer, writer.get(path_of(child)), evidence=("She settles.", 0))
    writer.sign_in(supervisor)
    page = writer.get(path_of(child))
    assert "Sam Okafor has not sent this page. Last typed 3 March 2026, 10:00am." in page.text
    read = writer.get(page.links["Read it (by Sam Okafor)"], most_queries=8)
    assert "She settles." in read.main
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "page.drafts.read")).one()
    assert (event.record_kind, event.subjects) == ("draft", [child])
    own = writer.follow(writer.send(read))
    assert "She settles." in own.html
    assert count_drafts(session) == 2


def test_nobody_else_finds_a_draft(writer: Browse, child: PersonId, session: Session, uow: OpenUnit) -> None:
    typing(writer, writer.get(path_of(child)), evidence=("She settles.", 0))
    draft_id = session.scalars(select(Draft.id)).one()
    other = an_account(session, name="Jo Bloggs", roles=[Role.LEAD_PROFESSIONAL])
    with uow() as unit:
        grants.give(unit, [child], principal=other.id, reason=GrantReason.LEAD_PROFESSIONAL, record=new_id())
    writer.sign_in(other)
    assert "has not sent" not in writer.get(path_of(child)).text
    writer.get(f"/drafts/{draft_id}", status=404)
    with uow(an_actor(other, Role.LEAD_PROFESSIONAL)) as unit:
        assert unit.session.scalars(select(DraftField.texts)).all() == []
        assert unit.session.execute(update(Draft).values(owner_name="x")).rowcount == 0


def test_a_token_of_another_account_saves_nothing(writer: Browse, child: PersonId, supervisor: Account) -> None:
    page = writer.get(path_of(child))
    writer.sign_in(supervisor)
    typing(writer, page, 403, evidence=("Hers", 0))


def test_front_door_officers_find_each_others_contacts(browse: Browse, session: Session, clock: object) -> None:
    first, second = (an_account(session, name=name, roles=[Role.SPOC_OFFICER]) for name in ("Sam", "Jo"))
    browse.sign_in(first)
    page = browse.get("/contacts/new")
    typing(browse, page, what_said=("He has stopped coming.", 0))
    browse.sign_in(second)
    notice = browse.get("/contacts/new")
    assert "Sam has not sent this page" in notice.text
    assert "He has stopped coming." in browse.get(notice.links["Read it (by Sam)"]).main


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_and_shown_as_text(writer: Browse, child: PersonId, text: str) -> None:
    typing(writer, writer.get(path_of(child)), evidence=(text, 0))
    assert "<script>alert" not in writer.get(path_of(child)).html


@pytest.mark.parametrize(
    "body", [None, [], "x", {"token": 1}, {"token": "x", "fields": []}, {"fields": {"a": 1, "b": {"texts": 3}}}]
)
def test_nonsense_is_refused_in_peace(writer: Browse, body: Any) -> None:
    assert writer.raw("POST", "/drafts/keep", json=body).status_code == 403


def test_drafts_that_nobody_touches_are_forgotten(writer: Browse, child: PersonId, uow: OpenUnit) -> None:
    typing(writer, writer.get(path_of(child)), evidence=("Old", 0))
    with uow() as unit:
        assert forget_old(unit, days=1) == 0
        assert forget_old(unit, days=0) == 0
        unit.session.execute(update(Draft).values(typed_at=func.now() - func.make_interval(0, 0, 0, 9000)))
        assert forget_old(unit, days=30) == 1


@pytest.fixture
def broken(app: Flask) -> Iterator[None]:
    """Moving a child fails, after the form was read; the page of the failure is shown as in service."""
    endpoint, app.testing = "stages.propose", False
    works = app.view_functions[endpoint]

    @functools.wraps(works)
    def fail(**arguments: Any) -> Any:
        if request.method == "POST":
            raise ZeroDivisionError
        return works(**arguments)

    app.view_functions[endpoint] = fail
    yield
    app.view_functions[endpoint], app.testing = works, True


@pytest.mark.usefixtures("broken")
def test_the_page_of_a_failure_says_truly_whether_what_was_typed_is_kept(
    writer: Browse, child: PersonId, session: Session
) -> None:
    page = writer.get(path_of(child))
    sent = writer.post(path_of(child), {**page.form(), "evidence": "Mornings are hard"}, status=500)
    assert "What you typed is kept: it is there when you open the page again." in sent.main
    assert "was not kept" not in sent.main
    assert count_drafts(session) == 1
    without = writer.post(path_of(child), {"evidence": "Mornings are hard"}, status=500)
    assert "What you sent last was not kept." in without.main
    assert "is kept" not in without.main
