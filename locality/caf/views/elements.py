"""The page of one element: write, see what was said last time, save and go on; and what to do when two wrote."""

from functools import cached_property
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from locality.access.parts import Part
from locality.access.permissions import Permission
from locality.caf.forms.assessing import ElementForm, SettleForm
from locality.caf.operations.elements import AnswerOvertaken, Saved, save_element, settle_element
from locality.caf.queries.children import ChildRow, list_children
from locality.caf.queries.earlier import list_earlier
from locality.caf.queries.sections import (
    AssessmentRow,
    SavedAnswer,
    assessment_facts,
    find_answers,
    get_assessment,
)
from locality.caf.rules.answers import Answer
from locality.caf.rules.elements import DOMAIN_LABELS, ELEMENT_COUNT, Element, find_element, position_of
from locality.caf.rules.settling import Compared
from locality.caf.rules.tasks import Place, place_after
from locality.caf.rules.words import SEVERITY_LABELS
from locality.caf.views.autosaving import as_json, seen_version
from locality.caf.views.blueprint import blueprint
from locality.caf.views.conflicts import CONFLICT, Theirs, conflict_page
from locality.caf.views.heading import child_heading, plain_heading
from locality.caf.views.presence import others_here
from locality.kernel.db import db
from locality.kernel.errors import DomainError, NotAllowed, NotFound
from locality.kernel.ids import AssessmentId, PersonId
from locality.kernel.uow import unit_of_work
from locality.web import page
from locality.web.endpoint import requires
from locality.web.formats import clock_time
from locality.web.signed_in import current_actor

_BOTH = ("GET", "POST")
_RULE = "/caf/<uuid:assessment_id>/elements/<code>"


@blueprint.route(_RULE, methods=_BOTH)
@blueprint.route(f"{_RULE}/<uuid:child_id>", methods=_BOTH)
@requires(Permission.CAF_EDIT, facts=assessment_facts, reads=Part.ASSESSMENT)
def element(assessment_id: AssessmentId, code: str, child_id: PersonId | None = None) -> ResponseReturnValue:
    """One element, with last time's words beside it."""
    place = _Here(assessment_id, code, child_id)
    form = ElementForm() if request.method == "POST" else _form(place.saved)
    form.offer(child_name=place.child_name if request.method == "GET" else None)
    if form.is_submitted() and "use" in request.form:
        _use_last_time(form, place.previous)
    elif form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                saved = save_element(uow, form.to_command(assessment_id, code=code, child_id=child_id))
        except AnswerOvertaken as overtaken:
            return _conflict_page(place, form.answer(), overtaken.current)
        except DomainError as error:
            form.add_reasons(error)
        else:
            return redirect(_next(place, saved))
    form.offer(child_name=place.child_name)
    return page.render(
        "caf/element.html",
        **place.about(),
        form=form,
        saved=place.saved,
        previous=place.previous,
        earlier=list_earlier(db.session(), assessment_id, code=code, child_id=child_id),
        others=others_here(place.caf, place=place.place),
        severity_words=SEVERITY_LABELS,
    )


@blueprint.route(f"{_RULE}/draft", methods=["POST", "PUT"])
@blueprint.route(f"{_RULE}/<uuid:child_id>/draft", methods=["POST", "PUT"])
@requires(Permission.CAF_EDIT, facts=assessment_facts)
def draft(assessment_id: AssessmentId, code: str, child_id: PersonId | None = None) -> ResponseReturnValue:
    """Keep what somebody types, with the version that their page has in ``If-Match``."""
    form = ElementForm()
    del form.version  # the header says which version the page has
    form.offer(child_name=None)
    version = seen_version(request.headers.get("If-Match", ""))
    if version is None or not form.validate():
        return as_json({"saved": False, "errors": [words for _, words in form.summary()]}, 422)
    command = form.to_command(assessment_id, code=code, child_id=child_id, version=version)
    try:
        with unit_of_work(current_actor()) as uow:
            saved = save_element(uow, command)
    except AnswerOvertaken as overtaken:
        return as_json({"saved": False, "by": overtaken.current.saved_by_name}, CONFLICT)
    except (NotFound, NotAllowed):
        return as_json({"saved": False}, 404)
    except DomainError as error:
        return as_json({"saved": False, "errors": [reason.message for reason in error.reasons]}, 422)
    return as_json({"saved": True, "version": saved.version, "at": clock_time(saved.saved_at)}, 200)


