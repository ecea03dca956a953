"""Every field of every public page takes whatever is typed: a message beside it or a page turned, never a failure."""

from collections.abc import Mapping
from typing import Any

import pytest

from locality.asking.forms import question
from locality.asking.forms.door import ComeBackForm, MemorableForm
from locality.asking.rules.flow import FLOWS, LOOPS, Kind
from tests.support.hostile import TEN_MEGABYTES, wrongs
from tests.support.web import Browse
from tests.web.asking.journeys import BABY, FAMILY, PROFESSIONAL, QUESTIONS, START, WORK, begin

pytestmark = pytest.mark.usefixtures("clock")
STARTS = {Kind.FAMILY: START, Kind.PROFESSIONAL: PROFESSIONAL}
ANSWERS = {Kind.FAMILY: dict(FAMILY), Kind.PROFESSIONAL: dict(WORK)}
MORE = {"adults/1": {"given_name": "Ada", "relation": "mother", "lives_here": "yes"}}
PAGES = [
    (kind, f"{step.page}/1" if item else step.page)
    for kind, steps in FLOWS.items()
    for step in steps
    for item in ((0, 1) if step.page in LOOPS else (0,))
]


@pytest.mark.parametrize(("kind", "name"), PAGES, ids=[f"{kind} {name}" for kind, name in PAGES])
def test_a_page_takes_whatever_is_typed(browse: Browse, kind: Kind, name: str) -> None:
    begin(browse, STARTS[kind])
    page, _, item = name.partition("/")
    base: Mapping[str, Any] = ANSWERS[kind].get(name) or MORE.get(name) or {}
    token = {"csrf_token": browse._token()}

    def send(data: Mapping[str, Any]) -> tuple[int, str]:
        sent = browse.raw("POST", f"{QUESTIONS}/{name}", data={**data, **token})
        return sent.status_code, sent.get_data(as_text=True)

    wanted = question(kind, page, int(item or 0))
    assert wrongs(wanted, lambda field: BABY if field == "due_on" else base, send) == []


@pytest.mark.parametrize(
    ("form", "path"), [(ComeBackForm, "/ask-for-help/come-back"), (MemorableForm, "/ask-for-help/save")]
)
def test_the_pages_of_coming_back_take_whatever_is_typed(browse: Browse, form: type, path: str) -> None:
    begin(browse)
    base = {"reference": "AH-7K3M-42P", "answer": "the blue boat"}
    token = {"csrf_token": browse._token()}

    def send(data: Mapping[str, Any]) -> tuple[int, str]:
        sent = browse.raw("POST", path, data={**data, **token})
        # Too many tries are put off, in words; that they are is tested where coming back is.
        return (422 if sent.status_code == 429 else sent.status_code), sent.get_data(as_text=True)

    found = [wrong for wrong in wrongs(form, lambda _field: base, send) if not wrong.endswith(": refused beside ['']")]
    assert found == []


@pytest.mark.parametrize("path", [START, PROFESSIONAL, "/ask-for-help/come-back", f"{QUESTIONS}/worries/typed"])
def test_ten_megabytes_are_refused_in_plain_words(browse: Browse, path: str) -> None:
    begin(browse)
    sent = browse.raw("POST", path, data={"worries": "a" * TEN_MEGABYTES})
    assert sent.status_code == 413
    assert "too large" in sent.get_data(as_text=True)
