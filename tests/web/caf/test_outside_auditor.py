"""A named person of another agency audits one assessment: without names, until a day, and nothing else opens."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from locality.access.grants import AccessGrant
from locality.access.parts import GrantReason
from locality.accounts.models import Account
from locality.caf import api as caf
from locality.caf.models import QualityAudit, QualityInvitation
from locality.caf.operations.sections import SaveSection, save_section
from locality.caf.rules.sections import SectionCode
from locality.caf.rules.words import VoiceReaders
from locality.clusters.models import Agency
from locality.consent import api as consent
from locality.consent.rules import LAPSES_AFTER
from locality.kernel.actor import Role
from locality.kernel.clock import frozen
from locality.messages.models import MessageText
from locality.people import api as people
from tests.factories.accounts import an_account
from tests.factories.caf import a_family, a_voice, an_action, fill_in
from tests.factories.clusters import a_team, a_worker, an_agency
from tests.factories.consent import EVERYTHING, some_terms
from tests.support.database import NOW, OpenUnit
from tests.support.layers import layer
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story, take_money_out

HOME = "12 Oak Road"
SECRETS = ("Leah", "Kofi", "Adeyemi", "Grace", HOME, "SS3 9AB", "I want to sleep in my own bed")


@pytest.fixture
def peer(session: Session) -> Account:
    """A lead professional of another agency, who knows nobody here."""
    team = a_team(session, agency=an_agency(session, name="Rochford Schools"), name="Peers")
    account = an_account(session, name="Pat Quinn", job_title="Head of year", roles=[Role.LEAD_PROFESSIONAL])
    a_worker(session, account, team=team)
    return account


def _agrees(uow: OpenUnit, story: Story, *, minutes: int, **changes: object) -> None:
    """What the family says some minutes later: that its record may be used without names, unless told otherwise."""
    purposes = EVERYTHING | {consent.Purpose.EVALUATION}
    with frozen(NOW + dt.timedelta(minutes=minutes)), uow() as unit:
        usual: dict[str, object] = {"purposes": purposes, "signed_on": unit.today}
        terms = some_terms(*story.family.children, given_by=story.family.mother, **(usual | changes))
        consent.record_agreement(unit, story.family.id, terms)


@layer
def assessed(uow: OpenUnit, story: Story) -> Story:
    """A complete CAF that names people wherever they can be named."""
    _agrees(uow, story, minutes=1)
    with uow() as unit:
        home = people.NewAddress(people=[story.leah, story.family.mother], lines=[HOME], postcode="SS3 9AB")
        people.record_address(unit, home)
        gone = a_family(unit, names=("Kofi",))
        people.add_to_family(unit, story.family.id, gone.children[0])
        people.leave_family(unit, story.family.id, gone.children[0])
    with uow(story.at_work.lead) as unit:
        fill_in(unit, story.caf_id, [story.leah])
        a_voice(unit, story.caf_id, story.leah, readers=VoiceReaders.TEAM)
        told = f"Leah and Grace Adeyemi moved to {HOME.upper()}, ss39ab. Ms ADEYEMI sings. Kofi left"
        save_section(unit, SaveSection(story.caf_id, SectionCode.STORY, None, 0, {"story": told}))
        caf.complete_assessment(unit, story.caf_id)
        an_action(unit, story.episode_id)
    return story


@pytest.fixture
def complete(browse: Browse, assessed: Story) -> Browse:
    """Its lead professional, signed in."""
    browse.sign_in(assessed.at_work.lead_account)
    return browse


def _ask(browse: Browse, story: Story, who: Account, *, status: int = 302, **changes: str) -> Page:
    path = f"{story.caf}/quality/invite"
    told = {"account_id": str(who.id), "reason": "To learn from it", **changes}
    return browse.post(path, {**browse.get(path, most_queries=8).form(), **told}, status=status)


def _invitation(session: Session) -> str:
    """The address of the one invitation. The database has a clock of its own, for which the day has not come yet."""
    _until(session, func.now() + func.make_interval(0, 0, 0, 14))
    return f"/quality/invitations/{session.scalars(select(QualityInvitation.id)).one()}"


def _reference(session: Session) -> str:
    return session.scalars(select(QualityInvitation.caf_reference)).one()


def _until(session: Session, at: Any) -> None:
    quietly = {"synchronize_session": False}
    session.execute(update(QualityInvitation).values(until_at=at), execution_options=quietly)
    theirs = AccessGrant.reason == GrantReason.QUALITY_AUDIT
    open_still = AccessGrant.until_at > dt.datetime(2026, 3, 4, tzinfo=dt.UTC)
    session.execute(update(AccessGrant).where(theirs, open_still).values(until_at=at), execution_options=quietly)


def _answers(page: Page) -> dict[str, str]:
    """Every item is met."""
    return {str(field.attributes["name"]): "yes" for field in page.tree.css('input[name^="item-"]')}


def test_whoever_is_asked_reads_that_one_assessment_without_names_and_audits_it(
    complete: Browse, session: Session, story: Story, peer: Account
) -> None:
    listed = complete.follow(_ask(complete, story, peer))
    assert "Pat Quinn" in listed.main
    assert "Can read it" in listed.main
    grants = session.scalars(select(AccessGrant).where(AccessGrant.reason == GrantReason.QUALITY_AUDIT)).all()
    assert [(grant.parts, grant.until_at) for grant in grants] == [([], dt.datetime(2026, 3, 18, tzinfo=dt.UTC))]
    mail = session.scalars(select(MessageText.body).where(MessageText.to_address == peer.email)).one()
    assert "until 17 March 2026" in mail
    assert not [secret for secret in SECRETS if secret in mail]

    complete.sign_in(peer)
    path = _invitation(session)
    assert complete.get("/to-do").links[f"Audit CAF {_reference(session)}"] == path
    read = complete.get(path, most_queries=8)
    assert "Strong in General health" in read.main
    assert "Child 1" in read.main
    assert "Amira Khan asks you to audit this CAF: To learn from it" in read.main
    assert not [secret for secret in SECRETS if secret.casefold() in read.text.casefold()]
    for closed in (story.caf, f"{story.caf}/whole", f"{story.caf}/quality", story.episode):
        complete.get(closed, status=404)
    complete.get(f"/people/{story.leah}", status=403)

    form = complete.get(f"{path}/audit", most_queries=8)
    sent = complete.post(f"{path}/audit", {**form.form(), **_answers(form), "done_well": "Clear"})
    assert sent.location == "/to-do"
    audit = session.scalars(select(QualityAudit)).one()
    assert (audit.auditor_name, audit.standing.value, audit.yes) == ("Pat Quinn", "peer", audit.items)
    for over in (path, f"{path}/audit", f"/quality/audits/{audit.id}"):
        complete.get(over, status=404)
    session.expire_all()
    assert session.scalars(select(QualityInvitation.ended_why)).one() == "The audit was sent"
    assert [grant.until_at for grant in grants] == [dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC)]
    complete.sign_in(story.at_work.lead_account)
    assert "Clear" in complete.get(f"/quality/audits/{audit.id}").main


def _day_passes(_complete: Browse, session: Session, _uow: OpenUnit, _story: Story) -> None:
    _until(session, dt.datetime(2026, 3, 4, 9, tzinfo=dt.UTC))


def _taken_back(complete: Browse, session: Session, _uow: OpenUnit, story: Story) -> None:
    one = session.scalars(select(QualityInvitation.id)).one()
    complete.sign_in(story.at_work.lead_account)
    complete.post(f"{story.caf}/quality/invitations/{one}/end")


def _family_takes_back(_complete: Browse, _session: Session, uow: OpenUnit, story: Story) -> None:
    with uow(story.at_work.lead) as unit:
        (standing,) = consent.open_agreements(unit.session, story.family.children, today=unit.today)
        consent.withdraw(
            unit,
            consent.Withdraw(
                agreement_id=standing.id, scope=consent.Scope.WHOLE, withdrawn_by=story.family.mother,
                reason="Enough", withdrawn_on=unit.today, risk=consent.RiskView.UNLIKELY,
            ),
        )  # fmt: skip


def _family_says_less(_complete: Browse, _session: Session, uow: OpenUnit, story: Story) -> None:
    _agrees(uow, story, minutes=3, purposes=EVERYTHING)


def _family_takes_back_a_topic(_complete: Browse, _session: Session, uow: OpenUnit, story: Story) -> None:
    take_money_out(uow, story)


@pytest.mark.parametrize(
    "ends", [_day_passes, _taken_back, _family_takes_back, _family_says_less, _family_takes_back_a_topic]
)
def test_it_closes_on_its_day_when_it_is_taken_back_and_when_the_family_does_not_agree_any_more(
    complete: Browse, session: Session, uow: OpenUnit, story: Story, peer: Account,
    ends: Callable[[Browse, Session, OpenUnit, Story], None],
) -> None:  # fmt: skip
    _ask(complete, story, peer)
    path = _invitation(session)
    complete.sign_in(peer)
    form = complete.get(f"{path}/audit")
    ends(complete, session, uow, story)
    complete.sign_in(peer)
    complete.get(path, status=404)
    typed = {name: value for name, value in form.form().items() if name != "csrf_token"}
    complete.post(f"{path}/audit", {**typed, **_answers(form)}, status=404)
    assert session.scalars(select(QualityAudit)).all() == []


def _agreement_lapses(uow: OpenUnit, story: Story) -> dt.timedelta:
    _agrees(uow, story, minutes=2, review_due_on=NOW.date() + dt.timedelta(days=3))
    return dt.timedelta(days=4) + LAPSES_AFTER


def _address_is_hidden(uow: OpenUnit, story: Story) -> dt.timedelta:
    with uow() as unit:
        home = people.NewAddress(
            people=[story.leah], lines=["General health"], postcode="SS9 9ZZ", do_not_disclose=True
        )
        people.record_address(unit, home)
    return dt.timedelta(0)


def _somebody_joins(uow: OpenUnit, story: Story) -> dt.timedelta:
    """Whose name has stood in the words of the paper all the time."""
    with uow() as unit:
        people.add_to_family(unit, story.family.id, a_family(unit, names=("General",)).children[0])
    return dt.timedelta(0)


@pytest.mark.parametrize("changes", [_agreement_lapses, _address_is_hidden, _somebody_joins])
def test_a_paper_that_says_more_than_may_be_shown_now_is_refused_with_who_can_make_a_new_one(
    complete: Browse, session: Session, uow: OpenUnit, story: Story, peer: Account,
    changes: Callable[[OpenUnit, Story], dt.timedelta],
) -> None:  # fmt: skip
    _ask(complete, story, peer)
    path = _invitation(session)
    later = NOW + changes(uow, story)
    _until(session, later + dt.timedelta(days=8000))
    with frozen(later):
        complete.sign_in(peer)
        refused = complete.get(path, status=403)
    assert "ask Amira Khan" in refused.main
    assert "Strong in General health" not in refused.text


def test_what_the_family_keeps_out_is_not_there_and_whoever_is_past_their_day_can_be_asked_again(
    complete: Browse, session: Session, uow: OpenUnit, story: Story, peer: Account
) -> None:
    money = "Housing, employment and financial considerations"
    _ask(complete, story, peer)
    complete.sign_in(peer)
    assert money in complete.get(_invitation(session)).main
    _until(session, NOW + dt.timedelta(minutes=2))
    take_money_out(uow, story)
    session.execute(
        update(QualityInvitation).values(ended_at=None), execution_options={"synchronize_session": False}
    )  # as one that ends by itself
    with frozen(NOW + dt.timedelta(minutes=3)):
        complete.sign_in(story.at_work.lead_account)
        assert "Can read it" in complete.follow(_ask(complete, story, peer)).main
    later = session.scalars(select(QualityInvitation).where(QualityInvitation.ended_at.is_(None))).one()
    assert money not in str(later.content)
    assert "Strong in General health" in str(later.content)


def test_nobody_reads_what_somebody_else_was_asked_to_audit(
    complete: Browse, session: Session, story: Story, peer: Account
) -> None:
    _ask(complete, story, peer)
    # Whoever works with the family knows of it, nobody else does; neither reads it there.
    for other, status in ((story.at_work.colleague_account, 404), (story.at_work.lead_account, 403)):
        complete.sign_in(other)
        complete.get(_invitation(session), status=status)
    complete.sign_in(story.at_work.colleague_account)
    complete.get(f"{story.caf}/quality/invite", status=404)
    complete.post(f"{_invitation(session)}/audit", status=404)


def test_who_wrote_it_or_helps_already_and_whose_agency_is_left_out_is_not_asked(
    complete: Browse, uow: OpenUnit, session: Session, story: Story, peer: Account
) -> None:
    refused = _ask(complete, story, story.at_work.lead_account, status=422)
    assert "Amira Khan is in the team" in refused.main
    assert "To learn from it" in refused.html
    late = _ask(complete, story, peer, status=422, **{"until_on-year": "2027"})
    assert "within the next 28 days" in late.main
    assert "Leave out names of the family" in _ask(complete, story, peer, status=422, reason="Leah’s plan").main
    agency = session.scalars(select(Agency.id).where(Agency.name == "Rochford Schools")).one()
    _agrees(uow, story, minutes=2, agencies_out=frozenset({agency}))
    assert "must not be told" in _ask(complete, story, peer, status=422).main
    assert session.scalars(select(QualityInvitation)).all() == []
