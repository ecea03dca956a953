"""A service that nobody works in any more: who manages its area reads it, the rules that name it say so."""

import datetime as dt

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from locality.accounts.models import RoleAssignment
from locality.kernel.actor import Role
from locality.kernel.ids import new_id
from locality.referrals import jobs
from locality.referrals.models import RuleSet, Service
from locality.referrals.rules.conditions import Asked, Rule, Sends, to_store
from tests.factories.accounts import an_account
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, fill, settled

LEFT = "Nobody works here any more"


@pytest.mark.usefixtures("referral")
def test_the_manager_and_the_live_rules_say_that_nobody_works_in_a_service(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast
) -> None:
    grace = an_account(session, name="Grace Lin", roles=[Role.MANAGER])
    ada = an_account(session, name="Ada Okafor", roles=[Role.ADMINISTRATOR])
    rule = Rule(
        id=new_id(), order=10, name="Attendance", when={Asked.NEED: frozenset({"ATTENDANCE"})}, sends=Sends.SERVICE,
        to=cast.service_id,
    )  # fmt: skip
    first = {column.name: getattr(session.get_one(RuleSet, 1), column.name) for column in RuleSet.__table__.columns}
    from_now = {"version": 2, "rules": {**first["rules"], "ordered": [to_store(rule)]}, "live_from": grace.created_at}
    session.execute(insert(RuleSet).values(first | from_now))
    signed_in = settled(browse, grace)
    for path in ("/referrals", "/to-do"):
        assert LEFT not in signed_in.get(path).text
    assert "closed to new referrals" not in signed_in.get("/admin/routing-rules/2").text
    at_service = update(RoleAssignment).where(RoleAssignment.scope_id == cast.service_id)
    session.execute(at_service.values(ended_at=grace.created_at))
    with uow() as unit:
        jobs.pass_on(unit)
    for path in ("/referrals", "/to-do"):
        page = signed_in.get(path, most_queries=8)
        assert LEFT in page.text
        assert "Family support" in page.text
        assert "None. Closes on 5 March 2026" in page.text
    at_page = signed_in.get(f"/services/{cast.service_id}").text
    assert "Nobody works here now, so it gets no new referrals. It closes on 5 March 2026 unless" in at_page
    its = update(Service).where(Service.id == cast.service_id)
    for closes_on, opens_on, words in (
        (dt.date(2026, 3, 3), None, "Closed since 3 March 2026"),
        (None, dt.date(2026, 3, 4), "Not open yet"),
        (dt.date(2026, 3, 5), None, "None. Closes on 5 March 2026"),
    ):
        session.execute(its.values(closes_on=closes_on, opens_on=opens_on))
        assert words in signed_in.get("/referrals").text
    assert "It names Family support, which is closed to new referrals" in signed_in.get("/admin/routing-rules/2").text
    assert "rehearsed once they are put right" not in signed_in.get("/admin/routing-rules/2").text
    browse.sign_in(ada)
    refused = fill(browse, f"/admin/services/{cast.service_id}/open", {"why": "They are back"}, status=422)
    assert "Nobody works in this service. Give somebody the role of service worker there first" in refused.text
    browse.sign_in(cast.lead)
    assert LEFT not in browse.get("/to-do").text
