"""What a child cannot have meant, or left out, is said beside the pictures, and asked again."""

from collections.abc import Callable

import pytest

from tests.support.database import OpenUnit
from tests.support.pages import Page
from tests.support.web import Browse
from tests.web.caf.conftest import Story, a_colleague


def refused(browse: Browse, path: str, field: str, **answers: str) -> str:
    """What a page says beside a field that was left out, or answered so."""
    page = browse.post(path, {**browse.get(path).form(), **answers}, status=422)
    assert [where for where, _ in page.errors] == [field]
    beside = page.tree.css_first(f'[id="{field}-error"]')
    assert beside is not None, f"{path} says nothing beside {field}"
    assert page.tree.css_first(f'[id="{field}"][aria-describedby="{field}-error"]') is not None
    return beside.text().strip()


@pytest.mark.parametrize("tool", ["pictorial_scale", "statements"])
def test_a_face_that_is_not_there_is_refused_beside_the_faces(
    browse: Browse, hand_over: Callable[[str], Page], tool: str
) -> None:
    hand_over(tool)
    question = browse.get("/my-voice", status=302).location or ""
    assert refused(browse, question, "choice", choice="elsewhere").startswith("Error: ")


def test_who_may_see_it_is_asked_again_beside_the_people(
    browse: Browse, uow: OpenUnit, hand_over: Callable[[str], Page], story: Story
) -> None:
    a_colleague(uow, story)
    hand_over("pictorial_scale")
    question = browse.get("/my-voice", status=302).location or ""
    browse.post(question, {**browse.get(question).form(), "choice": "4"})
    assert refused(browse, "/my-voice/who/words", "readers").startswith("Error: ")
    assert refused(browse, "/my-voice/who/words/people", "people") == "Error: Choose at least one person"
    assert refused(browse, "/my-voice/who/family", "may_see").startswith("Error: ")
