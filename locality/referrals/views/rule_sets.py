"""Sets of routing rules: administrators draft and rehearse them, a manager makes them live."""

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.permissions import Permission
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.errors import DomainError
from locality.kernel.ids import new_id
from locality.kernel.paging import page_number
from locality.referrals.forms.rule_sets import (
    ApproveForm,
    DraftSetForm,
    MoveForm,
    RuleForm,
    SettingsForm,
    values_of,
)
from locality.referrals.operations import rule_sets as operations
from locality.referrals.operations.rule_sets_rehearsing import rehearse
from locality.referrals.queries import rule_sets as queries
from locality.referrals.queries import rule_sets_rehearsing as rehearsals
from locality.referrals.queries.access import referrals_to_open
from locality.referrals.queries.rule_sets import SetView
from locality.referrals.rules import rule_sets, rule_sets_words
from locality.referrals.rules.conditions import Rule
from locality.referrals.rules.rule_sets import SetState
from locality.referrals.rules.rule_sets_checking import closed_since, problems
from locality.referrals.rules.rule_sets_comparing import settings_words
from locality.referrals.views.looking_again import Again, look_again
from locality.referrals.views.pages import blueprint, done, now
from locality.referrals.views.rule_sets_results import result_of
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.fields import Choice
from locality.web.form import Form
from locality.web.posting import posted
from locality.web.signed_in import current_actor


@blueprint.get("/admin/routing-rules")
@requires(Permission.RULES_VIEW)
def rule_set_list() -> ResponseReturnValue:
    """Every set, the newest first."""
    listed = queries.list_sets(db.session(), number=page_number(request.args.get("page")), now=now())
    return page.render(
        "referrals/rule_sets/list.html",
        listed=listed,
        standing=rule_sets_words.STANDING_WORDS,
        may_edit=may(Permission.RULES_EDIT),
    )


@blueprint.route("/admin/routing-rules/new", methods=["GET", "POST"])
@requires(Permission.RULES_EDIT)
def draft_rule_set() -> ResponseReturnValue:
    """Draft a set as a copy of another."""
    listed = [
        row
        for row in queries.list_sets(db.session(), number=1, now=now()).rows
        if row.standing is not rule_sets.Standing.DISCARDED
    ]
    form = DraftSetForm()
    form.based_on.choices = [
        Choice(str(row.version), f"Set {row.version}: {row.name} ({rule_sets_words.STANDING_WORDS[row.standing][0]})")
        for row in listed
    ]
    if not form.is_submitted():
        live = next((row.version for row in listed if row.standing is rule_sets.Standing.LIVE), None)
        form.based_on.process(None, live)
    made: list[int] = []
    if posted(
        form,
        lambda uow: made.append(operations.draft_set(uow, name=form.name.data, based_on=form.based_on.data)),
    ):
        flash(f"Set {made[0]} is drafted. Nothing changes until it is rehearsed and approved")
        return to_set(made[0])
    return page.render("referrals/rule_sets/new.html", form=form)


@blueprint.get("/admin/routing-rules/<int:version>")
@requires(Permission.RULES_VIEW)
def rule_set(version: int) -> ResponseReturnValue:
    """One set: its rules in their order, what is wrong with them, and what happens next."""
    return _set_page(version, MoveForm(formdata=None))


@blueprint.route("/admin/routing-rules/<int:version>/settings", methods=["GET", "POST"])
@requires(Permission.RULES_EDIT)
def rule_set_settings(version: int) -> ResponseReturnValue:
    """What holds whatever rule speaks."""
    found = find(version)
    settings = found.content.settings
    form = SettingsForm(
        data={
            "version": found.revision,
            "name": found.name,
            "routine_days": settings.routine_days,
            "siblings_together": settings.siblings_together,
            "overflow": settings.overflow,
        }
    )
    if posted(
        form,
        lambda uow: operations.change_settings(
            uow, form.shown(version), name=form.name.data, settings=form.to_settings()
        ),
    ):
        flash("The set is changed")
        return to_set(version)
    return page.render("referrals/rule_sets/settings.html", form=form, found=found)


