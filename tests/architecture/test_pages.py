"""Every page says who may open it; what says nothing is refused."""

import pytest
from flask import Flask

from locality.access.permissions import Permission
from locality.access.policy import POLICY
from locality.kernel.outbox import OutboxMessage
from locality.web.endpoint import Access, deny_undeclared, public
from tests.architecture import source
from workers.schedule import SCHEDULE, TASK_MODULES


def _accesses(app: Flask) -> dict[str, Access | None]:
    return {name: getattr(view, "access", None) for name, view in app.view_functions.items() if name != "static"}


def test_every_view_declares_its_access(app: Flask) -> None:
    assert [name for name, access in _accesses(app).items() if access is None] == []


def test_a_view_that_says_nothing_is_refused() -> None:
    planted = Flask(__name__)
    deny_undeclared(planted)
    planted.add_url_rule("/open", "open", public(lambda: "open"))
    planted.add_url_rule("/silent", "silent", lambda: "silent")
    client = planted.test_client()
    assert (client.get("/open").status_code, client.get("/silent").status_code) == (200, 403)


# Asking for help, each page about the browser's own request; and saving by a page's signed token.
_WITHOUT_AN_ACCOUNT = {
    f"asking.{name}"
    for name in (
        "start", "start_professional", "danger", "leave", "question", "keep", "remove", "check", "sent", "save",
        "come_back", "record_ended", "both",
    )
} | {"quiet.notes", "drafts.keep"}  # fmt: skip
# Open data of the directory, about no person; both ask for sign-in unless the council makes them public.
_OPEN_DATA = {"referrals.services_data", "referrals.service_data"}


def test_only_sign_in_health_and_asking_for_help_are_public(app: Flask) -> None:
    open_to_all = {name for name, access in _accesses(app).items() if access and access.kind == "public"}
    assert open_to_all == {"accounts.sign_in", "health.alive", "health.ready", "health.metrics"} | (
        _WITHOUT_AN_ACCOUNT | _OPEN_DATA
    )


def test_a_page_about_a_record_loads_the_facts_of_that_record(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if any(kind in rule.rule for kind in ("<uuid:person_id>", "<uuid:family_id>", "<uuid:contact_id>"))
        and not app.view_functions[rule.endpoint].access.about_record  # type: ignore[attr-defined]
    ]
    assert silent == []


def test_every_permission_is_in_the_policy_and_guards_a_page(app: Flask) -> None:
    assert set(POLICY) == set(Permission)
    used = {access.permission for access in _accesses(app).values() if access}
    text = "".join(s.text for s in source.product() if "/views" in s.path or "/room" in s.path)
    unused = [p.name for p in Permission if p not in used and f"Permission.{p.name}" not in text]
    assert unused == []


def test_every_task_in_the_outbox_has_a_shell_and_plain_words(app: Flask) -> None:
    words = app.extensions["locality"].task_words()
    shells = {
        line.split('"')[1]
        for s in source.product()
        if s.path.removesuffix(".py").replace("/", ".") in TASK_MODULES
        for line in s.text.splitlines()
        if line.startswith(("@job(", "@periodic("))
    }
    owed = source.outbox_tasks(source.product())
    assert owed, "the path owes work in the background"
    assert owed - shells == set()
    assert owed - set(words) == set()
    assert {str(entry["task"]) for entry in SCHEDULE.values()} - shells == set()


@pytest.mark.parametrize("column", ["payload"])
def test_the_outbox_holds_ids_only(column: str) -> None:
    text = "".join(s.text for s in source.product() if s.path == "locality/kernel/outbox.py")
    assert column in OutboxMessage.__table__.columns
    assert "**ids: uuid.UUID" in text
