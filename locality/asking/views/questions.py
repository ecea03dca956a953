"""The questions, one page each, kept while somebody types."""

from typing import Any

from flask import Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.asking.forms.base import Question
from locality.asking.forms.door import ActionForm
from locality.asking.forms.whole import Whole
from locality.asking.operations.writing import remove_item, reserve_item, save_page
from locality.asking.queries import Request
from locality.asking.rules import flow
from locality.asking.rules.flow import CHECK, CHILDREN, LOOPS, MOST_ITEMS, Kind
from locality.asking.rules.typing import Texts, keepable
from locality.asking.views.blueprint import blueprint, find_current, holder, settings
from locality.asking.views.place import AskForAnother, Place
from locality.kernel.errors import RuleBroken
from locality.kernel.uow import unit_of_work
from locality.web import page
from locality.web.endpoint import public

_BOTH = ("GET", "POST")
_ITEM = "/questions/<page_name>/<int:item>"
# The buttons that hide the page and that leave it for another day; what was typed is kept, as it is.
HIDE, SAVE = "hide", "save"
BESIDE = "Saved. You typed here in another window too. When you go on, you choose which answer to keep."
CLOSED = "Not saved: this is not open in this browser any more. Copy what you typed before you leave this page."


@blueprint.route("/questions/<page_name>", methods=_BOTH, defaults={"item": 0})
@blueprint.route(_ITEM, methods=_BOTH)
@public
def question(page_name: str, item: int) -> ResponseReturnValue:
    """Ask one question, or turn its page."""
    asked = find_current()
    if asked is None or asked.sent_at is not None:
        return _elsewhere(asked)
    place = Place(asked, page_name, item)
    if request.method == "GET":
        return redirect(url_for("asking.both", **place.address)) if place.is_split else _show(place, place.saved_form())
    return _turn(place)


def _turn(place: Place) -> ResponseReturnValue:
    """Keep what was sent; go on when it will do, or say what will not."""
    form = place.form_class()
    valid = form.validate_on_submit()
    texts = keepable(request.form.to_dict(flat=False), form.names())
    try:
        with unit_of_work(holder()) as uow:
            saved = save_page(uow, place.key, texts, done=valid, window=place.window())
    except RuleBroken as error:
        form.add_reasons(error)
        return _show(place, form)
    if HIDE in request.form:
        return redirect(url_for("quiet.notes"))
    if SAVE in request.form:
        return redirect(url_for("asking.save"))
    if saved.is_beside or place.is_split:
        return redirect(url_for("asking.both", **place.address))
    return redirect(_next(place, form)) if valid else _show(place, form, version=saved.version)


@blueprint.post("/questions/<page_name>/typed", defaults={"item": 0})
@blueprint.post(f"{_ITEM}/typed")
@public
def keep(page_name: str, item: int) -> ResponseReturnValue:
    """Keep what somebody is typing, with the version that their page has in ``If-Match`` and the window's own id."""
    asked = find_current()
    if asked is None or asked.sent_at is not None:
        return _json({"saved": False, "words": CLOSED}, 401)
    place = Place(asked, page_name, item)
    texts = _typed(place)
    try:
        with unit_of_work(holder()) as uow:
            saved = save_page(uow, place.key, texts, done=False, window=place.window())
    except RuleBroken as error:
        return _json({"saved": False, "words": f"Not saved. {error.reasons[0].message}."}, 409)
    words = {"words": BESIDE} if saved.is_beside else {}
    return _json({"saved": True, "version": saved.version} | words, 200)


@blueprint.post(f"{_ITEM}/remove")
@public
def remove(page_name: str, item: int) -> ResponseReturnValue:
    """Take a child or an adult out again."""
    asked = find_current()
    if asked is None or asked.sent_at is not None:
        return _elsewhere(asked)
    place = Place(asked, page_name, item)
    if ActionForm().validate_on_submit():
        with unit_of_work(holder()) as uow:
            remove_item(uow, place.key)
    return redirect(url_for("asking.question", page_name=page_name))


