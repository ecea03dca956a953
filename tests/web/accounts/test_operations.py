"""Background work that waits or failed."""

import datetime as dt
import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from locality.accounts.models import Account
from locality.audit.models import AuditEvent
from locality.kernel.actor import Role
from locality.kernel.clock import SYSTEM_CLOCK
from locality.kernel.ids import new_id
from locality.kernel.outbox import OutboxMessage
from tests.factories.accounts import an_account
from tests.support.web import Browse

NOTHING_FAILED: list[dict[str, str]] = []


@pytest.fixture
def administrator(session: Session, browse: Browse) -> Account:
    account = an_account(session, name="Ada Admin", job_title="Systems", roles=[Role.ADMINISTRATOR])
    browse.sign_in(account)
    return account


def some_work(session: Session, *, due_ago: int = 0, failed: bool = False, task: str = "letters.send") -> uuid.UUID:
    due = SYSTEM_CLOCK.now() - dt.timedelta(seconds=due_ago)
    message = OutboxMessage(
        id=new_id(),
        task=task,
        payload={"referral_id": str(new_id())},
        dedupe_key=str(new_id()),
        created_at=due,
        available_at=due,
        attempts=6 if failed else 0,
        fence=6 if failed else 0,
        failed_at=due if failed else None,
        last_error="ConnectionError" if failed else None,
    )
    session.add(message)
    session.flush()
    return message.id


@pytest.mark.usefixtures("administrator")
def test_with_nothing_to_do_all_is_well(browse: Browse) -> None:
    page = browse.get("/operations", most_queries=5)
    assert "All is well Background work keeps up." in page.main
    assert page.table("Failed work") == NOTHING_FAILED


@pytest.mark.usefixtures("administrator")
def test_work_that_is_young_is_well(browse: Browse, session: Session) -> None:
    some_work(session, due_ago=5)
    page = browse.get("/operations")
    assert "All is well" in page.main
    assert "1 due and waiting" in page.main


@pytest.mark.usefixtures("administrator")
def test_work_that_is_planned_is_not_late(browse: Browse, session: Session) -> None:
    some_work(session, due_ago=-3600)
    page = browse.get("/operations")
    assert "All is well" in page.main
    assert "0 due and waiting, and 1 planned" in page.main


@pytest.mark.usefixtures("administrator")
def test_work_that_grows_old_is_not_well(browse: Browse, session: Session) -> None:
    some_work(session, due_ago=5)
    some_work(session, due_ago=300)
    page = browse.get("/operations")
    assert "Behind The oldest due work has waited 5 minutes" in page.main
    assert "All is well" not in page.main


@pytest.mark.usefixtures("administrator")
def test_failed_work_says_what_was_meant_to_happen(browse: Browse, session: Session) -> None:
    some_work(session, failed=True)
    page = browse.get("/operations")
    assert "Needs a person 1 piece of work failed and waits for somebody." in page.main
    (row,) = page.table("Failed work")
    assert (row["What was meant to happen"], row["Attempts"], row["What went wrong"], row["Who sees to it"]) == (
        "Send (letters)", "6", "ConnectionError", "Nobody yet",
    )  # fmt: skip


@pytest.mark.usefixtures("administrator")
def test_the_words_of_a_task_are_those_of_its_room(
    browse: Browse, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "locality.web.registration.Registry.task_words", lambda _self: {"letters.send": "write to the family"}
    )
    some_work(session, failed=True)
    (row,) = browse.get("/operations").table("Failed work")
    assert row["What was meant to happen"] == "Write to the family"


@pytest.mark.usefixtures("administrator")
def test_failed_work_is_tried_again(browse: Browse, session: Session) -> None:
    found = some_work(session, failed=True)
    page = browse.follow(browse.post(f"/operations/{found}/retry"))
    assert page.banner == "This work will be tried again now"
    assert page.table("Failed work") == NOTHING_FAILED
    message = session.get_one(OutboxMessage, found)
    assert (message.attempts, message.failed_at) == (0, None)
    assert "operations.retried" in session.scalars(select(AuditEvent.action)).all()


