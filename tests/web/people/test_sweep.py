"""An address that must not be disclosed: every role walks every page that links lead to, and it is on none of them.

Nor in answers to attacks, searches by its postcode, logs, the audit trail, or any table but its own. That the walk can
find it is shown by somebody who may see it.
"""

import io
import logging
from collections import Counter, deque
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from pypdf import PdfReader
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from locality.access.parts import GrantReason, Part
from locality.access.policy import READS
from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.kernel.ids import PersonId
from locality.people import api as people
from tests.factories import caf, referrals
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_grant, a_unit, settle
from tests.support.layers import layer
from tests.support.web import Browse

ROW, POSTCODE, NUMBER = "Zanzibarcanary Row", "SS1 1ZZ", "01632 960 987"
SECRETS = (ROW, "Zanzibarcanary", POSTCODE, POSTCODE.replace(" ", ""), NUMBER, NUMBER.replace(" ", ""), "Canaryhouse")
A_KIND = 2  # pages of one kind
IN_ALL = 90
NEVER = ("/sign-out", "/static/")

# What each role holds of the family; nothing for those who come to no case.
HELD: dict[Role, GrantReason | None] = {
    Role.SPOC_OFFICER: GrantReason.FRONT_DOOR,
    Role.LEAD_PROFESSIONAL: GrantReason.LEAD_PROFESSIONAL,
    Role.SERVICE_WORKER: GrantReason.RECEIVING_SERVICE,
    Role.CLUSTER_MEMBER: GrantReason.CLUSTER_AGREEMENT,
    Role.SUPERVISOR: GrantReason.TEAM_AROUND_CHILD,
    Role.MANAGER: GrantReason.MANAGEMENT,
    Role.DATA_PROTECTION: None,
    Role.ADMINISTRATOR: None,
}


@dataclass(frozen=True, slots=True)
class Hidden:
    """A family in the middle of help whose home must not be disclosed."""

    leah: PersonId
    mother: PersonId
    family: object
    lead: Account
    recorder: Account


@layer
def hidden(session: Session, browse: Browse) -> Hidden:
    """A contact, a referral, an episode with a CAF begun, and a supervisor who has just recorded the address."""
    unit = a_unit(session)
    at_work = caf.helpers(session)
    episode, family = caf.a_led_episode(unit, at_work)
    (leah,) = family.children
    caf.a_draft(unit, episode)
    referrals.a_contact(unit, leah)
    referrals.a_referral(unit, leah, routed=False)
    people.create_household(unit, name="Canaryhouse", members=[leah, family.mother])
    people.record_relationship(
        unit,
        people.NewRelationship(person_id=family.mother, kind=people.RelationKind.MOTHER, other_id=leah),
    )
    recorder = an_account(session, name="Sue Pervisor", roles=[Role.SUPERVISOR])
    a_grant(session, an_actor(recorder), leah, family.mother, reason=GrantReason.SUPERVISOR)
    settle(session)
    made = Hidden(leah, family.mother, family.id, at_work.lead_account, recorder)
    record(browse, made)
    return made


def record(browse: Browse, hidden: Hidden) -> None:
    """The supervisor writes down where the family lives and its number, both of which nobody may be told."""
    browse.sign_in(hidden.recorder)
    address = {"kind": "home", "line_1": f"9 {ROW}", "postcode": POSTCODE, "do_not_disclose": "y"}
    address["people"] = str(hidden.mother)
    browse.send(browse.get(f"/people/{hidden.leah}/addresses/new"), address)
    number = {"kind": "mobile", "value": NUMBER, "do_not_disclose": "y"}
    browse.send(browse.get(f"/people/{hidden.leah}/contact-points/new"), number)


def walk(app: Flask, browse: Browse, *starts: str) -> dict[str, str]:
    """Every page that links lead to from some, each kind a few times: its address and all that was answered."""
    routes = app.url_map.bind("localhost")
    waiting, seen, answers = deque(starts), Counter[str](), dict[str, str]()
    while waiting and len(answers) < IN_ALL:
        path = waiting.popleft()
        if path in answers or path.startswith(NEVER):
            continue
        try:
            endpoint, _values = routes.match(urlsplit(path).path, method="GET")
        except HTTPException:
            continue
        seen[endpoint] += 1
        if seen[endpoint] > A_KIND:
            continue
        answer = browse.raw("GET", path)
        body = words_of(answer)
        answers[path] = f"{answer.headers}\n{body}"
        if location := answer.headers.get("Location"):
            waiting.append(location)
        waiting.extend(link.attrs.sget("href") for link in LexborHTMLParser(body).css("a[href^='/']"))
    return answers


def words_of(answer: TestResponse) -> str:
    """What can be read in an answer: of a paper its pages, of a picture or a file of Word each byte."""
    if answer.mimetype == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    return answer.data.decode("utf-8" if answer.mimetype.startswith(("text/", "application/json")) else "latin-1")


