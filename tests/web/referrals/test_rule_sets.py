"""Pages of the routing rules: who edits, who approves, what is refused and what is kept."""

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.kernel.actor import Role
from locality.referrals.jobs import rehearse as rehearse_slice
from locality.referrals.models import RuleSet, RuleSetRehearsal
from tests.factories.accounts import an_account
from tests.support.database import OpenUnit
from tests.support.layers import layer
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.referrals.conftest import Cast, each_refused, fill, settled

HOME = "/admin/routing-rules"


@layer
def administrator(session: Session, clock: dt.datetime) -> Account:
    return an_account(session, name="Ada Okafor", roles=[Role.ADMINISTRATOR])


@layer
def manager(session: Session, clock: dt.datetime) -> Account:
    return an_account(session, name="Grace Lindqvist", roles=[Role.MANAGER])


@layer
def begun(browse: Browse, clock: dt.datetime, administrator: Account, cast: Cast) -> str:
    """A draft without rules."""
    browse.sign_in(administrator)
    assert cast.service_id
    done = fill(browse, f"{HOME}/new", {"name": "Attendance to the family workers"})
    assert done.location == f"{HOME}/2"
    return f"{HOME}/2"


@pytest.fixture
def drafted(browse: Browse, administrator: Account, begun: str) -> str:
    """A draft without rules, opened by its administrator."""
    browse.sign_in(administrator)
    return begun


@layer
def one_rule(browse: Browse, clock: dt.datetime, administrator: Account, begun: str, cast: Cast) -> str:
    """A draft with a rule."""
    browse.sign_in(administrator)
    fill(browse, f"{begun}/rules/new", a_rule(cast))
    return begun


@pytest.fixture
def ruled(browse: Browse, administrator: Account, one_rule: str) -> str:
    """A draft with a rule, opened by its administrator."""
    browse.sign_in(administrator)
    return one_rule


def a_rule(cast: Cast, **changes: object) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "name": "Young children who miss school",
        "order": "10",
        "need": ["ATTENDANCE"],
        "age_from": "5",
        "age_to": "8",
        "sends": "service",
        "service": str(cast.service_id),
    }
    return usual | changes


def rule_id_of(session: Session) -> uuid.UUID:
    session.expire_all()
    return uuid.UUID(session.get_one(RuleSet, 2).rules["ordered"][0]["id"])


def test_an_administrator_drafts_a_set_and_adds_a_rule(browse: Browse, drafted: str, cast: Cast) -> None:
    page = browse.follow(fill(browse, f"{drafted}/rules/new", a_rule(cast)))
    assert "10. Young children who miss school" in page.text
    assert (
        "When the family needs help with school attendance and a child is 5 to 8, ask Family support first."
        in page.text
    )
    assert "Rehearse this set" in page.text


def test_the_rule_as_kept_is_the_rule_as_shown_again(
    browse: Browse, session: Session, drafted: str, cast: Cast
) -> None:
    fill(browse, f"{drafted}/rules/new", a_rule(cast, urgent="y", unborn="y", urgency="routine"))
    path = f"{drafted}/rules/{rule_id_of(session)}"
    before = dict(session.get_one(RuleSet, 2).rules)
    fill(browse, path, {})
    session.expire_all()
    assert session.get_one(RuleSet, 2).rules == before


def test_what_is_wrong_with_a_rule_stands_beside_it_and_it_is_not_rehearsed(
    browse: Browse, ruled: str, cast: Cast
) -> None:
    page = browse.follow(fill(browse, f"{ruled}/rules/new", a_rule(cast, name="Second", order="20", age_from="6")))
    assert (
        "It can never speak: “Young children who miss school” before it takes every referral that it fits" in page.text
    )
    assert "Rehearse this set" not in page.text
    refused = browse.post(f"{ruled}/rehearse", {"version": "3"}, status=422)
    assert "“Second”: It can never speak" in refused.text


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"name": ""}, "Enter what the rule is called"),
    ({"order": "first"}, "Place must be a whole number"),
    ({"order": "99999999999999999999"}, "Place must be"),
    ({"service": ""}, "Select the service that is asked first"),
    ({"service": str(uuid.UUID(int=7))}, "Choose service from those shown"),
    ({"service": "not an id"}, "from those shown"),
    ({"sends": "usual"}, "Select what the rule changes"),
    ({"sends": "preferred"}, "Select yes: without a wish"),
    ({"need": ["ATTENDANCE", "<script>"]}, "from those shown"),
    ({"age_from": "9"}, "The second age must be the same as the first or higher"),
    ({"age_to": "800"}, "Age to must be between 0 and 25"),
    ({"name": "x" * 5000}, "Name must be 100 characters or fewer"),
    ({"name": "a\0b"}, "unusual characters"),
)


