"""Throwing a draft of routing rules away, withdrawing an approved set, its history, and what differs between two."""

from flask import flash, request
from flask.typing import ResponseReturnValue

from locality.access.permissions import Permission
from locality.kernel.clock import london_date
from locality.kernel.db import db
from locality.kernel.paging import page_number
from locality.referrals.forms.rule_sets import CompareForm, DiscardForm, WithdrawForm
from locality.referrals.operations import rule_sets_ending as operations
from locality.referrals.queries import rule_sets as queries
from locality.referrals.queries.rule_sets import SetView
from locality.referrals.rules import rule_sets, rule_sets_words
from locality.referrals.rules.conditions import Rule
from locality.referrals.rules.rule_sets_comparing import compare
from locality.referrals.views.pages import blueprint, now
from locality.referrals.views.rule_sets import find, to_set
from locality.web import page
from locality.web.endpoint import requires
from locality.web.fields import Choice
from locality.web.posting import posted


@blueprint.route("/admin/routing-rules/<int:version>/throw-away", methods=["GET", "POST"])
@requires(Permission.RULES_EDIT)
def discard_rule_set(version: int) -> ResponseReturnValue:
    """Throw a draft away."""
    found = find(version)
    form = DiscardForm(data={"version": found.revision})
    if posted(form, lambda uow: operations.discard_set(uow, form.shown(version), why=form.why.data)):
        flash(f"Set {version} is thrown away. What it said can still be read")
        return to_set(version)
    reasons = rule_sets.reasons_not_to_change(found.state)
    return page.render("referrals/rule_sets/throw_away.html", form=form, found=found, reasons=reasons)


@blueprint.route("/admin/routing-rules/<int:version>/withdraw", methods=["GET", "POST"])
@requires(Permission.RULES_APPROVE)
def withdraw_rule_set(version: int) -> ResponseReturnValue:
    """Withdraw an approved set before its day."""
    found = find(version)
    form = WithdrawForm(data={"version": found.revision})
    if posted(form, lambda uow: operations.withdraw_set(uow, form.shown(version), why=form.why.data)):
        flash(f"Set {version} is withdrawn. Set {found.live_version} goes on routing referrals")
        return to_set(version)
    reasons = rule_sets.reasons_not_to_withdraw(found.standing, "to be asked")
    return page.render("referrals/rule_sets/withdraw.html", form=form, found=found, reasons=reasons)


@blueprint.get("/admin/routing-rules/<int:version>/history")
@requires(Permission.RULES_VIEW)
def rule_set_history(version: int) -> ResponseReturnValue:
    """What happened to a set: who did what, when and why."""
    found = find(version)
    listed = queries.list_events(db.session(), version, number=page_number(request.args.get("page")))
    return page.render("referrals/rule_sets/history.html", found=found, listed=listed)


@blueprint.get("/admin/routing-rules/compare")
@requires(Permission.RULES_VIEW)
def compare_rule_sets() -> ResponseReturnValue:
    """What differs from one set to another."""
    session = db.session()
    choices = [Choice(str(row.version), f"Set {row.version}: {row.name}") for row in _listed()]
    before, after = _chosen("before"), _chosen("after")
    form = CompareForm(data={"before": before and before.version, "after": after and after.version})
    form.before.choices = form.after.choices = choices
    comparison = None if before is None or after is None else compare(before.content, after.content)
    directory = queries.read_directory(session, on=london_date(now())) if comparison else None

    def sentence(rule: Rule) -> str:
        return "" if directory is None else rule_sets_words.sentence(rule, directory)

    return page.render(
        "referrals/rule_sets/compare.html",
        form=form,
        before=before,
        after=after,
        comparison=comparison,
        sentence=sentence,
    )


def _listed() -> tuple[queries.SetRow, ...]:
    return tuple(queries.list_sets(db.session(), number=1, now=now()).rows)


def _chosen(name: str) -> SetView | None:
    """The set that the address names; anything else names none, and the page asks again."""
    typed = request.args.get(name, "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        return None
    return queries.find_set(db.session(), int(typed), now=now())
