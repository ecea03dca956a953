"""Every page says who may open it; what says nothing is refused."""

from collections.abc import Collection

from flask import Flask

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.access.policy import POLICY
from locality.running import postgres
from locality.web.endpoint import Access, deny_undeclared, public, requires, signed_in_only
from tests.architecture import source
from tests.support.servers import settings_for
from workers.broker import create_celery
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


# Pages that are opened by an id and are about no person's record, and why.
_ABOUT_NO_RECORD = {
    "accounts.administer_account": "an account", "accounts.disable_account": "an account",
    "accounts.give_role": "an account", "accounts.hand_over_work": "work that failed: a task's name and ids",
    "referrals.change_rule": "a routing rule", "caf.next_scale_version": "a scale",
    "referrals.edit_service": "a service", "referrals.close_service": "a service",
    "referrals.service_history": "a service", "referrals.reopen_service": "a service",
    "referrals.service_places": "a service", "referrals.service": "a service",
    "referrals.service_data": "a service, as open data", "asking.open_own": "one's own request, not sent yet",
}  # fmt: skip


def _silent_about_records(app: Flask) -> list[str]:
    """Pages with an id in their address that load no facts: then nobody asks who may, and no look is written."""
    return [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and "<uuid:" in rule.rule
        and rule.endpoint not in _ABOUT_NO_RECORD
        and not _writes_who_looked(app.view_functions[rule.endpoint].access)  # type: ignore[attr-defined]
    ]


def _writes_who_looked(access: Access) -> bool:
    # The page of a restriction shows no part of the record that it restricts.
    about_restriction = access.permission is Permission.RESTRICTIONS_VIEW
    return access.kind == "handed_over" or (access.about_record and (access.reads is not None or about_restriction))


def test_a_page_about_a_record_loads_the_facts_of_that_record_and_names_what_it_shows(app: Flask) -> None:
    assert _silent_about_records(app) == []
    assert set(_ABOUT_NO_RECORD) - set(app.view_functions) == set()


def test_a_page_about_a_record_that_loads_no_facts_is_found() -> None:
    planted = Flask(__name__)
    by_role = requires(Permission.EPISODE_VIEW, reads=Part.PLAN)(lambda **_ids: "page")
    unnamed = requires(Permission.EPISODE_VIEW, facts=lambda *_a, **_k: None)(lambda **_ids: "page")
    for place, kind in enumerate(("episode", "assessment", "referral", "offer", "move")):
        planted.add_url_rule(f"/{kind}/<uuid:{kind}_id>", kind, unnamed if place == 0 else by_role)
    planted.add_url_rule("/people/<uuid:person_id>", "person", signed_in_only(lambda **_ids: "page"))
    assert len(_silent_about_records(planted)) == 6


def test_every_permission_is_in_the_policy_and_guards_a_page(app: Flask) -> None:
    assert _unruled(POLICY) == set()
    used = {access.permission for access in _accesses(app).values() if access}
    text = "".join(s.text for s in source.product() if "/views" in s.path or "/room" in s.path)
    unused = [p.name for p in Permission if p not in used and f"Permission.{p.name}" not in text]
    assert unused == []


def _unruled(policy: Collection[Permission]) -> set[Permission]:
    """Permissions that the policy says nothing of, and rules for what is no permission."""
    return set(Permission) ^ set(policy)


def test_a_permission_that_the_policy_forgot_is_found() -> None:
    assert _unruled(set(POLICY) - {Permission.CAF_VIEW}) == {Permission.CAF_VIEW}


def test_every_task_in_the_outbox_has_a_shell_and_plain_words(app: Flask) -> None:
    words = app.extensions["locality"].task_words()
    owed = source.outbox_tasks(source.product())
    assert owed, "the path owes work in the background"
    assert owed - set(words) == set()
    scheduled = {str(entry["task"]) for entry in SCHEDULE.values()}
    assert source.tasks_without_a_shell(source.product(), TASK_MODULES, scheduled) == set()


def test_a_task_without_a_shell_is_found() -> None:
    owing = source.Source("locality/caf/operations/planted.py", "outbox.enqueue(uow, 'caf.owed', key='1')\n")
    elsewhere = source.Source("workers/unheard_of.py", '@job("caf.owed")\n')
    found = source.tasks_without_a_shell([owing, elsewhere], TASK_MODULES, ["caf.scheduled"])
    assert found == {"caf.owed", "caf.scheduled"}


def test_workers_count_their_time_in_utc(server: postgres.Address, worker_database: str) -> None:
    conf = create_celery(settings_for(server, worker_database)).conf
    assert (conf.timezone, conf.enable_utc) == ("UTC", True)
