"""Pages that work leads to in rare states alone: each drawn once, where axe finds no fault and it fits into 320 px.

The state is made as the tests of the pages make it, on the application of this process; a window shows what that one
answers, with its style sheets and scripts, and asks for nothing on any network.
"""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from locality.accounts.models import Account
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import OfferId, PersonId, ReferralId
from locality.people import api as people
from locality.referrals.models import Disagreement, Offer, Referral
from locality.referrals.rules.lifecycle import OfferState, Party, ReferralState
from tests.browser.axe import Axe
from tests.browser.window import Window
from tests.factories.accounts import an_account, an_actor
from tests.factories.people import a_grant, a_unit
from tests.support.web import Browse
from tests.web.accounts.test_operations import some_work
from tests.web.asking.journeys import PROFESSIONAL
from tests.web.asking.test_from_a_record import child, lead
from tests.web.caf.conftest import Story, story
from tests.web.caf.test_outside_auditor import _ask, _invitation, assessed, peer
from tests.web.people.conftest import Home, household
from tests.web.referrals.conftest import Cast, cast, fill, leah, referral
from tests.web.referrals.test_answers import care, listed
from tests.web.referrals.test_waiting_for_somebody import held

# What tests here begin with, made as the tests of the pages make it.
__all__ = [
    "assessed", "care", "cast", "child", "held", "household", "lead", "leah", "listed", "peer", "referral", "story",
]  # fmt: skip

ADDRESS = "http://localhost"
Draw = Callable[..., None]


@pytest.fixture(scope="module")
def screen(browser: Browser, axe: Axe) -> Iterator[Window]:
    """One window for all of them."""
    window = Window(browser, ADDRESS, axe=axe)
    yield window
    window.close()


@pytest.fixture
def draw(app: Flask, browse: Browse, screen: Window) -> Iterator[Draw]:
    """``draw("people.declared")``: whoever is signed in opens a page, which is drawn and checked."""
    addresses = app.url_map.bind("localhost")
    pages: dict[str, TestResponse] = {}

    def answered(route: Route) -> None:
        path = urlsplit(route.request.url).path
        with pages[path] if path in pages else app.test_client().get(path) as answer:
            if answer.status_code != 200:  # without its style sheet a page would pass as it never looks
                screen.faults.append(f"{answer.status} for {path}")
            route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.get_data())

    def drawn(endpoint: str, **values: object) -> None:
        path = addresses.build(endpoint, values)
        pages[path] = browse.raw("GET", path)
        assert pages[path].status_code == 200, f"{path} ({endpoint}): {pages[path].status_code} {pages[path].location}"
        screen.open(path)
        screen.check()

    screen.faults.clear()
    screen.page.route("**/*", answered)
    yield drawn
    screen.page.unroute("**/*")


# --- Referrals -----------------------------------------------------------------------------------------------------


def test_pages_of_a_waiting_list(
    draw: Draw, browse: Browse, cast: Cast, session: Session, listed: list[OfferId]
) -> None:
    browse.sign_in(cast.worker)
    draw("referrals.move_ahead", offer_id=listed[2])
    browse.post(f"/offers/{listed[0]}/accept", {"worker": str(cast.colleague.id)})
    accepted = session.scalars(select(Offer.referral_id).where(Offer.id == listed[0])).one()
    draw("referrals.name_worker", referral_id=accepted)


def test_pages_of_what_social_care_decides(
    draw: Draw, browse: Browse, care: tuple[Account, OfferId, ReferralId]
) -> None:
    worker, offer_id, referral_id = care
    browse.sign_in(worker)
    draw("referrals.care_outcome", offer_id=offer_id)
    fill(browse, f"/offers/{offer_id}/outcome", {"outcome": "assessment"})
    draw("referrals.later_outcome", referral_id=referral_id)


