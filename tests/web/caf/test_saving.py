"""Saving an element: by hand, as a draft while typing, and when a colleague was writing too."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from locality.caf import api as caf
from locality.caf.models import EarlierText, ElementAnswer
from tests.support.database import OpenUnit
from tests.support.web import Browse
from tests.web.caf.conftest import Story


@pytest.fixture
def signed_in(browse: Browse, story: Story) -> Browse:
    """The lead professional at work."""
    browse.sign_in(story.at_work.lead_account)
    return browse


def _path(story: Story) -> str:
    return f"{story.caf}/elements/D1.2/{story.leah}"


def _autosave(browse: Browse, story: Story, version: str, *, method: str = "POST", **data: Any) -> TestResponse:
    page = browse.get(_path(story))
    token = page.form(_path(story))["csrf_token"]
    return browse.raw(
        method,
        f"{_path(story)}/draft",
        data={"csrf_token": token, "version": "7", **data},
        headers={"If-Match": version},
    )


def test_save_and_next_opens_the_next_element(signed_in: Browse, story: Story) -> None:
    page = signed_in.get(_path(story))
    assert page.heading == "Emotional and social development"
    assert "Development of Leah · 4 of 19" in page.main
    saved = signed_in.send(page, {"strengths": "Trusts her aunt", "evidence": "observed"}, form=_path(story))
    assert saved.location == f"{story.caf}/elements/D1.3/{story.leah}"
    assert "Saved 10:00am by Amira Khan" in signed_in.get(_path(story)).main
    back = signed_in.send(signed_in.get(_path(story)), {"list": "1"}, form=_path(story))
    assert back.location == story.caf


def test_the_last_element_leads_back_to_the_list(signed_in: Browse, story: Story) -> None:
    path = f"{story.caf}/elements/D3.4"
    assert signed_in.send(signed_in.get(path), {"strengths": "A good park"}, form=path).location == story.caf


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_is_typed_is_kept_as_a_draft(signed_in: Browse, session: Session, story: Story, method: str) -> None:
    answer = _autosave(signed_in, story, '"0"', method=method, strengths="Trusts her au")
    assert (answer.status_code, answer.json) == (200, {"saved": True, "version": 1, "at": "10:00am"})
    again = _autosave(signed_in, story, '"1"', method=method, strengths="Trusts her aunt", is_not_discussed="y")
    assert (again.status_code, again.json) == (200, {"saved": True, "version": 2, "at": "10:00am"})
    assert session.scalars(select(ElementAnswer.strengths)).all() == ["Trusts her aunt"]


def test_a_draft_on_an_old_version_is_refused_and_says_who_wrote(
    signed_in: Browse, uow: OpenUnit, session: Session, story: Story
) -> None:
    with uow() as unit:
        caf.save_element(unit, caf.SaveElement(story.caf_id, "D1.2", story.leah, 0, caf.Answer(strengths="Theirs")))
    answer = _autosave(signed_in, story, '"0"', strengths="Mine")
    assert (answer.status_code, answer.json) == (409, {"saved": False, "by": "Locality"})
    assert session.scalars(select(ElementAnswer.strengths)).all() == ["Theirs"]


@pytest.mark.parametrize(
    ("version", "data"),
    [("", {"strengths": "x"}), ('"many"', {"strengths": "x"}), ('"0"', {"strengths": "\x00"}),
     ('"0"', {"needs": "x" * 400_001}), ('"0"', {"severity": "9"})],
    ids=["no version", "no number", "a control character", "too long", "no such severity"],
)  # fmt: skip
def test_a_draft_that_cannot_be_kept_says_so(
    signed_in: Browse, story: Story, version: str, data: dict[str, str]
) -> None:
    answer = _autosave(signed_in, story, version, **data)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["saved"] is False


def test_a_draft_without_the_pages_token_is_refused(signed_in: Browse, story: Story) -> None:
    answer = signed_in.raw("POST", f"{_path(story)}/draft", data={"strengths": "x"}, headers={"If-Match": '"0"'})
    assert answer.status_code == 400


def _met(browse: Browse, uow: OpenUnit, story: Story) -> Any:
    """Both have the page open; the colleague saves first."""
    page = browse.get(_path(story))
    with uow() as unit:
        theirs = caf.Answer(strengths="Leah is kind. She reads.", needs="Sleep", evidence=(caf.Evidence.OTHER_WORKER,))
        caf.save_element(unit, caf.SaveElement(story.caf_id, "D1.2", story.leah, 0, theirs))
    return browse.send(
        page,
        {"strengths": "Leah is kind. She sings.", "evidence": "observed", "severity": "2"},
        form=_path(story),
        status=409,
    )


def test_two_who_wrote_see_both_texts(signed_in: Browse, uow: OpenUnit, session: Session, story: Story) -> None:
    page = _met(signed_in, uow, story)
    assert page.heading == "Locality was writing here too"
    assert "Leah is kind. She sings." in page.main
    assert "Leah is kind. She reads." in page.main
    assert session.scalars(select(ElementAnswer.strengths)).all() == ["Leah is kind. She reads."]


@pytest.mark.parametrize(
    ("choice", "strengths", "needs", "aside"),
    [
        ("mine", "Leah is kind. She sings.", "", ["Leah is kind. She reads."]),
        ("theirs", "Leah is kind. She reads.", "Sleep", ["Leah is kind. She sings."]),
        ("join", "Leah is kind. She reads.\n\nShe sings.", "Sleep", []),
    ],
)
def test_whatever_is_chosen_nothing_is_lost(
    signed_in: Browse,
    uow: OpenUnit,
    session: Session,
    story: Story,
    choice: str,
    strengths: str,
    needs: str,
    aside: list[str],
) -> None:
    page = _met(signed_in, uow, story)
    settled = signed_in.send(page, {"choice": choice}, form=f"{_path(story)}/settle")
    assert settled.location == f"{story.caf}/elements/D1.3/{story.leah}"
    row = session.scalars(select(ElementAnswer)).one()
    assert (row.strengths, row.needs) == (strengths, needs)
    assert [row["strengths"] for row in session.scalars(select(EarlierText.facts))] == aside
    later = signed_in.get(_path(story))
    assert ("Earlier words that were replaced" in later.main) is bool(aside)


def test_without_a_choice_the_page_asks_again(signed_in: Browse, uow: OpenUnit, story: Story) -> None:
    page = _met(signed_in, uow, story)
    again = signed_in.send(page, {}, form=f"{_path(story)}/settle", status=422)
    assert again.error_beside("choice") == "Select which words to keep"
    assert again.form(f"{_path(story)}/settle")["strengths"] == "Leah is kind. She sings."


def test_a_third_save_in_between_shows_the_newest(signed_in: Browse, uow: OpenUnit, story: Story) -> None:
    page = _met(signed_in, uow, story)
    with uow() as unit:
        caf.save_element(unit, caf.SaveElement(story.caf_id, "D1.2", story.leah, 1, caf.Answer(strengths="Newest")))
    again = signed_in.send(page, {"choice": "mine"}, form=f"{_path(story)}/settle", status=409)
    assert "Newest" in again.main
