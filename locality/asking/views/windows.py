"""Two windows on one page of a request: both answers are shown, and whoever asks says which to keep."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.asking.forms.base import Question
from locality.asking.forms.door import ChooseForm
from locality.asking.operations.writing import choose_words
from locality.asking.queries import SavedPage
from locality.asking.rules.flow import Kind
from locality.asking.rules.typing import Texts, joined
from locality.asking.views.blueprint import blueprint, find_current, holder
from locality.asking.views.place import Place
from locality.kernel.uow import unit_of_work
from locality.web import page
from locality.web.endpoint import public
from locality.web.fields import Choice, TextArea

_BOTH = ("GET", "POST")
_JOIN = "join"
_MORE = "You typed more in another window. Look at the answers again, then choose"


@blueprint.route("/questions/<page_name>/both", methods=_BOTH, defaults={"item": 0})
@blueprint.route("/questions/<page_name>/<int:item>/both", methods=_BOTH)
@public
def both(page_name: str, item: int) -> ResponseReturnValue:
    """Show what was typed in each window, and keep what is chosen."""
    asked = find_current()
    if asked is None or asked.sent_at is not None:
        return redirect(url_for("asking.come_back", lost="yes") if asked is None else url_for("asking.sent"))
    place = Place(asked, page_name, item)
    saved = asked.page(page_name, item)
    if saved is None or not saved.beside:
        return redirect(url_for("asking.question", **place.address))
    versions = [saved.texts, *saved.beside]
    form = _form(place, versions)
    if form.validate_on_submit():
        with unit_of_work(holder()) as uow:
            kept = choose_words(uow, place.key, _chosen(form, place, versions), shown=request.form.get("versions", ""))
        if kept:
            return redirect(url_for("asking.question", **place.address))
        form.form_errors.append(_MORE)
        saved = _again(place)
    return page.render(
        "asking/both.html",
        form=form,
        versions=saved.shown,
        title=place.form_class.title,
        answers=[(f"Answer {n}", _lines(place, texts)) for n, texts in enumerate([saved.texts, *saved.beside], 1)],
        is_family=asked.kind is Kind.FAMILY,
        here=url_for("asking.both", **place.address),
    )


def _form(place: Place, versions: list[Texts]) -> ChooseForm:
    form = ChooseForm()
    form.which.choices = [Choice(str(n), f"Keep answer {n}") for n in range(1, len(versions) + 1)]
    if _accounts(place):
        form.which.choices.append(Choice(_JOIN, "Keep them all", "One under the other. You can change it afterwards"))
    return form


def _chosen(form: ChooseForm, place: Place, versions: list[Texts]) -> Texts:
    if form.which.data == _JOIN:
        return joined(versions, _accounts(place))
    return versions[int(form.which.data) - 1]


def _accounts(place: Place) -> tuple[str, ...]:
    """The questions of the page that are answered at length."""
    return tuple(field.name for field in _blank(place) if isinstance(field, TextArea))


def _lines(place: Place, texts: Texts) -> list[tuple[str, str]]:
    form: Question = place.form_class.of(texts)
    return list(form.lines()) or [("Your answer", "Left empty")]


def _blank(place: Place) -> Any:
    return place.form_class.of({})


def _again(place: Place) -> SavedPage:
    """What is kept now, after a window has typed more."""
    asked = find_current()
    saved = None if asked is None else asked.page(place.page, place.item)
    return saved or SavedPage({}, done=False, version=0)
