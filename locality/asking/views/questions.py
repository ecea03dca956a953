"""The questions, one page each, kept while somebody types."""

from typing import Any

from flask import Response, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from locality.asking.forms import question as form_of
from locality.asking.forms.base import Question
from locality.asking.forms.door import ActionForm
from locality.asking.forms.people import MoreAdults, MoreChildren
from locality.asking.forms.whole import Whole
from locality.asking.operations.writing import remove_item, reserve_item, save_page
from locality.asking.queries import Request
from locality.asking.rules import flow
from locality.asking.rules.flow import CHECK, CHILDREN, LOOPS, MOST_ITEMS, Kind
from locality.asking.rules.typing import Texts, keepable
from locality.asking.views.blueprint import blueprint, bound_session, find_current, holder, settings
from locality.audit import log as audit
from locality.kernel.actor import NOBODY
from locality.kernel.uow import finish_read, unit_of_work
from locality.people import api as people
from locality.web import page
from locality.web.endpoint import public
from locality.web.signed_in import current_actor

_BOTH = ("GET", "POST")
_ITEM = "/questions/<page_name>/<int:item>"
AskForAnother = (MoreChildren, MoreAdults)


@blueprint.route("/questions/<page_name>", methods=_BOTH, defaults={"item": 0})
@blueprint.route(_ITEM, methods=_BOTH)
@public
def question(page_name: str, item: int) -> ResponseReturnValue:
    """Ask one question, or turn its page."""
    asked = find_current()
    if asked is None or asked.sent_at is not None:
        return _elsewhere(asked)
    place = _Place(asked, page_name, item)
    if request.method == "GET":
        return _show(place, place.saved_form())
    form = place.form_class()
    valid = form.validate_on_submit()
    with unit_of_work(holder()) as uow:
        save_page(uow, place.key, keepable(request.form.to_dict(flat=False), form.names()), done=valid)
    return redirect(_next(place, form)) if valid else _show(place, form)


@blueprint.post("/questions/<page_name>/typed", defaults={"item": 0})
@blueprint.post(f"{_ITEM}/typed")
@public
def keep(page_name: str, item: int) -> ResponseReturnValue:
    """Keep what somebody is typing, with the version that their page has in ``If-Match``."""
    asked = find_current()
    if asked is None or asked.sent_at is not None:
        return _json({"saved": False}, 401)
    place = _Place(asked, page_name, item)
    texts = _typed(place)
    with unit_of_work(holder()) as uow:
        version = save_page(uow, place.key, texts, done=False, seen=_version(request.headers.get("If-Match", "")))
    return _json({"saved": version is not None, "version": version}, 409 if version is None else 200)


@blueprint.post(f"{_ITEM}/remove")
@public
def remove(page_name: str, item: int) -> ResponseReturnValue:
    """Take a child or an adult out again."""
    asked = find_current()
    if asked is None or asked.sent_at is not None:
        return _elsewhere(asked)
    place = _Place(asked, page_name, item)
    if ActionForm().validate_on_submit():
        with unit_of_work(holder()) as uow:
            remove_item(uow, place.key)
    return redirect(url_for("asking.question", page_name=page_name))


class _Place:
    """A page of a request, as its address names it; 404 when the flow has no such page."""

    def __init__(self, asked: Request, page_name: str, item: int) -> None:
        self.whole = Whole(asked)
        is_known = flow.is_page(asked.kind, page_name) and (
            0 <= item <= MOST_ITEMS or asked.page(page_name, item) is not None
        )
        if not is_known or (item and page_name not in LOOPS):
            abort(404)
        if self.whole.is_on_record(page_name, item) and request.endpoint != "asking.remove":
            abort(404)  # who they are is changed on the record, not here
        self.asked, self.page, self.item = asked, page_name, item
        self.key = (asked.id, page_name, item)
        self.form_class: type[Question] = form_of(asked.kind, page_name, item)

    @property
    def version(self) -> int:
        """The version of what is kept here; 0 when nothing is."""
        saved = self.asked.page(self.page, self.item)
        return 0 if saved is None else saved.version

    def saved_form(self) -> Question:
        """The page's form with what is kept, or with what is known from the record."""
        saved = self.asked.page(self.page, self.item)
        form = self.form_class.of({}) if saved is None else self.form_class.of(saved.texts)
        children, actor = list(self.whole.on_record.values()), current_actor()
        if saved is None and children and actor is not NOBODY and form.topics:
            session = bound_session()
            form.prefill(
                people.known_answers(session, children, [people.Topic(topic) for topic in form.topics.values()])
            )
            audit.record_read(session, actor, "page.asking.question", subjects=children)
            finish_read(session)
        return form


def _show(place: _Place, form: Question) -> ResponseReturnValue:
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
        version=_shown_version(place),
        people=_listed(place) if place.page in LOOPS and not place.item else None,
        reference=asked.reference,
        duty_phone=settings().emergency_duty_phone,
    )


def _shown_version(place: _Place) -> int:
    """What the page's words are: those just sent are one version on."""
    return place.version + (1 if request.method == "POST" else 0)


def _title(place: _Place, form: Question) -> str:
    called = getattr(form, "called", "")
    if (
        place.item
        and place.asked.page(place.page, place.item) is not None
        and called not in ("", "A child", "An adult")
    ):
        return f"About {called[0].lower()}{called[1:]}" if called.startswith("Baby who") else f"About {called}"
    return form.title


def _listed(place: _Place) -> list[dict[str, Any]]:
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


def _back(place: _Place) -> str:
    if place.item and place.asked.items(place.page):
        return url_for("asking.question", page_name=place.page)
    if "change" in request.args:
        return url_for("asking.check")
    previous = flow.previous_page(place.asked.kind, place.page, place.whole.answered)
    if previous is None:
        return url_for("asking.start" if place.asked.kind is Kind.FAMILY else "asking.start_professional")
    return url_for("asking.question", page_name=previous)


def _next(place: _Place, form: Question) -> str:
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


def _one_more(place: _Place) -> int:
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


def _typed(place: _Place) -> Texts:
    names = place.form_class(meta={"csrf": False}, formdata=None).names()
    return keepable(request.form.to_dict(flat=False), names)


def _version(header: str) -> int:
    text = header.strip().removeprefix("W/").strip('"')
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _json(values: dict[str, Any], status: int) -> Response:
    answer = jsonify(values)
    answer.status_code = status
    return answer
