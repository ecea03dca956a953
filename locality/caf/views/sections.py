"""The pages of the sections that are free words: write, see last time's beside it, and never overwrite a colleague."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.sections import TOLD_BEFORE, SectionForm, form_of
from locality.caf.operations.sections import SaveSection, SectionOvertaken, save_section, settle_section
from locality.caf.queries.children import ChildRow, list_children
from locality.caf.queries.free_sections import SavedSection, read_section
from locality.caf.queries.sections import AssessmentRow, assessment_facts, get_assessment
from locality.caf.rules.sections import SectionFacts, find_section
from locality.caf.rules.settling import Compared
from locality.caf.views.autosaving import as_json, seen_version
from locality.caf.views.blueprint import blueprint
from locality.caf.views.conflicts import CONFLICT, Keeping, Theirs, choosing, conflict_page
from locality.caf.views.heading import child_heading, plain_heading
from locality.caf.views.presence import others_here
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotAllowed, NotFound
from locality.kernel.ids import AssessmentId, PersonId
from locality.kernel.uow import unit_of_work
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import requires
from locality.web.formats import clock_time
from locality.web.posting import posted
from locality.web.signed_in import current_actor

_RULE = "/caf/<uuid:assessment_id>/sections/<code>"
_KEEP: Keeping[SaveSection] = Keeping(save_section, settle_section)


@blueprint.route(_RULE, methods=["GET", "POST"])
@blueprint.route(f"{_RULE}/<uuid:child_id>", methods=["GET", "POST"])
@requires(Permission.CAF_EDIT, facts=assessment_facts, reads=Part.ASSESSMENT)
def section(assessment_id: AssessmentId, code: str, child_id: PersonId | None = None) -> ResponseReturnValue:
    """One section of free words, with last time's beside it."""
    session = db.session()
    facts = _section(code, child_id)
    caf = get_assessment(session, assessment_id)
    child = _child(caf, child_id)
    read = read_section(session, assessment_id, caf.previous_id, code=facts.code, child_id=child_id)
    form = _form(facts, read.saved)
    form.put_in_words("" if child is None else child.called)
    if form.is_submitted() and "use" in request.form:
        if read.previous is not None:
            form.add_words(request.form["use"], read.previous.words.get(request.form["use"], ""))
    else:
        answer = _saved(form, caf, child, facts=facts)
        if answer is not None:
            return answer
    topics = TOLD_BEFORE.get(facts.code, {}).values()
    if topics and read.saved is None and read.previous is None:
        form.prefill(
            people.known_alike(session, caf.about, topics)
            if child_id is None
            else people.known_answers(session, [child_id], topics)
        )
    ids: dict[str, Any] = {"assessment_id": assessment_id, "code": code, "child_id": child_id}
    return page.render(
        "caf/section.html",
        who=_who(caf, child),
        caf=caf,
        title=_title(facts, child),
        place=facts.place.format(child="" if child is None else child.name),
        questions=[question.name for question in facts.questions],
        form=form,
        saved=read.saved,
        previous=read.previous,
        replaced=read.replaced,
        others=others_here(caf, place=_title(facts, child)),
        draft=url_for("caf.section_draft", **ids) if caf.is_draft else None,
    )


@blueprint.route(f"{_RULE}/draft", methods=["POST", "PUT"])
@blueprint.route(f"{_RULE}/<uuid:child_id>/draft", methods=["POST", "PUT"])
@requires(Permission.CAF_EDIT, facts=assessment_facts)
def section_draft(assessment_id: AssessmentId, code: str, child_id: PersonId | None = None) -> ResponseReturnValue:
    """Keep what somebody types, with the version that their page has in ``If-Match``."""
    form = form_of(_section(code, child_id).code)()
    del form.version  # the header says which version the page has
    version = seen_version(request.headers.get("If-Match", ""))
    if version is None or not form.validate():
        return as_json({"saved": False, "errors": [words for _, words in form.summary()]}, 422)
    command = form.to_command(assessment_id, child_id, version=version)
    try:
        with unit_of_work(current_actor()) as uow:
            saved = save_section(uow, command)
            at = clock_time(uow.now)
    except SectionOvertaken as overtaken:
        return as_json({"saved": False, "by": overtaken.current.saved_by_name}, CONFLICT)
    except (NotFound, NotAllowed):
        return as_json({"saved": False}, 404)
    except DomainError as error:
        return as_json({"saved": False, "errors": [reason.message for reason in error.reasons]}, 422)
    return as_json({"saved": True, "version": saved, "at": at}, 200)


def _saved(
    form: SectionForm, caf: AssessmentRow, child: ChildRow | None, *, facts: SectionFacts
) -> ResponseReturnValue | None:
    """Where to go once the section is saved, or the page of a conflict; None while there is something to correct."""
    choice = choosing()
    child_id = None if child is None else child.id
    try:
        if posted(
            form,
            lambda uow: _KEEP(uow, form.to_command(caf.id, child_id), choice),
            letting=(SectionOvertaken,),
        ):
            return redirect(url_for("caf.assessment", assessment_id=caf.id))
    except SectionOvertaken as overtaken:
        theirs, mine = overtaken.current, form.words()
        return conflict_page(
            _who(caf, child),
            _title(facts, child),
            Theirs(theirs.saved_by_name, theirs.version, theirs.saved_at, theirs.saved_by),
            compared=[
                Compared(form[one.name].label.text, mine[one.name], theirs.words.get(one.name, ""))
                for one in facts.questions
            ],
            form=choice,
        )
    return None


def _section(code: str, child_id: PersonId | None) -> SectionFacts:
    found = find_section(code, for_child=child_id is not None)
    if found is None:
        raise PageNotFound
    return found


def _child(caf: AssessmentRow, child_id: PersonId | None) -> ChildRow | None:
    if child_id is None:
        return None
    children = list_children(db.session(), [one for one in caf.about if one == child_id])
    if not children:
        raise PageNotFound
    return children[0]


def _form(facts: SectionFacts, saved: SavedSection | None) -> SectionForm:
    if request.method == "POST":
        return form_of(facts.code)()
    if saved is None:
        return form_of(facts.code)(version=0)
    return form_of(facts.code)(version=saved.version, **saved.words)


def _title(facts: SectionFacts, child: ChildRow | None) -> str:
    return facts.title.format(child="" if child is None else child.called)


def _who(caf: AssessmentRow, child: ChildRow | None) -> Any:
    if child is not None:
        return child_heading(child)
    return plain_heading(family_name=caf.family_name, reference=caf.reference, episode_id=caf.episode_id)
