"""The family's pages can be read at nine: every page on the way, with its hints, its buttons and its complaints."""

import pytest

from tests.support.pages import Page
from tests.support.reading import grade, sentences, texts_of
from tests.support.web import Browse
from tests.web.asking.journeys import CHILD, FAMILY, QUESTIONS, START, answer, begin, send

pytestmark = pytest.mark.usefixtures("clock")
MOST = 5.0  # the Flesch-Kincaid grade of a reader of ten; most pages stay under that of nine, 4
LONGEST = 22  # words to a sentence


def read(page: Page, name: str, found: dict[str, str]) -> None:
    """Note what is too hard on a page; a page of few words is judged by its sentences alone."""
    said = sentences(texts_of(page))
    assert said, f"nothing is read on {name}"
    if sum(one.words for one in said) >= 40 and grade(said) > MOST:
        found[name] = f"grade {grade(said):.1f}"
    for one in said:
        if one.words > LONGEST:
            found[f"{name}: {one.text}"] = f"{one.words} words"


def test_every_page_for_families_can_be_read_at_nine(browse: Browse) -> None:
    hard: dict[str, str] = {}
    for path in ("", "/danger", "/come-back"):
        read(browse.get(START + path), START + path, hard)
    read(browse.post(f"{START}/come-back", {}, status=422), "come back without anything", hard)
    page = begin(browse)
    for name, data in FAMILY:
        read(browse.get(page.location), name, hard)
        wrong = CHILD | {"given_name": "", "family_name": "", "born_on-day": "31", "born_on-month": "2"}
        refused = answer(browse, name, wrong if name == "children/1" else {}, status=_status(name))
        if not refused.location:
            read(refused, f"{name}, left empty", hard)
        page = answer(browse, name, data)
    for path in ("/check", "/save"):
        read(browse.get(START + path), path, hard)
    read(browse.post(f"{START}/check", {}, status=422), "sent without the tick", hard)
    read(browse.post(f"{START}/save", {"answer": "ab"}, status=422), "a short answer", hard)
    read(send(browse), "sent", hard)
    assert hard == {}
    assert page.location.startswith(QUESTIONS.removesuffix("/questions"))


def _status(name: str) -> int:
    """What an empty answer to a page gets: some may stay empty."""
    return 302 if name in {"home", "going-well", "would-help", "who-helps"} else 422
