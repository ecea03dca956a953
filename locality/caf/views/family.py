"""The pages of a CAF that belong to the family: conclusions, and what they say about it."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.assessing import ChoiceForm, CommentsForm, ConclusionForm
from locality.caf.operations.concluding import CommentsOvertaken, ConclusionOvertaken, save_comments, save_conclusion
from locality.caf.operations.settling import settle_comments, settle_conclusion
from locality.caf.queries.children import ChildRow
from locality.caf.queries.earlier import comments_with_replaced, conclusion_with_replaced
from locality.caf.queries.sections import (
    BothComments,
    SavedConclusion,
    assessment_facts,
    comments_on,
    list_conclusions,
)
from locality.caf.rules.settling import Compared
from locality.caf.rules.words import (
    CONCLUSION_LABELS,
    ConclusionLevel,
)
from locality.caf.views.blueprint import blueprint
from locality.caf.views.conflicts import Keeping, Theirs, choosing, conflict_page
from locality.caf.views.heading import child_heading
from locality.caf.views.voices import about, load
from locality.kernel.db import db
from locality.kernel.ids import AssessmentId, PersonId
from locality.web import page
from locality.web.endpoint import requires
from locality.web.posting import posted


@blueprint.route("/caf/<uuid:assessment_id>/conclusions/<uuid:child_id>", methods=["GET", "POST"])
@requires(Permission.CAF_EDIT, facts=assessment_facts, reads=Part.ASSESSMENT)
def conclusion(assessment_id: AssessmentId, child_id: PersonId) -> ResponseReturnValue:
    """What is concluded for one child."""
    caf, child = load(assessment_id, child_id)
    saved, replaced = conclusion_with_replaced(db.session(), assessment_id, child_id)
    form = (
        ConclusionForm(version=0)
        if saved is None
        else ConclusionForm(
            version=saved.version, level=saved.level.value, text=saved.text, disagreements=saved.disagreements
        )
    )
    choice = choosing()
    try:
        if posted(
            form,
            lambda uow: _KEEP_CONCLUSION(uow, form.to_command(assessment_id, child_id), choice),
            letting=(ConclusionOvertaken,),
        ):
            return redirect(_after_conclusion(assessment_id, child_id))
    except ConclusionOvertaken as overtaken:
        return _conclusion_conflict(child, form, overtaken.current, choice=choice)
    return page.render(
        "caf/conclusion.html",
        **about(caf, child),
        form=form,
        replaced=replaced,
        previous=None if caf.previous_id is None else list_conclusions(db.session(), caf.previous_id).get(child_id),
        conclusion_words=CONCLUSION_LABELS,
    )


@blueprint.route("/caf/<uuid:assessment_id>/comments/<uuid:child_id>", methods=["GET", "POST"])
@requires(Permission.CAF_EDIT, facts=assessment_facts, reads=Part.ASSESSMENT)
def comments(assessment_id: AssessmentId, child_id: PersonId) -> ResponseReturnValue:
    """What a child and the parents say about the assessment."""
    caf, child = load(assessment_id, child_id)
    saved, replaced = comments_with_replaced(db.session(), assessment_id, child_id)
    own, parent = saved.child, saved.parent
    form = CommentsForm(
        version=saved.version,
        child_wished=None if own is None else own.wished_to_comment,
        child_words="" if own is None else own.words,
        parent_wished=None if parent is None else parent.wished_to_comment,
        parent_words="" if parent is None else parent.words,
        parent_name="" if parent is None else parent.said_by,
    )
    form.offer(child.called)
    choice = choosing()
    try:
        if posted(
            form,
            lambda uow: _KEEP_COMMENTS(uow, form.to_command(assessment_id, child_id), choice),
            letting=(CommentsOvertaken,),
        ):
            return redirect(url_for("caf.assessment", assessment_id=assessment_id))
    except CommentsOvertaken as overtaken:
        return _comments_conflict(child, form, overtaken.current, choice=choice)
    return page.render(
        "caf/comments.html",
        **about(caf, child),
        form=form,
        replaced=replaced,
        previous=None if caf.previous_id is None else comments_on(db.session(), caf.previous_id, child_id),
    )


_KEEP_CONCLUSION = Keeping(save_conclusion, settle_conclusion)
_KEEP_COMMENTS = Keeping(save_comments, settle_comments)


def _conclusion_conflict(
    child: ChildRow, form: ConclusionForm, current: SavedConclusion, *, choice: ChoiceForm | None
) -> ResponseReturnValue:
    return conflict_page(
        child_heading(child),
        f"Conclusions for {child.called}",
        Theirs(current.saved_by_name, current.version, current.saved_at, current.saved_by),
        compared=(
            Compared("Conclusion", CONCLUSION_LABELS[form.level.data], CONCLUSION_LABELS[current.level]),
            Compared("Why", form.text.data, current.text),
            Compared("Disagreements", form.disagreements.data or "", current.disagreements),
        ),
        form=choice,
    )


def _comments_conflict(
    child: ChildRow, form: CommentsForm, current: BothComments, *, choice: ChoiceForm | None
) -> ResponseReturnValue:
    latest = current.latest
    by, at = ("Somebody else", None) if latest is None else (latest.saved_by_name, latest.saved_at)
    own, parent = (one.words if one is not None else "" for one in (current.child, current.parent))
    return conflict_page(
        child_heading(child),
        "What the family says about it",
        Theirs(by, current.version, at),
        compared=(
            Compared(f"What {child.called} says", form.child_words.data or "", own),
            Compared("What a parent or carer says", form.parent_words.data or "", parent),
        ),
        form=choice,
    )


def _after_conclusion(assessment_id: AssessmentId, child_id: PersonId) -> str:
    # Somebody who sees a child at risk goes to social care now; the form can wait.
    saved = list_conclusions(db.session(), assessment_id).get(child_id)
    if saved is not None and saved.level is ConclusionLevel.RISK_OF_HARM:
        return f"/people/{child_id}/stages/move"
    return url_for("caf.assessment", assessment_id=assessment_id)
