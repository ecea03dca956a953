"""Who looked, as the data-protection lead reads it."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.accounts.queries import trail as trail_queries
from locality.audit import log as audit
from locality.audit import trail
from locality.audit.models import AuditEvent
from locality.kernel.actor import Role
from locality.kernel.ids import encode_reference
from tests.factories.accounts import an_account, an_actor
from tests.support.database import OpenUnit
from tests.support.web import Browse

LEAH = uuid.UUID("1ea00000-0000-4000-8000-000000000001")
TOM = uuid.UUID("70000000-0000-4000-8000-000000000001")
REFERENCES = {LEAH: encode_reference("PE", 1), TOM: encode_reference("PE", 2)}
CAPTION = "Events, newest first"


class KnownSubjects:
    """Two people with references."""

    def find(self, session: Session, reference: str) -> uuid.UUID | None:
        return next((person for person, known in REFERENCES.items() if known == reference), None)

    def called(self, session: Session, typed: str) -> Sequence[trail_queries.Called]:
        names = {"leah": (LEAH,), "twin": (LEAH, TOM)}
        return [
            trail_queries.Called(person, REFERENCES[person], f"child, born {2010 + place}")
            for place, person in enumerate(names.get(typed.lower(), ()))
        ]

    def references(self, session: Session, people: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, str]:
        return {person: REFERENCES[person] for person in people if person in REFERENCES}


@pytest.fixture(autouse=True)
def _known_subjects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail_queries, "_LENT", [KnownSubjects()])


@pytest.fixture
def lead(session: Session, browse: Browse, clock: dt.datetime) -> Account:
    account = an_account(session, name="Dana Protect", email="dana@example.org", roles=[Role.DATA_PROTECTION])
    browse.sign_in(account)
    return account


@pytest.fixture
def worker(session: Session) -> Account:
    return an_account(session, name="Tom Baker", email="tom@example.org")


@pytest.fixture
def looked(uow: OpenUnit, worker: Account) -> None:
    with uow(an_actor(worker)) as unit:
        audit.record(unit, "page.people.person", subjects=[LEAH])
        audit.record(unit, "stage_move.proposed", subjects=[TOM])
        audit.record(unit, "contact.received", subjects=[LEAH, TOM, uuid.UUID(int=3), uuid.UUID(int=4)])


def what(browse: Browse, query: str = "") -> list[str]:
    page = browse.get(f"/audit{query}", most_queries=8)
    return [row["What"] for row in page.table(CAPTION)]


@pytest.mark.usefixtures("lead", "looked")
def test_every_event_says_who_what_and_about_whom(browse: Browse) -> None:
    rows = browse.get("/audit", most_queries=8).table(CAPTION)
    assert [(row["Who"], row["What"], row["About"]) for row in rows] == [
        ("Tom Baker", "Contact received", f"{REFERENCES[LEAH]}, {REFERENCES[TOM]} and 2 more people"),
        ("Tom Baker", "Proposed a move to another stage", REFERENCES[TOM]),
        ("Tom Baker", "Looked at the record", REFERENCES[LEAH]),
    ]


@pytest.mark.usefixtures("lead", "looked")
def test_the_trail_is_narrowed_to_a_person(browse: Browse) -> None:
    assert what(browse, f"?reference={REFERENCES[TOM].lower().replace('-', '')}") == [
        "Contact received",
        "Proposed a move to another stage",
    ]


@pytest.mark.usefixtures("looked")
def test_the_trail_is_narrowed_to_who_looked(browse: Browse, lead: Account, worker: Account) -> None:
    for query in ("?who=Tom Baker", "?who=tom@EXAMPLE.org", f"?account={worker.id}"):
        assert len(what(browse, query)) == 3
    assert set(what(browse, "?who=Dana Protect")) == {"Looked at the list of who looked"}


@pytest.mark.usefixtures("lead", "looked")
def test_a_line_leads_to_others_of_its_kind(browse: Browse) -> None:
    page = browse.get(f"/audit?reference={REFERENCES[TOM]}")
    narrowed = browse.get(page.links["Contact received"])
    assert [row["What"] for row in narrowed.table(CAPTION)] == ["Contact received"]
    assert "Only: Contact received." in narrowed.main
    assert len(browse.get(narrowed.links["Show all actions"]).table(CAPTION)) >= 2


@pytest.mark.usefixtures("lead", "looked")
def test_the_trail_is_narrowed_to_days(browse: Browse) -> None:
    day = "from_on-day=1&from_on-month=1&from_on-year=2000&until_on-day=2&until_on-month=1&until_on-year=2000"
    assert what(browse, f"?{day}") == []
    assert len(what(browse, "?from_on-day=1&from_on-month=1&from_on-year=2000")) == 4


@pytest.mark.usefixtures("lead")
def test_the_trail_is_paged_by_its_own_numbers(browse: Browse, uow: OpenUnit, worker: Account) -> None:
    with uow(an_actor(worker)) as unit:
        for number in range(60):
            audit.record(unit, f"counted.{number}")
    first = browse.get(f"/audit?account={worker.id}")
    assert len(first.table(CAPTION)) == 50
    second = browse.get(first.links["Earlier events"])
    assert [row["What"] for row in second.table(CAPTION)][-1] == "Counted 0"
    assert "Earlier events" not in second.links


@pytest.mark.usefixtures("looked")
def test_looking_at_the_trail_is_on_record(browse: Browse, session: Session, lead: Account) -> None:
    browse.get(f"/audit?reference={REFERENCES[LEAH]}")
    event = session.execute(select(AuditEvent).where(AuditEvent.action == "audit.searched")).scalar_one()
    assert (event.actor_id, event.subjects) == (lead.id, [LEAH])


@pytest.mark.usefixtures("lead")
def test_a_change_of_an_account_says_whose(browse: Browse, uow: OpenUnit, worker: Account) -> None:
    with uow() as unit:
        audit.record(unit, "account.role_given", record=("account", worker.id))
    (row,) = browse.get("/audit?action=account.role_given").table(CAPTION)
    assert (row["Who"], row["What"], row["About"]) == ("Locality", "Gave a role", "Tom Baker")


@pytest.mark.usefixtures("lead")
@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        pytest.param({"reference": "PE-0000"}, "reference", "Nobody on record has this name", id="half a reference"),
        pytest.param({"reference": encode_reference("PE", 999)}, "reference", "Nobody on record", id="nobody's"),
        pytest.param({"reference": "P\x00"}, "reference", "Remove the unusual", id="a NUL"),
        pytest.param({"who": "Nobody At All"}, "who", "Nobody has an account with this", id="nobody"),
        pytest.param({"who": "x" * 300}, "who", "Who looked must be 254 characters", id="an endless name"),
        pytest.param({"from_on-day": "31", "from_on-month": "4", "from_on-year": "2026"}, "from_on",
                     "From must be a real date", id="31 April"),
        pytest.param({"from_on-day": "2", "from_on-month": "4", "from_on-year": "2026",
                      "until_on-day": "1", "until_on-month": "4", "until_on-year": "2026"}, "until_on",
                     "To must be the same day as From or later", id="backwards"),
    ],
)  # fmt: skip
def test_a_filter_that_names_nothing_is_refused_beside_its_field(
    browse: Browse, query: dict[str, str], field: str, message: str
) -> None:
    answer = browse._request("GET", "/audit", query_string=query)
    page = browse._read(answer, "/audit", 422)
    assert page.error_beside(field).startswith(message)


@pytest.mark.usefixtures("lead")
def test_a_name_that_two_people_have_asks_for_the_address(browse: Browse, session: Session) -> None:
    for _ in range(2):
        an_account(session, name="Jo Smith")
    page = browse.get("/audit?who=Jo Smith", status=422)
    assert page.error_beside("who") == "More than one person has this name. Enter an email address instead"


@pytest.mark.usefixtures("lead")
@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=99999999999999999999", "account=x", "action=%00", "action=" + "a" * 5000]
)
def test_a_meddled_address_still_gets_a_page(browse: Browse, query: str) -> None:
    browse.get(f"/audit?{query}")


@pytest.mark.usefixtures("lead", "looked")
def test_an_untouched_chain_is_found_whole(browse: Browse, session: Session) -> None:
    page = browse.post("/audit/verify", status=200)
    assert page.heading == "The audit trail is whole"
    assert "audit.verified" in session.scalars(select(AuditEvent.action)).all()


@pytest.mark.usefixtures("lead")
def test_a_chain_that_was_touched_says_what_to_do(browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = trail.Verdict(9, 4, "Event 4 does not fit the chain.")
    monkeypatch.setattr(trail, "verify", lambda _session: verdict)
    page = browse.post("/audit/verify", status=200)
    assert page.heading == "The audit trail has been changed"
    assert "Event 4 does not fit the chain." in page.main


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DATA_PROTECTION])
def test_nobody_else_reads_the_trail(browse: Browse, session: Session, role: Role) -> None:
    browse.sign_in(an_account(session, roles=[role]))
    browse.get("/audit", status=403)
    browse.post("/audit/verify", status=403)


@pytest.mark.usefixtures("looked")
def test_a_name_that_one_person_has_shows_what_is_about_them(browse: Browse, lead: Account, session: Session) -> None:
    assert what(browse, "?reference=Leah") == ["Contact received", "Looked at the record"]
    asked = select(AuditEvent.subjects).where(AuditEvent.action == "audit.name_asked", AuditEvent.actor_id == lead.id)
    assert session.scalars(asked).all() == [[LEAH]]


@pytest.mark.usefixtures("lead", "looked")
def test_a_name_that_several_have_asks_whom_and_shows_nothing_yet(browse: Browse) -> None:
    page = browse.get("/audit?reference=twin")
    assert "Whom do you mean?" in page.main
    assert "child, born 2010" in page.main
    assert "Contact received" not in page.main
    chosen = browse.get(page.links[REFERENCES[TOM]])
    assert [row["What"] for row in chosen.table(CAPTION)] == [
        "Looked up a name in the list of who looked",
        "Contact received",
        "Proposed a move to another stage",
    ]


@pytest.mark.usefixtures("lead")
def test_a_look_says_why_it_was_possible_and_a_search_how_many_it_found(
    browse: Browse, uow: OpenUnit, worker: Account
) -> None:
    with uow(an_actor(worker)) as unit:
        audit.record_read(
            unit.session, unit.actor, "page.people.person", subjects=[LEAH], part="story", reason="lead_professional"
        )
        audit.record_read(unit.session, unit.actor, "people.searched", subjects=[LEAH, TOM])
        audit.record_read(unit.session, unit.actor, "page.people.person", reason="people:view", outcome="refused")
    rows = browse.get(f"/audit?account={worker.id}").table(CAPTION)
    assert [(row["What"], row["Why they could"]) for row in rows] == [
        ("Looked at the record", "They had no reason that lets them in"),
        ("Searched: 2 people found", ""),
        ("Looked at their story", "Lead professional"),
    ]