def test_pages_of_a_disagreement(
    draw: Draw, browse: Browse, cast: Cast, session: Session, referral: ReferralId
) -> None:
    boss = an_account(session, name="Grace Lin", roles=[Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, cast.cluster.id)])
    browse.sign_in(cast.officer)
    fill(browse, f"/referrals/{referral}/disagree", {"words": "She needs you now, not in May."})
    found = session.scalars(select(Disagreement.id)).one()
    browse.sign_in(cast.worker)
    draw("referrals.answer_disagreement", disagreement_id=found)
    fill(browse, f"/disagreements/{found}/answer", {"words": "We have one place, and nine families."})
    browse.sign_in(cast.officer)
    draw("referrals.move_up", disagreement_id=found)
    fill(browse, f"/disagreements/{found}/move-up", {"words": "Still no.", "asked": str(boss.id)})
    browse.sign_in(boss)
    draw("referrals.settle_disagreement", disagreement_id=found)


def test_the_page_of_sending_again_what_the_family_no_longer_agrees_to(
    draw: Draw, browse: Browse, cast: Cast, held: ReferralId
) -> None:
    browse.sign_in(cast.officer)
    draw("referrals.send_again", referral_id=held)


def test_pages_of_a_referral_that_was_passed_to_an_open_case(
    draw: Draw, browse: Browse, cast: Cast, session: Session, leah: PersonId, referral: ReferralId
) -> None:
    session.execute(update(Offer).values(state=OfferState.WITHDRAWN))
    passed = {
        "state": ReferralState.ALLOCATED, "owner_kind": Party.WORKER, "owner_principal": cast.lead.id,
        "owner_name": cast.lead.name,
    }  # fmt: skip
    session.execute(update(Referral).values(**passed))
    a_grant(session, an_actor(cast.lead), leah)
    browse.sign_in(cast.lead)
    draw("referrals.give_back", referral_id=referral)
    draw("referrals.take_up", referral_id=referral)


def test_the_page_of_a_service_that_closed(draw: Draw, browse: Browse, cast: Cast, session: Session) -> None:
    administrator = an_account(session, name="Ada Okafor", roles=[Role.ADMINISTRATOR])
    browse.sign_in(administrator)
    fill(browse, f"/admin/services/{cast.service_id}/close", {"why": "The contract ends"})
    draw("referrals.reopen_service", service_id=cast.service_id)


# --- People and their CAF ------------------------------------------------------------------------------------------


def test_pages_of_somebody_without_a_family_and_after_a_conflict_of_interest(
    draw: Draw, browse: Browse, session: Session, household: Home
) -> None:
    people.leave_family(a_unit(session), household.family, household.mother)
    browse.sign_in(household.lead)
    draw("people.new_family", person_id=household.mother)
    fill(browse, f"/people/{household.leah}/conflict", {"reason": "She is my sister’s child", "sure": "y"})
    draw("people.declared")


def test_pages_of_an_audit_from_outside(
    draw: Draw, browse: Browse, session: Session, assessed: Story, peer: Account
) -> None:
    browse.sign_in(assessed.at_work.lead_account)
    draw("caf.invite_to_audit", assessment_id=assessed.caf_id)
    _ask(browse, assessed, peer)
    invitation = _invitation(session).rpartition("/")[2]
    browse.sign_in(peer)
    draw("caf.invited", invitation_id=invitation)
    draw("caf.audit_invited", invitation_id=invitation)


# --- Asking, and background work -----------------------------------------------------------------------------------


def test_pages_of_a_request_that_an_account_began(
    draw: Draw, browse: Browse, session: Session, lead: Account, child: PersonId
) -> None:
    browse.sign_in(lead)
    browse.post(f"{PROFESSIONAL}?for={child}", {"danger": "no"})
    browse.sign_in(lead)
    draw("asking.start_professional")  # which now has the way on
    go_on = browse.get(PROFESSIONAL).links
    browse.get(next(to for words, to in go_on.items() if words.startswith("Go on with it")), status=302)
    draw("asking.check")  # asking.open_own leads there
    session.execute(text("UPDATE access_grant SET until_at = now()"))
    draw("asking.record_ended")


def test_the_page_of_handing_over_work_that_failed(draw: Draw, browse: Browse, session: Session) -> None:
    administrator = an_account(session, name="Ada Admin", roles=[Role.ADMINISTRATOR])
    browse.sign_in(administrator)
    draw("accounts.hand_over_work", message_id=some_work(session, failed=True))
