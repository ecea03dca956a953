"""Asking for help as a browser without a screen does."""

from collections.abc import Mapping
from typing import Any

from tests.support.pages import Page
from tests.support.web import Browse

START, PROFESSIONAL = "/ask-for-help", "/ask-for-help/professional"
QUESTIONS = "/ask-for-help/questions"
CHILD = {"given_name": "Tom", "family_name": "Quillfeather", "is_born": "yes", "born_on-day": "9", "born_on-month": "8", "born_on-year": "2016"}  # fmt: skip  # noqa: E501
BABY = {"is_born": "no", "due_on-day": "1", "due_on-month": "6", "due_on-year": "2026"}
MUM = {"given_name": "Ada", "family_name": "Quillfeather", "relation": "mother", "lives_here": "yes"}
REACH = {"ways": ["phone", "email"], "phone": "01702 000000", "email": "ada@example.org", "when_safe": "After 9am"}
JOAN = {"name": "Joan Fletcher", "role": "Teacher", "source": "2A", "organisation": "Garon Primary"} | {
    "email": "joan@example.org"
}
NO_MORE = {"another": "no"}
FAMILY: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("you", {"given_name": "Ada", "family_name": "Quillfeather", "who": "parent"}),
    ("children/1", CHILD),
    ("children", {"another": "yes"}),
    ("children/2", BABY),
    ("children", NO_MORE),
    ("adults", NO_MORE),
    ("home", {"address": "12 Sandpiper Road\nShoebury", "postcode": "ss3 9xx", "hide_address": "y"}),
    ("worries", {"worries": "He has stopped going to school."}),
    ("going-well", {"going_well": "He loves football."}),
    ("would-help", {"would_help": "Somebody to talk to."}),
    ("who-helps", {"who_helps": "Gran"}),
    ("reach-you", REACH),
    ("email", {"wants_email": "yes"}),
    ("language", {"language": "English", "interpreter": "no"}),
    ("sharing", {"agreed": "yes"}),
)  # fmt: skip
WORK: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("your-work", JOAN),
    ("harm", {"worried": "yes"}),
    ("phone-now", {}),
    ("children/1", CHILD | {"nhs_number": "999 000 0018"}),
    ("children", NO_MORE),
    ("adults", {"another": "yes"}),
    ("adults/1", MUM),
    ("adults", NO_MORE),
    ("home", {"postcode": "SS3 9XX"}),
    ("reasons", {"reasons": ["attendance", "behaviour"], "main_reason": "attendance"}),
    ("worries", {"worries": "He is often late and tired."}),
    ("going-well", {}),
    ("done-so-far", {"done": "We met his mother twice."}),
    ("family-view", {"says": "I am tired", "wants": "Help with sleep"}),
    ("agreement", {"agreement": "not_asked"}),
    ("no-agreement", {"why_not": "We could not reach her."}),
    ("feedback", {"wants_feedback": "yes", "keep_private": "no"}),
)  # fmt: skip


def begin(browse: Browse, path: str = START) -> Page:
    """Past the stop page."""
    return browse.post(path, {"danger": "no"})


def answer(browse: Browse, page: str, data: Mapping[str, Any], *, status: int = 302) -> Page:
    """Turn a page."""
    return browse.post(f"{QUESTIONS}/{page}", data, status=status)


def walk(
    browse: Browse,
    journey: tuple[tuple[str, Mapping[str, Any]], ...] = FAMILY,
    *,
    start: str = START,
    looking: bool = False,
) -> Page:
    """The whole way to the check of answers; each page must lead to the next, and is opened when ``looking``."""
    page = begin(browse, start)
    for name, data in journey:
        assert page.location == f"{QUESTIONS}/{name}", f"{page.location} instead of {name}"
        if looking:
            browse.get(page.location, most_queries=8)
        page = answer(browse, name, data)
    assert page.location == "/ask-for-help/check"
    return browse.get("/ask-for-help/check", most_queries=8)


def send(browse: Browse) -> Page:
    """Send it and see the confirmation."""
    return browse.follow(browse.post("/ask-for-help/check", {"is_true": "y"}))