def _show(place: Place, form: Question, *, version: int | None = None) -> ResponseReturnValue:
    asked, number = place.asked, flow.place_of(place.asked.kind, place.page, place.whole.answered)
    return page.render(
        "asking/phone_now.html" if place.page == "phone-now" else "asking/question.html",
        form=form,
        title=_title(place, form),
        number=number,
        is_family=asked.kind is Kind.FAMILY,
        back=_back(place),
        here=request.full_path.rstrip("?"),
        autosave=url_for("asking.keep", page_name=place.page, item=place.item or None),
        version=place.version if version is None else version,
        window=place.window_id(),
        people=_listed(place) if place.page in LOOPS and not place.item else None,
        reference=asked.reference,
        duty_phone=settings().emergency_duty_phone,
    )


def _title(place: Place, form: Question) -> str:
    called = getattr(form, "called", "")
    saved = place.asked.page(place.page, place.item)
    is_named = saved is not None and bool(saved.texts)  # a family name that is only offered names nobody yet
    if place.item and is_named and called not in ("", "A child", "An adult"):
        return f"About {called[0].lower()}{called[1:]}" if called.startswith("Baby who") else f"About {called}"
    return form.title


def _listed(place: Place) -> list[dict[str, Any]]:
    shown = []
    for item, form in place.whole.items(place.page):
        on_record = place.whole.is_on_record(place.page, item)
        shown.append(
            {
                "called": form.called,
                "is_done": not form.has_errors,
                "on_record": on_record,
                "change": None if on_record else url_for("asking.question", page_name=place.page, item=item),
                "remove": url_for("asking.remove", page_name=place.page, item=item),
            }
        )
    return shown


def _back(place: Place) -> str:
    if place.item and place.asked.items(place.page):
        return url_for("asking.question", page_name=place.page)
    if "change" in request.args:
        return url_for("asking.check")
    previous = flow.previous_page(place.asked.kind, place.page, place.whole.answered)
    if previous is None:
        return url_for("asking.start" if place.asked.kind is Kind.FAMILY else "asking.start_professional")
    return url_for("asking.question", page_name=previous)


def _next(place: Place, form: Question) -> str:
    """Where a turned page leads: into or out of a loop, to the next question, or back to where it was changed from."""
    if place.item:
        return url_for("asking.question", page_name=place.page)
    if isinstance(form, AskForAnother) and form.another.data:
        return url_for("asking.question", page_name=place.page, item=_one_more(place))
    now = find_current()
    whole = place.whole if now is None else Whole(now)
    if "change" in request.args:
        missing = next(iter(whole.unfinished), None)
        return url_for("asking.check") if missing is None else address_of(*missing)
    following = flow.next_page(place.asked.kind, place.page, whole.answered)
    return url_for("asking.check") if following == CHECK else _first_of(following, whole)


def _one_more(place: Place) -> int:
    """The number of one child or adult more, kept for this window; the last one's when there are too many."""
    numbers = place.asked.items(place.page)
    if len(numbers) >= MOST_ITEMS:
        return numbers[-1]
    with unit_of_work(holder()) as uow:
        return reserve_item(uow, place.asked.id, place.page, place.whole.next_item(place.page))


def _first_of(page_name: str, whole: Whole) -> str:
    """The address of a page; of the first child straight away, since there must be one."""
    if page_name == CHILDREN and not whole.request.items(CHILDREN):
        return url_for("asking.question", page_name=CHILDREN, item=whole.next_item(CHILDREN))
    return url_for("asking.question", page_name=page_name)


def address_of(page_name: str, item: int = 0) -> str:
    """The address of a page that is changed from the check of answers."""
    return url_for("asking.question", page_name=page_name, item=item or None, change="yes")


def _elsewhere(asked: Request | None) -> ResponseReturnValue:
    """Where to go without a request that is being written: to the one that was sent, or to come back to one."""
    return redirect(url_for("asking.come_back", lost="yes") if asked is None else url_for("asking.sent"))


def _typed(place: Place) -> Texts:
    names = place.form_class(meta={"csrf": False}, formdata=None).names()
    return keepable(request.form.to_dict(flat=False), names)


def _json(values: dict[str, Any], status: int) -> Response:
    answer = jsonify(values)
    answer.status_code = status
    return answer
