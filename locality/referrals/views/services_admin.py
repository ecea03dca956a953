"""Keeping the directory of services: entries, their earlier versions, places by period, closing and opening again."""

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.permissions import Permission
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.paging import page_number
from locality.referrals.forms.services import CloseForm, PlacesForm, ReopenForm, ServiceForm, values_of
from locality.referrals.operations import services as operations
from locality.referrals.operations import services_closing as closing
from locality.referrals.queries import directory as directory_queries
from locality.referrals.queries import services as queries
from locality.referrals.queries.directory import DirectoryWish
from locality.referrals.queries.services import KeptEntry
from locality.referrals.rules.codes import ReferralKind
from locality.referrals.rules.directory import Entry
from locality.referrals.views.pages import blueprint, now
from locality.referrals.views.services import words
from locality.referrals.views.services_history import told_changes
from locality.web import page
from locality.web.endpoint import requires
from locality.web.posting import posted

_USUAL = {
    "kind": ReferralKind.EARLY_HELP,
    "min_age": 0,
    "max_age": 18,
    "takes_unborn": False,
    "has_waiting_list": True,
    "response_days": 5,
    "area": "authority",
}


@blueprint.get("/admin/services")
@requires(Permission.SERVICES_ADMINISTER)
def administer_services() -> ResponseReturnValue:
    """Every service, open and closed, with its places and what waits for its answer."""
    wish = DirectoryWish(closed=True, page=page_number(request.args.get("page")))
    listed = directory_queries.list_directory(db.session(), wish, now=now())
    return page.render("referrals/services/administer.html", listed=listed, **words())


@blueprint.route("/admin/services/new", methods=["GET", "POST"])
@requires(Permission.SERVICES_ADMINISTER)
def new_service() -> ResponseReturnValue:
    """Put a service into the directory."""
    form = ServiceForm(data=_USUAL)
    form.offer(queries.list_choices(db.session()))
    made: list[uuid.UUID] = []
    if posted(form, lambda uow: made.append(operations.add_service(uow, form.to_command()))):
        flash(f"{form.name.data} is in the directory. Say next how many families it can help in each cluster")
        return redirect(url_for("referrals.service_places", service_id=made[0]))
    return page.render("referrals/services/edit.html", form=form, kept=None)


@blueprint.route("/admin/services/<uuid:service_id>", methods=["GET", "POST"])
@requires(Permission.SERVICES_ADMINISTER)
def edit_service(service_id: uuid.UUID) -> ResponseReturnValue:
    """Change an entry; what it said is kept."""
    session = db.session()
    kept = _kept(service_id)
    form = ServiceForm(data=values_of(dict(kept.values), kept.kind, kept.version))
    del form.kind
    form.offer(queries.list_choices(session))
    if posted(
        form,
        lambda uow: operations.change_service(
            uow, service_id, form.to_command(), version=int(form.version.data or 0), why=form.why.data
        ),
    ):
        flash("The directory is changed. What it said before is kept under Earlier versions")
        return _to_service(service_id)
    return page.render("referrals/services/edit.html", form=form, kept=kept)


@blueprint.get("/admin/services/<uuid:service_id>/history")
@requires(Permission.SERVICES_ADMINISTER)
def service_history(service_id: uuid.UUID) -> ResponseReturnValue:
    """Every version of an entry: what changed, who changed it and why."""
    session, kept = db.session(), _kept(service_id)
    listed = queries.list_editions(session, service_id, number=page_number(request.args.get("page")))
    names = queries.list_choices(session).places()
    return page.render(
        "referrals/services/history.html",
        kept=kept,
        listed=listed,
        told=lambda edition: told_changes(edition, names),
    )


@blueprint.route("/admin/services/<uuid:service_id>/places", methods=["GET", "POST"])
@requires(Permission.SERVICES_ADMINISTER)
def service_places(service_id: uuid.UUID) -> ResponseReturnValue:
    """How many families a service can help in each cluster, now and from a day on."""
    session, kept = db.session(), _kept(service_id)
    form = PlacesForm(data={"from_on": london_date(now())})
    within = queries.list_choices(session).within(kept.values["area_kind"], kept.values["area_id"])
    form.cluster.choices = [(str(cluster_id), name) for cluster_id, name in within]
    if posted(
        form,
        lambda uow: operations.set_capacity(
            uow, service_id, cluster_id=form.cluster.data, places=form.places.data, from_on=form.from_on.data
        ),
    ):
        flash("The places are set")
        return redirect(url_for("referrals.service_places", service_id=service_id))
    return page.render(
        "referrals/services/places.html",
        form=form,
        kept=kept,
        service=_entry(service_id),
        periods=queries.list_periods(session, service_id, number=page_number(request.args.get("page"))),
        today=london_date(now()),
    )


@blueprint.route("/admin/services/<uuid:service_id>/close", methods=["GET", "POST"])
@requires(Permission.SERVICES_ADMINISTER)
def close_service(service_id: uuid.UUID) -> ResponseReturnValue:
    """Close a service; the page says first what happens to whoever waits for it."""
    kept = _kept(service_id)
    form = CloseForm(data={"from_on": london_date(now())})
    if posted(
        form,
        lambda uow: closing.close_service(
            uow,
            service_id,
            from_on=form.from_on.data,
            offer_elsewhere=form.offer_elsewhere.data,
            why=form.why.data,
        ),
    ):
        flash(f"{kept.name} is closed to new referrals from the day that you chose")
        return _to_service(service_id)
    return page.render("referrals/services/close.html", form=form, kept=kept, service=_entry(service_id))


@blueprint.route("/admin/services/<uuid:service_id>/open", methods=["GET", "POST"])
@requires(Permission.SERVICES_ADMINISTER)
def reopen_service(service_id: uuid.UUID) -> ResponseReturnValue:
    """Take referrals again, or not close after all."""
    kept = _kept(service_id)
    form = ReopenForm()
    if posted(form, lambda uow: closing.reopen_service(uow, service_id, why=form.why.data)):
        flash(f"{kept.name} takes referrals")
        return _to_service(service_id)
    return page.render("referrals/services/open.html", form=form, kept=kept)


def _kept(service_id: uuid.UUID) -> KeptEntry:
    found = queries.find_kept_entry(db.session(), service_id)
    if found is None:
        raise PageNotFound
    return found


def _entry(service_id: uuid.UUID) -> Entry:
    found = directory_queries.find_entry(db.session(), service_id, now=now())
    if found is None:
        raise PageNotFound
    return found


def _to_service(service_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("referrals.service", service_id=service_id))