def test_what_was_typed_wrong_is_said_beside_its_field_and_kept(browse: Browse, drafted: str, cast: Cast) -> None:
    pages = each_refused(browse, f"{drafted}/rules/new", *(a_rule(cast, **typed) for typed, _message in WRONG))
    for (typed, message), page in zip(WRONG, pages, strict=True):
        assert message in page.text, typed
        assert page.form()["order"] == typed.get("order", "10")[:20]


def test_rules_move_and_go(browse: Browse, session: Session, ruled: str, cast: Cast) -> None:
    fill(browse, f"{ruled}/rules/new", a_rule(cast, name="O’Brien 👪 שלום", order="20", need=["SEND"]))
    first = rule_id_of(session)
    browse.post(f"{ruled}/rules/{first}/down", {"version": "3"})
    assert rule_id_of(session) != first
    browse.post(f"{ruled}/rules/{first}/up", {"version": "4"})
    assert rule_id_of(session) == first
    browse.post(f"{ruled}/rules/{first}/remove", {"version": "5"})
    assert "O’Brien 👪 שלום" in browse.get(ruled).text
    browse.post(f"{ruled}/rules/{first}/remove", {"version": "6"}, status=422)


def test_a_change_to_a_page_that_is_out_of_date_is_refused(browse: Browse, drafted: str, cast: Cast) -> None:
    stale = browse.get(f"{drafted}/rules/new").form()
    fill(browse, f"{drafted}/rules/new", a_rule(cast))
    page = browse.post(f"{drafted}/rules/new", {**stale, **a_rule(cast, name="Later")}, status=422)
    assert "Somebody has changed this set since you opened the page" in page.text
    assert page.form()["name"] == "Later"


def rehearsed(browse: Browse, session: Session, uow: OpenUnit, drafted: str) -> Page:
    version = str(session.get_one(RuleSet, 2).revision)
    begun = browse.post(f"{drafted}/rehearse", {"version": version})
    assert "You can leave this page" in browse.follow(begun).text
    with uow() as unit:
        rehearse_slice(unit, rehearsal_id=session.query(RuleSetRehearsal.id).scalar())
    return browse.get(f"{drafted}/rehearsal")


@pytest.mark.usefixtures("referral")
def test_a_set_is_rehearsed_and_made_live_by_a_second_person(
    browse: Browse, session: Session, uow: OpenUnit, drafted: str, cast: Cast, manager: Account
) -> None:
    fill(browse, f"{drafted}/rules/new", a_rule(cast, sends="person"))
    found = rehearsed(browse, session, uow, drafted)
    assert "1 of 1 referral would have gone elsewhere" in found.text
    assert "Shoebury" in found.text
    assert "A person decides" in found.text
    assert "RE-" not in found.text  # an administrator sees counts and no family
    browse.get(f"{drafted}/approve", status=404)
    browse.sign_in(manager)
    assert "Make this set live" in browse.get(drafted).text
    today = {"live_from-day": "3", "live_from-month": "3", "live_from-year": "2026"}
    assert "today or later" in fill(browse, f"{drafted}/approve", {**today, "live_from-year": "2020"}, status=422).text
    live = browse.follow(fill(browse, f"{drafted}/approve", today))
    assert "This set routes referrals now" in live.text
    assert "Superseded" in browse.get(HOME).text


def test_a_rule_is_copied_and_the_copy_opened_to_be_changed(
    browse: Browse, session: Session, ruled: str, cast: Cast
) -> None:
    copied = browse.post(f"{ruled}/rules/{rule_id_of(session)}/copy", {"version": "2"})
    page = browse.follow(copied)
    assert page.form()["name"] == "Young children who miss school (copy)"
    assert "Say now what is different about the copy" in page.text
    assert "It can never speak" in browse.get(ruled).text