def starts(hidden: Hidden) -> tuple[str, ...]:
    """Where a walk begins: the first page, and what only somebody who knows an id would ask for."""
    about = [f"/people/{one}" for one in (hidden.leah, hidden.mother)]
    tabs = ("", "/details", "/people", "/whereabouts", "/seen", "/why", "/who-can-see", "/edit", "/addresses/new",
            "/households/new", "/story", "/responsibility/new", "/relationships/new")  # fmt: skip
    searched = [f"/search?q={quote(words)}" for words in (POSTCODE, ROW, NUMBER, "SS1 1", "Adeyemi")]
    return ("/", f"/families/{hidden.family}", *(one + tab for tab in tabs for one in about), *searched, "/metrics")


def told(answers: dict[str, str]) -> list[tuple[str, str]]:
    """Which pages tell which secret, what somebody typed into the search box themselves apart."""
    return [
        (path, secret)
        for path, answer in answers.items()
        for secret in SECRETS
        if secret in answer and not (path.startswith("/search") and _only_typed(answer, secret))
    ]


def _only_typed(answer: str, secret: str) -> bool:
    """Whether a page of results gives back what was typed, and names nobody."""
    main = LexborHTMLParser(answer).css_first("main")
    return main is None or not main.css("a[href^='/people/']") or secret not in main.text()


@pytest.mark.parametrize("role", Role)
def test_a_hidden_address_is_nowhere_for(
    hidden: Hidden,
    app: Flask,
    browse: Browse,
    session: Session,
    caplog: pytest.LogCaptureFixture,
    role: Role,
) -> None:
    account = an_account(session, name="Carl Curious", roles=[role])
    reason = HELD[role]
    if reason is not None:
        assert Part.HIDDEN_WHEREABOUTS not in READS[reason]
        a_grant(session, an_actor(account), hidden.leah, hidden.mother, reason=reason)
    settle(session)
    browse.sign_in(account)
    caplog.set_level(logging.DEBUG)
    answers = walk(app, browse, *starts(hidden))
    answers |= attacks(browse, hidden)
    assert len(answers) > 10
    assert not told(answers)
    found = [record.getMessage() for record in caplog.records if any(one in str(vars(record)) for one in SECRETS)]
    assert not [line for line in found if "q=" not in line]


def test_the_lead_professional_who_leads_the_help_finds_it_nowhere(hidden: Hidden, app: Flask, browse: Browse) -> None:
    browse.sign_in(hidden.lead)
    answers = walk(app, browse, *starts(hidden))
    assert f"/people/{hidden.leah}/whereabouts" in answers
    assert not told(answers)


def test_the_walk_finds_it_for_somebody_who_may_see_it(
    hidden: Hidden, app: Flask, browse: Browse, session: Session
) -> None:
    supervisor = an_account(session, roles=[Role.SUPERVISOR])
    a_grant(session, an_actor(supervisor), hidden.leah, hidden.mother, reason=GrantReason.SUPERVISOR)
    settle(session)
    browse.sign_in(supervisor)
    found = {path for path, _secret in told(walk(app, browse, *starts(hidden)))}
    assert f"/people/{hidden.leah}/whereabouts" in found
    assert f"/people/{hidden.leah}/people" in found


def test_it_is_in_no_table_but_its_own_and_in_no_log(
    hidden: Hidden, browse: Browse, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    record(browse, hidden)
    tables = session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
    holding = {
        table
        for table in tables
        if session.execute(
            text(f'SELECT 1 FROM "{table}" AS t WHERE t::text LIKE ANY(:secrets) LIMIT 1'),
            {"secrets": [f"%{secret}%" for secret in SECRETS]},
        ).first()
    }
    assert "address" in holding
    assert holding <= {"address", "contact_point", "household", "postcode"}
    said = [record.getMessage() for record in caplog.records if record.name.startswith(("locality", "werkzeug"))]
    assert not [line for line in said if any(secret in line for secret in SECRETS)]


def attacks(browse: Browse, hidden: Hidden) -> dict[str, str]:
    """Answers to requests that no link makes: wrong methods, wrong ids, forms sent empty or with a stranger's id."""
    wrong = [
        ("POST", f"/people/{hidden.leah}/addresses/new"),
        ("POST", f"/people/{hidden.leah}/addresses/{hidden.leah}/end"),
        ("POST", f"/people/{hidden.leah}/addresses/{hidden.leah}/hide"),
        ("DELETE", f"/people/{hidden.leah}/whereabouts"),
        ("GET", f"/people/{hidden.leah}/whereabouts.json"),
        ("GET", f"/people/{hidden.leah}/households/{hidden.leah}/add"),
        ("GET", f"/people/{hidden.leah}?kind=%00&source={quote(ROW)}x"),
    ]
    answers = {}
    for method, path in wrong:
        answer = browse.raw(method, path, headers={"Accept": "application/json"})
        assert answer.status_code < 500
        answers[f"{method} {path}"] = "" if ROW in path or quote(ROW) in path else answer.get_data(as_text=True)
    return answers
