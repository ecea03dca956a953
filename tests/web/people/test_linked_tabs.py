"""The tabs of a record show what stands under every record of the same child."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from locality.access.parts import GrantReason
from locality.kernel.actor import Role
from locality.kernel.ids import new_id
from locality.people import api as people
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import a_cluster
from tests.factories.people import a_grant, a_person
from tests.factories.referrals import a_contact
from tests.factories.stages import a_placed_child
from tests.support.database import OpenUnit
from tests.support.web import Browse


@pytest.mark.parametrize("leads", [True, False])
def test_stages_and_contacts_of_a_linked_record_are_in_the_tabs(
    browse: Browse, session: Session, uow: OpenUnit, leads: bool
) -> None:
    cluster, one = a_cluster(session), a_person(session)
    lead = an_account(session, roles=[Role.LEAD_PROFESSIONAL])
    with uow() as unit:
        other = a_placed_child(unit, cluster, stage=3, on=dt.date(2026, 2, 2))
        a_contact(unit, other)
        a_grant(session, an_actor(lead), one, other, reason=GrantReason.LEAD_PROFESSIONAL)
        kind = people.LinkKind.SAME_PERSON
        decision = people.NewDecision(id=new_id(), one_id=one, other_id=other, kind=kind, reason="Same girl")
        people.decide_link(unit, decision)
    browse.sign_in(lead)
    asked = one if leads else other
    assert "2 February 2026" in browse.get(f"/people/{asked}/stages", most_queries=8).main
    assert "CO-" in browse.get(f"/people/{asked}/referrals", most_queries=8).main
    browse.get(f"/people/{asked}/caf", most_queries=8)