@blueprint.route("/admin/routing-rules/<int:version>/rules/new", methods=["GET", "POST"])
@requires(Permission.RULES_EDIT)
def add_rule(version: int) -> ResponseReturnValue:
    """Add a rule."""
    found = find(version)
    form = RuleForm(data={"version": found.revision, "order": rule_sets.next_place(found.content.rules)})
    return _rule_page(found, form, None)


@blueprint.route("/admin/routing-rules/<int:version>/rules/<uuid:rule_id>", methods=["GET", "POST"])
@requires(Permission.RULES_EDIT)
def change_rule(version: int, rule_id: uuid.UUID) -> ResponseReturnValue:
    """Change a rule."""
    found = find(version)
    rule = next((rule for rule in found.content.rules if rule.id == rule_id), None)
    if rule is None:
        raise PageNotFound
    return _rule_page(found, RuleForm(data={"version": found.revision, **values_of(rule)}), rule)


@blueprint.post("/admin/routing-rules/<int:version>/rules/<uuid:rule_id>/up")
@requires(Permission.RULES_EDIT)
def move_rule_up(version: int, rule_id: uuid.UUID) -> ResponseReturnValue:
    """Look at a rule before the one before it."""
    return _moved(version, rule_id, up=True)


@blueprint.post("/admin/routing-rules/<int:version>/rules/<uuid:rule_id>/down")
@requires(Permission.RULES_EDIT)
def move_rule_down(version: int, rule_id: uuid.UUID) -> ResponseReturnValue:
    """Look at a rule after the one after it."""
    return _moved(version, rule_id, up=False)


@blueprint.post("/admin/routing-rules/<int:version>/rules/<uuid:rule_id>/copy")
@requires(Permission.RULES_EDIT)
def duplicate_rule(version: int, rule_id: uuid.UUID) -> ResponseReturnValue:
    """Put a copy of a rule after it, and open the copy to be changed."""
    find(version)
    form = MoveForm()
    made: list[uuid.UUID] = []
    if posted(form, lambda uow: made.append(operations.duplicate_rule(uow, form.shown(version), rule_id))):
        flash("The rule is copied. Say now what is different about the copy")
        return redirect(url_for("referrals.change_rule", version=version, rule_id=made[0]))
    return _set_page(version, form)


@blueprint.post("/admin/routing-rules/<int:version>/rules/<uuid:rule_id>/remove")
@requires(Permission.RULES_EDIT)
def remove_rule(version: int, rule_id: uuid.UUID) -> ResponseReturnValue:
    """Take a rule out of a draft."""
    find(version)
    form = MoveForm()
    if posted(form, lambda uow: operations.remove_rule(uow, form.shown(version), rule_id)):
        flash("The rule is removed")
        return to_set(version)
    return _set_page(version, form)


@blueprint.post("/admin/routing-rules/<int:version>/rehearse")
@requires(Permission.RULES_EDIT)
def rehearse_rule_set(version: int) -> ResponseReturnValue:
    """Rehearse a set in the background."""
    find(version)
    form = MoveForm()
    if posted(form, lambda uow: rehearse(uow, version)):
        flash("The rehearsal has begun. You can leave this page")
        return redirect(url_for("referrals.rehearsal", version=version))
    return _set_page(version, form)


@blueprint.get("/admin/routing-rules/<int:version>/rehearsal")
@requires(Permission.RULES_VIEW)
def rehearsal(version: int) -> ResponseReturnValue:
    """How far a rehearsal is; then what would have gone elsewhere, by cluster and service, and the wait."""
    session = db.session()
    found, latest = find(version), rehearsals.find_rehearsal(session, version)
    if latest is None:
        raise PageNotFound
    directory = queries.read_directory(session, on=london_date(now()))
    moved = rehearsals.list_moved(session, latest.id)
    opens = referrals_to_open(session, current_actor(), (row.id for row in moved))
    return page.render(
        "referrals/rule_sets/rehearsal.html",
        found=found,
        rehearsal=latest,
        result=result_of(latest, found, directory),
        moved=[row for row in moved if row.id in opens],
        standing=rule_sets_words.STANDING_WORDS,
        may_approve=_may_approve(found),
        again=_again(version) if latest.state == "running" else None,
    )


