"""Pages of papers: choose for whom, read it, give it, and take it away as a page, a PDF or a Word file."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.facts import AccessFacts
from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.access.scope import facts_of_record
from locality.caf.forms.papers import GiveForm, PrepareForm
from locality.caf.operations.papers.giving import (
    give_papers,
    says_too_much,
    says_what_a_child_keeps,
    still_agreed,
)
from locality.caf.operations.papers.preparing import prepare_papers
from locality.caf.queries.cases import episode_facts, get_case
from locality.caf.queries.children import list_children
from locality.caf.queries.papers import CopyRow, find_pdf, get_copy, list_copies, list_given
from locality.caf.queries.team import list_roles
from locality.caf.rules.papers import PaperKind
from locality.caf.views.blueprint import blueprint
from locality.caf.views.episode import about_case
from locality.caf.views.heading import family_heading, today
from locality.kernel.actor import Actor
from locality.kernel.db import db
from locality.kernel.ids import EpisodeId
from locality.papers.paper import Paper, from_json
from locality.papers.typeset import pdf_of
from locality.papers.word import word_of
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import requires
from locality.web.posting import posted

_PDF = "application/pdf"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KIND_WORDS = {PaperKind.CAF: "Assessment", PaperKind.PLAN: "Plan", PaperKind.CHILD_PLAN: "Plan in plain words"}


def batch_facts(session: Any, actor: Actor, *, batch_id: uuid.UUID, **_others: uuid.UUID) -> AccessFacts | None:
    """What the policy asks about papers that were prepared together; None when there are none to be seen."""
    return facts_of_record(session, actor, "SELECT about FROM paper_batch WHERE id = %(id)s", ("paper_batch", batch_id))


@blueprint.get("/episodes/<uuid:episode_id>/papers")
@requires(Permission.PAPER_GIVE, facts=episode_facts, reads=Part.PLAN)
def papers(episode_id: EpisodeId) -> ResponseReturnValue:
    """What was given to whom."""
    session = db.session()
    case = get_case(session, episode_id)
    return page.render(
        "caf/papers.html",
        **about_case(case, "Papers"),
        given=list_given(session, episode_id),
        kind_words=KIND_WORDS,
        may_give=case.is_open,
    )


@blueprint.route("/episodes/<uuid:episode_id>/papers/new", methods=["GET", "POST"])
@requires(Permission.PAPER_GIVE, facts=episode_facts, reads=Part.PLAN)
def prepare(episode_id: EpisodeId) -> ResponseReturnValue:
    """Choose who gets a paper, then what."""
    session = db.session()
    case = get_case(session, episode_id)
    label = current_app.config["LOCALITY"].caf_label
    has_caf = case.complete_id is not None or case.draft_id is not None
    form = PrepareForm()
    form.offer(
        people.family_members(session, case.family_id),
        list_roles(session, episode_id),
        [child for child in list_children(session, case.about) if not child.is_unborn],
        caf=f"The whole {label}" if has_caf else None,
    )
    if posted(form, lambda uow: prepare_papers(uow, form.to_command(episode_id, label=label))):
        return redirect(url_for("caf.paper_batch", batch_id=form.form_id.data))
    return page.render("caf/prepare_paper.html", who=family_heading(case), case=case, form=form)


@blueprint.route("/papers/<uuid:batch_id>", methods=["GET", "POST"])
@requires(Permission.PAPER_GIVE, facts=batch_facts, reads=Part.ASSESSMENT)
def paper_batch(batch_id: uuid.UUID) -> ResponseReturnValue:
    """Read what each recipient gets, leave out what should not go, and give it; then take the files."""
    session = db.session()
    copies = list_copies(session, batch_id)
    if not copies:
        raise PageNotFound
    first, content = get_copy(session, copies[0].id)
    paper = from_json(content)
    form = GiveForm()
    form.offer((section.key, section.title) for section in paper.sections)
    if posted(form, lambda uow: give_papers(uow, form.to_command(batch_id))):
        flash("The paper has been given and noted as a share" if len(copies) == 1 else "The papers have been given")
        return redirect(url_for("caf.paper_batch", batch_id=batch_id))
    is_given = all(one.given_at is not None for one in copies)
    is_read_here = len(copies) == 1 and not is_given and not says_what_a_child_keeps(session, first, paper)
    return page.render(
        "caf/paper_batch.html",
        who=family_heading(get_case(session, first.episode_id)),
        copies=copies,
        is_given=is_given,
        made=sum(one.made_at is not None for one in copies),
        paper=paper if is_read_here else None,
        form=form,
        kind_words=KIND_WORDS,
    )


@blueprint.get("/papers/<uuid:batch_id>/<uuid:copy_id>")
@requires(Permission.PAPER_GIVE, facts=batch_facts, reads=Part.ASSESSMENT)
def paper_copy(batch_id: uuid.UUID, copy_id: uuid.UUID) -> ResponseReturnValue:
    """One recipient's copy as a page to read or print."""
    copy, paper = _copy(batch_id, copy_id)
    if _is_out_of_date(copy, paper):
        return _not_handed_out(copy)
    return page.render("caf/paper_copy.html", copy=copy, paper=paper)


@blueprint.get("/papers/<uuid:batch_id>/<uuid:copy_id>/<form>")
@requires(Permission.PAPER_GIVE, facts=batch_facts, reads=Part.ASSESSMENT)
def paper_file(batch_id: uuid.UUID, copy_id: uuid.UUID, form: str) -> ResponseReturnValue:
    """One recipient's copy as a file, once it is given and while the family's agreement stands."""
    copy, paper = _copy(batch_id, copy_id)
    if form not in _FORMS or copy.given_at is None:
        raise PageNotFound
    if _is_out_of_date(copy, paper):
        return _not_handed_out(copy)
    kind, ending, make = _FORMS[form]
    answer: Response = make_response(make(copy, paper))
    answer.mimetype = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{copy.kind.value.replace("_", "-")}{ending}"'
    return answer


def _is_out_of_date(copy: CopyRow, paper: Paper) -> bool:
    """Whether a paper says more than its recipient, or who opens it, may know at this moment."""
    session = db.session()
    is_given = copy.given_at is not None
    return (is_given and not still_agreed(session, copy, today=today())) or says_too_much(session, copy, paper)


def _not_handed_out(copy: CopyRow) -> ResponseReturnValue:
    flash(
        f"This paper says something that {copy.recipient_name} or you may not know, so it is not handed out any more. "
        "Prepare a new one"
    )
    return redirect(url_for("caf.papers", episode_id=copy.episode_id))


def _pdf(copy: CopyRow, paper: Paper) -> bytes:
    made = find_pdf(db.session(), copy.id)
    return pdf_of(paper, made_on=today()) if made is None else made


_FORMS: dict[str, tuple[str, str, Callable[[CopyRow, Paper], bytes]]] = {
    "pdf": (_PDF, ".pdf", _pdf),
    "large-print": (_PDF, "-large-print.pdf", lambda _copy, paper: pdf_of(paper, made_on=today(), large=True)),
    "word": (_WORD, ".docx", lambda copy, paper: word_of(paper, made_at=copy.given_at or copy.prepared_at)),
}


def _copy(batch_id: uuid.UUID, copy_id: uuid.UUID) -> tuple[CopyRow, Paper]:
    copy, content = get_copy(db.session(), copy_id)
    if copy.batch_id != batch_id:
        raise PageNotFound
    return copy, from_json(content)
