"""The composition root: settings, database, rooms, pages."""

from pathlib import Path

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from locality.accounts import room as accounts
from locality.asking import room as asking
from locality.caf import api as caf_api
from locality.caf import room as caf
from locality.clusters import api as places
from locality.clusters import room as clusters
from locality.consent import room as consent
from locality.drafts import api as drafts_api
from locality.drafts import room as drafts
from locality.insight import room as insight
from locality.kernel import outbox
from locality.kernel.db import db
from locality.kernel.guard import refuse_powerful_role
from locality.kernel.settings import Settings
from locality.messages import api as messages_api
from locality.messages import room as messages
from locality.people import room as people
from locality.referrals import room as referrals
from locality.running import schema
from locality.stages import room as stages
from locality.web import drafting, endpoint, errors, health, packing, page, security, signed_in
from locality.web.registration import Registry
from locality.web.session import LocalitySessions

ROOMS = (
    drafts.ROOM,
    messages.ROOM,
    accounts.ROOM,
    people.ROOM,
    consent.ROOM,
    clusters.ROOM,
    stages.ROOM,
    referrals.ROOM,
    asking.ROOM,
    caf.ROOM,
    insight.ROOM,
)
_ROOT = Path(__file__).parent
# Milliseconds. Whoever waits longer for a lock is told to try again; a job is tried again by itself.
_LIMITS = "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"


def create_app(settings: Settings | None = None) -> Flask:
    """The application; settings come from the environment unless given.

    Raises ``SettingsError`` when a setting is wrong or the database role could step over row-level security.
    """
    settings = settings or Settings.from_environment()
    refuse_powerful_role(settings.database_url)
    app = Flask(
        "locality",
        template_folder=str(_ROOT.parent / "templates"),
        static_folder=str(_ROOT / "static"),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 8,
            "max_overflow": 8,
            "connect_args": {
                "options": _LIMITS,
                # A server that went away without a word is found out within a minute and a half.
                "keepalives_idle": 60,
                "keepalives_interval": 10,
                "keepalives_count": 3,
            },
        },
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        LOCALITY=settings,
    )
    app.extensions["locality"] = Registry(ROOMS)
    messages_api.speak_for(
        settings.authority_name, phone=settings.front_door_phone, duty_phone=settings.emergency_duty_phone
    )
    outbox.use_lease(settings.lease_seconds)
    caf_api.use_limits(
        caf_api.TimeLimits(
            assessment_days=settings.assessment_days,
            first_meeting_days=settings.first_meeting_days,
            first_review_weeks=settings.first_review_weeks,
            most_review_weeks=settings.most_review_weeks,
        )
    )
    places.use_precedence(places.PlacePrecedence(settings.place_precedence))
    db.init_app(app)
    security.install(app, settings)
    packing.install(app)
    app.session_interface = LocalitySessions(accounts.SESSION_STORE)
    signed_in.install(app)
    errors.install(app)  # first: it refuses requests whose session could not be looked up
    CSRFProtect(app).exempt("locality.drafts.views.keep")  # its token is the proof
    page.configure_templates(app)
    drafting.install(app, drafts_api)
    endpoint.deny_undeclared(app)
    health.blueprint.migration_head = schema.needed()  # type: ignore[attr-defined]
    app.register_blueprint(health.blueprint)
    for room in ROOMS:
        for blueprint in room.blueprints:
            app.register_blueprint(blueprint)
    app.add_url_rule("/", "home", home)
    return app


@endpoint.signed_in_only
def home() -> ResponseReturnValue:
    """Send people to where their work waits."""
    registry: Registry = page.registry()
    return redirect(url_for(registry.home_of(signed_in.current_actor()) or "accounts.account"))