def _again(version: int) -> Again:
    return look_again(
        request.args.get("look"), lambda looks: url_for("referrals.rehearsal", version=version, look=looks)
    )


@blueprint.route("/admin/routing-rules/<int:version>/approve", methods=["GET", "POST"])
@requires(Permission.RULES_APPROVE)
def approve_rule_set(version: int) -> ResponseReturnValue:
    """Make a rehearsed set live from a day."""
    found = find(version)
    form = ApproveForm(data={"version": found.revision})
    if posted(form, lambda uow: operations.approve_set(uow, form.shown(version), live_on=form.live_from.data)):
        flash(f"Set {version} is approved")
        return to_set(version)
    return page.render("referrals/rule_sets/approve.html", form=form, found=found, may_approve=_may_approve(found))


def _set_page(version: int, form: Form) -> ResponseReturnValue:
    session = db.session()
    found = find(version)
    directory = queries.read_directory(session, on=london_date(now()))
    is_open = found.state in rule_sets.OPEN_STATES
    wrong = problems(found.content.rules, directory) if is_open else ()
    if found.standing in {rule_sets.Standing.LIVE, rule_sets.Standing.WAITING}:
        wrong = closed_since(found.content.rules, directory)
    rows = [
        {
            "rule": rule,
            "sentence": rule_sets_words.sentence(rule, directory),
            "problems": [problem.message for problem in wrong if problem.rule_id == rule.id],
        }
        for rule in found.content.rules
    ]
    return page.render(
        "referrals/rule_sets/set.html",
        form=form,
        found=found,
        rows=rows,
        is_wrong=is_open and bool(wrong),
        rehearsal=rehearsals.find_rehearsal(session, version),
        standing=rule_sets_words.STANDING_WORDS[found.standing],
        settings=settings_words(found.content.settings),
        may_edit=may(Permission.RULES_EDIT) and is_open,
        may_withdraw=may(Permission.RULES_APPROVE) and found.standing is rule_sets.Standing.WAITING,
        may_approve=_may_approve(found),
    )


def _rule_page(found: SetView, form: RuleForm, rule: Rule | None) -> ResponseReturnValue:
    form.offer(queries.read_directory(db.session(), on=london_date(now())))
    rule_id = new_id() if rule is None else rule.id
    if form.validate_on_submit():
        try:
            typed = form.to_rule(rule_id)
        except DomainError as error:
            form.add_reasons(error)
        else:
            if done(form, lambda uow: operations.put_rule(uow, form.shown(found.version), typed)):
                flash(f"“{typed.name}” is in the set")
                return to_set(found.version)
    return page.render("referrals/rule_sets/rule.html", form=form, found=found, rule=rule)


def _moved(version: int, rule_id: uuid.UUID, *, up: bool) -> ResponseReturnValue:
    find(version)
    form = MoveForm()
    if posted(form, lambda uow: operations.move_rule(uow, form.shown(version), rule_id, up=up)):
        return to_set(version)
    return _set_page(version, form)


def find(version: int) -> SetView:
    """One set; when there is none, the page is not found."""
    # PostgreSQL's integers end here; a longer number names no set.
    found = queries.find_set(db.session(), version, now=now()) if version < 2**31 else None
    if found is None:
        raise PageNotFound
    return found


def _may_approve(found: SetView) -> bool:
    return (
        may(Permission.RULES_APPROVE)
        and found.state is SetState.REHEARSED
        and current_actor().account_id not in found.editors
    )


def to_set(version: int) -> ResponseReturnValue:
    """Back to a set."""
    return redirect(url_for("referrals.rule_set", version=version))
