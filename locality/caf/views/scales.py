"""The pages of scales, for administrators: which there are, a new one, a next version, no longer offering one."""

import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.permissions import Permission
from locality.caf.forms.measuring import ScaleForm, UseScaleForm
from locality.caf.forms.quality import ItemsForm, written
from locality.caf.operations.quality import change_form
from locality.caf.operations.scores import define_scale, use_scale
from locality.caf.queries.quality import current_form
from locality.caf.queries.scores import list_versions
from locality.caf.rules.scales import BETTER_LABELS, RESPONDENT_LABELS
from locality.caf.views.blueprint import blueprint
from locality.kernel.db import db
from locality.web import page
from locality.web.endpoint import requires
from locality.web.posting import posted


@blueprint.get("/admin/scales")
@requires(Permission.SCALES_ADMINISTER)
def scales() -> ResponseReturnValue:
    """Every scale with its versions, and the list of items that audits of quality ask."""
    return page.render(
        "caf/scales.html",
        versions=list_versions(db.session()),
        better_words=BETTER_LABELS,
        respondent_words=RESPONDENT_LABELS,
        quality=current_form(db.session()),
        form=UseScaleForm(),
    )


@blueprint.route("/admin/scales/add", methods=["GET", "POST"])
@requires(Permission.SCALES_ADMINISTER)
def add_scale() -> ResponseReturnValue:
    """Define a local scale."""
    form = ScaleForm()
    if posted(form, lambda uow: define_scale(uow, form.to_command(None))):
        flash("The scale can be used from now on")
        return redirect(url_for("caf.scales"))
    return page.render("caf/add_scale.html", form=form, current=None)


@blueprint.route("/admin/scales/<uuid:scale_id>/next", methods=["GET", "POST"])
@requires(Permission.SCALES_ADMINISTER)
def next_scale_version(scale_id: uuid.UUID) -> ResponseReturnValue:
    """Define the next version of a local scale; scores of the earlier one stay and are not mixed with it."""
    current = next((one for one in list_versions(db.session()) if one.scale_id == scale_id), None)
    if current is None or current.is_built_in:
        raise PageNotFound
    form = ScaleForm(
        name=current.scale_name,
        items="\n".join(f"{item.label}, {item.lowest} to {item.highest}" for item in current.facts.items),
        better=current.facts.better.value,
        respondents=[one.value for one in current.facts.respondents],
        licence=current.licence,
    )
    if posted(form, lambda uow: define_scale(uow, form.to_command(scale_id))):
        flash("The next version can be used from now on")
        return redirect(url_for("caf.scales"))
    return page.render("caf/add_scale.html", form=form, current=current)


@blueprint.post("/admin/scales/versions/<uuid:version_id>/<any(offer, put_away):what>")
@requires(Permission.SCALES_ADMINISTER)
def offer_scale(version_id: uuid.UUID, what: str) -> ResponseReturnValue:
    """Offer a version of a scale, or stop offering it."""
    is_in_use = what == "offer"
    if not posted(UseScaleForm(), lambda uow: use_scale(uow, version_id, is_in_use=is_in_use)):
        raise PageNotFound
    flash("The scale is offered again" if is_in_use else "The scale is no longer offered. Its scores stay")
    return redirect(url_for("caf.scales"))


@blueprint.route("/admin/quality-items", methods=["GET", "POST"])
@requires(Permission.SCALES_ADMINISTER)
def quality_items() -> ResponseReturnValue:
    """Change the items that audits of quality ask; audits made before keep theirs."""
    current = current_form(db.session())
    form = ItemsForm(items=written(current))
    if posted(form, lambda uow: change_form(uow, form.read(), form_id=form.form_id.data)):
        flash("Audits ask these items from now on")
        return redirect(url_for("caf.scales"))
    return page.render("caf/quality_items.html", form=form, current=current)
