"""The pages of the audit of quality: auditing a CAF, feedback to its author, and the managers' figures."""

import datetime as dt
import uuid

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.quality import ReplyForm, audit_form
from locality.caf.operations.quality import answer_feedback, audit_caf
from locality.caf.queries import quality as queries
from locality.caf.queries.auditing import list_invitations
from locality.caf.queries.sections import assessment_facts, get_assessment
from locality.caf.rules.quality import (
    ANSWER_LABELS,
    SMALL_NUMBER,
    STANDING_LABELS,
    Answer,
    Cell,
    answer_field,
    percent_of,
    shown,
)
from locality.caf.views.blueprint import blueprint
from locality.caf.views.heading import now, plain_heading, today
from locality.kernel.db import db
from locality.kernel.ids import AssessmentId
from locality.web import page
from locality.web.endpoint import may, requires
from locality.web.posting import posted
from locality.web.signed_in import current_actor

_MONTHS = 6
_WEAKEST = 5


@blueprint.get("/caf/<uuid:assessment_id>/quality")
@requires(Permission.CAF_VIEW, facts=assessment_facts, reads=Part.ASSESSMENT)
def quality(assessment_id: AssessmentId) -> ResponseReturnValue:
    """The audits of a CAF."""
    session = db.session()
    found = get_assessment(session, assessment_id)
    audits = queries.list_audits(session, assessment_id)
    subject = queries.get_subject(session, assessment_id)
    return page.render(
        "caf/quality.html",
        who=plain_heading(family_name=found.family_name, reference=found.reference, episode_id=found.episode_id),
        caf=found,
        audits=audits,
        standing_words=STANDING_LABELS,
        invitations=list_invitations(session, assessment_id),
        now=now(),
        may_invite=not found.is_draft and may(Permission.QUALITY_INVITE),
        may_audit=not found.is_draft
        and may(Permission.QUALITY_AUDIT)
        and current_actor().account_id not in subject.writers
        and current_actor().name not in {audit.auditor_name for audit in audits},
    )


@blueprint.route("/caf/<uuid:assessment_id>/quality/audit", methods=["GET", "POST"])
@requires(Permission.QUALITY_AUDIT, facts=assessment_facts, reads=Part.ASSESSMENT)
def audit_quality(assessment_id: AssessmentId) -> ResponseReturnValue:
    """Audit a CAF: every item of the list, what was done well, what would make it better."""
    session = db.session()
    found = get_assessment(session, assessment_id)
    asked = queries.current_form(session)
    form = audit_form(asked)
    if posted(form, lambda uow: audit_caf(uow, form.to_command(assessment_id, asked))):
        flash("The audit has been recorded, and the author is told")
        return redirect(url_for("caf.quality_audit", audit_id=form.form_id.data))
    return page.render(
        "caf/audit_quality.html",
        who=plain_heading(family_name=found.family_name, reference=found.reference, episode_id=found.episode_id),
        caf=found,
        sections=[(title, [answer_field(item.code) for item in items]) for title, items in asked.sections],
        form=form,
    )


@blueprint.route("/quality/audits/<uuid:audit_id>", methods=["GET", "POST"])
@requires(Permission.QUALITY_READ, facts=queries.audit_facts, reads=Part.ASSESSMENT)
def quality_audit(audit_id: uuid.UUID) -> ResponseReturnValue:
    """What an audit found; its author may answer."""
    session = db.session()
    found = queries.find_audit(session, audit_id)
    if found is None:
        raise PageNotFound
    is_author = found.author_id is not None and found.author_id == current_actor().account_id
    form = ReplyForm(reply=found.reply)
    if is_author and posted(form, lambda uow: answer_feedback(uow, audit_id, reply=form.reply.data or "")):
        flash("Noted. Whoever audited it can read your answer")
        return redirect(url_for("caf.to_do"))
    asked = queries.get_form(session, found.form_id)
    return page.render(
        "caf/quality_audit.html",
        audit=found,
        sections=asked.sections,
        answer_words=ANSWER_LABELS,
        said_no=[item for item in asked.items if found.answers.get(item.code) is Answer.NO],
        standing_words=STANDING_LABELS,
        is_author=is_author,
        form=form,
    )


@blueprint.get("/quality")
@requires(Permission.QUALITY_FIGURES_VIEW)
def quality_figures() -> ResponseReturnValue:
    """Quality by month and cluster; small numbers are hidden, and nobody is named."""
    session = db.session()
    months = _last_months(today())
    cells = queries.quality_cells(session, since=months[0])
    form = queries.current_form(session)
    figures = queries.item_figures(session, form, since=months[0])
    seen = shown(cells)
    return page.render(
        "caf/quality_figures.html",
        months=months,
        places=sorted({cell.place for cell in cells}),
        seen=seen,
        whole={month: _whole([cell for cell in cells if cell.month == month]) for month in months},
        percent_of=percent_of,
        weakest=queries.weakest(figures, least=SMALL_NUMBER, most=_WEAKEST),
        small=SMALL_NUMBER,
    )


def _whole(cells: list[Cell]) -> tuple[int, int | None]:
    """How many audits in a month, and the share of items met; None while they are too few to show."""
    audits = sum(cell.audits for cell in cells)
    if audits < SMALL_NUMBER:
        return audits, None
    return audits, percent_of(sum(cell.yes for cell in cells), sum(cell.asked for cell in cells))


def _last_months(on: dt.date) -> list[dt.date]:
    first, months = on.replace(day=1), []
    for _ in range(_MONTHS):
        months.append(first)
        first = (first - dt.timedelta(days=1)).replace(day=1)
    return months[::-1]
