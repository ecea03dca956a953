"""Every field of every form of a referral, its offer and a disagreement: what is wrong is said beside it."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from locality.access import grants
from locality.access.parts import GrantReason
from locality.accounts.models import Account
from locality.kernel.actor import Role, Scope, ScopeKind
from locality.kernel.ids import OfferId, PersonId, ReferralId, new_id
from locality.people import api as people
from locality.referrals import api
from locality.referrals.forms import answering, referrals
from locality.referrals.models import Offer, Referral
from locality.referrals.operations.disagreeing import raise_disagreement
from locality.referrals.operations.routing import route_referral
from locality.referrals.operations.sending import refer_to_social_care
from locality.referrals.rules.codes import AgreementBasis, DeclineReason
from tests.factories.accounts import an_account, an_actor
from tests.factories.clusters import an_agency
from tests.factories.referrals import a_child, a_referral, a_service, a_social_care_referral, social_care
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.refusals import Filled, wrongs_of_page
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, settled

pytestmark = pytest.mark.usefixtures("clock")

DATE = {"expected_on-day": "1", "expected_on-month": "5", "expected_on-year": "2026"}
YESTERDAY = {"expected_on-day": "2", "expected_on-month": "3", "expected_on-year": "2026"}
WITHOUT = {
    "agreed": "no",
    "ground": "child_at_risk",
    "manager_consulted": "J. Ward",
    "family_told": "no",
    "why_not_told": "It would raise the risk",
}
NO_GROUND = ({"ground": "", "agreed": "no"}, ("agreed",))
NOT_SAID = ({"manager_consulted": "", "why_not_told": ""}, ("manager_consulted", "why_not_told"))

# What a service does with an offer: the form and its page.
OFFERED = {
    "decline": (
        referrals.DeclineForm,
        Filled(answers={"reason": "no_capacity", "note": "Full\r\nuntil May", "suggested_alternative": "Young carers"}),
    ),
    "ask": (referrals.AskForm, Filled(answers={"question": "Is somebody at home?\r\nAnd when?"})),
    "wait": (answering.WaitForm, Filled(answers=DATE, also=[(YESTERDAY, ("expected_on",))])),
}
# What whoever sent a referral does with it.
SENT = {
    "withdraw": (referrals.ReasonForm, Filled(answers={"reason": "The family\r\nmoved away"})),
    "disagree": (answering.RaiseForm, Filled(answers={"words": "She needs you now,\r\nnot in May"})),
    "change": (
        answering.ChangeForm,
        Filled(
            answers={
                "need_codes": ["ATTENDANCE"],
                "stage": "3",
                "urgency": "urgent",
                "consented_summary": "Leah stays with her aunt,\r\nwho works",
                "why": "Her aunt rang",
            },
            foreign={"stage": "4"},
            also=[
                (
                    {"need_codes": [], "stage": "", "consented_summary": ""},
                    ("need_codes", "stage", "consented_summary"),
                )
            ],
        ),
    ),
}
# What a referral to social care is answered, and how it is changed.
OF_CARE = {
    "outcome": (
        answering.CareForm,
        Filled(answers={"outcome": "nfa", "words": "The child\r\nis safe"}, also=[({"words": ""}, ("words",))]),
    ),
    "change": (
        answering.CareChangeForm,
        Filled(
            answers={"consented_summary": "A second bruise", "why": "The school rang"},
            also=[({"consented_summary": ""}, ("consented_summary",))],
        ),
    ),
}
TRIED = {
    *(form for table in (OFFERED, SENT, OF_CARE) for form, _filled in table.values()),
    referrals.ReferForm,
    referrals.SendAgainForm,
    referrals.OfferByHandForm,
    referrals.AnswerForm,
    answering.AllocateForm,
    answering.MoveAheadForm,
    answering.AnswerDisagreementForm,
    answering.MoveUpForm,
    answering.SettleForm,
}


def wrongs(browse: Browse, session: Session, form: type, path: str, filled: Filled) -> list[str]:
    return [*wrongs_of_page(browse, session, "referrals", form, path, filled)]


@pytest.mark.parametrize("page", OFFERED)
def test_an_answer_to_an_offer_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, offer: OfferId, page: str
) -> None:
    browse.sign_in(cast.worker)
    form, filled = OFFERED[page]
    assert wrongs(browse, session, form, f"/offers/{offer}/{page}", filled) == []


@pytest.mark.parametrize("page", SENT)
def test_what_the_sender_does_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, offer: OfferId, referral: ReferralId, page: str
) -> None:
    browse.sign_in(cast.officer)
    form, filled = SENT[page]
    assert wrongs(browse, session, form, f"/referrals/{referral}/{page}", filled) == []


def test_an_answer_to_a_question_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, offer: OfferId, referral: ReferralId
) -> None:
    with uow(an_actor(cast.worker, cast.at_service)) as unit:
        api.ask_about_offer(unit, offer, question="Is somebody at home in the mornings?")
    filled = Filled(answers={"answer": "Her mother,\r\nuntil ten"})
    browse.sign_in(cast.officer)
    assert wrongs(browse, session, referrals.AnswerForm, f"/referrals/{referral}/answer", filled) == []


@layer
def came_back(session: Session, uow: OpenUnit, cast: Cast, offer: OfferId, referral: ReferralId) -> ReferralId:
    """A referral that the service declined, and to which nobody agrees any more."""
    with uow(an_actor(cast.worker, cast.at_service)) as unit:
        api.decline_offer(unit, offer, reason=DeclineReason.NO_CAPACITY)
    session.execute(update(Referral).where(Referral.id == referral).values(agreement=AgreementBasis.NONE))
    return referral


def test_sending_again_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, came_back: ReferralId
) -> None:
    browse.sign_in(cast.officer)
    filled = Filled(answers=WITHOUT, also=[NO_GROUND, NOT_SAID])
    assert wrongs(browse, session, referrals.SendAgainForm, f"/referrals/{came_back}/send-again", filled) == []


def test_offering_by_hand_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, came_back: ReferralId
) -> None:
    with uow() as unit:
        of_another_kind = social_care(unit, cast.agency)
    filled = Filled(
        answers={**WITHOUT, "service_id": str(cast.service_id), "reason": "A place\r\ncame free"},
        foreign={"service_id": str(of_another_kind)},
        also=[NO_GROUND, NOT_SAID],
    )
    browse.sign_in(cast.officer)
    assert wrongs(browse, session, referrals.OfferByHandForm, f"/referrals/{came_back}/offer", filled) == []


def test_a_referral_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, leah: PersonId
) -> None:
    offers_nothing = an_agency(session, name="Estuary Housing")
    with uow() as unit:
        tom, stranger = a_child(unit, given_name="Tom"), a_child(unit, given_name="Other", family_name="Else")
        people.create_family(unit, name="Adeyemi", members=[leah, tom])
        known = [leah, tom, stranger]
        grants.give(unit, known, principal=cast.lead.id, reason=GrantReason.LEAD_PROFESSIONAL, record=new_id())
        of_social_care = social_care(unit, cast.agency)
    answers: Mapping[str, object] = {
        **WITHOUT,
        "siblings": [str(tom)],
        "need_codes": ["ATTENDANCE"],
        "stage": "2",
        "consented_summary": "Leah is late\r\nand tired",
        "urgency": "urgent",
        "language": "ur",
        "interpreter": "yes",
        "access": ["home_visits"],
        "preferred": str(cast.service_id),
        "preferred_agency": str(cast.agency.id),
        "preferred_worker": "Priya Shah",
    }
    missing = {"need_codes": [], "stage": "", "consented_summary": ""}
    filled = Filled(
        answers=answers,
        foreign={
            "siblings": [str(tom), str(stranger)],
            "stage": "4",
            "preferred": str(of_social_care),
            "preferred_agency": str(offers_nothing.id),
            "unwanted": [str(offers_nothing.id)],
        },
        also=[(missing, tuple(missing)), NOT_SAID],
    )
    browse.sign_in(cast.lead)
    assert wrongs(browse, session, referrals.ReferForm, f"/people/{leah}/refer", filled) == []


# --- A service's list and its workers ------------------------------------------------------------------------------


@layer
def second_in_line(session: Session, uow: OpenUnit, cast: Cast) -> OfferId:
    """The second of two families on the waiting list."""
    for name in ("Ann", "Ben"):
        with uow(cast.officer_actor) as unit:
            referral_id = a_referral(unit, a_child(unit, given_name=name, school=cast.school), routed=False)
        with uow() as unit:
            route_referral(unit, referral_id)
        found = session.scalars(select(Offer.id).where(Offer.referral_id == referral_id)).one()
        with uow(an_actor(cast.worker, cast.at_service)) as unit:
            api.put_on_waiting_list(unit, found)
    return OfferId(found)


def test_moving_ahead_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, second_in_line: OfferId
) -> None:
    filled = Filled(
        answers={"to_place": "1", "reason": "A baby is due\r\nnext week"},
        also=[({"to_place": typed}, ("to_place",)) for typed in ("0", "2", "99999", "first")],
    )
    browse.sign_in(cast.worker)
    path = f"/offers/{second_in_line}/move-ahead"
    assert wrongs(browse, session, answering.MoveAheadForm, path, filled) == []


def test_naming_a_worker_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, offer: OfferId, referral: ReferralId,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(api.accepted, "_functions", [])  # nobody opens a case
    with uow() as unit:
        other = a_service(unit, cast.agency, name="Young carers")
    elsewhere = an_account(session, name="Wei Chen", roles=[Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, other)])
    at_service = settled(browse, cast.worker)
    at_service.post(f"/offers/{offer}/accept")
    filled = Filled(answers={"worker": str(cast.colleague.id)}, foreign={"worker": str(elsewhere.id)})
    assert wrongs(at_service, session, answering.AllocateForm, f"/referrals/{referral}/worker", filled) == []


# --- Social care, and disagreement ---------------------------------------------------------------------------------


@layer
def care(session: Session, uow: OpenUnit, cast: Cast, leah: PersonId) -> tuple[Account, OfferId, ReferralId]:
    """A social worker, and a referral that waits for social care."""
    with uow() as unit:
        team = social_care(unit, cast.agency)
    with uow(cast.officer_actor) as unit:
        referral_id = refer_to_social_care(unit, a_social_care_referral(leah))
    with uow() as unit:
        route_referral(unit, referral_id)
    worker = an_account(session, name="Sam Fox", roles=[Scope(Role.SERVICE_WORKER, ScopeKind.SERVICE, team)])
    offer_id = session.scalars(select(Offer.id).where(Offer.referral_id == referral_id)).one()
    return worker, OfferId(offer_id), referral_id


@pytest.mark.parametrize("page", OF_CARE)
def test_what_social_care_is_told_and_says_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, care: tuple[Account, OfferId, ReferralId], page: str
) -> None:
    worker, offer_id, referral_id = care
    browse.sign_in(worker if page == "outcome" else cast.officer)
    path = f"/offers/{offer_id}/outcome" if page == "outcome" else f"/referrals/{referral_id}/change"
    form, filled = OF_CARE[page]
    assert wrongs(browse, session, form, path, filled) == []


@pytest.mark.parametrize("page", ["answer", "move-up", "settle"])
def test_a_step_of_a_disagreement_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, uow: OpenUnit, cast: Cast, offer: OfferId, referral: ReferralId, page: str
) -> None:
    boss = an_account(session, name="Grace Lin", roles=[Scope(Role.SUPERVISOR, ScopeKind.CLUSTER, cast.cluster.id)])
    with uow(cast.officer_actor) as unit:
        found = raise_disagreement(unit, referral, words="She needs you now", disagreement_id=new_id())
    words = {"words": "We have one place,\r\nand nine families"}
    form, filled = {
        "answer": (answering.AnswerDisagreementForm, Filled(answers=words)),
        "move-up": (
            answering.MoveUpForm,
            Filled(answers={**words, "asked": str(boss.id)}, foreign={"asked": str(cast.lead.id)}),
        ),
        "settle": (answering.SettleForm, Filled(answers={**words, "settlement": "another_way"})),
    }[page]
    browse.sign_in(cast.worker)
    assert wrongs(browse, session, form, f"/disagreements/{found}/{page}", filled) == []
