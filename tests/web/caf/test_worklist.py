"""One list of what waits: the home shows its head, "To do" the whole, in one order."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.audit.models import AuditEvent
from locality.caf import api as caf
from locality.caf.models import CaseRole
from locality.kernel.actor import SYSTEM, Role, Scope, ScopeKind
from locality.kernel.db import bind_actor
from tests.factories.accounts import an_account
from tests.factories.caf import a_family, an_action, an_agreement, an_episode
from tests.support.database import OpenUnit
from tests.support.pages import Page, text_of
from tests.support.web import Browse
from tests.web.caf.conftest import Story

TODAY = dt.date(2026, 3, 3)
MOST = 8


def waits(page: Page) -> list[str]:
    """The lines of the list, in order."""
    return [text_of(line) for line in page.tree.css("main .app-next__link")]


def test_the_home_is_the_head_of_the_one_list_whatever_its_length(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    lead = CaseRole.kind == caf.CaseRoleKind.LEAD_PROFESSIONAL
    role = session.scalars(select(CaseRole.id).where(CaseRole.episode_id == story.episode_id, lead)).one()
    with uow(story.at_work.lead) as unit:
        for number in range(54):
            an_action(
                unit, story.episode_id, role_id=role, action=f"Ring number {number:02}",
                responsible=caf.Responsible.PROFESSIONAL, responsible_name="Amira Khan",
                due_on=TODAY + dt.timedelta(days=1 + number % 2 * 30 + number // 10),
            )  # fmt: skip
    browse.sign_in(story.at_work.lead_account)
    for path in ("/my-families", "/to-do"):
        browse.get(path)
    home = browse.get("/my-families", most_queries=MOST)
    todo = browse.get("/to-do", most_queries=MOST)
    assert len(waits(home)) == 3
    assert waits(home) == waits(todo)[:3]
    assert home.links["All 55 things that wait for you"] == "/to-do"
    headings = [text_of(heading) for heading in todo.tree.css("main h2")]
    assert headings == ["In the next 7 days", "Later"]
    assert "Your action for Leah: not started. So that: Leah sleeps through the night" in todo.main
    rest = browse.get("/to-do?page=2", most_queries=MOST)
    assert len(waits(todo)) == 50
    assert len({*waits(todo), *waits(rest)}) == 55
    assert "Page 2 of 2" in rest.main


def test_with_nothing_to_do_the_list_says_what_will_appear(browse: Browse, story: Story) -> None:
    browse.sign_in(story.at_work.colleague_account)
    assert "Nothing waits for you" in browse.get("/to-do").main


def test_a_family_without_a_lead_opens_from_the_list_once_it_shares_with_the_cluster(
    browse: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    cluster = story.at_work.cluster
    with uow() as unit:
        family = a_family(unit, names=("Mia",), family_name="Novák")
        there = f"/episodes/{an_episode(unit, family, cluster)}"
    works_here = Scope(Role.CLUSTER_MEMBER, ScopeKind.CLUSTER, cluster.id)
    browse.sign_in(an_account(session, name="Mel Ortiz", roles=[Role.LEAD_PROFESSIONAL, works_here]))
    browse.get(there, status=404)
    for path in ("/my-families", "/to-do"):
        page = browse.get(path, most_queries=MOST)
        assert "Nobody leads: EH-" in page.main
        assert there not in page.links.values()
    with uow() as unit:
        an_agreement(unit, family, cluster_team=True)
    for path in ("/my-families", "/to-do"):
        assert browse.get(path).links["Nobody leads: Novák family"] == there
    browse.get(there)
    bind_actor(session, SYSTEM)
    read = select(AuditEvent.action, AuditEvent.subjects).order_by(AuditEvent.seq)
    seen = [row.action for row in session.execute(read) if set(family.children) & set(row.subjects)]
    assert [action for action in seen if action in {"page.caf.my_families", "page.caf.to_do"}] == [
        "page.caf.my_families",
        "page.caf.to_do",
    ]