@blueprint.post(f"{_RULE}/settle")
@blueprint.post(f"{_RULE}/<uuid:child_id>/settle")
@requires(Permission.CAF_EDIT, facts=assessment_facts, reads=Part.ASSESSMENT)
def settle(assessment_id: AssessmentId, code: str, child_id: PersonId | None = None) -> ResponseReturnValue:
    """Keep mine, theirs or both, after two people wrote at once."""
    place = _Here(assessment_id, code, child_id)
    form = SettleForm()
    form.offer(child_name=place.child_name)
    theirs = place.saved
    if theirs is None:
        raise PageNotFound
    if form.validate_on_submit():
        try:
            with unit_of_work(current_actor()) as uow:
                saved = settle_element(uow, form.to_settle(assessment_id, code=code, child_id=child_id))
        except AnswerOvertaken as overtaken:
            return _conflict_page(place, form.answer(), overtaken.current)
        except DomainError as error:
            form.add_reasons(error)
        else:
            return redirect(_next(place, saved))
    return _conflict_page(place, form.answer(), theirs, form=form)


class _Here:
    """The element that an address names; read only when a page asks for it, so that a save reads little."""

    def __init__(self, assessment_id: AssessmentId, code: str, child_id: PersonId | None) -> None:
        found = find_element(code)
        if found is None or found.is_shared == (child_id is not None):
            raise PageNotFound
        self.element: Element = found
        self.assessment_id = assessment_id
        self.child_id = child_id

    @cached_property
    def caf(self) -> AssessmentRow:
        """The CAF that the element belongs to."""
        return get_assessment(db.session(), self.assessment_id)

    @cached_property
    def child(self) -> ChildRow | None:
        """The child that the element is about; None for what all share."""
        children = () if self.child_id is None else list_children(db.session(), [self.child_id])
        if self.child_id is not None and (not children or self.child_id not in self.caf.about):
            raise PageNotFound
        return children[0] if children else None

    @cached_property
    def answers(self) -> dict[AssessmentId, SavedAnswer]:
        """What this version and the one before say here."""
        both = [self.assessment_id, self.caf.previous_id]
        return find_answers(db.session(), both, code=self.element.code, child_id=self.child_id)

    @property
    def saved(self) -> SavedAnswer | None:
        """What is saved here now."""
        return self.answers.get(self.assessment_id)

    @property
    def previous(self) -> SavedAnswer | None:
        """What was said last time."""
        return None if self.caf.previous_id is None else self.answers.get(self.caf.previous_id)

    @property
    def child_name(self) -> str | None:
        """What the child is called; None for what all share."""
        return None if self.child is None else self.child.called

    @property
    def place(self) -> str:
        """Where a colleague is told that somebody writes: the element, and of which child."""
        return self.element.name if self.child is None else f"{self.element.name} ({self.child.called})"

    def about(self) -> dict[str, Any]:
        """What the template says about the place."""
        ids: dict[str, Any] = {"assessment_id": self.caf.id, "code": self.element.code, "child_id": self.child_id}
        title = DOMAIN_LABELS[self.element.domain]
        who = (
            child_heading(self.child)
            if self.child is not None
            else plain_heading(
                family_name=self.caf.family_name, reference=self.caf.reference, episode_id=self.caf.episode_id
            )
        )
        return {
            "who": who,
            "caf": self.caf,
            "element": self.element,
            "section": f"{title} of {self.child.called}" if self.child is not None else title,
            "position": position_of(self.element.code),
            "in_all": ELEMENT_COUNT,
            "here": url_for("caf.element", **ids),
            "draft": url_for("caf.draft", **ids),
            "settle": url_for("caf.settle", **ids),
        }


def _form(saved: SavedAnswer | None) -> ElementForm:
    if saved is None:
        return ElementForm(version=0)
    answer = saved.answer
    return ElementForm(
        version=saved.version,
        strengths=answer.strengths,
        needs=answer.needs,
        evidence=[item.value for item in answer.evidence],
        severity=None if answer.severity is None else str(answer.severity),
        is_not_discussed=answer.is_not_discussed,
    )


def _use_last_time(form: ElementForm, previous: SavedAnswer | None) -> None:
    if previous is not None:
        field = request.form["use"]
        form.add_words(field, {"strengths": previous.answer.strengths, "needs": previous.answer.needs}.get(field, ""))


def _next(place: _Here, saved: Saved) -> str:
    following = place_after(Place(place.element.code, place.child_id), saved.about)
    if following is None or "list" in request.form:
        return url_for("caf.assessment", assessment_id=place.assessment_id)
    return url_for("caf.element", assessment_id=place.assessment_id, code=following.code, child_id=following.child_id)


def _conflict_page(
    place: _Here, mine: Answer, theirs: SavedAnswer, *, form: SettleForm | None = None
) -> ResponseReturnValue:
    about, said = place.about(), theirs.answer
    return conflict_page(
        about["who"],
        f"{about['section']} · {place.element.name}",
        Theirs(theirs.saved_by_name, theirs.version, theirs.saved_at, theirs.saved_by),
        compared=(
            Compared("Strengths", mine.strengths, said.strengths),
            Compared("Needs", mine.needs, said.needs),
        ),
        settle=about["settle"],
        form=form,
    )
