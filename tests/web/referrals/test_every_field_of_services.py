"""Every field of every form of the directory, of the routing rules and of what follows a decision."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.kernel.ids import ContactId, PersonId
from locality.referrals.forms import rule_sets, screening, services
from locality.referrals.jobs import rehearse
from locality.referrals.models import PartnerEnquiry, RuleSet, RuleSetRehearsal
from locality.referrals.operations.deciding import decide_child
from tests.factories.accounts import an_account
from tests.factories.referrals import a_decision
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.refusals import NOBODYS, Filled, wrongs_of_page
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, fill

pytestmark = pytest.mark.usefixtures("clock")

RULES = "/admin/routing-rules"
# By page: the form, answers that are right, and what else is wrong with the fields beside which it is refused.
Pages: TypeAlias = Mapping[str, tuple[type, Mapping[str, Any], Sequence[tuple[Mapping[str, Any], Sequence[str]]]]]
TRIED = {
    rule_sets.ApproveForm,
    rule_sets.DiscardForm,
    rule_sets.DraftSetForm,
    rule_sets.RuleForm,
    rule_sets.SettingsForm,
    rule_sets.WithdrawForm,
    screening.CorrectForm,
    screening.ReplyForm,
    screening.ToldForm,
    services.CloseForm,
    services.PlacesForm,
    services.ReopenForm,
    services.ServiceForm,
}


def wrongs(browse: Browse, session: Session, form: type, path: str, filled: Filled, *, shown_at: str = "") -> list[str]:
    return [*wrongs_of_page(browse, session, "referrals", form, path, filled, shown_at=shown_at)]


def a_date(name: str, day: int, month: int, year: int = 2026) -> dict[str, str]:
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


@layer
def administrator(session: Session, cast: Cast) -> Account:
    assert cast.service_id
    return an_account(session, name="Ada Okafor", roles=[Role.ADMINISTRATOR])


# --- The directory -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unasked", ["why", "kind"], ids=["new", "changed"])
def test_an_entry_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, administrator: Account, unasked: str
) -> None:
    answers: dict[str, object] = {
        "name": "Young carers",
        "kind": "early_help",
        "offered_by": f"agency:{cast.agency.id}",
        "offers": "Groups\r\nafter school",
        "eligibility": "Anybody who cares for somebody",
        "needs": ["7A"],
        "min_age": "5",
        "max_age": "18",
        "takes_unborn": "no",
        "stages": ["2", "3"],
        "area": "authority",
        "languages": ["en", "ur"],
        "days": ["SA"],
        "hours": "9am to 5pm",
        "access": ["creche"],
        "venue": "Tideway Centre",
        "address": "1 High Street",
        "town": "Shoebury",
        "postcode": "SS3 9AB",
        "cost": "Free of charge",
        "how_to_refer": "Ring first",
        "contact_name": "Duty worker",
        "phone": "01632 960001",
        "email": "carers@example.org",
        "url": "https://example.org/carers",
        "has_waiting_list": "yes",
        "response_days": "5",
        "why": "Agreed in March",
        **a_date("opens_on", 1, 5),
    }
    del answers[unasked]
    filled = Filled(
        answers=answers,
        unasked=(unasked,),
        foreign={"area": f"cluster:{NOBODYS}", "offered_by": f"team:{NOBODYS}"},
        also=[
            ({"min_age": "9", "max_age": "3"}, ("max_age",)),
            ({"min_age": "-1", "max_age": "800", "response_days": "0"}, ("min_age", "max_age", "response_days")),
            (
                {"postcode": "nowhere", "email": "not an address", "url": "javascript:alert(1)"},
                ("postcode", "email", "url"),
            ),
        ],
    )
    browse.sign_in(administrator)
    path = "/admin/services/new" if unasked == "why" else f"/admin/services/{cast.service_id}"
    assert wrongs(browse, session, services.ServiceForm, path, filled) == []


CHANGED: Pages = {
    "places": (
        services.PlacesForm,
        {"places": "4", **a_date("from_on", 1, 5)},
        [({"places": "-1"}, ("places",)), (a_date("from_on", 1, 3), ("from_on",))],
    ),
    "close": (
        services.CloseForm,
        {"why": "The contract ends", **a_date("from_on", 1, 5)},
        [(a_date("from_on", 1, 3), ("from_on",))],
    ),
    "open": (services.ReopenForm, {"why": "It goes on after all"}, []),
}


@pytest.mark.parametrize("page", CHANGED)
def test_a_change_to_a_service_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, administrator: Account, page: str
) -> None:
    browse.sign_in(administrator)
    if page == "open":
        fill(browse, f"/admin/services/{cast.service_id}/close", {"why": "The contract ends"})
    form, answers, also = CHANGED[page]
    if page == "places":
        answers = {**answers, "cluster": str(cast.cluster.id)}
    filled = Filled(answers=answers, also=also)
    assert wrongs(browse, session, form, f"/admin/services/{cast.service_id}/{page}", filled) == []


# --- The routing rules ---------------------------------------------------------------------------------------------

OF_RULES: Pages = {
    "new": (rule_sets.DraftSetForm, {"name": "Young carers first", "based_on": "1"}, []),
    "2/settings": (
        rule_sets.SettingsForm,
        {"name": "Sooner", "routine_days": "3", "siblings_together": "yes", "overflow": "no"},
        [({"routine_days": "0"}, ("routine_days",)), ({"routine_days": "soon"}, ("routine_days",))],
    ),
    "2/throw-away": (rule_sets.DiscardForm, {"why": "Not needed any more"}, []),
    "2/rules/new": (
        rule_sets.RuleForm,
        {
            "name": "Young children",
            "order": "10",
            "need": ["ATTENDANCE"],
            "age_from": "5",
            "age_to": "8",
            "urgency": "routine",
            "sends": "person",
        },
        [
            ({"age_from": "9"}, ("age_to",)),
            ({"age_from": "-1", "age_to": "800", "order": "first"}, ("age_from", "age_to", "order")),
            ({"sends": "service"}, ("service",)),
            ({"sends": "team"}, ("team",)),
            ({"sends": "usual"}, ("sends",)),
            ({"sends": "preferred"}, ("preference",)),
        ],
    ),
}


@layer
def drafted(browse: Browse, session: Session, uow: OpenUnit, administrator: Account) -> None:
    """A draft with a rule, rehearsed."""
    browse.sign_in(administrator)
    fill(browse, f"{RULES}/new", {"name": "A person decides"})
    fill(browse, f"{RULES}/2/rules/new", {"name": "Everybody", "order": "20", "sends": "person"})
    browse.post(f"{RULES}/2/rehearse", {"version": str(session.get_one(RuleSet, 2).revision)})
    with uow() as unit:
        rehearse(unit, rehearsal_id=session.scalars(select(RuleSetRehearsal.id)).one())


@pytest.mark.parametrize("page", OF_RULES)
def test_a_change_to_the_rules_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, administrator: Account, drafted: None, page: str
) -> None:
    form, answers, also = OF_RULES[page]
    browse.sign_in(administrator)
    assert wrongs(browse, session, form, f"{RULES}/{page}", Filled(answers=answers, also=also)) == []


def test_making_rules_live_and_withdrawing_them_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, drafted: None
) -> None:
    browse.sign_in(an_account(session, name="Grace Lindqvist", roles=[Role.MANAGER]))
    live = Filled(answers=a_date("live_from", 1, 4), also=[(a_date("live_from", 2, 3), ("live_from",))])
    assert wrongs(browse, session, rule_sets.ApproveForm, f"{RULES}/2/approve", live) == []
    gone = Filled(answers={"why": "The service is short of staff"})
    assert wrongs(browse, session, rule_sets.WithdrawForm, f"{RULES}/2/withdraw", gone) == []


# --- What a partner answers, and what follows a decision -----------------------------------------------------------


def test_an_answer_of_a_partner_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, contact: ContactId
) -> None:
    browse.sign_in(cast.officer)
    fill(browse, f"/contacts/{contact}/screening", {"rag": "amber", "why": "Several needs"})
    fill(browse, f"/contacts/{contact}/ask", {"agency": str(cast.agency.id), "question": "Is she known to you?"})
    enquiry: uuid.UUID = session.scalars(select(PartnerEnquiry.id)).one()
    filled = Filled(
        answers={"known": "yes", "told_by": "Jo Hale, nurse", "note": "Missed\r\ntwo checks"},
        also=[({"note": ""}, ("note",))],
    )
    path = f"/contacts/{contact}/enquiries/{enquiry}/answer"
    assert wrongs(browse, session, screening.ReplyForm, path, filled) == []


@pytest.fixture
def decided(uow: OpenUnit, cast: Cast, contact: ContactId, leah: PersonId) -> ContactId:
    """A contact of which everything is decided."""
    with uow(cast.officer_actor) as unit:
        decide_child(unit, a_decision(contact, leah))
    return contact


def test_a_correction_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, decided: ContactId, leah: PersonId
) -> None:
    answers = {
        "why_corrected": "One service\r\nis enough",
        "outcome": "early_help_single_agency",
        "reason": "One need",
        "stage": "2",
        "urgency": "urgent",
        "need_codes": ["ATTENDANCE"],
        "agreed": "no",
        "ground": "child_at_risk",
        "manager_consulted": "J. Ward",
        "family_told": "no",
        "why_not_told": "It would raise the risk",
        "shared_with": "Thurrock",
        "consented_summary": "Leah is late\r\nand tired",
        "preferred_worker": "Priya Shah",
    }
    missing = {"stage": "", "need_codes": [], "manager_consulted": "", "why_not_told": ""}
    filled = Filled(
        answers=answers,
        foreign={"stage": "4"},
        also=[
            (missing, tuple(missing)),
            ({"ground": ""}, ("ground",)),
            ({"outcome": "transfer_other_la", "shared_with": ""}, ("shared_with",)),
        ],
    )
    browse.sign_in(cast.officer)
    path = f"/contacts/{decided}/children/{leah}/correct"
    assert wrongs(browse, session, screening.CorrectForm, path, filled) == []


def test_that_somebody_was_told_is_refused_beside_what_is_wrong(
    browse: Browse, session: Session, cast: Cast, decided: ContactId
) -> None:
    browse.sign_in(cast.officer)
    filled = Filled(answers={"how": "By telephone"})
    path, shown_at = f"/contacts/{decided}/told", f"/contacts/{decided}/decisions"
    assert wrongs(browse, session, screening.ToldForm, path, filled, shown_at=shown_at) == []