def test_a_draft_is_thrown_away_and_stays_readable(browse: Browse, ruled: str, cast: Cast) -> None:
    page = browse.follow(fill(browse, f"{ruled}/throw-away", {"why": "Not needed <b>any</b> more 👪"}))
    assert "Thrown away" in page.text
    assert "Not needed <b>any</b> more 👪" in page.text
    assert "When the family needs help with school attendance" in page.text
    assert "Add a rule" not in page.text
    assert "thrown away and stays as it is" in browse.get(f"{ruled}/throw-away").text
    history = browse.get(f"{ruled}/history").text
    assert "Added the rule “Young children who miss school”" in history
    assert "Thrown away: Not needed" in history


@pytest.mark.usefixtures("referral")
def test_a_manager_withdraws_an_approved_set_before_its_day_with_a_reason(
    browse: Browse, session: Session, uow: OpenUnit, drafted: str, cast: Cast, manager: Account
) -> None:
    fill(browse, f"{drafted}/rules/new", a_rule(cast, sends="person"))
    rehearsed(browse, session, uow, drafted)
    browse.get(f"{drafted}/withdraw", status=404)
    browse.sign_in(manager)
    fill(browse, f"{drafted}/approve", {"live_from-day": "1", "live_from-month": "4", "live_from-year": "2026"})
    assert "Withdraw this set" in browse.get(drafted).text
    refused = fill(browse, f"{drafted}/withdraw", {"why": ""}, status=422)
    assert "Enter why the set is withdrawn" in refused.text
    page = browse.follow(fill(browse, f"{drafted}/withdraw", {"why": "The service is short of staff"}))
    assert "This set was withdrawn before it was live" in page.text
    assert "The service is short of staff" in page.text
    assert "withdrawn already" in browse.get(f"{drafted}/withdraw").text
    browse.get(f"{drafted}/throw-away", status=404)


def test_two_sets_are_compared_in_sentences(browse: Browse, session: Session, ruled: str, cast: Cast) -> None:
    fill(browse, f"{ruled}/settings", {"routine_days": "3"})
    page = browse.get(f"{HOME}/compare?before=1&after=2")
    assert "1 rule added, 0 removed, 0 changed, 0 moved" in page.text
    assert "3 working days" in page.text
    assert "When the family needs help with school attendance" in page.text
    assert "nothing is different" in browse.get(f"{HOME}/compare?before=2&after=2").text
    backwards = browse.get(f"{HOME}/compare?before=2&after=1").text
    assert "0 rules added, 1 removed" in backwards


@pytest.mark.parametrize(
    "asked", ["", "?before=x&after=99999999999999", "?before=1", "?before=%00&after=٣", "?after=77"]
)
def test_an_address_that_names_no_two_sets_asks_which(browse: Browse, administrator: Account, asked: str) -> None:
    browse.sign_in(administrator)
    assert "Choose two sets" in browse.get(f"{HOME}/compare{asked}").text


def test_only_administrators_edit_and_only_managers_approve(
    browse: Browse, drafted: str, cast: Cast, manager: Account
) -> None:
    browse.sign_in(manager)
    assert "Add a rule" not in browse.get(drafted).text
    for path in ("/new", "/2/settings", "/2/rules/new"):
        browse.get(f"{HOME}{path}", status=403 if path == "/new" else 404)
    browse.post(f"{drafted}/rehearse", {"version": "1"}, status=404)
    browse.sign_in(cast.officer)
    browse.get(HOME, status=403)
    browse.get(drafted, status=404)


@pytest.mark.parametrize("path", ["/9", "/99999999999999999999", "/9/rehearsal", "/9/settings", "/1/rehearsal"])
def test_a_set_that_does_not_exist_is_not_found(browse: Browse, administrator: Account, path: str) -> None:
    browse.sign_in(administrator)
    browse.get(f"{HOME}{path}", status=404)


def test_pages_take_few_statements(
    browse: Browse, session: Session, uow: OpenUnit, drafted: str, cast: Cast, administrator: Account
) -> None:
    for place in range(3):
        fill(
            browse,
            f"{drafted}/rules/new",
            a_rule(cast, name=f"Rule {place}", order=str(place + 1), age_to=str(9 + place)),
        )
    rehearsed(browse, session, uow, drafted)
    settled(browse, administrator)
    compared = "/compare?before=1&after=2"
    paths = ("", "/new", "/2", "/2/settings", "/2/rules/new", "/2/rehearsal", "/2/history", "/2/throw-away", compared)
    for path in paths:
        browse.get(f"{HOME}{path}", most_queries=8)