@pytest.mark.usefixtures("administrator")
def test_work_that_is_not_failed_is_not_tried_again(browse: Browse, session: Session) -> None:
    for found in (some_work(session), new_id()):
        page = browse.follow(browse.post(f"/operations/{found}/retry"))
        assert page.banner.startswith("This work is no longer waiting for a person")


def test_failed_work_is_handed_to_somebody(browse: Browse, session: Session, administrator: Account) -> None:
    found = some_work(session, failed=True)
    form = {"to": str(administrator.id), "how": "by_hand"}
    page = browse.follow(browse.post(f"/operations/{found}/hand-over", form))
    (row,) = page.table("Failed work")
    assert row["Who sees to it"] == "Ada Admin. They will do it by hand"


@pytest.mark.usefixtures("administrator")
def test_only_managers_and_administrators_are_on_offer(browse: Browse, session: Session) -> None:
    an_account(session, name="Max Manager", job_title="Head of service", roles=[Role.MANAGER])
    an_account(session, name="Wanda Worker", roles=[Role.LEAD_PROFESSIONAL])
    found = some_work(session, failed=True)
    page = browse.get(f"/operations/{found}/hand-over", most_queries=8)
    assert page.options("to") == ["Choose one", "Ada Admin, Systems", "Max Manager, Head of service"]


@pytest.mark.parametrize(
    ("form", "field", "message"),
    [
        pytest.param({"how": "by_hand"}, "to", "Select who will see to it", id="nobody"),
        pytest.param({"to": "x", "how": "by_hand"}, "to", "Select who will see to it", id="not a person"),
        pytest.param({"to": str(uuid.UUID(int=9)), "how": "by_hand"}, "to", "Select who will see", id="a stranger"),
        pytest.param({}, "how", "Select what they will do", id="nothing"),
        pytest.param({"how": "magic"}, "how", "Select what they will do", id="something else"),
    ],
)
@pytest.mark.usefixtures("administrator")
def test_a_hand_over_that_will_not_do_is_refused_beside_its_field(
    browse: Browse, session: Session, form: dict[str, str], field: str, message: str
) -> None:
    found = some_work(session, failed=True)
    page = browse.post(f"/operations/{found}/hand-over", form, status=422)
    assert page.error_beside(field).startswith(message)


@pytest.mark.usefixtures("administrator")
def test_only_failed_work_is_handed_over(browse: Browse, session: Session) -> None:
    browse.get(f"/operations/{some_work(session)}/hand-over", status=404)
    browse.get(f"/operations/{new_id()}/hand-over", status=404)


@pytest.mark.usefixtures("administrator")
def test_waiting_and_failed_work_is_paged(browse: Browse, session: Session) -> None:
    for number in range(55):
        some_work(session, due_ago=number)
        some_work(session, failed=True)
    waiting = browse.get("/operations/waiting", most_queries=5)
    caption = "Waiting work, the longest due first"
    assert len(waiting.table(caption)) == 50
    assert len(browse.get(waiting.links["Next page"]).table(caption)) == 5
    failed = browse.get("/operations", most_queries=5)
    assert len(browse.get(failed.links["Next page"]).table("Failed work")) == 5


def test_a_manager_sees_but_does_not_mend(browse: Browse, session: Session) -> None:
    browse.sign_in(an_account(session, roles=[Role.MANAGER]))
    found = some_work(session, failed=True)
    page = browse.get("/operations")
    assert "What to do" not in page.table("Failed work")[0]
    browse.post(f"/operations/{found}/retry", status=404)
    browse.get(f"/operations/{found}/hand-over", status=404)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.MANAGER, Role.ADMINISTRATOR)])
def test_nobody_else_sees_operations(browse: Browse, session: Session, role: Role) -> None:
    browse.sign_in(an_account(session, roles=[role]))
    browse.get("/operations", status=403)
    browse.get("/operations/waiting", status=403)
